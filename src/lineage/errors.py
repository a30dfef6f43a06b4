"""What can go wrong: :class:`Problem`, a value, and :class:`LineageError` with its kinds.

A fault in the data is never an exception while it is read: it is a :class:`Problem`, so that all
of them are seen together. An exception is raised only when a question cannot be answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

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


class LineageError(Exception):
    """A question that cannot be answered. ``exit_code`` is what the command line exits with."""

    exit_code: ClassVar[int] = 1


class SelectorError(LineageError):
    """A selector that cannot be read; ``position`` counts characters from 0."""

    exit_code = 2

    def __init__(self, message: str, *, text: str, position: int) -> None:
        self.text = text
        self.position = position
        super().__init__(f"{message}\n  {text}\n  {' ' * position}^")


class UnknownNodeError(LineageError):
    """No node has this id, name or alias, or more than one has it."""

    exit_code = 3

    def __init__(self, name: str, suggestions: tuple[str, ...] = (), candidates: tuple[str, ...] = ()) -> None:
        self.name = name
        self.suggestions = suggestions
        self.candidates = candidates
        if candidates:
            message = f"`{name}` is ambiguous; say which: {', '.join(candidates)}"
        else:
            message = f"no node is called `{name}`"
            if suggestions:
                message += f"; did you mean {' or '.join(f'`{one}`' for one in suggestions)}?"
            else:
                message += "; `lineage ls` lists the names"
        super().__init__(message)


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
    """A question or a picture larger than a documented limit."""

    exit_code = 8
