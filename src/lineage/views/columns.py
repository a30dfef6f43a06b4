"""A graph as columns of text: small in a page, and read again by ``explorer-data.js`` and ``explorer-unpack.js``.

Records repeat their field names, their makers and above all their addresses. Here each field is one column of its
kind of record; texts that come back stand once in a table; a source is three numbers that count back to where its
address, place and sentence were said first. What follows from other fields is not said again. The columns are packed by
bzip2, which is a quarter smaller than gzip on such texts, in the same bytes on every machine; sentences apart from
names and numbers, because each of the two is packed better without the other.
"""

from __future__ import annotations

import base64
import bz2
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from lineage.graph import LineageGraph

SAME: Final = 0
"""In a column of texts: what the reader makes of the other fields, see :func:`_expected`."""
_DRAWN: Final = ("id", "name", "date", "aliases", "organizations", "architecture", "weights", "family")
"""Fields of models without which neither the tree nor the table nor the search for a name can begin."""
_DRAWN_EDGE: Final = ("source", "target", "kind", "relation", "basis", "evidence")
_SOURCE_PARTS: Final = ("url", "locator", "shows")
_PROSE: Final = frozenset(
    ("application", "corpus", "disputed", "extension", "included_because", "name", "note", "summary")
)
"""Fields that are sentences or titles."""
_PLACE: Final = re.compile(r"(.+):(\d{1,9})")

Plain = Callable[[Any], Any]


def columns(graph: LineageGraph, plain: Plain) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    """All nodes and edges of a graph as JSON values: what the tree is drawn of, the rest, and the prose of the rest.

    The tree is models and what one came from another; papers, techniques and what is said of them are in the rest.

    Args:
        graph: the graph.
        plain: makes a record fit to be shown: texts that can be written, no empty fields.
    """
    sources = _Sources()
    nodes = [plain(dict(node.data)) for node in graph.nodes()]
    kinds = sorted({node["kind"] for node in nodes}, key=lambda kind: (kind != "model", kind))
    nodes = [node for kind in kinds for node in nodes if node["kind"] == kind]
    models = [node for node in nodes if node["kind"] == "model"]
    place = {node["id"]: index for index, node in enumerate(nodes)}
    # By child, so that what stands together in the data stands together here and repeats itself nearby.
    edges = sorted((plain(dict(edge.data)) for edge in graph.edges()), key=lambda edge: place[edge["target"]])
    descent = [edge for edge in edges if max(place[edge["source"]], place[edge["target"]]) < len(models)]
    known = set(map(id, descent))
    others = [edge for edge in edges if id(edge) not in known]
    inward: dict[str, list[dict[str, Any]]] = {}
    for edge in descent + others:
        inward.setdefault(edge["target"], []).append(edge)
    for node in nodes:
        sources.take(node)
        _shorten(node)
        for edge in inward.get(node["id"], ()):
            sources.take(edge)
            edge["source"], edge["target"] = place[edge["source"]], place[edge["target"]]
    groups = [(kind, [node for node in nodes if node["kind"] == kind]) for kind in kinds if kind != "model"]
    drawn = {"nodes": _columns(models, only=_DRAWN), "edges": _columns(descent, only=_DRAWN_EDGE)}
    rest: dict[str, Any] = {
        "more": [_columns(models, without=(*_DRAWN, "kind")), _columns(descent, without=_DRAWN_EDGE)],
        "nodes": [[kind, _columns(group, without=("kind",))] for kind, group in groups],
        "edges": _columns(others),
        "sources": sources.columns(),
    }
    prose = [
        column.pop()
        for group in (*rest["more"], *(group for _, group in rest["nodes"]), rest["edges"])
        for column in group["fields"]
        if column[0] in _PROSE and column[1] == "="
    ]
    sentences = rest["sources"][-1]
    prose.append(sentences[0])
    sentences[0] = []
    return drawn, rest, prose


def _shorten(node: dict[str, Any]) -> None:
    """Says of each date of a node that is the node's own only that it is."""
    dates = node.get("dates")
    for event in dates if isinstance(dates, list) else ():
        if isinstance(event, dict) and isinstance(node.get("date"), str) and event.get("date") == node["date"]:
            event["date"] = SAME


def packed(value: Any) -> str:
    """A JSON value as base64 of bzip2: letters, digits, ``+``, ``/`` and ``=`` only."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return packed_text(text)


def packed_text(text: str) -> str:
    """A text likewise."""
    data = text.encode()
    # The reader makes room for a whole block of this level, whatever it holds.
    return base64.b64encode(bz2.compress(data, min(9, len(data) // 100_000 + 1))).decode()


def _columns(
    records: Sequence[Mapping[str, Any]], *, only: Collection[str] = (), without: Collection[str] = ()
) -> dict[str, Any]:
    """The records by field: how many, and for each field its column. A record without a field has ``null`` there."""
    fields = sorted({field for record in records for field in record if not only or field in only} - set(without))
    found = []
    for field in fields:
        values = [_short(record, field) for record in records]
        found.append([field, *_column(values)])
    return {"count": len(records), "fields": found}


def _short(record: Mapping[str, Any], field: str) -> Any:
    value = record.get(field)
    return SAME if value is not None and value == _expected(record, field) else value


def _expected(record: Mapping[str, Any], field: str) -> str | None:
    """What follows from other fields: the id is the name in small letters, the title the name, the address that on arXiv."""
    if field == "address":
        arxiv = record.get("arxiv")
        return f"https://arxiv.org/abs/{arxiv}" if isinstance(arxiv, str) else record.get("url")
    name = str(record.get("name", ""))
    if field == "title":
        return name
    if field == "id" and name.isascii():
        return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    return None


def _column(values: list[Any]) -> list[Any]:
    """A column in its shortest form.

    ``"="`` the values; ``"t"`` a table and places in it; ``"l"`` lists of places; ``"p"`` places before a number, as in
    ``file:3``; ``"d"`` numbers that rise, by how much.
    """
    given = [value for value in values if value is not None]
    if values and all(type(value) is int for value in values) and values == sorted(values):
        return ["d", [value - before for before, value in zip([0, *values], values, strict=False)]]
    if all(isinstance(value, str) for value in given) and given:
        places = [_PLACE.fullmatch(value) for value in given]
        if all(places) and len(set(given)) > len(given) / 2:
            halves = [_PLACE.fullmatch(value) if value is not None else None for value in values]
            table = _table(half[1] for half in halves if half)
            numbers = [[table[half[1]], int(half[2])] if half else None for half in halves]
            if all(half is None or str(int(half[2])) == half[2] for half in halves):
                return ["p", list(table), numbers]
        if len(set(given)) <= len(given) / 2:
            table = _table(given)
            return ["t", list(table), [-1 if value is None else table[value] for value in values]]
    if given and all(isinstance(value, list) and all(isinstance(one, str) for one in value) for value in given):
        table = _table(one for value in given for one in value)
        if len(table) <= sum(map(len, given)) / 2:
            return ["l", list(table), [None if value is None else [table[one] for one in value] for value in values]]
    return ["=", values]


def _table(values: Iterable[str]) -> dict[str, int]:
    return {value: index for index, value in enumerate(dict.fromkeys(values))}


class _Sources:
    """All sources in the order in which the reader meets them: of a node, of its dates, of its incoming edges."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str | None, int]] = {part: {} for part in _SOURCE_PARTS}
        self.back: dict[str, list[int]] = {part: [] for part in _SOURCE_PARTS}
        self.recent: list[str | None] = []
        """Places in documents ("Abstract"), the last one first."""

    def take(self, record: dict[str, Any]) -> None:
        """Replaces the sources of a record by their number."""
        if isinstance(record.get("sources"), list):
            record["sources"] = self._all(record["sources"])
        if isinstance(record.get("dates"), list):
            for event in record["dates"]:
                if isinstance(event, dict) and isinstance(event.get("sources"), list):
                    event["sources"] = self._all(event["sources"])
        if isinstance(record.get("disputed"), dict) and isinstance(record["disputed"].get("source"), dict):
            record["disputed"]["source"] = self._all([record["disputed"]["source"]])

    def _all(self, sources: list[dict[str, Any]]) -> int | list[dict[str, Any]]:
        # One that has something else to say, or says it otherwise, is written as it is.
        if any(set(source) - set(_SOURCE_PARTS) or "url" not in source for source in sources) or not all(
            isinstance(value, str) for source in sources for value in source.values()
        ):
            return sources
        for source in sources:
            for part in _SOURCE_PARTS:
                table, value = self.tables[part], source.get(part)
                if part == "locator":
                    # They come back all over the data, so what counts is how many others were said in between.
                    self.back[part].append(self.recent.index(value) + 1 if value in table else 0)
                    if value in table:
                        self.recent.remove(value)
                    table.setdefault(value, len(table))
                    self.recent.insert(0, value)
                elif value in table:
                    self.back[part].append(len(table) - table[value])
                else:
                    table[value] = len(table)
                    self.back[part].append(0)
        return len(sources)

    def columns(self) -> list[Any]:
        """For each part its table and, for each source, where in the table it is: 0 is the next new one.

        Else addresses and sentences count back from the last new one, places in documents from the last one of all, in the
        order in which they were said last.
        """
        return [[list(self.tables[part]), self.back[part]] for part in _SOURCE_PARTS]
