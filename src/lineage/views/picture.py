"""What the family-tree figure shows: ground and years, lines of descent, models, legend and caption, as plain shapes.

:mod:`lineage.views.figure` writes them as SVG or PDF, so both show the same.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final
from urllib.parse import quote

from lineage.forest import span_of_years, wrapped
from lineage.graph import LineageGraph, Node
from lineage.layout import (
    BAND_LABELS,
    BAND_OF_ARCHITECTURE,
    CHIP_PADDING,
    CHIP_SIZE,
    FONT_SIZE,
    MARGIN,
    BandKey,
    Box,
    Layout,
    Link,
    shortened,
    text_width,
)
from lineage.rail import DIAMOND, heading, rail_x, short_name
from lineage.views.shapes import Area, Diamond, Linked, Picture, Point, Role, Shape, Step, Stroke, Words, moved
from lineage.vocabulary import BASES, Basis, count

CAP_HEIGHT: Final = 0.7275
"""Of the bundled font, in em."""
TITLE: Final = "Family tree of language models"
_WIDEST_HEADING: Final = 420.0
_PAPER_MARGIN: Final = 14.0
"""What printers leave white, in points."""
_GUTTER: Final = 26.0
"""Between two columns of the legend."""
_RING: Final = 1.6
"""How far the ring around a model is from its box."""
_FOOT: Final = 0.74
"""Of the height of a box: what of it stands above the fill of restricted weights, the name and its base line."""
_TITLE_SIZE: Final = 15.0
_LINE: Final = 11.5
_TALL: Final = 500.0
"""Lanes that are higher have the years at their foot, too."""
_LONGEST_KEY: Final = 150.0
"""Of what a name in the legend may take."""
_NARROWEST: Final = 0.53
_WIDEST: Final = 1.65
"""Width by height of the page."""
_WORDS_OF_BASIS: Final[Mapping[Basis, str]] = {
    "weights": "weights",
    "outputs": "outputs (distilled)",
    "architecture": "architecture",
    "succession": "succession, same maker",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is about, beyond its layout."""

    title: str = TITLE
    said: str = ""
    """What the models of a part of the graph are, for the caption."""
    focus: frozenset[str] = frozenset()
    """Models with a ring around them: the ones that are meant."""
    focus_said: str = ""
    highlighted: frozenset[str] | None = None
    """Models with a ring and a diamond; the others stand back."""
    highlight_said: str = ""
    """What the highlighted models have in common, for the caption: "use Rotary position embedding"."""
    highlight_key: str = ""
    """The same in few words, for the legend: "use RoPE"."""
    since: str = ""
    """A technique from whose introduction a line runs down."""
    folded: bool = False
    """Whether models were left out for want of room."""
    asked: int = 0
    """Then: how many models there are, those left out among them."""
    page: tuple[float, float] | None = None
    """The width and height of the paper that the figure is fitted to, in points."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a figure is and what stands around its lanes; all lengths in units of the picture."""

    width: float
    height: float
    scale: float
    """Points for each unit."""
    titles: tuple[str, ...]
    caption: tuple[Words, ...]
    legend: tuple[Shape, ...]
    top: float
    """Where the lanes begin."""
    title_size: float = _TITLE_SIZE
    margin: float = MARGIN
    """To the left of the title, and above it."""

    @property
    def smallest_text(self) -> float:
        """The size of the smallest letters, in points."""
        return CHIP_SIZE * self.scale


def framed(graph: LineageGraph, layout: Layout, subject: Subject) -> Frame:
    """What stands around the lanes, and the form of the whole: neither a ribbon nor a tower, or as its page is."""
    heading = min(_WIDEST_HEADING, text_width(subject.title, _TITLE_SIZE) + 2 * MARGIN)
    blocks = _legend(graph, layout, subject)
    corner = _corner(layout, *_stacked(blocks))
    narrowest, paper = _NARROWEST, subject.page
    inner = (paper[0] - 2 * _PAPER_MARGIN, paper[1] - 2 * _PAPER_MARGIN) if paper else (1.0, 1.0)
    if paper:
        narrowest = inner[0] / inner[1]
    width, height = max(layout.width, 300.0, heading), 0.0
    for _ in range(3):  # a wider page needs less height
        width = max(width, height * narrowest)
        titles = wrapped(plain(subject.title), _TITLE_SIZE, width - 2 * MARGIN)
        top = MARGIN + _TITLE_SIZE * 1.2 * len(titles) + 3
        bottom = layout.height + (_LINE if layout.height > _TALL else 0)
        legend, bottom = _placed(blocks, bottom, corner, width)
        lines = wrapped(_caption(graph, layout, subject), CHIP_SIZE, width - 2 * MARGIN)
        caption = [Words("small", MARGIN, bottom + 15 + i * _LINE, line, CHIP_SIZE) for i, line in enumerate(lines)]
        height = top + bottom + 12 + len(lines) * _LINE + MARGIN
        if width >= height * narrowest:
            break
    scale = math.floor(min(inner[0] / width, inner[1] / height) * 10**4) / 10**4 if paper else 1.0
    return Frame(width, height, scale, tuple(titles), tuple(caption), tuple(legend), top)


def picture(graph: LineageGraph, layout: Layout, subject: Subject | None = None) -> Picture:
    """The figure of a layout: title, lanes, legend and caption."""
    subject = subject or Subject()
    frame = framed(graph, layout, subject)
    lanes = (
        *_grounds(layout, frame.width),
        *_rail(graph, layout, subject),
        *_edges(graph, layout),
        *_models(graph, layout, subject),
        *frame.legend,
        *frame.caption,
    )
    words = [
        Words("title", MARGIN, MARGIN + _TITLE_SIZE * (0.8 + 1.2 * i), line, _TITLE_SIZE)
        for i, line in enumerate(frame.titles)
    ]
    page, left, above = (frame.width, max(frame.height, frame.width / _WIDEST)), 0.0, 0.0
    if subject.page:
        page = (subject.page[0] / frame.scale, subject.page[1] / frame.scale)
        left, above = (page[0] - frame.width) / 2, (page[1] - frame.height) / 2
    return Picture(
        round(page[0], 2),
        round(page[1], 2),
        plain(subject.title),
        _description(graph, layout),
        (
            Area("page", 0, 0, round(page[0], 2), round(page[1], 2)),
            *(moved(word, left, above) for word in words),
            *(moved(shape, left, above + frame.top) for shape in lanes),
        ),
        frame.scale,
    )


def plain(text: str) -> str:
    """A text in one line, without characters that cannot be seen or that turn the direction of writing."""
    return "".join(
        char for char in " ".join(text.split()) if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Co"}
    )


KEY: Final = "\0"
"""Stands in ids, classes and selectors of a picture on its way for the name of its own. No text can hold it."""
_LINK: Final = re.compile(r'(?<=<a href=")(?:\.\./)*explorer\.html(?=#)')


def distinct(svg: str) -> str:
    """A picture whose ids, and the class by which its colours are given, are its own.

    Several of them in one page then leave each other alone. The name is made of the content, so the same picture has the
    same one.
    """
    return svg.replace(KEY, hashlib.sha256(svg.encode()).hexdigest()[:8])


def linked(svg: str, page: str) -> str:
    """A picture of ours whose links lead to the explorer at another place, such as ``../explorer.html``."""
    return _LINK.sub(page.replace("\\", r"\\"), svg)


def colour(node: Node) -> BandKey:
    """The band whose colour a model has: that of its own architecture."""
    return BAND_OF_ARCHITECTURE[node.data.get("architecture", "undisclosed")]


# -- parts -----------------------------------------------------------------------------------------------------------


def _grounds(layout: Layout, width: float) -> Iterator[Shape]:
    for band in layout.bands:
        yield Area("ground", 0, band.y, round(width, 2), band.height, band=band.key)
    if rail := layout.rail:
        yield Area("ground", 0, rail.y, round(width, 2), rail.height)
    shown = -math.inf
    ends = [tick.x for tick in layout.ticks[1:]] + [math.inf]
    for tick, end in zip(layout.ticks, ends, strict=True):
        yield Stroke("rule", (("M", (tick.x, 12)), ("L", (tick.x, layout.height))), 0.6, year=tick.year)
        # A narrow year has the short form of its number; very narrow ones share one.
        full, short = str(tick.year), f"\N{RIGHT SINGLE QUOTATION MARK}{tick.year % 100:02}"
        for text, most in ((full, end - 2), (short, end - 2), (full, math.inf)):
            after = tick.x + text_width(text, CHIP_SIZE)
            if tick.x >= shown and after <= min(width, most):
                for y in (8.0, layout.height + 9) if layout.height > _TALL else (8.0,):
                    yield Words("year", tick.x, round(y, 2), text, CHIP_SIZE)
                shown = after + 2
                break
    for band in layout.bands:
        yield Words("label", MARGIN, band.y + 9, band.label, CHIP_SIZE)


def _edges(graph: LineageGraph, layout: Layout) -> Iterator[Stroke]:
    """The lines of descent. Where several share a way it is drawn once, as thick as what hangs on it."""
    families: dict[str, list[Link]] = {}
    for link in layout.links:
        families.setdefault(link.source, []).append(link)
    sizes = _sizes(layout)
    for parent in sorted(families):
        links = {link.target: link for link in families[parent]}
        corners = {point for link in links.values() for point in link.points}
        ways = {one: list(_pieces(link, corners)) for one, link in links.items()}
        users: dict[tuple[Point, Point], set[str]] = {}
        for one, way in ways.items():
            for piece in way:
                users.setdefault(piece, set()).add(one)
        drawn: set[tuple[Point, Point]] = set()
        for one, way in ways.items():
            for on, run in groupby(way, key=lambda piece: frozenset(users[piece])):
                pieces = list(run)
                points = [*(piece[0] for piece in pieces), pieces[-1][1]]
                if pieces[0] in drawn:
                    continue
                drawn.update(pieces)
                basis = min((links[each].kind for each in on), key=BASES.index)
                bands = {colour(graph[each]) for each in on}
                band = bands.pop() if len(bands) == 1 else colour(graph[parent])
                width = _thickness(sum(sizes[each] for each in on), basis)
                yield Stroke(basis, _rounded(points), width, band, parent, one if len(on) == 1 else "")


def _pieces(link: Link, corners: Iterable[Point]) -> Iterator[tuple[Point, Point]]:
    """A line cut wherever it passes a corner of a line of the same family."""
    for start, end in pairwise(link.points):
        on = [
            (x, y)
            for x, y in corners
            if min(start[0], end[0]) <= x <= max(start[0], end[0])
            and min(start[1], end[1]) <= y <= max(start[1], end[1])
        ]
        on.sort(key=lambda point: abs(point[0] - start[0]) + abs(point[1] - start[1]))
        yield from pairwise(on)


def _rounded(points: Sequence[Point]) -> tuple[Step, ...]:
    """A path along right angles, its corners rounded."""
    bends = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        if not (before[0] == here[0] == after[0] or before[1] == here[1] == after[1]):
            bends.append(here)
    bends.append(points[-1])
    steps: list[Step] = [("M", bends[0])]
    for before, here, after in zip(bends, bends[1:], bends[2:], strict=False):
        radius = min(3.0, math.dist(before, here) / 2, math.dist(here, after) / 2)
        near, far = _toward(here, before, radius), _toward(here, after, radius)
        steps += [("L", near), ("Q", (*here, *far))]
    steps.append(("L", bends[-1]))
    return tuple(steps)


def _toward(start: Point, end: Point, length: float) -> Point:
    """The point so far from one on the way to another."""
    share = length / (math.dist(start, end) or 1.0)
    return round(start[0] + (end[0] - start[0]) * share, 2), round(start[1] + (end[1] - start[1]) * share, 2)


def _sizes(layout: Layout) -> dict[str, int]:
    """How many models hang on each, itself counted."""
    parents = {link.target: link.source for link in layout.links}
    sizes = dict.fromkeys(layout.boxes, 1)
    for one in layout.boxes:
        here = one
        while (here := parents.get(here, "")) in sizes:
            sizes[here] += 1
    return sizes


def _thickness(size: int, basis: Basis) -> float:
    if basis == "succession":
        return 0.9
    return round(1.2 + (0.42 if basis == "weights" else 0.32) * math.log2(size), 2)


def _rail(graph: LineageGraph, layout: Layout, subject: Subject) -> Iterator[Shape]:
    """The techniques at their dates, and the line that runs down from one of them."""
    interval = graph[subject.since].interval if subject.since else None
    x = rail_x(layout, interval) if interval else None
    if x is not None:
        start = layout.rail.y + layout.rail.height if layout.rail else 12.0
        for band in layout.bands:  # it makes way for the names of the bands
            if MARGIN - 3 < x < MARGIN + text_width(band.label, CHIP_SIZE) + 3:
                yield _upright(x, start, band.y)
                start = band.y + 13
        yield _upright(x, start, layout.height)
    if not layout.rail:
        return
    yield Words("label", MARGIN, layout.rail.y + 10.5, heading(len(layout.rail.marks), layout.rail.total), CHIP_SIZE)
    for mark in layout.rail.marks:
        node = graph[mark.id]
        base = _base(mark.y, CHIP_SIZE)
        shapes: list[Area | Words | Diamond] = [Diamond("gem", mark.x, mark.y, DIAMOND)]
        wide = round(text_width(mark.label, CHIP_SIZE), 2)
        shapes.append(Words("name", mark.label_x, base, mark.label, CHIP_SIZE, wide))
        if mark.models:
            shapes.append(Words("small", round(mark.label_x + wide + 3, 2), base, str(mark.models), CHIP_SIZE))
        users = "1 model" if mark.models == 1 else f"{mark.models} models"
        title = f"{plain(node.name)}, introduced {node.date}, used by {users} of the graph"
        yield Linked(mark.id, _address(mark.id), title, node.date, "undisclosed", tuple(shapes), kind="technique")


def _upright(x: float, top: float, bottom: float) -> Stroke:
    return Stroke("since", (("M", (round(x, 2), round(top, 2))), ("L", (round(x, 2), round(bottom, 2)))), 1.0)


def _models(graph: LineageGraph, layout: Layout, subject: Subject) -> Iterator[Linked]:
    for one in sorted(layout.boxes):
        node, box = graph[one], layout.boxes[one]
        middle = box.y + box.height / 2
        chosen = subject.highlighted is None or one in subject.highlighted
        words = Words(
            "name" if chosen else "small",
            box.x + 5,
            _base(middle, FONT_SIZE),
            box.label,
            FONT_SIZE,
            text_width(box.label, FONT_SIZE),
        )
        shapes: list[Area | Words | Diamond] = [*_box(node, box, faint=not chosen), words]
        if one in subject.focus or (subject.highlighted is not None and chosen):
            shapes += _ringed(box, gem=one not in subject.focus)
        yield Linked(one, _address(one), _told(node), node.date, colour(node), tuple(shapes))
    for chip in layout.chips:
        base = _base(chip.y + chip.height / 2, CHIP_SIZE)
        words = Words("small", chip.x + CHIP_PADDING, base, chip.label, CHIP_SIZE, chip.width - 2 * CHIP_PADDING)
        size = (chip.x, chip.y + 1, chip.width, chip.height - 2)
        child = graph[chip.id]
        if not chip.parent:
            hang, drawn = ("model hangs", "is") if chip.label == "+1" else ("models hang", "are")
            title = f"{chip.label[1:]} more {hang} on {plain(child.name)} and {drawn} not drawn"
            pill = Area("pill", *size, radius=6, band=colour(child))
            yield Linked(chip.id, _address(chip.id), title, "", colour(child), (pill, words), chip.id, "pill")
            continue
        parent = graph[chip.parent]
        title = f"{plain(child.name)} also comes from {plain(parent.name)}"
        area = Area("chip", *size, radius=3)
        yield Linked(chip.parent, _address(chip.parent), title, "", colour(parent), (area, words), chip.id, "chip")


def _ringed(box: Box, *, gem: bool) -> Iterator[Area | Diamond]:
    """A ring around a box and, with ``gem``, a diamond on its corner."""
    x, y, far = round(box.x - _RING, 2), round(box.y - _RING, 2), 2 * _RING
    yield Area("ring", x, y, round(box.width + far, 2), round(box.height + far, 2), radius=4.5, line=1.4)
    if gem:
        yield Diamond("gem", round(box.x + 0.5, 2), round(box.y + 0.5, 2), 3.4)


def _box(node: Node, box: Box, *, faint: bool = False) -> Iterator[Area]:
    """Full where the weights are open, at its foot where they are restricted, hollow where they cannot be had."""
    band, weights = colour(node), node.data.get("weights")
    size = (box.x, box.y, box.width, box.height)
    full: Role = "faint" if faint else "open"
    yield Area(full if weights == "open" else "hollow", *size, radius=3.5, band=band, line=0.7 if faint else 1.0)
    if weights == "restricted":
        above = round(_FOOT * box.height, 2)
        lower = (box.x + 0.5, box.y + above, box.width - 1, round(box.height - above - 0.5, 2))
        radius = round(min(3.0, lower[3]), 2)
        yield Area("faint-half" if faint else "half", *lower, radius, band=band, lower=True)


def _base(middle: float, size: float) -> float:
    return round(middle + CAP_HEIGHT * size / 2, 2)


def _address(node_id: str) -> str:
    return f"explorer.html#n={quote(node_id, safe='')}"


def _told(node: Node) -> str:
    parts = [plain(node.name), node.date, *map(plain, node.organizations)]
    parts += [str(node.data[key]) for key in ("architecture",) if key in node.data]
    if "weights" in node.data:
        parts.append(f"weights {node.data['weights']}")
    return ", ".join(parts)


# -- legend and caption ----------------------------------------------------------------------------------------------

_Block = tuple[float, float, list[Shape]]


def _legend(graph: LineageGraph, layout: Layout, subject: Subject) -> list[_Block]:
    """Blocks of the legend, each with its width and height, drawn at the origin."""
    used = {colour(graph[one]) for one in layout.boxes}
    bands = [(band, BAND_LABELS[band]) for band in BAND_LABELS if band in used]
    blocks: list[_Block] = []
    rows: list[tuple[list[Shape], str]] = []
    for band, label in bands:
        rows.append(([Area("dot", 0, -5.5, 16, 5, 2.5, band)], label))
    if rows:
        blocks.append(_block("Architecture", rows))
    rows = []
    found = {_fullness(graph[one]) for one in layout.boxes}
    for weights, label in (("open", "open"), ("restricted", "restricted"), ("api", "a service, or unreleased")):
        if weights not in found:
            continue
        node = Node("", "model", "", "2000", {"weights": weights})
        rows.append((list(_box(node, Box("", 0, -7, 16, 9, ""))), label))
    if rows:
        blocks.append(_block("Weights", rows))
    kinds = {link.kind for link in layout.links}
    sizes = _sizes(layout)
    rows = []
    for basis in BASES:
        if basis in kinds:
            line = (("M", (0.0, -3.0)), ("L", (16.0, -3.0)))
            rows.append(
                ([Stroke(basis, line, 0.9 if basis == "succession" else 1.5, "undisclosed")], _WORDS_OF_BASIS[basis])
            )
    shared = len({link.source for link in layout.links}) < len(layout.links)
    if shared or any(link.kind != "succession" and sizes[link.target] > 1 for link in layout.links):
        ends = ((0.0, 5.0, 1.2), (5.5, 10.5, 2.6), (11.0, 16.0, 4.4))
        thicker: list[Shape] = [
            Stroke("weights", (("M", (left, -3.0)), ("L", (right, -3.0))), wide, "undisclosed")
            for left, right, wide in ends
        ]
        rows.append((thicker, "the thicker, the more hang on it"))
    if any(chip.parent for chip in layout.chips):
        rows.append(([Area("chip", 0, -8, 16, 10, 3), Words("small", 5.3, -0.3, "+", CHIP_SIZE)], "another parent"))
    if any(not chip.parent for chip in layout.chips):
        pill = Area("pill", 0, -8, 16, 10, 5, "undisclosed")
        rows.append(([pill, Words("small", 2.4, -0.3, "+9", CHIP_SIZE)], "so many hang on it, not drawn"))
    if rows:
        blocks.append(_block("Descent by", rows))
    rows = []
    if subject.focus.intersection(layout.boxes):
        ring = Area("ring", 0, -8, 16, 10, 3.5, line=1.4)
        rows.append(([ring], _clipped(subject.focus_said)))
    if subject.highlighted is not None:
        ring = Area("ring", 0, -8, 16, 10, 3.5, line=1.4)
        count = len(subject.highlighted.intersection(layout.boxes))
        label = f"{subject.highlight_key or subject.highlight_said}: {count} of {len(layout.boxes)}"
        rows.append(([ring, Diamond("gem", 1, -7, 3)], _clipped(label)))
    if subject.since and rail_x(layout, graph[subject.since].interval) is not None:
        said = f"{short_name(graph[subject.since])} is introduced"
        rows.append(([Stroke("since", (("M", (8.0, -9.0)), ("L", (8.0, 2.0))), 1.0)], _clipped(said)))
    if layout.rail:
        rows.append(([Diamond("gem", 8, -3, DIAMOND)], "a technique is introduced;"))
        rows.append(([], "so many models use it"))
    if rows:
        blocks.append(_block("Marked" if len(rows) > 2 or not layout.rail else "Techniques", rows))
    return blocks


def _clipped(text: str) -> str:
    return shortened(text, CHIP_SIZE, _LONGEST_KEY)


def _fullness(node: Node) -> str:
    """How full a box is drawn: as of ``open`` weights, as of ``restricted`` ones, or as of a service (``api``)."""
    weights = node.data.get("weights")
    return weights if weights in {"open", "restricted"} else "api"


def _block(heading: str, rows: Sequence[tuple[list[Shape], str]]) -> _Block:
    shapes: list[Shape] = [Words("label", 0, 8, heading, CHIP_SIZE)]
    for i, (key, label) in enumerate(rows):
        y = 8 + (i + 1) * _LINE
        shapes += [moved(shape, 0, y) for shape in key]
        shapes.append(Words("small", 21, y, label, CHIP_SIZE))
    width = max([text_width(heading, CHIP_SIZE), *(21 + text_width(label, CHIP_SIZE) for _, label in rows)])
    return width, 10 + len(rows) * _LINE, shapes


def _stacked(blocks: Sequence[_Block]) -> tuple[float, float]:
    """The width and height of the blocks one below the other, with space around them."""
    heights = sum(height for _, height, _ in blocks) + _LINE * 0.6 * (len(blocks) - 1)
    return max((width for width, _, _ in blocks), default=0.0) + 16, heights + 16


def _placed(
    blocks: Sequence[_Block], bottom: float, corner: tuple[float, float] | None, page_width: float
) -> tuple[list[Shape], float]:
    """The legend, in the empty corner or in columns below ``bottom``, and where the next thing may begin."""
    shapes: list[Shape] = []
    if corner:
        shapes.append(Area("panel", *corner, *_stacked(blocks), radius=5))
        y = corner[1] + 8
        for _, height, parts in blocks:
            shapes += [moved(part, corner[0] + 8, y) for part in parts]
            y += height + _LINE * 0.6
        return shapes, bottom
    columns: list[tuple[float, float, float]] = []  # left, right, and where the next block begins
    for width, height, parts in blocks:
        left = columns[-1][1] + _GUTTER if columns else MARGIN
        if not columns or left + width <= page_width - MARGIN:
            columns.append((left, left + width, bottom + 10))
        ends = [each[0] - _GUTTER for each in columns[1:]] + [page_width - MARGIN]
        wide = [i for i, each in enumerate(columns) if each[0] + width <= ends[i]]
        if not wide:  # below everything
            columns = [(MARGIN, MARGIN + width, max(each[2] for each in columns))]
            wide = [0]
        i = min(wide, key=lambda i: (columns[i][2], i))
        x, right, y = columns[i]
        shapes += [moved(part, x, y) for part in parts]
        columns[i] = (x, max(right, x + width), y + height + 8)
    return shapes, max((each[2] for each in columns), default=bottom + 10) - 8


def _corner(layout: Layout, width: float, height: float) -> tuple[float, float] | None:
    """The lowest place at the left, where the early years are empty, that holds so much."""
    taken = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in layout.boxes.values()]
    taken += [(chip.x, chip.y, chip.x + chip.width, chip.y + chip.height) for chip in layout.chips]
    taken += [(0, band.y, MARGIN + text_width(band.label, CHIP_SIZE), band.y + 12) for band in layout.bands]
    for link in layout.links:
        taken += [(min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in pairwise(link.points)]
    taken = [each for each in taken if each[0] < MARGIN + width + 5]
    y = layout.height - height - 5
    while layout.bands and y > layout.bands[0].y:
        hits = [above for _, above, _, below in taken if above < y + height + 4 and below > y - 4]
        if not hits:
            return MARGIN, round(y, 2)
        y = min(hits) - height - 5
    return None


def _caption(graph: LineageGraph, layout: Layout, subject: Subject) -> str:
    models = len(graph.nodes("model"))
    shown = len(layout.boxes)
    years = span_of_years(graph, layout.boxes)
    coverage = (
        f"All {count(models, 'model')} of the graph"
        if shown == models
        else f"{shown} of the {subject.asked or models} models asked for"
        if subject.said and subject.folded
        else f"{shown} of the {models} models of the graph"
    )
    said = f"{coverage}, {years}" + (f": {plain(subject.said)}." if subject.said else ".")
    parts = [said, _caption_of_folding(layout, subject, (subject.asked or models) - shown)]
    if subject.highlighted is not None:
        found = len(subject.highlighted.intersection(layout.boxes))
        parts.append(f"{found} of the {shown} models shown {subject.highlight_said}; they have a ring and a diamond.")
    if subject.said:
        parts.append("A box begins at its date.")
    else:
        parts.append("A box begins at its date; where only a month or a year is known, within it.")
    if len(layout.ticks) > 2:
        parts.append(
            "Years are to scale."
            if layout.scale == "linear"
            else "Years are not to scale: a year is wide where it has many models."
        )
    if subject.said and any(chip.parent for chip in layout.chips):
        parts.append("A model hangs on one parent; others are written beside it.")
    elif any(chip.parent for chip in layout.chips):
        parts.append(
            "A model hangs on one parent: by weights before outputs before architecture before succession, then the "
            "later one. Its other parents are written beside it; \u201cfrom\u201d names the one parent where a line has no "
            "free way."
        )
    if rail := layout.rail:
        most = (
            "" if len(rail.marks) == rail.total else ", those that most of these models use first, while there is room"
        )
        what = "technique" if rail.total == 1 else "techniques"
        if subject.said:
            most = ""
        parts.append(f"The strip shows {len(rail.marks)} of {rail.total} {what}{most}.")
    return " ".join(filter(None, parts))


def _caption_of_folding(layout: Layout, subject: Subject, missing: int) -> str:
    """What the pills say, and how many models no pill tells of."""
    pills = sum(int(chip.label[1:]) for chip in layout.chips if not chip.parent)
    told = "“+3” beside a box: 3 models that are not drawn hang on it." if pills else ""
    if not subject.folded:
        return told
    first = (
        f"For want of room {missing} {'is' if missing == 1 else 'are'} folded, those of which the fewest models came "
        "first, then those with the fewest documented links."
    )
    # Of a part of the graph the pills tell of models, too, that were not asked for.
    loose = 0 if subject.said else missing - pills
    rest = f"{loose} of the {missing} {'hangs' if loose == 1 else 'hang'} on none of those shown." if loose else ""
    return " ".join(filter(None, (first, told, rest)))


def _description(graph: LineageGraph, layout: Layout) -> str:
    counts = [
        f"{sum(band.y <= box.y < band.y + band.height for box in layout.boxes.values())} in the band “{band.label}”"
        for band in layout.bands
    ]
    return (
        f"A family tree of {count(len(layout.boxes), 'language model')}, {span_of_years(graph, layout.boxes)}, drawn "
        f"from left to right by date: {', '.join(counts)}. {count(len(layout.links), 'line')} of descent "
        f"{'is' if len(layout.links) == 1 else 'are'} drawn; {count(len(layout.chips), 'other parent')} "
        f"{'is' if len(layout.chips) == 1 else 'are'} written beside the models."
    )
