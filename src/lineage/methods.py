"""The methods of the selector language: each takes a value, as in ``org:Meta``, and gives the ids of the nodes that it means.

A value is compared as names are, so that case and punctuation do not count; with ``*``, ``?`` or ``[...]`` outside quotes it is a
pattern in which only case does not count. A value that nothing can have is an error that says what there is; a pattern, a
range or a word of a closed list that nothing has selects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import translate
from typing import Any, Final, get_args

from lineage.errors import UnknownNodeError
from lineage.graph import LINEAGE_KINDS, LineageGraph
from lineage.vocabulary import (
    Architecture,
    Basis,
    Category,
    DateInterval,
    Evidence,
    InclusionReason,
    NodeKind,
    Origin,
    Relation,
    Weights,
    normal_form,
)

_Method = Callable[[LineageGraph, str, bool, Collection[Basis]], Iterable[str]]
"""Graph, value, whether that stood in quotes, and which descent counts, to ids."""


class ValueProblem(ValueError):  # noqa: N818 - it never leaves the selector language
    """A value that a method cannot take."""


def is_pattern(value: str) -> bool:
    """Whether a bare value is a pattern."""
    return any(sign in value for sign in "*?[")


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text fits a pattern of ``*``, ``?`` and ``[...]``, without regard to case; in linear time for each star."""
    fits = re.compile(translate(pattern.casefold())).match
    return lambda text: fits(text.casefold()) is not None


def similar(word: str, known: Iterable[str]) -> str:
    """The end of a message: which of the known words may have been meant."""
    from difflib import get_close_matches  # 5 ms that only a misspelt word costs

    folded = {one.casefold(): one for one in known}
    wanted = word[:100].casefold()
    near = get_close_matches(wanted, folded, n=3, cutoff=0.6)
    near += [one for one in sorted(folded) if len(wanted) > 2 and wanted in one and one not in near]
    return f"; did you mean {' or '.join(f'`{folded[one]}`' for one in near[:3])}?" if near else ""


def _no_such(method: str, value: str, known: Iterable[str]) -> ValueProblem:
    words = sorted(known)
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return ValueProblem(f"`{method}:` does not know `{value}`; there are {shown}{similar(value, words)}")


# -- fields of a node ----------------------------------------------------------------------------------------------------------


def _all_words(graph: LineageGraph, field: str) -> set[str]:
    said = (value for _, value in graph.told(field))
    return {word for value in said for word in ([value] if isinstance(value, str) else value or ())}


def _field(method: str, field: str, vocabulary: Any = None) -> _Method:
    """Whether a field of the node says so, or one of its entries does; its words are a closed list or those that there are."""

    def found(graph: LineageGraph, value: str, quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
        held: dict[str, list[str]] = {}
        for one, said in graph.told(field):
            for word in [said] if isinstance(said, str) else said or ():
                held.setdefault(word, []).append(one)
        fits = _fits(value, quoted)
        words = [word for word in held if fits(word)]
        if not words and (quoted or not is_pattern(value)):
            known = get_args(vocabulary) or _all_words(graph.whole, field)
            if not any(map(fits, known)):
                raise _no_such(method, value, known)
        return (one for word in words for one in held[word])

    return found


def _fits(value: str, quoted: bool) -> Callable[[str], bool]:
    if not quoted and is_pattern(value):
        return matcher(value)
    wanted = normal_form(value)
    return lambda text: normal_form(text) == wanted


def _id(graph: LineageGraph, value: str, quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    if not quoted and is_pattern(value):
        return filter(matcher(value), graph)
    return [graph[value].id]


def _name(graph: LineageGraph, value: str, quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    fits = _fits(value, quoted)
    found = [node.id for node in graph.nodes() if any(map(fits, (node.id, node.name, *node.aliases)))]
    # Where nothing is called so, it says what may have been meant.
    return found or ([] if not quoted and is_pattern(value) else [graph.resolve(value)])


def _source(graph: LineageGraph, value: str, quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    fits = matcher(f"*{value}*") if not quoted else lambda text: value.casefold() in text.casefold()
    known: dict[str, bool] = {}

    def cited(sources: Iterable[Any]) -> bool:
        return any(known.setdefault(one["url"], fits(one["url"])) for one in sources)

    for node in graph.nodes():
        dated = (event.get("sources", ()) for event in node.data.get("dates", ()))
        if cited(node.data.get("sources", ())) or any(map(cited, dated)):
            yield node.id
    yield from (edge.target for edge in graph.edges() if cited(edge.sources))


# -- time ----------------------------------------------------------------------------------------------------------------------


def _date(graph: LineageGraph, value: str, _quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    first, dots, last = value.partition("..")
    if not first and not last:
        raise ValueProblem(
            "expected a date or a range of dates: 2023, 2023-02, 2023-02-24, 2022-03..2023-06, 2023-02.. or ..2020"
        )
    try:
        start = DateInterval.of(first).start if first else None
        end = DateInterval.of(last or first).end if last or not dots else None
    except ValueError as error:
        raise ValueProblem(str(error)) from None
    if start and end and end < start:
        raise ValueProblem(f"`{value}` ends before it begins")
    first_day, last_day = (None if day is None else day.isoformat() for day in (start, end))
    # The text of a date of less precision sorts before every day that it may stand for.
    return (
        node.id
        for node in graph.nodes()
        if (first_day is None or first_day <= node.last_day) and (last_day is None or node.date <= last_day)
    )


def _year(graph: LineageGraph, value: str, quoted: bool, via: Collection[Basis]) -> Iterable[str]:
    years = value.split("..")
    if len(years) > 2 or not any(years) or not all(re.fullmatch("[0-9]{4}", one) for one in years if one):
        raise ValueProblem("expected a year or a range of years: 2023, 2021..2023, 2023.. or ..2020")
    return _date(graph, value, quoted, via)


# -- techniques ------------------------------------------------------------------------------------------------------------------


def _technique(method: str, step: Callable[[LineageGraph, str], Iterable[str]]) -> _Method:
    """What stands in a relation to a technique, or to any that a pattern over ids means."""

    def found(graph: LineageGraph, value: str, quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
        if not quoted and is_pattern(value):
            fits = matcher(value)
            techniques = [node.id for node in graph.nodes("technique") if fits(node.id)]
        else:
            techniques = [_one_technique(graph, method, value)]
        return (one for technique in techniques for one in step(graph, technique))

    return found


def _one_technique(graph: LineageGraph, method: str, value: str) -> str:
    try:
        found = graph.resolve(value)
    except UnknownNodeError as error:
        meant = [one for one in error.candidates if graph[one].kind == "technique"]
        if len(meant) != 1:
            raise
        return meant[0]
    if graph[found].kind != "technique":
        raise ValueProblem(f"`{found}` is a {graph[found].kind}; `{method}:` takes a technique")
    return found


# -- edges -----------------------------------------------------------------------------------------------------------------------


def _ends(graph: LineageGraph, test: Callable[[Any], bool]) -> Iterator[str]:
    for edge in graph.edges():
        if test(edge):
            yield edge.source
            yield edge.target


def _closed(method: str, value: str, known: Iterable[str]) -> str:
    """The word of a closed list that is meant."""
    words = list(known)
    wanted = normal_form(value)
    for word in words:
        if normal_form(word) == wanted:
            return word
    raise _no_such(method, value, words)


_RELATIONS: Final = (*get_args(Relation), *sorted(LINEAGE_KINDS - {"derived-from"}))


def _relation(graph: LineageGraph, value: str, _quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    word = _closed("relation", value, _RELATIONS)
    return (edge.target for edge in graph.edges() if edge.label == word)


def _evidence(graph: LineageGraph, value: str, _quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    word = _closed("evidence", value, get_args(Evidence))
    return _ends(graph, lambda edge: edge.evidence == word)


def _models(test: Callable[[LineageGraph, str, Collection[Basis]], bool]) -> _Method:
    return lambda graph, _value, _quoted, via: (node.id for node in graph.nodes("model") if test(graph, node.id, via))


def _incomplete(graph: LineageGraph, _value: str, _quoted: bool, _via: Collection[Basis]) -> Iterable[str]:
    from lineage.analysis import incomplete  # 5 ms that only this group costs

    return incomplete(graph)


GROUPS: Final[dict[str, _Method]] = {
    "root": _models(lambda graph, one, via: not graph.parent_edges(one, via)),
    "leaf": _models(lambda graph, one, via: not graph.child_edges(one, via)),
    "merge": lambda graph, _value, _quoted, via: _relation(graph, "merged", True, via),
    "disputed": lambda graph, _value, _quoted, _via: _ends(graph, lambda edge: "disputed" in edge.data),
    "incomplete": _incomplete,
    "isolated": lambda graph, _value, _quoted, _via: (
        one for one in graph if not graph.in_edges(one) and not graph.out_edges(one)
    ),
}
"""What ``is:`` knows."""


def _is(graph: LineageGraph, value: str, quoted: bool, via: Collection[Basis]) -> Iterable[str]:
    return GROUPS[_closed("is", value, GROUPS)](graph, value, quoted, via)


METHODS: Final[dict[str, _Method]] = {
    "id": _id,
    "name": _name,
    "kind": _field("kind", "kind", NodeKind),
    "org": _field("org", "organizations"),
    "family": _field("family", "family"),
    "arch": _field("arch", "architecture", Architecture),
    "weights": _field("weights", "weights", Weights),
    "license": _field("license", "license"),
    "origin": _field("origin", "origin", Origin),
    "category": _field("category", "category", Category),
    "author": _field("author", "authors"),
    "collection": _field("collection", "collections"),
    "included": _field("included", "reasons", InclusionReason),
    "year": _year,
    "date": _date,
    "uses": _technique("uses", LineageGraph.adopters),
    "technique": _technique("technique", LineageGraph.adopters),
    "introduces": _technique("introduces", LineageGraph.introducers),
    "relation": _relation,
    "evidence": _evidence,
    "source": _source,
    "is": _is,
}
"""Every method by its name. ``technique`` is another name of ``uses``."""
