"""Measures of a whole graph: what a technique became, what a model became, how large and how well sourced everything is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lineage.graph import LineageGraph
from lineage.vocabulary import Basis, DateInterval

_WEIGHTS: Final[tuple[Basis, ...]] = ("weights",)


@dataclass(frozen=True)
class Adopter:
    """A model that uses a technique."""

    model: str
    date: str
    lag_days: int | None
    """Days from the introduction to the model, each taken at the end of what its date may stand for; None where the dates
    overlap, so that the order is not known, or where the introduction is the later one."""


@dataclass(frozen=True)
class Adoption:
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
    most first. What is not known may still be so."""


def adoption(graph: LineageGraph, technique: str) -> Adoption:
    """What became of a technique.

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
    heirs = {heir for one in users for heir in graph.descendants(one, _WEIGHTS)} - users
    having = {_family(graph, one) for one in users | heirs}
    since = Counter(
        _family(graph, model.id)
        for model in graph.nodes("model")
        if model.interval.end >= introduced.start and _family(graph, model.id) not in having
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
        inherited=tuple(sorted(heirs, key=lambda one: (graph[one].interval.end, one))),
        without=_ranked(since),
    )


def _family(graph: LineageGraph, model: str) -> str:
    return str(graph[model].data.get("family", ""))


@dataclass(frozen=True)
class Event:
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
        for date, what in (
            [(told["date"], told["kind"]) for told in graph[one].data.get("dates", ())]
            or [(graph[one].date, "introduced")]
        )
    }
    return tuple(sorted(events, key=lambda one: (DateInterval.of(one.date).end, -len(one.date), one.node, one.what)))


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

    >>> import lineage
    >>> missing_parts(lineage.load(), "llama-2")
    ()
    """
    data = graph[model].data
    if data.get("weights") not in {"open", "restricted"}:
        return ()
    line = (model, *graph.ancestors(model, _WEIGHTS))
    told = {graph[technique].data["category"] for one in line for technique in graph.techniques(one)}
    groups = _PARTS.get(str(data.get("architecture")), ())
    return tuple(sorted("/".join(sorted(group)) for group in groups if told.isdisjoint(group)))


def _asked(graph: LineageGraph, model: str) -> bool:
    data = graph[model].data
    return data.get("weights") in {"open", "restricted"} and data.get("architecture") in _PARTS


def ends_known(graph: LineageGraph, model: str) -> bool:
    """Whether every line of weights back from a model ends: in random weights, or in a maker who does not say.

    A model that is ``derived`` names a parent, so that this can only fail where the graph was cut.
    """
    line = (model, *graph.ancestors(model, _WEIGHTS))
    return all(
        graph.parents(one, _WEIGHTS) or graph[one].data.get("origin") in {"scratch", "undisclosed"} for one in line
    )


def _lag(earlier: DateInterval, later: DateInterval) -> int | None:
    return (later.end - earlier.end).days if earlier.end < later.start else None


@dataclass(frozen=True)
class Stats:
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


def stats(graph: LineageGraph) -> Stats:
    """The size, the sourcing and the most influential nodes of a graph."""
    edges = graph.edges()
    models = graph.nodes("model")
    adopters = {technique.id: len(graph.adopters(technique.id)) for technique in graph.nodes("technique")}
    makers = Counter(maker for model in models for maker in model.organizations)
    generations = graph.generations()
    descendants = _descendants(graph, generations)
    return Stats(
        nodes=_ranked(Counter(node.kind for node in graph.nodes())),
        edges=_ranked(Counter(edge.kind for edge in edges)),
        relations=_ranked(Counter(edge.relation for edge in edges if edge.relation)),
        evidence=_ranked(Counter(edge.evidence for edge in edges)),
        edges_with_source=sum(bool(edge.sources) for edge in edges),
        sources=len({source["url"] for edge in edges for source in edge.sources}),
        roots=len(graph.roots()),
        leaves=len(graph.leaves()),
        merges=len({edge.target for edge in edges if edge.relation == "merged"}),
        generations=len(generations),
        most_descendants=_ranked(Counter(descendants), 10),
        most_adopted=_ranked(Counter(adopters), 10),
        organizations=_ranked(makers, 10),
        collections=_ranked(Counter(one for model in models for one in model.data.get("collections", ()))),
        isolated=sum(not graph.in_edges(one) and not graph.out_edges(one) for one in graph),
        ends_known=sum(ends_known(graph, model.id) for model in models),
        parts_asked=sum(_asked(graph, model.id) for model in models),
        parts_known=sum(_asked(graph, model.id) and not missing_parts(graph, model.id) for model in models),
        by_generation=tuple(map(len, generations)),
        most_adopted_papers=_ranked(
            Counter({paper.id: len(_users(graph, paper.id)) for paper in graph.nodes("paper")}), 10
        ),
        widest_families=_ranked(Counter(_family(graph, model.id) for model in models), 10),
        deepest_families=_ranked(_longest_lines(graph, generations), 10),
    )


def _descendants(graph: LineageGraph, generations: Sequence[Sequence[str]]) -> dict[str, int]:
    """The number of models that came of each: one bit for each model, from the last generation to the first."""
    bit: dict[str, int] = {}
    below: dict[str, int] = {}
    for one in (model for layer in reversed(generations) for model in layer):
        bit[one] = 1 << len(bit)
        below[one] = 0
        for child in graph.children(one):
            below[one] |= below[child] | bit[child]
    return {one: bits.bit_count() for one, bits in below.items()}


def _users(graph: LineageGraph, paper: str) -> set[str]:
    """The models that use a technique which a paper introduced."""
    introduced = graph.out_edges(paper, "introduced-technique")
    return {model for edge in introduced for model in graph.adopters(edge.target)}


def _longest_lines(graph: LineageGraph, generations: Iterable[Iterable[str]]) -> Counter[str]:
    """Of each family the number of models in the longest line of descent that does not leave it."""
    longest: dict[str, int] = {}
    for one in (model for layer in generations for model in layer):
        family = _family(graph, one)
        kin = [longest[parent] for parent in graph.parents(one) if _family(graph, parent) == family]
        longest[one] = 1 + max(kin, default=0)
    lines: Counter[str] = Counter()
    for one, length in longest.items():
        lines[_family(graph, one)] = max(lines[_family(graph, one)], length)
    return lines


def _ranked(counts: Counter[str], most: int | None = None) -> tuple[tuple[str, int], ...]:
    return tuple(
        sorted(((name, count) for name, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    )[:most]
