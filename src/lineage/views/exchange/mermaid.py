"""A Mermaid flowchart within the limits that GitHub sets.

Names are other people's text: nodes are called ``n0`` and so on, and in a label everything but letters, digits and a few
harmless signs is written as a numeric entity, so that no name is a directive, a link, markup or Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from lineage.errors import LimitError
from lineage.graph import Edge, LineageGraph, Node
from lineage.views.exchange.content import Exchanged
from lineage.views.exchange.losses import left_out
from lineage.views.prose import plain

MAX_EDGES: Final = 500
"""Mermaid's own ``maxEdges``; GitHub does not raise it, and no diagram may."""
MAX_CHARACTERS: Final = 50_000
"""Mermaid's own ``maxTextSize``, likewise."""
MAX_LABEL: Final = 80

_NODE_HOLDS: Final = frozenset({"kind", "name", "dates[0].year"})
_EDGE_HOLDS: Final = frozenset({"kind", "relation"})

_HARMLESS: Final = re.compile(r"[^\w ,()'/-]|_")
_SHAPES: Final = {"model": ("[", "]"), "paper": (">", "]"), "technique": ("{{", "}}")}
_ARROWS: Final[Mapping[str, str]] = {
    "weights": "==>",
    "outputs": "-.->",
    "architecture": "-->",
    "succession": "-.->",
}


def write(graph: LineageGraph) -> Exchanged:
    """Models as boxes, papers as flags, techniques as hexagons; time from left to right.

    Raises:
        LimitError: if there are more edges or characters than GitHub shows.
    """
    edges = graph.edges()
    if len(edges) > MAX_EDGES:
        raise LimitError(
            f"{len(edges):,} edges are more than GitHub shows of a Mermaid diagram ({MAX_EDGES}); choose a smaller selection"
        )
    names = {node_id: f"n{number}" for number, node_id in enumerate(graph)}
    lines = ["flowchart LR"]
    for node in graph.nodes():
        begin, end = _SHAPES[node.kind]
        lines.append(f'  {names[node.id]}{begin}"{_label(node.name)} ({node.year})"{end}')
    lines += [f"  {names[edge.source]} {_arrow(edge)} {names[edge.target]}" for edge in edges]
    text = "\n".join(lines) + "\n"
    if len(text) > MAX_CHARACTERS:
        raise LimitError(
            f"{len(text):,} characters are more than GitHub shows of a Mermaid diagram ({MAX_CHARACTERS:,}); "
            "choose a smaller selection"
        )
    return Exchanged(text, left_out(graph, _holds, lambda _: _EDGE_HOLDS))


def _holds(node: Node) -> frozenset[str]:
    return _NODE_HOLDS | {"dates[0].date"} if len(node.date) == len("2024") else _NODE_HOLDS


def _arrow(edge: Edge) -> str:
    # The words of relations and kinds are ours and hold no signs but the hyphen.
    return f"{_ARROWS.get(edge.basis or '', '-.-')}|{edge.label}|"


def _label(name: str) -> str:
    shown = plain(name)
    shown = shown if len(shown) <= MAX_LABEL else f"{shown[: MAX_LABEL - 1]}…"
    escaped = _HARMLESS.sub(lambda found: f"#{ord(found.group())};", shown)
    # At the beginning, a hyphen or a number with a bracket is a list to Markdown.
    return re.sub(r"^(\d*)([-)])", lambda found: f"{found[1]}#{ord(found[2])};", escaped)
