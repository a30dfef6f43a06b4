"""What a graph does in a notebook: it selects in the selector language and shows itself as a figure.

:class:`~lineage.graph.LineageGraph` stands below selectors and figures, so it cannot reach for them; the package lends it these
two functions when it is imported (see ``docs/design.md``). What they need is imported when they are called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from lineage.graph import LineageGraph
from lineage.vocabulary import Basis

MOST_MODELS: Final = 60
"""A graph of so many models is shown whole: about one and a half screens. Of a larger one those that matter most are shown."""

MOST_NODES: Final = 10_000
"""A graph of more nodes is not drawn: to find what matters in it would take more than a second."""


def chosen(
    graph: LineageGraph, selections: Iterable[str], exclude: Iterable[str], via: Collection[Basis]
) -> tuple[str, ...]:
    """The ids that a selection selects: see :func:`lineage.select.select`."""
    from lineage.select import select

    return select(graph, selections, exclude=exclude, via=via)


def drawn(graph: LineageGraph) -> str | None:
    """A graph as the SVG that a notebook shows, or None where there is no model to draw or too much of everything.

    It goes by the number of nodes and not by the clock, so that the same graph is always shown in the same way. Whatever goes
    wrong, the notebook falls back to text: a picture that nobody asked for by name must not stop a cell.
    """
    if not graph.nodes("model") or len(graph) > MOST_NODES:
        return None
    try:
        return _figure(graph)
    except Exception:  # noqa: BLE001 - see above
        return None


def _figure(graph: LineageGraph) -> str:
    from lineage.folding import kept
    from lineage.layout import lanes
    from lineage.rail import on_rail
    from lineage.views import figure
    from lineage.views.picture import Subject

    folded = len(graph.nodes("model")) > MOST_MODELS
    layout = lanes(graph, tuple(sorted(kept(graph, MOST_MODELS))) if folded else None)
    if graph.nodes("technique"):
        layout = on_rail(graph, layout)
    text = figure.svg(graph, layout, Subject(folded=folded))
    return _embedded(text)


def _embedded(svg: str) -> str:
    """A figure that may stand in a page beside others: ids of its own, and no links to a page that is not there.

    Every name in it is escaped, so that what looks like a tag is one.
    """
    svg = re.sub(r'<a href="[^"]*"', "<g", svg).replace("</a>", "</g>")
    import hashlib  # 4 ms that only a figure costs

    mark = hashlib.sha256(svg.encode()).hexdigest()[:8]
    return re.sub(r'\b(lineage-(?:title|desc))(?=["\s])', rf"\1-{mark}", svg)
