"""What the family-tree figure shows: ground and years, lines of descent, models, legend and caption, as plain shapes.

:mod:`lineage.views.figure` writes them as SVG or PDF, so both show the same.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Final
from urllib.parse import quote

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
    text_width,
)
from lineage.views.shapes import Area, Linked, Picture, Point, Shape, Step, Stroke, Words, moved
from lineage.vocabulary import BASES, Basis

CAP_HEIGHT: Final = 0.7275
"""Of the bundled font, in em."""
TITLE: Final = "Family tree of language models"
_TITLE_SIZE: Final = 15.0
_LINE: Final = 11.5
_TALL: Final = 500.0
"""Lanes that are higher have the years at their foot, too."""
_NARROWEST: Final = 0.53
_WIDEST: Final = 1.65
"""Width by height of the page."""
_WORDS_OF_BASIS: Final[Mapping[Basis, str]] = {
    "weights": "weights",
    "outputs": "outputs (distilled)",
    "architecture": "architecture",
    "succession": "succession, same maker",
}


def picture(graph: LineageGraph, layout: Layout) -> Picture:
    """The figure of a layout: title, lanes, legend and caption, neither a ribbon nor a tower."""
    top = MARGIN + _TITLE_SIZE + 6
    blocks = _legend(graph, layout)
    corner = _corner(layout, *_stacked(blocks))
    width = max(layout.width, 300.0, (layout.height + top + (60 if corner else 220)) * _NARROWEST)
    bottom = layout.height + (_LINE if layout.height > _TALL else 0)
    legend, bottom = _placed(blocks, bottom, corner, width)
    lines = _wrapped(_caption(graph, layout), CHIP_SIZE, width - 2 * MARGIN)
    caption = [Words("small", MARGIN, bottom + 15 + i * _LINE, line, CHIP_SIZE) for i, line in enumerate(lines)]
    height = max(top + bottom + 12 + len(lines) * _LINE + MARGIN, width / _WIDEST)
    lanes = (*_grounds(layout, width), *_edges(graph, layout), *_models(graph, layout), *legend, *caption)
    return Picture(
        round(width, 2),
        round(height, 2),
        TITLE,
        _description(graph, layout),
        (
            Area("page", 0, 0, round(width, 2), round(height, 2)),
            Words("title", MARGIN, MARGIN + _TITLE_SIZE * 0.8, TITLE, _TITLE_SIZE),
            *(moved(shape, 0, top) for shape in lanes),
        ),
    )


def plain(text: str) -> str:
    """A text in one line, without characters that cannot be seen or that turn the direction of writing."""
    return "".join(
        char for char in " ".join(text.split()) if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Co"}
    )


def colour(node: Node) -> BandKey:
    """The band whose colour a model has: that of its own architecture."""
    return BAND_OF_ARCHITECTURE[node.data.get("architecture", "undisclosed")]


# -- parts -----------------------------------------------------------------------------------------------------------


def _grounds(layout: Layout, width: float) -> Iterator[Shape]:
    for band in layout.bands:
        yield Area("ground", 0, band.y, round(width, 2), band.height, band=band.key)
    shown = -math.inf
    for tick in layout.ticks:
        yield Stroke("rule", (("M", (tick.x, 12)), ("L", (tick.x, layout.height))), 0.6, year=tick.year)
        wide = text_width(str(tick.year), CHIP_SIZE)
        if tick.x >= shown and tick.x + wide <= width:  # narrow years share a number
            for y in (8.0, layout.height + 9) if layout.height > _TALL else (8.0,):
                yield Words("year", tick.x, round(y, 2), str(tick.year), CHIP_SIZE)
            shown = tick.x + wide + 3
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


def _models(graph: LineageGraph, layout: Layout) -> Iterator[Linked]:
    for one in sorted(layout.boxes):
        node, box = graph[one], layout.boxes[one]
        middle = box.y + box.height / 2
        words = Words(
            "name", box.x + 5, _base(middle, FONT_SIZE), box.label, FONT_SIZE, text_width(box.label, FONT_SIZE)
        )
        shapes: tuple[Area | Words, ...] = (*_box(node, box), words)
        yield Linked(one, _address(one), _told(node), node.date, colour(node), shapes)
    for chip in layout.chips:
        area = Area("chip", chip.x, chip.y + 1, chip.width, chip.height - 2, 3)
        base = _base(chip.y + chip.height / 2, CHIP_SIZE)
        words = Words("small", chip.x + CHIP_PADDING, base, chip.label, CHIP_SIZE, chip.width - 2 * CHIP_PADDING)
        title = f"{plain(graph[chip.id].name)} also comes from {plain(graph[chip.parent].name)}"
        yield Linked(chip.parent, _address(chip.parent), title, "", colour(graph[chip.parent]), (area, words), chip.id)


def _box(node: Node, box: Box) -> Iterator[Area]:
    """Full where the weights are open, half where they are restricted, hollow where they cannot be had."""
    band, weights = colour(node), node.data.get("weights")
    size = (box.x, box.y, box.width, box.height)
    yield Area("open" if weights == "open" else "hollow", *size, radius=3.5, band=band)
    if weights == "restricted":
        yield Area(
            "half", box.x + 0.5, box.y + box.height / 2, box.width - 1, box.height / 2 - 0.5, 3, band=band, lower=True
        )


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


def _legend(graph: LineageGraph, layout: Layout) -> list[_Block]:
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
    for weights, label in (("open", "open"), ("restricted", "restricted"), ("api", "a service, or unreleased")):
        node = Node("", "model", "", "2000", {"weights": weights})
        rows.append((list(_box(node, Box("", 0, -7, 16, 9, ""))), label))
    blocks.append(_block("Weights", rows))
    kinds = {link.kind for link in layout.links}
    rows = []
    for basis in BASES:
        if basis in kinds:
            line = (("M", (0.0, -3.0)), ("L", (16.0, -3.0)))
            rows.append(
                ([Stroke(basis, line, 0.9 if basis == "succession" else 1.5, "undisclosed")], _WORDS_OF_BASIS[basis])
            )
    if layout.chips:
        rows.append(([Area("chip", 0, -8, 16, 10, 3), Words("small", 5.3, -0.3, "+", CHIP_SIZE)], "another parent"))
    if rows:
        blocks.append(_block("Descent by", rows))
    return blocks


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
    return max(width for width, _, _ in blocks) + 16, heights + 16


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
    x, y, tallest = MARGIN, bottom + 10, 0.0
    for width, height, parts in blocks:
        if x > MARGIN and x + width > page_width - MARGIN:
            x, y, tallest = MARGIN, y + tallest + 8, 0.0
        shapes += [moved(part, x, y) for part in parts]
        x, tallest = x + width + 26, max(tallest, height)
    return shapes, y + tallest


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


def _caption(graph: LineageGraph, layout: Layout) -> str:
    models = len(graph.nodes("model"))
    shown = len(layout.boxes)
    years = _years(graph, layout.boxes)
    count = f"All {models} models of the graph" if shown == models else f"{shown} of the {models} models of the graph"
    return (
        f"{count}, {years}. A box begins at its date; where only a month or a year is known, within it. Years are not "
        "to scale: a year is wide where it has many models. A model hangs on one parent: by weights before outputs "
        "before architecture before succession, then the later one. Its other parents are written beside it."
    )


def _description(graph: LineageGraph, layout: Layout) -> str:
    counts = [
        f"{sum(band.y <= box.y < band.y + band.height for box in layout.boxes.values())} in the band “{band.label}”"
        for band in layout.bands
    ]
    return (
        f"A family tree of {len(layout.boxes)} language models, {_years(graph, layout.boxes)}, drawn from left to right "
        f"by date: {', '.join(counts)}. {len(layout.links)} lines of descent are drawn; {len(layout.chips)} other "
        "parents are written beside the models."
    )


def _years(graph: LineageGraph, ids: Iterable[str]) -> str:
    years = sorted({graph[one].year for one in ids})
    if not years:
        return "no year"
    return str(years[0]) if len(years) == 1 else f"{years[0]}\N{EN DASH}{years[-1]}"


def _wrapped(text: str, size: float, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
