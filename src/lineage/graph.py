"""The checked graph: :class:`LineageGraph` and every question of ancestry.

Edges point forward in time: parent to child, paper to technique, technique to the model that uses it, paper to the
model that it describes. So ``ancestors`` and ``descendants`` mean what networkx means by them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, get_args

from lineage.errors import UnknownNodeError, WrongKindError
from lineage.vocabulary import BASES, Basis, DateInterval, EdgeKind, NodeKind, count, last_day, normal_form

if TYPE_CHECKING:
    import networkx as nx

    from lineage.frames import Tables

LINEAGE_KINDS: Final[frozenset[EdgeKind]] = frozenset({"derived-from", "succeeds", "refines"})
"""The kinds of edge that lineage follows: among models descent and succession, among techniques refinement."""

FORMAT_VERSION: Final = 1

TOLD: Final[Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    **{
        name: itemgetter(name)
        for name in (
            "architecture",
            "authors",
            "category",
            "collections",
            "family",
            "license",
            "organizations",
            "origin",
            "weights",
        )
    },
    "kind": itemgetter("kind"),
    "reasons": lambda data: tuple(one["reason"] for one in data["included_because"]),
    "events": lambda data: tuple((one["date"], one["kind"]) for one in data["dates"]),
}
"""What questions ask of many nodes at once, and where a record says it; a stored graph keeps it together."""

_set: Final = object.__setattr__
"""How a frozen object gets its fields while it is made."""


class Records(Protocol):
    """Where the records of stored nodes and edges lie; :mod:`lineage.store` is one."""

    def record(self, place: int) -> Any:
        """The record at this place, ready for JSON and frozen."""

    def column(self, what: str) -> Sequence[Any]:
        """Of each node in the order of the ids what :data:`TOLD` names; nodes have the first places."""


class _Recorded:
    """A node or an edge whose record may still lie in a file: it is read when somebody asks for a field of it."""

    __slots__ = ("_place", "_records")

    _records: Records
    _place: int

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only asked for what is not there: of a stored node or edge, what its record holds.
            if name not in ("data", "sources"):
                raise AttributeError(f"`{type(self).__name__}` has no `{name}`", name=name, obj=self)
            data = self._records.record(self._place)
            object.__setattr__(self, "data", data)
            if "sources" in type(self).__slots__:
                object.__setattr__(self, "sources", data["sources"])
            return getattr(self, name)


@dataclass(frozen=True, slots=True)
class Node(_Recorded):
    """A model, a paper or a technique. ``data`` holds every field of its record, ready for JSON."""

    id: str
    kind: NodeKind
    name: str
    date: str
    """The plotted date: see :func:`lineage.vocabulary.plotted_date`. A technique has the date of its introduction."""
    data: Mapping[str, Any] = field(repr=False, compare=False)

    @classmethod
    def stored(cls, node_id: str, kind: NodeKind, name: str, date: str, records: Records, place: int) -> Node:
        """A node whose record is read when it is asked for, and what :data:`TOLD` names without it."""
        node = object.__new__(cls)
        _set(node, "id", node_id)
        _set(node, "kind", kind)
        _set(node, "name", name)
        _set(node, "date", date)
        _set(node, "_records", records)
        _set(node, "_place", place)
        return node

    def told(self, what: str) -> Any:
        """One of the things that :data:`TOLD` names, None where the record does not say it; the record itself need not be read."""
        records = getattr(self, "_records", None)
        if records is not None:
            return records.column(what)[self._place]
        try:
            return TOLD[what](self.data)
        except KeyError:
            return None

    @property
    def interval(self) -> DateInterval:
        """The days that the plotted date may stand for."""
        return DateInterval.of(self.date)

    @property
    def year(self) -> int:
        """The year of the plotted date."""
        return int(self.date[:4])

    @property
    def last_day(self) -> str:
        """The last day that the plotted date may stand for, as text that sorts as the days do."""
        return last_day(self.date)

    @property
    def organizations(self) -> tuple[str, ...]:
        """Who made it; empty for a technique."""
        return tuple(self.told("organizations") or ())

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names."""
        return tuple(self.data.get("aliases", ()))


@dataclass(frozen=True, slots=True)
class Edge(_Recorded):
    """One sourced claim, from the earlier node to the later one."""

    source: str
    target: str
    kind: EdgeKind
    relation: str | None
    """Of a ``derived-from`` edge: how the child came from the parent."""
    basis: Basis | None
    """What was passed on; ``succession`` for ``succeeds``; nothing outside descent."""
    evidence: str
    sources: tuple[Mapping[str, str], ...] = field(repr=False, hash=False)
    data: Mapping[str, Any] = field(repr=False, compare=False)
    """The edge ready for JSON, with ``role``, ``note`` and ``disputed`` where they are written."""

    @classmethod
    def stored(cls, source: str, target: str, words: tuple[Any, ...], records: Records, place: int) -> Edge:
        """An edge whose record is read when it is asked for; ``words`` are its kind, relation, basis and evidence."""
        edge = object.__new__(cls)
        _set(edge, "source", source)
        _set(edge, "target", target)
        kind, relation, basis, evidence = words
        _set(edge, "kind", kind)
        _set(edge, "relation", relation)
        _set(edge, "basis", basis)
        _set(edge, "evidence", evidence)
        _set(edge, "_records", records)
        _set(edge, "_place", place)
        return edge

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """The one order of edges in every output."""
        return (self.source, self.target, self.kind, self.relation or "")

    @property
    def label(self) -> str:
        """How the target stands to the source, in one word."""
        return self.relation or self.kind


class LineageGraph:
    """A checked, immutable graph of models, papers and techniques.

    The ways to one are :func:`lineage.load`, :meth:`select`, :meth:`subgraph` and :meth:`as_of`, so a graph is always valid; one
    that is put together by hand has passed no check. It is a read-only mapping from id to :class:`Node`, in the order of the ids.

    A question takes a node by its id, its name or an alias, as :meth:`resolve` does, and answers with ids. In a notebook a graph
    shows itself as a figure.

    >>> import lineage
    >>> graph = lineage.load()
    >>> graph["llama-2"].name
    'Llama 2'
    >>> "transformer" in graph.ancestors("llama-2")
    True
    """

    _choose: ClassVar[Callable[[LineageGraph, Iterable[str], Iterable[str], Collection[Basis]], tuple[str, ...]]]
    _draw: ClassVar[Callable[[LineageGraph], str | None]]

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        self._nodes: Mapping[str, Node] = {node.id: node for node in sorted(nodes, key=lambda node: node.id)}
        self._edges: Sequence[Edge] = tuple(sorted(edges, key=lambda edge: edge.sort_key))
        into, out, lineage_in, lineage_out = ({one: list[Edge]() for one in self._nodes} for _ in range(4))
        for edge in self._edges:
            out[edge.source].append(edge)
            into[edge.target].append(edge)
            if edge.kind in LINEAGE_KINDS:
                lineage_out[edge.source].append(edge)
                lineage_in[edge.target].append(edge)
        self._in: Mapping[str, Sequence[Edge]] = into
        self._out: Mapping[str, Sequence[Edge]] = out
        self._lineage_in: Mapping[str, Sequence[Edge]] = lineage_in
        self._lineage_out: Mapping[str, Sequence[Edge]] = lineage_out
        self._whole: LineageGraph | None = None
        self._horizon = ""
        self._stored_names: Callable[[], Mapping[str, tuple[str, ...]]] | None = None
        self._records: Records | None = None

    @classmethod
    def stored(
        cls,
        *,
        nodes: Mapping[str, Node],
        edges: Sequence[Edge],
        into: Mapping[str, Sequence[Edge]],
        out: Mapping[str, Sequence[Edge]],
        lineage_in: Mapping[str, Sequence[Edge]],
        lineage_out: Mapping[str, Sequence[Edge]],
        names: Callable[[], Mapping[str, tuple[str, ...]]],
        records: Records,
    ) -> LineageGraph:
        """A graph whose parts are read as they are needed; :mod:`lineage.store` makes them."""
        graph = cls((), ())
        graph._nodes, graph._edges, graph._in, graph._out = nodes, edges, into, out
        graph._lineage_in, graph._lineage_out, graph._stored_names = lineage_in, lineage_out, names
        graph._records = records
        return graph

    @classmethod
    def _lend(
        cls,
        choose: Callable[[LineageGraph, Iterable[str], Iterable[str], Collection[Basis]], tuple[str, ...]],
        draw: Callable[[LineageGraph], str | None],
    ) -> None:
        """Give graphs what stands on the floors above them: the selector language and the figure of a notebook."""
        cls._choose = choose
        cls._draw = draw

    # -- a mapping from id to node ---------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._nodes

    def __getitem__(self, node_id: str) -> Node:
        try:
            return self._nodes[node_id]
        except (KeyError, TypeError):
            raise self._unknown(str(node_id)) from None

    def __repr__(self) -> str:
        return f"<LineageGraph: {count(len(self._nodes), 'node')}, {count(len(self._edges), 'edge')}>"

    def _repr_svg_(self) -> str | None:
        """What a notebook shows: a figure of all models, or of the 60 that matter most; None where there is no model."""
        return self._draw()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all nodes, sorted.

        >>> import lineage
        >>> lineage.load().select("1+alpaca").ids
        ('alpaca', 'llama', 'text-davinci-003')
        """
        return tuple(self._nodes)

    def nodes(self, kind: NodeKind | None = None) -> tuple[Node, ...]:
        """The nodes, of one kind or of all, in the order of their ids.

        Raises:
            ValueError: if there is no such kind.

        >>> import lineage
        >>> [(node.id, node.date) for node in lineage.load().select("llama alpaca").nodes("model")]
        [('alpaca', '2023-03-13'), ('llama', '2023-02-24')]
        """
        if kind is not None and kind not in get_args(NodeKind):
            raise ValueError(f"`{kind}` is no kind of node; there are {', '.join(get_args(NodeKind))}")
        return tuple(node for node in self._nodes.values() if kind is None or node.kind == kind)

    def told(self, what: str) -> Iterable[tuple[str, Any]]:
        """What each node says of one of the things that :data:`TOLD` names, None where it does not, in the order of the ids.

        >>> import lineage
        >>> list(lineage.load().select("llama alpaca").told("family"))
        [('alpaca', 'Llama'), ('llama', 'Llama')]
        """
        if self._records is not None:
            return zip(self._nodes, self._records.column(what), strict=True)
        return ((node.id, node.told(what)) for node in self._nodes.values())

    def edges(self, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """The edges, of the given kinds or of all, in the order of their ends.

        >>> import lineage
        >>> (edge,) = lineage.load().select("llama alpaca").edges("derived-from")
        >>> edge.source, edge.relation, edge.basis, edge.target
        ('llama', 'finetuned', 'weights', 'alpaca')
        >>> edge.sources[0]["url"].startswith("https://")
        True
        """
        return tuple(edge for edge in self._edges if not kinds or edge.kind in kinds)

    def in_edges(self, node_id: str, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """The edges that end at a node, of the given kinds or of all.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.

        >>> import lineage
        >>> [edge.source for edge in lineage.load().in_edges("gpt-2", "described-by")]
        ['radford-2019-gpt-2']
        """
        return tuple(edge for edge in self._in[self.resolve(node_id)] if not kinds or edge.kind in kinds)

    def out_edges(self, node_id: str, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """The edges that start at a node, of the given kinds or of all.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.

        >>> import lineage
        >>> [edge.target for edge in lineage.load().out_edges("su-2021-roformer", "introduced-technique")]
        ['rope']
        """
        return tuple(edge for edge in self._out[self.resolve(node_id)] if not kinds or edge.kind in kinds)

    # -- names -------------------------------------------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """The id of the node that is called so: by id, by name or alias, or by the unique normal form.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so. It suggests near names; it never
                guesses. Of a graph that was cut by :meth:`as_of` it says what came later.
            TypeError: if the name is no text.

        >>> import lineage
        >>> lineage.load().resolve("LLaMA 2")
        'llama-2'
        """
        if not isinstance(name, str):
            raise TypeError(f'a node is named by text, as in "llama-2", and not by {_said(name)}')
        if name in self._nodes:
            return name
        found = self._names.get(normal_form(name), ())
        if len(found) == 1:
            return found[0]
        raise UnknownNodeError(name, candidates=found) if found else self._unknown(name)

    def _unknown(self, name: str) -> UnknownNodeError:
        if self._whole is not None:
            try:
                later = self._whole[self._whole.resolve(name)]
            except UnknownNodeError:
                pass
            else:
                return UnknownNodeError(name, not_yet=f"`{later.id}` is of {later.date}, after {self._horizon}")
        return UnknownNodeError(name, self._suggestions(name))

    def known_names(self) -> dict[str, tuple[str, ...]]:
        """The normal form of every id, name, alias and arXiv number, with the ids of the nodes that are called so.

        >>> import lineage
        >>> lineage.load().known_names()["llama2"]
        ('llama-2',)
        """
        return dict(self._names)

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        if self._stored_names is not None:
            return self._stored_names()
        names: dict[str, set[str]] = {}
        titles: dict[str, set[str]] = {}
        for node in self._nodes.values():
            arxiv = node.data.get("arxiv")
            numbers = (arxiv, f"arXiv:{arxiv}") if arxiv else ()
            for name in (node.id, *node.aliases, *numbers):
                names.setdefault(normal_form(name), set()).add(node.id)
            (titles if node.kind == "paper" else names).setdefault(normal_form(node.name), set()).add(node.id)
        for title, ids in titles.items():
            # "Mistral 7B" is the title of a paper, and who says it means the model.
            names.setdefault(title, ids)
        return {name: tuple(sorted(ids)) for name, ids in names.items()}

    def _suggestions(self, name: str) -> tuple[str, ...]:
        from difflib import get_close_matches  # 5 ms that only a misspelt name costs

        wanted = normal_form(name[:100])
        # "Mistral" is no misspelling of "Mistral 7B", but who says the one may mean the other.
        longer = [known for known in sorted(self._names) if len(wanted) >= 3 and known.startswith(wanted)]
        digits = [char for char in wanted if char.isdigit()]
        alike = [known for known in sorted(self._names) if [char for char in known if char.isdigit()] == digits]
        near = get_close_matches(wanted, alike, n=3, cutoff=0.75)
        return tuple(dict.fromkeys(self._names[known][0] for known in [*near, *sorted(longer, key=len)]))[:4]

    # -- ancestry ----------------------------------------------------------------------------------------------------

    def parent_edges(self, node_id: str, via: Collection[Basis] | Basis = BASES) -> tuple[Edge, ...]:
        """The lineage edges that end at a node.

        Raises:
            ValueError: if ``via`` names something that is no basis.

        >>> import lineage
        >>> [(edge.source, edge.label, edge.evidence) for edge in lineage.load().parent_edges("alpaca", via=["weights"])]
        [('llama', 'finetuned', 'stated')]
        """
        via = _bases(via)
        return tuple(edge for edge in self._lineage_in[self.resolve(node_id)] if _counts(edge, via))

    def child_edges(self, node_id: str, via: Collection[Basis] | Basis = BASES) -> tuple[Edge, ...]:
        """The lineage edges that start at a node.

        Raises:
            ValueError: if ``via`` names something that is no basis.

        >>> import lineage
        >>> [(edge.label, edge.target) for edge in lineage.load().child_edges("gpt-1")]
        [('architecture', 'gpt-2'), ('succeeds', 'gpt-2')]
        """
        via = _bases(via)
        return tuple(edge for edge in self._lineage_out[self.resolve(node_id)] if _counts(edge, via))

    def parents(self, node_id: str, via: Collection[Basis] | Basis = BASES) -> tuple[str, ...]:
        """The nodes that a node directly came from, sorted.

        >>> import lineage
        >>> lineage.load().parents("alpaca", via=["weights"])
        ('llama',)
        """
        return tuple(sorted({edge.source for edge in self.parent_edges(node_id, via)}))

    def children(self, node_id: str, via: Collection[Basis] | Basis = BASES) -> tuple[str, ...]:
        """The nodes that directly came from a node, sorted.

        >>> import lineage
        >>> lineage.load().children("gpt-1")
        ('gpt-2',)
        """
        return tuple(sorted({edge.target for edge in self.child_edges(node_id, via)}))

    def ancestors(
        self, node_id: str, via: Collection[Basis] | Basis = BASES, depth: int | None = None
    ) -> tuple[str, ...]:
        """All nodes that a node came from, sorted. A node is not its own ancestor.

        Args:
            node_id: an id, a name or an alias.
            via: which kinds of descent count.
            depth: how many generations back at the most.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.
            ValueError: if ``via`` names something that is no basis, or ``depth`` is negative.

        >>> import lineage
        >>> lineage.load().ancestors("Alpaca", depth=1)
        ('llama', 'text-davinci-003')
        """
        return tuple(sorted(self._relatives(node_id, up=True, via=via, depth=depth)))

    def descendants(
        self, node_id: str, via: Collection[Basis] | Basis = BASES, depth: int | None = None
    ) -> tuple[str, ...]:
        """All nodes that came of a node, sorted. A node is not its own descendant; arguments as for :meth:`ancestors`.

        >>> import lineage
        >>> graph = lineage.load()
        >>> graph.descendants("alpaca"), "instructgpt" in graph.descendants("gpt-1")
        ((), True)
        """
        return tuple(sorted(self._relatives(node_id, up=False, via=via, depth=depth)))

    def distances(self, node_id: str, *, up: bool, via: Collection[Basis] | Basis = BASES) -> dict[str, int]:
        """Generations between a node and each of its ancestors (``up``) or descendants, by the shortest way.

        >>> import lineage
        >>> lineage.load().distances("alpaca", up=True, via=["weights"])
        {'llama': 1}
        """
        return self._relatives(node_id, up=up, via=via, depth=None)

    def _relatives(
        self, node_id: str, *, up: bool, via: Collection[Basis] | Basis, depth: int | None
    ) -> dict[str, int]:
        start = self.resolve(node_id)
        found = self.walk([start], up=up, via=via, depth=depth)
        del found[start]
        return found

    def walk(
        self, starts: Iterable[str], *, up: bool, via: Collection[Basis] | Basis = BASES, depth: int | None = None
    ) -> dict[str, int]:
        """Everything that some nodes came from (``up``) or that came of them, with the generations to the nearest of them.

        The nodes themselves are in it, at 0.

        Raises:
            UnknownNodeError: if one of them is not there.
            ValueError: if ``via`` names something that is no basis, or the depth is below 0.

        >>> import lineage
        >>> lineage.load().walk(["alpaca", "vicuna"], up=True, via=["weights"])
        {'alpaca': 0, 'vicuna': 0, 'llama': 1}
        """
        via = _bases(via)
        if depth is not None and not isinstance(depth, int):
            raise TypeError(f"a depth is a number of generations, and not {_said(depth)}")
        if depth is not None and depth < 0:
            raise ValueError(f"a depth of {depth} is no number of generations")
        distance: dict[str, int] = {}
        for one in starts:
            distance[self.resolve(one)] = 0
        edges = self._lineage_in if up else self._lineage_out
        ring = list(distance)
        while ring and (depth is None or depth > distance[ring[0]]):
            after = []
            for here in ring:
                for edge in edges[here]:
                    there = edge.source if up else edge.target
                    if there not in distance and _counts(edge, via):
                        distance[there] = distance[here] + 1
                        after.append(there)
            ring = after
        return distance

    def roots(self) -> tuple[str, ...]:
        """The models without a parent, sorted.

        >>> import lineage
        >>> lineage.load().select("llama alpaca").roots()
        ('llama',)
        """
        return tuple(node.id for node in self.nodes("model") if not self.parents(node.id))

    def leaves(self) -> tuple[str, ...]:
        """The models without a child, sorted.

        >>> import lineage
        >>> lineage.load().select("+alpaca").leaves()
        ('alpaca',)
        """
        return tuple(node.id for node in self.nodes("model") if not self.children(node.id))

    def path(self, older: str, newer: str, via: Collection[Basis] | Basis = BASES) -> tuple[str, ...]:
        """The shortest line of descent from ``older`` down to ``newer``; empty if ``newer`` does not descend from it.

        :meth:`edges_between` tells of each step what it is and who says so; ``graph.subgraph(line)`` draws it.

        >>> import lineage
        >>> lineage.load().path("GPT-1", "InstructGPT")
        ('gpt-1', 'gpt-2', 'gpt-3', 'instructgpt')
        """
        return next(iter(self.paths(older, newer, via, limit=1)), ())

    def paths(
        self, older: str, newer: str, via: Collection[Basis] | Basis = BASES, limit: int = 1000
    ) -> tuple[tuple[str, ...], ...]:
        """The lines of descent from ``older`` down to ``newer``: the shortest first, then in the order of their ids.

        Args:
            older: the id to start from.
            newer: the id to end at.
            via: which kinds of descent count.
            limit: no more paths than this are returned; a diamond ladder has exponentially many.

        Returns:
            Tuples of ids; none if ``newer`` does not descend from ``older``.

        >>> import lineage
        >>> lineage.load().paths("llama", "alpaca", via=["weights"])
        (('llama', 'alpaca'),)
        """
        older, newer = self.resolve(older), self.resolve(newer)
        if older == newer:
            return ()
        # How far it still is: a line is taken up again in the order of the length it will have at least.
        left = self._relatives(newer, up=True, via=via, depth=None)
        if older not in left or limit < 1:
            return ()
        left[newer] = 0
        found: list[tuple[str, ...]] = []
        heap: list[tuple[int, tuple[str, ...]]] = [(left[older], (older,))]
        while heap and len(found) < limit:
            _, line = heappop(heap)
            if line[-1] == newer:
                found.append(line)
                continue
            for child in self.children(line[-1], via):
                if child in left:
                    heappush(heap, (len(line) + left[child], (*line, child)))
        return tuple(found)

    def edges_between(self, parent: str, child: str, via: Collection[Basis] | Basis = BASES) -> tuple[Edge, ...]:
        """The lineage edges from one node to another, strongest basis first.

        >>> import lineage
        >>> [edge.label for edge in lineage.load().edges_between("gpt-1", "gpt-2")]
        ['architecture', 'succeeds']
        """
        parent = self.resolve(parent)
        # Asked of the child: it has few parents, and a parent may have thousands of children.
        edges = [edge for edge in self.parent_edges(child, via) if edge.source == parent]
        return tuple(sorted(edges, key=_basis_rank))

    def common_ancestors(self, one: str, other: str, via: Collection[Basis] | Basis = BASES) -> tuple[str, ...]:
        """The nearest nodes that both came from: those without a descendant that both came from, too.

        Where one of the two is an ancestor of the other, it is the answer itself.

        >>> import lineage
        >>> lineage.load().common_ancestors("alpaca", "vicuna", via=["weights"])
        ('llama',)
        """
        one, other = self.resolve(one), self.resolve(other)
        shared = ({one} | set(self.ancestors(one, via))) & ({other} | set(self.ancestors(other, via)))
        return tuple(sorted(node_id for node_id in shared if shared.isdisjoint(self.children(node_id, via))))

    def generations(self) -> tuple[tuple[str, ...], ...]:
        """The models in layers: in the first those without a parent, then each below the lowest of its parents.

        >>> import lineage
        >>> lineage.load().select("llama alpaca gpt-1").generations()
        (('gpt-1', 'llama'), ('alpaca',))
        """
        depth: dict[str, int] = {}
        for node_id in self._in_topological_order():
            depth[node_id] = 1 + max((depth[parent] for parent in self.parents(node_id)), default=-1)
        layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for node_id in sorted(depth):
            layers[depth[node_id]].append(node_id)
        return tuple(tuple(layer) for layer in layers)

    def _in_topological_order(self) -> Iterator[str]:
        missing = {node.id: len(self.parents(node.id)) for node in self.nodes("model")}
        ready = deque(node_id for node_id, count in missing.items() if not count)
        while ready:
            here = ready.popleft()
            yield here
            for child in self.children(here):
                missing[child] -= 1
                if not missing[child]:
                    ready.append(child)

    def layout_parent(self, node_id: str) -> Edge | None:
        """The one edge by which a tree picture hangs up a model, or none: then it hangs on the limb of its architecture.

        The rule: an edge marked ``layout_parent``; else the first by basis (weights, outputs, architecture,
        succession), ties to the later parent. A parent that is plotted after its child is passed over.

        >>> import lineage
        >>> lineage.load().layout_parent("alpaca").source
        'llama'
        """
        node = self[self.resolve(node_id)]
        edges = [
            edge
            for edge in self.in_edges(node.id, "derived-from", "succeeds")
            if self[edge.source].interval.start <= node.interval.end
        ]
        if not edges:
            return None
        # By hand rather than by one tuple: the later parent is wanted first, and dates do not negate.
        edges.sort(key=lambda edge: edge.source)
        edges.sort(key=lambda edge: self[edge.source].interval.end, reverse=True)
        edges.sort(key=lambda edge: (not edge.data.get("layout_parent", False), *_basis_rank(edge)))
        return edges[0]

    # -- techniques and papers ------------------------------------------------------------------------------------------

    def techniques(self, model: str) -> tuple[str, ...]:
        """The techniques that a model is known to use, sorted.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.
            WrongKindError: if it is no model.

        >>> import lineage
        >>> "rope" in lineage.load().techniques("llama")
        True
        """
        return tuple(edge.source for edge in self.in_edges(self._of_kind(model, "model"), "uses-technique"))

    def adopters(self, technique: str) -> tuple[str, ...]:
        """The models that are known to use a technique, the earliest first.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.
            WrongKindError: if it is no technique.

        >>> import lineage
        >>> lineage.load().adopters("RoPE")[0]
        'roformer'
        """
        models = [edge.target for edge in self.out_edges(self._of_kind(technique, "technique"), "uses-technique")]
        return tuple(sorted(models, key=lambda model: (self[model].last_day, model)))

    def introducers(self, technique: str) -> tuple[str, ...]:
        """The documents that described a technique first: the primary one, then concurrent ones.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.
            WrongKindError: if it is no technique.

        >>> import lineage
        >>> lineage.load().introducers("rope")
        ('su-2021-roformer',)
        """
        edges = self.in_edges(self._of_kind(technique, "technique"), "introduced-technique")
        ranked = sorted(edges, key=lambda edge: (edge.data.get("role") != "primary", edge.source))
        return tuple(edge.source for edge in ranked)

    def _of_kind(self, name: str, kind: NodeKind) -> str:
        node = self[self.resolve(name)]
        if node.kind != kind:
            raise WrongKindError(node.id, node.kind, kind)
        return node.id

    # -- other forms -----------------------------------------------------------------------------------------------------

    def select(
        self, *selections: str, exclude: Iterable[str] | str = (), via: Collection[Basis] | Basis = BASES
    ) -> LineageGraph:
        """The graph of what a selection selects, and of the edges between; ``docs/selectors.md`` tells the language.

        Args:
            *selections: selections; several are a union, and none selects everything.
            exclude: a selection, or several, to be left out.
            via: which kinds of descent ``+`` and ``@`` follow.

        Returns:
            A graph of its own: :attr:`ids` lists it, a notebook draws it, and it can be asked again.

        Raises:
            SelectorError: if a selection cannot be read; it carries the place.
            UnknownNodeError: if it names a node that does not exist.

        >>> import lineage
        >>> lineage.load().select("1+alpaca", exclude="weights:api").ids
        ('alpaca', 'llama')
        """
        without = (exclude,) if isinstance(exclude, str) else exclude
        if not isinstance(without, Iterable):
            raise TypeError(f"`exclude` takes a selection, or several, and not {_said(without)}")
        without = tuple(without)
        for one in (*selections, *without):
            if not isinstance(one, str):
                raise TypeError(f'a selection is text, as in "+llama-2", and not {_said(one)}')
        return self.subgraph(self._choose(selections, without, _bases(via)))

    def subgraph(self, node_ids: Iterable[str]) -> LineageGraph:
        """The graph of these nodes and of the edges between them.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so.

        >>> import lineage
        >>> lineage.load().subgraph(["LLaMA", "alpaca"])
        <LineageGraph: 2 nodes, 1 edge>
        """
        kept = {self.resolve(node_id) for node_id in node_ids}
        return LineageGraph(
            [self._nodes[node_id] for node_id in kept],
            [edge for edge in self._edges if edge.source in kept and edge.target in kept],
        )

    def as_of(self, date: str) -> LineageGraph:
        """The graph as the world knew it at the end of a day, a month or a year.

        A node is in it if it may have been there: if the first day that its plotted date may stand for is no later. So a
        model of ``2023``, of which no more is known, is in the graph of ``2023-03``. The edges are those between the nodes
        that are left; the records themselves are those of today.

        Args:
            date: ``2022``, ``2022-12`` or ``2022-12-31``.

        Raises:
            ValueError: if the date is none of these.

        >>> import lineage
        >>> "llama" in lineage.load().as_of("2022-12")
        False
        """
        if not isinstance(date, str):
            raise TypeError(f'a date is text, as in "2022-12", and not {_said(date)}')
        last = DateInterval.of(date).end.isoformat()
        # A date of less precision begins the text of every day that it may stand for, so it sorts before them.
        kept = {node.id: node for node in self._nodes.values() if node.date <= last}
        if len(kept) == len(self._nodes):
            return self
        past = LineageGraph(
            kept.values(), (edge for edge in self._edges if edge.source in kept and edge.target in kept)
        )
        past._whole, past._horizon = self.whole, date
        return past

    @property
    def whole(self) -> LineageGraph:
        """The graph that :meth:`as_of` has cut this one out of; else this one.

        >>> import lineage
        >>> "llama" in lineage.load().as_of("2022-12").whole
        True
        """
        return self if self._whole is None else self._whole

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """A networkx graph of its own: the nodes by id, the edges keyed by kind and relation, every field an attribute.

        >>> import lineage, networkx
        >>> networkx.has_path(lineage.load().to_networkx(), "transformer", "llama-2")
        True
        """
        import networkx as nx  # 90 ms that no query needs

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for node in self._nodes.values():
            graph.add_node(node.id, **{**node.data, "date": node.date})
        for edge in self._edges:
            attributes = {name: value for name, value in edge.data.items() if name not in ("source", "target")}
            graph.add_edge(edge.source, edge.target, key=f"{edge.kind}:{edge.relation or ''}", **attributes)
        return graph

    def to_pandas(self) -> Tables:
        """Two pandas tables, ``nodes`` by id and ``edges``, with every field of the records as a column.

        The plotted date stands there as it is written (``date``), as a number (``year``) and as the first and last day that it
        may stand for (``earliest``, ``latest``); a list is a tuple, so that ``DataFrame.explode`` takes it apart; the addresses
        of an edge's sources are in ``urls``. What is not known is missing.

        Raises:
            ToolError: if pandas, an extra, is not installed.

        >>> import lineage
        >>> nodes, edges = lineage.load().select("llama alpaca").to_pandas()
        >>> nodes.loc["llama", "family"], list(edges["relation"])
        ('Llama', ['finetuned'])
        """
        from lineage.frames import tables

        return tables((node.data for node in self._nodes.values()), (edge.data for edge in self._edges))

    def to_dict(
        self, query: Mapping[str, Any] | None = None, paths: Iterable[Iterable[str]] = (), *, truncated: bool = False
    ) -> dict[str, Any]:
        """The envelope of every JSON answer: nodes by id, edges by their ends, nothing that is not known.

        >>> import lineage
        >>> content = lineage.load().select("llama alpaca").to_dict({"asked": "who"})
        >>> content["format"], content["query"], [node["id"] for node in content["nodes"]]
        ('lineage/graph', {'asked': 'who'}, ['alpaca', 'llama'])
        """
        return {
            "format": "lineage/graph",
            "format_version": FORMAT_VERSION,
            "query": dict(query or {}),
            "nodes": [dict(node.data) for node in self._nodes.values()],
            "edges": [dict(edge.data) for edge in self._edges],
            "paths": [list(path) for path in paths],
            "truncated": truncated,
        }

    @classmethod
    def _from_dict(cls, content: Mapping[str, Any]) -> LineageGraph:
        """The graph of an envelope that was written by :meth:`to_dict`."""
        return cls(
            [
                Node(id=data["id"], kind=data["kind"], name=data["name"], date=data["date"], data=frozen(data))
                for data in content["nodes"]
            ],
            [
                Edge(
                    source=data["source"],
                    target=data["target"],
                    kind=data["kind"],
                    relation=data["relation"],
                    basis=data["basis"],
                    evidence=data["evidence"],
                    sources=data["sources"],
                    data=data,
                )
                for data in map(frozen, content["edges"])
            ],
        )


class _FrozenDict(dict[str, Any]):
    """A dictionary that cannot be changed, and that JSON takes for one."""

    def _refuse(self, *_: object, **__: object) -> Any:
        raise TypeError("the records of a LineageGraph cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


def frozen(content: Any) -> Any:
    """JSON values that cannot be changed: mappings that refuse it, and tuples in place of lists."""
    if isinstance(content, dict):
        return _FrozenDict({name: frozen(value) for name, value in content.items()})
    if isinstance(content, list):
        return tuple(frozen(value) for value in content)
    return content


def _bases(via: Collection[Basis] | Basis) -> Collection[Basis]:
    """The bases that are meant: one by itself, or several."""
    if via is BASES:
        return via
    if isinstance(via, str):
        via = (via,)
    if not isinstance(via, Collection):
        raise TypeError(f"`via` takes one or several of {', '.join(BASES)}, and not {_said(via)}")
    for basis in via:
        if basis not in BASES:
            raise ValueError(f"`{basis}` is no basis of descent; there are {', '.join(BASES)}")
    return via


def _said(value: object) -> str:
    return "None" if value is None else f"{value!r:.40} of the type {type(value).__name__}"


def _counts(edge: Edge, via: Collection[Basis]) -> bool:
    """Whether an edge of lineage is of these bases; refinement has none, and counts where descent is not narrowed."""
    return edge.basis in via if edge.basis else len(via) == len(BASES)


def _basis_rank(edge: Edge) -> tuple[int, str]:
    return (BASES.index(edge.basis) if edge.basis else len(BASES), edge.relation or "")
