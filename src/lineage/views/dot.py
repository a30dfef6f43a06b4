"""Pictures by Graphviz: any selection as DOT, the figure's geometry as DOT, and both drawn as SVG.

This module is the only door to the ``graphviz`` package. Names are other people's text: a node is called ``n7`` in
DOT, and what people wrote stands only in quoted attributes, cleaned, capped and escaped, so that no name is syntax,
a port, an escape or an HTML-like label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from lineage.errors import LimitError, ToolError
from lineage.layout import BAND_OF_ARCHITECTURE, CHIP_PADDING, CHIP_SIZE, FONT_SIZE, HEADER, text_width
from lineage.rail import DIAMOND, heading
from lineage.views import xdot
from lineage.views.palette import LIGHT, Swatch
from lineage.views.picture import framed
from lineage.views.shapes import Area, Diamond, Linked, Stroke, Words, paint
from lineage.views.xdot import FONT, clean, colours, number, polygon, polyline, rectangle, slashless, words

if TYPE_CHECKING:
    import graphviz

    from lineage.graph import Edge, LineageGraph, Node
    from lineage.layout import Box, Layout, Link
    from lineage.views.picture import Frame, Subject
    from lineage.views.shapes import Shape
    from lineage.vocabulary import Basis, EdgeKind

MAX_NODES: Final = 2500
"""A picture of more nodes than these is refused: no one can read it, and ``dot`` takes minutes."""

MOST_SECONDS: Final = 120.0
"""How long a drawing may take."""

ENGINES: Final = ("dot", "neato", "fdp", "sfdp", "circo", "twopi", "osage", "nop2")
"""The layout programs; ``nop2`` keeps the positions that the text gives (``neato -n2``)."""

_FAMILY: Final = "Lineage Inter,Inter,sans-serif"  # the font inside this package, what it was made from, any other
_LABELLED_EDGES: Final = 60  # more words than these between the boxes hide the lines

_HTTPS: Final = re.compile(
    r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:[/?#][!#$%&'()*+,./:;=?@\[\]~\w-]*)?", re.ASCII
)
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)

_STYLE_OF_BASIS: Final[Mapping[Basis, Mapping[str, str]]] = {
    "weights": {"style": "solid", "penwidth": "1.4", "color": LIGHT.ink},
    "outputs": {"style": "dashed", "penwidth": "1.4", "color": LIGHT.ink},
    "architecture": {"style": "dotted", "penwidth": "1.4", "color": LIGHT.ink},
    "succession": {"style": "dashed", "penwidth": "1", "color": LIGHT.muted, "arrowhead": "open"},
}
_STYLE_OF_KIND: Final[Mapping[EdgeKind, Mapping[str, str]]] = {
    "refines": {"style": "solid", "penwidth": "1", "color": LIGHT.muted, "arrowhead": "onormal"},
    "introduced-technique": {"style": "solid", "penwidth": "1", "color": LIGHT.muted, "arrowhead": "diamond"},
    "uses-technique": {"style": "dotted", "penwidth": "1", "color": LIGHT.muted, "arrowhead": "odiamond"},
    "described-by": {"style": "dotted", "penwidth": "1", "color": LIGHT.muted, "arrowhead": "none"},
}


def source(graph: LineageGraph) -> str:
    """A graph in the DOT language: models as boxes, papers as notes, techniques as diamonds, time from left to right.

    Raises:
        LimitError: if it has more than :data:`MAX_NODES` nodes.
    """
    _check_size(len(graph))
    names = {node_id: f"n{number}" for number, node_id in enumerate(graph)}
    dot = digraph(rankdir="LR", newrank="true", ranksep="0.45", nodesep="0.18")
    for node in graph.nodes():
        attributes = node_attributes(node, names[node.id])
        # Graphviz knows the widths of a few fonts only, and of their Latin letters; a label must not leave its box.
        width = text_width(attributes["label"], FONT_SIZE) + 12
        attributes["width"] = f"{(2 * width if node.kind == 'technique' else width) / 72:.3f}"
        dot.node(names[node.id], **escaped(attributes))
    edges = graph.edges()
    for edge in edges:
        attributes = {**_style(edge), **_edge_attributes(edge, graph)}
        if len(edges) <= _LABELLED_EDGES:
            attributes["label"] = clean(edge.label)
        dot.edge(names[edge.source], names[edge.target], **escaped(attributes))
    return str(dot.source)


def pinned(graph: LineageGraph, layout: Layout, subject: Subject | None = None) -> str:
    """The geometry of the figure in the DOT language, for ``neato -n2`` and for plain ``dot`` likewise.

    Every box is a node and every line of the tree an edge, at the figure's own coordinates. Bands, year rules and the
    chips that name further parents are the graph's background, so that they are neither nodes nor edges.

    Args:
        graph: the graph.
        layout: where everything is.
        subject: what the figure is about; with it heading, legend and caption are drawn as the figure has them.

    Raises:
        LimitError: if the layout has more than :data:`MAX_NODES` boxes.
    """
    _check_size(len(layout.boxes))
    names = {node_id: f"n{number}" for number, node_id in enumerate(sorted(layout.boxes))}
    frame = framed(graph, layout, subject) if subject else None
    page = (frame.width, frame.height) if frame else (layout.width, layout.height)
    height = page[1] - (frame.top if frame else 0.0)
    size = f"0,0,{number(page[0])},{number(page[1])}"
    dot = digraph(layout="nop2", bb=size, notranslate="true", pad="0", outputorder="edgesfirst")
    dot.attr("graph", _background=_background(layout, frame, page))
    for node_id in sorted(layout.boxes):
        node, box = graph[node_id], layout.boxes[node_id]
        attributes = node_attributes(node, names[node_id]) | _placed(box, height)
        dot.node(names[node_id], **escaped(attributes))
    for link in sorted(layout.links, key=lambda one: (one.source, one.target, one.kind)):
        edges = [edge for edge in graph.in_edges(link.target) if edge.source == link.source and edge.basis == link.kind]
        attributes = {**_STYLE_OF_BASIS[link.kind], "arrowhead": "none", "pos": _spline(link, height)}
        attributes |= _edge_attributes(edges[0], graph) if edges else {}
        dot.edge(names[link.source], names[link.target], **escaped(attributes))
    return str(dot.source)


def draw(dot_text: str, *, nodes: int, edges: int, engine: str = "dot", seconds: float = MOST_SECONDS) -> str:
    """Draw DOT with the Graphviz inside this package, as one SVG element that may stand in a page or in a file.

    Args:
        dot_text: what :func:`source` or :func:`pinned` wrote.
        nodes: how many nodes the drawing must show. Graphviz may lose some, and says nothing.
        edges: how many edges it must show.
        engine: one of :data:`ENGINES`; ``neato -n2`` is another name of ``nop2``.
        seconds: how long it may take.

    Raises:
        LimitError: if it has more than :data:`MAX_NODES` nodes.
        ToolError: if Graphviz fails or takes too long, or if the drawing does not show what it must or holds what
            no drawing needs, such as a script.
    """
    from lineage.views.graphviz_wasm import render

    _check_size(nodes)
    engine = "nop2" if engine == "neato -n2" else engine
    if engine not in ENGINES:
        raise ToolError(f"`{engine}` is no layout program; choose one of {', '.join(ENGINES)}")
    drawn = render(dot_text, engine=engine, seconds=seconds)
    start = drawn.find("<svg")  # before it stand comments
    svg = drawn[start:].replace(
        "<svg", '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"', 1
    )
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = _TITLE.sub(r"<title>\3</title>\n\1\2>", svg)
    svg = svg.replace(f'font-family="{FONT}"', f'font-family="{_FAMILY}"')
    found = _counted(svg)
    if found != (nodes, edges):
        raise ToolError(
            f"Graphviz drew {found[0]} of {nodes} nodes and {found[1]} of {edges} edges; draw a smaller selection"
        )
    return svg


# Graphviz calls an element by its synthetic name and leaves what it is to the tooltip of a link. A title says it to all.
_TITLE: Final = re.compile(
    r'<title>[^<]*</title>\s*(<g id="[^"]*">)(<a(?: xlink:href="[^"]*")?) xlink:title="([^"]*)">'
)

_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS: Final = frozenset(
    {"svg", "g", "title", "a", "text", "path", "polygon", "polyline", "ellipse", "defs", "linearGradient", "stop"}
)
_STOP: Final = re.compile(r"stop-color:#[0-9a-f]{6};stop-opacity:1\.?;")
_ATTRIBUTES: Final = frozenset(
    {"width", "height", "viewBox", "id", "class", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray"}
    | {"points", "d", "cx", "cy", "rx", "ry", "x", "y", "text-anchor", "font-family", "font-size", "fill-opacity"}
    | {"stroke-opacity", "font-weight", "font-style", _HREF, "{http://www.w3.org/1999/xlink}title"}
    | {"{http://www.w3.org/XML/1998/namespace}space", "gradientUnits", "x1", "y1", "x2", "y2", "offset"}
)


def _counted(svg: str) -> tuple[int, int]:
    """How many nodes and edges an SVG shows.

    Raises:
        ToolError: if it is no XML, or holds an element, an attribute or a link that no drawing of ours has.
    """
    if "<!" in svg or "<?" in svg:
        raise ToolError("Graphviz drew something that is no plain SVG")
    try:
        root = ET.fromstring(svg)  # noqa: S314 - no document type, so no entities: see above
    except ET.ParseError as error:
        raise ToolError(f"Graphviz drew something that is no SVG: {error}") from error
    counts = {"node": 0, "edge": 0}
    for element in root.iter():
        strange = set(element.attrib) - _ATTRIBUTES
        if element.tag == f"{_SVG}stop" and _STOP.fullmatch(element.get("style", "")):
            strange -= {"style"}
        if element.tag.removeprefix(_SVG) not in _ELEMENTS or strange:
            raise ToolError(f"Graphviz drew `{' '.join([element.tag, *sorted(strange)])}`, which no drawing needs")
        if not _HTTPS.fullmatch(element.get(_HREF, "https://a")):
            raise ToolError("Graphviz drew a link that is not https")
        kind = element.get("class", "").partition(" ")[0]
        if kind in counts:
            counts[kind] += 1
    return counts["node"], counts["edge"]


# -- what is written about a node and an edge ---------------------------------------------------------------------------


def _check_size(nodes: int) -> None:
    if nodes > MAX_NODES:
        raise LimitError(
            f"{nodes:,} nodes are more than a drawing may have ({MAX_NODES:,}); choose a smaller selection"
        )


def digraph(**attributes: str) -> graphviz.Digraph:
    """An empty drawing in our letters and light colours."""
    import graphviz  # 40 ms that no query needs

    dot = graphviz.Digraph("lineage")
    dot.attr("graph", bgcolor=LIGHT.page, fontname=FONT, fontsize=number(FONT_SIZE), fontcolor=LIGHT.ink, **attributes)
    dot.attr("node", fontname=FONT, fontsize=number(FONT_SIZE), fontcolor=LIGHT.ink, height="0.25", margin="0.08,0.03")
    dot.attr("edge", fontname=FONT, fontsize="8", fontcolor=LIGHT.muted, arrowsize="0.6")
    return dot


def node_attributes(node: Node, name: str) -> dict[str, str]:
    """How a node of the graph looks and where it leads; ``name`` is what the drawing calls it."""
    label = clean(node.name) or clean(node.id) or "?"
    said = (label, node.kind, node.date, ", ".join(node.organizations))
    attributes = {
        "label": label,
        "id": f"node-{node.id}" if _ID.fullmatch(node.id) else f"node-{name}",
        "tooltip": slashless(" · ".join(part for part in map(clean, said) if part)),
        "class": node.kind,
    }
    if link := _link(node.data):
        attributes["URL"] = link
    if node.kind == "model":
        band = BAND_OF_ARCHITECTURE.get(node.data.get("architecture", "undisclosed"), "undisclosed")
        attributes["class"] = f"model {band}"
        return attributes | {"shape": "box"} | _filled(LIGHT.bands[band], str(node.data.get("weights", "")))
    shape = "note" if node.kind == "paper" else "diamond"
    return attributes | {"shape": shape, "style": "filled", "fillcolor": LIGHT.page, "color": LIGHT.muted}


def _filled(swatch: Swatch, weights: str) -> dict[str, str]:
    """Open weights fill a box, restricted ones tint it, kept ones leave it hollow, unreleased ones dash its border."""
    fill = {"open": swatch.fill, "restricted": swatch.tint}.get(weights, LIGHT.page)
    style = "rounded,filled,dashed" if weights == "unreleased" else "rounded,filled"
    return {"style": style, "fillcolor": fill, "color": swatch.mark}


def _style(edge: Edge) -> Mapping[str, str]:
    return _STYLE_OF_BASIS[edge.basis] if edge.basis else _STYLE_OF_KIND[edge.kind]


def _edge_attributes(edge: Edge, graph: LineageGraph) -> dict[str, str]:
    ends = " → ".join(clean(graph[one].name) for one in (edge.source, edge.target))
    attributes = {
        "class": " ".join(filter(None, (edge.kind, edge.basis))),
        "tooltip": slashless(f"{ends}: {clean(edge.label)} ({clean(edge.evidence)})"),
    }
    parts = (edge.source, edge.target, edge.label)
    if all(map(_ID.fullmatch, parts)):
        attributes["id"] = f"edge-{'__'.join(parts)}"
    if link := _link({"sources": edge.sources}):
        attributes["URL"] = link
    return attributes


def _link(data: Mapping[str, Any]) -> str | None:
    """Where the thing itself or the first of its sources is found, if that is an https address."""
    arxiv = f"https://arxiv.org/abs/{data['arxiv']}" if data.get("arxiv") else None
    for address in (data.get("address"), arxiv, *(one.get("url") for one in data.get("sources", ()))):
        if isinstance(address, str) and len(address) <= 500 and _HTTPS.fullmatch(address):
            return address
    return None


# -- text ---------------------------------------------------------------------------------------------------------------


def escaped(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes that Graphviz shows as they are: no entity, no escape sequence, no HTML-like label."""
    import graphviz

    return {name: graphviz.escape(value.replace("&", "&amp;")) for name, value in attributes.items()}


# -- the figure's geometry ----------------------------------------------------------------------------------------------


def _placed(box: Box, height: float) -> dict[str, str]:
    return {
        "label": clean(box.label) or "?",
        "pos": f"{number(box.x + box.width / 2)},{number(height - box.y - box.height / 2)}",
        "width": f"{box.width / 72:.5f}",
        "height": f"{box.height / 72:.5f}",
        "fixedsize": "true",
    }


def _spline(link: Link, height: float) -> str:
    """An orthogonal line as the cubic curve that Graphviz asks for: every corner is both ends of a straight piece."""
    points = [f"{number(x)},{number(height - y)}" for x, y in link.points]
    return " ".join([points[0], *(f"{start} {end} {end}" for start, end in pairwise(points))])


def _background(layout: Layout, frame: Frame | None, page: tuple[float, float]) -> str:
    """Bands, year rules and chips, and what stands around them, in Graphviz's xdot language."""
    height = page[1] - (frame.top if frame else 0.0)
    width = page[0]
    # What is drawn decides how large the page is.
    drawn = [colours(LIGHT.page, LIGHT.page), rectangle(0, 0, *page)]
    bottom = height - max((band.y + band.height for band in layout.bands), default=layout.height)
    for band in layout.bands:
        drawn += [colours(LIGHT.bands[band.key].tint, LIGHT.bands[band.key].tint)]
        drawn += [rectangle(0, height - band.y - band.height, width, band.height)]
        drawn += [colours(LIGHT.muted, LIGHT.muted), words(band.label, 4, height - band.y - 10, FONT_SIZE)]
    for tick in layout.ticks:
        drawn += [colours(LIGHT.rule, LIGHT.rule), polyline([(tick.x, bottom), (tick.x, height - HEADER)])]
        drawn += [colours(LIGHT.muted, LIGHT.muted)]
        drawn += [words(str(tick.year), tick.x + 3, height - HEADER + 5, FONT_SIZE)]
    if rail := layout.rail:
        drawn += [colours(LIGHT.bands["undisclosed"].tint, LIGHT.bands["undisclosed"].tint)]
        drawn += [rectangle(0, height - rail.y - rail.height, width, rail.height), colours(LIGHT.muted, LIGHT.muted)]
        drawn += [words(heading(len(rail.marks), rail.total), 4, height - rail.y - 10.5, CHIP_SIZE)]
        for mark in rail.marks:
            label = f"{mark.label} {mark.models or ''}".strip()
            drawn += [colours(LIGHT.accent, LIGHT.accent), _diamond(mark.x, height - mark.y, DIAMOND)]
            drawn += [colours(LIGHT.muted, LIGHT.muted)]
            drawn += [words(clean(label), mark.label_x, height - mark.y - 0.36 * CHIP_SIZE, CHIP_SIZE)]
    for chip in layout.chips:
        drawn += [colours(LIGHT.rule, LIGHT.page)]
        drawn += [rectangle(chip.x, height - chip.y - chip.height, chip.width, chip.height)]
        drawn += [colours(LIGHT.muted, LIGHT.muted)]
        base = chip.y + chip.height / 2 + 0.36 * CHIP_SIZE
        drawn += [words(clean(chip.label), chip.x + CHIP_PADDING, height - base, CHIP_SIZE)]
    if frame:
        for i, title in enumerate(frame.titles):
            base = frame.title_size * (0.8 + 1.2 * i) + frame.margin
            drawn += [colours(LIGHT.ink, LIGHT.ink), words(title, frame.margin, page[1] - base, frame.title_size)]
        for shape in (*frame.legend, *frame.caption):
            drawn += _shape(shape, height)
    return xdot.lines(drawn)


def _shape(shape: Shape, height: float) -> list[str]:
    """A part of the legend or of the caption."""
    fill, stroke = (
        paint(shape.role, getattr(shape, "band", None), LIGHT) if not isinstance(shape, Linked) else (None, None)
    )
    match shape:
        case Area():
            ink = [colours(stroke or xdot.CLEAR, fill or xdot.CLEAR), xdot.line(shape.line)]
            y = height - shape.y - shape.height
            return [*ink, rectangle(shape.x, y, shape.width, shape.height, 0 if shape.lower else shape.radius)]
        case Words():
            return [colours(fill or LIGHT.ink, LIGHT.page), words(shape.text, shape.x, height - shape.y, shape.size)]
        case Diamond():
            return [colours(xdot.CLEAR, fill or LIGHT.accent), _diamond(shape.x, height - shape.y, shape.size)]
        case Stroke():
            pen, wide, dashes = stroke or LIGHT.ink, shape.width, "solid"
            if shape.role in ("weights", "outputs", "architecture", "succession"):  # as the edges themselves are drawn
                style = _STYLE_OF_BASIS[shape.role]
                pen, wide, dashes = style["color"], float(style["penwidth"]), style["style"]
            points = [(values[-2], height - values[-1]) for _, values in shape.steps]
            return [colours(pen, pen), xdot.line(wide, dashes), polyline(points), xdot.line(1)]
        case _:
            return []


def _diamond(x: float, y: float, size: float) -> str:
    return polygon([(x - size, y), (x, y + size), (x + size, y), (x, y - size)])
