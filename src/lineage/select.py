"""The selector language: text in, ids out. It follows dbt; ``docs/selectors.md`` has the grammar and an example of each form.

::

    selection    = { intersection }                      several are a union; so are several arguments
    intersection = atom { "," atom }
    atom         = "@" term | [ [ INT ] "+" ] term [ "+" [ INT ] ]
    term         = [ METHOD ":" ] value
    value        = WORD | '"' ... '"'                    a name with spaces stands in quotes

``+x`` is x with its ancestors, ``x+`` with its descendants, a number says how many generations; ``@x`` is x, its descendants and
all their ancestors. A method finds its nodes first, then the signs beside it walk from all of them, then sets are joined and cut.

A text is read once from left to right, and then evaluated; ``assets/explorer-select.js`` reads the same language, and one table
of cases holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from lineage.errors import LimitError, LineageError, SelectorError, UnknownNodeError
from lineage.graph import LineageGraph
from lineage.methods import METHODS, ValueProblem, is_pattern, matcher, similar
from lineage.vocabulary import BASES, Basis

MAX_LENGTH: Final = 4096
MAX_GENERATIONS: Final = 10_000
_MOST_DIGITS: Final = 20

# The spaces are listed: what counts as one differs between Python and JavaScript.
_SPACE: Final = " \t\r\n\u00a0\u3000"
_WORD: Final = re.compile(rf'[^{_SPACE},+@:"]+')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_NUMBER: Final = re.compile("[0-9]+")


@dataclass(frozen=True)
class Term:
    """A name, a pattern, or a method with its value; ``at`` and ``value_at`` count characters from 0."""

    value: str
    quoted: bool = False
    method: str | None = None
    at: int = field(default=0, compare=False)
    value_at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Atom:
    """A term and how far its lineage is followed: generations, 0 for not at all, None for all of them."""

    term: Term
    up: int | None = 0
    down: int | None = 0
    related: bool = False
    """``@``: with the descendants and all their ancestors."""


def select(
    graph: LineageGraph, selections: Iterable[str], *, exclude: Iterable[str] = (), via: Collection[Basis] = BASES
) -> tuple[str, ...]:
    """The ids that any of the selections selects and none of ``exclude`` does, sorted; all ids for no selection.

    Args:
        graph: what is selected from.
        selections: texts of the selector language.
        exclude: likewise.
        via: which kinds of descent count, for ``+``, ``@``, ``is:root`` and ``is:leaf``.

    Raises:
        SelectorError: if a selection cannot be read; it carries the place. What else is wrong is in its ``also``.
        UnknownNodeError: if it names a node that does not exist; likewise.
        LimitError: if a selection is longer than 4096 characters or counts farther than 10,000 generations.

    >>> import lineage
    >>> select(lineage.load(), ["1+alpaca"], exclude=["weights:api"])
    ('alpaca', 'llama')
    """
    wanted, unwanted = list(selections), list(exclude)
    errors: list[LineageError] = []
    chosen, left_out = (
        set().union(*(_Evaluation(graph, text, via, errors).ids() for text in texts)) for texts in (wanted, unwanted)
    )
    if errors:
        first, *others = errors
        first.also = tuple(others)
        raise first
    return tuple(sorted((chosen if wanted else set(graph)) - left_out))


def parse(text: str) -> tuple[tuple[Atom, ...], ...]:
    """The intersections of a selection, each of its atoms. No name, method or value is looked up.

    Raises:
        SelectorError: if it cannot be read; it carries the place.
        LimitError: if it is too long or counts too far.

    >>> parse("2+llama")[0][0].up
    2
    """
    return _Parser(text).selection()


class _Parser:
    """Reads one selection from left to right; each step looks at every character once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def selection(self) -> tuple[tuple[Atom, ...], ...]:
        if len(self.text) > MAX_LENGTH:
            message = f"the selection has {len(self.text)} characters; at most {MAX_LENGTH} are read"
            raise LimitError(message, position=MAX_LENGTH)
        found = []
        self._skip_space()
        if self.at == len(self.text):
            raise self._error("the selection is empty")
        while self.at < len(self.text):
            found.append(self._intersection())
            self._skip_space()
        return tuple(found)

    def _intersection(self) -> tuple[Atom, ...]:
        atoms = [self._atom()]
        while self._take(","):
            atoms.append(self._atom())
        if self.at < len(self.text) and self.text[self.at] not in _SPACE:
            hint = "; a name with such a sign stands in quotes" if self.text[self.at] in '+@:"' else ""
            raise self._error(f"expected a space, a comma or the end{hint}")
        return tuple(atoms)

    def _atom(self) -> Atom:
        if self._take("@"):
            return Atom(self._term(), related=True)
        number = _NUMBER.match(self.text, self.at)
        up: int | None = 0
        if number and self.text.startswith("+", number.end()):
            up = self._generations(number.group())
            self.at = number.end() + 1
        elif self._take("+"):
            up = None
        term = self._term()
        down: int | None = 0
        if self._take("+"):
            number = _NUMBER.match(self.text, self.at)
            down = self._generations(number.group()) if number else None
            self.at = number.end() if number else self.at
        return Atom(term, up, down)

    def _generations(self, digits: str) -> int:
        if len(digits) > 5 or int(digits) > MAX_GENERATIONS:
            shown = digits if len(digits) <= _MOST_DIGITS else f"{digits[:_MOST_DIGITS]}..."
            message = f"{shown} generations; at most {MAX_GENERATIONS} are followed"
            raise LimitError(message, text=self.text, position=self.at)
        return int(digits)

    def _term(self) -> Term:
        start = self.at
        value, quoted = self._value()
        if not quoted and self._take(":"):
            place = self.at
            of_method, quoted = self._value()
            return Term(of_method, quoted, value, start, place)
        if not quoted and _NUMBER.fullmatch(value):
            self.at = start
            raise self._error("expected a name; one of digits alone stands in quotes")
        return Term(value, quoted, None, start, start)

    def _value(self) -> tuple[str, bool]:
        if quoted := _QUOTED.match(self.text, self.at):
            self.at = quoted.end()
            return re.sub(r"\\(.)", r"\1", quoted.group(1), flags=re.DOTALL), True
        if word := _WORD.match(self.text, self.at):
            self.at = word.end()
            return word.group(), False
        if self.text.startswith('"', self.at):
            raise self._error("the quotes are not closed")
        spaced = self.at < len(self.text) and self.text[self.at] in _SPACE
        raise self._error("expected a name" + ("; no space stands beside a comma or a sign" if spaced else ""))

    def _take(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += 1
            return True
        return False

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _SPACE:
            self.at += 1

    def _error(self, message: str) -> SelectorError:
        return SelectorError(message, text=self.text, position=self.at)


class _Evaluation:
    """From the atoms of one text to ids; what is wrong is collected, so that all of it can be told at once."""

    def __init__(self, graph: LineageGraph, text: str, via: Collection[Basis], errors: list[LineageError]) -> None:
        self.graph, self.text, self.via, self.errors = graph, text, via, errors
        self.known: dict[Atom, frozenset[str]] = {}
        self.found: dict[Term, frozenset[str]] = {}

    def ids(self) -> set[str]:
        try:
            parsed = parse(self.text)
        except LineageError as error:
            self.errors.append(error)
            return set()
        chosen: set[str] = set()
        for atoms in parsed:
            chosen.update(frozenset.intersection(*map(self._atom, atoms)))
        return chosen

    def _atom(self, atom: Atom) -> frozenset[str]:
        if atom not in self.known:
            self.known[atom] = self._followed(atom)
        return self.known[atom]

    def _followed(self, atom: Atom) -> frozenset[str]:
        ids = self._term(atom.term)
        if atom.related:
            return self._spread(self._spread(ids, None, up=False), None, up=True)
        return self._spread(ids, atom.up, up=True) | self._spread(ids, atom.down, up=False)

    def _spread(self, ids: frozenset[str], depth: int | None, *, up: bool) -> frozenset[str]:
        return ids if depth == 0 else frozenset(self.graph.walk(ids, up=up, via=self.via, depth=depth))

    def _term(self, term: Term) -> frozenset[str]:
        if term not in self.found:
            try:
                self.found[term] = frozenset(self._looked_up(term))
            except LineageError as error:
                self.errors.append(error)
                self.found[term] = frozenset()
        return self.found[term]

    def _looked_up(self, term: Term) -> Iterable[str]:
        try:
            if term.method is None:
                if not term.quoted and is_pattern(term.value):
                    return filter(matcher(term.value), self.graph)
                return [self.graph.resolve(term.value)]
            method = METHODS.get(term.method)
            if method is None:
                message = (
                    f"there is no method `{term.method}:`, and a name with a colon stands in quotes; "
                    f"there are {', '.join(METHODS)}"
                )
                raise SelectorError(message + similar(term.method, METHODS), text=self.text, position=term.at)
            return method(self.graph, term.value, term.quoted, self.via)
        except UnknownNodeError as error:
            raise error.within(self.text, term.value_at) from None
        except ValueProblem as error:
            raise SelectorError(str(error), text=self.text, position=term.value_at) from None
