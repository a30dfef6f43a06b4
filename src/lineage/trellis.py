"""What is known of the hero tree before any x: boxes and their sizes, the axis of time, heights, and one order.

The date fixes the height of a box. Of every leaf and limb only a side is chosen: left of its limb, right of it, or on
it. The sides, and the rule that what leaves a limb earlier goes further out, give one order from left to right that is
the same at every height: a drawing that keeps it has no crossing.

Lengths are 1/1000 of the width of the picture; heights are counted upward from the ground.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lineage.forest import cut, text_width, told_apart
from lineage.graph import LineageGraph
from lineage.limbs import SLIM, Chosen, Limb
from lineage.pedigree import GAP, Pedigree
from lineage.vocabulary import DateInterval

WIDTH: Final = 1000.0
LEFT: Final = 68.0
RIGHT: Final = 992.0
HEADER: Final = 96.0
"""Above the highest box: title and subtitle."""
NAME: Final = 16.5
MAKER: Final = 14.8
"""The sizes of the letters: 11.2 and 10.06 pixels in a column of 680."""
LINE: Final = 17.0
ROW: Final = 40.0
"""The height of a box of two lines."""
LONGEST: Final = 252.0
"""Of a name; of a longer one the middle is left out."""
LONGEST_MAKER: Final = 190.0
"""Of a maker, and of another parent."""
TAB: Final = 7.0
"""Between the maker and the number of folded models."""
PADDING: Final = 9.0
NUMBER: Final = 37.0
"""The number of a source with two figures, in a row of a box: its width, and the space around it."""
CORNER: Final = (430.0, 262.0)
"""The ground at the lower right that legend and chart need."""
LOWEST: Final = 420.0
"""The height of the tree at the least: the picture is not wider than 1.7 times its height."""
TALLEST: Final = 1760.0
"""The height of the tree at the most: with title and caption the picture is not taller than twice its width."""

BESIDE: Final = 3.5
"""Half the space between two boxes."""
ABOVE: Final = 3.0
CLEAR: Final = 4.5
"""From the edge of a line to what is not its own."""
LEAD: Final = 40.0
"""How far below the next box a limb leaves another in a small tree, so that it is clear of that box in time."""
TWIG: Final = 3.0
RISE: Final = 15.0
"""From where a twig leaves its limb to the foot of its box."""
REACH: Final = 34.0
"""How far from the near corner a twig meets a box."""
FORKS: Final[Mapping[str, tuple[int, float]]] = {
    "class:encoder-decoder": (-1, 0.0),
    "class:encoder-only": (-1, 20.0),
    "class:decoder-only": (1, 30.0),
    "class:other": (1, 50.0),
    "class:undisclosed": (-1, 46.0),
    "class:state-space": (-1, 66.0),
}
"""The side of the limb of each architecture, and how far below the fork of the trunk it leaves."""

APART: Final = 8.0
"""How much higher than the model that it came from one stands in a small tree at the least, if its date leaves room."""

LIMB, ON, BOX, STALK = 0, 1, 2, 3
"""The kinds of element: a limb, a box on a limb, a box beside one, the twig to it."""


def _middle(interval: DateInterval) -> tuple[int, float]:
    """The year of a date, and how much of that year is over in the middle of what the date may stand for."""
    year = interval.start.year
    first = interval.start.replace(month=1, day=1).toordinal()
    length = interval.start.replace(month=12, day=31).toordinal() - first + 1
    middle = (interval.start.toordinal() + interval.end.toordinal() + 1) / 2 - first
    return year, min(1.0, middle / length)


def maker(graph: LineageGraph, one: str) -> str:
    """The first maker of a model in few letters: of a university the place or the name."""
    makers = graph[one].organizations
    name = " ".join(makers[0].split()) if makers else ""
    for front in ("The University of ", "University of ", "Université de "):
        name = name.removeprefix(front)
    short = {
        "Massachusetts Institute of Technology": "MIT",
        "Allen Institute for AI": "Ai2",
        "Wisconsin-Madison": "UW-Madison",
        "Illinois Urbana-Champaign": "UIUC",
        "National University of Singapore": "NUS",
        "The Chinese University of Hong Kong, Shenzhen": "CUHK Shenzhen",
        "Technology Innovation Institute": "TII",
    }
    name = short.get(name, name)
    for back in (" University of Technology and Design", " University", " Technology"):
        if name.endswith(back):
            name = name.removesuffix(back)
    return name.replace(" University ", " ").strip()


def visible(text: str) -> str:
    """A text in one line without characters that cannot be seen or that turn the direction of writing."""
    kept = (char for char in " ".join(text.split()) if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Co"})
    return "".join(kept)


@dataclass(slots=True)
class Box:
    """A model as it will be written, and when it was: a year and how much of it was over."""

    id: str
    width: float
    height: float
    lines: tuple[str, ...]
    folded: int
    year: int
    share: float
    spare: float = 0.0
    """How far from there, in parts of the year, the date leaves it open when it was."""


class Plan:
    """The boxes and limbs of a choice of models, and the axis of time."""

    def __init__(self, chosen: Chosen, stretch: float) -> None:
        self.chosen, self.stretch = chosen, stretch
        graph = chosen.graph
        self.boxes: dict[str, Box] = {}
        self.lifts: dict[str, float] = {}
        behind: dict[str, int] = {}
        for holder in chosen.folded.values():
            behind[holder] = behind.get(holder, 0) + 1
        names = {one: visible(graph[one].name) or one for one in chosen.models}
        labels = told_apart(names, {one: cut(name, NAME, LONGEST) for one, name in names.items()}, NAME, LONGEST)
        for one in chosen.models:
            lines = [labels[one] or one]
            lines.append(cut(maker(graph, one), MAKER, LONGEST_MAKER))
            edge = graph.layout_parent(one)
            # What is an ancestor in the tree anyway need not be told.
            others = [each for each in graph.parents(one) if each not in self._line(edge.source if edge else "")]
            if others:
                rest = f" +{len(others) - 1}" if len(others) > 1 else ""
                told = cut(visible(graph[others[0]].name), MAKER, LONGEST_MAKER) or others[0]
                lines.append(f"& {told}{rest}")
            folded = behind.get(one, 0)
            rows = [text_width(line, MAKER if row else NAME) for row, line in enumerate(lines)]
            rows[1] += (TAB if lines[1] else 0.0) + text_width(f"+{folded}", MAKER) if folded else 0.0
            year, share = _middle(graph[one].interval)
            height = ROW + LINE * (len(lines) - 2)
            # A row has room for the number of a source, so that it need not stand beside the box.
            numbered = min(rows[:2]) + NUMBER if edge else 0.0
            self.boxes[one] = Box(
                one, max(max(rows) + 2 * PADDING, numbered), height, tuple(lines), folded, year, share
            )
        self._order_days()
        self.limbs = list(chosen.root.walk())
        self._axis()
        if chosen.kin:
            heights = {one: self.at(box) for one, box in self.boxes.items()}
            tall = {one: box.height for one, box in self.boxes.items()}
            self.limbs = list(Pedigree(chosen, heights, tall).root().walk())
        number = {limb.key: i for i, limb in enumerate(self.limbs)}
        self.above = [-1] * len(self.limbs)
        self.home: dict[str, int] = {}
        for i, limb in enumerate(self.limbs):
            for below in limb.limbs:
                self.above[number[below.key]] = i
            for one in (*limb.path, *limb.leaves):
                self.home[one] = i
        self.sizes = [limb.size for limb in self.limbs]
        # In steps of half an octave, so that one model more seldom makes anything thicker and moves the picture.
        self.stands_for = {one: 2 ** (round(2 * math.log2(1 + box.folded)) / 2) for one, box in self.boxes.items()}
        self.loads = [
            sum(self.stands_for[one] for part in limb.walk() for one in (*part.path, *part.leaves))
            for limb in self.limbs
        ]
        self.tips = {limb.tip for limb in self.limbs if limb.tip}
        self.rooted = {limb.root: i for i, limb in enumerate(self.limbs) if limb.root}
        """Of leaves: the limb that grows out of their box."""
        above = {self.chosen.parents[one] for limb in self.limbs for one in (*limb.path[:1], *limb.leaves)}
        self.forked = above & self.tips if self.chosen.kin else set()
        """The last ones of their limbs from which others come all the same."""

    def _order_days(self) -> None:
        """Of models whose date is a month or a year: a day of it on which neither parent nor child is put before the other."""
        spans = {one: self.chosen.graph[one].interval for one in self.boxes}
        days = {one: (span.start.toordinal() + span.end.toordinal()) / 2 for one, span in spans.items()}
        order = list(self.chosen.parents)  # parents before children
        for one in reversed(order):
            if (above := self.chosen.parents[one]) and days[one] < days[above]:
                days[above] = max(days[one], float(spans[above].start.toordinal()))
        for one in order:
            if (above := self.chosen.parents[one]) and days[one] < days[above]:
                days[one] = min(days[above], float(spans[one].end.toordinal()))
        for one, span in spans.items():
            self.boxes[one].spare = min(days[one] - span.start.toordinal(), span.end.toordinal() - days[one]) / 366
            if days[one] != (span.start.toordinal() + span.end.toordinal()) / 2:
                first = span.start.replace(month=1, day=1).toordinal()
                length = span.start.replace(month=12, day=31).toordinal() - first + 1
                self.boxes[one].share = min(1.0, (days[one] + 0.5 - first) / length)

    def _axis(self) -> None:
        boxes = self.boxes.values()
        self.first = min((box.year for box in boxes), default=2018)
        last = max((box.year for box in boxes), default=self.first)
        load = dict.fromkeys(range(self.first, last + 1), 0.0)
        for box in boxes:  # how much of the picture the boxes of a year cover, in rows of its width
            load[box.year] += (box.width + 22) * (box.height + 14) / (RIGHT - LEFT)
        empty, least = (min(each, 900.0 / len(load)) for each in (22.0, 31.0))
        heights = [max(least, (empty + 2.0 * rows + 2.5 * math.sqrt(rows)) * self.stretch) for rows in load.values()]
        loose = {one for limb in self.limbs[:1] for one in limb.leaves} - {self.chosen.stem}
        grown = [box for box in boxes if box.id not in loose] or [Box("", 0, 40.0, (), 0, self.first, 0.5)]
        self.starts = [64.0]
        for height in heights:
            self.starts.append(self.starts[-1] + height)
        lowest = min(self.at(box) - box.height / 2 for box in grown)
        # The limbs need a trunk to leave from, the legend ground to stand on.
        raised = max(0.0, CORNER[1] + 4 - lowest)
        self.starts = [start + raised for start in self.starts]
        self.fork = lowest + raised - 62.0
        if self.chosen.kin:
            self._lift()
        highest = max((self.at(box) + box.height / 2 for box in boxes), default=0.0)
        self.top = max(highest + 12, LOWEST)

    def _lift(self) -> None:
        """Put those of one month or year, with one parent, in rows of it, and children a little above their parents."""
        alike: dict[tuple[str, DateInterval], list[str]] = {}
        for one, above in self.chosen.parents.items():
            alike.setdefault((above, self.chosen.graph[one].interval), []).append(one)
        for group in alike.values():
            spare = 0.8 * self._spare(self.boxes[group[0]])
            rows = min(len(group) // 3 + 1, int(2 * spare / (ROW + 2 * ABOVE)) + 1)
            for place, one in enumerate(sorted(group)):
                if rows > 1:
                    self.lifts[one] = spare * (2 * (place % rows) / (rows - 1) - 1)
        for one, above in self.chosen.parents.items():  # parents before children
            if above:
                box, under = self.boxes[one], self.boxes[above]
                # A line out of the side of the box below has to reach the foot of this one.
                apart = max(APART, (box.height - under.height) / 2 + APART)
                if (low := self.at(under) + apart - self.at(box)) > 0:
                    now = self.lifts.get(one, 0.0)
                    self.lifts[one] = min(now + low, max(now, self._most(box)))

    def _spare(self, box: Box) -> float:
        start, end = self.starts[box.year - self.first : box.year - self.first + 2]
        return (end - start) * box.spare

    def _most(self, box: Box) -> float:
        """How far a box may stand from the middle of its date: a month, and twelve units at the most, or on any day of it."""
        start, end = self.starts[box.year - self.first : box.year - self.first + 2]
        most = min(12.0, (end - start) / 12)
        return max(most, self._spare(box)) if self.chosen.kin else most

    def _line(self, one: str) -> set[str]:
        """A model and those it hangs on in the picture."""
        found: set[str] = set()
        while one and one not in found:
            found.add(one)
            edge = self.chosen.graph.layout_parent(one)
            one = edge.source if edge else ""
        return found

    def source(self, one: str, limb: int = -1) -> str:
        """The box out of which a line may come in a small tree: that of the model which it leads from.

        Args:
            one: the leaf at the end of a twig; does not count for a limb.
            limb: the number of the limb that the line is, if it is one.
        """
        if not self.chosen.kin:
            return ""
        here = self.limbs[limb if limb >= 0 else self.home[one]]
        if limb < 0:
            parent, line = self.chosen.parents[one], (here.root, *here.path)
        elif here.root:
            return here.root
        else:
            above = self.limbs[self.above[limb]]
            parent, line = self.chosen.parents[here.path[0]] if here.path else "", (above.root, *above.path)
        return parent if parent in line else ""

    def at(self, box: Box) -> float:
        """The height of the middle of the date of a box."""
        start, end = self.starts[box.year - self.first : box.year - self.first + 2]
        return start + (end - start) * box.share + self.lifts.get(box.id, 0.0)

    def leeway(self, box: Box) -> float:
        """How far a box may be moved yet."""
        return max(0.0, self._most(box) - abs(self.lifts.get(box.id, 0.0)))

    def pressed(self) -> float:
        """How much height is missing, in all, for a line up from the box of a parent to that of its child."""
        boxes, parents = self.boxes, self.chosen.parents
        fertile = set(parents.values())
        found = 0.0
        for one, above in parents.items():
            if above:
                least = (boxes[one].height + boxes[above].height) / 2 + (GAP if one in fertile else 0.0)
                found += max(0.0, least - self.at(boxes[one]) + self.at(boxes[above]))
        return found

    def allowed(self, shifts: Mapping[str, int]) -> dict[str, int]:
        """The shifts of shown boxes, none further than it may be."""
        room = {one: int(self.leeway(self.boxes[one])) for one in shifts if one in self.boxes}
        return {one: max(-most, min(most, shifts[one])) for one, most in room.items()}

    def first_sides(self) -> dict[str, int]:
        """Sides to begin with: short lines carry their models, other leaves alternate by date."""
        sides: dict[str, int] = {}
        for i, limb in enumerate(self.limbs):
            slim = limb.path and self.sizes[i] <= SLIM
            items = [(self.at(self.boxes[one]), one) for one in (*limb.path, *limb.leaves)]
            items += [
                (self.at(self.boxes[below.path[0]]), below.key) for below in limb.limbs if below.path and not below.root
            ]
            turn = 1
            above = self.at(self.boxes[limb.tip]) if limb.tip else math.inf
            room = {}
            for height, one in sorted(items, reverse=True):
                if one in self.boxes and one in limb.path and above - height >= 64:
                    room[one] = above = height
            for _, one in sorted(items):
                if one in self.tips or (one in limb.path if self.chosen.kin else slim and one in room):
                    sides[one] = 0
                else:
                    sides[one] = turn
                    turn = -turn
            if i == 0:
                sides.update({key: side for key, (side, _) in FORKS.items() if any(b.key == key for b in limb.limbs)})
                if self.chosen.stem:
                    sides[self.chosen.stem] = 1
        return sides

    def complete(self, stored: Mapping[str, int]) -> tuple[dict[str, int], list[str]]:
        """The stored sides where they fit, and who has none yet."""
        sides = self.first_sides()
        missing = []
        for one in sides:
            if one in self.tips:
                continue
            on = one in self.home and one in self.limbs[self.home[one]].path
            if on and self.chosen.kin:
                continue
            if stored.get(one) or (one in stored and on):
                sides[one] = stored[one]
            elif stored.get(f"limb:{one}"):  # the limb of which only its first model is left
                sides[one] = stored[f"limb:{one}"]
            elif not one.startswith("class:"):
                missing.append(one)
        for one in missing:  # a line of descent that became a limb, or lost its last leaf, keeps its side
            near = self.limbs[self.home[one]].key if one in self.home else one
            if stored.get(near):
                sides[one] = stored[near] if sides[one] else 0
        return self.settled(sides), missing

    def settled(self, sides: Mapping[str, int]) -> dict[str, int]:
        """The same sides, but a box on a limb from which the next one on it did not come, or that has no room, steps aside.

        A limb that runs through one box into another is read as descent, so it has to be. So is what leaves it above a box.
        """
        settled = dict(sides)
        if self.chosen.kin:  # its limbs are made so
            return settled
        for limb in self.limbs:
            own = [one for one in {*limb.path, *limb.leaves} if settled[one] == 0]
            leaving = [(self.at(self.boxes[one]), one) for one in (*limb.path, *limb.leaves) if settled[one]]
            leaving += [(self._leaves_about(below), below.path[0]) for below in limb.limbs if below.path]
            above, later = math.inf, ""
            for one in sorted(own, key=lambda one: (one != limb.tip, -self.at(self.boxes[one]), one)):
                box = self.boxes[one]
                above_it = [each for height, each in leaving if height > self.at(box)] + [later] * bool(later)
                stranger = any(one not in self._hung(each) for each in above_it)
                if one != limb.tip and (stranger or self.at(box) + box.height / 2 + 10 > above):
                    settled[one] = 1 if len(one) % 2 else -1
                else:
                    above, later = self.at(box) - box.height / 2, one
        return settled

    def _leaves_about(self, limb: Limb) -> float:
        """The height at which a limb leaves its own, if nothing is in its way."""
        first = self.boxes[limb.path[0]]
        return self.at(first) - first.height / 2 - 31 - 9 * math.log2(max(1, limb.size))

    def _hung(self, one: str) -> set[str]:
        """The shown models that a shown one hangs on, one after another."""
        found: set[str] = set()
        while (one := self.chosen.parents.get(one, "")) and one not in found:
            found.add(one)
        return found


class Frame:
    """Heights and order of everything for given sides. No x is known yet."""

    def __init__(self, plan: Plan, sides: Mapping[str, int], shifts: Mapping[str, int]) -> None:
        self.plan, self.sides = plan, sides
        self.penalty = 0.0
        boxes = plan.boxes
        self.middle = {one: plan.at(box) + (shifts.get(one, 0) if sides[one] else 0) for one, box in boxes.items()}
        self.penalty += sum(0.9 * shift * shift for one, shift in shifts.items() if one in boxes and sides[one])
        self.foot = {one: self.middle[one] - box.height / 2 for one, box in boxes.items()}
        count = len(plan.limbs)
        self.start = [0.0] * count
        self.first_item = [0.0] * count
        self.end = [0.0] * count
        self.leaves_at: dict[str, float] = {}
        self.on: list[list[str]] = [[] for _ in range(count)]
        for i in range(count - 1, -1, -1):
            self._heights(i)
        self.order: list[tuple[int, int, str]] = []
        self._emit(0)

    def _heights(self, i: int) -> None:
        plan, limb = self.plan, self.plan.limbs[i]
        number = numbers_of(plan)
        own = [*limb.path, *limb.leaves]
        on = sorted((one for one in own if self.sides[one] == 0), key=lambda one: (self.middle[one], one))
        self.on[i] = on
        for one in on:
            if one not in plan.tips and not plan.chosen.kin:
                self.penalty += 60 * (0.4 + float(thickness(len(on))) / 10) * (plan.sizes[i] > 14) + 8
        spans = [(self.foot[one], self.foot[one] + plan.boxes[one].height) for one in on]
        starts: dict[str, float] = {}
        for one in own:
            if self.sides[one]:
                starts[one] = _clear_of(self.foot[one] - RISE, spans, self.foot[one] - 4)
                if i and plan.chosen.kin:
                    starts[one] = self._between(limb, one, self.foot[one] - RISE, self.foot[one] - 4, 0.0)
        for below in limb.limbs:
            j = number[below.key]
            if below.root:
                continue
            if i and plan.chosen.kin:
                starts[below.key] = self._between(limb, below.path[0], self.start[j], self.first_item[j] - 14, LEAD)
            elif i and below.key not in FORKS:
                starts[below.key] = _clear_of(self.start[j], spans, self.first_item[j] - 14)
            elif below.key in FORKS:
                starts[below.key] = min(plan.fork - FORKS[below.key][1], self.first_item[j] - 24)
            else:
                starts[below.key] = self.start[j]
        if i == 0:
            highest = (
                plan.fork + 6
                if plan.chosen.stem
                else max((starts[one] for one in starts if one in FORKS), default=plan.fork) + 3
            )
            for one, wanted in sorted(starts.items()):
                if one == plan.chosen.stem:
                    starts[one] = min(wanted, highest - 2)
                elif one not in FORKS:
                    inner = plan.fork - (10 if self.sides[one] > 0 else 0) - 40
                    starts[one] = min(wanted, inner)
            self.end[0] = highest
            self.start[0] = 0.0
        for side in (-1, 1):  # what leaves at the same height would start as one line
            before = math.inf
            for one in sorted((one for one in starts if self.sides[one] == side), key=lambda one: (-starts[one], one)):
                lowest = min(starts[one], self._floor(one))
                starts[one] = before = max(lowest, min(starts[one], before - 2.5))
        for below in limb.limbs:
            if not below.root:
                self.start[number[below.key]] = max(3.0, starts[below.key])
        for one in own:
            if one in starts:
                self.leaves_at[one] = max(3.0, starts[one])
        if i == 0:
            return
        items = [*starts.values(), *(low - 5 for low, _ in spans)]
        lowest = min(items, default=plan.fork + 40)
        self.first_item[i] = lowest
        self.start[i] = lowest - (26 + 9 * math.log2(max(1, plan.sizes[i])))
        if limb.root:
            self.start[i] = self.foot[limb.root] + 5
        if limb.root and not limb.path:
            self.end[i] = self.foot[limb.root] + plan.boxes[limb.root].height - 2
        elif limb.tip:
            self.end[i] = self.middle[limb.tip] if limb.tip in plan.forked else self.foot[limb.tip]
            # A leaf may be later than the tip of its line: then it leaves just below.
            for one in own:
                if one in self.leaves_at:
                    self.leaves_at[one] = min(self.leaves_at[one], self.end[i] - 3)
            for below in limb.limbs:
                j = number[below.key]
                if not below.root:
                    self.start[j] = min(self.start[j], self.end[i] - 5)
        else:
            self.end[i] = min(plan.top - 20, max(starts.values(), default=lowest) + 110)
            self.end[i] = max(self.end[i], max(starts.values(), default=lowest) + 24)

    def _floor(self, one: str) -> float:
        """How low a line may leave a limb for the sake of others: behind the box that it comes out of nobody sees them meet."""
        source = self.plan.source(one) if one in self.plan.home else self.plan.source("", numbers_of(self.plan)[one])
        return self.foot[source] + 2 if source else -math.inf

    def _between(self, limb: Limb, one: str, wanted: float, highest: float, lead: float) -> float:
        """Where a model, or the limb that begins with it, leaves a limb of a small tree: above its parent's box, below the next.

        From a box that is the last one, or that stands too high, it comes out at the side.
        """
        parent = self.plan.chosen.parents[one]
        low, high = -math.inf, math.inf
        line = (limb.root, *limb.path)
        if parent and parent in line:
            low = self.foot[parent] + self.plan.boxes[parent].height + 3
            ahead = (*line, "")[line.index(parent) + 1]
            if not ahead:
                low, high = self.foot[parent] + 6, self.middle[parent] - 2
        else:
            ahead = limb.path[0] if limb.path else ""
        if ahead:
            high = self.foot[ahead] - 5
            high -= min(lead, max(0.0, 0.6 * (high - low)))
        start = min(wanted, high)
        if start >= low:
            return start
        if low <= highest:
            return low
        return min(highest, max(self.foot[parent] + 6, wanted))

    def _emit(self, i: int) -> None:
        """Everything on a limb from left to right: what leaves it earlier stands further out."""
        plan, limb = self.plan, self.plan.limbs[i]
        number = numbers_of(plan)
        items: list[tuple[float, str, int]] = []
        for one in (*limb.path, *limb.leaves):
            if self.sides[one]:
                items.append((self.leaves_at[one], one, -1))
        items += [
            (self.start[number[below.key]], below.key, number[below.key]) for below in limb.limbs if not below.root
        ]
        for side in (-1, 1):
            mine = sorted((item for item in items if self.sides[item[1]] == side), reverse=side > 0)
            for _, one, j in mine:
                if j >= 0:
                    self._emit(j)
                elif one in plan.rooted:
                    self._emit(plan.rooted[one])
                else:
                    self.order += [(STALK, i, one), (BOX, i, one)]
            if side < 0:
                if limb.root:
                    home = plan.home[limb.root]
                    self.order += [(STALK, home, limb.root), (BOX, home, limb.root)]
                self.order.append((LIMB, i, limb.key))
                self.order += [(ON, i, one) for one in self.on[i]]


def numbers_of(plan: Plan) -> dict[str, int]:
    """The place of every limb in the list of them."""
    return {limb.key: i for i, limb in enumerate(plan.limbs)}


def _clear_of(start: float, spans: Iterable[tuple[float, float]], highest: float) -> float:
    """A height near the wanted one at which a limb is not hidden by a box: just above it if that will do, else below."""
    for low, high in sorted(spans, reverse=True):
        if low - 4 < start < high + 3:
            start = high + 3 if high + 3 <= highest else low - 7
    return start


def thickness(models: Any) -> Any:
    """How thick a limb is that carries so many models, those that are folded among them."""
    return 1.3 + 0.6 * np.log2(1 + np.asarray(models, dtype=np.float64)) ** 1.85
