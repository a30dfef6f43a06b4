"""DOT, and the picture that the embedded Graphviz draws of it."""

from __future__ import annotations

from typing import Final

from lineage.graph import LineageGraph
from lineage.views import dot
from lineage.views.exchange.content import Exchanged
from lineage.views.exchange.losses import left_out

_SHOWN: Final = frozenset({"id", "kind", "name", "dates[0].date", "organizations"})
_NODE_HOLDS: Final = {
    # A box links to the first source, a document to itself.
    "model": _SHOWN | {"weights", "sources[0].url"},
    "paper": _SHOWN | {"arxiv", "url"},
    "technique": _SHOWN | {"sources[0].url"},
}
_EDGE_HOLDS: Final = frozenset({"kind", "relation", "evidence", "sources[0].url"})


def write(graph: LineageGraph) -> Exchanged:
    """The DOT text.

    Raises:
        LimitError: if there are more nodes than a drawing may have.
    """
    return Exchanged(dot.source(graph), _left_out(graph))


def picture(graph: LineageGraph) -> Exchanged:
    """The drawing as one SVG element.

    Raises:
        LimitError: if there are more nodes than a drawing may have.
        ToolError: if Graphviz fails.
    """
    return Exchanged(dot.draw(dot.source(graph), nodes=len(graph), edges=len(graph.edges())), _left_out(graph))


def _left_out(graph: LineageGraph) -> tuple[tuple[int, str], ...]:
    return left_out(graph, lambda node: _NODE_HOLDS[node.kind], lambda _: _EDGE_HOLDS)
