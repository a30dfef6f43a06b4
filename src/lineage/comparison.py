"""What two nodes have in common and what not, and what changed from one graph to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lineage.graph import Edge, LineageGraph, Node
from lineage.vocabulary import BASES, Basis

_FIELDS: Final = (
    "kind",
    "organizations",
    "dates",
    "family",
    "architecture",
    "weights",
    "license",
    "origin",
    "variants",
    "context_length",
    "corpus",
    "pretraining_tasks",
    "type",
    "contribution",
    "authors",
    "category",
    "summary",
)
"""What is put side by side, in this order: what most people ask first."""

_WEIGHTS: Final[tuple[Basis, ...]] = ("weights",)

_PLACE: Final = "location"
"""Where a record stands in its file is no part of what it says."""


@dataclass(frozen=True)
class Comparison:
    """Two nodes side by side; every pair is in their order."""

    ids: tuple[str, str]
    fields: tuple[tuple[str, Any, Any], ...]
    """Field of the record and its two values; None where a record does not tell it."""
    parents: tuple[tuple[Edge, ...], tuple[Edge, ...]]
    """How each came from its parents."""
    shared_techniques: tuple[str, ...]
    """What both use, themselves or by the weights they came from."""
    own_techniques: tuple[tuple[str, ...], tuple[str, ...]]
    """What only one of them is known to use."""
    common_ancestors: tuple[str, ...]
    lines: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """For each nearest common ancestor the shortest line down to either; a line of one where it is the node itself."""


def compare(graph: LineageGraph, one: str, other: str, via: Collection[Basis] = BASES) -> Comparison:
    """Two nodes side by side: their records, parents, techniques and the nearest that both came from.

    >>> import lineage
    >>> compare(lineage.load(), "alpaca", "vicuna", via=["weights"]).common_ancestors
    ('llama',)
    """
    first, second = graph[one], graph[other]
    told = [name for name in _FIELDS if name in first.data or name in second.data]
    uses = [known_techniques(graph, node_id) for node_id in (one, other)]
    shared = graph.common_ancestors(one, other, via)
    return Comparison(
        ids=(one, other),
        fields=tuple((name, first.data.get(name), second.data.get(name)) for name in told),
        parents=(graph.parent_edges(one, via), graph.parent_edges(other, via)),
        shared_techniques=tuple(sorted(uses[0] & uses[1])),
        own_techniques=(tuple(sorted(uses[0] - uses[1])), tuple(sorted(uses[1] - uses[0]))),
        common_ancestors=shared,
        lines=tuple((_line(graph, node_id, one, via), _line(graph, node_id, other, via)) for node_id in shared),
    )


def known_techniques(graph: LineageGraph, model: str) -> set[str]:
    """What a model uses, itself or by the weights that it came from."""
    if graph[model].kind != "model":
        return set()
    return {technique for one in (model, *graph.ancestors(model, _WEIGHTS)) for technique in graph.techniques(one)}


def _line(graph: LineageGraph, older: str, newer: str, via: Collection[Basis]) -> tuple[str, ...]:
    return (older,) if older == newer else graph.paths(older, newer, via, 1)[0]


@dataclass(frozen=True)
class Change:
    """A node or an edge that is in both graphs and does not say the same."""

    key: tuple[str, ...]
    """The id of a node; source, target, kind and relation of an edge, as they were."""
    fields: tuple[tuple[str, Any, Any], ...]
    """Field, what it was, what it is; None where it is not told."""


@dataclass(frozen=True)
class Difference:
    """What was added, removed and changed from one graph to another, each in the order of the ids."""

    added_nodes: tuple[Node, ...]
    removed_nodes: tuple[Node, ...]
    changed_nodes: tuple[Change, ...]
    added_edges: tuple[Edge, ...]
    removed_edges: tuple[Edge, ...]
    changed_edges: tuple[Change, ...]

    def __bool__(self) -> bool:
        return any((self.added_nodes, self.removed_nodes, self.changed_nodes, *self._edges()))

    def _edges(self) -> tuple[tuple[object, ...], ...]:
        return self.added_edges, self.removed_edges, self.changed_edges


def difference(old: LineageGraph, new: LineageGraph) -> Difference:
    """What has to be done to ``old`` to make it say what ``new`` says. Where in a file a record stands does not count.

    An edge that has another relation now is one that changed, where there is only one of its kind between its two ends.

    >>> import lineage
    >>> graph = lineage.load()
    >>> [node.id for node in difference(graph, graph.subgraph(set(graph) - {"llama"})).removed_nodes]
    ['llama']
    """
    before = {edge.sort_key: edge for edge in old.edges()}
    after = {edge.sort_key: edge for edge in new.edges()}
    gone = [edge for key, edge in before.items() if key not in after]
    come = [edge for key, edge in after.items() if key not in before]
    renamed = _renamed(gone, come)
    pairs = [(before[key], after[key]) for key in before if key in after] + renamed
    moved = {id(edge) for pair in renamed for edge in pair}
    return Difference(
        added_nodes=tuple(new[one] for one in new if one not in old),
        removed_nodes=tuple(old[one] for one in old if one not in new),
        changed_nodes=tuple(
            Change((one,), fields) for one in old if one in new and (fields := _fields(old[one].data, new[one].data))
        ),
        added_edges=tuple(edge for edge in come if id(edge) not in moved),
        removed_edges=tuple(edge for edge in gone if id(edge) not in moved),
        changed_edges=tuple(
            Change(was.sort_key, fields)
            for was, now in sorted(pairs, key=lambda pair: pair[0].sort_key)
            if (fields := _fields(was.data, now.data))
        ),
    )


def _renamed(gone: Iterable[Edge], come: Iterable[Edge]) -> list[tuple[Edge, Edge]]:
    """Edges that went and came between the same ends, one of each: the same edge with another relation."""
    by_ends: dict[tuple[str, str, str], tuple[list[Edge], list[Edge]]] = {}
    for place, edges in enumerate((gone, come)):
        for edge in edges:
            by_ends.setdefault(edge.sort_key[:3], ([], []))[place].append(edge)
    return [(was[0], now[0]) for was, now in by_ends.values() if len(was) == len(now) == 1]


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    names = [name for name in (*old, *(one for one in new if one not in old)) if name != _PLACE]
    return tuple((name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))
