"""The x of everything in the hero tree: limbs are bending beams, and one convex program finds them all.

In the order of a :class:`lineage.trellis.Frame` a quadratic program looks for limbs that bend as little as they can
while labels and lines keep their distance, row by row. What has too little room shows as slack, so the program always
has a solution, and its value tells how good the sides are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lineage.trellis import (
    ABOVE,
    BESIDE,
    BOX,
    CLEAR,
    CORNER,
    FORKS,
    LEFT,
    LIMB,
    ON,
    REACH,
    RIGHT,
    STALK,
    TWIG,
    WIDTH,
    Frame,
    numbers_of,
    thickness,
)

Vector = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

RISE_BY: Final = (0.0, 0.58, 0.26, 1.0)
ACROSS_BY: Final = (0.0, 0.12, 1.0, 1.0)
"""The four points of the curve of every twig: up along the limb, across, and up into the box."""


def _s_curve() -> tuple[Vector, Vector]:
    t = np.linspace(0, 1, 101)
    weights = np.stack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    return np.asarray(RISE_BY) @ weights, np.asarray(ACROSS_BY) @ weights


RISES, ACROSS = _s_curve()

EVEN: Final = 4e-5
"""How much it counts that gaps are even."""
ALONG: Final = 6.0
"""How much it counts that a branch as thick as its limb leaves it in its direction."""


@dataclass(slots=True)
class Solved:
    """The x of everything, and what it cost."""

    program: Program
    x: Vector
    cost: float
    slack: float
    by_item: dict[str, float]
    """The slack that each model or limb has a part in."""


class Program:
    """The quadratic program of a frame, in rows that are so far apart.

    ``lean`` says how the limbs lean, ``wider`` who needs more room than its width says.
    """

    def __init__(
        self,
        frame: Frame,
        spacing: float,
        step: float,
        lean: list[Vector] | None = None,
        wider: Mapping[str, float] | None = None,
    ) -> None:
        self.frame, self.plan, self.step = frame, frame.plan, step
        self.wider = wider or {}
        plan = self.plan
        self.columns: list[int] = []
        self.counts: list[int] = []
        self.spacing: list[float] = []
        used = 0
        for start, end in zip(frame.start, frame.end, strict=True):
            count = max(3, math.ceil((end - start) / spacing) + 1)
            self.columns.append(used)
            self.counts.append(count)
            self.spacing.append((end - start) / (count - 1))
            used += count
        self.box_column: dict[str, int] = {}
        for one in plan.boxes:
            if frame.sides[one]:
                self.box_column[one] = used
                used += 1
        self.variables = used
        self.drawn: list[Vector] = []
        """How thick each limb is drawn, every four units from its base to its top."""
        for i in range(len(plan.limbs)):  # a limb before its branches
            self.drawn.append(self._profile(i))
        self.profiles = [profile.copy() for profile in self.drawn]
        if lean:
            for i, slopes in enumerate(lean):
                grid = np.linspace(0, 1, len(self.profiles[i]))
                self.profiles[i] *= np.interp(grid, np.linspace(0, 1, len(slopes)), np.sqrt(1 + slopes**2))

    def _profile(self, i: int) -> Vector:
        frame, plan = self.frame, self.plan
        limb = plan.limbs[i]
        start, end = frame.start[i], frame.end[i]
        at = np.linspace(start, end, max(2, math.ceil((end - start) / 4) + 1))
        carried = np.zeros_like(at)
        numbers = numbers_of(plan)
        for one in (*limb.path, *limb.leaves):
            height = frame.leaves_at[one] if frame.sides[one] else frame.middle[one]
            carried += plan.stands_for[one] / (1 + np.exp(np.clip((at - height) / 9, -40, 40)))
        for below in limb.limbs:
            j = numbers[below.key]
            carried += plan.loads[j] / (1 + np.exp(np.clip((at - frame.start[j]) / 9, -40, 40)))
        if limb.tip:
            carried = np.maximum(carried, plan.stands_for[limb.tip])
        width: Vector = thickness(carried)
        since = at - start
        if i == 0:
            width = width + 46 * np.exp(-since / 16)
        else:
            # A branch grows wide out of a thick limb; one that is as thick as its limb goes on where that ends.
            room = max(0.1, self.thick(plan.above[i], start - 9))
            if limb.key in FORKS:
                width = width * (1 + 0.25 * np.exp(-since / 40))
            else:
                width = width * (1 + 0.55 * max(0.0, 1 - float(width[0]) / room) * np.exp(-since / 16))
            width = np.minimum(width, np.maximum(room, width * np.clip(since / 60, 0.0, 1.0)))
        if not limb.tip and i and not limb.root:
            width = width * np.clip((end - at) / 90, 0.0, 1.0)
        return width

    def thick(self, i: int, height: float) -> float:
        """How thick a limb is drawn at a height."""
        profile = self.drawn[i]
        return float(np.interp(height, np.linspace(self.frame.start[i], self.frame.end[i], len(profile)), profile))

    def on_limb(self, i: Any, height: Any) -> tuple[Numbers, Vector]:
        """The control point below a height on a limb, and how far the height is on the way to the next."""
        start, spacing = np.asarray(self.frame.start)[i], np.asarray(self.spacing)[i]
        count, column = np.asarray(self.counts)[i], np.asarray(self.columns)[i]
        place = np.clip((height - start) / spacing, 0, count - 1)
        below = np.minimum(np.floor(place), count - 2).astype(np.int64)
        return column + below, place - below

    def _squares(self) -> Any:
        """The terms of the goal: rows of coefficients and what they should come to, weighted."""
        from scipy import sparse

        frame, plan = self.frame, self.plan
        rows: list[Numbers] = []
        cols: list[Numbers] = []
        values: list[Vector] = []
        wanted: list[float] = []
        used = 0

        def add(columns: Any, coefficients: Any, weight: float, goals: Any) -> None:
            nonlocal used
            columns = np.atleast_2d(np.asarray(columns, dtype=np.int64))
            coefficients = np.broadcast_to(np.asarray(coefficients, dtype=np.float64), columns.shape)
            root = math.sqrt(weight)
            rows.append(np.repeat(np.arange(used, used + len(columns)), columns.shape[1]))
            cols.append(columns.ravel())
            values.append((coefficients * root).ravel())
            wanted.extend(np.broadcast_to(np.asarray(goals, dtype=np.float64) * root, len(columns)).tolist())
            used += len(columns)

        for i, limb in enumerate(plan.limbs):
            column, count, spacing = self.columns[i], self.counts[i], self.spacing[i]
            thick = float(np.mean(self.profiles[i]))
            q = 16 / spacing
            at = column + np.arange(count)
            bend = np.stack([at[:-2], at[1:-1], at[2:]], axis=1)
            add(bend, [1.0, -2.0, 1.0], 6 * (1 + 0.22 * thick) * q**3, 0.0)
            add(np.stack([at[:-1], at[1:]], axis=1), [-1.0, 1.0], 0.02 * (1 + 0.3 * thick) * q, 0.0)
            if i == 0:
                left = any(side < 0 for key, side in frame.sides.items() if key in FORKS)
                add(at[:, None], [1.0], 8 / q, 384.0 if left else 520.0)
                continue
            above = plan.above[i]
            if limb.root:
                add([column, self.box_column[limb.root]], [1.0, -1.0], 500.0, 0.0)
                add([column, column + 1], [-1.0, 1.0], 1.2 * q * q, 0.0)
                continue
            below, share = self.on_limb(above, frame.start[i])
            add([column, below, below + 1], [1.0, -(1 - share), -share], 500.0, 0.0)
            if limb.key in FORKS:
                add([column, column + 1], [-1.0, 1.0], 1.2 * q * q, 0.0)
            else:
                h = self.spacing[above]
                alike = min(1.0, float(self.drawn[i][0]) / max(self.thick(above, frame.start[i] - 9), 1.0))
                add(
                    [column, column + 1, below, below + 1],
                    [-16 / spacing, 16 / spacing, 16 / h, -16 / h],
                    0.1 + ALONG * alike**3,
                    0.0,
                )
        for one, column in self.box_column.items():
            i = plan.home[one]
            below, share = self.on_limb(i, frame.leaves_at[one])
            thick = float(self.profiles[i][0]) / 2
            goal = frame.sides[one] * (plan.boxes[one].width / 2 + min(thick, 18.0) + 12)
            add([column, below, below + 1], [1.0, -(1 - share), -share], 0.03, goal)
        shape = (used, self.variables)
        matrix = sparse.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))), shape=shape)
        return matrix, np.asarray(wanted)

    def _elements(self) -> dict[str, Any]:
        frame, plan = self.frame, self.plan
        count = len(frame.order)
        kind = np.zeros(count, dtype=np.int64)
        limb = np.zeros(count, dtype=np.int64)
        low, high, fixed, half, offset, begins, joined = (np.zeros(count) for _ in range(7))
        column = np.zeros(count, dtype=np.int64)
        group = np.zeros(count, dtype=np.int64)
        model, parent = np.full(count, -1), np.full(count, -2)
        places = {one: place for place, one in enumerate(plan.chosen.models)}
        for place, (what, i, one) in enumerate(frame.order):
            kind[place], limb[place] = what, i
            if what != LIMB:
                model[place] = places[one]
            parent[place] = places.get(plan.source(one, i if what == LIMB else -1), -2)
            if what == LIMB:
                low[place], high[place] = frame.start[i], frame.end[i]
                begins[place] = frame.start[i]
                joined[place] = max(30.0, frame.first_item[i] - frame.start[i]) if i else 0.0
                group[place] = i
                continue
            box = plan.boxes[one]
            group[place] = i if what == ON else len(plan.limbs) + places[one]
            if what == STALK:
                low[place], high[place] = frame.leaves_at[one], frame.foot[one]
                begins[place], joined[place] = low[place], high[place] - low[place]
                half[place] = TWIG / 2 + CLEAR
                side = frame.sides[one]
                offset[place] = side * (min(box.width / 2, REACH) - box.width / 2)
                column[place] = self.box_column[one]
            else:
                low[place] = frame.foot[one] - ABOVE
                high[place] = frame.foot[one] + box.height + ABOVE
                half[place] = box.width / 2 + BESIDE
                fixed[place] = frame.middle[one]
                column[place] = self.box_column.get(one, 0)
        return {
            "kind": kind, "limb": limb, "low": low, "high": high, "fixed": fixed, "half": half, "offset": offset,
            "begins": begins, "joined": joined, "column": column, "group": group,
            "model": model, "parent": parent,
        }  # fmt: skip

    def _minimum(self, gaps: Any, least: Vector, a: Any, b: Vector) -> tuple[Any, Vector, Vector]:
        """The terms of the goal, and the x for which their sum and the slack of ``a x >= b`` cost least."""
        import clarabel
        from scipy import sparse

        m = len(b)
        matrix, wanted = self._squares()
        even = math.sqrt(EVEN)
        squares = sparse.vstack([matrix, gaps * even]).tocsc()
        goals = np.concatenate([wanted, least * even])
        p = sparse.triu(2 * (squares.T @ squares))
        full_p = sparse.block_diag([p, sparse.eye(m)], format="csc")
        full_q = np.concatenate([-2 * (squares.T @ goals), np.full(m, 40.0)])
        identity = sparse.eye(m, format="csc")
        full_a = sparse.bmat([[-a, -identity], [None, -identity]], format="csc")
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-6 if self.step < 8 else 1e-4
        settings.max_iter = 60
        full_b = np.concatenate([-b, np.zeros(m)])
        cones = [clarabel.NonnegativeConeT(2 * m)]
        solution = clarabel.DefaultSolver(full_p, full_q, full_a, full_b, cones, settings).solve()
        return squares, goals, np.asarray(solution.x)[: self.variables]

    def solve(self) -> Solved:
        """The x of everything for the least cost."""
        from scipy import sparse

        frame, plan = self.frame, self.plan
        e = self._elements()
        rows = np.unique(
            np.concatenate(
                [
                    np.arange(1.0, plan.top, self.step),
                    e["low"][(e["kind"] == ON) | (e["kind"] == BOX)] + 0.01,
                    e["high"][(e["kind"] == STALK)] - 0.5,
                ]
            )
        )
        present = (e["low"][None, :] <= rows[:, None]) & (rows[:, None] <= e["high"][None, :])
        at, who = np.nonzero(present)
        height = rows[at]
        kind, limb = e["kind"][who], e["limb"][who]
        # Every element is somewhere between its limb (share 0) and its box (share 1).
        share = np.zeros(len(who))
        share[kind == BOX] = 1.0
        twig = kind == STALK
        rise = (height - e["begins"][who]) / np.where(e["joined"][who] > 0, e["joined"][who], 1.0)
        share[twig] = np.interp(rise[twig], RISES, ACROSS)
        lookup = np.where(kind == ON, e["fixed"][who], np.where(twig, e["begins"][who], height))
        below, fraction = self.on_limb(limb, lookup)
        n = len(who)
        entry = sparse.csr_matrix(
            (
                np.concatenate([(1 - share) * (1 - fraction), (1 - share) * fraction, share]),
                (np.tile(np.arange(n), 3), np.concatenate([below, below + 1, e["column"][who]])),
            ),
            shape=(n, self.variables),
        )
        constant = share * e["offset"][who]
        half = e["half"][who].copy()
        for place, profile in enumerate(self.profiles):
            mine = (kind == LIMB) & (limb == place)
            grid = np.linspace(frame.start[place], frame.end[place], len(profile))
            half[mine] = np.interp(height[mine], grid, profile) / 2 + CLEAR
        if self.wider:
            half += np.asarray([self.wider.get(one, 0.0) for _, _, one in frame.order])[who]
        above = np.asarray(plan.above)

        def exempt(i: Numbers, j: Numbers) -> Flags:
            a, b, row = who[i], who[j], height[i]
            same = e["group"][a] == e["group"][b]
            for one, other in ((a, b), (b, a)):
                is_limb = (e["kind"][one] == LIMB) & (e["kind"][other] == LIMB)
                same |= (
                    is_limb
                    & (above[e["limb"][one]] == e["limb"][other])
                    & (row < e["begins"][one] + np.minimum(0.8 * e["joined"][one], 70.0))
                )
                on_own = (e["kind"][one] == STALK) & (e["kind"][other] == LIMB) & (e["limb"][one] == e["limb"][other])
                # In a small tree it may come out of the box of the model that it came from.
                line = np.isin(e["kind"][one], (LIMB, STALK))
                same |= line & np.isin(e["kind"][other], (ON, BOX)) & (e["parent"][one] == e["model"][other])
                same |= on_own & (row < e["begins"][one] + 0.42 * e["joined"][one])
            line_a, line_b = (np.isin(e["kind"][each], (LIMB, STALK)) for each in (a, b))
            from_a = np.where(e["kind"][a] == LIMB, above[e["limb"][a]], e["limb"][a])
            from_b = np.where(e["kind"][b] == LIMB, above[e["limb"][b]], e["limb"][b])
            later = np.maximum(e["begins"][a], e["begins"][b])
            span = np.where(e["begins"][a] >= e["begins"][b], e["joined"][a], e["joined"][b])
            same |= line_a & line_b & (from_a == from_b) & (row < later + np.minimum(0.25 * span, 30.0))
            return np.asarray(same, dtype=np.bool_)

        # Neighbours in a row keep their distance; so do those further apart where nothing between them sees to it.
        loose: list[Flags] = []
        pairs: list[tuple[Numbers, Numbers]] = []
        for apart in range(1, 5):
            left = np.arange(max(0, n - apart))
            free = at[left] != at[left + apart]
            met = np.nonzero(~free)[0]
            free[met] = exempt(met, met + apart)
            implied = free.copy()
            for k in range(1, apart):
                implied |= ~loose[k - 1][: len(left)] & ~loose[apart - k - 1][k : k + len(left)]
            loose.append(free)
            pairs.append((left[~implied], left[~implied] + apart))
        i: Numbers = np.concatenate([pair[0] for pair in pairs])
        j: Numbers = np.concatenate([pair[1] for pair in pairs])
        # Boxes stand still from row to row: one row will do.
        still_i, still_j = np.isin(kind[i], (ON, BOX)), np.isin(kind[j], (ON, BOX))
        code = who[i] * len(frame.order) + who[j]
        _, firsts = np.unique(np.where(still_i & still_j, code, -1 - np.arange(len(i))), return_index=True)
        keep = np.sort(firsts)
        i, j = i[keep], j[keep]
        least = half[i] + half[j] - (constant[j] - constant[i])
        gaps = entry[j] - entry[i]
        limit = np.full(n, RIGHT)
        limit[height < CORNER[1] + 6] = WIDTH - CORNER[0] - 14
        first = np.concatenate([np.ones(1, dtype=np.bool_), at[1:] != at[:-1]])[:n]
        last = np.concatenate([at[1:] != at[:-1], np.ones(1, dtype=np.bool_)])[:n]
        # A box on the outermost limb reaches further out than the limb.
        outer_left = np.nonzero(first | ((kind == ON) & np.roll(first, 1)))[0]
        outer_right = np.nonzero(last | ((kind == ON) & np.roll(last, -1)))[0]
        a = sparse.vstack([gaps, entry[outer_left], -entry[outer_right]]).tocsr()
        b = np.concatenate(
            [
                least,
                LEFT + half[outer_left] - constant[outer_left],
                -(limit[outer_right] - half[outer_right]) + constant[outer_right],
            ]
        )
        squares, goals, x = self._minimum(gaps, least, a, b)
        slack = np.maximum(0.0, b - a @ x)
        slack[slack < 0.02] = 0.0
        residual = squares @ x - goals
        cost = float(residual @ residual + 40 * slack.sum() + 0.5 * (slack @ slack)) + frame.penalty
        by_item: dict[str, float] = {}
        short = np.nonzero(slack)[0]
        for k in short.tolist():
            if k < len(i):
                members = {int(who[i[k]]), int(who[j[k]])}
            elif k < len(i) + len(outer_left):
                members = {int(who[outer_left[k - len(i)]])}
            else:
                members = {int(who[outer_right[k - len(i) - len(outer_left)]])}
            for member in members:
                key = frame.order[member][2]
                by_item[key] = by_item.get(key, 0.0) + float(slack[k])
        return Solved(self, x, cost, float(slack.sum()), by_item)
