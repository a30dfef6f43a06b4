"""A picture that one of our views wrote as SVG, drawn again as PDF: vectors, embedded letters, links.

It knows what our own pictures are made of and no more: rectangles, paths, lines of text, links, gradients along a line,
and style rules that name classes. Colours are those of the first rules, so a picture of one theme is wanted.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from lineage.views.drawing import SVG, Drawing, numbers
from lineage.views.drawing import steps as path_steps

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

_FAMILY: Final = "Lineage Inter"
_POINTS: Final = 0.75
"""Of a CSS pixel."""
_TAGS: Final = frozenset(f"{SVG}{name}" for name in ("rect", "path", "text"))

Paint = Mapping[str, str]


def pdf(svg_text: str) -> bytes:
    """A picture of one theme as PDF with one page of its size.

    Raises:
        ToolError: if the text is not a picture of ours.
    """
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    drawing = Drawing(svg_text)
    size = [length * _POINTS for length in drawing.size]
    scale = size[0] / drawing.width
    font = resources.files("lineage").joinpath("assets/fonts/inter.ttf").read_bytes()
    registerFont(TTFont(_FAMILY, io.BytesIO(font)))
    content = io.BytesIO()
    canvas = Canvas(
        content,
        pagesize=(round(size[0], 2), round(size[1], 2)),
        invariant=1,
        pageCompression=1,
        lang="en",
        initialFontName=_FAMILY,
    )
    canvas.setTitle(drawing.root.findtext(f"{SVG}title") or "")
    canvas.setSubject(drawing.root.findtext(f"{SVG}desc") or "")
    canvas.setAuthor("lineage")
    page = _Page(drawing, canvas, scale, size[1])
    canvas.translate(0, size[1])
    canvas.scale(scale, scale)
    page.draw(drawing.root)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


@dataclass
class _Page:
    """A page on its way."""

    drawing: Drawing
    canvas: Any
    scale: float
    height: float

    def draw(self, element: ET.Element) -> None:
        """An element and all in it, in their order."""
        for each in element:
            if each.tag in _TAGS:
                self.shape(each, self.drawing.paint(each))
            elif each.tag in {f"{SVG}g", f"{SVG}a"}:
                self.draw(each)
                box = each.find(f"{SVG}rect")
                if each.tag == f"{SVG}a" and box is not None:
                    x, y, width, height = numbers(box, "x", "y", "width", "height")
                    edges = (x, -y - height, x + width, -y)
                    left, bottom, right, top = (edge * self.scale for edge in edges)
                    place = (left, self.height + bottom, right, self.height + top)
                    self.canvas.linkURL(each.get("href"), place, relative=0, thickness=0)

    def shape(self, element: ET.Element, paint: Paint) -> None:
        """A rectangle, a path or a line of text."""
        canvas = self.canvas
        canvas.saveState()
        fill, stroke = paint.get("fill", "#000000"), paint.get("stroke", "none")
        if stroke != "none":
            canvas.setStrokeColor(stroke)
            canvas.setLineWidth(float(paint.get("stroke-width", "1")))
            canvas.setDash([float(each) for each in paint.get("stroke-dasharray", "").split()])
            canvas.setLineCap(int(paint.get("stroke-linecap") == "round"))
        if fill.startswith("#"):
            canvas.setFillColor(fill)
        ways = {"stroke": int(stroke != "none"), "fill": int(fill.startswith("#"))}
        if element.tag == f"{SVG}text":
            self.words(element)
        elif element.tag == f"{SVG}rect":
            x, y, width, height, radius = numbers(element, "x", "y", "width", "height", "rx")
            canvas.roundRect(x, -y - height, width, height, min(radius, width / 2, height / 2), **ways)
        else:
            self.path(element.get("d") or "", fill, ways)
        canvas.restoreState()

    def words(self, element: ET.Element) -> None:
        """A line of text, without the outline that makes it bolder: some readers draw a thin line thick."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        text, size = "".join(element.itertext()), float(element.get("font-size", "16"))
        classes = (element.get("class") or "").split()
        wide = stringWidth(text, _FAMILY, size)
        x = float(element.get("x", "0")) - (wide / 2 if "mid" in classes else wide if "end" in classes else 0)
        self.canvas.setFont(_FAMILY, size)
        self.canvas.drawString(x, -float(element.get("y", "0")), text)

    def path(self, steps: str, fill: str, ways: Mapping[str, int]) -> None:
        """A path in one colour, or in colours that go over into each other along a line."""
        path = self.canvas.beginPath()
        for command, points in path_steps(steps):
            match command:
                case "M":
                    path.moveTo(*points)
                case "L":
                    path.lineTo(*points)
                case "C":
                    path.curveTo(*points)
                case _:
                    path.close()
        gradient = self.drawing.gradient(fill)
        if gradient is None:
            self.canvas.drawPath(path, **ways)
            return
        self.canvas.clipPath(path, stroke=0, fill=0)
        x1, y1, x2, y2 = numbers(gradient, "x1", "y1", "x2", "y2")
        stops = list(gradient)
        colours = [self.drawing.paint(stop)["stop-color"] for stop in stops]
        places = [float(stop.get("offset", "0")) for stop in stops]
        self.canvas.linearGradient(x1, -y1, x2, -y2, colours, places, extend=True)
