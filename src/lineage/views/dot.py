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
from lineage.views.palette import LIGHT, Swatch

if TYPE_CHECKING:
    import graphviz

    from lineage.graph import Edge, LineageGraph, Node
    from lineage.layout import Box, Layout, Link, Mark
    from lineage.vocabulary import Basis, EdgeKind

MAX_NODES: Final = 2500
"""A picture of more nodes than these is refused: no one can read it, and ``dot`` takes minutes."""

MAX_LABEL: Final = 120
"""Characters of a label; longer ones end in an ellipsis."""

ENGINES: Final = ("dot", "neato", "fdp", "sfdp", "circo", "twopi", "osage", "nop2")
"""The layout programs; ``nop2`` keeps the positions that the text gives (``neato -n2``)."""

FONT: Final = "Inter"
_FAMILY: Final = "Lineage Inter,Inter,sans-serif"  # the font inside this package, what it was made from, any other
_LABELLED_EDGES: Final = 60  # more words than these between the boxes hide the lines

# Controls, surrogates, the marks that turn the direction of text, line ends that are no line ends, and what XML forbids.
_UNWANTED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
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
    dot = _digraph(rankdir="LR", newrank="true", ranksep="0.45", nodesep="0.18")
    for node in graph.nodes():
        attributes = _node_attributes(node, names[node.id])
        # Graphviz knows the widths of a few fonts only, and of their Latin letters; a label must not leave its box.
        width = text_width(attributes["label"], FONT_SIZE) + 12
        attributes["width"] = f"{(2 * width if node.kind == 'technique' else width) / 72:.3f}"
        dot.node(names[node.id], **_escaped(attributes))
    edges = graph.edges()
    for edge in edges:
        attributes = {**_style(edge), **_edge_attributes(edge, graph)}
        if len(edges) <= _LABELLED_EDGES:
            attributes["label"] = _clean(edge.label)
        dot.edge(names[edge.source], names[edge.target], **_escaped(attributes))
    return str(dot.source)


def pinned(graph: LineageGraph, layout: Layout) -> str:
    """The geometry of the figure in the DOT language, for ``neato -n2`` and for plain ``dot`` likewise.

    Every box is a node and every line of the tree an edge, at the figure's own coordinates. Bands, year rules and the
    chips that name further parents are the graph's background, so that they are neither nodes nor edges.

    Raises:
        LimitError: if the layout has more than :data:`MAX_NODES` boxes.
    """
    _check_size(len(layout.boxes))
    names = {node_id: f"n{number}" for number, node_id in enumerate(sorted(layout.boxes))}
    size = f"0,0,{_number(layout.width)},{_number(layout.height)}"
    dot = _digraph(layout="nop2", bb=size, notranslate="true", pad="0", outputorder="edgesfirst")
    dot.attr("graph", _background=_background(layout))
    for node_id in sorted(layout.boxes):
        node, box = graph[node_id], layout.boxes[node_id]
        attributes = _node_attributes(node, names[node_id]) | _placed(box, layout.height)
        dot.node(names[node_id], **_escaped(attributes))
    for link in sorted(layout.links, key=lambda one: (one.source, one.target, one.kind)):
        edges = [edge for edge in graph.in_edges(link.target) if edge.source == link.source and edge.basis == link.kind]
        attributes = {**_STYLE_OF_BASIS[link.kind], "arrowhead": "none", "pos": _spline(link, layout.height)}
        attributes |= _edge_attributes(edges[0], graph) if edges else {}
        dot.edge(names[link.source], names[link.target], **_escaped(attributes))
    return str(dot.source)


def draw(dot_text: str, *, nodes: int, edges: int, engine: str = "dot", seconds: float = 120.0) -> str:
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
_ELEMENTS: Final = frozenset({"svg", "g", "title", "a", "text", "path", "polygon", "polyline", "ellipse"})
_ATTRIBUTES: Final = frozenset(
    {"width", "height", "viewBox", "id", "class", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray"}
    | {"points", "d", "cx", "cy", "rx", "ry", "x", "y", "text-anchor", "font-family", "font-size", "fill-opacity"}
    | {"stroke-opacity", "font-weight", "font-style", _HREF, "{http://www.w3.org/1999/xlink}title"}
    | {"{http://www.w3.org/XML/1998/namespace}space"}
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


def _digraph(**attributes: str) -> graphviz.Digraph:
    import graphviz  # 40 ms that no query needs

    dot = graphviz.Digraph("lineage")
    dot.attr("graph", bgcolor=LIGHT.page, fontname=FONT, fontsize=_number(FONT_SIZE), fontcolor=LIGHT.ink, **attributes)
    dot.attr("node", fontname=FONT, fontsize=_number(FONT_SIZE), fontcolor=LIGHT.ink, height="0.25", margin="0.08,0.03")
    dot.attr("edge", fontname=FONT, fontsize="8", fontcolor=LIGHT.muted, arrowsize="0.6")
    return dot


def _node_attributes(node: Node, name: str) -> dict[str, str]:
    label = _clean(node.name) or _clean(node.id) or "?"
    said = (label, node.kind, node.date, ", ".join(node.organizations))
    attributes = {
        "label": label,
        "id": f"node-{node.id}" if _ID.fullmatch(node.id) else f"node-{name}",
        "tooltip": _slashless(" · ".join(part for part in map(_clean, said) if part)),
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
    ends = " → ".join(_clean(graph[one].name) for one in (edge.source, edge.target))
    attributes = {
        "class": " ".join(filter(None, (edge.kind, edge.basis))),
        "tooltip": _slashless(f"{ends}: {_clean(edge.label)} ({_clean(edge.evidence)})"),
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


def _clean(text: str) -> str:
    """Text on one line, without what a reader cannot see, and short."""
    line = " ".join(_UNWANTED.sub(" ", text[: 20 * MAX_LABEL]).split())
    return line if len(line) <= MAX_LABEL else f"{line[: MAX_LABEL - 1]}…"


def _slashless(text: str) -> str:
    """Text with wide backslashes, for where Graphviz reads escape sequences never or, as in tooltips, twice."""
    return text.replace("\\", "\N{FULLWIDTH REVERSE SOLIDUS}")


def _escaped(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes that Graphviz shows as they are: no entity, no escape sequence, no HTML-like label."""
    import graphviz

    return {name: graphviz.escape(value.replace("&", "&amp;")) for name, value in attributes.items()}


def _number(value: float) -> str:
    """A length to a hundredth of a point, the same on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


# -- the figure's geometry ----------------------------------------------------------------------------------------------


def _placed(box: Box, height: float) -> dict[str, str]:
    return {
        "label": _clean(box.label) or "?",
        "pos": f"{_number(box.x + box.width / 2)},{_number(height - box.y - box.height / 2)}",
        "width": f"{box.width / 72:.5f}",
        "height": f"{box.height / 72:.5f}",
        "fixedsize": "true",
    }


def _spline(link: Link, height: float) -> str:
    """An orthogonal line as the cubic curve that Graphviz asks for: every corner is both ends of a straight piece."""
    points = [f"{_number(x)},{_number(height - y)}" for x, y in link.points]
    return " ".join([points[0], *(f"{start} {end} {end}" for start, end in pairwise(points))])


def _background(layout: Layout) -> str:
    """Bands, year rules and chips in Graphviz's xdot language, in lines of moderate length."""
    page = _rectangle(0, 0, layout.width, layout.height, layout.height)  # what is drawn decides how large the page is
    drawn = [_colours(LIGHT.page, LIGHT.page), page]
    bottom = _number(layout.height - max((band.y + band.height for band in layout.bands), default=layout.height))
    for band in layout.bands:
        drawn += [_colours(LIGHT.bands[band.key].tint, LIGHT.bands[band.key].tint)]
        drawn += [_rectangle(0, band.y, layout.width, band.height, layout.height)]
        drawn += [_colours(LIGHT.muted, LIGHT.muted), _text(band.label, 4, band.y + 10, layout.height, FONT_SIZE)]
    for tick in layout.ticks:
        x, top = _number(tick.x), _number(layout.height - HEADER)
        drawn += [_colours(LIGHT.rule, LIGHT.rule), f"L 2 {x} {bottom} {x} {top}"]
        drawn += [
            _colours(LIGHT.muted, LIGHT.muted),
            _text(str(tick.year), tick.x + 3, HEADER - 5, layout.height, FONT_SIZE),
        ]
    if rail := layout.rail:
        drawn += [_colours(LIGHT.bands["undisclosed"].tint, LIGHT.bands["undisclosed"].tint)]
        drawn += [_rectangle(0, rail.y, layout.width, rail.height, layout.height), _colours(LIGHT.muted, LIGHT.muted)]
        drawn += [_text(heading(len(rail.marks), rail.total), 4, rail.y + 10.5, layout.height, CHIP_SIZE)]
        for mark in rail.marks:
            baseline = mark.y + 0.36 * CHIP_SIZE
            label = f"{mark.label} {mark.models or ''}".strip()
            drawn += [_colours(LIGHT.accent, LIGHT.accent), _diamond(mark, layout.height)]
            drawn += [
                _colours(LIGHT.muted, LIGHT.muted),
                _text(label, mark.label_x, baseline, layout.height, CHIP_SIZE),
            ]
    for chip in layout.chips:
        baseline = chip.y + chip.height / 2 + 0.36 * CHIP_SIZE
        drawn += [_colours(LIGHT.rule, LIGHT.page)]
        drawn += [_rectangle(chip.x, chip.y, chip.width, chip.height, layout.height)]
        drawn += [_colours(LIGHT.muted, LIGHT.muted)]
        drawn += [_text(chip.label, chip.x + CHIP_PADDING, baseline, layout.height, CHIP_SIZE)]
    # A backslash at the end of a line joins it to the next; older Graphviz refuses 16,384 characters in one piece.
    return "\\\n".join(f"{one} " for one in drawn)


def _colours(pen: str, fill: str) -> str:
    return f"c {len(pen)} -{pen} C {len(fill)} -{fill}"


def _rectangle(x: float, y: float, width: float, tall: float, height: float) -> str:
    left, right, top, bottom = _number(x), _number(x + width), _number(height - y), _number(height - y - tall)
    return f"P 4 {left} {bottom} {left} {top} {right} {top} {right} {bottom}"


def _diamond(mark: Mark, height: float) -> str:
    x, y, size = mark.x, height - mark.y, DIAMOND
    corners = ((x - size, y), (x, y + size), (x + size, y), (x, y - size))
    return "P 4 " + " ".join(f"{_number(a)} {_number(b)}" for a, b in corners)


def _text(label: str, x: float, y: float, height: float, size: float) -> str:
    shown = _slashless(_clean(label))  # the strings of xdot know no escapes
    length = len(shown.encode())
    font = f"F {_number(size)} {len(FONT)} -{FONT}"
    return f"{font} T {_number(x)} {_number(height - y)} -1 {_number(text_width(shown, size))} {length} -{shown}"
