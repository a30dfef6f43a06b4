"""What a format cannot hold of a selection, counted from the records themselves.

A writer says which fields of a node or an edge it holds; everything else that the records have is lost and is counted here, a field
that is younger than the writer likewise. What lineage computes from other fields is not counted: the plotted date, the basis, the
address of an arXiv paper, the place of a record in its file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Final

from lineage.graph import Edge, LineageGraph, Node

Holds = AbstractSet[str]
"""The fields that a format holds, with dots for what is within them: ``sources.url``. Of a list that ends in ``[0]`` it holds only
the first entry: of ``dates`` that is the plotted one. ``dates[0].year`` is a year in place of a date."""

_COMPUTED: Final = frozenset({"date", "title", "address", "location", "source", "target", "basis"})

_NODE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "id": ("id", "ids"),
    "kind": ("kind of node", "kinds of nodes"),
    "name": ("name", "names"),
    "aliases": ("alias", "aliases"),
    "organizations": ("maker", "makers"),
    "family": ("family", "families"),
    "architecture": ("architecture", "architectures"),
    "weights": ("state of weights", "states of weights"),
    "origin": ("origin", "origins"),
    "included_because": ("reason for being in", "reasons for being in"),
    "included_because.note": ("ground for being in", "grounds for being in"),
    "collections": ("place in a collection", "places in collections"),
    "dates": ("date", "dates"),
    "dates[1:]": ("further date", "further dates"),
    "dates.date": ("precise date", "precise dates"),
    "dates.kind": ("kind of date", "kinds of dates"),
    "dates.sources": ("source of a date", "sources of dates"),
    "variants": ("size or edition", "sizes and editions"),
    "variants.parameters": ("number of parameters", "numbers of parameters"),
    "variants.active_parameters": ("number of active parameters", "numbers of active parameters"),
    "variants.url": ("address of a size or edition", "addresses of sizes and editions"),
    "pretraining_tasks": ("pretraining task", "pretraining tasks"),
    "extension": ("extension", "extensions"),
    "application": ("application", "applications"),
    "corpus": ("corpus", "corpora"),
    "license": ("licence", "licences"),
    "context_length": ("context length", "context lengths"),
    "type": ("type of document", "types of documents"),
    "contribution": ("contribution", "contributions"),
    "authors": ("author", "authors"),
    "arxiv": ("arXiv number", "arXiv numbers"),
    "url": ("address of a document", "addresses of documents"),
    "category": ("category", "categories"),
    "summary": ("summary", "summaries"),
    "sources": ("source of a node", "sources of nodes"),
    "sources[1:]": ("further source of a node", "further sources of nodes"),
    "sources.locator": ("place in a source", "places in sources"),
    "sources.shows": ("word on what a source shows", "words on what sources show"),
}
_EDGE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "kind": ("kind of edge", "kinds of edges"),
    "relation": ("relation", "relations"),
    "evidence": ("grade of evidence", "grades of evidence"),
    "role": ("role of an introduction", "roles of introductions"),
    "note": ("note on an edge", "notes on edges"),
    "disputed": ("dispute", "disputes"),
    "disputed.source": ("source of a dispute", "sources of disputes"),
    "layout_parent": ("mark of a layout parent", "marks of layout parents"),
    "sources": ("source of an edge", "sources of edges"),
    "sources[1:]": ("further source of an edge", "further sources of edges"),
    "sources.locator": ("place in a source", "places in sources"),
    "sources.shows": ("word on what a source shows", "words on what sources show"),
}
_KIND_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "model": ("model", "models"),
    "paper": ("paper", "papers"),
    "technique": ("technique", "techniques"),
    "derived-from": ("derivation", "derivations"),
    "succeeds": ("succession", "successions"),
    "uses-technique": ("use", "uses"),
    "introduced-technique": ("introduction", "introductions"),
    "described-by": ("description", "descriptions"),
    "refines": ("refinement", "refinements"),
}
FURTHER_PARENT: Final = ("further parent", "further parents")
"""What a line of descent is called that has no place beside another."""


def left_out(
    graph: LineageGraph,
    node_holds: Callable[[Node], Holds | None],
    edge_holds: Callable[[Edge], Holds | None],
    *,
    descent: tuple[str, str] | None = None,
) -> tuple[tuple[int, str], ...]:
    """How much of what is lost when a selection goes into a format: nodes and edges, then fields of the others, the most first.

    A node or an edge that is lost is counted as one, and its fields are not counted again. So is an entry of a list of which
    nothing is held.

    Args:
        graph: the selection.
        node_holds: the fields that are held of a node; nothing at all where it is not in the format.
        edge_holds: likewise of an edge.
        descent: what a lost line of descent is called, one and several.

    >>> import lineage
    >>> left_out(lineage.load().select("bert alpaca"), lambda node: None, lambda edge: None)
    ((2, 'models'),)
    """
    whole: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for node in graph.nodes():
        held = node_holds(node)
        if held is None:
            whole[_KIND_WORDS[node.kind]] += 1
        else:
            lost.update(_named(_NODE_WORDS, path) for path in _missing_in(_in_order(node), held))
    for edge in graph.edges():
        held = edge_holds(edge)
        if held is not None:
            lost.update(_named(_EDGE_WORDS, path) for path in _missing_in(edge.data, held))
        elif descent and edge.kind in {"derived-from", "succeeds"}:
            whole[descent] += 1
        else:
            whole[_KIND_WORDS[edge.kind]] += 1
    ranked = (one for counted in (whole, lost) for one in sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    return tuple((number, words[number != 1]) for words, number in ranked)


def _in_order(node: Node) -> Mapping[str, Any]:
    """The record of a node with the plotted date before its other dates."""
    dates = node.data.get("dates", ())
    plotted = next((event for event in dates if event["date"] == node.date), None)
    if plotted is None or plotted is dates[0]:
        return node.data
    return {**node.data, "dates": [plotted, *(event for event in dates if event is not plotted)]}


def _missing_in(data: Mapping[str, Any], held: Holds) -> Iterator[str]:
    begun = _beginnings(frozenset(held))
    for name, value in data.items():
        if name not in _COMPUTED:
            yield from _missing(name, value, begun)


def _missing(path: str, value: object, begun: AbstractSet[str]) -> Iterator[str]:
    """The paths of what is not held, once for each value that is there."""
    if isinstance(value, Mapping):
        if path not in begun:
            yield path
            return
        for name, inner in value.items():
            yield from _missing(f"{path}.{name}", inner, begun)
    elif isinstance(value, list | tuple):
        parted = f"{path}[0]" in begun
        for place, one in enumerate(value):
            part = "" if not parted else "[1:]" if place else "[0]"
            yield from _missing(f"{path}{part}", one, begun)
    elif value not in (None, "", False) and path not in begun:
        yield path


@lru_cache(maxsize=64)
def _beginnings(held: frozenset[str]) -> frozenset[str]:
    """The paths that are held, and all that lead to one."""
    parts = (path.split(".") for path in held)
    return frozenset(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1))


def _named(words: Mapping[str, tuple[str, str]], path: str) -> tuple[str, str]:
    """The words for a field; of one that has none yet its own name."""
    plain = path.replace("[0]", "").replace("[1:]", "")
    shown = plain.replace("_", " ").replace(".", ", ")
    return words.get(path) or words.get(plain) or (f"value of `{shown}`", f"values of `{shown}`")
