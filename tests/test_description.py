"""The description in words: complete, in the order of descent, and safe."""

from __future__ import annotations

import random
import re

import pytest
from families import HARD, HOSTILE, chain, family, model
from markdown_it import MarkdownIt

from lineage import LineageGraph
from lineage.errors import UnknownNodeError
from lineage.layout import lanes
from lineage.views.description import describe, describe_html
from lineage.views.prose import escaped


def models(graph: LineageGraph) -> list[str]:
    """The ids of all models."""
    return [node.id for node in graph.nodes("model")]


def test_whole(graph: LineageGraph) -> None:
    """All of the toy graph but one model, whose child says that its parent is not in the picture."""
    shown = [one for one in models(graph) if one != "c"]
    text, _, legend = describe(graph, shown).partition("## How the picture says it\n\n")
    assert text == (
        "# Family tree of language models, in words\n\n"
        "6 of 7 models, 2018 to 2022. Each hangs on one parent: 4 lines of descent, 2 by weights, 1 by outputs (distilled), "
        "1 by succession (the same maker's next generation); 2 models without a parent in the picture; "
        "0 other parents.\n\n"
        "These models have 4 claims of descent among them; 4 of these have a source.\n\n"
        "Each line below is one model with its parent, date, makers and weights. What came of a model is listed under it, "
        "the earliest first; a child of another architecture is listed with its own.\n\n"
        "## Encoder-only: 1 model\n\n"
        "- Model F: distilled from Model A; 2018-06; by Other; to be used as a service only.\n\n"
        "## Decoder-only: 4 models\n\n"
        "- Model A: 2018-01-05; by Acme; open weights.\n"
        "  - Model B: fine-tuned from Model A; 2019; by Acme; open weights.\n"
        "    - Model D: merged from Model B; 2020-02; by Acme; open weights. Also merged from Model C (not in the picture).\n"
        "      - Model E: successor of Model D; 2021-01-01; by Acme; open weights.\n\n"
        "## State-space, linear, hybrid: 1 model\n\n"
        "- Model G: 2022; by Acme; weights to be had under conditions.\n\n"
    )
    assert legend.startswith("- Place from left to right: the date.")
    assert "- Limb and colour: the architecture. A smaller limb is a line of descent.\n" in describe(
        graph, shown, "tree"
    )


def test_everything_is_told_once(real: LineageGraph) -> None:
    """Every model of the real figure has one line; every other parent is named."""
    text = describe(real, lanes(real).boxes)
    lines = [line.strip() for line in text.partition("## How")[0].splitlines() if line.lstrip().startswith("- ")]
    assert len(lines) == len(models(real))
    for node in real.nodes("model"):
        (line,) = (line for line in lines if line.startswith(f"- {escaped(node.name)}: "))
        assert all(escaped(real[parent].name) in line for parent in real.parents(node.id))


@pytest.mark.parametrize("name", sorted(HARD))
def test_hard_graphs(name: str) -> None:
    """A line for each model, whatever the graph; nothing that a reader would take for markup."""
    graph = HARD[name]
    text = describe(graph, models(graph))
    assert len(re.findall(r"^ *- ", text.partition("## How")[0], re.MULTILINE)) == len(graph.nodes("model"))
    kinds = {child.type for token in MarkdownIt("gfm-like").parse(text) for child in token.children or ()}
    assert kinds <= {"text"}


def test_a_long_chain_stays_readable() -> None:
    """Two thousand generations: not nested deeper than seven, and no end of the stack."""
    graph = chain(["2020"] * 2000)
    indents = {len(found) for found in re.findall(r"^( *)- ", describe(graph, models(graph)), re.MULTILINE)}
    assert indents == set(range(0, 14, 2))


def test_same_input_same_text() -> None:
    """Shuffled ids and nodes change nothing."""
    graph = family(60, 7)
    ids = models(graph)
    nodes, edges = list(graph.nodes()), list(graph.edges())
    for seed in range(3):
        for part in (ids, nodes, edges):
            random.Random(seed).shuffle(part)
        assert describe(LineageGraph(nodes, edges), ids) == describe(graph, models(graph))


def test_hostile_names() -> None:
    """Markup and Liquid in names are characters, in Markdown and in HTML."""
    graph = LineageGraph([model("a", "2020", HOSTILE + "{{ x }}{% y %}", organizations=[HOSTILE])], [])
    for text in (describe(graph, ["a"]), describe_html(graph, ["a"])):
        body = text.partition("</head>")[2] or text
        assert "<img" not in body
        assert "{" not in body


def test_unknown_ids_are_refused(graph: LineageGraph) -> None:
    """An id that is not in the graph is an error; a paper is not a model and is left out."""
    with pytest.raises(UnknownNodeError):
        describe(graph, ["nobody"])
    assert "1 of 7 models" in describe(graph, ["a", "p"])
