"""A picture that one of our views wrote as SVG, drawn again as PDF: vectors, embedded letters, links.

It knows what our own pictures are made of and no more: rectangles, paths, lines of text, links, gradients along a line,
and style rules that name classes. Colours are those of the first rules, so a picture of one theme is wanted.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any, Final
from xml.etree import ElementTree as ET

from lineage.errors import ToolError

_SVG: Final = "{http://www.w3.org/2000/svg}"
_FAMILY: Final = "Lineage Inter"
_POINTS: Final = 0.75
"""Of a CSS pixel."""
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PATH: Final = re.compile(r"([MLHVCQZ])([^MLHVCQZ]*)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_TAGS: Final = frozenset(f"{_SVG}{name}" for name in ("rect", "path", "text"))

Paint = Mapping[str, str]


def pdf(svg_text: str) -> bytes:
    """A picture of one theme as PDF with one page of its size.

    Raises:
        ToolError: if the text is not a picture of ours.
    """
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    try:
        root = ET.fromstring(svg_text)  # noqa: S314 - our own picture; expat knows no external entities
        size = [float(root.attrib[name]) * _POINTS for name in ("width", "height")]
        scale = size[0] / float(root.attrib["viewBox"].split()[2])
    except (ET.ParseError, KeyError, ValueError, IndexError) as error:
        raise ToolError(f"the picture could not be drawn as PDF: {error}") from error
    font = resources.files("lineage").joinpath("assets/fonts/inter.ttf").read_bytes()
    registerFont(TTFont(_FAMILY, io.BytesIO(font)))
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(round(size[0], 2), round(size[1], 2)), invariant=1, pageCompression=1, lang="en")
    canvas.setTitle("".join(root.findtext(f"{_SVG}title") or ""))
    canvas.setSubject("".join(root.findtext(f"{_SVG}desc") or ""))
    canvas.setAuthor("lineage")
    page = _Page(root, canvas, scale, size[1])
    canvas.translate(0, size[1])
    canvas.scale(scale, scale)
    page.draw(root)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


@dataclass
class _Page:
    """A page on its way."""

    root: ET.Element
    canvas: Any
    scale: float
    height: float

    @cached_property
    def rules(self) -> list[tuple[frozenset[str], dict[str, str]]]:
        """The classes that an element must have, and what then holds; the later goes before the earlier."""
        text = self.root.findtext(f".//{_SVG}style") or ""
        found = []
        for selectors, body in _RULE.findall(text):
            held = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
            for selector in selectors.split(","):
                last = selector.split()[-1] if selector.split() else ""
                if ":" not in selector and re.fullmatch(r"(stop)?(\.[\w-]+)+", last):
                    found.append((frozenset(last.removeprefix("stop").split(".")[1:]), held))
        return found

    @cached_property
    def gradients(self) -> dict[str, ET.Element]:
        """By what a shape calls them."""
        return {each.get("id", ""): each for each in self.root.iter(f"{_SVG}linearGradient")}

    def paint(self, element: ET.Element) -> dict[str, str]:
        """What the style sheet and the element itself say."""
        classes = set((element.get("class") or "").split())
        found: dict[str, str] = {}
        # Who asks for more classes goes before who asks for less, as in any style sheet.
        for _, held in sorted(
            ((len(wanted), held) for wanted, held in self.rules if wanted <= classes), key=lambda each: each[0]
        ):
            found |= held
        found |= dict(part.split(":", 1) for part in (element.get("style") or "").split(";") if ":" in part)
        return found

    def draw(self, element: ET.Element) -> None:
        """An element and all in it, in their order."""
        for each in element:
            if each.tag in _TAGS:
                self.shape(each, self.paint(each))
            elif each.tag in {f"{_SVG}g", f"{_SVG}a"}:
                self.draw(each)
                box = each.find(f"{_SVG}rect")
                if each.tag == f"{_SVG}a" and box is not None:
                    x, y, width, height = (float(box.get(name, "0")) for name in ("x", "y", "width", "height"))
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
        if element.tag == f"{_SVG}text":
            self.words(element)
        elif element.tag == f"{_SVG}rect":
            x, y, width, height, radius = (
                float(element.get(name, "0")) for name in ("x", "y", "width", "height", "rx")
            )
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
        for command, points in _steps(steps):
            match command:
                case "M":
                    path.moveTo(*points)
                case "L":
                    path.lineTo(*points)
                case "C":
                    path.curveTo(*points)
                case _:
                    path.close()
        gradient = self.gradients.get(fill.removeprefix("url(#").removesuffix(")"))
        if gradient is None:
            self.canvas.drawPath(path, **ways)
            return
        self.canvas.clipPath(path, stroke=0, fill=0)
        x1, y1, x2, y2 = (float(gradient.get(name, "0")) for name in ("x1", "y1", "x2", "y2"))
        stops = list(gradient)
        colours = [self.paint(stop)["stop-color"] for stop in stops]
        places = [float(stop.get("offset", "0")) for stop in stops]
        self.canvas.linearGradient(x1, -y1, x2, -y2, colours, places, extend=True)


def _steps(text: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The steps of a path with y up: M, L, C and Z; a level or upright line is an L, a quadratic curve a C."""
    x = y = 0.0
    for letter, rest in _PATH.findall(text):
        command = letter if letter in "MCZ" else "C" if letter == "Q" else "L"
        numbers = [float(each) for each in _NUMBER.findall(rest)]
        match letter:
            case "H":
                numbers = [numbers[0], y]
            case "V":
                numbers = [x, numbers[0]]
            case "Q":
                cx, cy, to_x, to_y = numbers
                numbers = [x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, to_x + (cx - to_x) * 2 / 3]
                numbers += [to_y + (cy - to_y) * 2 / 3, to_x, to_y]
        yield command, tuple(-each if place % 2 else each for place, each in enumerate(numbers))
        if numbers:
            x, y = numbers[-2:]
