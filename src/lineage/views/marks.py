"""Where the small number of a source stands in the hero tree: in its box, if a row has room, else in the free ground beside it.

A box has room for two figures (:data:`lineage.trellis.NUMBER`), so the tree is the same with and without numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lineage.contour import Leaf, TreeLayout
from lineage.forest import text_width
from lineage.trellis import LEFT, MAKER, NAME, RIGHT, TAB

RAISED: Final = 3.5
"""How far a number stands above the line of its row."""
GAP: Final = 3.0
"""Between a number and what it follows."""
_BORDER: Final = 5.0
"""From the letters to the edge of their box, at the least."""
_AIR: Final = 3.0
"""Around a number that stands beside its box."""
_TALL: Final = 0.73
"""A figure's height in em."""

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a source and its place."""

    text: str
    width: float
    row: int | None
    """Of its box; nothing where it stands beside."""
    x: float = 0.0
    """Of its left end and of its base line, where it stands beside its box."""
    y: float = 0.0


def row_width(leaf: Leaf, row: int) -> float:
    """How wide a row of a box is written, with the number of folded models if it carries that."""
    wide = text_width(leaf.lines[row], MAKER if row else NAME)
    if row == 1 and leaf.folded:
        wide += (TAB if leaf.lines[1] else 0.0) + text_width(f"+{leaf.folded}", MAKER)
    return wide


def space_before(leaf: Leaf, row: int) -> float:
    """Between a row and a number that follows it: more after a figure, or "+1" and 30 would be read as one."""
    return 2.5 * GAP if _ends_in_figure(leaf, row) else GAP


def _ends_in_figure(leaf: Leaf, row: int) -> bool:
    return leaf.lines[row][-1:].isdigit() or bool(row == 1 and leaf.folded)


def placed(layout: TreeLayout, numbers: Mapping[str, int], texts: Iterable[Rect] = ()) -> dict[str, Mark]:
    """The marks of these models. One for whose number there is no room at all has none.

    Args:
        layout: where everything stands.
        numbers: for each model the number of its source.
        texts: ground that is taken by words, such as the legend.
    """
    found: dict[str, Mark] = {}
    beside = []
    for one in sorted(set(numbers) & set(layout.leaves)):
        leaf, text = layout.leaves[one], str(numbers[one])
        wide = text_width(text, MAKER)
        rows = [row for row, line in enumerate(leaf.lines) if line]
        free = [
            row for row in rows if row_width(leaf, row) + space_before(leaf, row) + wide <= leaf.width - 2 * _BORDER
        ]
        if free:
            # After a figure it would be read as a power, after other parents as the source of these.
            row = min(free, key=lambda row: (row == 2, _ends_in_figure(leaf, row), row))
            found[one] = Mark(text, wide, row)
        else:
            beside.append((one, text, wide))
    taken = [*texts, *((leaf.x, leaf.y, leaf.x + leaf.width, leaf.y + leaf.height) for leaf in layout.leaves.values())]
    dots = list(_dots(layout))
    for one, text, wide in beside:
        for x, y in _beside(layout.leaves[one], wide):
            rect = (x, y - _TALL * MAKER, x + wide, y)
            if _free(rect, taken, dots):
                found[one] = Mark(text, wide, None, x, y)
                taken.append(rect)
                break
    return found


def _beside(leaf: Leaf, wide: float) -> Iterator[tuple[float, float]]:
    """Left ends and base lines, the best first: at the upper right corner as any superscript, then around the box."""
    tall = _TALL * MAKER
    right, bottom = leaf.x + leaf.width, leaf.y + leaf.height
    for base in (leaf.y + tall + 1, leaf.y + leaf.height / 2 + tall / 2, bottom - 1):
        yield right + _AIR + 1, base
        yield leaf.x - wide - _AIR - 1, base
    for x in (right - wide - 4, leaf.x + 4, leaf.x + (leaf.width - wide) / 2):
        yield x, leaf.y - _AIR - 1
    for x in (right - wide - 4, leaf.x + 4, leaf.x + (leaf.width - wide) / 2):
        yield x, bottom + _AIR + 1 + tall


def _dots(layout: TreeLayout) -> Iterator[tuple[float, float, float]]:
    """Limbs and twigs as rows of discs."""
    for bough in layout.boughs:
        for (x, y), wide in zip(bough.points, bough.widths, strict=True):
            yield x, y, wide / 2
    for twig in layout.twigs:
        for k in range(25):
            t = k / 24
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            x, y = (sum(w * point[side] for w, point in zip(weights, twig.points, strict=True)) for side in (0, 1))
            yield x, y, 1.5


def _free(rect: Rect, taken: Sequence[Rect], dots: Sequence[tuple[float, float, float]]) -> bool:
    left, top, right, bottom = rect
    if left < LEFT or right > RIGHT or top < 0:
        return False
    if any(
        left < each[2] + _AIR and each[0] < right + _AIR and top < each[3] + _AIR and each[1] < bottom + _AIR
        for each in taken
    ):
        return False
    return not any(
        math.hypot(max(left - x, 0.0, x - right), max(top - y, 0.0, y - bottom)) < half + _AIR + 2
        for x, y, half in dots
    )
