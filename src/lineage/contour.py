"""The curves of a solved hero tree as they will be drawn, and the exact check that nothing overlaps or crosses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from lineage.bending import ACROSS, ACROSS_BY, RISE_BY, RISES, Flags, Program, Solved, Vector
from lineage.forest import BandKey
from lineage.limbs import Chosen, band_of
from lineage.trellis import CORNER, HEADER, LEFT, LIMB, REACH, RIGHT, STALK, TWIG, WIDTH, Frame, Plan

HOPELESS: Final = 12
"""With so many faults it is not worth to look closer."""
REPAIRS: Final = 4
DEEP: Final = 10.0
"""A fault that is not deeper may be mended by a little more room for those who have part in it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A model: a box with its name, its maker, and perhaps its other parents and how many are folded into it."""

    id: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    """The name, the maker (may be empty), other parents where there are any."""
    folded: int
    on_limb: bool


@dataclass(frozen=True, slots=True)
class Bough:
    """A limb as it is drawn: its middle line from the base to the top, and how thick it is there."""

    key: str
    parent: str
    """The key of the limb that it grows from; nothing for the trunk."""
    band: BandKey
    base: BandKey
    """The colour of what it grows from."""
    points: tuple[tuple[float, float], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Twig:
    """The line from a limb to a leaf."""

    id: str
    limb: str
    band: BandKey
    points: tuple[tuple[float, float], ...]
    """The four points of a cubic curve."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the search chose. Everything else follows from it and the data."""

    sides: Mapping[str, int]
    """Of models and limbs: -1 left, 1 right, 0 on the limb."""
    shifts: Mapping[str, int]
    """How far a box is above the middle of its date."""
    shown: tuple[str, ...]
    """The models, sorted."""
    stretch: float
    """How tall the years are."""
    room: Mapping[str, float]
    """Of models and limbs: how much more room they need than their width, so that no curve comes too near."""
    models: int
    """How many models there were to choose from."""
    pinned: tuple[str, ...]
    """The models that an editor wants to be shown: they are chosen first, and folded last."""

    def to_dict(self) -> dict[str, Any]:
        """The choice as JSON."""
        words = {-1: "left", 0: "on", 1: "right"}
        return {
            "format": "lineage/tree",
            "format_version": 2,
            "models": self.models,
            "pinned": sorted(self.pinned),
            "stretch": self.stretch,
            "sides": {one: words[side] for one, side in sorted(self.sides.items())},
            "shifts": {one: shift for one, shift in sorted(self.shifts.items()) if shift},
            "room": dict(sorted(self.room.items())),
            "shown": sorted(self.shown),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Choice:
        """The choice that :meth:`to_dict` wrote. One of the first version has sides and no list of who is shown.

        Raises:
            ValueError: if it is none.
        """
        numbers = {"left": -1, "on": 0, "right": 1}
        try:
            if content.get("format_version") == 1:
                content = {"shown": (), "models": 0, "pinned": (), **content}
            return cls(
                {str(one): numbers[side] for one, side in content["sides"].items()},
                {str(one): int(shift) for one, shift in content["shifts"].items()},
                tuple(sorted(map(str, content["shown"]))),
                float(content["stretch"]),
                {str(one): _distance(more) for one, more in content.get("room", {}).items()},
                int(content["models"]),
                tuple(sorted(map(str, content["pinned"]))),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"this is no stored choice of a tree: {error!r}") from error


def _distance(value: Any) -> float:
    if not 0 <= float(value) <= WIDTH / 10:
        raise ValueError(f"a room of {value}")
    return float(value)


@dataclass(frozen=True, slots=True)
class TreeLayout:
    """The hero tree laid out, in 1/1000 of its width, the origin at the top left."""

    chosen: Chosen = field(repr=False)
    choice: Choice = field(repr=False)
    width: float
    height: float
    """Down to the ground that the trunk stands on."""
    leaves: Mapping[str, Leaf]
    boughs: tuple[Bough, ...]
    """A limb before its branches."""
    twigs: tuple[Twig, ...]
    years: tuple[tuple[int, float], ...]
    """Where the first of January of each year is; the last one ends the last year."""
    corner: tuple[float, float]
    """The left and top of the free ground at the lower right."""
    slack: float
    """By how much the distances that were asked for are missed, in all. Nothing overlaps even so."""
    evaluations: int


class Drawn:
    """The curves of a solution, as they will be drawn, and the exact check of them."""

    def __init__(self, program: Program, solved: Solved) -> None:
        from scipy.interpolate import CubicSpline

        frame, plan = program.frame, program.plan
        self.program, self.frame, self.plan, self.x = program, frame, plan, solved.x
        self.splines: list[Any] = []
        for i in range(len(plan.limbs)):
            column, count = program.columns[i], program.counts[i]
            at = np.linspace(frame.start[i], frame.end[i], count)
            self.splines.append(CubicSpline(at, solved.x[column : column + count], bc_type="natural"))
        self.centre: dict[str, float] = {}
        for one in plan.boxes:
            if one in program.box_column:
                self.centre[one] = float(solved.x[program.box_column[one]])
            else:
                self.centre[one] = float(self.splines[plan.home[one]](self._within(plan.home[one], frame.middle[one])))

    def _within(self, i: int, height: float) -> float:
        return min(max(height, self.frame.start[i]), self.frame.end[i])

    def lean(self) -> list[Vector]:
        """The slopes of the limbs, from base to top: a leaning limb is wider in a row."""
        found = []
        for i, spline in enumerate(self.splines):
            at = np.linspace(self.frame.start[i], self.frame.end[i], 60)
            found.append(np.clip(spline(at, 1), -2.5, 2.5))
        return found

    def bough(self, i: int, step: float = 4.0) -> tuple[Vector, Vector, Vector]:
        """Heights, x and thickness of a limb from its base to its top."""
        start, end = self.frame.start[i], self.frame.end[i]
        at = np.linspace(start, end, max(4, math.ceil((end - start) / step) + 1))
        x = self.splines[i](at)
        if i:  # it starts exactly on its parent
            above, root = self.plan.above[i], self.plan.limbs[i].root
            base = self.centre[root] if root else float(self.splines[above](self._within(above, start)))
            x = x + (base - x[0]) * np.exp(-(at - start) / 12)
        profile = self.program.drawn[i]
        return at, x, np.interp(at, np.linspace(start, end, len(profile)), profile)

    def twig(self, one: str) -> tuple[Vector, Vector]:
        """Heights and x of the four points of the curve of a twig."""
        i = self.plan.home[one]
        start, end = self.frame.leaves_at[one], self.frame.foot[one]
        base = float(self.splines[i](self._within(i, start)))
        box = self.plan.boxes[one]
        side = self.frame.sides[one]
        anchor = self.centre[one] + side * (min(box.width / 2, REACH) - box.width / 2)
        return start + (end - start) * np.asarray(RISE_BY), base + (anchor - base) * np.asarray(ACROSS_BY)

    def faults(self) -> dict[str, float]:
        """Which models and limbs overlap, cross or leave the page, and by how much. Empty if the picture is sound."""
        plan, frame = self.plan, self.frame
        found: dict[str, float] = {}

        def fault(one: str, depth: float) -> None:
            found[one] = max(found.get(one, 0.0), depth)

        names = sorted(plan.boxes)
        left = np.array([self.centre[one] - plan.boxes[one].width / 2 for one in names])
        right = np.array([self.centre[one] + plan.boxes[one].width / 2 for one in names])
        low = np.array([frame.foot[one] for one in names])
        high = np.array([frame.foot[one] + plan.boxes[one].height for one in names])
        over_x = np.minimum(right[:, None], right[None]) - np.maximum(left[:, None], left[None])
        over_y = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
        for a, b in zip(*np.nonzero(np.triu((over_x > -1.2) & (over_y > -1.2), 1)), strict=True):
            depth = float(min(over_x[a, b], over_y[a, b])) + 1.2
            fault(names[a], depth)
            fault(names[b], depth)
        bound = np.array([self._limit(float(each)) for each in low])
        for k, one in enumerate(names):
            if left[k] < LEFT - 6 or right[k] > bound[k] + 6:
                fault(one, float(max(LEFT - 6 - left[k], right[k] - bound[k] - 6)))
        # Lines: fine rows, in the order in which they must stand.
        rows = np.arange(0.5, plan.top, 1.0)
        lines: list[tuple[int, int, str, Vector, Vector]] = []
        for what, i, one in frame.order:
            if what == LIMB:
                at, middle, thick = self.bough(i, 2.0)
                slope = np.gradient(middle, at)
                half = np.interp(rows, at, thick / 2 * np.sqrt(1 + np.minimum(slope * slope, 9.0)))
                lines.append((what, i, one, np.interp(rows, at, middle, left=np.nan, right=np.nan), half))
            elif what == STALK:
                heights, ends = self.twig(one)
                at = heights[0] + (heights[-1] - heights[0]) * RISES
                middle = ends[0] + (ends[-1] - ends[0]) * ACROSS
                half = np.full(len(rows), TWIG / 2)
                lines.append((what, i, one, np.interp(rows, at, middle, left=np.nan, right=np.nan), half))
        owner = {one: k for k, (_, _, one, _, _) in enumerate(lines)}
        for what, i, one, x, wide in lines:
            present = np.nonzero(~np.isnan(x))[0]
            if not len(present):
                continue
            level = 0.8 + (TWIG / 2 if what == STALK else 0.0)  # a twig may run almost level
            inside = (
                (x[present, None] + wide[present, None] > left[None] - 0.8)
                & (x[present, None] - wide[present, None] < right[None] + 0.8)
                & (rows[present, None] > low[None] - level)
                & (rows[present, None] < high[None] + level)
            )
            touched = inside.any(axis=0)
            if what == STALK:  # and it may pass a box within one row
                heights, ends = self.twig(one)
                at = heights[0] + (heights[-1] - heights[0]) * RISES
                along = ends[0] + (ends[-1] - ends[0]) * ACROSS
                touched |= (
                    (along[:, None] > left[None] - level)
                    & (along[:, None] < right[None] + level)
                    & (at[:, None] > low[None] - level)
                    & (at[:, None] < high[None] + level)
                ).any(axis=0)
            for k in np.nonzero(touched)[0].tolist():
                box = names[k]
                own = box == one or (what == LIMB and plan.home[box] == i and frame.sides[box] == 0)
                # A line may begin behind the box that it is read to come from, and behind no other.
                if not own and box != plan.source(one, i if what == LIMB else -1):
                    fault(box, 3.0)
                    fault(one, 3.0)
            edge = np.array([self._limit(float(row)) for row in rows[present]])
            if (x[present] - wide[present] < LEFT - 8).any() or (x[present] + wide[present] > edge + 8).any():
                fault(one, 4.0)
        for a, (what_a, i, one, x_a, wide_a) in enumerate(lines):
            for what_b, j, other, x_b, wide_b in lines[a + 1 :]:
                both = ~(np.isnan(x_a) | np.isnan(x_b))
                if not both.any():
                    continue
                gap = x_b - x_a - wide_a - wide_b
                bad = both & (gap < 0.4)
                if not bad.any():
                    continue
                from_a = plan.above[i] if what_a == LIMB else i
                from_b = plan.above[j] if what_b == LIMB else j
                if (what_b == LIMB and from_a == j) or (what_a == LIMB and from_b == i):
                    # A line and what it grows from: apart once the join is over, and never on the other side.
                    child, parent = (a, owner[other]) if from_a == j and what_b == LIMB else (owner[other], a)
                    bad = self._rejoins(lines, child, parent, bad, rows, 150.0)
                    if not lines[parent][1]:  # at its top the trunk goes over into its limbs
                        bad &= rows < frame.end[0] - 40
                elif from_a == from_b:
                    _, _, _, parent_x, parent_wide = lines[owner[plan.limbs[from_a].key]]
                    hidden = (np.abs(x_a - parent_x) < parent_wide + 2) | (np.abs(x_b - parent_x) < parent_wide + 2)
                    source = plan.source(one, i if what_a == LIMB else -1)
                    if source and source == plan.source(other, j if what_b == LIMB else -1):
                        near = np.abs(x_a - self.centre[source]) < plan.boxes[source].width / 2
                        inside = (rows > frame.foot[source]) & (rows < frame.foot[source] + plan.boxes[source].height)
                        hidden |= near & inside
                    first, later = sorted((a, owner[other]), key=lambda place: self._begin(lines[place]))
                    bad = self._rejoins(lines, later, first, bad & ~hidden, rows, 42.0)
                if bad.any():
                    depth = float(np.max(0.4 - gap[bad]))
                    fault(one, depth)
                    fault(other, depth)
        return found

    def _begin(self, line: tuple[int, int, str, Vector, Vector]) -> float:
        what, i, one = line[:3]
        return self.frame.start[i] if what == LIMB else self.frame.leaves_at[one]

    def _rejoins(
        self,
        lines: Sequence[tuple[int, int, str, Vector, Vector]],
        child: int,
        parent: int,
        bad: Flags,
        rows: Vector,
        longest: float,
    ) -> Flags:
        """Where a line that has left another touches it again, or has not left it so high above its base."""
        apart = lines[parent][3] - lines[child][3]
        wide = lines[child][4] + lines[parent][4]
        away = np.nonzero(np.abs(apart) > wide + 1)[0]
        begin = self._begin(lines[child])
        out = float(rows[away[0]]) if len(away) else math.inf
        x = lines[child][3]
        there = np.nonzero(~np.isnan(x))[0]
        # Along the line, not up: a limb that lies low is soon far away.
        far = np.hypot(rows - begin, x - x[there[0]]) > longest
        return np.asarray(bad & ((rows > out) | far), dtype=np.bool_)

    def _limit(self, height: float) -> float:
        return WIDTH - CORNER[0] - 14 if height < CORNER[1] else RIGHT

    def layout(self, choice: Choice, slack: float, evaluations: int) -> TreeLayout:
        """The finished tree, seen from the top."""
        plan, frame = self.plan, self.frame
        ground = HEADER + plan.top
        graph = plan.chosen.graph

        def down(height: float) -> float:
            return round(ground - height, 2)

        leaves = {}
        for one in sorted(plan.boxes):
            box = plan.boxes[one]
            x, y = round(self.centre[one] - box.width / 2, 2), down(frame.foot[one] + box.height)
            leaves[one] = Leaf(one, x, y, round(box.width, 2), box.height, box.lines, box.folded, not frame.sides[one])
        boughs = []
        twigs = []
        for i, limb in enumerate(plan.limbs):
            at, middle, thick = self.bough(i)
            points = tuple((round(float(a), 2), down(float(b))) for a, b in zip(middle, at, strict=True))
            above = plan.limbs[plan.above[i]] if i else None
            widths = tuple(round(float(each), 2) for each in thick)
            base = above.band if above else limb.band
            boughs.append(Bough(limb.key, above.key if above else "", limb.band, base, points, widths))
            for one in sorted({*limb.path, *limb.leaves}):
                if frame.sides[one]:
                    at, middle = self.twig(one)
                    points = tuple((round(float(a), 2), down(float(b))) for a, b in zip(middle, at, strict=True))
                    own = band_of(graph, one)
                    band = limb.band if own == "undisclosed" else own
                    twigs.append(Twig(one, limb.key, band, points))
        years = tuple((plan.first + k, down(start)) for k, start in enumerate(plan.starts))
        corner = (WIDTH - CORNER[0], down(CORNER[1]))
        return TreeLayout(
            plan.chosen, choice, WIDTH, round(ground, 2), leaves, tuple(boughs), tuple(twigs), years, corner,
            round(slack, 1), evaluations,
        )  # fmt: skip


def finished(
    plan: Plan, sides: Mapping[str, int], shifts: Mapping[str, int], room: Mapping[str, float]
) -> tuple[Drawn, Solved, dict[str, float], dict[str, float]]:
    """The drawn curves for given sides, the solution they are of, their faults, and who got more room than its width.

    It is solved roughly to learn how the limbs lean, then in fine rows. A curve between two rows may come a little
    nearer than the rows allow: who is too near gets more room, and it is solved again. With the room that came out it is
    right at once, and the same.
    """
    frame = Frame(plan, sides, shifts)
    solved = Program(frame, 20.0, 6.0).solve()
    drawn = Drawn(solved.program, solved)
    lean = drawn.lean()
    if len(faults := drawn.faults()) >= HOPELESS:
        return drawn, solved, faults, dict(room)
    best: tuple[Drawn, Solved, dict[str, float], dict[str, float]] | None = None
    wider = dict(room)
    for _ in range(1 + REPAIRS):
        solved = Program(frame, 16.0, 3.0, lean, wider).solve()
        drawn = Drawn(Program(frame, 16.0, 3.0), solved)
        faults = drawn.faults()
        if best is None or sum(faults.values()) < sum(best[2].values()):
            best = drawn, solved, faults, dict(wider)
        if not faults or max(faults.values()) > DEEP or len(faults) >= HOPELESS:
            break
        for one, depth in faults.items():
            wider[one] = round(wider.get(one, 0.0) + 0.6 + depth / 2, 1)
    assert best is not None  # noqa: S101 - it was solved at least once
    return best
