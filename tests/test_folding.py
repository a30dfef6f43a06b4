"""Folding: which models stay when there is room for a few."""

from __future__ import annotations

import random

import networkx as nx
from families import chain, edge, family, fan, model
from hypothesis import given
from hypothesis import strategies as st

from lineage import LineageGraph
from lineage.folding import fold_order, kept

SMALL = LineageGraph(
    [model(one, date) for one, date in (("a", "2018"), ("b", "2019"), ("c", "2020"), ("d", "2020"), ("e", "2021"))],
    [edge("a", "b"), edge("b", "c"), edge("a", "d"), edge("d", "e"), edge("b", "e", "outputs")],
)


def test_the_order() -> None:
    """Leaves first, of these the one with fewer claims, then the later; a parent only after all its children."""
    assert fold_order(SMALL) == ("c", "e", "d", "b", "a")
    assert kept(SMALL, 2) == {"a", "b"}
    assert kept(SMALL, 9) == set("abcde")


def test_what_is_kept_keeps_its_ancestors() -> None:
    """A model that must stay holds everything that it came from, and nothing else."""
    assert fold_order(SMALL, keep={"c"}) == ("e", "d")
    assert kept(SMALL, 1, keep={"c"}) == {"a", "b", "c"}


def test_a_part_of_the_graph() -> None:
    """Only the given models are folded, and only what is among them counts."""
    assert fold_order(SMALL, ["d", "e"]) == ("e", "d")
    assert kept(SMALL, 1, ["b", "c", "d"]) == {"b"}


def test_a_long_chain_and_a_wide_fan() -> None:
    """The youngest of a chain go first; of equal children the latest."""
    assert fold_order(chain(["2020"] * 2000))[:2] == ("c1999", "c1998")
    assert kept(fan("2020", ["2021", "2022", "2023"]), 2) == {"root", "k000"}


def test_the_order_of_the_input_does_not_matter() -> None:
    """Shuffled nodes and edges are folded alike."""
    graph = family(100, 3)
    nodes, edges = list(graph.nodes()), list(graph.edges())
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    assert fold_order(LineageGraph(nodes, edges)) == fold_order(graph)


@given(st.integers(2, 60), st.integers(0, 10**6), st.integers(1, 60))
def test_nothing_is_left_out_between_two_that_are_shown(size: int, seed: int, budget: int) -> None:
    """On no line of descent is a folded model above a kept one; and the budget is met."""
    graph = family(size, seed)
    left = kept(graph, budget)
    whole = graph.to_networkx()
    assert len(left) == min(size, budget)
    assert all(nx.ancestors(whole, one) <= left for one in left)
