"""The shapes that the family-tree figure is made of, and their colours.

Every shape has a role and, where its colour says the architecture, a band; :func:`paint` knows the colours of both.
:mod:`lineage.views.picture` composes shapes, :mod:`lineage.views.figure` writes them as SVG or PDF.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from lineage.layout import BandKey
from lineage.views.palette import Theme

Role = Literal[
    "page", "ground", "panel", "rule", "weights", "outputs", "architecture", "succession",
    "open", "half", "hollow", "faint", "faint-half", "chip", "pill", "ring", "gem", "since", "dot",
    "title", "name", "label", "small", "year",
]  # fmt: skip
Point = tuple[float, float]
Step = tuple[str, tuple[float, ...]]
"""One command of a path: M, L or Q and its coordinates."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, rounded by ``radius`` at all corners or, with ``lower``, at the lower two. Lengths in points."""

    role: Role
    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0
    band: BandKey | None = None
    lower: bool = False
    line: float = 1.0
    """How thick its border is, where it has one."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line along a path."""

    role: Role
    steps: tuple[Step, ...]
    width: float
    band: BandKey | None = None
    source: str = ""
    target: str = ""
    """The ends of the edge that it draws; without a target it is a part that several edges share."""
    year: int | None = None
    """Given for a year rule, which stands on the first of January."""

    @property
    def dashes(self) -> tuple[float, ...]:
        """Lengths of dash and gap, in points; what passes on weights is drawn through, architecture is dotted."""
        match self.role:
            case "outputs":
                return (7.0, 3.0)
            case "architecture":
                return (0.01, round(1.6 + 1.1 * self.width, 1))
            case "succession":
                return (3.0, 2.2)
            case "since":
                return (2.0, 3.0)
            case _:
                return ()


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; ``y`` is its base line."""

    role: Role
    x: float
    y: float
    text: str
    size: float
    width: float | None = None
    """Given for a name: how much room there is for it."""


@dataclass(frozen=True, slots=True)
class Diamond:
    """A square that stands on a corner."""

    role: Role
    x: float
    """Of its middle."""
    y: float
    size: float
    """From the middle to a corner."""

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """From the left one on, with the hands of a clock."""
        x, y, size = self.x, self.y, self.size
        return (x - size, y), (x, y - size), (x + size, y), (x, y + size)


@dataclass(frozen=True, slots=True)
class Linked:
    """Shapes that belong to a node: a reader who chooses them goes to ``address``."""

    id: str
    address: str
    title: str
    date: str
    band: BandKey
    shapes: tuple[Area | Words | Diamond, ...]
    child: str = ""
    """Given for a chip: the model that it stands beside; ``id`` is then the parent that it names."""
    kind: Literal["model", "chip", "pill", "technique"] = "model"


Shape = Area | Stroke | Words | Diamond | Linked


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole figure, the origin at the top left."""

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]
    scale: float = 1.0
    """Points for each unit: not 1 where the figure is fitted to a page."""


def paint(role: Role, band: BandKey | None, theme: Theme) -> tuple[str | None, str | None]:
    """The colours inside and around a shape, each ``#RRGGBB`` or none."""
    swatch = theme.bands[band or "undisclosed"]
    match role:
        case "page" | "panel":
            return theme.page, None
        case "ground":
            return swatch.tint, None
        case "rule":
            return None, theme.rule
        case "weights" | "outputs" | "architecture" | "succession":
            return None, swatch.mark
        case "open":
            return swatch.fill, swatch.mark
        case "half":
            return swatch.half, None
        case "faint":
            return swatch.faint, swatch.mark
        case "faint-half":
            return swatch.faint, None
        case "hollow":
            return theme.page, swatch.mark
        case "chip":
            return theme.page, theme.rule
        case "pill":
            return theme.page, swatch.mark
        case "ring" | "since":
            return None, theme.accent
        case "gem":
            return theme.accent, theme.page
        case "dot":
            return swatch.mark, None
        case "small" | "year":
            return theme.muted, None
        case _:
            return theme.ink, None


S = TypeVar("S", bound=Shape)


def moved(shape: S, x: float, y: float) -> S:
    """The same shape so many points further to the right and further down."""
    at: dict[str, Any] = {}
    match shape:
        case Area() | Words() | Diamond():
            at = {"x": round(shape.x + x, 2), "y": round(shape.y + y, 2)}
        case Stroke():
            at["steps"] = tuple(
                (command, tuple(round(value + (y if i % 2 else x), 2) for i, value in enumerate(values)))
                for command, values in shape.steps
            )
        case Linked():
            at["shapes"] = tuple(moved(each, x, y) for each in shape.shapes)
    return replace(shape, **at)
