"""How good a family-tree figure is, read back from the SVG that was written: ``python benchmarks/figure_quality.py [FILE]``.

The figure that is measured is what a reader sees, not what the layout meant. Without FILE it is
``output/family-tree.svg``. The exit status is 1 if anything that must be zero is not.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from lineage.layout import text_width
from lineage.vocabulary import DateInterval

_SVG: Final = "{http://www.w3.org/2000/svg}"
_CELL: Final = 40.0
_STEP: Final = 8.02
"""No nearer than this a child stands to its parent, where there is room."""
_SLACK: Final = 0.05
"""Two decimals are written, so lengths below this are nothing."""


@dataclass(frozen=True)
class Quality:
    """What is measured; lengths in points."""

    models: int
    edges: int
    techniques: int
    """Diamonds on the rail."""
    pills: int
    """Numbers that stand for models that are not drawn."""
    label_overlaps: int
    """Pairs of names, chips or other texts that share ground."""
    names_too_wide: int
    """Names that are wider than their box."""
    crossings: int
    """Pairs of lines of descent that cross or touch where neither begins or ends a line of the same family."""
    edges_over_labels: int
    """Lines of descent that run over a name, a chip or a text that does not belong to them."""
    outside: int
    """Shapes that stand out of the page."""
    smallest_text: float
    """As it is printed: a figure that is fitted to a page has other units inside."""
    aspect: float
    """Width by height."""
    time_error: float
    """How far a model stands from the days of its date, at the most."""
    free_error: float
    """The same among techniques and those models that no parent presses to the right."""

    @property
    def faults(self) -> int:
        """The sum of everything that must be zero."""
        return self.label_overlaps + self.names_too_wide + self.crossings + self.edges_over_labels + self.outside


class _Rect(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    owners: frozenset[str]
    """The models that it belongs to: of a line its ends, of a box its model, of a chip its child."""
    group: int
    """Which mark of the picture it is a part of."""

    def over(self, other: _Rect, slack: float = _SLACK) -> bool:
        """Whether two rectangles share more than the slack."""
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )


def measure(svg_text: str) -> Quality:
    """The quality of a figure that :func:`lineage.views.figure.svg` wrote.

    Raises:
        xml.etree.ElementTree.ParseError: if the text is not XML.
    """
    root = ET.fromstring(svg_text)  # noqa: S314 - our own picture; expat knows no external entities
    _, _, page_width, page_height = map(float, (root.get("viewBox") or "0 0 0 0").split())
    labels: list[_Rect] = []
    lines: list[_Rect] = []
    shapes: list[_Rect] = []
    sizes: list[float] = []
    too_wide = 0
    starts: dict[int, float] = {}
    dated: list[tuple[str, float, str]] = []
    targets = set()
    parents: set[tuple[str, str]] = set()
    pills = techniques = 0
    linked = {id(each) for link in root.iter(f"{_SVG}a") for each in link.iter()}
    for group, link in enumerate(root.iter(f"{_SVG}a")):
        rect, text = link.find(f"{_SVG}rect"), link.find(f"{_SVG}text")
        sizes += [float(each.get("font-size", "0")) for each in link.iter(f"{_SVG}text")]
        if link.get("data-technique") is not None:
            technique, middle = _technique(link, group)
            labels.append(technique)
            shapes.append(technique)
            dated.append((link.get("data-date") or "", middle, ""))
            techniques += 1
        if rect is None or text is None:
            continue
        pills += link.get("data-folded") is not None
        parents.add((link.get("data-parent") or "", link.get("data-child") or ""))
        owner = frozenset({link.get("data-child") or link.get("data-id") or ""})
        box = _rect(rect, owner, group)
        labels.append(box)
        shapes.append(box)
        written = _text(text, owner, group)
        too_wide += written.left < box.left - _SLACK or written.right > box.right + _SLACK
        if date := link.get("data-date"):
            dated.append((date, box.left, link.get("data-id") or ""))
    for group, text in enumerate((each for each in root.iter(f"{_SVG}text") if id(each) not in linked), -(10**6)):
        labels.append(_text(text, frozenset(), group))
        shapes.append(labels[-1])
        sizes.append(float(text.get("font-size", "0")))
    for group, path in enumerate(root.iter(f"{_SVG}path"), 10**6):
        if id(path) in linked:
            continue
        parts = list(_segments(path.get("d", "")))
        if (year := path.get("data-year")) and parts:
            starts[int(year)] = parts[0][0]
        source, target = path.get("data-source"), path.get("data-target")
        owners = frozenset(one for one in (source, target) if one)
        targets |= {(source, target)} if target else set()
        rects = [_Rect(min(a, c), min(b, d), max(a, c), max(b, d), owners, group) for a, b, c, d in parts]
        shapes += rects
        lines += rects if source else []
    for rect in root.iter(f"{_SVG}rect"):
        if id(rect) not in linked:
            shapes.append(_rect(rect, frozenset(), 0))
    scale = float((root.get("width") or "").removesuffix("pt") or page_width) / (page_width or 1.0)
    errors = {(name, x): _error(date, x, starts) for date, x, name in dated}
    places = {name: x for _, x, name in dated if name}
    # A child stands a step right of its parent, even where the dates leave no room.
    pressed = {
        child
        for parent, child in {*parents, *((source or "", target or "") for source, target in targets)}
        if parent in places and child in places and places[child] - places[parent] <= _STEP
    }
    return Quality(
        models=len({link.get("data-id") for link in root.iter(f"{_SVG}a") if link.get("data-id")}),
        edges=len(targets),
        techniques=techniques,
        pills=pills,
        label_overlaps=sum(one.over(other) for one, other in _near(labels)),
        names_too_wide=too_wide,
        crossings=_crossings(root, lines),
        edges_over_labels=len({(one.group, two.group) for one, two in _near(lines, labels) if _runs_over(one, two)}),
        outside=sum(
            each.left < -_SLACK
            or each.top < -_SLACK
            or each.right > page_width + _SLACK
            or each.bottom > page_height + _SLACK
            for each in shapes
        ),
        smallest_text=round(min(sizes, default=0.0) * scale, 3),
        aspect=round(page_width / (page_height or 1.0), 3),
        time_error=round(max(errors.values(), default=0.0), 2),
        free_error=round(max((each for (name, _), each in errors.items() if name not in pressed), default=0.0), 2),
    )


def _rect(element: ET.Element, owners: frozenset[str], group: int) -> _Rect:
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return _Rect(x, y, x + width, y + height, owners, group)


def _text(element: ET.Element, owners: frozenset[str], group: int) -> _Rect:
    """The ground of a text: as wide as its letters, from the top of a capital to a little below the line."""
    x, y, size = (float(element.get(name, "0")) for name in ("x", "y", "font-size"))
    # Not every reader of SVG fits a text into the length that is asked for.
    width = max(float(element.get("textLength", "0")), text_width("".join(element.itertext()), size))
    return _Rect(x, y - 0.73 * size, x + width, y + 0.2 * size, owners, group)


def _technique(link: ET.Element, group: int) -> tuple[_Rect, float]:
    """The ground of a diamond with its name and number, and the middle of the diamond."""
    rects = [_text(each, frozenset(), group) for each in link.iter(f"{_SVG}text")]
    diamond = [part for path in link.iter(f"{_SVG}path") for part in _segments(path.get("d", ""))]
    xs, ys = [x for part in diamond for x in (part[0], part[2])], [y for part in diamond for y in (part[1], part[3])]
    rects.append(_Rect(min(xs), min(ys), max(xs), max(ys), frozenset(), group))
    whole = _Rect(
        min(each.left for each in rects),
        min(each.top for each in rects),
        max(each.right for each in rects),
        max(each.bottom for each in rects),
        frozenset(),
        group,
    )
    return whole, (min(xs) + max(xs)) / 2


def _segments(path: str) -> Iterator[tuple[float, float, float, float]]:
    """The straight parts of a path of M, L, Q and Z; a curve counts as the chord between its ends."""
    here = first = (0.0, 0.0)
    for command, values in re.findall(r"([MLQZ])([^MLQZ]*)", path):
        numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", values)]
        there = (numbers[-2], numbers[-1]) if numbers else first
        if command == "M":
            first = there
        elif there != here:
            yield (*here, *there)
        here = there


def _near(some: Sequence[_Rect], others: Sequence[_Rect] | None = None) -> Iterator[tuple[_Rect, _Rect]]:
    """Every pair once whose rectangles reach into the same cell of a grid; of two lists, one from each."""
    grid: dict[tuple[int, int], list[int]] = {}
    against = some if others is None else others
    for i, each in enumerate(against):
        for cell in _cells(each):
            grid.setdefault(cell, []).append(i)
    for i, each in enumerate(some):
        candidates = {j for cell in _cells(each) for j in grid.get(cell, ())}
        yield from ((each, against[j]) for j in sorted(candidates) if others is not None or j > i)


def _cells(each: _Rect) -> Iterator[tuple[int, int]]:
    for column in range(int(each.left // _CELL), int(each.right // _CELL) + 1):
        for row in range(int(each.top // _CELL), int(each.bottom // _CELL) + 1):
            yield column, row


def _crossings(root: ET.Element, lines: Sequence[_Rect]) -> int:
    families = {group: path.get("data-source") for group, path in enumerate(root.iter(f"{_SVG}path"), 10**6)}
    found = set()
    for one, other in _near(lines):
        if one.group == other.group:
            continue
        kin = families[one.group] == families[other.group]
        # Lines of one family meet where they part; they must not pass through each other or run on each other.
        touching = (
            one.left <= other.right and other.left <= one.right and one.top <= other.bottom and other.top <= one.bottom
        )
        if touching and not (kin and _meet_at_ends(one, other)):
            found.add((one.group, other.group))
    return len(found)


def _meet_at_ends(one: _Rect, other: _Rect) -> bool:
    """Whether what two segments share is an end of both."""
    shared = {(one.left, one.top), (one.right, one.bottom)} & {(other.left, other.top), (other.right, other.bottom)}
    long = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return bool(shared) and max(long, high) <= _SLACK


def _runs_over(line: _Rect, label: _Rect) -> bool:
    if line.owners & label.owners:
        return False
    inner = label._replace(
        left=label.left + _SLACK, top=label.top + _SLACK, right=label.right - _SLACK, bottom=label.bottom - _SLACK
    )
    return (
        line.left < inner.right and inner.left < line.right + _SLACK / 2
        and line.top < inner.bottom and inner.top < line.bottom + _SLACK / 2
    )  # fmt: skip


def _error(date: str, x: float, starts: dict[int, float]) -> float:
    interval = DateInterval.of(date)
    left, right = (_x(day, after, starts) for day, after in ((interval.start, 0), (interval.end, 1)))
    return max(0.0, left - x, x - right)


def _x(day: dt.date, after: int, starts: dict[int, float]) -> float:
    if day.year not in starts or day.year + 1 not in starts:
        return float("inf")
    first, length = dt.date(day.year, 1, 1).toordinal(), dt.date(day.year, 12, 31).timetuple().tm_yday
    share = (day.toordinal() - first + after) / length
    return starts[day.year] + (starts[day.year + 1] - starts[day.year]) * share


def main(arguments: Iterable[str]) -> int:
    """Measure a file and print what was found."""
    name = next(iter(arguments), "output/family-tree.svg")
    quality = measure(Path(name).read_text(encoding="utf-8"))
    for key, value in asdict(quality).items():
        print(f"{key.replace('_', ' '):<18} {value}")
    return int(quality.faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
