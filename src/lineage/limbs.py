"""What the hero tree is made of: the models that are shown, the limbs that they sit on, and what is folded away.

A limb is the heaviest line of descent from its first model on. The limbs of the architectures grow out of one trunk,
the branches of a limb out of the limb. Nothing here has a place yet: :mod:`lineage.beams` finds that.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lineage.forest import BAND_OF_ARCHITECTURE, BandKey
from lineage.graph import LineageGraph, Node

TRUNK: Final = "trunk"
CLASSES: Final[tuple[BandKey, ...]] = (
    "state-space",
    "undisclosed",
    "encoder-only",
    "encoder-decoder",
    "decoder-only",
    "other",
)
"""The architectures that have a limb of their own. What came before the Transformer sits on the trunk."""
BUDGET: Final = 84
"""How many models a column of 680 pixels holds, at ten pixels a letter, in the best case."""
SLIM: Final = 6
"""A limb with no more models than this is thin."""


@dataclass(frozen=True, slots=True)
class Limb:
    """A bough: a line of models that stand on it, leaves beside it, smaller limbs that leave it."""

    key: str
    """``limb:`` and the id of its first model; ``class:`` and the architecture for the limb of one; :data:`TRUNK`."""
    band: BandKey
    """Its colour."""
    path: tuple[str, ...]
    """The line of descent. Empty on a limb that no family leads."""
    leaves: tuple[str, ...]
    """Models without shown children that came from the line."""
    limbs: tuple[Limb, ...]
    tip: str
    """The model at its end, or nothing where it ends in a point."""
    root: str = ""
    """The leaf of the limb below out of whose box it grows, instead of out of that limb itself."""

    @property
    def size(self) -> int:
        """How many models it carries."""
        return len(self.path) + len(self.leaves) + sum(limb.size for limb in self.limbs)

    def walk(self) -> Iterator[Limb]:
        """This limb and all that grow from it, a limb before its branches."""
        yield self
        for limb in self.limbs:
            yield from limb.walk()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The models of a tree picture and how they hang together."""

    graph: LineageGraph = field(repr=False)
    models: tuple[str, ...]
    """The shown ones, sorted."""
    parents: Mapping[str, str]
    """Of each the nearest shown one that it came from, or nothing."""
    folded: Mapping[str, str]
    """Every model that is not shown, and the nearest shown one that it came from, or nothing where there is none."""
    root: Limb
    stem: str
    """The model from which most others come in several architectures, or in another, or nothing. It stands in the fork."""
    kin: bool = False
    """Whether every line is read as descent, as in small trees: see :mod:`lineage.pedigree`."""

    def behind(self, one: str) -> int:
        """How many models are folded into a shown one."""
        return sum(holder == one for holder in self.folded.values())


def importance(graph: LineageGraph) -> dict[str, float]:
    """How much the field hangs on each model.

    One, plus the binary logarithms (of one more than each number, so nothing counts nothing) of the number of models
    that came from it, of the number of its children that others made, and of the size of its line, twice if it is the
    first of it; half of that of the number of models that took up a technique which it or a document of it introduced;
    plus one for every published set of models that names it.
    """
    models = sorted(graph.nodes("model"), key=lambda node: (node.interval.end, node.id))
    lines = Counter(_line(node) for node in models)
    first: dict[tuple[str, str], str] = {}
    for node in models:
        first.setdefault(_line(node), node.id)
    found = {}
    for node in models:
        documents = [node.id, *(edge.source for edge in graph.in_edges(node.id, "described-by"))]
        adopters: set[str] = set()
        for document in documents:
            for introduced in graph.out_edges(document, "introduced-technique"):
                adopters.update(graph.adopters(introduced.target))
        adopters.discard(node.id)
        strangers = sum(graph[one].organizations[:1] != node.organizations[:1] for one in graph.children(node.id))
        found[node.id] = (
            math.log2(1 + len(graph.descendants(node.id)))
            + math.log2(1 + strangers)
            + math.log2(1 + lines[_line(node)]) * (1 + (first[_line(node)] == node.id))
            + math.log2(1 + len(adopters)) / 2
            + len(node.data.get("collections", ()))
            + 1
        )
    return found


def choose(
    graph: LineageGraph,
    budget: int = BUDGET,
    folded: Iterable[str] = (),
    pinned: Iterable[str] = (),
    *,
    kin: bool = False,
) -> Chosen:
    """The models that fit a budget, one after another the one that adds most, and the limbs they form.

    What a model adds is its importance, divided by one plus the models of its line that are shown already (each
    counts half as much for every year that it is away), and by the square root of how full its year and its
    architecture are: of each as many as the square root of its models make it half as dear.

    Args:
        graph: the graph; papers and techniques are not shown, but count for the choice.
        budget: how many models are shown at the most.
        folded: models that are shown after all others.
        pinned: models that an editor wants to be shown; they come first. Who is not in the graph does not matter.
        kin: whether every line is to be read as descent.
    """
    return arranged(graph, ranked(graph, budget, folded, pinned), kin=kin)


def ranked(graph: LineageGraph, budget: int, folded: Iterable[str] = (), pinned: Iterable[str] = ()) -> tuple[str, ...]:
    """The models that :func:`choose` takes, in the order in which it takes them."""
    folded, pinned = frozenset(folded), frozenset(pinned)
    models = {node.id: node for node in graph.nodes("model")}
    weight = importance(graph)
    band = {one: band_of(graph, one) for one in models}
    of_year, of_band = Counter(node.year for node in models.values()), Counter(band.values())
    years: Counter[int] = Counter()
    bands: Counter[BandKey] = Counter()
    lines: dict[tuple[str, str], list[float]] = {}

    def when(node: Node) -> float:
        return (node.interval.start.toordinal() + node.interval.end.toordinal()) / 2 / 365.25

    def added(one: str) -> tuple[int, float, str]:
        node = models[one]
        near = sum(0.5 ** abs(when(node) - other) for other in lines.get(_line(node), ()))
        year, kind = years[node.year] / math.sqrt(of_year[node.year]), bands[band[one]] / math.sqrt(of_band[band[one]])
        value = weight[one] / (1 + near) / math.sqrt((1 + year) * (1 + kind))
        return 2 if one in folded else 0 if one in pinned else 1, -round(value, 9), one

    # What a model adds only falls while others are taken, so most need not be looked at again.
    heap = [added(one) for one in models]
    heapq.heapify(heap)
    taken: list[str] = []
    while heap and len(taken) < budget:
        one = heap[0][2]
        now = added(one)
        if now > heap[0]:
            heapq.heapreplace(heap, now)
            continue
        heapq.heappop(heap)
        taken.append(one)
        years[models[one].year] += 1
        bands[band[one]] += 1
        lines.setdefault(_line(models[one]), []).append(when(models[one]))
    return tuple(taken)


def arranged(graph: LineageGraph, models: Iterable[str], *, kin: bool = False) -> Chosen:
    """These models and the limbs they form: each hangs on the nearest of them that it came from."""
    kept = set(models)
    parent: dict[str, str] = {}
    for node in graph.nodes("model"):
        edge = graph.layout_parent(node.id)
        parent[node.id] = edge.source if edge else ""
    order = _parents_first(parent)
    holders: dict[str, str] = {}
    for one in order:
        above = parent[one]
        holders[one] = above if above in kept or not above else holders[above]
    shown = [one for one in order if one in kept]
    folded = {one: holders[one] for one in sorted(order) if one not in kept}
    stem, root = _grown(graph, shown, {one: holders[one] for one in shown}, kin=kin)
    return Chosen(graph, tuple(sorted(kept)), {one: holders[one] for one in shown}, folded, root, stem, kin)


def _line(node: Node) -> tuple[str, str]:
    """The line of models that a model belongs to: a family of one maker."""
    return "".join(node.organizations[:1]), str(node.data.get("family", node.id))


def band_of(graph: LineageGraph, one: str) -> BandKey:
    """The band whose colour a model has: that of its own architecture."""
    return BAND_OF_ARCHITECTURE[graph[one].data.get("architecture", "undisclosed")]


def _parents_first(parent: Mapping[str, str]) -> list[str]:
    children: dict[str, list[str]] = {}
    for one in sorted(parent):
        children.setdefault(parent[one], []).append(one)
    order = list(children.get("", ()))
    for one in order:  # grows while it is read
        order.extend(children.get(one, ()))
    return order


def _grown(graph: LineageGraph, order: list[str], parent: dict[str, str], *, kin: bool) -> tuple[str, Limb]:
    """The model in the fork, and the trunk with everything on it."""
    size = dict.fromkeys(order, 1)
    for one in reversed(order):
        if parent[one]:
            size[parent[one]] += size[one]
    children: dict[str, list[str]] = {one: [] for one in order}
    band: dict[str, BandKey] = {}
    for one in order:
        above = parent[one]
        own = band_of(graph, one)
        # Who does not tell is drawn where it came from.
        band[one] = band[above] if own == "undisclosed" and above else own
        if above:
            children[above].append(one)
    # Where every line is read as descent, only what came before the Transformer is below the model in the fork.
    early = [one for one in order if not parent[one] or band[parent[one]] == "pre-transformer"]
    stem = (
        _stem(early, 3, children, size, band, len(order)) if kin else _stem(order, 2, children, size, band, len(order))
    )
    trunk: list[str] = []
    here = stem
    while here:
        trunk.append(here)
        here = parent[here]
    heads: dict[str, list[str]] = {}
    for one in order:
        if one not in trunk and (not parent[one] or parent[one] in trunk):
            heads.setdefault(TRUNK if band[one] == "pre-transformer" else band[one], []).append(one)
    limbs = [_class(graph, key, heads[key], children, size, band) for key in CLASSES if key in heads]
    loose = heads.get(TRUNK, [])
    limbs += [_family(graph, one, children, size, band) for one in loose if children[one]]
    leaves = [*trunk, *(one for one in loose if not children[one])]
    return stem, Limb(TRUNK, "pre-transformer", (), tuple(sorted(leaves)), tuple(limbs), "")


def _stem(
    order: list[str],
    several: int,
    children: Mapping[str, list[str]],
    size: Mapping[str, int],
    band: Mapping[str, BandKey],
    models: int,
) -> str:
    """The model that half of all came from and whose children are of the most architectures: two, or one other than its own."""
    found: list[tuple[int, int, str]] = []
    for one in order:
        kinds = {band[child] for child in children[one]} - {"pre-transformer"}
        # All children of one other kind: in a small tree the Transformer does not lead the limb of BERT.
        if 2 * size[one] >= models and (len(kinds) >= several or (kinds and band[one] not in kinds)):
            found.append((-len(kinds), size[one], one))
    return min(found)[2] if found else ""


def _class(
    graph: LineageGraph,
    key: BandKey,
    heads: list[str],
    children: Mapping[str, list[str]],
    size: Mapping[str, int],
    band: Mapping[str, BandKey],
) -> Limb:
    """The limb of an architecture. A family that is most of it leads it; others hang on it."""
    leader = max(heads, key=lambda one: (size[one], one))
    name = f"class:{key}"
    # What is not disclosed is no kinship, so nobody leads there.
    if key != "undisclosed" and 2 * size[leader] > sum(size[one] for one in heads) and size[leader] > 1:
        led = _family(graph, leader, children, size, band)
        others = [one for one in heads if one != leader]
        leaves = (*led.leaves, *(one for one in others if not children[one]))
        limbs = (*led.limbs, *(_family(graph, one, children, size, band) for one in others if children[one]))
        return Limb(name, key, led.path, leaves, limbs, _latest(graph, (led.path[-1], *leaves)))
    leaves = tuple(one for one in heads if not children[one])
    limbs = tuple(_family(graph, one, children, size, band) for one in heads if children[one])
    # A large limb that nobody leads ends in a point.
    slim = sum(size[one] for one in heads) <= SLIM
    return Limb(name, key, (), leaves, limbs, _latest(graph, leaves) if slim and leaves else "")


def _latest(graph: LineageGraph, ids: Iterable[str]) -> str:
    """The model on which a limb ends: the last one, so that nothing needs to grow out of the end."""
    return max(ids, key=lambda one: (graph[one].interval.end, one))


def _family(
    graph: LineageGraph,
    head: str,
    children: Mapping[str, list[str]],
    size: Mapping[str, int],
    band: Mapping[str, BandKey],
) -> Limb:
    """The heaviest line from a model on, and what leaves it."""
    path = [head]
    leaves: list[str] = []
    limbs: list[Limb] = []
    while below := children[path[-1]]:
        heaviest = max(below, key=lambda one: (size[one], graph[one].interval.end, one))
        for one in below:
            if one != heaviest:
                if children[one]:
                    limbs.append(_family(graph, one, children, size, band))
                else:
                    leaves.append(one)
        path.append(heaviest)
    return Limb(
        f"limb:{head}", band[head], tuple(path), tuple(leaves), tuple(limbs), _latest(graph, (path[-1], *leaves))
    )
