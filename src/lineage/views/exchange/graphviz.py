"""DOT, and the picture that the embedded Graphviz draws of it."""

from __future__ import annotations

from lineage.graph import LineageGraph
from lineage.views import dot
from lineage.views.exchange.content import Exchanged


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
    return ((sum(len(edge.sources) for edge in graph.edges()), "places and words of sources"),)
