"""What a picture of a family tree is made of, before anything has a place: bands, names and their widths, time, descent.

Widths come from the table of the bundled font, so a layout is the same on every machine.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal

from lineage.graph import Edge, LineageGraph
from lineage.vocabulary import Architecture, DateInterval

BandKey = Literal[
    "pre-transformer",
    "encoder-only",
    "encoder-decoder",
    "decoder-only",
    "state-space",
    "other",
    "undisclosed",
]
BAND_OF_ARCHITECTURE: Final[Mapping[Architecture, BandKey]] = {
    "static-embedding": "pre-transformer",
    "recurrent": "pre-transformer",
    "encoder-only": "encoder-only",
    "encoder-decoder": "encoder-decoder",
    "decoder-only": "decoder-only",
    "state-space": "state-space",
    "hybrid": "state-space",
    "dual-encoder": "other",
    "diffusion": "other",
    "undisclosed": "undisclosed",
}
"""The band that an architecture is drawn in. A model whose architecture is not disclosed and that has a layout
parent stands in the band of that parent, but keeps the colour of ``undisclosed``."""

BAND_LABELS: Final[Mapping[BandKey, str]] = {
    "pre-transformer": "Before the Transformer",
    "encoder-only": "Encoder-only",
    "encoder-decoder": "Encoder-decoder",
    "decoder-only": "Decoder-only",
    "state-space": "State-space, linear, hybrid",
    "other": "Diffusion and dual encoders",
    "undisclosed": "Architecture undisclosed",
}
"""The bands in words, from the top of a picture to its bottom."""

FONT_SIZE: Final = 9.0
"""Of the names, in points; chips are a point smaller."""
CHIP_SIZE: Final = 8.0
CHIP_PADDING: Final = 3.0
CHIP_GAP: Final = 2.0
BOX_HEIGHT: Final = 14.0
ROW: Final = 17.0
"""From one lane to the next."""
HEADER: Final = 18.0
"""The strip of the years above the bands."""
MARGIN: Final = 8.0
TIE: Final = 10.0
"""How far after its date a model may stand, to stand right of its parent."""

PADDING: Final = 5.0
"""Between the border of a box and its name."""
AFTER: Final = 7.0
"""Nothing stands nearer than this behind a box or chip in its lane."""
BEFORE: Final = 2.5
"""Nor than this before it."""
STEP: Final = 8.0
"""How far after its parent a child stands where the dates allow."""
HALO: Final = 1.75
"""How far apart the upright lines of two families are."""
LONGEST_NAME: Final = 112.0
LONGEST_CHIP: Final = 96.0
MOST_CHIPS: Final = 2
BAND_PADDING: Final = 5.0
"""Above the first and below the last lane of a band."""
BAND_GAP: Final = 4.0
"""Between two bands."""


@cache
def _advances() -> Mapping[int, int]:
    """Thousandths of the font size, by code point."""
    text = resources.files("lineage").joinpath("assets/fonts/advances.json").read_text(encoding="utf-8")
    return {int(code): advance for code, advance in json.loads(text).items()}


@lru_cache(maxsize=1 << 14)
def text_width(text: str, size: float) -> float:
    """How wide a text is in the bundled font, in points: of what the font does not have more than it can take.

    Such a character is drawn in a font of the reader, whatever that may be, or as an empty box, also if it combines.

    >>> text_width("LLaMA", 9.0) < text_width("LLaMA 2", 9.0)
    True
    """
    known = _advances()
    return sum(known[ord(char)] if ord(char) in known else _most(char) for char in text) * size / 1000


def usual_width(text: str, size: float) -> float:
    """How wide a text usually is, in points; never more than :func:`text_width`.

    A text with letters of other fonts is written so wide, so that it neither overruns its box nor is drawn out to fill it.
    """
    known = _advances()
    return sum(known.get(ord(char), _usual(char)) for char in text) * size / 1000


def _most(char: str) -> int:
    """The most that a character of another font may take, in thousandths of its size."""
    if "\ufdf0" <= char <= "\ufdfd":  # whole sentences as one sign
        return 12000
    if unicodedata.category(char) in {"Mn", "Me"}:
        return _BOX
    if unicodedata.east_asian_width(char) in "WF":
        return 1300 if unicodedata.category(char) == "So" else 1000
    return 1000


def _usual(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1000
    return 620


_BOX: Final = 660
"""The empty box that the bundled font has for what it lacks."""


def missing(text: str) -> list[str]:
    """The characters that the bundled font does not have, each once, sorted; a PNG or PDF shows empty boxes for them."""
    return sorted({char for char in text if ord(char) not in _advances() and not char.isspace()})


def in_font(text: str) -> bool:
    """Whether the bundled font has every character."""
    return all(ord(char) in _advances() for char in text)


def shortened(text: str, size: float, longest: float, *, tail: int = 0) -> str:
    """A text in one line that is not wider than ``longest`` points; what does not fit becomes an ellipsis.

    Where the names of a line differ at their ends, the last words of up to ``tail`` characters are kept and the
    middle is left out. Control characters, and those that turn the direction of writing, are left out: they would move
    their neighbours.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    shown = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Co"})
    if text_width(shown, size) <= longest:
        return shown
    words = [match.end() for match in re.finditer("[ -]", shown) if len(shown) - match.end() <= tail]
    end = shown[words[0] :] if words and text_width("…" + shown[words[0] :], size) < longest else ""
    while shown and text_width(f"{shown.rstrip(' -')}…{end}", size) > longest:
        shown = shown[:-1]
    return f"{shown.rstrip(' -')}…{end}"


def cut(text: str, size: float, longest: float, front: float = 0.6) -> str:
    """A text in one line that is not wider than ``longest`` points; of a longer one the middle is left out.

    Names of one line of models differ at their ends. ``front`` is the share of what is left that stands before the gap.

    >>> cut("DeepSeek-Prover-V1.5", 9.0, 70.0)
    'DeepSee…V1.5'
    """
    shown = shortened(text, size, math.inf)
    if text_width(shown, size) <= longest:
        return shown
    for left in range(min(len(shown) - 1, int(6 * longest / size)), 1, -1):
        before = min(left - 1, max(1, round(front * left)))
        found = f"{shown[:before].rstrip(' -')}…{shown[before - left :].lstrip(' -')}"
        if text_width(found, size) <= longest:
            return found
    return shortened(text, size, longest)


def told_apart(names: Mapping[str, str], labels: Mapping[str, str], size: float, longest: float) -> dict[str, str]:
    """Labels of which two are only the same where the names are: those that were cut alike are cut elsewhere, or numbered.

    Args:
        names: the whole names.
        labels: for each of them a text of at most ``longest`` points.
        size: of the letters.
        longest: how wide a label may be, in points.
    """
    found = dict(labels)
    for front in (0.35, 0.8, 0.15, 0.95, None):
        alike: dict[str, list[str]] = {}
        for one in sorted(found):
            alike.setdefault(found[one], []).append(one)
        groups = [group for group in alike.values() if len({names[one] for one in group}) > 1]
        if not groups:
            break
        for group in groups:
            for place, one in enumerate(group, 1):
                end = f" {place}" if front is None else ""
                found[one] = cut(names[one], size, longest - text_width(end, size), front or 0.6) + end
    return found


def wrapped(text: str, size: float, width: float) -> list[str]:
    """A text in lines that are not wider than ``width`` points, unless a single word is."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def span_of_years(graph: LineageGraph, ids: Iterable[str]) -> str:
    """The years of some models in words: ``2013–2025``, or one year."""  # noqa: RUF002 - the dash of a span
    years = sorted({graph[one].year for one in ids})
    if not years:
        return "no year"
    return str(years[0]) if len(years) == 1 else f"{years[0]}\N{EN DASH}{years[-1]}"


Scale = Literal["density", "linear"]
"""How wide the years are: each as the square root of the number of its models, or all the same."""


class Time:
    """From days to points: within a year evenly; how wide a year is the scale says."""

    def __init__(
        self,
        days: Iterable[tuple[dt.date, dt.date]],
        width: float,
        scale: Scale = "density",
        reach: Iterable[tuple[dt.date, dt.date]] = (),
    ) -> None:
        spans = list(days)
        ends = [*spans, *reach]  # what the axis must reach does not make a year wider
        self.first = min((start.year for start, _ in ends), default=2000)
        last = max((end.year for _, end in ends), default=self.first)
        counts = dict.fromkeys(range(self.first, last + 1), 0)
        for start, _ in spans:
            counts[start.year] += 1
        empty = sum(not count for count in counts.values())
        least = min(26.0, 320.0 / max(1, empty)) if scale == "density" else 0.0
        weights = {year: math.sqrt(count) if scale == "density" else 1.0 for year, count in counts.items()}
        unit = max(0.0, width - least * len(counts)) / (sum(weights.values()) or 1.0)
        self.starts = [MARGIN]
        for weight in weights.values():
            self.starts.append(self.starts[-1] + least + unit * weight)

    def x(self, day: dt.date, days: int = 0) -> float:
        """Where the morning of a day is, or of so many days later in the same year."""
        new_year = dt.date(day.year, 1, 1)
        length = dt.date(day.year + 1, 1, 1).toordinal() - new_year.toordinal()
        left, right = self.starts[day.year - self.first : day.year - self.first + 2]
        return left + (right - left) * (day.toordinal() - new_year.toordinal() + days) / length

    def ticks(self, end: float) -> tuple[tuple[int, float], ...]:
        """The years, up to an x."""
        return tuple((self.first + i, round(x, 2)) for i, x in enumerate(self.starts) if x <= end)


@dataclass
class Tree:
    """The forest that is drawn: who hangs on whom, in which band, and how wide everything is."""

    graph: LineageGraph
    ids: Iterable[str] | None = None
    """The nodes to draw, of which papers and techniques are passed over; without them all."""
    edge: dict[str, Edge | None] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    band: dict[str, BandKey] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    """Every model after its parent."""
    labels: dict[str, str] = field(default_factory=dict)
    widths: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, DateInterval] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    """Of a model: how many that are not drawn hang below it, and on no drawn one between."""

    def __post_init__(self) -> None:
        shown = self.graph if self.ids is None else self.graph.subgraph(self.ids)
        models = [node.id for node in shown.nodes("model")]
        self.edge = {one: shown.layout_parent(one) for one in models}
        if shown is not self.graph:
            self._count_hidden()
        self.children = {one: [] for one in models}
        for one in models:
            if edge := self.edge[one]:
                self.children[edge.source].append(one)
        self.order = [one for one in models if not self.edge[one]]
        for one in self.order:  # grows while it is read
            self.order.extend(self.children[one])
        for one in self.order:
            own = BAND_OF_ARCHITECTURE[self.graph[one].data.get("architecture", "undisclosed")]
            edge = self.edge[one]
            self.band[one] = self.band[edge.source] if own == "undisclosed" and edge else own
            # "DeepSeek-R1-Distill-Qwen-7B" and its kin differ in the last word.
            self.labels[one] = shortened(self.graph[one].name, FONT_SIZE, LONGEST_NAME, tail=9) or one
            self.intervals[one] = self.graph[one].interval
        names = {one: self.graph[one].name for one in self.order}
        self.labels = told_apart(names, self.labels, FONT_SIZE, LONGEST_NAME)
        for one in self.order:
            self.widths[one] = round(text_width(self.labels[one], FONT_SIZE) + 2 * PADDING, 2)

    def _count_hidden(self) -> None:
        # Of each model that was asked for: the nearest drawn one above it, so that no line is climbed twice.
        above: dict[str, str | None] = {one: one for one in self.edge}
        for node in self.graph.nodes("model"):
            line = []
            here: str | None = node.id
            while here is not None and here not in above:
                line.append(here)
                edge = self.graph.layout_parent(here)
                here = edge.source if edge else None
            found = above[here] if here is not None else None
            above.update(dict.fromkeys(line, found))
            if found is not None and node.id not in self.edge:
                self.hidden[found] = self.hidden.get(found, 0) + 1

    def parent(self, one: str) -> str | None:
        """The layout parent of a model, if it is drawn."""
        edge = self.edge[one]
        return edge.source if edge else None

    def sizes(self) -> dict[str, int]:
        """How many models hang on each, itself counted."""
        sizes = dict.fromkeys(self.order, 1)
        for one in reversed(self.order):
            if parent := self.parent(one):
                sizes[parent] += sizes[one]
        return sizes

    def across(self, one: str) -> bool:
        """Whether the line to a model runs from another band."""
        edge = self.edge[one]
        return edge is not None and self.band[edge.source] != self.band[one]

    def chips(self, one: str, *, hung: bool) -> list[tuple[str, str]]:
        """What is written beside a box: parents and their labels, the layout parent where it is not ``hung``.

        The number of models that are hidden below it comes first; instead of a parent it has an empty id. Parents
        that are not drawn are told like others: a connection that leaves the picture is not lost.
        """
        drawn = self.parent(one) if hung else None
        others = [parent for parent in self.graph.parents(one) if parent != drawn]
        named = [(parent, f"+ {self.graph[parent].name}") for parent in others]
        if named and drawn is None:
            main = self.parent(one)
            if main is None and (edge := self.graph.layout_parent(one)):
                main = edge.source
            if main is not None:
                rest = [each for each in named if each[0] != main]
                named = [(main, f"from {self.graph[main].name}"), *rest]
        if len(named) > MOST_CHIPS:
            more = len(named) - MOST_CHIPS + 1
            named = [*named[: MOST_CHIPS - 1], (named[MOST_CHIPS - 1][0], f"+ {more} more")]
        told = [(parent, shortened(label, CHIP_SIZE, LONGEST_CHIP)) for parent, label in named]
        return [("", f"+{self.hidden[one]}"), *told] if one in self.hidden else told

    def positions(self, time: Time) -> dict[str, float]:
        """The x of every model: in the days of its date where it can be, at least a little right of its parent.

        A date that is a month or a year leaves room: the model stands in the middle of it, but makes way for its
        children. Where the dates leave no room the models of a chain share :data:`TIE` points after the date.
        """
        low: dict[str, float] = {}
        high: dict[str, float] = {}
        early: dict[str, float] = {}
        reach: dict[str, float] = {}
        depth: dict[str, int] = {}
        for one in reversed(self.order):
            interval = self.intervals[one]
            low[one], high[one] = time.x(interval.start), time.x(interval.end, 1)
            below = self.children[one]
            exact = interval.start == interval.end
            wanted = low[one] if exact else (low[one] + high[one]) / 2
            early[one] = max(low[one], min([wanted, *(early[child] - STEP for child in below)]))
            reach[one] = min([high[one] + TIE, *(reach[child] for child in below)])
            depth[one] = 1 + max((depth[child] for child in below), default=0)
        x: dict[str, float] = {}
        for one in self.order:
            parent = self.parent(one)
            if parent is None:
                x[one] = early[one]
                continue
            step, start = STEP, x[parent]
            level, generation = [one], 1
            while level:  # every descendant that must share the little room there is
                for each in level:
                    step = min(step, (high[each] + TIE - start) / generation)
                pressed = (each for each in level if reach[each] < start + (generation + depth[each]) * STEP)
                level = [child for each in pressed for child in self.children[each]] if generation < 200 else []
                generation += 1
            x[one] = max(early[one], start + max(step, 0.02))
        return x
