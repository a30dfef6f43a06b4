"""Where hand-made trees and other data sets went wrong: ours is held against each of these traps.

The traps are those named in ``docs/curation.md``; the sources of every claim stand in the records.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lineage import LineageGraph
from lineage.select import select
from lineage.vocabulary import Basis

HERE = Path(__file__).parent
WEIGHTS: tuple[Basis, ...] = ("weights",)


def drawn(table: str) -> list[tuple[str, str]]:
    """What a published set calls its models, and our ids."""
    with (HERE / table).open(encoding="utf-8", newline="") as file:
        return [(row["drawn"], row["id"]) for row in csv.DictReader(file, delimiter="\t")]


def test_the_collection_of_the_drawn_tree_is_exactly_what_is_drawn(real: LineageGraph) -> None:
    """All models of Figure 1 of arXiv 2304.13712, second and third edition together, and no others."""
    ids = [one for _, one in drawn("evolutionary_tree.tsv")]

    assert len(ids) == len(set(ids)) == 65
    assert list(select(real, ["collection:evolutionary-tree"])) == sorted(ids)


@pytest.mark.parametrize(("name", "node_id"), drawn("evolutionary_tree.tsv"))
def test_a_drawn_model_is_found_by_the_name_that_is_drawn(real: LineageGraph, name: str, node_id: str) -> None:
    """Who knows the picture finds the model."""
    assert real.resolve(name) == node_id


def parents(graph: LineageGraph, model: str, *via: Basis) -> list[str]:
    """Parents by some bases, with their relation."""
    return sorted(f"{edge.relation or edge.kind} {edge.source}" for edge in graph.parent_edges(model, via))


@pytest.mark.parametrize("model", ["yi", "qwen", "mistral-7b", "deepseek-llm", "tinyllama", "falcon", "llama-2"])
def test_the_same_architecture_is_not_the_same_weights(real: LineageGraph, model: str) -> None:
    """Models with the design of another take no weights from it; Yi's makers say so in as many words."""
    assert parents(real, model, "weights") == []
    assert parents(real, model, "architecture")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("alpaca", ["finetuned llama"]),
        ("vicuna", ["finetuned llama"]),
        ("vicuna-1.5", ["finetuned llama-2"]),
        ("wizardlm", ["finetuned llama"]),
        ("code-llama", ["continued-pretraining llama-2"]),
        ("llama-2-chat", ["finetuned llama-2"]),
        ("orca-2", ["finetuned llama-2"]),
        ("zephyr", ["finetuned mistral-7b"]),
        ("wizardcoder", ["finetuned starcoder"]),
        ("wizardcoder-python", ["finetuned code-llama"]),
        ("bloomz", ["finetuned bloom"]),
        ("mt0", ["finetuned mt5"]),
    ],
)
def test_a_parent_is_right_to_the_generation(real: LineageGraph, model: str, expected: list[str]) -> None:
    """LLaMA and Llama 2 are two parents, and a fine-tune has the one that it was tuned from."""
    assert parents(real, model, "weights") == expected


@pytest.mark.parametrize(
    ("size", "parent"),
    [
        ("qwen-1.5b", "qwen2.5-math"),
        ("qwen-7b", "qwen2.5-math"),
        ("llama-8b", "llama-3.1"),
        ("qwen-14b", "qwen2.5"),
        ("qwen-32b", "qwen2.5"),
        ("llama-70b", "llama-3.3"),
    ],
)
def test_the_parent_of_a_size_is_the_parent_of_that_size(real: LineageGraph, size: str, parent: str) -> None:
    """The six distillations of DeepSeek-R1 start from four models, and all learn from R1, whose weights none of them has."""
    model = f"deepseek-r1-distill-{size}"

    assert parents(real, model, "weights") == [f"finetuned {parent}"]
    assert parents(real, model, "outputs") == ["distilled deepseek-r1"]


@pytest.mark.parametrize("model", ["llama", "mpt", "bloom", "palm", "mistral-7b", "gemma"])
def test_gpt_3_is_not_the_predecessor_of_everybody(real: LineageGraph, model: str) -> None:
    """What came later and was compared with GPT-3 does not descend from it."""
    assert "gpt-3" not in real.parents(model)


def test_a_reproduction_is_no_descent_by_weights(real: LineageGraph) -> None:
    """OPT, GPT-Neo and OpenLLaMA were made to be like another from outside."""
    assert (
        parents(real, "opt", "weights")
        == parents(real, "gpt-neo", "weights")
        == parents(real, "openllama", "weights")
        == []
    )
    assert parents(real, "openllama", "architecture") == ["reproduction llama"]


def test_an_undisclosed_parent_is_said_to_be_undisclosed(real: LineageGraph) -> None:
    """No closed model of which nothing is known has an invented parent: at most it succeeds the one before."""
    closed = [real[one] for one in ("gpt-4", "gpt-5", "o1", "claude-1", "claude-2", "claude-3", "claude-4")]

    assert {node.data["origin"] for node in closed} == {"undisclosed"}
    assert {edge.basis for node in closed for edge in real.parent_edges(node.id)} <= {"succession"}


def test_a_trunk_is_an_architecture_and_no_parent(real: LineageGraph) -> None:
    """XLNet is no GPT, as it is drawn in 2304.13712, and ELECTRA, DeBERTa and ERNIE have no weights of BERT."""
    assert not [one for one in real.ancestors("xlnet") if one.startswith("gpt")]
    assert "bert" not in {one for model in ("electra", "deberta") for one in real.ancestors(model, WEIGHTS)}


def test_a_paper_that_is_older_than_that_of_its_parent_is_no_error(real: LineageGraph) -> None:
    """BLOOMZ was described six days before BLOOM; it comes from it all the same."""
    assert real.paths("bloom", "bloomz", WEIGHTS) == (("bloom", "bloomz"),)


def test_no_line_of_weights_has_an_open_end(real: LineageGraph) -> None:
    """Back from every model, weights end at random or at a maker who does not say; and nothing stands alone."""
    from lineage.analysis import stats

    found = stats(real)

    assert found.ends_known == dict(found.nodes)["model"]
    assert found.isolated == 0
    assert found.edges_with_source == sum(count for _, count in found.edges)


def test_the_graph_is_as_large_as_it_says(real: LineageGraph) -> None:
    """At least 300 models, 250 papers, 130 techniques and 1,500 edges; 9 of 10 open models tell all of their parts."""
    from lineage.analysis import stats

    found = stats(real)
    nodes = dict(found.nodes)

    assert nodes["model"] >= 300
    assert nodes["paper"] >= 250
    assert nodes["technique"] >= 130
    assert sum(count for _, count in found.edges) >= 1500
    assert found.parts_known >= 0.9 * found.parts_asked
