"""The hero tree: a bounded search for the sides of leaves and limbs, and the layout that comes of it.

The value of the program of :mod:`lineage.bending` tells how good sides are. The search is bounded by the number of
programs it may solve, so it gives the same picture everywhere it is run. Its result is stored beside the data: a picture
drawn again from it is quick, and stays as it is when a model is added.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lineage.bending import Program, Solved
from lineage.contour import HOPELESS, Choice, Drawn, TreeLayout, finished
from lineage.graph import LineageGraph
from lineage.limbs import BUDGET, Chosen, arranged, choose, importance, ranked
from lineage.trellis import FORKS, TALLEST, Frame, Plan

Progress = Callable[[int, int, float], None]
"""Told how many programs were solved, how many may be, and the value of the best."""

EVALUATIONS: Final = 2000
"""What a search from nothing may cost, in programs: less than two minutes on one core."""
MENDING: Final = 170
"""What it may cost to fit a choice that was searched for other data."""
DRAWING: Final = 8
"""As much as so many programs costs it to draw a picture and to check it."""
SEED: Final = 7
TALL: Final = 1.5
"""Years are not stretched further than this for the sake of room alone."""
CORES: Final = (36, 24, 48, 30)
"""With so many models a search begins, and begins again."""
ROOMY: Final = 30.0
"""With so little slack a picture is worth to be drawn."""
STALE: Final = 0.1
"""A choice is stale when so large a part of the models came or went after it was made."""


def grow(
    chosen: Chosen,
    near: Choice | None = None,
    *,
    evaluations: int = EVALUATIONS,
    seed: int = SEED,
    progress: Progress | None = None,
) -> TreeLayout:
    """Find a place for everything in the hero tree by a search that solves no more than about so many programs.

    If the drawn picture had an overlap or a crossing it is made taller, and when it is as tall as it may be the
    tightest leaves are folded; so what is returned has none. With what is left of the search folded models are shown
    again, each only if there is room for it.

    Args:
        chosen: the models and limbs; no more models will be shown.
        near: a choice to begin with: its sides, as far as they apply, and what an editor wants to be shown.
        evaluations: how many programs the search may solve.
        seed: of the search; the same seed gives the same picture.
        progress: is told how far the search is.
    """
    search = _Search(chosen.graph, near.pinned if near else (), evaluations, seed, progress, kin=chosen.kin)
    order = ranked(chosen.graph, len(chosen.models), set(chosen.folded), search.pinned)
    now = _best_planted(chosen.graph, order, near, search)
    now = _sound(now, search)
    now = _fuller(now, search, len(order))
    return now.drawn.layout(now.choice(search.pinned), now.solved.slack, search.done)


def anew(graph: LineageGraph, pinned: Iterable[str] = (), *, budget: int = BUDGET, **how: Any) -> TreeLayout:
    """The tree of a graph by a search from nothing.

    What comes back is what :func:`stored` makes of its choice: the same models on the same sides.

    Args:
        graph: the graph.
        pinned: models that an editor wants to be shown.
        budget: how many models are shown at the most.
        how: the search; see :func:`grow`.
    """
    pinned = tuple(sorted(pinned))
    layout = grow(choose(graph, budget, pinned=pinned), Choice({}, {}, (), 1.0, {}, 0, pinned), **how)
    return stored(graph, layout.choice.to_dict())


def stored(graph: LineageGraph, content: Mapping[str, Any] | None, *, budget: int = BUDGET) -> TreeLayout:
    """The tree of a graph by the choice that is stored beside the data, in a bounded time whatever is stored.

    A choice of these data is drawn as it is, without a search: the models that it shows, on their sides. Where it is
    stale, or where there is none, the models are chosen again, and a short search fits them in; the stored sides are
    kept where they apply.

    Args:
        graph: the graph.
        content: what :meth:`lineage.contour.Choice.to_dict` gave, or nothing.
        budget: how many models are shown at the most where they are chosen again.

    Raises:
        ValueError: if the content is no stored choice.
    """
    choice = Choice.from_dict(content) if content else Choice({}, {}, (), 1.0, {}, 0, ())
    models = {node.id for node in graph.nodes("model")}
    changed = abs(len(models) - choice.models)
    if not choice.shown or not models.issuperset(choice.shown) or changed > STALE * choice.models:
        return grow(choose(graph, budget, pinned=choice.pinned), choice, evaluations=MENDING)
    now = _State.begin(arranged(graph, choice.shown), choice)
    search = _Search(graph, choice.pinned, MENDING, SEED, None)
    now = _sound(now, search)
    return now.drawn.layout(now.choice(search.pinned), now.solved.slack, search.done)


def _best_planted(graph: LineageGraph, order: Sequence[str], near: Choice | None, search: _Search) -> _State:
    """The best of a few trees, each planted from another beginning: the one whose models are worth most."""
    if search.most < CORES[0] * 10 or (near and near.shown):
        return _planted(graph, order, near, search, CORES[0], search.most * 85 // 100)
    best: tuple[float, _State] | None = None
    for turn, core in enumerate(CORES, 1):
        now = _planted(graph, order, near, search, core, search.most * 70 * turn // (100 * len(CORES)))
        worth = sum(search.worth[one] for one in now.plan.boxes)
        if best is None or worth > best[0]:
            best = worth, now
    assert best is not None  # noqa: S101 - there is at least one beginning
    return _more(best[1], order, search, search.most * 85 // 100)


def _planted(
    graph: LineageGraph, order: Sequence[str], near: Choice | None, search: _Search, core: int, until: int
) -> _State:
    """One model after another, the important ones first, each if there is room for it."""
    known = [one for one in order if near and one in near.sides]
    first = known if len(known) > core else list(order[:core])
    now = _State.begin(arranged(graph, first, kin=search.kin), near)
    now.improve(search, (until - search.done) // 8 if len(known) <= core else 2)
    _thinned(now, search)
    return _more(now, order, search, until)


def _more(now: _State, order: Sequence[str], search: _Search, until: int) -> _State:
    """The picture with more models, each if there seems to be room for it; with more effort when few are found."""
    effort = 1 + search.most // 400
    while effort <= 64 and not now.plan.boxes.keys() >= set(order):
        before = len(now.plan.boxes)
        for one in order:
            if search.done + effort > until:
                return now
            if one not in now.plan.boxes:
                now = now.with_more(one, search, effort)
        if len(now.plan.boxes) < before + 2:
            effort *= 2
    return now


def _thinned(now: _State, search: _Search) -> None:
    """Fold the tightest leaves, few at a time and with a look for better sides between, until there is room for all."""
    each = max(2, search.most // 50)
    while True:
        now.improve(search, each)
        slack = now.solved.slack
        if slack < ROOMY or len(now.plan.boxes) < 2:
            return
        if now.taller(1.25, TALL):
            continue
        weight = search.tightness(now, {})
        hit = sorted(_leaves(now.plan.chosen), key=lambda one: (-weight[one], one))
        # When half of the search is over, more at a time.
        hurry = 150 if 2 * search.done < search.most else 40
        now.fold(hit, max(1, min(len(now.plan.boxes) // 8, int(slack / hurry))))


def _sound(now: _State, search: _Search) -> _State:
    """The picture without faults: made taller, and when it is as tall as it may be with less leaves."""
    tries = 0
    while faults := now.draw(search):
        many = len(faults) >= HOPELESS
        tries += 1
        if many or tries % 3 == 0 or not now.taller():
            weight = search.tightness(now, faults)
            free = _leaves(now.plan.chosen)
            hit = sorted(free, key=lambda one: (-weight[one], one))
            wrong = int(now.solved.slack / 900) + len(faults) // 12
            # More and more, so that it comes to an end soon.
            now.fold(hit, max(1 + tries // 4, min(len(now.plan.boxes) // 6, wrong)))
        if not many:
            now.improve(search, max(8, search.most // 60))
    return now


def _fuller(now: _State, search: _Search, limit: int) -> _State:
    """The picture with folded models shown again, as long as the search lasts: who adds most first, where there is room."""
    each = max(6, min(20, search.most // 60))
    order = ranked(search.graph, 2 * limit, pinned=search.pinned)
    years = {one: search.graph[one].year for one in order}
    failed: Counter[int] = Counter()
    todo = {one: place for place, one in enumerate(order) if one not in now.plan.chosen.parents}
    again: dict[str, int] = {}
    while todo and len(now.plan.chosen.models) < limit and search.done + each + DRAWING + 3 <= search.most:
        # Where one had no room the next one of that year will hardly have any.
        one = min(todo, key=lambda one: todo[one] + 12 * failed[years[one]])
        place = todo.pop(one)
        found = now.with_again(one, search, each)
        if found is now:
            failed[years[one]] += 1
            again[one] = place
        else:
            now = found
        if not todo and again:
            todo, again = {one: place for one, place in again.items() if place < limit}, {}
    return now


class _Search:
    """A bounded search for better sides."""

    def __init__(
        self,
        graph: LineageGraph,
        pinned: Iterable[str],
        evaluations: int,
        seed: int,
        progress: Progress | None,
        *,
        kin: bool = False,
    ) -> None:
        self.graph, self.pinned = graph, tuple(sorted(pinned))
        self.kin = kin
        self.most, self.done = evaluations, 0
        self.chance = random.Random(seed)  # noqa: S311 - no cryptography; the same picture every time
        self.progress = progress
        self.best = 0.0
        wanted = set(self.pinned)
        self.worth = {one: worth * (3 if one in wanted else 1) for one, worth in importance(graph).items()}

    def spend(self, programs: int) -> None:
        """Count what was done, and tell it."""
        self.done += programs
        if self.progress:
            self.progress(min(self.done, self.most), self.most, self.best)

    def tightness(self, now: _State, faults: Mapping[str, float]) -> dict[str, float]:
        """How much each model is in the way, itself or what it hangs on, for what it is worth."""
        by_item, parents = now.solved.by_item, now.plan.chosen.parents
        found = {}
        for one in now.plan.chosen.models:
            own = by_item.get(one, 0.0) + 20 * faults.get(one, 0.0) + faults.get(f"limb:{one}", 0.0)
            above, share = parents[one], 0.5
            while above and share > 0.05:
                own += share * 20 * faults.get(above, 0.0)
                above, share = parents[above], share / 2
            found[one] = own / self.worth[one]
        return found

    def value(self, plan: Plan, sides: Mapping[str, int], shifts: Mapping[str, int]) -> Solved:
        """What sides are worth."""
        self.spend(1)
        return Program(Frame(plan, sides, shifts), 32.0, 14.0).solve()

    def options(self, plan: Plan, one: str, sides: Mapping[str, int]) -> list[int]:
        """The other sides that a model or limb may take."""
        if one.startswith("class:") or one in plan.tips:
            return []
        if one not in sides or (plan.chosen.kin and one in plan.home and one in plan.limbs[plan.home[one]].path):
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
                self.best = min(now.cost, best[0].cost)
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
    ) -> tuple[dict[str, int], Solved]:
        """Sides for those that have none, each decided for itself; all others keep theirs."""
        best, now = dict(sides), self.value(plan, sides, shifts)
        for one in sorted(missing, key=lambda one: (plan.boxes[one].year if one in plan.boxes else 0, one)):
            for side in self.options(plan, one, best):
                trial = plan.settled({**best, one: side})
                found = self.value(plan, trial, shifts)
                if found.cost < now.cost:
                    best, now = trial, found
        return best, now


@dataclass
class _State:
    """A picture on its way: what is shown, on which sides, how tall."""

    plan: Plan
    sides: dict[str, int]
    shifts: dict[str, int]
    missing: list[str]
    room: dict[str, float] = field(default_factory=dict)
    drawn: Drawn = field(init=False)
    solved: Solved = field(init=False)

    @classmethod
    def begin(cls, chosen: Chosen, stored: Choice | None) -> _State:
        """The stored choice as far as it fits, in a picture that is not too tall."""
        plan = _fitting(chosen, stored.stretch if stored else 1.0)
        sides, missing = plan.complete(stored.sides if stored else {})
        return cls(
            plan, sides, plan.allowed(stored.shifts if stored else {}), missing, dict(stored.room if stored else {})
        )

    def improve(self, search: _Search, evaluations: int) -> None:
        """Look for better sides."""
        self.room = {}
        self.sides, self.shifts, self.solved = search.improve(self.plan, self.sides, self.shifts, evaluations)

    def draw(self, search: _Search) -> dict[str, float]:
        """Find the curves; what is wrong with them."""
        search.spend(DRAWING)
        self.drawn, self.solved, faults, self.room = finished(self.plan, self.sides, self.shifts, self.room)
        return faults

    def taller(self, by: float = 1.06, most: float = math.inf) -> bool:
        """Give every year more room, if the picture may be taller and the years be stretched so far."""
        plan = Plan(self.plan.chosen, round(self.plan.stretch * by, 3))
        if plan.top > TALLEST or plan.stretch > most:
            return False
        self._become(plan)
        return True

    def fold(self, hit: Sequence[str], count: int) -> None:
        """Show so many models less: these."""
        chosen = self.plan.chosen
        kept = set(chosen.models).difference(hit[: min(count, len(hit))])
        # What they leave is room for the others: the years may get taller.
        stretch = max(self.plan.stretch, min(TALL, 1.3 * self.plan.stretch))
        self._become(_fitting(arranged(chosen.graph, kept, kin=chosen.kin), stretch))

    def _become(self, plan: Plan) -> None:
        self.plan = plan
        self.room = {}
        self.sides, self.missing = plan.complete(self.sides)
        self.shifts = plan.allowed(self.shifts)

    def with_more(self, one: str, search: _Search, evaluations: int) -> _State:
        """The picture with one model more, if there seems to be room for it, else this one."""
        found = _State(self.plan, self.sides, self.shifts, [])
        models = {*self.plan.boxes, one}
        found._become(_fitting(arranged(search.graph, models, kin=search.kin), self.plan.stretch))
        found.sides, found.solved = search.place_new(found.plan, found.sides, found.shifts, found.missing)
        slack = found.solved.slack
        if slack > ROOMY and slack < 8 * ROOMY and evaluations:
            found.improve(search, evaluations)
        if found.solved.slack > ROOMY and slack < 16 * ROOMY and evaluations:
            found = found.with_less(one, search, evaluations)
        return self if found.solved.slack > ROOMY else found

    def with_less(self, one: str, search: _Search, evaluations: int) -> _State:
        """The picture without the leaf that is most in the way, of those that are worth less than a model."""
        weight = search.tightness(self, {})
        less = [
            each for each in _leaves(self.plan.chosen) if weight[each] > 0 and search.worth[each] < search.worth[one]
        ]
        if less:
            self.fold([max(less, key=lambda each: (weight[each], each))], 1)
            self.improve(search, evaluations)
        return self

    def with_again(self, one: str, search: _Search, evaluations: int) -> _State:
        """The picture with a folded model shown again, if it can be drawn without a fault, else this one."""
        found = self.with_more(one, search, evaluations)
        return self if found is self or found.draw(search) else found

    def choice(self, pinned: Iterable[str]) -> Choice:
        """What is worth keeping."""
        chosen = self.plan.chosen
        return Choice(
            {one: side for one, side in self.sides.items() if one not in FORKS},
            {one: shift for one, shift in self.shifts.items() if shift},
            chosen.models,
            self.plan.stretch,
            self.room,
            len(chosen.models) + len(chosen.folded),
            tuple(sorted(pinned)),
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
    return set(chosen.models).difference(chosen.parents.values())
