"""What others say of their own models: model cards of the Hugging Face Hub, answers of its API, and rows of a table.

:mod:`lineage.hub_cards` and :mod:`lineage.rows` read them: text in, :class:`Card` values and problems out. Nothing is trusted and
nothing is fatal. Only the metadata of a card is read, never its prose.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from lineage.errors import Location, Problem, Severity
from lineage.records import CONTROL
from lineage.vocabulary import (
    Architecture,
    DateInterval,
    DateKind,
    Origin,
    Relation,
    Weights,
    printable,
)

MAX_LINE_BYTES: Final = 1 << 20
"""Of a card, whose metadata stand at the top, and of a line of a dump, so much is read."""
MAX_DUMP_BYTES: Final = 1 << 28
"""Of a JSON file or a table."""
_NAME: Final = re.compile(r"(?:[\w.-]{1,96}/)?[\w.-]{1,96}", re.ASCII)


@dataclass(frozen=True)
class Base:
    """A parent as a card names it."""

    name: str
    """Of a repository (``org/name``), or an id or a name of a row."""
    relation: Relation | None
    """None where the card does not say it."""
    note: str = ""
    """Where the relation is not the card's own word: by what it was told."""
    line: int = 1


@dataclass(frozen=True)
class Card:
    """What is said of one model. What is not said is empty."""

    key: str
    """``org/name`` on the Hub, or the id of a row."""
    place: Location
    source: str
    """The address that says so."""
    said: str = "card"
    """What said it: ``card`` or ``table``."""
    chosen: bool = False
    """Whether the key is an id that somebody chose, in the column ``id`` of a table."""
    name: str = ""
    organizations: tuple[str, ...] = ()
    family: str = ""
    architecture: Architecture | None = None
    weights: Weights | None = None
    origin: Origin | None = None
    license: str = ""
    date: str = ""
    date_kind: DateKind = "weights"
    parameters: str = ""
    context_length: int | None = None
    aliases: tuple[str, ...] = ()
    corpus: str = ""
    extension: str = ""
    application: str = ""
    task: Architecture | None = None
    """What the task suggests for the architecture, where nothing better is known."""
    bases: tuple[Base, ...] = ()
    successor: str = ""
    """A newer model, as the card names it (``new_version``)."""
    predecessors: tuple[str, ...] = ()
    """The generation before, as a row names it."""


@dataclass
class Reading:
    """What was read so far."""

    cards: list[Card] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fields: Counter[str] = field(default_factory=Counter)
    """Fields of the cards that have no place in a record, and how often each was there."""
    read: int = 0
    """Models that were told of, whether they could be taken or not."""

    def problem(self, place: Location, rule: str, message: str, repair: str, severity: Severity = "error") -> None:
        """Note what is wrong; an error is something that was not taken over, a warning something that was assumed."""
        self.problems.append(Problem(place, rule, message, repair, severity))


class Bare(str):
    """A scalar that YAML or JSON does not read as text; prints as it was written."""

    __slots__ = ()


# -- names and words -----------------------------------------------------------------------------------------------------------


def repository(text: str) -> str:
    """The repository of the Hub that a text names, by name or by address; nothing if it names none.

    >>> repository("https://huggingface.co/meta-llama/Llama-2-7b-hf/tree/main"), repository("../outputs/run 3")
    ('meta-llama/Llama-2-7b-hf', '')
    """
    name = re.sub(r"^https?://(www\.)?(huggingface\.co|hf\.co)/(models/)?", "", text.strip())
    name = re.split(r"[?#@]|/(?:tree|blob|resolve|raw)/", name, maxsplit=1)[0].rstrip("/")
    parts = name.split("/")
    good = _NAME.fullmatch(name) and all(part[0].isalnum() and ".." not in part for part in parts)
    return name if good else ""


def cleaned(value: Any, limit: int = 200) -> str:
    """A text that may stand in a record: one line, nothing invisible, not longer than the field; or nothing."""
    if not isinstance(value, str):
        return ""
    text = " ".join(CONTROL.sub(" ", value).split())
    text = text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
    return "" if text.casefold() in {"unknown", "n/a", "none", "null", "tbd", "todo", "?"} else text


def shown(value: Any) -> str:
    """A value as a message shows it: one line, nothing that a terminal obeys, not long."""
    return printable(" ".join(str(value).split()))[:60]


def texts(value: Any) -> list[str]:
    """The texts of a field that may be one text or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and not isinstance(one, Bare)]


def size(number: int) -> str:
    """A number of parameters as a record has it; nothing of one below a thousand.

    >>> size(8_030_261_248), size(7_000_000_000), size(124_000_000), size(999_960_000)
    ('8B', '7B', '124M', '1B')
    """
    for sign, unit in (("T", 10**12), ("B", 10**9), ("M", 10**6), ("K", 10**3)):
        # What rounds to a thousand of a unit is one of the next.
        if number >= unit - unit // 20_000:
            return f"{number / unit:.1f}".removesuffix(".0") + sign
    return ""


def day(value: Any) -> str:
    """A day, a month or a year out of a date or a time; nothing of anything else."""
    found = re.match(r"\d{4}(-\d{2}(-\d{2})?)?(?=$|[T ])", value.strip()) if isinstance(value, str) else None
    try:
        return found.group() if found and DateInterval.of(found.group()) else ""
    except ValueError:
        return ""
