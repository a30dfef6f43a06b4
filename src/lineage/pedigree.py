"""The limbs of a small tree, in which every line is read as descent.

In the great tree a limb is an architecture, and models stand beside it. A small tree is asked who came of whom, so there a
limb runs through the boxes of a line of descent, and all that leaves it between two boxes came from the lower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lineage.forest import BandKey
from lineage.limbs import Chosen, Limb, band_of

GAP: Final = 12.0
"""Between two boxes on a limb."""
FORK: Final = 34.0
"""And as much more where others leave it between them."""
FLAT: Final = 30.0
"""A limb that has less height to reach its first box would lie almost level: there a twig does."""
STALK: Final = 55.0
"""A twig may rise so far; who stands higher above where it leaves needs a limb."""


@dataclass(frozen=True)
class Pedigree:
    """Some models in their places in time, and who came from whom among them."""

    chosen: Chosen
    middle: Mapping[str, float]
    """The height of the middle of each box."""
    tall: Mapping[str, float]
    """How tall each box is."""

    def root(self) -> Limb:
        """The trunk with everything on it: the same as that of the choice, but for what stands where on its limbs."""
        root = self.chosen.root
        limbs = [
            self._architecture(limb) if limb.key.startswith("class:") else self._line(limb.path[0])
            for limb in root.limbs
        ]
        return Limb(root.key, root.band, (), root.leaves, tuple(limbs), "")

    def _architecture(self, limb: Limb) -> Limb:
        """The limb of an architecture: the largest line of descent, and others that leave it below its first box."""
        inside = {one for part in limb.walk() for one in (*part.path, *part.leaves)}
        heads = sorted(one for one in inside if self.chosen.parents[one] not in inside)
        if len(heads) > 1 and not any(self._children.get(one) for one in heads):
            return Limb(limb.key, limb.band, (), tuple(heads), (), max(heads, key=self._rank))
        leader = max(heads, key=lambda one: (self._size[one], self._rank(one)))
        led = self._line(leader)
        others = (self._line(one) for one in heads if one != leader)
        return Limb(limb.key, limb.band, led.path, led.leaves, (*led.limbs, *others), led.tip)

    def _line(self, head: str) -> Limb:
        """The heaviest line of descent that has room for its boxes, and what leaves it."""
        path, leaves, limbs = [head], [], []
        while below := self._children.get(path[-1], ()):
            here = path[-1]
            ahead = max(
                (one for one in below if self._fits(here, one, below)),
                key=lambda one: (self._size[one], self._rank(one)),
                default="",
            )
            for one in below:
                if one == ahead:
                    continue
                grown = self._children.get(one)
                if not self._near(here, one, ahead) or (grown and self._foot(one) - self._top(here) >= FLAT):
                    limbs.append(self._line(one))
                else:
                    leaves.append(one)
                    if grown:
                        limbs.append(self._out_of(one))
            if not ahead:
                break
            path.append(ahead)
        return Limb(f"limb:{head}", self._bands[head], tuple(path), tuple(leaves), tuple(limbs), path[-1])

    def _out_of(self, root: str) -> Limb:
        """What came from a model that stands so near to its parent that only a twig leads to it."""
        line = self._line(root)
        return Limb(
            line.key, line.band, line.path[1:], line.leaves, line.limbs, line.tip if line.path[1:] else "", root
        )

    def _fits(self, here: str, one: str, below: Iterable[str]) -> bool:
        """Whether there is room between two boxes on a limb, also for what else came from the lower one."""
        least = (self.tall[here] + self.tall[one]) / 2 + GAP
        later = any(other != one and self._foot(other) > self._foot(one) for other in below)
        return self.middle[one] - self.middle[here] >= least + (FORK if later else 0.0)

    def _near(self, here: str, one: str, ahead: str) -> bool:
        """Whether a twig reaches a model from below the next box on the limb, or from the box that it came from."""
        highest = self._foot(ahead) if ahead else self.middle[here]
        return self._foot(one) - highest <= STALK

    def _foot(self, one: str) -> float:
        return self.middle[one] - self.tall[one] / 2

    def _top(self, one: str) -> float:
        return self.middle[one] + self.tall[one] / 2

    def _rank(self, one: str) -> tuple[float, str]:
        return self.middle[one], one

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one, above in sorted(self.chosen.parents.items()):
            if above:
                found.setdefault(above, []).append(one)
        return found

    @cached_property
    def _size(self) -> dict[str, int]:
        size = dict.fromkeys(self.chosen.parents, 1)
        for one in size:
            above, passed = self.chosen.parents[one], {one}
            while above and above not in passed:
                passed.add(above)
                size[above] += 1
                above = self.chosen.parents[above]
        return size

    @cached_property
    def _bands(self) -> dict[str, BandKey]:
        """The colour of each: who does not tell is drawn where it came from."""
        found: dict[str, BandKey] = {}
        for one in self.chosen.parents:
            line = [one]
            while band_of(self.chosen.graph, line[-1]) == "undisclosed" and self.chosen.parents[line[-1]]:
                line.append(self.chosen.parents[line[-1]])
            found[one] = band_of(self.chosen.graph, line[-1])
        return found
