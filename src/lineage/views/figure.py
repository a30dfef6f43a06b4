"""The family-tree figure as SVG, PNG and PDF.

The SVG carries everything with it: one style sheet for light and dark (by the reader's setting, or by ``data-theme``
on the root), the letters it needs, a title and a description, and a link from every model to its place in the page.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from lineage.errors import ToolError
from lineage.graph import LineageGraph
from lineage.layout import Layout
from lineage.views.palette import DARK, LIGHT
from lineage.views.picture import picture
from lineage.views.shapes import Area, Linked, Picture, Shape, Stroke, Words, paint

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from lineage.views.palette import Theme

_FAMILY: Final = "Lineage Inter"


def svg(graph: LineageGraph, layout: Layout) -> str:
    """The figure of a layout as one self-contained SVG document, in points."""
    shown = picture(graph, layout)
    body = "\n".join(_written(shape) for shape in shown.shapes)
    size = (
        f'width="{_n(shown.width)}pt" height="{_n(shown.height)}pt" viewBox="0 0 {_n(shown.width)} {_n(shown.height)}"'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="lineage-title lineage-desc">\n'
        f'<title id="lineage-title">{escape(shown.title)}</title>\n'
        f'<desc id="lineage-desc">{escape(shown.description)}</desc>\n'
        f"<style>\n{_style(shown)}</style>\n"
        f'<g class="lineage-tree">\n{body}\n</g>\n</svg>\n'
    )


def png(svg_text: str, scale: int = 1) -> bytes:
    """A figure that was written by :func:`svg` as PNG, in its light colours, at 96 dots per inch times ``scale``.

    Characters that the bundled font does not have are empty boxes: a font of the machine would change the picture.

    Raises:
        ToolError: if the text is not a picture.
    """
    import resvg_py

    with resources.as_file(_font("inter.ttf")) as path:
        try:
            drawn = resvg_py.svg_to_bytes(
                svg_string=svg_text,
                dpi=96.0,
                zoom=scale,
                font_files=[str(path)],
                skip_system_fonts=True,
                font_family=_FAMILY,
                sans_serif_family=_FAMILY,
            )
        except Exception as error:
            raise ToolError(f"the figure could not be drawn as PNG: {error}") from error
    return bytes(drawn)


def pdf(graph: LineageGraph, layout: Layout) -> bytes:
    """The figure of a layout as PDF with one page: vectors, embedded letters, links; light colours."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    shown = picture(graph, layout)
    registerFont(TTFont(_FAMILY, io.BytesIO(_font("inter.ttf").read_bytes())))
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(shown.width, shown.height), invariant=1, pageCompression=1, lang="en")
    canvas.setTitle(shown.title)
    canvas.setSubject(shown.description)
    canvas.setAuthor("lineage")
    canvas.translate(0, shown.height)
    for shape in shown.shapes:
        _drawn(canvas, shape, shown.height)
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def _font(name: str) -> Traversable:
    return resources.files("lineage").joinpath("assets/fonts", name)


# -- SVG -------------------------------------------------------------------------------------------------------------


@cache
def _letters() -> str:
    return base64.b64encode(_font("inter.woff2").read_bytes()).decode()


def _style(shown: Picture) -> str:
    """Colours for both themes, of what the picture has. The light ones come first and plain: some readers know no more."""
    used = sorted({(shape.role, getattr(shape, "band", None) or "") for shape in _flat(shown.shapes)})

    def rules(theme: Theme, scope: str) -> Iterator[str]:
        for role, band in used:
            fill, stroke = paint(role, band or None, theme)  # type: ignore[arg-type]
            colours = f"fill:{fill or 'none'};stroke:{stroke}" if stroke else f"fill:{fill or 'none'}"
            yield f"{scope}.{role}{'.' + band if band else ''}{{{colours}}}"

    scope = ".lineage-tree "
    dark = "\n".join(rules(DARK, f":root:not([data-theme=light]) {scope}"))
    return "\n".join(
        (
            f'@font-face{{font-family:"{_FAMILY}";src:url(data:font/woff2;base64,{_letters()}) format("woff2")}}',
            f'{scope}text{{font-family:"{_FAMILY}",Inter,system-ui,sans-serif}}',
            f"{scope}text{{font-kerning:none;font-variant-ligatures:none}}",
            f"{scope}.architecture{{stroke-linecap:round}}",
            f"{scope}a:hover rect,{scope}a:focus rect{{stroke-width:2}}",
            *rules(LIGHT, scope),
            f"@media (prefers-color-scheme:dark){{\n{dark}\n}}",
            *rules(DARK, f":root[data-theme=dark] {scope}"),
            "",
        )
    )


def _flat(shapes: tuple[Shape, ...]) -> Iterator[Area | Stroke | Words]:
    for shape in shapes:
        if isinstance(shape, Linked):
            yield from shape.shapes
        else:
            yield shape


def _written(shape: Shape) -> str:
    match shape:
        case Area(lower=True):
            x, y, r = shape.x, shape.y, shape.radius
            right, bottom = x + shape.width, y + shape.height
            path = (
                f"M{_n(x)} {_n(y)}L{_n(right)} {_n(y)}L{_n(right)} {_n(bottom - r)}"
                f"Q{_n(right)} {_n(bottom)} {_n(right - r)} {_n(bottom)}L{_n(x + r)} {_n(bottom)}"
                f"Q{_n(x)} {_n(bottom)} {_n(x)} {_n(bottom - r)}Z"
            )
            return f'<path class="{_classes(shape)}" d="{path}"/>'
        case Area():
            radius = f' rx="{_n(shape.radius)}"' if shape.radius else ""
            return (
                f'<rect class="{_classes(shape)}" x="{_n(shape.x)}" y="{_n(shape.y)}" '
                f'width="{_n(shape.width)}" height="{_n(shape.height)}"{radius}/>'
            )
        case Stroke():
            path = "".join(command + " ".join(map(_n, values)) for command, values in shape.steps)
            ends = f' data-source="{escape(shape.source)}"' if shape.source else ""
            ends += f' data-target="{escape(shape.target)}"' if shape.target else ""
            ends += f' data-year="{shape.year}"' if shape.year is not None else ""
            ends += f' stroke-dasharray="{" ".join(map(_n, shape.dashes))}"' if shape.dashes else ""
            return f'<path class="{_classes(shape)}"{ends} stroke-width="{_n(shape.width)}" d="{path}"/>'
        case Words():
            # Where the reader's own font steps in for a letter that is not embedded, the name is fitted into its box.
            foreign = shape.width is not None and not shape.text.isascii()
            fit = f' textLength="{_n(shape.width or 0)}" lengthAdjust="spacingAndGlyphs"' if foreign else ""
            return (
                f'<text class="{shape.role}" x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}"{fit}>'
                f"{escape(shape.text)}</text>"
            )
        case Linked():
            data = f'data-id="{escape(shape.id)}"'
            if shape.child:
                data = f'data-parent="{escape(shape.id)}" data-child="{escape(shape.child)}"'
            data += f' data-date="{escape(shape.date)}"' if shape.date else ""
            inside = "".join(_written(each) for each in shape.shapes)
            return f'<a href="{escape(shape.address)}" {data}><title>{escape(shape.title)}</title>{inside}</a>'


def _classes(shape: Area | Stroke) -> str:
    return f"{shape.role} {shape.band}" if shape.band else shape.role


def _n(number: float) -> str:
    """A number with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


# -- PDF -------------------------------------------------------------------------------------------------------------


def _drawn(canvas: Any, shape: Shape, page_height: float) -> None:
    """Draw a shape on a reportlab canvas whose origin is at the top left, with y up."""
    if isinstance(shape, Linked):
        for each in shape.shapes:
            _drawn(canvas, each, page_height)
        area = next(each for each in shape.shapes if isinstance(each, Area))
        corners = (area.x, page_height - area.y - area.height, area.x + area.width, page_height - area.y)
        canvas.linkURL(shape.address, corners, relative=0, thickness=0)
        return
    fill, stroke = paint(shape.role, getattr(shape, "band", None), LIGHT)
    if fill:
        canvas.setFillColor(fill)
    if stroke:
        canvas.setStrokeColor(stroke)
    match shape:
        case Words():
            canvas.setFont(_FAMILY, shape.size)
            canvas.drawString(shape.x, -shape.y, shape.text)
        case Area():
            canvas.setLineWidth(1)
            canvas.setDash()
            canvas.setLineCap(0)
            box = (shape.x, -shape.y - shape.height, shape.width, shape.height)
            ways = {"stroke": int(bool(stroke)), "fill": int(bool(fill))}
            if shape.radius:
                canvas.roundRect(*box, shape.radius, **ways)
            else:
                canvas.rect(*box, **ways)
        case Stroke():
            canvas.setLineWidth(shape.width)
            canvas.setDash(list(shape.dashes))
            canvas.setLineCap(1 if shape.role == "architecture" else 0)
            path = canvas.beginPath()
            here = (0.0, 0.0)
            for command, values in shape.steps:
                if command == "M":
                    path.moveTo(values[0], -values[1])
                elif command == "L":
                    path.lineTo(values[0], -values[1])
                else:  # a quadratic curve as a cubic one
                    (cx, cy), (x, y) = values[:2], values[2:]
                    first = (here[0] + (cx - here[0]) * 2 / 3, here[1] + (cy - here[1]) * 2 / 3)
                    second = (x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3)
                    path.curveTo(first[0], -first[1], second[0], -second[1], x, -y)
                here = (values[-2], values[-1])
            canvas.drawPath(path, stroke=1, fill=0)
