"""Answers as text: whole pages, with and without colour, and nothing that a terminal would obey."""

from __future__ import annotations

from pathlib import Path

import toy
from hypothesis import given
from hypothesis import strategies as st

import lineage
from lineage import LineageGraph
from lineage.analysis import adoption, stats
from lineage.views.text import Page, as_json, width
from lineage.vocabulary import printable as plain


def test_nodes_are_aligned(graph: LineageGraph) -> None:
    """One line for each node, columns two spaces apart."""
    assert Page().nodes(graph, ["a", "p", "t"]) == (
        "a  2018-01-05  model      Acme  Model A\n"
        "p  2017-06-12  paper      -     The paper p\n"
        "t  2017-06-12  technique  -     Idea t\n"
    )


def test_colour_is_only_where_it_is_wanted(graph: LineageGraph) -> None:
    """The same text with colour holds the same characters."""
    coloured = Page(colour=True).card(graph, "d")

    assert "\x1b[1mModel D\x1b[0m" in coloured
    assert "\x1b" not in Page().card(graph, "d")


def test_a_card_says_who_says_so(graph: LineageGraph) -> None:
    """Fields, then every edge with basis, evidence and source."""
    source = "https://arxiv.org/abs/1706.03762 (abstract): It says so.\n"
    assert Page().card(graph, "b") == (
        "Model B  model b\n"
        "  organizations  Acme\n"
        "  dates          2019 (weights)\n"
        "  family         Toy\n"
        "  architecture   decoder-only\n"
        "  weights        open\n"
        "  origin         derived\n"
        "  location       models/old.yaml:25\n"
        "\nComes from\n"
        f"  finetuned: Model A  a, 2018-01-05\n    weights, stated\n    {source}"
        "\nCame of it\n"
        f"  merged: Model D  d, 2020-02\n    weights, stated\n    {source}"
        f"\nSources\n  {source}"
    )


def test_a_path_gives_each_step_with_its_source(graph: LineageGraph) -> None:
    """Relation, basis, evidence and source stand between the two models of a step."""
    source = "  |   https://arxiv.org/abs/1706.03762 (abstract): It says so.\n"
    assert Page().path(graph, ["a", "b", "d"], ["weights"]) == (
        f"Model A  a, 2018-01-05\n  | finetuned (weights, stated)\n{source}"
        f"Model B  b, 2019\n  | merged (weights, stated)\n{source}"
        "Model D  d, 2020-02\n"
    )


def test_a_technique_page_tells_introducer_adopters_and_lag(graph: LineageGraph) -> None:
    """Who introduced it, what refines it, who took it up and after how long."""
    assert Page().technique(graph, adoption(graph, "t")) == (
        "Idea t  t\n  It helps.\n"
        "\nIntroduced by\n"
        "  introduced-technique: The paper p  p, 2017-06-12\n    stated\n"
        "    https://arxiv.org/abs/1706.03762 (abstract): It says so.\n"
        "\nRefined by\n  u\n"
        "\nFirst used by\n  Model C  c, 2019-03  +1.8 years\n"
        "    stated: https://arxiv.org/abs/1706.03762 (abstract): It says so.\n"
        "\nUsed by 2 models of this graph\n"
        "  c  2019-03     +1.8 years  Model C\n"
        "  e  2021-01-01  +3.6 years  Model E\n"
        "\n  by year: 2019 1, 2021 1\n  by family, of its models since 2017-06-12: Toy 2 of 7\n"
        "\nWith weights that came from these\n  d\n"
    )


def test_families_that_never_took_a_technique_up_are_told_with_the_time_that_counts(real: LineageGraph) -> None:
    """The heading says since when models are counted and how many families there are; of many the most, or all when asked."""
    found = adoption(real, "awq")
    text, whole = (Page().technique(real, found, everything=all_of_it) for all_of_it in (False, True))
    title = (
        f"Not known to use or inherit it: {len(found.without)} families with models since 2023-06-01, and how many\n"
    )
    llama = [node for node in real.nodes("model") if node.data["family"] == "Llama" and node.date >= "2023-06-01"]

    assert title in text
    assert title in whole
    assert f"  Llama {len(llama)}, " in text
    assert text.endswith(f" and {len(found.without) - 24} more (`--all` names them)\n")
    assert whole.split(title)[1] == "  " + ", ".join(f"{name} {number}" for name, number in found.without) + "\n"
    assert (
        f"by family, of its models since 2023-06-01: Qwen {found.by_family[0][1]} of {found.of_family[0][1]}\n" in text
    )
    assert "more (" not in whole


def test_stats_say_the_share_with_a_source(graph: LineageGraph) -> None:
    """The numbers of the graph, with the share of sourced edges."""
    lines = Page().stats(stats(graph)).splitlines()

    assert lines[:5] == [
        "nodes          11  7 model, 2 paper, 2 technique",
        "edges          14  5 derived-from, 3 uses-technique, 2 described-by, 2 introduced-technique, 1 refines, 1 succeeds",
        "relations      5   2 finetuned, 2 merged, 1 distilled",
        "evidence       14  14 stated",
        "with a source  14  100 % of the edges; 1 document",
    ]
    assert lines[9:12] == [
        "isolated       0   nodes without an edge",
        "ends known     7   models whose weights go back to `scratch` or `undisclosed`",
        "parts known    0   of 6 models with weights to be had; `lineage ls is:incomplete` lists the rest",
    ]


def test_wide_characters_keep_the_columns() -> None:
    """A name in Chinese takes two columns for each character."""
    assert Page().table([("通义", "x"), ("Qwen", "y")]) == "通义  x\nQwen  y\n"
    assert width("é") == width("e\u0301") == 1


def test_json_is_written_in_one_way() -> None:
    """Two spaces, no escapes for letters, a line end."""
    assert as_json({"name": "通义", "paths": []}) == '{\n  "name": "通义",\n  "paths": []\n}\n'


@given(st.text())
def test_nothing_is_left_that_a_terminal_would_obey(text: str) -> None:
    """No control, bidirectional or zero-width character survives, and a second pass changes nothing."""
    shown = plain(text)

    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u2066\u200b\ufeff" for char in shown)
    assert plain(shown) == shown


def test_a_card_says_why_the_model_is_here(tmp_path: Path) -> None:
    """Each reason with its ground, in one line."""
    because = "included_because: [{reason: root}, {reason: impact, note: Many use it.}]"
    text = toy.model("a", "2020", because, toy.names("uses_technique", "technique", "t")) + toy.model(
        "b", "2021", "included_because: [{reason: generation}]", toy.names("succeeds", "model", "a")
    )
    files = {"x.yaml": text, "y.yaml": toy.FILES["papers.yaml"] + toy.FILES["techniques.yaml"]}
    graph = lineage.load(toy.write(tmp_path, files))

    assert "  included because  root; impact (Many use it.)\n" in Page().card(graph, "a")
