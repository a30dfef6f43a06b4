"""Measures of a whole graph: what a technique became, what a model became, how large and how well sourced everything is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from lineage.errors import WrongKindError
from lineage.graph import LineageGraph
from lineage.vocabulary import Basis, DateInterval, last_day

_WEIGHTS: Final[tuple[Basis, ...]] = ("weights",)


class Adopter(NamedTuple):
    """A model that uses a technique."""

    model: str
    date: str
    lag_days: int | None
    """Days from the introduction to the model, each taken at the end of what its date may stand for; None where the dates
    overlap, so that the order is not known, or where the introduction is the later one."""


class Adoption(NamedTuple):
    """Who introduced a technique and who took it up."""

    technique: str
    introducers: tuple[str, ...]
    introduced: str
    adopters: tuple[Adopter, ...]
    """The earliest first."""
    by_year: tuple[tuple[int, int], ...]
    """Year and the number of models of that year that use it."""
    by_family: tuple[tuple[str, int], ...]
    """Family and the number of its models that use it, the most first."""
    first: tuple[str, ...]
    """The adopters that may have been the first, as far as their dates are known."""
    inherited: tuple[str, ...]
    """Models that are not known to use it themselves, but whose weights came from one that does; the earliest first."""
    without: tuple[tuple[str, int], ...]
    """Families of which no model is known to use or inherit it, with the number of their models since it was introduced; the
    most first. A family without a model since then could not have taken it up, and is not in it. What is not known may still
    be so."""
    of_family: tuple[tuple[str, int], ...]
    """The families of ``by_family``, in that order, with the number of their models that could have taken it up: those since it
    was introduced, and whatever uses it from before."""


def adoption(graph: LineageGraph, technique: str) -> Adoption:
    """What became of a technique.

    Raises:
        UnknownNodeError: if there is no such node.
        WrongKindError: if it is no technique.

    >>> import lineage
    >>> adoption(lineage.load(), "rope").introducers
    ('su-2021-roformer',)
    """
    introduced = graph[technique].interval
    adopters = tuple(
        Adopter(model, graph[model].date, _lag(introduced, graph[model].interval))
        for model in graph.adopters(technique)
    )
    years = Counter(graph[one.model].year for one in adopters)
    users = {one.model for one in adopters}
    families = Counter(_family(graph, one.model) for one in adopters)
    heirs = set(graph.walk(users, up=False, via=_WEIGHTS)) - users
    having = {_family(graph, one) for one in users | heirs}
    start = introduced.start.isoformat()
    since = Counter(
        _family(graph, model.id) for model in graph.nodes("model") if model.last_day >= start or model.id in users
    )
    earliest = graph[adopters[0].model].interval.end if adopters else None
    return Adoption(
        technique=technique,
        introducers=graph.introducers(technique),
        introduced=graph[technique].date,
        adopters=adopters,
        by_year=tuple(sorted(years.items())),
        by_family=_ranked(families),
        first=tuple(one.model for one in adopters if earliest and graph[one.model].interval.start <= earliest),
        inherited=tuple(sorted(heirs, key=lambda one: (graph[one].last_day, one))),
        without=_ranked(Counter({name: number for name, number in since.items() if name not in having})),
        of_family=tuple((name, since[name]) for name, _ in _ranked(families)),
    )


def _family(graph: LineageGraph, model: str) -> str:
    return graph[model].told("family") or ""


class Event(NamedTuple):
    """A day on which something came out."""

    date: str
    """As precise as it is known."""
    what: str
    """The kind of the date; of a technique, which has none of its own, ``introduced``."""
    node: str


def timeline(graph: LineageGraph, ids: Iterable[str]) -> tuple[Event, ...]:
    """Every date of these nodes: what was over first comes first, of two that end on one day the more precise.

    >>> import lineage
    >>> timeline(lineage.load(), ["rope"])
    (Event(date='2021-04-20', what='introduced', node='rope'),)
    """
    events = {
        Event(date, what, one)
        for one in ids
        for date, what in (graph[one].told("events") or [(graph[one].date, "introduced")])
    }
    return tuple(sorted(events, key=lambda one: (last_day(one.date), -len(one.date), one.node, one.what)))


_MIXERS: Final[frozenset[str]] = frozenset({"attention", "state-space"})
_PARTS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    **dict.fromkeys(
        ("encoder-only", "encoder-decoder", "decoder-only", "hybrid"),
        (
            _MIXERS,
            frozenset({"position-encoding"}),
            frozenset({"normalization"}),
            frozenset({"activation"}),
            frozenset({"tokenization"}),
        ),
    ),
    "state-space": (_MIXERS, frozenset({"normalization"}), frozenset({"tokenization"})),
}
"""The parts of a model that somebody who builds one has to know, as groups of technique categories, by architecture. Word
vectors, diffusion, dual encoders and recurrent networks are put together otherwise, and none is asked of them."""


def missing_parts(graph: LineageGraph, model: str) -> tuple[str, ...]:
    """The parts of a model whose technique is not told: neither for itself nor for a model that gave it its weights.

    Only models whose weights are to be had are asked: the parts of others are often not known at all.

    Raises:
        UnknownNodeError: if there is no such node.
        WrongKindError: if it is no model.

    >>> import lineage
    >>> missing_parts(lineage.load(), "llama-2")
    ()
    """
    data = graph[model].data
    if graph[model].kind != "model":
        raise WrongKindError(model, graph[model].kind, "model")
    if data.get("weights") not in {"open", "restricted"}:
        return ()
    line = (model, *graph.ancestors(model, _WEIGHTS))
    told = {graph[technique].data["category"] for one in line for technique in graph.techniques(one)}
    groups = _PARTS.get(str(data.get("architecture")), ())
    return tuple(sorted("/".join(sorted(group)) for group in groups if told.isdisjoint(group)))


def incomplete(graph: LineageGraph) -> tuple[str, ...]:
    """The models of which :func:`missing_parts` names any, sorted: all of them at once, in time linear in the graph."""
    return tuple(model for model, missing in _parts_missing(graph, _Descent(graph)).items() if missing)


def _parts_missing(graph: LineageGraph, descent: _Descent) -> dict[str, bool]:
    """Of each model that is asked for its parts whether one is missing; in the order of the ids."""
    weights, architectures = (dict(graph.told(what)) for what in ("weights", "architecture"))
    category = dict(graph.told("category"))
    told: dict[str, frozenset[str]] = {}
    for model in descent.order:
        own = {category[technique] for technique in descent.used.get(model, ())}
        told[model] = frozenset(own.union(*(told[parent] for parent in descent.weights.get(model, ()))))
    return {
        model.id: any(told[model.id].isdisjoint(group) for group in _PARTS[architectures[model.id]])
        for model in graph.nodes("model")
        if weights[model.id] in {"open", "restricted"} and architectures[model.id] in _PARTS
    }


def _ends_known(graph: LineageGraph, descent: _Descent) -> int:
    """The number of models from which every line of weights back ends: in random weights, or in a maker who does not say.

    A model that is ``derived`` names a parent, so that this can only fail where the graph was cut.
    """
    origin = dict(graph.told("origin"))
    known: dict[str, bool] = {}
    for model in descent.order:
        parents = descent.weights.get(model, ())
        known[model] = all(map(known.__getitem__, parents)) if parents else origin[model] in {"scratch", "undisclosed"}
    return sum(known.values())


def _lag(earlier: DateInterval, later: DateInterval) -> int | None:
    return (later.end - earlier.end).days if earlier.end < later.start else None


class Stats(NamedTuple):
    """The graph in numbers."""

    nodes: tuple[tuple[str, int], ...]
    """Node kind and count, the most first; likewise below."""
    edges: tuple[tuple[str, int], ...]
    relations: tuple[tuple[str, int], ...]
    evidence: tuple[tuple[str, int], ...]
    edges_with_source: int
    sources: int
    """Different documents that are cited."""
    roots: int
    leaves: int
    merges: int
    generations: int
    most_descendants: tuple[tuple[str, int], ...]
    """Model and the number of models that came of it: the ten with the most."""
    most_adopted: tuple[tuple[str, int], ...]
    """Technique and the number of models that use it: the ten with the most."""
    organizations: tuple[tuple[str, int], ...]
    """Maker and the number of its models: the ten with the most."""
    collections: tuple[tuple[str, int], ...]
    """Published set of models and the number of its models here."""
    isolated: int
    """Nodes without an edge."""
    ends_known: int
    """Models whose lines of weights all end in random weights or in an explicit `undisclosed`."""
    parts_asked: int
    """Models with weights to be had that are asked for their parts: see :func:`missing_parts`."""
    parts_known: int
    """Those of them that tell all of them."""
    by_generation: tuple[int, ...]
    """The number of models in each generation, the first first."""
    most_adopted_papers: tuple[tuple[str, int], ...]
    """Paper and the number of models that use a technique it introduced: the ten with the most."""
    widest_families: tuple[tuple[str, int], ...]
    """Family and the number of its models: the ten with the most."""
    deepest_families: tuple[tuple[str, int], ...]
    """Family and the number of models in the longest line of descent within it: the ten with the most."""


class _Descent:
    """Who came from whom among the models, and who uses what: read off the edges once."""

    def __init__(self, graph: LineageGraph) -> None:
        self.parents: dict[str, dict[str, None]] = {model.id: {} for model in graph.nodes("model")}
        self.children: dict[str, list[str]] = {model: [] for model in self.parents}
        self.weights: dict[str, list[str]] = {}
        """The parents that passed on weights."""
        self.used: dict[str, list[str]] = {}
        """The techniques of each model."""
        for edge in graph.edges("derived-from", "succeeds", "uses-technique"):
            if edge.kind == "uses-technique":
                self.used.setdefault(edge.target, []).append(edge.source)
                continue
            if edge.basis == "weights":
                self.weights.setdefault(edge.target, []).append(edge.source)
            if edge.source not in self.parents[edge.target]:
                self.parents[edge.target][edge.source] = None
                self.children[edge.source].append(edge.target)
        self.generation: dict[str, int] = {}
        missing = {model: len(parents) for model, parents in self.parents.items()}
        self.order = [model for model, count in missing.items() if not count]
        """Every model after all of its parents."""
        for model in self.order:
            self.generation[model] = 1 + max(map(self.generation.__getitem__, self.parents[model]), default=-1)
            for child in self.children[model]:
                missing[child] -= 1
                if not missing[child]:
                    self.order.append(child)


def stats(graph: LineageGraph) -> Stats:
    """The size, the sourcing and the most influential nodes of a graph."""
    edges = graph.edges()
    descent = _Descent(graph)
    adopted = Counter(technique for techniques in descent.used.values() for technique in techniques)
    kind, family = (dict(graph.told(what)) for what in ("kind", "family"))
    makers = Counter(
        maker for one, names in graph.told("organizations") if kind[one] == "model" for maker in names or ()
    )
    collections = Counter(one for _, names in graph.told("collections") for one in names or ())
    layers = Counter(descent.generation.values())
    parts = _parts_missing(graph, descent)
    joined = {end for edge in edges for end in (edge.source, edge.target)}
    return Stats(
        nodes=_ranked(Counter(kind.values())),
        edges=_ranked(Counter(edge.kind for edge in edges)),
        relations=_ranked(Counter(edge.relation for edge in edges if edge.relation)),
        evidence=_ranked(Counter(edge.evidence for edge in edges)),
        edges_with_source=sum(bool(edge.sources) for edge in edges),
        sources=len({source["url"] for edge in edges for source in edge.sources}),
        roots=sum(not parents for parents in descent.parents.values()),
        leaves=sum(not children for children in descent.children.values()),
        merges=len({edge.target for edge in edges if edge.relation == "merged"}),
        generations=len(layers),
        most_descendants=_ranked(_descendants(descent), 10),
        most_adopted=_ranked(adopted, 10),
        organizations=_ranked(makers, 10),
        collections=_ranked(collections),
        isolated=len(graph) - len(joined),
        ends_known=_ends_known(graph, descent),
        parts_asked=len(parts),
        parts_known=len(parts) - sum(parts.values()),
        by_generation=tuple(layers[number] for number in range(len(layers))),
        most_adopted_papers=_ranked(_adopted_papers(graph, descent), 10),
        widest_families=_ranked(Counter(family[one] or "" for one in descent.order), 10),
        deepest_families=_ranked(_longest_lines(descent, family), 10),
    )


_ROUND: Final = 1 << 13
"""Models whose ancestors are counted in one round: a set of them is a number of a kibibyte."""


def _descendants(descent: _Descent) -> Counter[str]:
    """The number of models that came of each.

    A bit stands for a model, and a number of bits for a set of models; from the last generation to the first each takes in what
    its children have. The bits of some thousand models at a time go round, and only their ancestors are touched, so that the
    room does not grow with the square of the graph.
    """
    found: Counter[str] = Counter()
    for end in range(len(descent.order), 0, -_ROUND):
        first = max(end - _ROUND, 0)
        below: dict[str, int] = {}
        # What stands later in the order is no ancestor of what stands earlier.
        for place in range(end - 1, -1, -1):
            model = descent.order[place]
            bits = below.pop(model, 0)
            if bits:
                found[model] += bits.bit_count()
            if place >= first:
                bits |= 1 << (place - first)
            if bits:
                for parent in descent.parents[model]:
                    below[parent] = below.get(parent, 0) | bits
            elif not below and place < first:
                break
    return found


def _adopted_papers(graph: LineageGraph, descent: _Descent) -> Counter[str]:
    """Of each paper the number of models that use a technique which it introduced."""
    kind = dict(graph.told("kind"))
    users: dict[str, list[str]] = {}
    for model, techniques in descent.used.items():
        for technique in techniques:
            users.setdefault(technique, []).append(model)
    models: dict[str, set[str]] = {}
    for edge in graph.edges("introduced-technique"):
        if kind[edge.source] == "paper":
            models.setdefault(edge.source, set()).update(users.get(edge.target, ()))
    return Counter({paper: len(found) for paper, found in models.items()})


def _longest_lines(descent: _Descent, family: Mapping[str, str | None]) -> Counter[str]:
    """Of each family the number of models in the longest line of descent that does not leave it."""
    longest: dict[str, int] = {}
    lines: Counter[str] = Counter()
    for one in descent.order:
        name = family[one] or ""
        kin = [longest[parent] for parent in descent.parents[one] if (family[parent] or "") == name]
        longest[one] = 1 + max(kin, default=0)
        lines[name] = max(lines[name], longest[one])
    return lines


def _ranked(counts: Counter[str], most: int | None = None) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted(((name, count) for name, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    )[:most]
