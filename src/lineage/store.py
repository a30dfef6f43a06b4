"""The stored form of a graph: one file, of which a question reads what it needs.

::

    header      one line of JSON: the version, and of every section its name, its length and its CRC-32
    ids         JSON: the ids in their order; a node is its place among them
    kinds       one byte for each node
    names       JSON: the names in the order of the ids
    dates       JSON: the plotted dates in the order of the ids
    words       JSON: the closed words that edges are made of
    sources ... arrays: the ends of every edge, and its words; the edges in the order of :attr:`lineage.graph.Edge.sort_key`
    starts      array: where the edges that leave a node begin; ``arriving`` and ``arrivals`` the same for those that end at it
    lookup      JSON: normal form of a name, and the places of the nodes that are called so
    told-...    JSON: for each thing that :data:`lineage.graph.TOLD` names, what the nodes say of it in the order of the ids
    ends, sums  arrays: where the record of each node and edge ends, and its CRC-32
    records     the records themselves, one JSON text after another

The records are nine tenths of a file and are read one by one, when somebody asks for a field. Nothing in a file can be run: it is
numbers and JSON. What is damaged is noticed by its sum and told by :class:`DamagedError`; who opened the file then reads the
data anew.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, get_args
from zlib import crc32

from lineage.graph import LINEAGE_KINDS, TOLD, Edge, LineageGraph, Node, frozen
from lineage.vocabulary import EdgeKind, NodeKind

STORE_VERSION: Final = 3
"""Raised when the form changes, so that an older file is not read."""

_KINDS: Final[tuple[NodeKind, ...]] = get_args(NodeKind)
_EDGE_KINDS: Final[tuple[EdgeKind, ...]] = get_args(EdgeKind)
_LINEAGE: Final = frozenset(_EDGE_KINDS.index(kind) for kind in LINEAGE_KINDS)
_ARRAYS: Final = {
    "sources": "I",
    "targets": "I",
    "edge_words": "H",
    "starts": "I",
    "arriving": "I",
    "arrivals": "I",
    "ends": "Q",
    "sums": "I",
}
_HEAD: Final = ("ids", "kinds", "words", *_ARRAYS)


class DamagedError(Exception):
    """The file does not hold what was written into it."""


def dump(graph: LineageGraph) -> Iterator[bytes]:
    """The stored form of a graph, in pieces."""
    nodes, edges = graph.nodes(), graph.edges()
    place = {node.id: number for number, node in enumerate(nodes)}
    words: dict[tuple[Any, ...], int] = {}
    edge_words = [
        words.setdefault((_EDGE_KINDS.index(edge.kind), edge.relation, edge.basis, edge.evidence), len(words))
        for edge in edges
    ]
    targets = [place[edge.target] for edge in edges]
    sources = [place[edge.source] for edge in edges]
    records = [*(_json(node.data) for node in nodes), *(_json(edge.data) for edge in edges)]
    numbers: dict[str, Iterable[int]] = {
        "sources": sources,
        "targets": targets,
        "edge_words": edge_words,
        "starts": _starts(sources, len(nodes)),
        "arriving": _starts(targets, len(nodes)),
        "arrivals": sorted(range(len(edges)), key=targets.__getitem__),
        "ends": accumulate(map(len, records)),
        "sums": map(crc32, records),
    }
    sections: dict[str, bytes] = {
        "ids": _json([node.id for node in nodes]),
        "kinds": bytes(_KINDS.index(node.kind) for node in nodes),
        "names": _json([node.name for node in nodes]),
        "dates": _json([node.date for node in nodes]),
        "words": _json(list(words)),
        **{name: _array(name, values).tobytes() for name, values in numbers.items()},
        "lookup": _json({name: [place[one] for one in ids] for name, ids in graph.known_names().items()}),
        **{f"told-{name}": _json([node.told(name) for node in nodes]) for name in TOLD if name != "kind"},
    }
    header = {
        "format": "lineage-index",
        "version": STORE_VERSION,
        "byteorder": sys.byteorder,
        "sections": [[name, len(content), crc32(content)] for name, content in sections.items()],
    }
    yield _json(header) + b"\n"
    yield from sections.values()
    yield from records


def _starts(ends: Sequence[int], size: int) -> Iterator[int]:
    counts = [0] * size
    for end in ends:
        counts[end] += 1
    return accumulate(counts, initial=0)


def _array(name: str, values: Iterable[int] = ()) -> array[int]:
    return array(_ARRAYS[name], values)


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def open_graph(path: str | os.PathLike[str], again: Callable[[], LineageGraph]) -> LineageGraph:
    """The graph that a file holds.

    Args:
        path: the file.
        again: makes the same graph from the data; called when a record turns out to be damaged later on.

    Raises:
        DamagedError: if the file is not whole, or somebody else could have written it.
        OSError: if it cannot be read.
    """
    store = _Store(path, again)
    return LineageGraph.stored(
        nodes=_Nodes(store),
        edges=_Edges(store),
        into=_Adjacency(store, store.incoming),
        out=_Adjacency(store, store.outgoing),
        lineage_in=_Adjacency(store, store.incoming, _LINEAGE),
        lineage_out=_Adjacency(store, store.outgoing, _LINEAGE),
        names=store.lookup,
        records=store,
    )


def is_foreign(status: os.stat_result) -> bool:
    """Whether somebody else could have written a file."""
    return hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or bool(status.st_mode & 0o022))


class _Store:
    """An open file. Its head is read at once, everything else when it is asked for."""

    def __init__(self, path: str | os.PathLike[str], again: Callable[[], LineageGraph]) -> None:
        self._again = again
        self._fresh: LineageGraph | None = None
        self._handle = -1
        self._handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        status = os.fstat(self._handle)
        if is_foreign(status):
            raise DamagedError("somebody else can write this file")
        try:
            self._read_head(status.st_size)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError) as error:
            raise DamagedError(str(error)) from None

    def __del__(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)

    def _read_head(self, size: int) -> None:
        first = os.pread(self._handle, 1 << 14, 0)
        line, end, _ = first.partition(b"\n")
        header = json.loads(line)
        if not end or (header["format"], header["version"]) != ("lineage-index", STORE_VERSION):
            raise ValueError("another form")
        if header["byteorder"] != sys.byteorder:
            raise ValueError("another machine")
        self._sections: dict[str, tuple[int, int, int]] = {}
        at = len(line) + 1
        for name, length, total in header["sections"]:
            if length < 0 or at + length > size:
                raise ValueError("a section that is not in the file")
            self._sections[name] = (at, length, total)
            at += length
        self._records_at = at
        content = {name: self._section(name) for name in _HEAD}
        self.ids: list[str] = json.loads(content["ids"])
        self.kinds = content["kinds"]
        self.words = [(_EDGE_KINDS[kind], *rest) for kind, *rest in json.loads(content["words"])]
        self._is_lineage = [_EDGE_KINDS.index(word[0]) in _LINEAGE for word in self.words]
        numbers = {name: _array(name) for name in _ARRAYS}
        for name, values in numbers.items():
            values.frombytes(content[name])
        self.sources, self.targets, self.edge_words = numbers["sources"], numbers["targets"], numbers["edge_words"]
        self._starts, self._arriving, self._arrivals = numbers["starts"], numbers["arriving"], numbers["arrivals"]
        self._ends, self._sums = numbers["ends"], numbers["sums"]
        nodes, edges = len(self.ids), len(self.sources)
        self.position = {one: number for number, one in enumerate(self.ids)}
        whole = (
            len(self.position) == len(self.kinds) == nodes
            and len(self._starts) == len(self._arriving) == nodes + 1
            and len(self.targets) == len(self.edge_words) == len(self._arrivals) == edges
            and len(self._ends) == len(self._sums) == nodes + edges
            and size == at + (self._ends[-1] if self._ends else 0)
            and max(max(self.sources, default=-1), max(self.targets, default=-1)) < nodes
            and max(self._arrivals, default=-1) < edges
            and max(self.edge_words, default=-1) < len(self.words)
            and max(self.kinds, default=-1) < len(_KINDS)
        )
        if not whole:
            raise ValueError("the parts do not fit together")
        self._nodes: dict[str, Node] = {}
        self._edges: dict[int, Edge] = {}
        self._names: list[str] = []
        self._dates: list[str] = []
        self._told: dict[str, list[Any]] = {}

    def _section(self, name: str) -> bytes:
        at, length, total = self._sections[name]
        content = os.pread(self._handle, length, at)
        while len(content) < length:
            # One call reads two gigabytes at the most.
            more = os.pread(self._handle, length - len(content), at + len(content))
            if not more:
                raise ValueError(f"the section {name} is cut off")
            content += more
        if crc32(content) != total:
            raise ValueError(f"the section {name} is not what was written")
        return content

    # -- nodes and edges, each made once

    def node(self, node_id: str) -> Node:
        found = self._nodes.get(node_id)
        if found is None:
            place = self.position[node_id]
            if not self._names:
                self._names, self._dates = self._list("names"), self._list("dates")
            name, date = self._names[place], self._dates[place]
            found = Node.stored(node_id, _KINDS[self.kinds[place]], name, date, self, place)
            self._nodes[node_id] = found
        return found

    def column(self, what: str) -> list[Any]:
        """Of each node what :data:`lineage.graph.TOLD` names."""
        found = self._told.get(what)
        if found is None:
            # The kinds are there already, as bytes.
            known = [_KINDS[kind] for kind in self.kinds] if what == "kind" else self._list(f"told-{what}")
            found = self._told[what] = list(map(frozen, known))
        return found

    def _list(self, name: str) -> list[Any]:
        try:
            found = json.loads(self._section(name))
            if isinstance(found, list) and len(found) == len(self.ids):
                return found
        except (ValueError, KeyError, OSError):
            pass
        fresh = self._renewed()
        if name in ("names", "dates"):
            return [fresh[one].name if name == "names" else fresh[one].date for one in self.ids]
        return [fresh[one].told(name.removeprefix("told-")) for one in self.ids]

    def edge(self, number: int) -> Edge:
        found = self._edges.get(number)
        if found is None:
            ids = self.ids
            found = Edge.stored(
                ids[self.sources[number]],
                ids[self.targets[number]],
                self.words[self.edge_words[number]],
                self,
                len(ids) + number,
            )
            self._edges[number] = found
        return found

    def outgoing(self, place: int) -> Iterable[int]:
        return range(self._starts[place], self._starts[place + 1])

    def incoming(self, place: int) -> Iterable[int]:
        return self._arrivals[self._arriving[place] : self._arriving[place + 1]]

    def is_lineage(self, number: int) -> bool:
        return self._is_lineage[self.edge_words[number]]

    def lookup(self) -> dict[str, tuple[str, ...]]:
        try:
            found = json.loads(self._section("lookup"))
            return {name: tuple(self.ids[place] for place in places) for name, places in found.items()}
        except (ValueError, TypeError, IndexError, AttributeError, OSError):
            return self._renewed().known_names()

    def record(self, place: int) -> Any:
        """The record of a node, or of an edge after all the nodes."""
        begin = self._ends[place - 1] if place else 0
        length = self._ends[place] - begin
        try:
            content = os.pread(self._handle, length, self._records_at + begin)
            if len(content) == length and crc32(content) == self._sums[place]:
                return frozen(json.loads(content))
        except (OSError, ValueError, OverflowError, RecursionError):
            pass
        fresh = self._renewed()
        return fresh[self.ids[place]].data if place < len(self.ids) else fresh.edges()[place - len(self.ids)].data

    def _renewed(self) -> LineageGraph:
        if self._fresh is None:
            self._fresh = self._again()
        return self._fresh


class _Nodes(Mapping[str, Node]):
    """The nodes by id, in the order of the ids."""

    def __init__(self, store: _Store) -> None:
        self._store = store

    def __getitem__(self, node_id: str) -> Node:
        return self._store.node(node_id)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._store.position

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.position)

    def __len__(self) -> int:
        return len(self._store.position)


class _Edges(Sequence[Edge]):
    """All edges in their order."""

    def __init__(self, store: _Store) -> None:
        self._store = store

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self._store.edge(one) for one in range(*number.indices(len(self)))]
        return self._store.edge(range(len(self))[number])

    def __iter__(self) -> Iterator[Edge]:
        return map(self._store.edge, range(len(self)))

    def __len__(self) -> int:
        return len(self._store.sources)


class _Adjacency(Mapping[str, Sequence[Edge]]):
    """The edges at one side of each node, all of them or those that lineage follows."""

    def __init__(
        self, store: _Store, edges: Callable[[int], Iterable[int]], kinds: frozenset[int] | None = None
    ) -> None:
        self._store = store
        self._edges = edges
        self._only_lineage = kinds is not None

    def __getitem__(self, node_id: str) -> Sequence[Edge]:
        store = self._store
        found = self._edges(store.position[node_id])
        if self._only_lineage:
            found = filter(store.is_lineage, found)
        return [store.edge(one) for one in found]

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.position)

    def __len__(self) -> int:
        return len(self._store.position)
