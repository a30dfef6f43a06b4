"""The hero tree: a bounded search for the sides of leaves and limbs, and the layout that comes of it.

The value of the program of :mod:`lineage.bending` tells how good sides are. The search is bounded by the number of
programs it may solve, so it gives the same picture everywhere it is run. Its result is stored beside the data: a picture
drawn again from it is quick, and stays as it is when a model is added.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lineage.bending import Program, Solved
from lineage.contour import HOPELESS, Choice, Drawn, TreeLayout, finished
from lineage.graph import LineageGraph
from lineage.limbs import BUDGET, Chosen, choose, importance
from lineage.trellis import FORKS, TALLEST, Frame, Plan

Progress = Callable[[int, int, float], None]
"""Told how many programs were solved, how many may be, and the value of the best."""

EVALUATIONS: Final = 1400
SEED: Final = 7


def grow(
    chosen: Chosen,
    stored: Choice | None = None,
    *,
    evaluations: int | None = None,
    seed: int = SEED,
    progress: Progress | None = None,
) -> TreeLayout:
    """Find a place for everything in the hero tree.

    With a stored choice nothing is searched: models that it does not know get a side by a look at each, all others
    keep theirs. Without one, or where ``evaluations`` are given, a search solves no more than about so many programs.
    If the drawn picture had an overlap or a crossing it is made taller, and when it is as tall as it may be the
    tightest leaves are folded, new ones first; so what is returned has none.

    Args:
        chosen: the models and limbs.
        stored: what an earlier search chose; its ``folded`` should have been given to :func:`lineage.limbs.choose`.
        evaluations: how many programs the search may solve; :data:`EVALUATIONS` where nothing is stored, else none.
        seed: of the search; the same seed gives the same picture.
        progress: is told how far the search is.
    """
    most = evaluations if evaluations is not None else 0 if stored else EVALUATIONS
    search = _Search(most, seed, progress)
    now = _State.begin(chosen, stored, search)
    new = sorted(set(chosen.models) - set(stored.sides)) if stored and not most else []
    while new and (faults := now.draw()):
        # The new ones did not find room: without the tightest of them everything stands where it stood.
        weight = _tightness(now, faults)
        free = _leaves(now.plan.chosen)
        gone = max(new, key=lambda one: (one in free, weight[one], one))
        new.remove(gone)
        shown = now.plan.chosen
        now = _State.begin(choose(shown.graph, len(shown.models) - 1, {*shown.folded, gone}), stored, search)
    if most:
        now.improve(search, most * 6 // 10)
    before = set(chosen.models)
    tries = 0
    while faults := now.draw():
        many = len(faults) >= HOPELESS
        tries += 1
        if many or tries % 3 == 0 or not now.taller():
            weight = _tightness(now, faults)
            hit = sorted(_leaves(now.plan.chosen), key=lambda one: (-weight[one], one))
            wrong = int(now.solved.slack / 900) + len(faults) // (10 if most < 200 else 20)
            now.fold(hit, max(1, min(len(now.plan.boxes) // 6, wrong)))
        if not many:
            now.improve(search, max(8, most // 20) if most else 8)
    if most:
        rank = importance(chosen.graph)
        lost = before - set(now.plan.chosen.models)
        for one in sorted(lost, key=lambda one: (-rank[one], one))[: max(4, most // 60)]:
            now = now.with_again(one, search, min(16, most // 60))
    return now.drawn.layout(now.choice(), now.solved.slack, search.done)


class _Search:
    """A bounded search for better sides."""

    def __init__(self, evaluations: int, seed: int, progress: Progress | None) -> None:
        self.most, self.done = evaluations, 0
        self.chance = random.Random(seed)  # noqa: S311 - no cryptography; the same picture every time
        self.progress = progress

    def value(self, plan: Plan, sides: Mapping[str, int], shifts: Mapping[str, int]) -> Solved:
        """What sides are worth."""
        self.done += 1
        return Program(Frame(plan, sides, shifts), 32.0, 14.0).solve()

    def options(self, plan: Plan, one: str, sides: Mapping[str, int]) -> list[int]:
        """The other sides that a model or limb may take."""
        if one.startswith("class:") or one in plan.tips:
            return []
        found = [side for side in (-1, 1) if side != sides[one]]
        if one in plan.home and sides[one] != 0:
            limb = plan.limbs[plan.home[one]]
            if one in limb.path and limb.size <= 14 and plan.settled({**sides, one: 0})[one] == 0:
                found.append(0)
        return found

    def improve(
        self, plan: Plan, sides: dict[str, int], shifts: dict[str, int], evaluations: int
    ) -> tuple[dict[str, int], dict[str, int], Solved]:
        """Better sides, found by no more than so many solutions of the program."""
        until = self.done + evaluations
        sides = plan.settled(sides)
        now = self.value(plan, sides, shifts)
        best = (now, dict(sides), dict(shifts))
        fails: dict[str, float] = {}
        tried: set[str] = set()
        names = sorted(sides)
        gained = False
        while self.done < until:
            open_names = [one for one in names if one not in tried]
            if open_names:
                # Where it is tight first, but not always at the same place.
                luck = {one: self.chance.random() for one in open_names}
                one = max(
                    open_names, key=lambda one: (now.by_item.get(one, 0.0) + luck[one]) / (1 + fails.get(one, 0.0))
                )
                tried.add(one)
                fails[one] = fails.get(one, 0.0) + 1
                for trial_sides, trial_shifts in self._moves(plan, one, sides, shifts, now):
                    if self.done >= until:
                        break
                    found = self.value(plan, trial_sides, trial_shifts)
                    if found.cost < now.cost - 1:
                        sides, shifts, now = trial_sides, trial_shifts, found
                        gained = True
                        break
                if self.progress:
                    self.progress(self.done, self.most, min(now.cost, best[0].cost))
            if now.cost < best[0].cost:
                best = (now, dict(sides), dict(shifts))
            if not open_names and gained:
                tried.clear()
                gained = False
            elif not open_names:
                # A dead end: from the best so far, change a few at random where it is tight.
                now, sides, shifts = best[0], dict(best[1]), dict(best[2])
                near = sorted(names, key=lambda one: (-now.by_item.get(one, 0.0), one))[:24]
                for one in self.chance.sample(near, min(3, len(near))):
                    if found_options := self.options(plan, one, sides):
                        sides[one] = self.chance.choice(found_options)
                tried.clear()
                if self.done < until:
                    now = self.value(plan, sides, shifts)
        return best[1], best[2], best[0]

    def _moves(
        self, plan: Plan, one: str, sides: dict[str, int], shifts: dict[str, int], now: Solved
    ) -> Iterable[tuple[dict[str, int], dict[str, int]]]:
        for side in self.options(plan, one, sides):
            yield plan.settled({**sides, one: side}), shifts
        if one in plan.home and sides[one] and one not in plan.tips:
            # Change places with the nearest one on the other side of the limb.
            limb = plan.limbs[plan.home[one]]
            height = plan.at(plan.boxes[one])
            others = [each for each in (*limb.path, *limb.leaves) if sides[each] == -sides[one]]
            if others:
                other = min(others, key=lambda each: (abs(plan.at(plan.boxes[each]) - height), each))
                yield plan.settled({**sides, one: sides[other], other: sides[one]}), shifts
        if one in plan.boxes and now.by_item.get(one, 0.0) > 0:
            room = int(plan.leeway(plan.boxes[one]))
            for shift in (-room, 0, room):
                if shift != shifts.get(one, 0):
                    yield sides, {**shifts, one: shift}

    def place_new(
        self, plan: Plan, sides: dict[str, int], shifts: dict[str, int], missing: Sequence[str]
    ) -> dict[str, int]:
        """Sides for those that have none, each decided for itself; all others keep theirs."""
        sides = dict(sides)
        for one in sorted(missing, key=lambda one: (plan.boxes[one].year if one in plan.boxes else 0, one)):
            costs = [(self.value(plan, sides, shifts).cost, 0, sides[one])]
            for turn, side in enumerate(self.options(plan, one, sides), 1):
                costs.append((self.value(plan, {**sides, one: side}, shifts).cost, turn, side))
            sides[one] = min(costs)[2]
        return sides


@dataclass
class _State:
    """A picture on its way: what is shown, on which sides, how tall."""

    plan: Plan
    sides: dict[str, int]
    shifts: dict[str, int]
    missing: list[str]
    drawn: Drawn = field(init=False)
    solved: Solved = field(init=False)

    @classmethod
    def begin(cls, chosen: Chosen, stored: Choice | None, search: _Search) -> _State:
        """The stored choice as far as it fits, in a picture that is not too tall."""
        plan = _fitting(chosen, stored.stretch if stored else 1.0)
        sides, missing = plan.complete(stored.sides if stored else {})
        shifts = {one: shift for one, shift in (stored.shifts if stored else {}).items() if one in plan.boxes}
        if stored and missing:
            sides = search.place_new(plan, sides, shifts, missing)
        return cls(plan, sides, shifts, missing)

    def improve(self, search: _Search, evaluations: int) -> None:
        """Look for better sides."""
        self.sides, self.shifts, _ = search.improve(self.plan, self.sides, self.shifts, evaluations)

    def draw(self) -> dict[str, float]:
        """Find the curves; what is wrong with them."""
        self.drawn, self.solved, faults = finished(self.plan, self.sides, self.shifts)
        return faults

    def taller(self) -> bool:
        """Give every year more room, if the picture may be taller."""
        plan = Plan(self.plan.chosen, round(self.plan.stretch * 1.06, 3))
        if plan.top > TALLEST:
            return False
        self._become(plan)
        return True

    def fold(self, hit: Sequence[str], count: int) -> None:
        """Show so many models less: these, and where they are fewer those that they hang on."""
        chosen = self.plan.chosen
        away = {*chosen.folded, *hit[:count]}
        self._become(_fitting(choose(chosen.graph, len(chosen.models) - count, away), self.plan.stretch))

    def _become(self, plan: Plan) -> None:
        self.plan = plan
        self.sides, self.missing = plan.complete(self.sides)
        self.shifts = {one: shift for one, shift in self.shifts.items() if one in plan.boxes}

    def with_again(self, one: str, search: _Search, evaluations: int) -> _State:
        """The picture with a folded model shown again, if there is room for it, else this one."""
        chosen = self.plan.chosen
        again = choose(chosen.graph, len(chosen.models) + 1, set(chosen.folded) - {one})
        plan = _fitting(again, self.plan.stretch)
        if set(again.models) != {*chosen.models, one}:
            return self
        found = _State(self.plan, self.sides, self.shifts, [])
        found._become(plan)
        found.sides = search.place_new(plan, found.sides, found.shifts, found.missing)
        found.improve(search, evaluations)
        return self if found.draw() else found

    def choice(self) -> Choice:
        """What is worth keeping."""
        return Choice(
            {one: side for one, side in self.sides.items() if one not in FORKS},
            {one: shift for one, shift in self.shifts.items() if shift},
            tuple(sorted(self.plan.chosen.folded)),
            self.plan.stretch,
        )


def _fitting(chosen: Chosen, stretch: float) -> Plan:
    """The axis, no taller than the page."""
    plan = Plan(chosen, stretch)
    while plan.top > TALLEST and stretch > 0.1:
        stretch = round(stretch * min(0.98, TALLEST / plan.top), 3)
        plan = Plan(chosen, stretch)
    return plan


def _leaves(chosen: Chosen) -> set[str]:
    """The shown models on which nothing shown hangs: only these are folded."""
    edges = (chosen.graph.layout_parent(one) for one in chosen.models)
    return set(chosen.models) - {edge.source for edge in edges if edge}


def _tightness(now: _State, faults: Mapping[str, float]) -> dict[str, float]:
    """How much each model is in the way, itself or what it hangs on, for what it is worth."""
    by_item, graph = now.solved.by_item, now.plan.chosen.graph
    worth = importance(graph)
    found = {}
    for one in now.plan.chosen.models:
        own = by_item.get(one, 0.0) + 20 * faults.get(one, 0.0) + faults.get(f"limb:{one}", 0.0)
        edge, share = graph.layout_parent(one), 0.5
        while edge and share > 0.05:
            own += share * 20 * faults.get(edge.source, 0.0)
            edge, share = graph.layout_parent(edge.source), share / 2
        found[one] = own / (4 + min(worth[one], 40))
    return found


def fuller(layout: TreeLayout, evaluations: int = 24, seed: int = SEED, limit: int = BUDGET) -> TreeLayout:
    """The same tree with folded models shown again, the most important first, each only if there is room for it.

    Args:
        layout: a finished tree.
        evaluations: how many programs may be solved to make room for each.
        seed: of the search.
        limit: how many models may be shown in the end.
    """
    search = _Search(evaluations, seed, None)
    now = _State.begin(layout.chosen, layout.choice, search)
    now.draw()
    rank = importance(layout.chosen.graph)
    # What stands nowhere is told beside its child, and gains least by a box.
    for one in sorted(layout.chosen.folded, key=lambda one: (not layout.chosen.folded[one], -rank[one], one)):
        if len(now.plan.chosen.models) < limit:
            now = now.with_again(one, search, evaluations)
    return now.drawn.layout(now.choice(), now.solved.slack, search.done)


def stored(graph: LineageGraph, content: Mapping[str, Any] | None, budget: int = BUDGET) -> TreeLayout:
    """The tree of a graph by the choice that is stored beside the data, or, without one, by a search."""
    choice = Choice.from_dict(content) if content else None
    return grow(choose(graph, budget, choice.folded if choice else ()), choice)
