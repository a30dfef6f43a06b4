"""How good a hero tree is, read back from the SVG that was written: ``python benchmarks/tree_quality.py FILE``.

What is measured is what a reader sees: the curves are flattened, the outlines of limbs are polygons, and everything is
compared with everything else, whatever the layout meant. The exit status is 1 if anything that must be zero is not.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import colour_quality

from lineage.forest import text_width
from lineage.vocabulary import DateInterval

_SVG: Final = "{http://www.w3.org/2000/svg}"
_CELL: Final = 24.0
_JOIN: Final = 30.0
"""How near to where a line begins it may touch its neighbours, beyond the edge of the limb it grows from."""

Point = tuple[float, float]
Rect = tuple[float, float, float, float]
Segment = tuple[float, float, float, float]


@dataclass(frozen=True)
class TreeQuality:
    """What is measured; lengths in CSS pixels in a column of 680, if not said otherwise."""

    models: int
    label_overlaps: int
    """Pairs of boxes or other texts that share ground."""
    names_too_wide: int
    """Texts that are wider than their box."""
    branches_over_labels: int
    """Limbs and twigs that run over a box or a text that is not theirs."""
    crossings: int
    """Pairs of limbs or twigs whose outlines meet away from where one grows out of the other or both out of a third."""
    outside: int
    """Shapes that stand out of the page."""
    false_ancestors: int
    """Boxes below which, on the lines that they hang on, the next box is of a model that they did not come from."""
    other_parents: int
    """Boxes of which that next box is not the parent. In a small tree there must be none; in the hero a limb may pass it."""
    smallest_text: float
    aspect: float
    time_error_months: float
    """How far the middle of a box is from the days of its date, at the most, in months by the drawn axis."""
    mark_contrast: float
    """The least of any limb, outline or twig on the page, in light and dark."""
    text_contrast: float
    """The least of any text on any fill under it, in light and dark."""
    colour_distance: float
    """The least CIEDE2000 of the marks of two architectures, in normal vision and three kinds of colour blindness."""

    @property
    def faults(self) -> int:
        """The sum of everything that must be zero."""
        return (
            self.label_overlaps
            + self.names_too_wide
            + self.branches_over_labels
            + self.crossings
            + self.outside
            + self.false_ancestors
        )


@dataclass(frozen=True)
class _Line:
    key: str
    parent: str
    segments: tuple[Segment, ...]
    polygon: tuple[Point, ...]
    """Of a limb its outline; empty for a twig."""
    start: Point
    half: float
    end: Point
    """The middle of where it ends."""


def measure(svg_text: str) -> TreeQuality:
    """The quality of a tree that :func:`lineage.views.tree.svg` wrote.

    Raises:
        xml.etree.ElementTree.ParseError: if the text is not XML.
    """
    root = ET.fromstring(svg_text)  # noqa: S314 - our own picture; expat knows no external entities
    _, _, page_width, page_height = map(float, (root.get("viewBox") or "0 0 0 0").split())
    scale = 680 / page_width
    boxes: dict[str, Rect] = {}
    dates: dict[str, str] = {}
    parents: dict[str, str] = {}
    labels: list[tuple[str, Rect]] = []
    sizes: list[float] = []
    wide = 0
    in_box = set()
    for link in root.iter(f"{_SVG}a"):
        one = link.get("data-id") or ""
        in_box |= {id(each) for each in link.iter()}
        rect = next(each for each in link.iter(f"{_SVG}rect") if "halo" not in (each.get("class") or ""))
        boxes[one] = _rect(rect)
        dates[one] = link.get("data-date") or ""
        parents[one] = link.get("data-parent") or ""
        for text in link.iter(f"{_SVG}text"):
            ground = _text(text)
            wide += ground[0] < boxes[one][0] - 0.1 or ground[2] > boxes[one][2] + 0.1
            sizes.append(float(text.get("font-size", "0")))
        labels.append((one, boxes[one]))
    for text in root.iter(f"{_SVG}text"):
        if id(text) not in in_box:
            labels.append(("", _text(text)))
            sizes.append(float(text.get("font-size", "0")))
    lines = list(_lines(root))
    keys = {line.key: line for line in lines}
    on_limb = {one: _owner(boxes[one], lines) for one in boxes if f"twig:{one}" not in keys}
    hung = {one: keys[f"twig:{one}"].parent if f"twig:{one}" in keys else on_limb[one] for one in boxes}
    sources: dict[str, str] = {}
    for line in sorted(
        lines, key=lambda line: (not line.polygon, -line.start[1], line.key)
    ):  # a limb before its branches
        sources[line.key] = _source(line, boxes, hung, sources)
    read = {one: _read(one, boxes, keys, on_limb, sources) for one in boxes}
    years = _years(root)
    outside = sum(x1 < 0 or y1 < 0 or x2 > page_width or y2 > page_height for _, (x1, y1, x2, y2) in labels) + sum(
        min(s[0], s[2]) < 0 or min(s[1], s[3]) < 0 or max(s[0], s[2]) > page_width or max(s[1], s[3]) > page_height
        for line in lines
        for s in line.segments
    )
    colours = colour_quality.measure(svg_text).values()
    return TreeQuality(
        models=len(boxes),
        label_overlaps=sum(_share(a, b) for (_, a), (_, b) in combinations(labels, 2)),
        names_too_wide=wide,
        branches_over_labels=sum(
            _runs_over(line, ground)
            for line in lines
            for one, ground in labels
            if one != line.key.removeprefix("twig:")
            and on_limb.get(one) != line.key
            and (not one or sources[line.key] != one)
        ),
        crossings=sum(
            _cross(a, b, keys, [boxes[sources[line.key]] for line in (a, b) if sources[line.key]])
            for a, b in combinations(lines, 2)
        ),
        outside=outside,
        false_ancestors=sum(bool(read[one]) and read[one] not in _chain(one, parents) for one in boxes),
        other_parents=sum(read[one] != parents[one] and not _on_trunk(parents[one], read[one], keys) for one in boxes),
        smallest_text=round(min(sizes, default=0) * scale, 2),
        aspect=round(page_width / page_height, 3),
        time_error_months=round(
            max((_late(dates[one], (box[1] + box[3]) / 2, years) for one, box in boxes.items()), default=0.0), 2
        ),
        mark_contrast=min(each.mark_contrast for each in colours),
        text_contrast=min(each.text_contrast for each in colours),
        colour_distance=min(each.distance for each in colours),
    )


def _source(line: _Line, boxes: dict[str, Rect], hung: dict[str, str], sources: dict[str, str]) -> str:
    """The box that a line comes out of, or nothing. It stands at the same limb, or that limb comes out of it, too."""
    (x, y), edge = line.start, 4.0
    for one, limb in hung.items():
        x1, y1, x2, y2 = boxes[one]
        if (
            one in {sources.get(line.parent), one if limb == line.parent else ""}
            and x1 < x < x2
            and y1 - edge < y < y2 + edge
        ):
            return one
    return ""


def _read(
    one: str, boxes: dict[str, Rect], keys: dict[str, _Line], on_limb: dict[str, str], sources: dict[str, str]
) -> str:
    """The model that a reader takes for the parent: the next box down the lines that a box hangs on, or nothing."""
    key, height = (f"twig:{one}", math.inf) if f"twig:{one}" in keys else (on_limb.get(one, ""), boxes[one][1])
    while key in keys:
        line = keys[key]
        if height < math.inf:
            below = [other for other, limb in on_limb.items() if limb == key and boxes[other][1] > height]
            if below:
                return min(below, key=lambda other: boxes[other][1])
        if sources[key]:
            return sources[key]
        key, height = line.parent, line.start[1]
    return ""


def _chain(one: str, parents: dict[str, str]) -> set[str]:
    """Who a model hangs on, one after another."""
    found: set[str] = set()
    while (one := parents.get(one, "")) and one not in found:
        found.add(one)
    return found


def _on_trunk(parent: str, read: str, keys: dict[str, _Line]) -> bool:
    """Whether the parent stands beside the trunk, at the fork of which nothing but the limbs is read."""
    return not read and f"twig:{parent}" in keys and keys[f"twig:{parent}"].parent == "trunk"


def _rect(element: ET.Element) -> Rect:
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _text(element: ET.Element) -> Rect:
    x, y, size = (float(element.get(name, "0")) for name in ("x", "y", "font-size"))
    # Not every reader of SVG fits a text into the length that is asked for.
    width = max(float(element.get("textLength", "0")), text_width("".join(element.itertext()), size))
    classes = (element.get("class") or "").split()
    left = x - width / 2 if "mid" in classes else x - width if "end" in classes else x
    return left, y - 0.73 * size, left + width, y + 0.2 * size


def _lines(root: ET.Element) -> Iterator[_Line]:
    for path in root.iter(f"{_SVG}path"):
        classes = (path.get("class") or "").split()
        points = tuple(_flat(path.get("d") or ""))
        if path.get("data-limb"):
            segments = tuple((*a, *b) for a, b in zip(points, (*points[1:], points[0]), strict=True))
            # A round base is two curves of six points each, and ends where the outline began.
            other = points[-13] if points[-1] == points[0] else points[-1]
            base = ((points[0][0] + other[0]) / 2, (points[0][1] + other[1]) / 2)
            half = math.dist(points[0], other) / 2
            up, _, down = (path.get("d") or "").partition("L")
            left, right = [*_flat(up)][-1], next(_flat(f"L{down}"))
            end = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
            yield _Line(path.get("data-limb") or "", path.get("data-from") or "", segments, points, base, half, end)
        elif "twig" in classes and path.get("data-target"):
            segments = tuple((*a, *b) for a, b in pairwise(points))
            key = f"twig:{path.get('data-target')}"
            yield _Line(key, path.get("data-from") or "", segments, (), points[0], 1.5, points[-1])


def _flat(path: str) -> Iterator[Point]:
    """The points of a path of M, L, C and Z; of a curve six more."""
    here = (0.0, 0.0)
    for command, values in re.findall(r"([MLCZ])([^MLCZ]*)", path):
        numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", values)]
        if command == "C":
            for k in range(1, 7):
                t = k / 6
                weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
                xs, ys = (here[0], *numbers[0::2]), (here[1], *numbers[1::2])
                yield (
                    sum(w * x for w, x in zip(weights, xs, strict=True)),
                    sum(w * y for w, y in zip(weights, ys, strict=True)),
                )
        elif numbers:
            yield numbers[-2], numbers[-1]
        if numbers:
            here = (numbers[-2], numbers[-1])


def _share(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] - 0.05 and b[0] < a[2] - 0.05 and a[1] < b[3] - 0.05 and b[1] < a[3] - 0.05


def _owner(box: Rect, lines: Sequence[_Line]) -> str:
    """The limb that a box without a twig stands on: the one that ends in it, or the thickest that runs through it."""
    near = (box[0], box[1] - 1, box[2], box[3] + 1)
    targets = [line for line in lines if line.polygon and _runs_over(line, near)]
    middle = (box[0] + box[2]) / 2
    fits = [line for line in targets if abs(_centre(line, box) - middle) < 2.5]
    return min(fits, key=lambda line: abs(_centre(line, box) - middle)).key if fits else ""


def _centre(line: _Line, box: Rect) -> float:
    """The middle of a limb in the middle of a box, or where the limb ends before."""
    y = (box[1] + box[3]) / 2
    if line.end[1] > y - 1:
        return line.end[0]
    xs = [a + (c - a) * (y - b) / (d - b) for a, b, c, d in line.segments if min(b, d) <= y <= max(b, d) and b != d]
    return (min(xs) + max(xs)) / 2 if xs else math.inf


def _runs_over(line: _Line, box: Rect) -> bool:
    half = 0.0 if line.polygon else line.half
    x1, y1, x2, y2 = box[0] - half + 0.1, box[1] - half + 0.1, box[2] + half - 0.1, box[3] + half - 0.1
    return any(_through(segment, (x1, y1, x2, y2)) for segment in line.segments)


def _through(segment: Segment, box: Rect) -> bool:
    """Whether a segment has a point in a rectangle (Liang and Barsky)."""
    x, y, dx, dy = segment[0], segment[1], segment[2] - segment[0], segment[3] - segment[1]
    enter, leave = 0.0, 1.0
    for p, q in ((-dx, x - box[0]), (dx, box[2] - x), (-dy, y - box[1]), (dy, box[3] - y)):
        if p == 0:
            if q < 0:
                return False
        elif p < 0:
            enter = max(enter, q / p)
        else:
            leave = min(leave, q / p)
    return enter <= leave


def _cross(a: _Line, b: _Line, keys: dict[str, _Line], hidden: Sequence[Rect]) -> bool:
    """Whether two lines meet where they may not: neither near their joint, nor in the limb or box that they come out of."""
    if a.parent == b.key or b.parent == a.key:
        child = a if a.parent == b.key else b
        return _rejoins(child, keys[child.parent], hidden)
    joints = [a.start, b.start] if a.parent == b.parent else []
    parent = keys.get(a.parent) if a.parent == b.parent else None
    reach = _JOIN + a.half + b.half
    for point in _meetings(a.segments, b.segments):
        if any(math.dist(point, joint) < reach for joint in joints) or any(_under(point, box) for box in hidden):
            continue
        if parent and _inside(point, parent.polygon):
            continue
        return True
    return False


def _under(point: Point, box: Rect) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]


def _rejoins(child: _Line, parent: _Line, hidden: Sequence[Rect]) -> bool:
    """Whether a line that left its limb comes back to it: what meets it must hang together with its base."""
    reach = _JOIN + 4 * child.half
    inside = [_inside((s[0], s[1]), parent.polygon) for s in child.segments]
    for (x, y), _ in ((point, 0) for point in _meetings(child.segments, parent.segments)):
        distance = math.dist((x, y), child.start)
        if distance > reach and not _joined(child, distance, inside) and not any(_under((x, y), box) for box in hidden):
            return True
    return False


def _joined(child: _Line, distance: float, inside: Sequence[bool]) -> bool:
    """Whether a part of the line is inside its limb all the way to a distance from its base."""
    near = [
        hidden
        for s, hidden in zip(child.segments, inside, strict=True)
        if math.dist((s[0], s[1]), child.start) < distance - 6
    ]
    # Both edges of a limb are in the list: one may leave earlier than the other.
    return sum(near) >= len(near) * 0.35


def _meetings(some: Sequence[Segment], others: Sequence[Segment]) -> Iterator[Point]:
    grid: dict[tuple[int, int], list[Segment]] = {}
    for segment in others:
        for cell in _cells(segment):
            grid.setdefault(cell, []).append(segment)
    for segment in some:
        for other in {other for cell in _cells(segment) for other in grid.get(cell, ())}:
            if (point := _meet(segment, other)) is not None:
                yield point


def _cells(s: Segment) -> Iterator[tuple[int, int]]:
    for column in range(int(min(s[0], s[2]) // _CELL), int(max(s[0], s[2]) // _CELL) + 1):
        for row in range(int(min(s[1], s[3]) // _CELL), int(max(s[1], s[3]) // _CELL) + 1):
            yield column, row


def _meet(a: Segment, b: Segment) -> Point | None:
    ax, ay, bx, by = a[2] - a[0], a[3] - a[1], b[2] - b[0], b[3] - b[1]
    cross = ax * by - ay * bx
    if abs(cross) < 1e-9:
        return None
    t = ((b[0] - a[0]) * by - (b[1] - a[1]) * bx) / cross
    u = ((b[0] - a[0]) * ay - (b[1] - a[1]) * ax) / cross
    return (a[0] + t * ax, a[1] + t * ay) if 0 <= t <= 1 and 0 <= u <= 1 else None


def _inside(point: Point, polygon: Sequence[Point]) -> bool:
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def _years(root: ET.Element) -> dict[int, float]:
    found = {}
    for path in root.iter(f"{_SVG}path"):
        if path.get("data-year"):
            numbers = re.findall(r"-?\d+(?:\.\d+)?", path.get("d") or "")
            found[int(path.get("data-year") or 0)] = float(path.get("data-end") or numbers[1])
    return found


def _late(date: str, y: float, years: dict[int, float]) -> float:
    """How many months the middle of a box is from the days of its date."""
    interval = DateInterval.of(date)
    year = interval.start.year
    if year not in years or year + 1 not in years:
        return math.inf
    new_year = interval.start.replace(month=1, day=1).toordinal()
    length = interval.start.replace(month=12, day=31).toordinal() - new_year + 1
    share = (years[year] - y) / (years[year] - years[year + 1])
    first = (interval.start.toordinal() - new_year) / length
    last = (interval.end.toordinal() - new_year + 1) / length
    return max(0.0, first - share, share - last) * 12


def main(arguments: Iterable[str]) -> int:
    """Measure a file and print what was found."""
    name = next(iter(arguments), "output/tree.svg")
    quality = measure(Path(name).read_text(encoding="utf-8"))
    for key, value in asdict(quality).items():
        print(f"{key.replace('_', ' '):<22} {value}")
    return int(quality.faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
