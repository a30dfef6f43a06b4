"""The data that come with lineage: sound, sourced, whole against the post, and free of the known traps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import lineage
from lineage import LineageGraph, catalog, index

HERE = Path(__file__).parent
POST = [line.split("\t") for line in (HERE / "post_entries.tsv").read_text(encoding="utf-8").splitlines()[1:]]
CATALOGUE_FIELDS = [
    "family",
    "architecture",
    "pretraining_tasks",
    "extension",
    "application",
    "dates",
    "variants",
    "corpus",
    "license",
    "organizations",
]
CATALOGUED = [
    "gpt-1",
    "bert",
    "gpt-2",
    "roberta",
    "distilbert",
    "bart",
    "t5",
    "palm",
    "chinchilla",
    "instructgpt",
    "bloom",
    "llama",
    "alpaca",
    "gpt-3",
]


def test_the_data_have_no_problem() -> None:
    """Not one error and not one warning."""
    assert [str(problem) for problem in lineage.check()] == []


def test_the_schema_is_fresh() -> None:
    """graph_data/schema.json is what the records say; `lineage fmt` writes it anew."""
    assert (index.data_directory() / catalog.SCHEMA_FILE).read_text(encoding="utf-8") == catalog.schema(), (
        "run `lineage fmt`"
    )


def test_the_post_has_118_entries() -> None:
    """The table of the post is the whole table."""
    assert len(POST) == 118


@pytest.mark.parametrize(("line", "entry", "ids"), POST, ids=[f"{line}-{entry[:20]}" for line, entry, _ in POST])
def test_every_entry_of_the_post_is_in_the_graph(real: LineageGraph, line: str, entry: str, ids: str) -> None:
    """Each entry is there as the nodes it names, with makers or authors, dates and sources, and joined to others."""
    for node_id in ids.split():
        node = real[node_id]
        data = node.data
        assert data["sources"] or node.kind != "model", (line, entry)
        assert node.organizations or data.get("authors") or node.kind == "technique"
        assert data["dates"] or node.kind == "technique"
        joined = real.in_edges(node_id) or real.out_edges(node_id)
        assert joined or data.get("contribution") == "survey"


def test_every_edge_has_a_source_that_says_something(real: LineageGraph) -> None:
    """100 % of the edges: an https address and a sentence on what it shows."""
    bare = [
        edge
        for edge in real.edges()
        if not all(one["url"].startswith("https://") and one["shows"] for one in edge.sources)
    ]

    assert bare == []
    assert all(edge.sources for edge in real.edges())


@pytest.mark.parametrize("model", CATALOGUED)
def test_the_catalogue_fields_of_the_post_are_filled(real: LineageGraph, model: str) -> None:
    """The models that the post describes with a catalogue block have every field of the block, parameters included."""
    data = real[model].data

    assert [field for field in CATALOGUE_FIELDS if not data.get(field)] == []
    assert any("parameters" in variant for variant in data["variants"])


def test_every_paper_has_authors(real: LineageGraph) -> None:
    """The post asks for the names of the creators."""
    assert [paper.id for paper in real.nodes("paper") if not paper.data["authors"]] == []


def relations(graph: LineageGraph, parent: str, child: str) -> list[str]:
    """How one model stands to another, directly."""
    return [edge.label for edge in graph.edges_between(parent, child)]


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        pytest.param("llama", "alpaca", ["finetuned"], id="alpaca-has-llama-weights"),
        pytest.param("text-davinci-003", "alpaca", ["distilled"], id="alpaca-learnt-from-outputs"),
        pytest.param("llama", "vicuna", ["finetuned"], id="vicuna"),
        pytest.param("palm", "minerva", ["continued-pretraining"], id="minerva-is-palm"),
        pytest.param("deepseek-v2", "deepseek-v2.5", ["merged"], id="v2.5-is-a-merge"),
        pytest.param("deepseek-coder-v2", "deepseek-v2.5", ["merged"], id="v2.5-is-a-merge-of-two"),
        pytest.param("gpt-3", "gpt-4", [], id="gpt-4-has-no-known-parent-but-a-predecessor"),
        pytest.param("llama", "opt", [], id="opt-is-older"),
    ],
)
def test_known_relations_are_told_apart(real: LineageGraph, parent: str, child: str, expected: list[str]) -> None:
    """Weights, outputs and succession are not mixed up."""
    assert [one for one in relations(real, parent, child) if one != "succeeds"] == expected


@pytest.mark.parametrize(
    ("technique", "introducer", "year"),
    [
        ("rope", "su-2021-roformer", 2021),
        ("scaling-laws", "kaplan-2020-scaling-laws", 2020),
        ("grouped-query-attention", "ainslie-2023-gqa", 2023),
        ("rlhf", "christiano-2017-preferences", 2017),
        ("lora", "hu-2021-lora", 2021),
        ("alibi", "press-2021-alibi", 2021),
        ("multi-head-attention", "vaswani-2017-attention", 2017),
        ("layer-normalization", "ba-2016-layer-normalization", 2016),
    ],
)
def test_techniques_are_credited_to_who_introduced_them(
    real: LineageGraph, technique: str, introducer: str, year: int
) -> None:
    """The credits that the draft of the post had wrong or left open are right here."""
    assert (real.introducers(technique)[0], real[technique].year) == (introducer, year)


def test_closed_models_have_no_invented_parents(real: LineageGraph) -> None:
    """Where the maker says nothing, the origin is undisclosed and no weights edge is drawn."""
    for model in ("gpt-4", "claude-3", "o1", "claude-1", "gemini-1"):
        assert real.parents(model, via=["weights"]) == ()
        assert real[model].data["origin"] == "undisclosed"


ROOT = HERE.parent
FRESH = ("tree.svg", "tree.gv", "tree.md", "family-tree.svg", "references.md", "explorer.html")


def test_the_outputs_in_the_repository_are_fresh(tmp_path: Path) -> None:
    """What a visitor sees in output/ is what the data and the code make now; the command that renews it is named."""
    code = subprocess.run(
        [sys.executable, "-m", "lineage", "build", "--out", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert code.returncode == 0, code.stderr
    stale = [name for name in FRESH if (ROOT / "output" / name).read_bytes() != (tmp_path / name).read_bytes()]

    assert stale == [], "run `python3 run.py build` and commit output/"
    for name in ("tree.png", "family-tree.png"):
        assert (ROOT / "output" / name).read_bytes()[:24] == (tmp_path / name).read_bytes()[:24]


def test_the_graph_as_json_is_the_graph(real: LineageGraph) -> None:
    """Nothing of the graph is lost in its own exchange format."""
    assert LineageGraph._from_dict(json.loads(json.dumps(real.to_dict()))).to_dict() == real.to_dict()
