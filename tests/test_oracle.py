"""The answers to questions of descent, against plain recursion and networkx, on thousands of random graphs."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage import Edge, LineageGraph, Node, store
from lineage.analysis import stats, timeline
from lineage.comparison import compare, difference
from lineage.descent import Branch, tree
from lineage.graph import TOLD, frozen
from lineage.views import sides, trees
from lineage.views.text import Page
from lineage.vocabulary import BASES, BASIS_OF_RELATION, DateInterval, Relation

RELATIONS = [*get_args(Relation), None]
LETTERS = "abcdefghijkl"
SOURCE = {"url": "https://example.org/", "shows": "It says so."}
many = settings(max_examples=300)


def node(name: str, date: str, family: str, **fields: Any) -> Node:
    """A model that is made by hand."""
    data = {
        "id": name,
        "kind": "model",
        "name": name.upper(),
        "aliases": [],
        "dates": [{"kind": "paper", "date": date}],
    }
    data |= {"date": date, "family": family, "sources": [], **fields}
    return Node(name, "model", name.upper(), date, frozen(data))


def edge(parent: str, child: str, relation: str | None, evidence: str = "stated") -> Edge:
    """An edge that is made by hand; without a relation it is a succession."""
    kind: Any = "derived-from" if relation else "succeeds"
    basis = BASIS_OF_RELATION[relation] if relation else "succession"  # type: ignore[index]
    data = {"source": parent, "target": child, "kind": kind, "relation": relation, "basis": basis, "evidence": evidence}
    content = frozen({**data, "sources": [SOURCE]})
    return Edge(parent, child, kind, relation, basis, evidence, content["sources"], content)


@st.composite
def graphs(draw: st.DrawFn) -> LineageGraph:
    """Up to twelve models, any order of dates, several relations between two of them."""
    size = draw(st.integers(1, 12))
    dates = st.sampled_from(["2019", "2020", "2020-02", "2020-02-29", "2020-12-31", "2021", "2021-07"])
    nodes = [node(one, draw(dates), draw(st.sampled_from("XYZ"))) for one in LETTERS[:size]]
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1), st.sampled_from(RELATIONS))
    edges = draw(st.lists(pair.filter(lambda one: one[0] < one[1]), unique=True, max_size=24)) if size > 1 else []
    shuffle = draw(st.permutations(LETTERS[:size]))
    named = dict(zip(LETTERS[:size], shuffle, strict=True))
    return LineageGraph(
        [node(named[one.id], one.date, one.data["family"]) for one in nodes],
        [edge(named[LETTERS[a]], named[LETTERS[b]], relation) for a, b, relation in edges],
    )


vias = st.sets(st.sampled_from(BASES), min_size=1).map(sorted)


def oracle(graph: LineageGraph, via: Any = BASES) -> nx.DiGraph[str]:
    """The same models, and a step wherever one of these bases leads."""
    steps: nx.DiGraph[str] = nx.DiGraph()
    steps.add_nodes_from(graph)
    steps.add_edges_from((one.source, one.target) for one in graph.edges() if one.basis in via)
    return steps


def read_back(graph: LineageGraph, place: Path) -> LineageGraph:
    """The same graph, stored and opened."""
    file = place / "index"
    file.write_bytes(b"".join(store.dump(graph)))
    file.chmod(0o600)

    def never() -> LineageGraph:
        raise AssertionError("what is whole is not read anew")

    return store.open_graph(file, never)


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stored")


@many
@given(graphs())
def test_what_is_stored_is_what_was(place: Path, graph: LineageGraph) -> None:
    """Nodes, edges, names, neighbours and the whole of JSON are the same after a graph was stored."""
    again = read_back(graph, place)

    assert again.nodes() == graph.nodes()
    assert again.edges() == graph.edges()
    assert again.to_dict() == graph.to_dict()
    assert again.known_names() == graph.known_names()
    for what in TOLD:
        assert list(again.told(what)) == list(graph.told(what))
        assert [again[one].told(what) for one in graph] == [graph[one].told(what) for one in graph]
    for one in graph:
        assert again.in_edges(one) == graph.in_edges(one)
        assert again.out_edges(one) == graph.out_edges(one)
        assert again.parent_edges(one) == graph.parent_edges(one)
        assert again.child_edges(one) == graph.child_edges(one)


@many
@given(graphs(), vias)
def test_paths_are_all_simple_paths_the_shortest_first(place: Path, graph: LineageGraph, via: Any) -> None:
    """Every pair, however few are asked for; a stored graph says the same."""
    steps, again = oracle(graph, via), read_back(graph, place)
    for older in graph:
        for newer in graph:
            found = nx.all_simple_paths(steps, older, newer) if older != newer else []
            wanted = sorted(map(tuple, found), key=lambda line: (len(line), line))
            assert list(graph.paths(older, newer, via, 100_000)) == wanted
            for limit in (1, 3):
                assert list(again.paths(older, newer, via, limit)) == wanted[:limit]


@many
@given(graphs(), vias)
def test_ancestry_is_reachability(graph: LineageGraph, via: Any) -> None:
    """Ancestors, descendants, the yes or no of a pair, and the nearest that two came from."""
    steps = oracle(graph, via)
    above = {one: nx.ancestors(steps, one) for one in graph}
    for one in graph:
        assert set(graph.ancestors(one, via)) == above[one]
        assert set(graph.descendants(one, via)) == nx.descendants(steps, one)
        for other in graph:
            assert bool(graph.paths(one, other, via, 1)) == (one in above[other])
            shared = ({one} | above[one]) & ({other} | above[other])
            nearest = {each for each in shared if not any(each in above[lower] for lower in shared)}
            assert set(graph.common_ancestors(one, other, via)) == nearest


def naive(
    graph: LineageGraph, here: str, step: Callable[[str], Any], shown: set[str], depth: int
) -> list[tuple[int, str, bool]]:
    """A tree without a limit, by recursion: what was shown is marked where more hangs on it."""
    below = sorted(step(here), key=lambda one: (DateInterval.of(graph[one].date).end, one))
    if here in shown:
        return [(depth, here, bool(below))]
    shown.add(here)
    return [(depth, here, False)] + [row for one in below for row in naive(graph, one, step, shown, depth + 1)]


@many
@given(graphs(), vias, st.booleans())
def test_a_tree_is_what_recursion_draws(graph: LineageGraph, via: Any, up: bool) -> None:
    """Every step of what is reached once, every node opened once, a mark on every repeat of a node with more below."""
    steps = oracle(graph, via)
    follow = steps.predecessors if up else steps.successors
    for one in graph:
        branches = list(tree(graph, [one], up=up, via=via))
        assert [(branch.depth, branch.node, branch.repeated) for branch in branches] == naive(
            graph, one, follow, set(), 0
        )
        reached = {one} | (nx.ancestors(steps, one) if up else nx.descendants(steps, one))
        wanted = {pair for pair in steps.edges if set(pair) <= reached}
        drawn = [(branch.node, branch.above) if up else (branch.above, branch.node) for branch in branches[1:]]
        assert sorted(drawn) == sorted(wanted)
        assert not any(branch.cut for branch in branches)


@many
@given(graphs(), st.integers(1, 4))
def test_a_tree_of_some_depth_leaves_nothing_out(graph: LineageGraph, depth: int) -> None:
    """Every node and step within the depth is there, nothing beyond it, and a mark says where something was cut off."""
    steps = oracle(graph)
    for one in graph:
        branches = list(tree(graph, [one], depth=depth))
        near = nx.single_source_shortest_path_length(steps, one, cutoff=depth)
        inside = nx.single_source_shortest_path_length(steps, one, cutoff=depth - 1)
        assert {branch.node for branch in branches} == set(near)
        assert {(branch.above, branch.node) for branch in branches[1:]} == set(steps.out_edges(inside))
        assert all(branch.depth <= depth for branch in branches)
        _holds_its_marks(steps, branches, depth)


def _holds_its_marks(steps: nx.DiGraph[str], branches: list[Branch], depth: int) -> None:
    """What is marked as repeated was opened before with as much room; what is cut has more below it."""
    room: dict[str, int] = {}
    for place, branch in enumerate(branches):
        opened = place + 1 < len(branches) and branches[place + 1].depth == branch.depth + 1
        if branch.repeated:
            assert not opened
            assert room[branch.node] >= max(depth - branch.depth, 1)
        elif branch.cut:
            assert not opened
            assert branch.depth == depth
            assert steps.out_degree(branch.node)
        else:
            assert opened == bool(steps.out_degree(branch.node))
            if opened:
                room[branch.node] = depth - branch.depth


@many
@given(graphs())
def test_a_drawn_tree_can_be_read_back(graph: LineageGraph) -> None:
    """The indent of each line of text is its depth, and its node and marks are those of the branch; so in rows."""
    starts = [one for one in graph if not graph.parents(one)]
    branches = list(tree(graph, starts))
    lines = trees.text(Page(), graph, branches).splitlines()
    assert len(lines) == len(branches)
    for line, branch in zip(lines, branches, strict=True):
        assert line.index(branch.node.upper()) == 4 * branch.depth
        assert (" (*)" in line) == branch.repeated
    rows = list(trees.rows(branches, graph))
    assert len(rows) == sum(max(1, len(branch.edges)) for branch in branches)


@many
@given(graphs())
def test_generations_and_influence(graph: LineageGraph) -> None:
    """A generation is the longest way from a root; influence is the number of descendants; depth stays in the family."""
    steps = oracle(graph)
    longest: dict[str, int] = {}
    for one in nx.topological_sort(steps):
        longest[one] = 1 + max((longest[parent] for parent in steps.predecessors(one)), default=-1)
    found = stats(graph)
    assert found.by_generation == tuple(
        sum(depth == layer for depth in longest.values()) for layer in range(max(longest.values()) + 1)
    )
    assert found.generations == len(found.by_generation)
    influence = {one: len(nx.descendants(steps, one)) for one in graph}
    ranked = sorted(((one, size) for one, size in influence.items() if size), key=lambda row: (-row[1], row[0]))
    assert found.most_descendants == tuple(ranked[:10])
    families = {one: graph[one].data["family"] for one in graph}
    within = {name: steps.subgraph(one for one in graph if families[one] == name) for name in families.values()}
    depths = {name: nx.dag_longest_path_length(part) + 1 for name, part in within.items()}
    assert found.deepest_families == tuple(sorted(depths.items(), key=lambda row: (-row[1], row[0])))
    widths = {name: len(part) for name, part in within.items()}
    assert found.widest_families == tuple(sorted(widths.items(), key=lambda row: (-row[1], row[0])))


@many
@given(graphs())
def test_a_timeline_is_in_the_order_of_what_was_over_first(graph: LineageGraph) -> None:
    """Every node once, each day no earlier than the one before; of two that end on one day the more precise first."""
    events = timeline(graph, graph)

    assert sorted(event.node for event in events) == sorted(graph)
    for earlier, later in pairwise(events):
        ends = DateInterval.of(earlier.date).end, DateInterval.of(later.date).end
        assert ends[0] <= ends[1]
        if ends[0] == ends[1]:
            assert (-len(earlier.date), earlier.node) < (-len(later.date), later.node)


def _changed(record: dict[str, Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
    new = {**record, **{field["field"]: field["new"] for field in fields}}
    return {name: value for name, value in new.items() if value is not None or name in {"relation", "basis"}}


@many
@given(graphs(), graphs(), st.booleans())
def test_a_difference_applied_to_the_old_gives_the_new(old: LineageGraph, new: LineageGraph, near: bool) -> None:
    """Whatever the two graphs, also where the second is a part of the first; two equal ones differ in nothing."""
    if near:
        new = old.subgraph(list(old)[: len(old) // 2 + 1])
    found = json.loads(json.dumps(sides.as_dict(difference(old, new))))
    nodes = {one["id"]: one for one in json.loads(json.dumps(old.to_dict()["nodes"]))}
    edges = {
        json.dumps([one[name] for name in ("source", "target", "kind", "relation")]): one
        for one in json.loads(json.dumps(old.to_dict()["edges"]))
    }

    def key(one: dict[str, Any]) -> str:
        return json.dumps([one[name] for name in ("source", "target", "kind", "relation")])

    for one in found["removed"]["nodes"]:
        del nodes[one["id"]]
    for one in found["removed"]["edges"]:
        del edges[key(one)]
    changed = [(edges.pop(key(one)), one["fields"]) for one in found["changed"]["edges"]]
    for record, fields in changed:
        made = _changed(record, fields)
        edges[key(made)] = made
    for one in found["changed"]["nodes"]:
        nodes[one["id"]] = _changed(nodes[one["id"]], one["fields"])
    nodes |= {one["id"]: one for one in found["added"]["nodes"]}
    edges |= {key(one): one for one in found["added"]["edges"]}
    wanted = json.loads(json.dumps(new.to_dict()))
    assert [nodes[one] for one in sorted(nodes)] == wanted["nodes"]
    assert {key(one): one for one in wanted["edges"]} == edges
    assert not difference(new, new)
    assert bool(difference(old, new)) == (old.to_dict() != new.to_dict())


@many
@given(graphs())
def test_a_comparison_is_the_same_from_either_side(graph: LineageGraph) -> None:
    """What is shared is shared both ways, and what is one's own is the other's lack."""
    one, other = min(graph), max(graph)
    this, that = compare(graph, one, other), compare(graph, other, one)

    assert this.common_ancestors == that.common_ancestors
    assert this.shared_techniques == that.shared_techniques
    assert this.own_techniques == that.own_techniques[::-1]
    assert [line[::-1] for line in this.lines] == list(that.lines)
    assert all(
        line[0] == shared for shared, lines in zip(this.common_ancestors, this.lines, strict=True) for line in lines
    )
