"""The family-tree figure as SVG, PNG and PDF.

The SVG carries everything with it: one style sheet for light and dark (by the reader's setting, or by ``data-theme``
on the root), the letters it needs, a title and a description, and a link from every model to its place in the page.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal

from lineage import excerpts
from lineage.errors import ToolError
from lineage.forest import in_font, usual_width
from lineage.graph import LineageGraph
from lineage.layout import Layout, lanes
from lineage.rail import on_rail
from lineage.views.palette import DARK, LIGHT, THEMES
from lineage.views.picture import KEY, Subject, distinct, framed, picture
from lineage.views.shapes import Area, Diamond, Linked, Picture, Shape, Stroke, Words, paint

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from lineage.views.palette import Theme

MOST_PIXELS: Final = 9_000_000
"""Of a PNG: a second's work."""
COLUMN: Final = 510.0
"""As wide is a section at the most: 680 CSS pixels, in points."""
_FAMILY: Final = "Lineage Inter"
_NAME: Final = f"lineage-{KEY}"


Ground = Literal["auto", "light", "dark"]
"""The colours of an SVG: both, as the reader's setting or ``data-theme`` says, or one of them in any case."""


def svg(graph: LineageGraph, layout: Layout, subject: Subject | None = None, *, ground: Ground = "auto") -> str:
    """The figure of a layout as one self-contained SVG document, in points.

    Args:
        graph: the graph.
        layout: where everything is.
        subject: what the figure is about; without it the whole.
        ground: which colours it has.
    """
    shown = picture(graph, layout, subject)
    body = "\n".join(_written(shape) for shape in shown.shapes)
    width, height = (_n(length * shown.scale) for length in (shown.width, shown.height))
    size = f'width="{width}pt" height="{height}pt" viewBox="0 0 {_n(shown.width)} {_n(shown.height)}"'
    return distinct(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" '
        f'aria-labelledby="{_NAME}-title {_NAME}-desc">\n'
        f'<title id="{_NAME}-title">{escape(shown.title)}</title>\n'
        f'<desc id="{_NAME}-desc">{escape(shown.description)}</desc>\n'
        f"<style>\n{_style(shown, ground)}</style>\n"
        f'<g class="lineage-tree {_NAME}">\n{body}\n</g>\n</svg>\n'
    )


def png(svg_text: str, scale: int = 1) -> bytes:
    """A figure that was written by :func:`svg` as PNG, in its light colours, at 96 dots per inch times ``scale``.

    A picture of more than :data:`MOST_PIXELS` is drawn smaller: for a poster there are SVG and PDF.
    Characters that the bundled font does not have are empty boxes: a font of the machine would change the picture.

    Raises:
        ToolError: if the text is not a picture.
    """
    import resvg_py

    size = re.match(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg_text)
    pixels = float(size[1]) * float(size[2]) * (scale * 96 / 72) ** 2 if size else 0.0
    zoom = scale * min(1.0, math.sqrt(MOST_PIXELS / pixels)) if pixels else float(scale)
    with resources.as_file(_font("inter.ttf")) as path:
        try:
            drawn = resvg_py.svg_to_bytes(
                svg_string=svg_text,
                dpi=96.0,
                zoom=zoom,
                font_files=[str(path)],
                skip_system_fonts=True,
                font_family=_FAMILY,
                sans_serif_family=_FAMILY,
            )
        except Exception as error:
            raise ToolError(f"the figure could not be drawn as PNG: {error}") from error
    return bytes(drawn)


def pdf(
    graph: LineageGraph, layout: Layout, subject: Subject | None = None, *, ground: Literal["light", "dark"] = "light"
) -> bytes:
    """The figure of a layout as PDF with one page: vectors, embedded letters, links."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    shown = picture(graph, layout, subject)
    registerFont(TTFont(_FAMILY, io.BytesIO(_font("inter.ttf").read_bytes())))
    content = io.BytesIO()
    page = (round(shown.width * shown.scale, 2), round(shown.height * shown.scale, 2))
    canvas = Canvas(content, pagesize=page, invariant=1, pageCompression=1, lang="en", initialFontName=_FAMILY)
    canvas.setTitle(shown.title)
    canvas.setSubject(shown.description)
    canvas.setAuthor("lineage")
    canvas.scale(shown.scale, shown.scale)
    canvas.translate(0, shown.height)
    for shape in shown.shapes:
        _drawn(canvas, shape, shown, THEMES[ground])
    canvas.showPage()
    canvas.save()
    return content.getvalue()


def sections(graph: LineageGraph) -> dict[str, str]:
    """One small tree for each year section of the post, as SVG by year: see :func:`lineage.excerpts.sections`."""
    drawn = {}
    for year, excerpt in excerpts.sections(graph).items():
        subject = Subject(excerpt.title, excerpt.said, focus=frozenset(excerpt.focus), focus_said=excerpt.focus_said)
        drawn[year] = svg(graph, _in_column(graph, excerpt, subject), subject)
    return drawn


def _in_column(graph: LineageGraph, excerpt: excerpts.Excerpt, subject: Subject) -> Layout:
    """The lanes of a small tree, as wide as its form wants but no wider than a column of text, if they can be."""
    narrowest: tuple[float, Layout] | None = None
    for aspect, dense in ((None, 1.0), (1.25, 1.0), (0.95, 1.0), (0.95, 1.2), (0.95, 1.5), (0.95, 1.9)):
        layout = lanes(graph, excerpt.ids, reach=excerpt.techniques, aspect=aspect, dense=dense)
        if excerpt.techniques:
            layout = on_rail(graph, layout, only=excerpt.techniques)
        width = framed(graph, layout, subject).width
        if narrowest is None or width < narrowest[0]:
            narrowest = width, layout
        if width <= COLUMN:
            break
    assert narrowest is not None  # noqa: S101 - there is at least one form
    return narrowest[1]


def _font(name: str) -> Traversable:
    return resources.files("lineage").joinpath("assets/fonts", name)


# -- SVG -------------------------------------------------------------------------------------------------------------


@cache
def _letters() -> str:
    return base64.b64encode(_font("inter.woff2").read_bytes()).decode()


def _style(shown: Picture, ground: Ground) -> str:
    """Colours for both themes, of what the picture has. The light ones come first and plain: some readers know no more."""
    used = sorted({(shape.role, getattr(shape, "band", None) or "") for shape in _flat(shown.shapes)})

    def rules(theme: Theme, scope: str) -> Iterator[str]:
        for role, band in used:
            fill, stroke = paint(role, band or None, theme)  # type: ignore[arg-type]
            colours = f"fill:{fill or 'none'};stroke:{stroke}" if stroke else f"fill:{fill or 'none'}"
            yield f"{scope}.{role}{'.' + band if band else ''}{{{colours}}}"

    scope = f".{_NAME} "
    if ground == "auto":
        themes = [
            *rules(LIGHT, scope),
            "@media (prefers-color-scheme:dark){",
            *rules(DARK, f":root:not([data-theme=light]) {scope}"),
            "}",
            *rules(DARK, f":root[data-theme=dark] {scope}"),
        ]
    else:
        themes = list(rules(THEMES[ground], scope))
    return "\n".join(
        (
            f'@font-face{{font-family:"{_FAMILY}";src:url(data:font/woff2;base64,{_letters()}) format("woff2")}}',
            f'{scope}text{{font-family:"{_FAMILY}",Inter,system-ui,sans-serif}}',
            f"{scope}text{{font-kerning:none;font-variant-ligatures:none}}",
            f"{scope}.architecture{{stroke-linecap:round}}",
            f"{scope}a:hover rect,{scope}a:focus rect{{stroke-width:2}}",
            *themes,
            "",
        )
    )


def _flat(shapes: tuple[Shape, ...]) -> Iterator[Area | Stroke | Words | Diamond]:
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
            line = f' stroke-width="{_n(shape.line)}"' if shape.line != 1 else ""
            return (
                f'<rect class="{_classes(shape)}" x="{_n(shape.x)}" y="{_n(shape.y)}" '
                f'width="{_n(shape.width)}" height="{_n(shape.height)}"{radius}{line}/>'
            )
        case Diamond():
            corners = "L".join(f"{_n(x)} {_n(y)}" for x, y in shape.corners)
            return f'<path class="{shape.role}" d="M{corners}Z"/>'
        case Stroke():
            path = "".join(command + " ".join(map(_n, values)) for command, values in shape.steps)
            ends = f' data-source="{escape(shape.source)}"' if shape.source else ""
            ends += f' data-target="{escape(shape.target)}"' if shape.target else ""
            ends += f' data-year="{shape.year}"' if shape.year is not None else ""
            ends += f' stroke-dasharray="{" ".join(map(_n, shape.dashes))}"' if shape.dashes else ""
            return f'<path class="{_classes(shape)}"{ends} stroke-width="{_n(shape.width)}" d="{path}"/>'
        case Words():
            # Where the reader's own font steps in for a letter that is not embedded, the name is fitted into its box.
            foreign = shape.width is not None and not in_font(shape.text)
            width = min(shape.width or 0.0, usual_width(shape.text, shape.size))
            fit = f' textLength="{_n(width)}" lengthAdjust="spacingAndGlyphs"' if foreign else ""
            return (
                f'<text class="{shape.role}" x="{_n(shape.x)}" y="{_n(shape.y)}" font-size="{_n(shape.size)}"{fit}>'
                f"{escape(shape.text)}</text>"
            )
        case Linked():
            match shape.kind:
                case "chip":
                    data = f'data-parent="{escape(shape.id)}" data-child="{escape(shape.child)}"'
                case "pill":
                    data = f'data-child="{escape(shape.child)}" data-folded="true"'
                case "technique":
                    data = f'data-technique="{escape(shape.id)}"'
                case _:
                    data = f'data-id="{escape(shape.id)}"'
            data += f' data-date="{escape(shape.date)}"' if shape.date else ""
            inside = "".join(_written(each) for each in shape.shapes)
            return f'<a href="{escape(shape.address)}" {data}><title>{escape(shape.title)}</title>{inside}</a>'


def _classes(shape: Area | Stroke) -> str:
    return f"{shape.role} {shape.band}" if shape.band else shape.role


def _n(number: float) -> str:
    """A number with at most two decimals."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


# -- PDF -------------------------------------------------------------------------------------------------------------


def _drawn(canvas: Any, shape: Shape, shown: Picture, theme: Theme) -> None:
    """Draw a shape on a reportlab canvas whose origin is at the top left, with y up."""
    if isinstance(shape, Linked):
        for each in shape.shapes:
            _drawn(canvas, each, shown, theme)
        left, top, right, bottom = _reach(shape)
        corners = (left, shown.height - bottom, right, shown.height - top)
        canvas.linkURL(shape.address, tuple(each * shown.scale for each in corners), relative=0, thickness=0)
        return
    fill, stroke = paint(shape.role, getattr(shape, "band", None), theme)
    if fill:
        canvas.setFillColor(fill)
    if stroke:
        canvas.setStrokeColor(stroke)
    match shape:
        case Words():
            canvas.setFont(_FAMILY, shape.size)
            canvas.drawString(shape.x, -shape.y, shape.text)
        case Diamond():
            canvas.setLineWidth(1)
            canvas.setDash()
            path = canvas.beginPath()
            (x, y), *others = shape.corners
            path.moveTo(x, -y)
            for x, y in others:
                path.lineTo(x, -y)
            path.close()
            canvas.drawPath(path, stroke=int(bool(stroke)), fill=int(bool(fill)))
        case Area():
            canvas.setLineWidth(shape.line)
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


def _reach(linked: Linked) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what a reader may choose: the first box, or a diamond with its name."""
    for each in linked.shapes:
        if isinstance(each, Area):
            return each.x, each.y, each.x + each.width, each.y + each.height
    x: list[float] = []
    y: list[float] = []
    for each in linked.shapes:
        if isinstance(each, Diamond):
            x += [corner[0] for corner in each.corners]
            y += [corner[1] for corner in each.corners]
        elif isinstance(each, Words):
            x += [each.x, each.x + (each.width or 0.0)]
            y += [each.y - each.size * 0.75, each.y + each.size * 0.2]
    return min(x), min(y), max(x), max(y)
