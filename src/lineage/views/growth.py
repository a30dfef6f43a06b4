"""The hero tree in the DOT language: the picture that our tree view wrote, for ``neato -n2`` to draw again.

Every box is a node at its place, in its colours, with its words. Trunk, limbs, twigs, years, legend and caption are the
graph's background. Which shown model came from which is told by edges that are not drawn, because a limb is no line from
one box to another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from lineage.forest import text_width
from lineage.views import xdot
from lineage.views.dot import digraph, escaped, node_attributes
from lineage.views.drawing import SVG, Drawing, Step, numbers, steps
from lineage.views.palette import LIGHT

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from lineage.graph import LineageGraph

_STRIPS: Final = 20
"""A limb that goes over into another colour is so many strips: Graphviz knows no gradient of a part of a shape."""
_LABEL: Final = 14.8
"""A label of Graphviz has letters of one size."""
_BORDER: Final = 8.5
"""From the letters to the edge of their box, at the least."""

Point = tuple[float, float]


def gv(graph: LineageGraph, svg_text: str, parents: Mapping[str, str]) -> str:
    """A hero tree in light colours as DOT.

    Args:
        graph: the graph that the tree shows.
        svg_text: what :func:`lineage.views.tree.svg` wrote with the theme ``light``.
        parents: of each shown model the one that it hangs on, or nothing.

    Raises:
        ToolError: if the text is no picture of a tree.
    """
    drawing = Drawing(svg_text)
    height = drawing.height
    links = {link.get("data-id", ""): link for link in drawing.root.iter(f"{SVG}a")}
    models = {one: link for one, link in sorted(links.items()) if one in graph}
    names = {one: f"n{place}" for place, one in enumerate(models)}
    size = f"0,0,{xdot.number(drawing.width)},{xdot.number(height)}"
    dot = digraph(layout="nop2", bb=size, notranslate="true", pad="0", outputorder="edgesfirst")
    dot.attr("graph", _background=xdot.lines(_background(drawing)))
    middles: dict[str, str] = {}
    for one, link in models.items():
        attributes, middles[one] = _box(drawing, link)
        dot.node(names[one], **escaped(node_attributes(graph[one], names[one]) | attributes))
    for one in models:
        if (parent := parents.get(one, "")) in names:
            ends = f"{middles[parent]} {middles[parent]} {middles[one]} {middles[one]}"
            dot.edge(names[parent], names[one], style="invis", pos=ends)
    return str(dot.source)


def _box(drawing: Drawing, link: ET.Element) -> tuple[dict[str, str], str]:
    """The node of a box, and where its middle is."""
    rects = [each for each in link.iter(f"{SVG}rect") if "halo" not in (each.get("class") or "")]
    x, y, width, tall = numbers(rects[0], "x", "y", "width", "height")
    rows: dict[float, list[tuple[float, str]]] = {}
    for text in link.iter(f"{SVG}text"):
        at, base = numbers(text, "x", "y")
        said = "".join(text.itertext())
        if "aside" in (text.get("class") or ""):
            base = min(rows, key=lambda row: abs(row - base))
            said = f"[{said}]"  # few fonts have all raised figures
        rows.setdefault(base, []).append((at, said))
    lines = [" ".join(xdot.clean(said) for _, said in sorted(rows[base])) for base in sorted(rows)]
    label = "\n".join(lines)
    # "[33]" is wider than a raised 33.
    widest = max([text_width(line, _LABEL) for line in lines], default=0.0)
    size = _LABEL * min(1.0, (width - 2 * _BORDER) / widest) if widest else _LABEL
    paint = drawing.paint(rects[0])
    half = next((each for each in link.iter(f"{SVG}path") if "half" in (each.get("class") or "")), None)
    fill = paint["fill"]
    if half is not None:
        cut = -next(values for _, values in steps(half.get("d", "")))[1]
        fill = f"{fill};{(cut - y) / tall:.2f}:{drawing.paint(half)['fill']}"
    ring = next((each for each in rects if "ring" in (each.get("class") or "")), None)
    middle = f"{xdot.number(x + width / 2)},{xdot.number(drawing.height - y - tall / 2)}"
    return {
        "label": label or "?",
        "pos": middle,
        "width": f"{width / 72:.5f}",
        "height": f"{tall / 72:.5f}",
        "fixedsize": "true",
        "fontsize": f"{math.floor(size * 10) / 10:.1f}",
        "style": "rounded,filled",
        "penwidth": "2" if ring is None else "4",
        "color": paint["stroke"] if ring is None else drawing.paint(ring)["stroke"],
        "fillcolor": fill,
        "gradientangle": "270",
    }, middle


# -- what is no box ----------------------------------------------------------------------------------------------------


def _background(drawing: Drawing) -> Iterator[str]:
    group = drawing.root.find(f"{SVG}g")
    for element in group if group is not None else ():
        if element.tag == f"{SVG}a":
            halo = element.find(f"{SVG}rect")
            if halo is not None and "halo" in (halo.get("class") or ""):
                yield from _rectangle(drawing, halo)
        elif element.tag == f"{SVG}rect":
            yield from _rectangle(drawing, element)
        elif element.tag == f"{SVG}path":
            yield from _path(drawing, element)
        elif element.tag == f"{SVG}text":
            x, y, size = numbers(element, "x", "y", "font-size")
            classes = (element.get("class") or "").split()
            fill = drawing.paint(element).get("fill", LIGHT.ink)
            yield xdot.colours(fill, fill)
            yield xdot.words(
                "".join(element.itertext()),
                x,
                drawing.height - y,
                size,
                ("mid" in classes) - 1 + 2 * ("end" in classes),
            )


def _pen(paint: Mapping[str, str]) -> str:
    stroke, fill = (xdot.CLEAR if paint.get(side, "none") == "none" else paint[side] for side in ("stroke", "fill"))
    style = "dashed" if "stroke-dasharray" in paint else "solid"
    return f"{xdot.colours(stroke, fill)} {xdot.line(float(paint.get('stroke-width', '1')), style)}"


def _rectangle(drawing: Drawing, element: ET.Element) -> Iterator[str]:
    x, y, width, tall, radius = numbers(element, "x", "y", "width", "height", "rx")
    yield _pen(drawing.paint(element))
    yield xdot.rectangle(x, drawing.height - y - tall, width, tall, radius)


def _path(drawing: Drawing, element: ET.Element) -> Iterator[str]:
    paint = drawing.paint(element)
    path = list(steps(element.get("d", "")))
    gradient = drawing.gradient(paint.get("fill", ""))
    if gradient is not None:
        yield from _blended(drawing, path, gradient)
        return
    yield _pen(paint)
    closed = path[-1][0] == "Z"
    for run in _runs(path, drawing.height):
        if len(run) > 3 and closed:
            yield xdot.curve(run, filled=True)
        else:
            yield xdot.curve(run)


def _runs(path: Sequence[Step], height: float) -> Iterator[list[Point]]:
    """The curve of a path, straight pieces as cubic ones, with the ground at nothing."""
    run: list[Point] = []
    for command, values in path:
        points = [(values[i], height + values[i + 1]) for i in range(0, len(values), 2)]
        if command == "M":
            if len(run) > 1:
                yield run
            run = points
        elif command == "L":
            run += [run[-1], points[0], points[0]]
        elif command == "C":
            run += points
        else:
            run += [run[-1], run[0], run[0]]
    if len(run) > 1:
        yield run


def _blended(drawing: Drawing, path: Sequence[Step], gradient: ET.Element) -> Iterator[str]:
    """A shape in strips across its gradient, each a little over the one before."""
    x1, y1, x2, y2 = numbers(gradient, "x1", "y1", "x2", "y2")
    y1, y2 = drawing.height - y1, drawing.height - y2
    (low, first), (high, second) = (
        (numbers(stop, "offset")[0], drawing.paint(stop)["stop-color"]) for stop in gradient.iter(f"{SVG}stop")
    )
    outline = [point for run in _runs(path, drawing.height) for point in _flat(run)]
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2 or 1.0

    def share(point: Point) -> float:
        """How far a point is on the way along the gradient."""
        return ((point[0] - x1) * (x2 - x1) + (point[1] - y1) * (y2 - y1)) / length

    step = (high - low) / _STRIPS
    for k in range(_STRIPS + 1):
        begin = low + k * step if k else -1e9
        end = low + (k + 2) * step if k < _STRIPS else 1e9
        strip = _cut([(share(point) - begin, point) for point in outline])
        strip = _cut([(end - share(point), point) for point in strip])
        if len(strip) > 2:
            colour = _mixed(first, second, k / _STRIPS)
            yield f"{xdot.colours(xdot.CLEAR, colour)} {xdot.polygon(strip)}"


def _flat(run: Sequence[Point]) -> Iterator[Point]:
    """Points on a curve, near enough to each other to look round."""
    yield run[0]
    for i in range(0, len(run) - 3, 3):
        straight = run[i] == run[i + 1]
        for k in (8,) if straight else range(1, 9):
            t = k / 8
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            yield (
                sum(w * x for w, (x, _) in zip(weights, run[i : i + 4], strict=True)),
                sum(w * y for w, (_, y) in zip(weights, run[i : i + 4], strict=True)),
            )


def _cut(corners: Sequence[tuple[float, Point]]) -> list[Point]:
    """The part of a polygon where a number, given for each corner, is not negative (Sutherland and Hodgman)."""
    kept: list[Point] = []
    for (a, (ax, ay)), (b, (bx, by)) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if a >= 0:
            kept.append((ax, ay))
        if (a >= 0) != (b >= 0):
            t = a / (a - b)
            kept.append((ax + (bx - ax) * t, ay + (by - ay) * t))
    return kept


def _mixed(first: str, second: str, share: float) -> str:
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
