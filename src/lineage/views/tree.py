"""The hero tree as SVG: an organic tree that grows out of a trunk, its models as leaves, with legend, counts and caption.

It follows the conventions of :mod:`lineage.views.figure`: one style sheet for light and dark, the letters embedded, a
title and a description, and a link from every model to its place in the page of the explorer. The same text becomes a
PNG by :func:`lineage.views.figure.png`.
"""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from typing import Final, Literal
from urllib.parse import quote

from lineage.contour import Bough, Leaf, TreeLayout
from lineage.forest import (
    BAND_LABELS,
    BandKey,
    cut,
    in_font,
    shortened,
    span_of_years,
    text_width,
    usual_width,
    wrapped,
)
from lineage.graph import LineageGraph
from lineage.limbs import band_of
from lineage.trellis import LINE, LONGEST_MAKER, MAKER, NAME, PADDING, TAB, maker, visible
from lineage.views.marks import RAISED, Mark, placed, space_before
from lineage.views.palette import DARK, LIGHT, Theme
from lineage.views.picture import KEY, Subject, distinct, plain
from lineage.vocabulary import count

_FAMILY: Final = "Lineage Inter"
_NAME: Final = f"lineage-{KEY}"
_SCOPE: Final = f".{_NAME} "
_CAP: Final = 0.7275
_BADGE: Final = (54.0, 25.0)
_MAKERS: Final = 10
"""Rows of the chart, the last one for all others."""
_TITLE_SIZES: Final = (34.0, 30.0, 26.0)
_TEXT_WIDTH: Final = 920.0
_SUBTITLE: Final = 948.0
_AIR: Final = 34.0
"""From the ground, and from the legend, to the caption."""
_KEY_WIDTH: Final = 172.0
"""Of what a name in the legend may take."""
_LIST_WIDTH: Final = 180.0
"""Of what it says of the list of the sources: in the whole tree it stands below the chart."""
_RING: Final = 2.0
"""How far the ring around a box is from it."""

Point = tuple[float, float]


def svg(
    graph: LineageGraph,
    layout: TreeLayout,
    theme: Literal["light", "dark"] | None = None,
    numbers: Mapping[str, int] | None = None,
    subject: Subject | None = None,
    listed: str = "references.md",
) -> str:
    """The hero tree, or a small one in its look, as one self-contained SVG document, 680 pixels wide.

    Args:
        graph: the graph that the layout was made of, or the whole of which it shows a part.
        layout: where everything stands.
        theme: the colours of one ground only; without it those of the reader's setting, or of ``data-theme`` on the
            root element.
        numbers: for a model the number under which the source of its line of descent is listed; it is written small.
        subject: what the picture is about, and which models are meant: these have a ring; without it the whole.
        listed: the file beside the picture in which the sources are listed by number.
    """
    subject = subject or Subject()
    meant = subject.focus | (subject.highlighted or frozenset())
    marks = placed(layout, numbers or {}, [(*layout.corner, layout.width, layout.height)])
    legend = list(_legend(graph, layout, layout.corner[0] + 6, layout.corner[1] + 4, subject, listed if marks else ""))
    # A legend of all architectures is taller than the corner.
    below = max(layout.height + _AIR, max([bottom for _, bottom in legend], default=0.0) + 10)
    told = f" Small numbers: the sources in {visible(listed)}." if marks and listed else ""
    lines = wrapped(_caption(graph, layout, subject) + told, MAKER, _TEXT_WIDTH)
    title = plain(subject.title)
    size = next((each for each in _TITLE_SIZES if text_width(title, each) <= _TEXT_WIDTH), _TITLE_SIZES[-1])
    caption = [_words("small", 40, below + 18 + i * 20, line, MAKER) for i, line in enumerate(lines)]
    height = round(below + 18 + len(lines) * 20 + 8, 1)
    order = sorted(range(len(layout.boughs)), reverse=True)
    parts = [
        f'<rect class="page" x="0" y="0" width="{_n(layout.width)}" height="{_n(height)}"/>',
        *_years(layout),
        _words("title", 40, 46, shortened(title, size, _TEXT_WIDTH), size, _TEXT_WIDTH),
        _words("small", 40, 76, shortened(_subtitle(graph, layout, subject), 17, _SUBTITLE), 17, _SUBTITLE),
        *(part for part, _ in legend),
        *_twigs(layout),
        *(_bough(layout.boughs[i], i) for i in order),
        *(
            _leaf(graph, leaf, layout.chosen.parents[one], marks.get(one), meant=one in meant)
            for one, leaf in sorted(layout.leaves.items())
        ),
        *(_words("aside", mark.x, mark.y, mark.text, MAKER) for _, mark in sorted(marks.items()) if mark.row is None),
        *caption,
    ]
    gradients = "".join(_gradient(bough, i) for i, bough in enumerate(layout.boughs))
    return distinct(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{_n(0.68 * height)}" '
        f'viewBox="0 0 {_n(layout.width)} {_n(height)}" role="img" '
        f'aria-labelledby="{_NAME}-title {_NAME}-desc">\n'
        f'<title id="{_NAME}-title">{escape(title)}</title>\n'
        f'<desc id="{_NAME}-desc">{escape(_description(graph, layout))}</desc>\n'
        f"<style>\n{_style(theme)}</style>\n"
        f'<g class="lineage-hero {_NAME}">\n<defs>{gradients}</defs>\n' + "\n".join(parts) + "\n</g>\n</svg>\n"
    )


# -- colours ---------------------------------------------------------------------------------------------------------


@cache
def _letters() -> str:
    return base64.b64encode(resources.files("lineage").joinpath("assets/fonts/inter.woff2").read_bytes()).decode()


def _rules(theme: Theme, scope: str) -> Iterator[str]:
    """The colours of everything on one ground."""
    yield f"{scope}.page,{scope}.hollow{{fill:{theme.page}}}"
    yield f"{scope}.halo{{fill:{theme.page};stroke:{theme.page}}}"
    yield f"{scope}.title,{scope}.name,{scope}.maker,{scope}.count,{scope}.label{{fill:{theme.ink}}}"
    yield f"{scope}.title,{scope}.name,{scope}.count,{scope}.label{{stroke:{theme.ink}}}"
    yield f"{scope}.small,{scope}.bar{{fill:{theme.muted}}}{scope}.aside{{fill:{theme.aside}}}"
    yield f"{scope}.frame{{stroke:{theme.muted}}}{scope}.ring{{stroke:{theme.ink}}}"
    yield f"{scope}.rule{{stroke:{theme.rule}}}"
    yield f"{scope}.axis{{stroke:{theme.ink}}}{scope}.badge{{stroke:{theme.ink};fill:{theme.page}}}"
    yield f"{scope}.plain{{stroke:{theme.muted}}}{scope}.plain.fill,{scope}.plain.half{{fill:{theme.rule}}}"
    for band in BAND_LABELS:
        swatch = theme.bands[band]
        yield (
            f"{scope}.limb.{band}{{fill:{swatch.mark}}}{scope}.twig.{band},{scope}.fill.{band},{scope}.hollow.{band},"
            f"{scope}.over.{band},{scope}.cut.{band}{{stroke:{swatch.mark}}}{scope}.fill.{band},{scope}.half.{band}{{fill:{swatch.fill}}}"
            f"{scope}stop.{band}{{stop-color:{swatch.mark}}}"
        )


def _style(theme: str | None) -> str:
    """Colours for both themes, light first and plain: some readers know no more."""
    forced = {"light": LIGHT, "dark": DARK}.get(theme or "")
    dark = "\n".join(_rules(DARK, f":root:not([data-theme=light]) {_SCOPE}"))
    return "\n".join(
        (
            f'@font-face{{font-family:"{_FAMILY}";src:url(data:font/woff2;base64,{_letters()}) format("woff2")}}',
            f'{_SCOPE}text{{font-family:"{_FAMILY}",Inter,system-ui,sans-serif}}',
            f"{_SCOPE}text{{font-kerning:none;font-variant-ligatures:none}}",
            f"{_SCOPE}.title{{stroke-width:.9}}{_SCOPE}.name,{_SCOPE}.count,{_SCOPE}.label{{stroke-width:.4}}",
            f"{_SCOPE}.halo{{stroke-width:6}}{_SCOPE}.fill,{_SCOPE}.hollow,{_SCOPE}.over,{_SCOPE}.cut{{stroke-width:2}}",
            f"{_SCOPE}.over,{_SCOPE}.frame,{_SCOPE}.ring{{fill:none}}{_SCOPE}.cut{{stroke-width:1}}",
            f"{_SCOPE}.ring{{stroke-width:2.4}}",
            f"{_SCOPE}.twig{{fill:none;stroke-width:3;stroke-linecap:round}}",
            f"{_SCOPE}.rule{{fill:none;stroke-width:1.2;stroke-dasharray:9 7}}",
            f"{_SCOPE}.axis{{fill:none;stroke-width:3}}{_SCOPE}.badge{{stroke-width:2}}",
            f"{_SCOPE}.mid{{text-anchor:middle}}{_SCOPE}.end{{text-anchor:end}}",
            f"{_SCOPE}a:hover .fill,{_SCOPE}a:focus .fill{{stroke-width:4}}",
            f"{_SCOPE}a:hover .hollow,{_SCOPE}a:focus .hollow,{_SCOPE}a:hover .over,{_SCOPE}a:focus .over{{stroke-width:4}}",
            *_rules(forced or LIGHT, _SCOPE),
            *(() if forced else (f"@media (prefers-color-scheme:dark){{\n{dark}\n}}",)),
            *(() if forced else _rules(DARK, f":root[data-theme=dark] {_SCOPE}")),
            "",
        )
    )


# -- ground ----------------------------------------------------------------------------------------------------------


def _years(layout: TreeLayout) -> Iterator[str]:
    """The axis of time: a quiet rule where a year begins, and its number."""
    width, height = _BADGE
    top = max(layout.years[-1][1], 100.0) if layout.years else 100.0
    end = layout.height - 10
    right = layout.corner
    last = math.inf
    badges = []
    for year, y in layout.years[:-1]:
        stop = layout.width - 8 if y < right[1] - 6 else right[0] - 12
        yield f'<path class="rule" data-year="{year}" d="M{_n(40)} {_n(y)}H{_n(stop)}"/>'
        if last - y > height + 2:
            last = y
            badges.append(
                f'<rect class="badge" x="6" y="{_n(y - height / 2)}" width="{_n(width)}" height="{_n(height)}" rx="11"/>'
                + _words("label mid", 6 + width / 2, y + _CAP * 15 / 2, str(year), 15)
            )
    if layout.years:
        year, y = layout.years[-1]
        yield f'<path class="axis" data-year="{year}" data-end="{_n(y)}" d="M33 {_n(end)}V{_n(top - 2)}"/>'
        yield f'<path class="axis" d="M26 {_n(top + 10)}L33 {_n(top - 4)}L40 {_n(top + 10)}"/>'
    yield from badges


def _gradient(bough: Bough, place: int) -> str:
    """From the colour of what a limb grows from to its own."""
    if bough.band == bough.base:
        return ""
    (x1, y1) = bough.points[0]
    end = next((i for i, (_, y) in enumerate(bough.points) if y1 - y > 115), len(bough.points) - 1)
    x2, y2 = bough.points[end]
    return (
        f'<linearGradient id="{_NAME}-{place}" gradientUnits="userSpaceOnUse" x1="{_n(x1)}" y1="{_n(y1)}" '
        f'x2="{_n(x2)}" y2="{_n(y2)}"><stop class="{bough.base}" offset=".12"/><stop class="{bough.band}" offset="1"/>'
        "</linearGradient>"
    )


def _bough(bough: Bough, place: int) -> str:
    """A limb as a closed outline: half its thickness to either side of its middle line."""
    points, widths = bough.points, bough.widths
    # Dense where the base flares, wide apart where the limb is smooth.
    last = len(points) - 1
    chosen = sorted({each for each in (0, 1, 2, 4, 6, 9, *range(12, last, 5), last - 2, last) if 0 <= each <= last})
    left: list[Point] = []
    right: list[Point] = []
    for i in chosen:
        (x0, y0), (x1, y1) = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        nx, ny = -(y1 - y0) / length, (x1 - x0) / length
        x, y, half = *points[i], widths[i] / 2
        left.append((x - nx * half, y - ny * half))
        right.append((x + nx * half, y + ny * half))
    # The base is round, so that no corner of it looks out of the limb that it leaves.
    base = _cap(right[0], left[0]) if bough.parent else ""
    path = f"M{_p(left[0])}{_curve(left)}L{_p(right[-1])}{_curve(right[::-1])}{base}Z"
    paint = f' style="fill:url(#{_NAME}-{place})"' if bough.band != bough.base else ""
    return f'<path class="limb {bough.band}"{paint} data-limb="{_attr(bough.key)}" data-from="{_attr(bough.parent)}" d="{path}"/>'


def _twigs(layout: TreeLayout) -> Iterator[str]:
    for twig in layout.twigs:
        yield (
            f'<path class="twig {twig.band}" data-target="{_attr(twig.id)}" data-from="{_attr(twig.limb)}" '
            f'd="M{_p(twig.points[0])}C{" ".join(map(_p, twig.points[1:]))}"/>'
        )


def _curve(points: Sequence[Point]) -> str:
    """A smooth curve through points (Catmull and Rom), without the first."""
    parts = []
    for i in range(len(points) - 1):
        before, here, there = points[max(0, i - 1)], points[i], points[i + 1]
        after = points[min(len(points) - 1, i + 2)]
        one = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        two = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        parts.append(f"C{_p(one)} {_p(two)} {_p(there)}")
    return "".join(parts)


def _cap(one: Point, other: Point) -> str:
    """Half a circle from one point to another, to the left of the way there as it is seen."""
    (x0, y0), (x1, y1) = one, other
    back = ((y1 - y0) / 2, -(x1 - x0) / 2)
    middle = ((x0 + x1) / 2 + back[0], (y0 + y1) / 2 + back[1])
    bow = 0.5523  # the handles of a quarter of a circle
    near = (x0 + back[0] * bow, y0 + back[1] * bow)
    far = (x1 + back[0] * bow, y1 + back[1] * bow)
    across = ((x1 - x0) / 2 * bow, (y1 - y0) / 2 * bow)
    before, after = (middle[0] - across[0], middle[1] - across[1]), (middle[0] + across[0], middle[1] + across[1])
    return f"C{_p(near)} {_p(before)} {_p(middle)}C{_p(after)} {_p(far)} {_p(other)}"


# -- leaves ----------------------------------------------------------------------------------------------------------


def _leaf(graph: LineageGraph, leaf: Leaf, parent: str, mark: Mark | None, *, meant: bool) -> str:
    node = graph[leaf.id]
    band = band_of(graph, leaf.id)
    x, y, width, height = leaf.x, leaf.y, leaf.width, leaf.height
    parts = [f'<rect class="halo" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="9"/>']
    parts += _form(str(node.data.get("weights", "")), band, (x, y, width, height))
    if meant:
        parts.append(_ring(x, y, width, height, 9))
    count = f"+{leaf.folded}" if leaf.folded else ""
    rows = [row for row, line in enumerate(leaf.lines) if line or (row == 1 and count)]
    base = y + (height - LINE * len(rows)) / 2 + 13.4
    for row in rows:
        line, size = leaf.lines[row], MAKER if row else NAME
        wide, tail = text_width(line, size), text_width(count, MAKER) if row == 1 else 0.0
        gap = TAB if line and tail else 0.0
        number = mark.width + space_before(leaf, row) if mark and mark.row == row else 0.0
        start = x + (width - wide - gap - tail - number) / 2
        if tail:
            parts.append(_words("count mid", start + wide + gap + tail / 2, base, count, MAKER))
        if line:
            room = width - 2 * PADDING + 2 - gap - tail - number
            parts.append(_words("maker mid" if row else "name mid", start + wide / 2, base, line, size, room))
        if mark and number:
            right = start + wide + gap + tail + number
            parts.append(_words("aside mid", right - mark.width / 2, base - RAISED, mark.text, MAKER))
        base += LINE
    title = escape(_told(graph, leaf) + (f", source {mark.text}" if mark else ""))
    return (
        f'<a href="explorer.html#n={quote(leaf.id, safe="")}" data-id="{_attr(leaf.id)}" data-date="{escape(node.date)}" '
        f'data-parent="{_attr(parent)}">'
        f"<title>{title}</title>{''.join(parts)}</a>"
    )


def _form(weights: str, band: str, frame: tuple[float, float, float, float], radius: float = 9.0) -> Iterator[str]:
    """Full where the weights are open, the lower half where they are restricted, hollow where they cannot be had."""
    x, y, width, height = frame
    size = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(radius)}"'
    if weights == "open":
        yield f'<rect class="fill {band}" {size}/>'
        return
    yield f'<rect class="hollow {band}" {size}/>'
    if weights == "restricted":
        cut = y + height * (0.5 if height < 50 else 0.36)
        right, bottom = x + width, y + height
        yield (
            f'<path class="half {band}" d="M{_n(x)} {_n(cut)}H{_n(right)}V{_n(bottom - radius)}'
            f"Q{_n(right)} {_n(bottom)} {_n(right - radius)} {_n(bottom)}H{_n(x + radius)}"
            f'Q{_n(x)} {_n(bottom)} {_n(x)} {_n(bottom - radius)}Z"/>'
            f'<rect class="over {band}" {size}/>'
        )


def _ring(x: float, y: float, width: float, height: float, radius: float) -> str:
    return (
        f'<rect class="ring" x="{_n(x - _RING)}" y="{_n(y - _RING)}" width="{_n(width + 2 * _RING)}" '
        f'height="{_n(height + 2 * _RING)}" rx="{_n(radius + _RING)}"/>'
    )


def _told(graph: LineageGraph, leaf: Leaf) -> str:
    node = graph[leaf.id]
    parts = [visible(node.name), node.date, *map(visible, node.organizations)]
    parts += [visible(str(node.data[key])) for key in ("architecture",) if key in node.data]
    if "weights" in node.data:
        parts.append(f"weights {visible(str(node.data['weights']))}")
    if parents := [visible(graph[one].name) for one in graph.parents(leaf.id)]:
        parts.append(f"from {' and '.join(parents)}")
    if leaf.folded:
        parts.append(f"{leaf.folded} more folded into it")
    return ", ".join(parts)


# -- legend, counts, words -------------------------------------------------------------------------------------------


def _legend(
    graph: LineageGraph, layout: TreeLayout, x: float, y: float, subject: Subject, listed: str
) -> Iterator[tuple[str, float]]:
    """The parts of the legend, of what there is in the picture, and where each ends; beside it the chart."""
    used = {band_of(graph, one) for one in layout.leaves}
    found = {_access(graph, one) for one in layout.leaves}
    leaves = layout.leaves.values()
    keys = [("count", "+3", "models folded in")] if any(leaf.folded for leaf in leaves) else []
    keys += [("maker", "& X", "X is a parent too")] if any(len(leaf.lines) > 2 for leaf in leaves) else []
    keys += [("aside", "12", _listed(listed))] if listed else []
    meant = list(_meant(layout, subject))
    # As loose as the corner allows.
    loose = 24 + 20.5 * len(used) + 25 * len(found) + 21 * (len(keys) + len(meant)) < layout.height - y
    steps = (20.5, 25.0, 21.0) if loose else (18.0, 22.0, 18.5)
    top = y + 14
    grounds: list[tuple[float, float]] = []

    def row(label: str, base: float) -> tuple[str, float]:
        grounds.append((base, x + 40 + text_width(label, MAKER)))
        return _words("small", x + 40, base, label, MAKER, _KEY_WIDTH), base + 4

    for band in BAND_LABELS:
        if band in used:
            d = f"M{_n(x)} {_n(top + 3)}C{_n(x + 12)} {_n(top + 3)} {_n(x + 14)} {_n(top - 9)} {_n(x + 30)} {_n(top - 9)}"
            yield f'<path class="twig {band}" style="stroke-width:6" d="{d}"/>', top
            yield row(_SHORT[band], top + 2)
            top += steps[0]
    top += 8 if loose else 5
    for weights, label in (("open", "open weights"), ("restricted", "restricted"), ("closed", "closed")):
        if weights in found:
            yield from ((part, top + 5) for part in _form(weights, "plain", (x, top - 14, 30, 19), 5))
            yield row(label, top + 1)
            top += steps[1]
    for role, key, label in keys:
        yield _words(f"{role} mid", x + 15, top + 2 - RAISED * (role == "aside"), key, MAKER), top + 6
        yield row(label, top + 2)
        top += steps[2]
    for said in meant:
        yield _ring(x + 2, top - 10, 26, 14, 4), top + 6
        yield row(shortened(said, MAKER, _KEY_WIDTH), top + 2)
        top += steps[2]
    yield from _chart(graph, layout, x + 190, y, grounds)


def _listed(name: str) -> str:
    """Where the numbers are told; the caption says it where the name is long."""
    label = f"number in {visible(name)}"
    return label if text_width(label, MAKER) <= _LIST_WIDTH else "number of the source"


def _meant(layout: TreeLayout, subject: Subject) -> Iterator[str]:
    """What those models are that have a ring."""
    if subject.focus.intersection(layout.leaves):
        yield plain(subject.focus_said)
    if subject.highlighted is not None:
        count = len(subject.highlighted.intersection(layout.leaves))
        yield f"{plain(subject.highlight_key or subject.highlight_said)}: {count} of {len(layout.leaves)}"


def _access(graph: LineageGraph, one: str) -> str:
    """How free the weights of a model are, as it is drawn."""
    weights = str(graph[one].data.get("weights"))
    return weights if weights in {"open", "restricted"} else "closed"


_SHORT: Final[dict[BandKey, str]] = {
    **BAND_LABELS,
    "state-space": "State space, hybrid",
    "other": "Diffusion, dual encoder",
    "undisclosed": "Undisclosed",
}


def _chart(
    graph: LineageGraph, layout: TreeLayout, x: float, y: float, taken: Sequence[tuple[float, float]]
) -> Iterator[tuple[str, float]]:
    """How many of the shown models each maker has made, by how free their weights are; beside each part, where it ends.

    Args:
        graph: the graph.
        layout: what is shown.
        x: the left of the chart.
        y: its top.
        taken: the base lines of the words of the legend, and where they end.
    """
    counts: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    for one in layout.leaves:
        name = maker(graph, one) or "unknown"
        counts[name] += 1
        kinds[name, _access(graph, one)] += 1
    if len(counts) < 2:  # the boxes say it
        return
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    shown = ranked if len(ranked) <= _MAKERS else ranked[: _MAKERS - 1]
    rest = ranked[len(shown) :]
    rows = [(name, counts[name]) for name in shown]
    yield _words("label", x + 36, y + 14, "Models per maker", MAKER), y + 18
    start = x + 131
    unit = 70 / max([1, *(number for _, number in rows)])
    if rest:
        base = y + 40 + len(rows) * 21
        yield _words("small end", start - 7, base, f"{len(rest)} others", MAKER), base + 4
        yield _words("small", start, base, str(sum(counts[name] for name in rest)), MAKER), base + 4
    for i, (name, number) in enumerate(rows):
        base = y + 40 + i * 21
        left = max([end for line, end in taken if abs(line - base) < MAKER], default=x - 140) + 8
        room = min(LONGEST_MAKER, start - 7 - left)
        yield _words("small end", start - 7, base, cut(name, MAKER, room), MAKER, room), base + 4
        at = start
        for kind, form in (("open", "fill"), ("restricted", "half"), ("closed", "")):
            wide = unit * kinds[name, kind]
            if not wide:
                continue
            if form == "fill":
                part = f'<rect class="bar" x="{_n(at)}" y="{_n(base - 12)}" width="{_n(wide)}" height="13"/>'
                yield part, base
            elif form == "half":
                part = f'<rect class="bar" x="{_n(at)}" y="{_n(base - 5.5)}" width="{_n(wide)}" height="6.5"/>'
                yield part, base
            at += wide
        size = f'width="{_n(at - start)}" height="13" style="stroke-width:1.2"'
        yield f'<rect class="frame" x="{_n(start)}" y="{_n(base - 12)}" {size}/>', base
        yield _words("small", at + 6, base, str(number), MAKER), base + 4


def _subtitle(graph: LineageGraph, layout: TreeLayout, subject: Subject) -> str:
    total, shown, years = len(graph.nodes("model")), len(layout.leaves), span_of_years(graph, layout.leaves)
    if subject.said:
        return f"{count(shown, 'model')}, {years}: {plain(subject.said)}."
    return (
        f"{shown} of {count(total, 'model')}, {years}. A limb is an architecture or a line of "
        "descent; the more models came of it, the thicker."
    )


def _caption(graph: LineageGraph, layout: TreeLayout, subject: Subject) -> str:
    chosen = layout.chosen
    total, shown = len(graph.nodes("model")), len(layout.leaves)
    hidden = sum(bool(holder) for holder in chosen.folded.values())
    gone = len(chosen.folded) - hidden
    if not subject.said:
        coverage = f"{shown} of {count(total, 'model')} {'is' if total == 1 else 'are'} shown"
    elif chosen.folded:
        coverage = f"{shown} of these {shown + len(chosen.folded)} models are shown, of {total} in the graph"
    else:
        coverage = f"{shown} of the {total} models of the graph"
    if hidden:
        folded = "1 is folded into what it" if hidden == 1 else f"{hidden} are folded into what they"
        coverage += f"; {folded} came from (+n)"
    if gone:
        coverage += f"; {gone} without shown kin {'is' if gone == 1 else 'are'} left out"
    parts = [f"{coverage}."]
    if subject.said:
        parts.append("The more of these models a limb carries, the thicker it is.")
    if subject.highlighted is not None:
        found = len(subject.highlighted.intersection(layout.leaves))
        told = shortened(plain(subject.highlight_said), MAKER, _TEXT_WIDTH)
        parts.append(f"{found} of the {shown} models shown {told}; they have a ring.")
    makers = len({maker(graph, one) for one in layout.leaves})
    if not subject.said:
        parts.append(f"{count(makers, 'first-named maker')}.")
    parts.append("A box stands at its date, at most a month off; busy years are drawn taller.")
    lines = [one for one, parent in chosen.parents.items() if parent]
    if not subject.said:
        parts.append(
            "It hangs on one parent, by weights before outputs before architecture before succession; limbs leave "
            "the trunk below their first model."
        )
    elif lines:
        parts.append("It hangs on one parent, by weights before outputs before architecture before succession.")
    if subject.said and any(chosen.parents[one] not in graph.parents(one) for one in lines):
        parts.append("A line may pass over models that are not shown.")
    parts.append("Colour is architecture, fill is access to the weights.")
    return " ".join(parts)


def _description(graph: LineageGraph, layout: TreeLayout) -> str:
    counts = Counter(band_of(graph, one) for one in layout.leaves)
    told = ", ".join(f"{counts[band]} {BAND_LABELS[band].lower()}" for band in BAND_LABELS if counts[band])
    folded = len(layout.chosen.folded)
    rest = f"; {count(folded, 'model')} {'is' if folded == 1 else 'are'} folded away" if folded else ""
    return (
        f"A tree of {count(len(layout.leaves), 'language model')}, "
        f"{span_of_years(graph, layout.leaves)}, growing upward with time. By architecture: {told}. Thick limbs carry many "
        f"models{rest}."
    )


# -- numbers and text --------------------------------------------------------------------------------------------------


def _words(role: str, x: float, y: float, text: str, size: float, room: float | None = None) -> str:
    # Where the reader's own font steps in for a missing letter, the text is fitted into its box.
    foreign = room is not None and not in_font(text)
    fit = (
        f' textLength="{_n(min(room or 0, usual_width(text, size)))}" lengthAdjust="spacingAndGlyphs"'
        if foreign
        else ""
    )
    return f'<text class="{role}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{fit}>{escape(text)}</text>'


def _attr(text: str) -> str:
    return escape(visible(text))


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    """A number with at most one decimal."""
    text = f"{number:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
