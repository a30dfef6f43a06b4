"""Coordinates of a family tree over time: every model a box at its date, in a lane beside its layout parent.

x is the date. A model hangs on its layout parent (:meth:`LineageGraph.layout_parent`) by an orthogonal line; other
parents are chips beside its box. No labels overlap and no lines cross: :mod:`lineage.packing` makes it so. Where a
child is of another architecture than its parent, the line runs from band to band; it is drawn where it has a free
way, else the child carries a chip that names the parent.

Nothing here draws, and nothing depends on a machine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from lineage.forest import (
    AFTER,
    BAND_GAP,
    BAND_LABELS,
    BAND_OF_ARCHITECTURE,
    BAND_PADDING,
    BOX_HEIGHT,
    CHIP_GAP,
    CHIP_PADDING,
    CHIP_SIZE,
    FONT_SIZE,
    HEADER,
    MARGIN,
    ROW,
    TIE,
    BandKey,
    Scale,
    Time,
    Tree,
    shortened,
    text_width,
)
from lineage.graph import Edge, LineageGraph
from lineage.packing import Packer
from lineage.vocabulary import Basis, DateInterval

__all__ = [
    "BAND_LABELS",
    "BAND_OF_ARCHITECTURE",
    "BOX_HEIGHT",
    "CHIP_PADDING",
    "CHIP_SIZE",
    "FONT_SIZE",
    "HEADER",
    "MARGIN",
    "TIE",
    "Band",
    "BandKey",
    "Box",
    "Chip",
    "Layout",
    "Link",
    "Mark",
    "Rail",
    "Scale",
    "Tick",
    "lanes",
    "shortened",
    "text_width",
]

_TARGET_ASPECT: Final = 0.68
"""Width by height of the lanes alone; a legend and a caption come below."""
_SMALL_ASPECT: Final = 1.6
_NEAR: Final = 0.25
"""A form that is so near the wanted one, as a logarithm, will do for many models."""
_WIDER: Final = 1.17
_TIME_WIDTHS: Final = tuple(round(320 * _WIDER**step) for step in range(26))
"""How wide time may be drawn, in points: each so much wider than the one before."""
_LARGE: Final = 250
"""With more models than this the first good form will do."""
_GREAT: Final = 100
"""Then lines from band to band lead only to models of which one in so many came."""
_FEW: Final = 40
"""A picture of fewer models may be wider than high: it stands in a column of text."""
_STEEPNESS: Final = 1.2
"""Of the form over the width of time, both as logarithms: twice as wide is not quite half as high."""


@dataclass(frozen=True, slots=True)
class Box:
    """A model: a box with its name inside. All lengths in points, y down."""

    id: str
    x: float
    """The left edge: the plotted date, anywhere in the days that the date may stand for, or up to 10 pt after."""
    y: float
    """The top edge."""
    width: float
    height: float
    label: str
    """The name, shortened with an ellipsis where it is very long."""


@dataclass(frozen=True, slots=True)
class Link:
    """The edge by which a model hangs in the tree, as an orthogonal line from its parent's box to its own."""

    source: str
    target: str
    kind: Basis
    """What was passed on: it decides the dashes."""
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """Another parent of a model, written beside its box ("+ Llama 2") because a line to it would cross others."""

    id: str
    """The child."""
    parent: str
    """Empty where the chip is a pill: "+12" beside a model with so many descendants that are not drawn."""
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Band:
    """The ground of one architecture, as wide as the picture."""

    key: BandKey
    label: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """The first of January of a year."""

    year: int
    x: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A technique on the rail: a diamond at the date of its introduction, and its name beside it."""

    id: str
    x: float
    """The middle of the diamond: within the days of the date."""
    y: float
    """The middle of the diamond."""
    label: str
    label_x: float
    """Where the name begins, right of the diamond or, at the end of time, left of it."""
    models: int
    """How many models of the graph are known to use it."""


@dataclass(frozen=True, slots=True)
class Rail:
    """The strip of the techniques, along the same time axis."""

    y: float
    height: float
    marks: tuple[Mark, ...]
    total: int
    """How many techniques the graph has."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A family tree laid out. All lengths in points, y down, the origin at the top left."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    links: tuple[Link, ...]
    chips: tuple[Chip, ...]
    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    scale: Scale = "density"
    rail: Rail | None = None


def lanes(
    graph: LineageGraph,
    ids: Iterable[str] | None = None,
    *,
    scale: Scale = "density",
    aspect: float | None = None,
    reach: Iterable[str] = (),
    dense: float = 1.0,
) -> Layout:
    """Lay out all models of a graph, or these.

    Args:
        graph: the graph; papers and techniques are not drawn.
        ids: the models to draw. A parent that is not among them is a chip, and what hangs below them a pill.
        scale: how wide the years are.
        aspect: width by height of the lanes, about. Without it that of a page, or wider for a small tree.
        reach: nodes to whose dates the time axis must reach, such as a technique that is older than the models.
        dense: how many times narrower the years are than they would be.

    Raises:
        UnknownNodeError: if an id is not in the graph.
    """
    tree = Tree(graph, ids)
    if aspect is None:
        aspect = _TARGET_ASPECT if len(tree.order) >= _FEW else _SMALL_ASPECT
    intervals = list(tree.intervals.values())
    further = [graph[one].interval for one in reach]
    across = {one for one in tree.order if tree.across(one)}
    large = len(tree.order) > _LARGE
    if large:  # most lines from band to band would cross something; only the great limbs are tried
        sizes = tree.sizes()
        across = {one for one in across if sizes[one] * _GREAT >= len(tree.order)}
    step = _first_guess(tree, intervals, scale, aspect)
    seen: dict[int, tuple[float, _Draft]] = {}
    while step not in seen and len(seen) < (2 if large else 6):
        draft = _Draft(tree, Time(intervals, _TIME_WIDTHS[step] / dense, scale, further), across)
        form = math.log(draft.layout.width / draft.layout.height / aspect)
        seen[step] = form, draft
        if large and abs(form) < _NEAR:
            break
        step = _within(step - round(form / _STEEPNESS / math.log(_WIDER)))
    step = min(seen, key=lambda step: (abs(seen[step][0]), step))
    found = _arranged(tree, seen[step][1])
    # The search did not wait for lines that become chips; so a little less time may do.
    for shorter in range(step - 1, max(-1, step - 4), -1):
        if large or found.width < found.height * aspect:
            break
        found = _arranged(tree, _Draft(tree, Time(intervals, _TIME_WIDTHS[shorter] / dense, scale, further), across))
    return replace(found, scale=scale)


class _Draft:
    """The layout for one width of time and one choice of lines from band to band; some of them may be ``lost``."""

    def __init__(self, tree: Tree, time: Time, hung: set[str]) -> None:
        self.time = time
        packer = Packer(tree, time, hung)
        self.layout, crossing = _drawn(tree, time, packer)
        self.lost = sorted(crossing | (hung - packer.hung), key=lambda one: (packer.size[one], one))
        """The children whose lines cross something, those with the fewest descendants first."""
        self.hung = hung


def _within(step: int) -> int:
    return max(0, min(step, len(_TIME_WIDTHS) - 1))


def _first_guess(tree: Tree, intervals: Sequence[DateInterval], scale: Scale, aspect: float) -> int:
    """The width of time at which the picture is likely to have the wanted form."""
    count = max(1, len(tree.order))
    # Boxes cover a quarter of a small picture and ever less of a larger one.
    ground = sum(tree.widths.values()) * ROW * 4 * max(1.0, count / 60) ** 0.45 + 1
    if scale == "linear":  # the fullest year decides
        years = Counter(interval.start.year for interval in intervals)
        ground *= max(years.values(), default=0) * (max(years, default=0) - min(years, default=0) + 1) / count
    return _within(round(math.log(math.sqrt(ground * aspect) / _TIME_WIDTHS[0]) / math.log(_WIDER)))


def _arranged(tree: Tree, draft: _Draft) -> Layout:
    """The layout for one width of time: lines from band to band that cross something become chips."""
    last = 6 if len(tree.order) <= _LARGE else 2
    for attempt in range(last):
        if not draft.lost:
            break
        # The smallest go first: that may make room for the others.
        few = len(draft.lost) // 2 + 1 if attempt < last - 2 else len(draft.lost)
        hung = draft.hung.difference(draft.lost[:few])
        # A layout without lines between bands has nothing that could cross.
        draft = _Draft(tree, draft.time, set() if attempt == last - 1 else hung)
    return draft.layout


def _drawn(tree: Tree, time: Time, packer: Packer) -> tuple[Layout, set[str]]:
    """The coordinates of everything, and the children whose lines from other bands cross something."""
    bands: list[Band] = []
    tops: list[float] = []
    y = HEADER
    for key, (count, free) in packer.extent.items():
        strip = 0.0 if free else CHIP_SIZE + 2
        tops += [y + BAND_PADDING + strip + i * ROW for i in range(count)]
        bands.append(Band(key, BAND_LABELS[key], y, 2 * BAND_PADDING + strip + count * ROW - (ROW - BOX_HEIGHT)))
        y += bands[-1].height + BAND_GAP
    boxes: dict[str, Box] = {}
    chips: list[Chip] = []
    for one in sorted(tree.order):
        x, top = round(packer.x[one], 2), tops[packer.row[one]]
        boxes[one] = Box(one, x, top, tree.widths[one], BOX_HEIGHT, tree.labels[one])
        right = x + tree.widths[one]
        for parent, label in packer.chips[one]:
            width = text_width(label, CHIP_SIZE) + 2 * CHIP_PADDING
            chips.append(Chip(one, parent, label, round(right + CHIP_GAP, 2), top, round(width, 2), BOX_HEIGHT))
            right += CHIP_GAP + width
    drawn = {one for one in tree.order if one in packer.hung or not tree.across(one)}
    links = {one: _link(edge, packer, tops) for one, edge in tree.edge.items() if edge and one in drawn}
    crossing = _crossing(packer, boxes, links, bands, packer.hung)
    shown = tuple(link for one, link in sorted(links.items()) if one not in crossing)
    width = max([time.starts[-1], *(packer.right[one] - AFTER for one in boxes)]) + MARGIN
    height = y - BAND_GAP
    return Layout(
        round(width, 2),
        round(height, 2),
        boxes,
        shown,
        tuple(chips),
        tuple(bands),
        tuple(Tick(*tick) for tick in time.ticks(width)),
    ), crossing


def _link(edge: Edge, packer: Packer, tops: Sequence[float]) -> Link:
    """From the parent's box, along its lane, up or down, to the child's box; perhaps along a limb on the way."""

    def middle(one: str) -> float:
        return tops[packer.row[one]] + BOX_HEIGHT / 2

    parent, child = edge.source, edge.target
    turns = [(packer.bus[one], middle(one)) for one in (packer.limb_of.get(child), child) if one]
    start, end = middle(parent), middle(child)
    edge_of_box = packer.right[parent] - AFTER
    points = [(edge_of_box, start)]
    if turns[0][0] <= edge_of_box and turns[0][1] != start:  # it leaves the box upwards or downwards
        points = [(turns[0][0], start + math.copysign(BOX_HEIGHT / 2, turns[0][1] - start))]
    for bus, y in turns:
        points += [(bus, points[-1][1]), (bus, y)]
    points.append((packer.x[child], end))
    assert edge.basis is not None  # noqa: S101 - every lineage edge between models has one
    return Link(parent, child, edge.basis, _without_detours(points))


def _without_detours(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The same line without points that it passes straight through."""
    kept: list[tuple[float, float]] = []
    for x, y in points:
        here = (round(x, 2), round(y, 2))
        while len(kept) > 1 and (kept[-2][0] == kept[-1][0] == here[0] or kept[-2][1] == kept[-1][1] == here[1]):
            kept.pop()
        if not kept or kept[-1] != here:
            kept.append(here)
    return tuple(kept)


def _crossing(
    packer: Packer,
    boxes: Mapping[str, Box],
    links: Mapping[str, Link],
    bands: Iterable[Band],
    across: set[str],
) -> set[str]:
    """The lines from band to band that touch what is not theirs; the larger subtree keeps its line."""
    names = [(MARGIN, band.y, MARGIN + text_width(band.label, CHIP_SIZE), band.y + CHIP_SIZE + 2) for band in bands]
    taken: list[tuple[str, float, float, float, float]] = [("", *name) for name in names]
    taken += [(one, box.x, box.y, packer.right[one] - AFTER, box.y + box.height) for one, box in boxes.items()]
    taken += [(links[one].source, *part) for one in sorted(links) if one not in across for part in _parts(links[one])]
    crossing = set()
    for one in sorted(across, key=lambda child: (-packer.size[child], child)):
        link = links[one]
        own = list(_parts(link))
        if any(_touch(part, other) for owner, *other in taken if owner not in (one, link.source) for part in own):
            crossing.add(one)
        else:
            taken += [(link.source, *part) for part in own]
    return crossing


def _parts(link: Link) -> Iterator[tuple[float, float, float, float]]:
    for (x1, y1), (x2, y2) in pairwise(link.points):
        yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _touch(one: Sequence[float], other: Sequence[float], apart: float = 1.0) -> bool:
    """Whether two rectangles (left, top, right, bottom) are nearer than this."""
    return (
        one[0] < other[2] + apart
        and other[0] < one[2] + apart
        and one[1] < other[3] + apart
        and other[1] < one[3] + apart
    )
