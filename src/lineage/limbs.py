"""What the hero tree is made of: the models that are shown, the limbs that they sit on, and what is folded away.

A limb is the heaviest line of descent from its first model on. The limbs of the architectures grow out of one trunk,
the branches of a limb out of the limb. Nothing here has a place yet: :mod:`lineage.beams` finds that.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lineage.forest import BAND_OF_ARCHITECTURE, BandKey
from lineage.graph import LineageGraph

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
BUDGET: Final = 78
"""How many models a column of 680 pixels holds, at ten pixels a letter, in the best case."""
SLIM: Final = 6
"""A limb with no more models than this is thin."""
MILESTONE: Final = 12
"""What a first model of a maker counts, and what a successor counts."""


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
    folded: Mapping[str, str]
    """Every model that is not shown, and the nearest shown one that it came from, or nothing where there is none."""
    root: Limb
    stem: str
    """The model from which most others come in several architectures, or nothing. It stands in the fork."""

    def behind(self, one: str) -> int:
        """How many models are folded into a shown one."""
        return sum(holder == one for holder in self.folded.values())


def importance(graph: LineageGraph) -> dict[str, int]:
    """How much the field hangs on each model: the published rule by which leaves are chosen.

    The sum of: the models that came from it; the models that took up a technique which a document of it introduced;
    one for every document and every parent that is known; :data:`MILESTONE` if it is the first model of its maker,
    and as much if it carries on a line of its maker by succession.
    """
    models = graph.nodes("model")
    makers: dict[str, str] = {}
    for node in sorted(models, key=lambda node: (node.interval.end, node.id)):
        for maker in node.organizations[:1]:
            makers.setdefault(maker, node.id)
    found = {}
    for node in models:
        adopters: set[str] = set()
        described = graph.in_edges(node.id, "described-by")
        for document in described:
            for introduced in graph.out_edges(document.source, "introduced-technique"):
                adopters.update(graph.adopters(introduced.target))
        adopters.discard(node.id)
        known = len(described) + len(graph.parents(node.id))
        first = node.organizations[:1] != () and makers[node.organizations[0]] == node.id
        succeeds = bool(graph.in_edges(node.id, "succeeds"))
        found[node.id] = len(graph.descendants(node.id)) + len(adopters) + known + MILESTONE * (first + succeeds)
    return found


def choose(graph: LineageGraph, budget: int = BUDGET, folded: Iterable[str] = ()) -> Chosen:
    """The most important models that fit a budget, and the limbs they form.

    A leaf is folded into what it came from, again and again, so a model between two shown ones is always shown: the
    leaf whose importance, divided by the number of models that are still shown of its year, is least. A model
    without parents has nothing that could stand for it: it is folded after all
    others, or first if it is another parent of a model and so told there.

    Args:
        graph: the graph; papers and techniques are not shown, but count for the choice.
        budget: how many models are shown at the most.
        folded: models to fold before all others, where nothing that is shown hangs on them.
    """
    parent: dict[str, str] = {}
    for node in graph.nodes("model"):
        edge = graph.layout_parent(node.id)
        parent[node.id] = edge.source if edge else ""
    order = _parents_first(parent)
    parent = {one: above if one in order else "" for one, above in parent.items()}
    weight = importance(graph)
    first = set(folded)
    pending = dict.fromkeys(order, 0)
    for above in parent.values():
        if above:
            pending[above] += 1
    kept = set(order)
    shown_of_year = Counter(graph[one].year for one in order)
    leaves: dict[tuple[bool, int], list[tuple[int, int, str]]] = {}

    def offer(one: str) -> None:
        late = 0 if not parent[one] and graph.children(one) else 1 if parent[one] else 2
        heapq.heappush(leaves.setdefault((one not in first, graph[one].year), []), (late, weight[one], one))

    for one in order:
        if not pending[one]:
            offer(one)
    while leaves:
        # What is to go goes first, roots last; else what is least important for one of a year with so many.
        place = min(leaves, key=lambda at: (at[0], leaves[at][0][0], leaves[at][0][1] / shown_of_year[at[1]], at))
        if place[0] and len(kept) <= budget:
            break
        _, _, one = heapq.heappop(leaves[place])
        if not leaves[place]:
            del leaves[place]
        kept.discard(one)
        shown_of_year[graph[one].year] -= 1
        above = parent[one]
        if above:
            pending[above] -= 1
            if not pending[above]:
                offer(above)
    holders: dict[str, str] = {}
    for one in order:
        if one not in kept:
            above = parent[one]
            holders[one] = above if above in kept or not above else holders[above]
    shown = [one for one in order if one in kept]
    stem, root = _grown(graph, shown, {one: parent[one] for one in shown})
    return Chosen(graph, tuple(sorted(kept)), dict(sorted(holders.items())), root, stem)


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


def _grown(graph: LineageGraph, order: list[str], parent: dict[str, str]) -> tuple[str, Limb]:
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
    stem = _stem(order, children, size, band)
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
    order: list[str], children: Mapping[str, list[str]], size: Mapping[str, int], band: Mapping[str, BandKey]
) -> str:
    """The model that half of all came from and whose children are of the most architectures, two at least."""
    found: list[tuple[int, int, str]] = []
    for one in order:
        kinds = {band[child] for child in children[one]} - {"pre-transformer"}
        if 2 * size[one] >= len(order) and len(kinds) > 1:
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
