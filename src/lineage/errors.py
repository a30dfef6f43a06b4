"""What can go wrong: :class:`Problem`, a value, and :class:`LineageError` with its kinds.

A fault in the data is never an exception while it is read: it is a :class:`Problem`, so that all
of them are seen together. An exception is raised only when a question cannot be answered.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Location:
    """A place in a data file; prints as ``models/llama.yaml:14``. Lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in the data: where it is, which rule it breaks, what is wrong, how to mend it.

    >>> print(Problem(Location("models/x.yaml", 3), "duplicate-id", "`x` is taken", "choose another"))
    models/x.yaml:3: error: duplicate-id: `x` is taken; choose another
    """

    location: Location
    rule: str
    message: str
    repair: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.location}: {self.severity}: {self.rule}: {self.message}; {self.repair}"


_BEFORE: Final = 60
_AFTER: Final = 40


def pointed(message: str, text: str, position: int) -> str:
    """A message above the text that it is about, with a caret below the place; of a long text the part around it.

    >>> print(pointed("expected a name", "a,,b", 2))
    expected a name
      a,,b
        ^
    """
    first, last = max(0, position - _BEFORE), position + _AFTER
    before = ("…" if first else "") + "".join(map(_cell, text[first:position]))
    after = "".join(map(_cell, text[position:last])) + ("…" if last < len(text) else "")
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in before)
    return f"{message}\n  {before}{after}\n  {' ' * width}^"


def _cell(char: str) -> str:
    """A character that takes room: what a terminal would obey, or lay over the one before it, would move the caret."""
    if char.isspace():
        return " "
    return char if char.isprintable() and not unicodedata.combining(char) else "\ufffd"


class LineageError(Exception):
    """A question that cannot be answered. ``exit_code`` is what the command line exits with."""

    exit_code: ClassVar[int] = 1
    also: tuple[LineageError, ...] = ()
    """What else is wrong with the same question, in the order of its text."""


class SelectorError(LineageError):
    """A selector that cannot be read; ``position`` counts characters from 0, ``reason`` is the message without the picture."""

    exit_code = 2

    def __init__(self, message: str, *, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.reason = message
        super().__init__(pointed(message, text, position))


class UnknownNodeError(LineageError):
    """No node has this id, name or alias, or more than one has it, or it is later than the graph's horizon."""

    exit_code = 3

    def __init__(
        self,
        name: str,
        suggestions: tuple[str, ...] = (),
        candidates: tuple[str, ...] = (),
        *,
        not_yet: str | None = None,
        text: str | None = None,
        position: int = 0,
    ) -> None:
        self.name = name
        self.suggestions = suggestions
        self.candidates = candidates
        self.not_yet = not_yet
        """Of a node that came after what the graph is cut off at: what it is and when it came."""
        self.text = text
        self.position = position
        if not_yet:
            message = not_yet
        elif candidates:
            message = f"`{name}` is ambiguous; say which: {', '.join(candidates)}"
        else:
            message = f"no node is called `{name}`"
            if suggestions:
                message += f"; did you mean {' or '.join(f'`{one}`' for one in suggestions)}?"
            else:
                message += "; `lineage ls` lists the names"
        self.reason = message
        super().__init__(message if text is None else pointed(message, text, position))

    def within(self, text: str, position: int) -> UnknownNodeError:
        """The same error of a name that stands at a place of a longer text."""
        return UnknownNodeError(
            self.name, self.suggestions, self.candidates, not_yet=self.not_yet, text=text, position=position
        )


class WrongKindError(LineageError):
    """A node of a kind that the question is not about, such as the adopters of a model."""

    exit_code = 2

    def __init__(self, node_id: str, kind: str, wanted: str) -> None:
        super().__init__(f"`{node_id}` is a {kind}; name a {wanted}, as `lineage ls kind:{wanted}` lists them")


class CatalogError(LineageError):
    """The data has problems, all of them in ``problems``."""

    exit_code = 4

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class OutputError(LineageError):
    """An output that cannot be written."""

    exit_code = 5


class ToolError(LineageError):
    """A tool that is missing, or that failed or took too long."""

    exit_code = 6


class LimitError(LineageError):
    """A question or a picture larger than a documented limit; of a selector that counts too far, with the place."""

    exit_code = 8

    def __init__(self, message: str, *, text: str | None = None, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.reason = message
        super().__init__(message if text is None else pointed(message, text, position))
