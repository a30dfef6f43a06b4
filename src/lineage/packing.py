"""Lanes for a forest: every model gets a row, so that no two names touch and no two lines cross.

The children of a model are placed the latest first, each in the row nearest to the parent that is free. What comes
later hangs nearer, so the upright line to an earlier child passes to the left of everything that was placed before.

"Free" is exact. All x that matter are sorted and numbered; a row is one integer with a bit for every x and one for
every gap between two, so a subtree is a list of integers and a conflict is an ``&``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from lineage.forest import (
    AFTER,
    BAND_LABELS,
    BEFORE,
    CHIP_GAP,
    CHIP_PADDING,
    CHIP_SIZE,
    HALO,
    MARGIN,
    STEP,
    BandKey,
    Time,
    Tree,
    text_width,
)

_MANY: Final = 30
"""More children than this are hung up in one way only."""
_LARGE: Final = 500
"""In a picture of more models than these, children are hung up in two ways instead of four."""
_SIDES: Final = ((1, -1), (-1, 1), (1,), (-1,))
"""The ways: below and above in turn, or all on one side."""


class _Columns:
    """All x that matter, numbered: two bits for each, the point itself and what lies between it and the next."""

    def __init__(self, values: Iterable[float]) -> None:
        self.number = {value: i for i, value in enumerate(sorted(set(values)))}

    def point(self, x: float) -> int:
        return 1 << 2 * self.number[x]

    def span(self, left: float, right: float, *, open_left: bool = False) -> int:
        """The bits from one x to another, both included, or the left one left out."""
        first = 2 * self.number[left] + open_left
        return (1 << 2 * self.number[right] + 1) - (1 << first) if right >= left else 0


class _Shape:
    """What a subtree takes up: a mask for every row around that of its root, and for all rows beyond."""

    __slots__ = ("above", "below", "places", "root", "rows")

    def __init__(self, rows: dict[int, int], above: int, below: int, places: dict[str, tuple[int, bool]]) -> None:
        low, high = min(rows), max(rows)
        self.rows = [rows.get(row, 0) for row in range(low, high + 1)]
        self.root = -low
        self.above, self.below = above, below
        self.places = places
        """Of every child: its row from its parent's, and whether its subtree is turned upside down."""

    def mirrored(self) -> _Shape:
        turned = _Shape.__new__(_Shape)
        turned.rows = self.rows[::-1]
        turned.root = len(self.rows) - 1 - self.root
        turned.above, turned.below = self.below, self.above
        turned.places = self.places
        return turned


class _Rows:
    """Rows that are being filled."""

    def __init__(self) -> None:
        self.rows = {0: 0}
        """By number, without gaps from ``low`` to ``high``."""
        self.above = self.below = 0
        self.low = self.high = 0

    def at(self, row: int) -> int:
        if row < self.low:
            return self.above
        return self.below if row > self.high else self.rows[row]

    def free(self, shape: _Shape, row: int) -> bool:
        """Whether a subtree fits with its root in this row."""
        # The innermost loop of all: 50,000 rows for 1,000 models.
        top = at = row - shape.root
        rows, low, high = self.rows, self.low, self.high
        for mask in shape.rows:
            if (rows[at] if low <= at <= high else self.above if at < low else self.below) & mask:
                return False
            at += 1
        if shape.above and (self.above & shape.above or any(self.at(r) & shape.above for r in range(self.low, top))):
            return False
        bottom = top + len(shape.rows)
        if shape.below and self.below & shape.below:
            return False
        return not (shape.below and any(self.at(r) & shape.below for r in range(bottom, self.high + 1)))

    def mark(self, row: int, mask: int) -> None:
        if not self.low <= row <= self.high:
            self._grow(row, row)
        self.rows[row] |= mask

    def column(self, mask: int, side: int) -> None:
        """Take an x in every row above (-1) or below (1) row 0, without end."""
        for row in range(self.low, 0) if side < 0 else range(1, self.high + 1):
            self.rows[row] |= mask
        if side < 0:
            self.above |= mask
        else:
            self.below |= mask

    def put(self, shape: _Shape, row: int) -> None:
        top = row - shape.root
        bottom = top + len(shape.rows) - 1
        if top < self.low or bottom > self.high:
            self._grow(top, bottom)
        rows = self.rows
        for at, mask in enumerate(shape.rows, top):
            rows[at] |= mask
        for r in range(self.low, top) if shape.above else ():
            self.rows[r] |= shape.above
        for r in range(bottom + 1, self.high + 1) if shape.below else ():
            self.rows[r] |= shape.below
        self.above |= shape.above
        self.below |= shape.below

    def _grow(self, low: int, high: int) -> None:
        for row in range(low, self.low):
            self.rows[row] = self.above
        for row in range(self.high + 1, high + 1):
            self.rows[row] = self.below
        self.low, self.high = min(self.low, low), max(self.high, high)


@dataclass
class Limb:
    """A lane in a band for the children of a model of another band."""

    parent: str
    band: BandKey
    side: int
    """Where the band lies from that of the parent: -1 above, 1 below."""
    members: list[str]


class Packer:
    """Puts every model into a row, for one choice of the width of time and of the lines that run across bands."""

    def __init__(self, tree: Tree, time: Time, hung: set[str]) -> None:
        self.tree, self.hung = tree, set(hung)
        self.x = tree.positions(time)
        self.chips = {one: tree.chips(one, hung=not tree.across(one) or one in hung) for one in tree.order}
        self.left, self.right, self.bus, self.halo = {}, {}, {}, {}
        labels = {MARGIN + text_width(label, CHIP_SIZE) + AFTER for label in BAND_LABELS.values()}
        for one in tree.order:
            x = self.x[one] = round(self.x[one], 3)
            parent = tree.parent(one)
            room = x - self.x[parent] if parent else 2 * BEFORE
            bus = self.bus[one] = x - min(STEP / 2, room / 2)
            near = bus - self.x[parent] if parent else HALO
            self.halo[one] = (bus - min(HALO, near / 2), bus + min(HALO, (x - bus) / 2))
            self.left[one] = x - min(BEFORE, (x - bus) / 2)
            chips = sum(text_width(label, CHIP_SIZE) + 2 * CHIP_PADDING + CHIP_GAP for _, label in self.chips[one])
            self.right[one] = x + tree.widths[one] + chips + AFTER
        edges = (*self.x.values(), *self.left.values(), *self.right.values(), *self.bus.values())
        self.columns = _Columns((*edges, *(x for halo in self.halo.values() for x in halo), *labels, MARGIN))
        self.shapes: dict[str, _Shape] = {}
        self.size = tree.sizes()
        self.limbs: dict[str, Limb] = {}
        """By the model whose children they carry and by band."""
        self.limb_of: dict[str, str] = {}
        self.items = {one: [child for child in tree.children[one] if not tree.across(child)] for one in tree.order}
        self._grow_limbs()
        for one in (*reversed(tree.order), *self.limbs):
            self.shapes[one] = self._shape(one)
        self.row: dict[str, int] = {}
        self.extent: dict[BandKey, tuple[int, bool]] = {}
        """Of every band that is used: how many rows, and whether its name fits into the first of them."""
        start = 0
        loose = [one for one in tree.order if not tree.parent(one) or (tree.across(one) and one not in self.limb_of)]
        for key in BAND_LABELS:
            roots = [one for one in loose if tree.band[one] == key]
            limbs = [one for one, limb in self.limbs.items() if limb.band == key]
            if roots or limbs:
                self._fill(key, roots, limbs, start)
                start += self.extent[key][0]

    def _grow_limbs(self) -> None:
        """Gather the children of a model in another band on one lane there: a limb, with one line to the model."""
        keys = list(BAND_LABELS)
        for one in sorted(self.hung):
            parent, band = self.tree.parent(one), self.tree.band[one]
            assert parent is not None  # noqa: S101 - only a child hangs
            name = f"\0{parent}\0{band}"  # no id looks like it
            if name not in self.limbs:
                side = -1 if keys.index(band) < keys.index(self.tree.band[parent]) else 1
                self.limbs[name] = Limb(parent, band, side, [])
                self.items[parent].append(name)
            self.limbs[name].members.append(one)
            self.limb_of[one] = name
        for name, limb in self.limbs.items():
            first = min(limb.members, key=lambda child: (self.bus[child], child))
            self.items[name] = limb.members
            self.bus[name], self.halo[name] = self.bus[first], self.halo[first]
            self.size[name] = sum(self.size[child] for child in limb.members)

    def _halo(self, one: str) -> int:
        return self.columns.span(*self.halo[one])

    def _cut(self, name: str) -> None:
        """Leave out the line to a limb: its members will carry chips."""
        self.hung.difference_update(self.limbs[name].members)

    def _give_up(self, top: str) -> None:
        """Let no line leave the band from a subtree: its columns leave no place for something else."""
        below = [top]
        for one in below:
            if one in self.limbs and one != top:
                self._cut(one)
                continue
            below.extend(self.items[one])
            if one in self.shapes:
                self.shapes[one].above = self.shapes[one].below = 0

    def _shape(self, one: str) -> _Shape:
        """The lowest of a few ways to hang up the children of a model."""
        if not self.items[one]:
            return _Shape({0: self.columns.span(self.left[one], self.right[one])}, 0, 0, {})
        below = sorted(self.items[one], key=lambda child: (-self.bus[child], -self.size[child], child))
        sides = _SIDES[: (2 if len(self.size) > _LARGE else 4)] if 1 < len(below) <= _MANY else _SIDES[:1]
        while True:
            tried = [self._attempt(one, below, way) for way in sides]
            if found := [shape for shape in tried if isinstance(shape, _Shape)]:
                return min(
                    found, key=lambda shape: (len(shape.rows), sum(abs(row) for row, _ in shape.places.values()))
                )
            # Lines to other bands stand in the way of a child: the one with the fewest models behind it gives way.
            failed = next(child for child in tried if isinstance(child, str))
            lines = [child for child in below if child in self.limbs and self.bus[child] >= self.bus[failed]]
            if lines:
                least = min(lines, key=lambda child: (self.size[child], child))
                below.remove(least)
                self._cut(least)
            else:
                self._give_up(one)
                below = [child for child in below if child not in self.limbs]

    def _attempt(self, one: str, below: Sequence[str], sides: tuple[int, ...]) -> _Shape | str:
        """The shape of a subtree whose children prefer these sides in turn, or the child that finds no place."""
        columns = self.columns
        ends = [self.bus[child] for child in below]
        if one in self.limbs:
            trunk = columns.span(self.bus[one], max(ends), open_left=True)
        else:
            trunk = columns.span(self.left[one], max([self.right[one], *ends]))
        ink, every, halos = _Rows(), _Rows(), []
        ink.mark(0, trunk)
        every.mark(0, trunk)
        places: dict[str, tuple[int, bool]] = {}
        turn = 0
        for child in below:
            point = columns.point(self.bus[child])
            if child in self.limbs:
                side = self.limbs[child].side
                outward = range(ink.low, 0) if side < 0 else range(1, ink.high + 1)
                if (ink.above if side < 0 else ink.below) & point or any(ink.at(row) & point for row in outward):
                    return child
                every.column(self._halo(child), side)
                continue
            ahead = columns.span(self.bus[child], self.x[child], open_left=True)
            order = sides[turn % len(sides) :] + sides[: turn % len(sides)]
            place = self._place(self.shapes[child], point, ahead, ink, every, order)
            if place is None:
                return child
            row, turned = places[child] = place
            turn += row != 0
            shape = self.shapes[child].mirrored() if turned else self.shapes[child]
            for rows in (ink, every):
                rows.put(shape, row)
                rows.mark(row, ahead)
            upright = range(1, row + 1) if row > 0 else range(row, 0)
            for between in upright:
                every.mark(between, point)
            halos += [(between, self._halo(child)) for between in upright]
        for row, mask in halos:
            every.mark(row, mask)
        return _Shape(every.rows, every.above, every.below, places)

    @staticmethod
    def _place(
        shape: _Shape, point: int, ahead: int, ink: _Rows, every: _Rows, sides: tuple[int, ...]
    ) -> tuple[int, bool] | None:
        """The nearest free row for a child, and whether its subtree is turned upside down there."""
        # A column leads to a certain band, so what has one is not turned upside down.
        ways = (
            ((False, shape),)
            if len(shape.rows) == 1 or shape.above or shape.below
            else ((False, shape), (True, shape.mirrored()))
        )
        reachable = set(sides)
        for distance in range(max(-every.low, every.high) + len(shape.rows) + 2):
            for side in sides:
                row = side * distance
                if side not in reachable:
                    continue
                if distance and ink.at(row) & point:  # something stands in the way of the upright line
                    reachable.discard(side)
                    continue
                if every.at(row) & ahead:
                    continue
                for turned, way in ways:
                    if every.free(way, row):
                        return row, turned
        return None

    def _fill(self, key: BandKey, roots: Sequence[str], limbs: Sequence[str], start: int) -> None:
        """Give rows to all models of a band, from this row on."""
        from_above = [one for one in limbs if self.limbs[one].side > 0]
        from_below = [one for one in limbs if self.limbs[one].side < 0]
        turned = len(from_below) > len(from_above)  # then the band is filled upside down
        near, far = (from_below, from_above) if turned else (from_above, from_below)
        near.sort(key=lambda one: (-self.bus[one], -self.size[one], one))
        others = sorted(roots, key=lambda one: (-self.size[one], self.x[one], one))
        rows = _Rows()
        found: dict[str, int] = {}
        for one in (*near, *others, *far):
            shape = self.shapes[one].mirrored() if turned else self.shapes[one]
            if one in far:
                shape.below |= self._halo(one)
            place = self._first_row(one, shape, rows, lined=one in near)
            if place is None:  # first without the lines that leave it, then without the one that leads to it
                self._give_up(one)
                shape.above = shape.below = 0
                place = self._first_row(one, shape, rows, lined=one in near)
            if place is None and one in self.limbs:
                self._cut(one)
                place = self._first_row(one, shape, rows)
            if place is None:  # lines that leave the band are in the way: they will be found to cross this tree
                rows.above = rows.below = 0
                place = self._first_row(one, shape, rows)
            assert place is not None  # noqa: S101 - below everything a shape without columns is always free
            found[one] = place
            rows.put(shape, place)
            for row in range(place) if one in near and self.hung.issuperset(self.limbs[one].members) else ():
                rows.mark(row, self._halo(one))
        count = rows.high + 1
        top = rows.rows[count - 1 if turned else 0]
        label = MARGIN + text_width(BAND_LABELS[key], CHIP_SIZE) + AFTER
        self.extent[key] = (count, not top & self.columns.span(MARGIN, label))
        for one, row in found.items():
            self._settle(one, start + (count - 1 - row if turned else row))

    def _first_row(self, one: str, shape: _Shape, rows: _Rows, *, lined: bool = False) -> int | None:
        """The first row of a band where a root fits and, with ``lined``, also its line to the band's edge."""
        for row in range(shape.root, rows.high + shape.root + 2):
            if lined and row and rows.at(row - 1) & self.columns.point(self.bus[one]):
                return None
            if rows.free(shape, row):
                return row
        return None

    def _settle(self, one: str, row: int) -> None:
        todo = [(one, row, True)]
        while todo:
            here, at, way = todo.pop()
            self.row[here] = at
            for child, (offset, turned) in self.shapes[here].places.items():
                todo.append((child, at + (offset if way else -offset), way != turned))
