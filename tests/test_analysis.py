"""Measures of a graph, as whole results."""

from __future__ import annotations

import pytest

import lineage
from lineage import LineageGraph, Node, analysis
from lineage.analysis import Adopter, Adoption, Event, Stats, adoption, incomplete, missing_parts, stats, timeline
from lineage.comparison import compare
from lineage.errors import WrongKindError


def test_adoption_names_introducer_adopters_and_lag(graph: LineageGraph) -> None:
    """Who introduced it, who took it up, how many days later, by year and by family."""
    assert adoption(graph, "t") == Adoption(
        technique="t",
        introducers=("p",),
        introduced="2017-06-12",
        adopters=(Adopter("c", "2019-03", 657), Adopter("e", "2021-01-01", 1299)),
        by_year=((2019, 1), (2021, 1)),
        by_family=(("Toy", 2),),
        first=("c",),
        inherited=("d",),
        without=(),
        of_family=(("Toy", 7),),
    )


def test_families_without_a_technique_are_those_that_came_after_it(graph: LineageGraph) -> None:
    """A family that has models since then and none that uses or inherits it; what came before could not."""

    def moved(node: Node) -> Node:
        return Node(
            node.id, node.kind, node.name, node.date, {**node.data, "family": {"f": "F", "g": "G"}.get(node.id, "T")}
        )

    other = LineageGraph([moved(node) for node in graph.nodes()], graph.edges())
    late = LineageGraph(
        [*(n for n in other.nodes() if n.id != "t"), Node("t", "technique", "T", "2020", {})], other.edges()
    )

    assert adoption(other, "t").without == (("F", 1), ("G", 1))
    assert adoption(late, "t").without == (("G", 1),)


def test_the_share_of_a_family_counts_who_could_have_taken_it_up(graph: LineageGraph) -> None:
    """Models since the introduction, and those from before that use it all the same; never more users than models."""
    late = LineageGraph(
        [*(n for n in graph.nodes() if n.id != "t"), Node("t", "technique", "T", "2020", {})], graph.edges()
    )
    found = adoption(late, "t")
    since = {node.id for node in graph.nodes("model") if node.date >= "2020"}

    assert (found.by_family, found.of_family) == ((("Toy", 2),), (("Toy", len(since | {"c", "e"})),))
    assert "c" not in since


def test_measures_of_a_model_or_a_technique_are_asked_of_no_other_kind(graph: LineageGraph) -> None:
    """The adoption of a model and the parts of a technique are errors; a comparison of two papers is an answer."""
    with pytest.raises(WrongKindError, match="`a` is a model; name a technique"):
        adoption(graph, "a")
    with pytest.raises(WrongKindError, match="`t` is a technique; name a model"):
        missing_parts(graph, "t")
    assert compare(graph, "p", "q").shared_techniques == ()


def test_a_timeline_has_every_date_once(graph: LineageGraph) -> None:
    """What was over first comes first, of two that end on one day the more precise; a technique has that of its introduction."""
    events = timeline(graph, ["b", "a", "t", "c", "a"])

    assert events == (
        Event("2017-06-12", "introduced", "t"),
        Event("2018-01-05", "weights", "a"),
        Event("2019-03", "weights", "c"),
        Event("2019", "weights", "b"),
    )


def test_a_lag_that_is_not_known_is_not_given(graph: LineageGraph) -> None:
    """Where the dates overlap there is no lag, rather than a wrong one."""
    assert [one.lag_days for one in adoption(graph, "u").adopters] == [1038]
    assert adoption(graph.subgraph("cpt"), "t").adopters[0].lag_days == 657


def test_stats_count_everything(graph: LineageGraph) -> None:
    """The graph in numbers, the most first."""
    assert stats(graph) == Stats(
        nodes=(("model", 7), ("paper", 2), ("technique", 2)),
        edges=(
            ("derived-from", 5),
            ("uses-technique", 3),
            ("described-by", 2),
            ("introduced-technique", 2),
            ("refines", 1),
            ("succeeds", 1),
        ),
        relations=(("finetuned", 2), ("merged", 2), ("distilled", 1)),
        evidence=(("stated", 14),),
        edges_with_source=14,
        sources=1,
        roots=2,
        leaves=3,
        merges=1,
        generations=4,
        most_descendants=(("a", 5), ("b", 2), ("c", 2), ("d", 1)),
        most_adopted=(("t", 2), ("u", 1)),
        organizations=(("Acme", 6), ("Other", 1)),
        collections=(),
        isolated=0,
        ends_known=7,
        parts_asked=6,
        parts_known=0,
        by_generation=(2, 3, 1, 1),
        most_adopted_papers=(("p", 2), ("q", 1)),
        widest_families=(("Toy", 7),),
        deepest_families=(("Toy", 4),),
    )


def test_descendants_are_counted_in_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever number of models goes round at a time, the ten with the most descendants are the same."""
    graph = lineage.load()
    wanted = stats(graph).most_descendants
    for size in (1, 7, 64, 500):
        monkeypatch.setattr(analysis, "_ROUND", size)
        assert stats(graph).most_descendants == wanted
    assert wanted[0][1] == len([one for one in graph.descendants(wanted[0][0]) if graph[one].kind == "model"])


def test_an_empty_graph_has_stats() -> None:
    """Nothing is counted as nothing."""
    assert stats(LineageGraph([], [])).generations == 0


def test_the_parts_of_a_model_may_be_told_by_the_model_that_gave_it_its_weights(graph: LineageGraph) -> None:
    """What c tells of its attention holds for d, merged from it, and not for e, which only succeeds d; f is not to be had."""
    rest = ("activation", "normalization", "position-encoding", "tokenization")

    assert missing_parts(graph, "c") == missing_parts(graph, "d") == rest
    assert missing_parts(graph, "b") == ("activation", "attention/state-space", *rest[1:])
    assert missing_parts(graph, "g") == ("attention/state-space", "normalization", "tokenization")
    assert missing_parts(graph, "f") == ()


def test_all_incomplete_models_are_those_with_a_missing_part(graph: LineageGraph) -> None:
    """What is found of all models at once is what is found of each of them, in the toy graph and in the real one."""
    for one in (graph, lineage.load()):
        assert incomplete(one) == tuple(node.id for node in one.nodes("model") if missing_parts(one, node.id))


def test_a_line_of_weights_that_was_cut_has_no_known_end(graph: LineageGraph) -> None:
    """A derived model without its parents has an open end; with them it has none."""
    assert stats(graph.subgraph("acd")).ends_known == 3
    assert stats(graph.subgraph("cd")).ends_known == 0
