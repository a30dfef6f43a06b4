"""The selector language: text in, ids out. It follows dbt.

::

    selection    = { intersection }                      several are a union; so are several arguments
    intersection = atom { "," atom }
    atom         = "@" term | [ [ INT ] "+" ] term [ "+" [ INT ] ]
    term         = [ METHOD ":" ] value
    value        = BARE | '"' ... '"'                    a name with spaces stands in quotes

``+x`` is x with its ancestors, ``x+`` with its descendants, a number says how many generations; ``@x`` is x, its descendants and
all their ancestors. A bare value is an id, a name or an alias; with ``*``, ``?`` or ``[...]`` it is a pattern over ids. A name
that nothing has is an error; a selector that is right and selects nothing is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from lineage.analysis import missing_parts
from lineage.errors import LimitError, SelectorError
from lineage.graph import LineageGraph, Node
from lineage.vocabulary import BASES, Basis, normal_form

MAX_LENGTH: Final = 4096
MAX_GENERATIONS: Final = 10_000

_BARE: Final = re.compile(r'[^\s,+@:"]+')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBER: Final = re.compile(r"\d+")
_YEARS: Final = re.compile(r"(\d{4})?(\.\.)?(\d{4})?")


def select(
    graph: LineageGraph, selections: Iterable[str], *, exclude: Iterable[str] = (), via: Collection[Basis] = BASES
) -> tuple[str, ...]:
    """The ids that any of the selections selects and none of ``exclude`` does, sorted; all ids for no selection.

    Raises:
        SelectorError: if a selection cannot be read; it carries the place.
        UnknownNodeError: if it names a node that does not exist.

    >>> import lineage
    >>> select(lineage.load(), ["1+alpaca"], exclude=["weights:api"])
    ('alpaca', 'llama')
    """
    texts = list(selections)
    chosen = {found for text in texts for found in _Parser(graph, text, via).selection()} if texts else set(graph)
    for text in exclude:
        chosen -= _Parser(graph, text, via).selection()
    return tuple(sorted(chosen))


@dataclass
class _Parser:
    """Reads one selection from left to right and evaluates it on the way; each step looks at every character once."""

    graph: LineageGraph
    text: str
    via: Collection[Basis]
    at: int = 0

    def selection(self) -> set[str]:
        if len(self.text) > MAX_LENGTH:
            raise LimitError(f"the selection has {len(self.text)} characters; at most {MAX_LENGTH} are read")
        chosen: set[str] = set()
        self._skip_space()
        if self.at == len(self.text):
            raise self._error("the selection is empty")
        while self.at < len(self.text):
            chosen |= self._intersection()
            self._skip_space()
        return chosen

    def _intersection(self) -> set[str]:
        chosen = self._atom()
        while self._take(","):
            chosen = chosen & self._atom()
        if self.at < len(self.text) and not self.text[self.at].isspace():
            raise self._error("expected a space, a comma or the end")
        return chosen

    def _atom(self) -> set[str]:
        if self._take("@"):
            below = self._spread(self._term(), up=False, depth=None)
            return self._spread(below, up=True, depth=None)
        before = self.at
        number = _NUMBER.match(self.text, self.at)
        if number and self.text[number.end() : number.end() + 1] == "+":
            self.at = number.end()
        up = self._take("+")
        if not up:
            self.at = before
        up_depth = self._generations(number.group()) if up and number else None
        chosen = found = self._term()
        if up:
            chosen = self._spread(found, up=True, depth=up_depth)
        if self._take("+"):
            number = _NUMBER.match(self.text, self.at)
            self.at = number.end() if number else self.at
            depth = self._generations(number.group()) if number else None
            chosen = chosen | self._spread(found, up=False, depth=depth)
        return chosen

    def _generations(self, digits: str) -> int:
        if len(digits) > 5 or int(digits) > MAX_GENERATIONS:
            raise LimitError(f"{digits[:8]} generations; at most {MAX_GENERATIONS} are followed")
        return int(digits)

    def _spread(self, ids: set[str], *, up: bool, depth: int | None) -> set[str]:
        walk = self.graph.ancestors if up else self.graph.descendants
        return ids.union(*(walk(one, self.via, depth) for one in ids))

    def _term(self) -> set[str]:
        start = self.at
        value, quoted = self._value()
        if not quoted and self._take(":"):
            method = METHODS.get(value)
            if method is None:
                self.at = start
                raise self._error(f"there is no method `{value}`; there are {', '.join(METHODS)}")
            start = self.at
            value, _ = self._value()
            try:
                test = method(self.graph, value)
            except ValueError as error:
                self.at = start
                raise self._error(str(error)) from None
            return {node.id for node in self.graph.nodes() if test(node)}
        if not quoted and re.search(r"[*?\[]", value):
            return {one for one in self.graph if fnmatchcase(one, value)}
        return {self.graph.resolve(value)}

    def _value(self) -> tuple[str, bool]:
        if quoted := _QUOTED.match(self.text, self.at):
            self.at = quoted.end()
            return re.sub(r"\\(.)", r"\1", quoted.group(1)), True
        if bare := _BARE.match(self.text, self.at):
            self.at = bare.end()
            return bare.group(), False
        raise self._error("expected a name")

    def _take(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += 1
            return True
        return False

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _error(self, message: str) -> SelectorError:
        return SelectorError(message, text=self.text, position=self.at)


# -- methods: a value becomes a test of nodes ---------------------------------------------------------------------------------

_Test = Callable[[Node], bool]
_Method = Callable[[LineageGraph, str], _Test]


def _field(name: str) -> _Method:
    """Whether a field of the node is called so, or one of its entries is."""

    def method(graph: LineageGraph, value: str) -> _Test:
        wanted = normal_form(value)

        def test(node: Node) -> bool:
            found = node.data.get(name, ())
            return wanted in {normal_form(one) for one in ([found] if isinstance(found, str) else found)}

        if not any(test(node) for node in graph.nodes()):
            known = sorted({one for node in graph.nodes() for one in _as_list(node.data.get(name, ()))})
            shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
            raise ValueError(f"nothing has `{value}` there; there are {shown}")
        return test

    return method


def _as_list(value: str | Iterable[str]) -> Iterable[str]:
    return [value] if isinstance(value, str) else value


def _year(_graph: LineageGraph, value: str) -> _Test:
    found = _YEARS.fullmatch(value)
    if not found or not (found[1] or found[3]):
        raise ValueError("expected a year or a range of years: 2023, 2021..2023, 2023.. or ..2020")
    first = int(found[1] or 0)
    last = int(found[3] or (9999 if found[2] else first))
    return lambda node: first <= node.year <= last


def _uses(graph: LineageGraph, value: str) -> _Test:
    adopters = set(graph.adopters(graph.resolve(value)))
    return lambda node: node.id in adopters


def _introduces(graph: LineageGraph, value: str) -> _Test:
    introducers = set(graph.introducers(graph.resolve(value)))
    return lambda node: node.id in introducers


def _relation(graph: LineageGraph, value: str) -> _Test:
    children = {edge.target for edge in graph.edges() if edge.relation == value}
    if not children:
        known = sorted({edge.relation for edge in graph.edges() if edge.relation})
        raise ValueError(f"no edge has the relation `{value}`; there are {', '.join(known)}")
    return lambda node: node.id in children


def _included(graph: LineageGraph, value: str) -> _Test:
    reasons = {node.id: {one["reason"] for one in node.data.get("included_because", ())} for node in graph.nodes()}
    if not any(value in found for found in reasons.values()):
        known = sorted(set().union(*reasons.values()))
        raise ValueError(f"nothing is in for `{value}`; there are {', '.join(known)}")
    return lambda node: value in reasons[node.id]


def _is(graph: LineageGraph, value: str) -> _Test:
    groups: dict[str, Callable[[], Iterable[str]]] = {
        "root": graph.roots,
        "leaf": graph.leaves,
        "merge": lambda: {edge.target for edge in graph.edges() if edge.relation == "merged"},
        "disputed": lambda: {
            end for edge in graph.edges() if "disputed" in edge.data for end in (edge.source, edge.target)
        },
        "incomplete": lambda: {node.id for node in graph.nodes("model") if missing_parts(graph, node.id)},
    }
    if value not in groups:
        raise ValueError(f"expected one of {', '.join(groups)}")
    members = set(groups[value]())
    return lambda node: node.id in members


METHODS: Final[dict[str, _Method]] = {
    "kind": _field("kind"),
    "org": _field("organizations"),
    "family": _field("family"),
    "arch": _field("architecture"),
    "weights": _field("weights"),
    "origin": _field("origin"),
    "category": _field("category"),
    "collection": _field("collections"),
    "included": _included,
    "year": _year,
    "uses": _uses,
    "introduces": _introduces,
    "relation": _relation,
    "is": _is,
}
