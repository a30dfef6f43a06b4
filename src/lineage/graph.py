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
from typing import TYPE_CHECKING, Any, Final, get_args

from lineage.errors import UnknownNodeError
from lineage.vocabulary import BASES, Basis, DateInterval, EdgeKind, NodeKind, normal_form

if TYPE_CHECKING:
    import networkx as nx

LINEAGE_KINDS: Final[frozenset[EdgeKind]] = frozenset({"derived-from", "succeeds", "refines"})
"""The kinds of edge that lineage follows: among models descent and succession, among techniques refinement."""

FORMAT_VERSION: Final = 1

_set: Final = object.__setattr__
"""How a frozen object gets its fields while it is made."""


class _Recorded:
    """A node or an edge whose record may still lie in a file: it is read when somebody asks for a field of it."""

    __slots__ = ("_read",)

    _read: Callable[[], Any]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Only asked for what is not there: of a stored node or edge, what its record holds.
            if name not in ("data", "sources"):
                raise AttributeError(f"`{type(self).__name__}` has no `{name}`", name=name, obj=self)
            data = self._read()
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
    def stored(cls, node_id: str, kind: NodeKind, name: str, date: str, read: Callable[[], Any]) -> Node:
        """A node whose record is read when it is asked for."""
        node = object.__new__(cls)
        _set(node, "id", node_id)
        _set(node, "kind", kind)
        _set(node, "name", name)
        _set(node, "date", date)
        _set(node, "_read", read)
        return node

    @property
    def interval(self) -> DateInterval:
        """The days that the plotted date may stand for."""
        return DateInterval.of(self.date)

    @property
    def year(self) -> int:
        """The year of the plotted date."""
        return int(self.date[:4])

    @property
    def organizations(self) -> tuple[str, ...]:
        """Who made it; empty for a technique."""
        return tuple(self.data.get("organizations", ()))

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
    def stored(cls, source: str, target: str, words: tuple[Any, ...], read: Callable[[], Any]) -> Edge:
        """An edge whose record is read when it is asked for; ``words`` are its kind, relation, basis and evidence."""
        edge = object.__new__(cls)
        _set(edge, "source", source)
        _set(edge, "target", target)
        kind, relation, basis, evidence = words
        _set(edge, "kind", kind)
        _set(edge, "relation", relation)
        _set(edge, "basis", basis)
        _set(edge, "evidence", evidence)
        _set(edge, "_read", read)
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

    The ways to one are :func:`lineage.load`, :meth:`subgraph` and :meth:`as_of`, so a graph is always valid; one that is put
    together by hand has passed no check. It is a read-only mapping from id to :class:`Node`, in the order of the ids.

    >>> import lineage
    >>> graph = lineage.load()
    >>> graph["llama-2"].name
    'Llama 2'
    >>> "transformer" in graph.ancestors("llama-2")
    True
    """

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
    ) -> LineageGraph:
        """A graph whose parts are read as they are needed; :mod:`lineage.store` makes them."""
        graph = cls((), ())
        graph._nodes, graph._edges, graph._in, graph._out = nodes, edges, into, out
        graph._lineage_in, graph._lineage_out, graph._stored_names = lineage_in, lineage_out, names
        return graph

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
        return f"<LineageGraph: {len(self._nodes)} nodes, {len(self._edges)} edges>"

    def nodes(self, kind: NodeKind | None = None) -> tuple[Node, ...]:
        """The nodes, of one kind or of all, in the order of their ids.

        Raises:
            ValueError: if there is no such kind.
        """
        if kind is not None and kind not in get_args(NodeKind):
            raise ValueError(f"`{kind}` is no kind of node; there are {', '.join(get_args(NodeKind))}")
        return tuple(node for node in self._nodes.values() if kind is None or node.kind == kind)

    def edges(self, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """The edges, of the given kinds or of all, in the order of their ends."""
        return tuple(edge for edge in self._edges if not kinds or edge.kind in kinds)

    def in_edges(self, node_id: str, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """The edges that end at a node."""
        self[node_id]
        return tuple(edge for edge in self._in[node_id] if not kinds or edge.kind in kinds)

    def out_edges(self, node_id: str, *kinds: EdgeKind) -> tuple[Edge, ...]:
        """The edges that start at a node."""
        self[node_id]
        return tuple(edge for edge in self._out[node_id] if not kinds or edge.kind in kinds)

    # -- names -------------------------------------------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """The id of the node that is called so: by id, by name or alias, or by the unique normal form.

        Raises:
            UnknownNodeError: if nothing, or more than one thing, is called so. It suggests near names; it never
                guesses. Of a graph that was cut by :meth:`as_of` it says what came later.

        >>> import lineage
        >>> lineage.load().resolve("LLaMA 2")
        'llama-2'
        """
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
        """The normal form of every id, name, alias and arXiv number, with the ids of the nodes that are called so."""
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
        longer = [known for known in sorted(self._names, key=len) if len(wanted) >= 3 and known.startswith(wanted)]
        digits = [char for char in wanted if char.isdigit()]
        alike = [known for known in sorted(self._names) if [char for char in known if char.isdigit()] == digits]
        near = get_close_matches(wanted, alike, n=3, cutoff=0.75)
        return tuple(dict.fromkeys(self._names[known][0] for known in [*near, *longer]))[:4]

    # -- ancestry ----------------------------------------------------------------------------------------------------

    def parent_edges(self, node_id: str, via: Collection[Basis] = BASES) -> tuple[Edge, ...]:
        """The lineage edges that end at a node.

        Raises:
            ValueError: if ``via`` names something that is no basis.
        """
        _check_bases(via)
        self[node_id]
        return tuple(edge for edge in self._lineage_in[node_id] if _counts(edge, via))

    def child_edges(self, node_id: str, via: Collection[Basis] = BASES) -> tuple[Edge, ...]:
        """The lineage edges that start at a node.

        Raises:
            ValueError: if ``via`` names something that is no basis.
        """
        _check_bases(via)
        self[node_id]
        return tuple(edge for edge in self._lineage_out[node_id] if _counts(edge, via))

    def parents(self, node_id: str, via: Collection[Basis] = BASES) -> tuple[str, ...]:
        """The nodes that a node directly came from, sorted.

        >>> import lineage
        >>> lineage.load().parents("alpaca", via=["weights"])
        ('llama',)
        """
        return tuple(sorted({edge.source for edge in self.parent_edges(node_id, via)}))

    def children(self, node_id: str, via: Collection[Basis] = BASES) -> tuple[str, ...]:
        """The nodes that directly came from a node, sorted."""
        return tuple(sorted({edge.target for edge in self.child_edges(node_id, via)}))

    def ancestors(self, node_id: str, via: Collection[Basis] = BASES, depth: int | None = None) -> tuple[str, ...]:
        """All nodes that a node came from, sorted. A node is not its own ancestor.

        Args:
            node_id: an id.
            via: which kinds of descent count.
            depth: how many generations back at the most.
        """
        return tuple(sorted(self._reach(node_id, lambda one: self.parents(one, via), depth)))

    def descendants(self, node_id: str, via: Collection[Basis] = BASES, depth: int | None = None) -> tuple[str, ...]:
        """All nodes that came of a node, sorted. A node is not its own descendant."""
        return tuple(sorted(self._reach(node_id, lambda one: self.children(one, via), depth)))

    def _reach(self, start: str, step: Callable[[str], Iterable[str]], depth: int | None) -> dict[str, int]:
        """Distance in generations of everything that is reached from ``start``, itself left out."""
        if start not in self._nodes:
            self[start]
        if depth is not None and depth < 0:
            raise ValueError(f"a depth of {depth} is no number of generations")
        distance = {start: 0}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            if depth is not None and distance[here] >= depth:
                continue
            for there in step(here):
                if there not in distance:
                    distance[there] = distance[here] + 1
                    queue.append(there)
        del distance[start]
        return distance

    def distances(self, node_id: str, *, up: bool, via: Collection[Basis] = BASES) -> dict[str, int]:
        """Generations between a node and each of its ancestors (``up``) or descendants, by the shortest way."""
        return self._reach(node_id, lambda one: (self.parents if up else self.children)(one, via), None)

    def roots(self) -> tuple[str, ...]:
        """The models without a parent, sorted."""
        return tuple(node.id for node in self.nodes("model") if not self.parents(node.id))

    def leaves(self) -> tuple[str, ...]:
        """The models without a child, sorted."""
        return tuple(node.id for node in self.nodes("model") if not self.children(node.id))

    def paths(
        self, older: str, newer: str, via: Collection[Basis] = BASES, limit: int = 1000
    ) -> tuple[tuple[str, ...], ...]:
        """The lines of descent from ``older`` down to ``newer``: the shortest first, then in the order of their ids.

        Args:
            older: the id to start from.
            newer: the id to end at.
            via: which kinds of descent count.
            limit: no more paths than this are returned; a diamond ladder has exponentially many.

        Returns:
            Tuples of ids; none if ``newer`` does not descend from ``older``.
        """
        if older == newer:
            return ()
        # How far it still is: a line is taken up again in the order of the length it will have at least.
        left = self._reach(newer, lambda one: self.parents(one, via), None)
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

    def edges_between(self, parent: str, child: str, via: Collection[Basis] = BASES) -> tuple[Edge, ...]:
        """The lineage edges from one node to another, strongest basis first."""
        # Asked of the child: it has few parents, and a parent may have thousands of children.
        edges = [edge for edge in self.parent_edges(child, via) if edge.source == parent]
        return tuple(sorted(edges, key=_basis_rank))

    def common_ancestors(self, one: str, other: str, via: Collection[Basis] = BASES) -> tuple[str, ...]:
        """The nearest nodes that both came from: those without a descendant that both came from, too.

        Where one of the two is an ancestor of the other, it is the answer itself.

        >>> import lineage
        >>> lineage.load().common_ancestors("alpaca", "vicuna", via=["weights"])
        ('llama',)
        """
        shared = ({one} | set(self.ancestors(one, via))) & ({other} | set(self.ancestors(other, via)))
        return tuple(sorted(node_id for node_id in shared if shared.isdisjoint(self.children(node_id, via))))

    def generations(self) -> tuple[tuple[str, ...], ...]:
        """The models in layers: in the first those without a parent, then each below the lowest of its parents."""
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
        """
        node = self[node_id]
        edges = [
            edge
            for edge in self.in_edges(node_id, "derived-from", "succeeds")
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
        """The techniques that a model is known to use, sorted."""
        return tuple(edge.source for edge in self.in_edges(model, "uses-technique"))

    def adopters(self, technique: str) -> tuple[str, ...]:
        """The models that are known to use a technique, the earliest first."""
        models = [edge.target for edge in self.out_edges(technique, "uses-technique")]
        return tuple(sorted(models, key=lambda model: (self[model].interval.end, model)))

    def introducers(self, technique: str) -> tuple[str, ...]:
        """The documents that described a technique first: the primary one, then concurrent ones."""
        edges = self.in_edges(technique, "introduced-technique")
        ranked = sorted(edges, key=lambda edge: (edge.data.get("role") != "primary", edge.source))
        return tuple(edge.source for edge in ranked)

    # -- other forms -----------------------------------------------------------------------------------------------------

    def subgraph(self, node_ids: Iterable[str]) -> LineageGraph:
        """The graph of these nodes and of the edges between them."""
        kept = {self[node_id].id for node_id in node_ids}
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
        """The graph that :meth:`as_of` has cut this one out of; else this one."""
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

    def to_dict(
        self, query: Mapping[str, Any] | None = None, paths: Iterable[Iterable[str]] = (), *, truncated: bool = False
    ) -> dict[str, Any]:
        """The envelope of every JSON answer: nodes by id, edges by their ends, nothing that is not known."""
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


def _check_bases(via: Collection[Basis]) -> None:
    for basis in via:
        if basis not in BASES:
            raise ValueError(f"`{basis}` is no basis of descent; there are {', '.join(BASES)}")


def _counts(edge: Edge, via: Collection[Basis]) -> bool:
    """Whether an edge of lineage is of these bases; refinement has none, and counts where descent is not narrowed."""
    return edge.basis in via if edge.basis else len(via) == len(BASES)


def _basis_rank(edge: Edge) -> tuple[int, str]:
    return (BASES.index(edge.basis) if edge.basis else len(BASES), edge.relation or "")
