"""Graphviz's xdot language, in which the background of a drawing is written: shapes, lines and words at fixed places.

Heights grow upward. Its strings know no escapes, so text is cleaned and has wide backslashes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from lineage.forest import text_width

FONT: Final = "Inter"
MAX_LABEL: Final = 120
"""Characters of a label; longer ones end in an ellipsis."""
CLEAR: Final = "transparent"
_LIFTED: Final = 0.1
"""By so much of its size Graphviz draws a text above the place that the language gives."""

# Controls, surrogates, the marks that turn the direction of text, line ends that are no line ends, and what XML forbids.
_UNWANTED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)

Point = tuple[float, float]


def clean(text: str, longest: int = MAX_LABEL) -> str:
    """Text on one line, without what a reader cannot see, and short."""
    line = " ".join(_UNWANTED.sub(" ", text[: 20 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def slashless(text: str) -> str:
    """Text with wide backslashes, for where Graphviz reads escape sequences never or, as in tooltips, twice."""
    return text.replace("\\", "\N{FULLWIDTH REVERSE SOLIDUS}")


def number(value: float) -> str:
    """A length to a hundredth of a point, the same on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def lines(parts: Iterable[str]) -> str:
    """A drawing in lines of moderate length."""
    # A backslash at the end of a line joins it to the next; older Graphviz refuses 16,384 characters in one piece.
    return "\\\n".join(f"{one} " for one in parts)


def colours(pen: str, fill: str) -> str:
    """What is drawn from here on has this outline and this inside."""
    return f"c {len(pen)} -{pen} C {len(fill)} -{fill}"


def line(width: float, style: str = "solid") -> str:
    """Outlines from here on are so thick."""
    words = f"{style},setlinewidth({number(width)})"
    return f"S {len(words)} -{words}"


def polygon(points: Sequence[Point]) -> str:
    """A filled polygon."""
    return f"P {len(points)} {_points(points)}"


def polyline(points: Sequence[Point]) -> str:
    """A line that is not filled."""
    return f"L {len(points)} {_points(points)}"


def curve(points: Sequence[Point], *, filled: bool = False) -> str:
    """A curve of cubic pieces: one point, and three more for each piece."""
    return f"{'b' if filled else 'B'} {len(points)} {_points(points)}"


def rectangle(x: float, y: float, width: float, tall: float, radius: float = 0.0) -> str:
    """A filled rectangle, ``x`` and ``y`` its lower left corner."""
    right, top, r = x + width, y + tall, min(radius, width / 2, tall / 2)
    if not r:
        return polygon([(x, y), (x, top), (right, top), (right, y)])
    k = r * 0.45  # from the corner to the handles of a quarter of a circle
    points = [(x + r, y), (x + r, y), (right - r, y), (right - r, y)]
    points += [(right - k, y), (right, y + k), (right, y + r), (right, y + r), (right, top - r), (right, top - r)]
    points += [(right, top - k), (right - k, top), (right - r, top), (right - r, top), (x + r, top), (x + r, top)]
    points += [(x + k, top), (x, top - k), (x, top - r), (x, top - r), (x, y + r), (x, y + r)]
    points += [(x, y + k), (x + k, y), (x + r, y)]
    return curve(points, filled=True)


def words(text: str, x: float, y: float, size: float, anchor: int = -1) -> str:
    """A line of text with its base line at ``y``; with an ``anchor`` of -1 it begins at ``x``, 0 is its middle, 1 its end."""
    shown = slashless(clean(text, 10 * MAX_LABEL))
    font = f"F {number(size)} {len(FONT)} -{FONT}"
    wide = number(text_width(shown, size))
    return f"{font} T {number(x)} {number(y - _LIFTED * size)} {anchor} {wide} {len(shown.encode())} -{shown}"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{number(x)} {number(y)}" for x, y in points)
