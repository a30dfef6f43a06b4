"""The rail: a strip of its own on which techniques stand at the date of their introduction, along the time of a layout.

Not every technique: those that most of the models in the picture use come first, as far as there is room. The strip
says how many of how many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from lineage.forest import AFTER, BAND_GAP, BAND_PADDING, CHIP_SIZE, HEADER, MARGIN, shortened, text_width
from lineage.graph import LineageGraph, Node
from lineage.layout import Layout, Mark, Rail
from lineage.vocabulary import DateInterval

__all__ = ["DIAMOND", "RAIL_ROW", "heading", "on_rail", "rail_x", "short_name"]

DIAMOND: Final = 3.6
"""From the middle of a diamond to its corners, in points."""
RAIL_ROW: Final = 12.5
"""From one row of the rail to the next."""
_TO_LABEL: Final = 3.0
"""Between a diamond and its name, and between the name and its number."""
_LONG: Final = 18
"""Instead of a name with more characters than these the shortest abbreviation is written."""
_WIDTH_EACH: Final = 32.0
_FEWEST: Final = 8
_MOST: Final = 48
_ROWS: Final = 6
"""The strip is not higher, unless it is told what to show."""
_LONGEST_LABEL: Final = 132.0


def on_rail(
    graph: LineageGraph, layout: Layout, *, only: Collection[str] | None = None, always: Collection[str] = ()
) -> Layout:
    """The layout with a rail under its years; everything else moves down.

    Args:
        graph: the graph.
        layout: a layout without a rail.
        only: the techniques to draw, all of them; without it the most used.
        always: techniques to draw in any case. What was introduced before the picture begins has no place in it.

    Returns:
        The same layout if no technique has a place on it.
    """
    chosen = _ranked(graph, layout, only, always)
    total = len(graph.nodes("technique"))
    most = len(chosen) if only is not None else max(_FEWEST, min(_MOST, int(layout.width / _WIDTH_EACH)))
    # The name of the strip stands in its first row.
    rows: list[list[tuple[float, float]]] = [[(0.0, MARGIN + text_width(heading(most, total + 1), CHIP_SIZE) + AFTER)]]
    placed: list[tuple[int, Mark]] = []
    for x, node, models in chosen:
        if len(placed) == most:
            break
        label = short_name(node)
        wide = text_width(label, CHIP_SIZE) + 2 * _TO_LABEL + text_width(str(models or ""), CHIP_SIZE)
        found = _place(rows, x, wide, layout.width - MARGIN / 2, None if only is not None else _ROWS)
        if found:
            row, turned = found
            label_x = x - DIAMOND - wide if turned else x + DIAMOND + _TO_LABEL
            y = HEADER + BAND_PADDING + RAIL_ROW * (row + 0.5) - 0.5
            placed.append((row, Mark(node.id, round(x, 2), round(y, 2), label, round(label_x, 2), models)))
    if not placed:
        return layout
    height = round(2 * BAND_PADDING + RAIL_ROW * (max(row for row, _ in placed) + 1) - 1, 2)
    marks = tuple(mark for _, mark in sorted(placed, key=lambda each: (each[1].x, each[1].id)))
    return replace(_lowered(layout, height + BAND_GAP), rail=Rail(HEADER, height, marks, total))


def _place(
    rows: list[list[tuple[float, float]]], x: float, wide: float, end: float, most: int | None
) -> tuple[int, bool] | None:
    """The first row that is free for a diamond and its name, right of it or else left of it; and it is taken."""
    for row in range(len(rows) + 1 if most is None else most):
        if row == len(rows):
            rows.append([])
        for turned in (False, True):
            left, right = x - DIAMOND - (wide if turned else 0.0), x + DIAMOND + (0.0 if turned else wide)
            inside = left >= MARGIN / 2 and right <= end
            if inside and all(right + AFTER <= start or stop + AFTER <= left for start, stop in rows[row]):
                rows[row].append((left, right))
                return row, turned
    return None


def heading(shown: int, total: int) -> str:
    """What is written at the beginning of the strip."""
    return "Techniques" if shown == total else f"Techniques ({shown} of {total})"


def rail_x(layout: Layout, interval: DateInterval) -> float | None:
    """Where the middle of the days of a date is on the time axis, or nothing where the axis does not reach."""
    starts = {tick.year: tick.x for tick in layout.ticks}
    ends = []
    for day, after in ((interval.start, 0), (interval.end, 1)):
        if day.year not in starts or day.year + 1 not in starts:
            return None
        first, last = day.replace(month=1, day=1).toordinal(), day.replace(month=12, day=31).toordinal()
        share = (day.toordinal() - first + after) / (last - first + 1)
        ends.append(starts[day.year] + (starts[day.year + 1] - starts[day.year]) * share)
    return sum(ends) / 2


def _ranked(
    graph: LineageGraph, layout: Layout, only: Collection[str] | None, always: Collection[str]
) -> list[tuple[float, Node, int]]:
    """The techniques that may be drawn, the most used here first: x, node, how many models of the graph use it."""
    found = []
    for node in graph.nodes("technique"):
        adopters = graph.adopters(node.id)
        here = sum(one in layout.boxes for one in adopters)
        x = rail_x(layout, node.interval)
        if x is not None and (node.id in always or (here > 0 if only is None else node.id in only)):
            rank = (node.id not in always, -here, -len(adopters), node.date, node.id)
            found.append((rank, (x, node, len(adopters))))
    return [each for _, each in sorted(found, key=lambda one: one[0])]


def short_name(node: Node) -> str:
    """The name, or the shortest abbreviation of a long one."""
    name = node.name
    if len(name) > _LONG:  # "RoPE" is a short name, "fixed attention" is not
        short = [alias for alias in node.aliases if sum(char.isupper() for char in alias) > 1]
        name = min((name, *short), key=lambda each: (len(each), each))
    return shortened(name, CHIP_SIZE, _LONGEST_LABEL) or node.id


def _lowered(layout: Layout, by: float) -> Layout:
    """The same layout, so much further down below its years."""

    def down(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
        return tuple((x, round(y + by, 2)) for x, y in points)

    return replace(
        layout,
        height=round(layout.height + by, 2),
        boxes={one: replace(box, y=round(box.y + by, 2)) for one, box in layout.boxes.items()},
        links=tuple(replace(link, points=down(link.points)) for link in layout.links),
        chips=tuple(replace(chip, y=round(chip.y + by, 2)) for chip in layout.chips),
        bands=tuple(replace(band, y=round(band.y + by, 2)) for band in layout.bands),
    )
