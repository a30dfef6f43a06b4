"""What the formats share: what a writer returns, one level of fields for tables and XML, and the tree of the models."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from lineage.views.exchange.losses import FURTHER_PARENT, Holds, left_out
from lineage.vocabulary import DateInterval

if TYPE_CHECKING:
    import networkx as nx

    from lineage.graph import Edge, LineageGraph, Node

SCALAR_FIELDS: Final = ("family", "architecture", "weights", "origin", "license", "category", "contribution", "arxiv")
TEXT_FIELDS: Final = ("extension", "application", "corpus", "summary")

NODE_HOLDS: Final = frozenset(
    {"id", "kind", "name", "dates[0].date", "organizations", "aliases", "authors", "collections", "pretraining_tasks"}
    | {*SCALAR_FIELDS, *TEXT_FIELDS, "type", "url", "context_length"}
)
"""What :func:`node_fields` holds of a record; the address is that of the arXiv number or the URL."""
EDGE_HOLDS: Final = frozenset({"kind", "relation", "evidence", "role", "note", "sources.url", "disputed.by"})
"""What :func:`edge_fields` holds of a record."""

_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Exchanged(NamedTuple):
    """A graph in some format, and what that has no place for."""

    text: str
    left_out: tuple[tuple[int, str], ...] = ()
    """How many of what, as in ``(214, "second parents")``."""


def words(text: str) -> str:
    r"""Text in one line, without what XML cannot hold.

    >>> words("a\x00\n b")
    'a b'
    """
    return " ".join(_NOT_XML.sub("", text).split())


def node_fields(node: Node) -> dict[str, str | int]:
    """The fields of a node that one level of names and values can hold; lists are joined by ``; ``."""
    data = node.data
    fields: dict[str, str | int] = {"kind": node.kind, "label": words(node.name), "date": node.date, "year": node.year}
    fields |= _joined("organizations", node.organizations) | _joined("aliases", node.aliases)
    for name in ("authors", "collections", "pretraining_tasks"):
        fields |= _joined(name, data.get(name, ()))
    for name in (*SCALAR_FIELDS, *TEXT_FIELDS):
        if data.get(name):
            fields[name] = words(str(data[name]))
    if data.get("type"):
        fields["document_type"] = words(str(data["type"]))
    if data.get("address"):
        fields["address"] = words(str(data["address"]))
    if data.get("context_length"):
        fields["context_length"] = int(data["context_length"])
    return fields


def edge_fields(edge: Edge) -> dict[str, str]:
    """The fields of an edge that one level of names and values can hold; addresses of sources are joined by a space."""
    fields = {"kind": edge.kind, "relation": edge.relation or "", "basis": edge.basis or "", "evidence": edge.evidence}
    fields["sources"] = addresses(edge.sources)
    for name in ("role", "note"):
        fields[name] = words(str(edge.data.get(name, "")))
    fields["disputed"] = words(edge.data["disputed"]["by"]) if edge.data.get("disputed") else ""
    return {name: value for name, value in fields.items() if value}


def addresses(sources: Iterable[Mapping[str, str]]) -> str:
    """The addresses of sources, joined by a space."""
    return " ".join(words(source["url"]).replace(" ", "%20") for source in sources)


def flat_left_out(graph: LineageGraph) -> tuple[tuple[int, str], ...]:
    """What :func:`flat_networkx` leaves out."""
    return left_out(graph, lambda _: NODE_HOLDS | {"sources.url"}, lambda _: EDGE_HOLDS)


def _joined(name: str, values: Iterable[str]) -> dict[str, str]:
    text = "; ".join(words(one) for one in values)
    return {name: text} if text else {}


def flat_networkx(graph: LineageGraph) -> nx.MultiDiGraph[str]:
    """The graph with fields of one level, for formats that hold no others; an edge has its number for a key.

    A node has the addresses of its sources, too.
    """
    import networkx as nx

    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in graph.nodes():
        fields = node_fields(node)
        if sources := addresses(node.data.get("sources", ())):
            fields["sources"] = sources
        flat.add_node(words(node.id), **fields)
    for number, edge in enumerate(graph.edges()):
        flat.add_edge(words(edge.source), words(edge.target), key=f"e{number}", **edge_fields(edge))
    return flat


# -- the tree of the models ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Projection:
    """The models as a forest: each below its layout parent, as the pictures hang it."""

    roots: tuple[str, ...]
    children: dict[str, tuple[str, ...]]
    edges: dict[str, Edge]
    """Of each model that has a parent, the edge by which it hangs."""
    times: dict[str, float]
    """When each model came, in years; never before its parent."""
    depth: int
    """Generations of the longest line."""

    def left_out(self, graph: LineageGraph, node_holds: Holds, edge_holds: Holds) -> tuple[tuple[int, str], ...]:
        """What a format leaves out that holds these fields of the models and of the edges by which they hang."""
        hung = {edge.sort_key for edge in self.edges.values()}
        return left_out(
            graph,
            lambda node: node_holds if node.kind == "model" else None,
            lambda edge: edge_holds if edge.sort_key in hung else None,
            descent=FURTHER_PARENT,
        )

    def order(self) -> list[str]:
        """Every model after its parent."""
        order = list(self.roots)
        for one in order:
            order += self.children[one]
        return order


def project(graph: LineageGraph) -> Projection:
    """The forest of the layout parents of the models of a graph."""
    models = [node.id for node in graph.nodes("model")]
    edges = {one: edge for one in models if (edge := graph.layout_parent(one))}
    # Dates that are not precise may let two models each hang on the other; checked data have no such ring.
    children: dict[str, list[str]] = {one: [] for one in models}
    for one, edge in edges.items():
        children[edge.source].append(one)
    roots = tuple(one for one in models if one not in edges)
    times: dict[str, float] = {}
    generation: dict[str, int] = {}
    order = list(roots)
    for one in order:
        above = edges.get(one)
        times[one] = max(years(graph[one].interval)[1], times[above.source] if above else 0.0)
        generation[one] = generation[above.source] + 1 if above else 1
        order += children[one]
    listed = {one: tuple(below) for one, below in children.items()}
    return Projection(roots, listed, edges, times, max(generation.values(), default=0))


def years(interval: DateInterval) -> tuple[float, float, float]:
    """First day, middle and last day of a date as years with decimals.

    >>> years(DateInterval.of("2023"))
    (2023.0, 2023.49863, 2023.99726)
    """
    first, last = _year(interval.start), _year(interval.end)
    return first, round((first + last) / 2, 6), last


def _year(day: dt.date) -> float:
    length = 366 if calendar.isleap(day.year) else 365
    return round(day.year + (day.timetuple().tm_yday - 1) / length, 6)
