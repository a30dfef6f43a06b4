"""Small trees: which models one shows, what it is called, and who in it is meant.

An :class:`Excerpt` is a question's worth of the whole: a model with its relatives, a family, a technique with those
who use it, a selection, or what one section of the post "Evolution of LLMs" speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lineage.errors import LineageError
from lineage.graph import Edge, LineageGraph
from lineage.methods import is_pattern
from lineage.select import parse, select
from lineage.vocabulary import BASES, Basis

if TYPE_CHECKING:
    from lineage.contour import TreeLayout
    from lineage.limbs import Chosen

__all__ = [
    "FEW",
    "Excerpt",
    "around",
    "closed",
    "grown",
    "of_family",
    "of_selection",
    "of_technique",
    "sections",
    "without",
]

_STRETCHES: Final = (1.0, 1.3, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.5, 8.0, 10.0, 13.0)
"""How much taller than in the hero the years of a small tree may be: there is room above it."""
_TALL: Final = (450.0, 70.0, 1250.0)
"""A tree is not made taller for the sake of clear lines than so much, so much more for each model, and this in all."""
FEW: Final = 64
"""With no more models every line of a small tree is read as descent; with more a limb is an architecture, as in the hero."""
_EVALUATIONS: Final = 70
"""What the search may cost each time, in programs: a second or two; twice that on a full page."""


@dataclass(frozen=True)
class Excerpt:
    """What a small tree shows."""

    title: str
    ids: tuple[str, ...]
    """The models, sorted."""
    said: str
    """What they are, for the caption: "RoBERTa, 2 generations up and 1 down"."""
    focus: tuple[str, ...] = ()
    """The models that are meant; the others stand there to show where these belong."""
    focus_said: str = ""
    """What the models in focus are, for the legend."""
    techniques: tuple[str, ...] = ()
    """Those that belong on its rail."""
    adopters: tuple[str, ...] = ()
    """Of a technique: the models that use it."""
    named: tuple[str, ...] = ()
    """The models that were asked for by name: they are folded last."""


def around(graph: LineageGraph, name: str, *, up: int = 2, down: int = 1, via: Collection[Basis] = BASES) -> Excerpt:
    """A model with its ancestors and descendants, so many generations of each.

    Raises:
        UnknownNodeError: if nothing is called so.
        LineageError: if it is no model.
    """
    node = graph[graph.resolve(name)]
    if node.kind != "model":
        raise LineageError(f"`{node.id}` is a {node.kind}; a tree grows around a model")
    ids = {node.id}
    ids.update(graph.ancestors(node.id, via, up) if up else ())
    ids.update(graph.descendants(node.id, via, down) if down else ())
    generations = f"{up} {'generation' if up == 1 else 'generations'} up and {down} down"
    return Excerpt(
        f"{node.name} and its relatives",
        tuple(sorted(ids)),
        f"{node.name}, {generations}{said_of(via)}",
        (node.id,),
        node.name,
    )


def of_family(graph: LineageGraph, family: str) -> Excerpt:
    """All models of a family, such as ``llama``.

    Raises:
        SelectorError: if no model has that family.
    """
    ids = _models(graph, select(graph, [f"family:{_quoted(family)}"]))
    name = str(graph[ids[0]].data["family"])
    # "word vectors" and "recurrent" are families, too.
    return Excerpt(f"The {name} family", ids, f"the family {name}")


def of_technique(graph: LineageGraph, name: str) -> Excerpt:
    """The models that are known to use a technique, those whose papers introduced it, and what lies between them.

    Raises:
        UnknownNodeError: if nothing is called so.
        LineageError: if it is no technique, or if no model is known to use it.
    """
    node = graph[graph.resolve(name)]
    if node.kind != "technique":
        raise LineageError(f"`{node.id}` is a {node.kind}; `lineage ls kind:technique` lists techniques")
    papers = graph.introducers(node.id)
    first = {edge.target for paper in papers for edge in graph.out_edges(paper, "described-by")}
    first = {one for one in first if graph[one].kind == "model"}
    adopters = graph.adopters(node.id)
    if not {*adopters, *first}:
        raise LineageError(f"no model is known to use `{node.id}`")
    return Excerpt(
        f"{node.name}: who uses it",
        _joined(graph, {*adopters, *first}),
        f"those known to use {node.name} and what lies between them",
        techniques=(node.id,),
        adopters=tuple(sorted(adopters)),
    )


def of_selection(
    graph: LineageGraph, selections: Iterable[str], exclude: Iterable[str] = (), via: Collection[Basis] = BASES
) -> Excerpt:
    """The models that a selection of :mod:`lineage.select` selects; its techniques go on the rail.

    Raises:
        SelectorError: if the selection cannot be read.
        UnknownNodeError: if it names a node that does not exist.
        LineageError: if it selects no model.
    """
    texts = list(selections)
    found = select(graph, texts, exclude=exclude, via=via)
    ids = _models(graph, found)
    if not ids:
        raise LineageError(f"the selection `{' '.join(texts)}` holds no model; there is nothing to draw")
    techniques = tuple(one for one in found if graph[one].kind == "technique")
    terms = (atom.term for text in texts for joined in parse(text) for atom in joined)
    names = {graph.resolve(term.value) for term in terms if not term.method and not is_pattern(term.value)}
    return Excerpt(
        "Family tree of a selection",
        ids,
        f"the selection {' '.join(texts)}{said_of(via)}",
        techniques=techniques,
        named=tuple(sorted(names.intersection(ids))),
    )


_POST: Final = "evolution-of-llms"
"""The collection of what the post "Evolution of LLMs" names."""


def sections(graph: LineageGraph) -> dict[str, Excerpt]:
    """One small tree for each year section of the post "Evolution of LLMs", by its year.

    In focus stand the models that the section speaks of; around them those that they hang on, so that each is seen
    where it belongs. The techniques of the section stand on the rail. What a graph does not have is passed over, and
    a section without any model has no tree. Data of one's own, without the collection of the post, have no sections of it,
    even if a model is called as one of the post is.
    """
    if not any(_POST in (names or ()) for _, names in graph.told("collections")):
        return {}
    text = resources.files("lineage").joinpath("assets/post_sections.json").read_text(encoding="utf-8")
    found: dict[str, Excerpt] = {}
    for section in json.loads(text)["sections"]:
        spoken_of = [one for one in section["ids"] if one in graph]
        focus = _models(graph, spoken_of)
        if not focus:
            continue
        above = {edge.source for one in focus if (edge := graph.layout_parent(one))}
        found[section["name"]] = Excerpt(
            section["title"],
            _joined(graph, {*focus, *above}),
            _said_of_section(focus, above, whole=len(spoken_of) == len(section["ids"])),
            focus if above.difference(focus) else (),
            "of this section",
            tuple(sorted(one for one in set(spoken_of) if graph[one].kind == "technique")),
        )
    return found


def _said_of_section(focus: Collection[str], above: Collection[str], *, whole: bool) -> str:
    models = "the model of this section" if len(focus) == 1 else f"the {len(focus)} models of this section"
    there = "" if whole else " that the graph has"
    rest = f" and what {'it hangs' if len(focus) == 1 else 'they hang'} on" if set(above).difference(focus) else ""
    return f"{models}{there}{rest}"


def without(excerpt: Excerpt, ids: Iterable[str]) -> Excerpt:
    """The same small tree without these models.

    Raises:
        LineageError: if nothing is left.
    """
    out = set(ids)
    left = tuple(one for one in excerpt.ids if one not in out)
    if not left:
        raise LineageError("nothing is left to draw")
    return replace(excerpt, ids=left, focus=tuple(one for one in excerpt.focus if one not in out))


def closed(graph: LineageGraph, ids: Iterable[str]) -> LineageGraph:
    """The graph of these models in which who came from one of them by way of others that are not among them hangs on it.

    It is made to be laid out: such a line is no claim of the data, only what is left of several, and has no sources.
    """
    part = graph.subgraph(ids)
    bridges = []
    for node in part.nodes("model"):
        if part.layout_parent(node.id):
            continue
        edge, passed = graph.layout_parent(node.id), {node.id}
        while edge and edge.source not in part and edge.source not in passed:
            passed.add(edge.source)
            edge = graph.layout_parent(edge.source)
        if edge and edge.source in part:
            bridges.append(Edge(edge.source, node.id, edge.kind, edge.relation, edge.basis, edge.evidence, (), {}))
    return LineageGraph(part.nodes(), [*part.edges(), *bridges]) if bridges else part


def grown(graph: LineageGraph, excerpt: Excerpt, budget: int | None = None) -> TreeLayout:
    """A small tree that grows upward, in the look of the hero, by a bounded search.

    Its years are made taller until all models have room or the page is full; what has no room is folded, and who is
    in focus last.

    Args:
        graph: the whole graph.
        excerpt: what the tree shows.
        budget: how many models at the most; without it as many as a column holds.

    Of few models every line is read as descent; see :mod:`lineage.pedigree`.
    """
    from lineage.beams import grow
    from lineage.contour import Choice
    from lineage.limbs import BUDGET, choose
    from lineage.trellis import HEADER, TALLEST

    kin = len(excerpt.ids) <= FEW
    first = (*excerpt.focus, *excerpt.named)
    chosen = choose(closed(graph, excerpt.ids), budget or BUDGET, pinned=first, kin=kin)
    best: tuple[tuple[int, int], TreeLayout] | None = None
    for stretch in _stretches(chosen):
        programs = _EVALUATIONS * (1 + (stretch == _STRETCHES[-1]))
        found = grow(chosen, Choice({}, {}, (), stretch, {}, 0, first), evaluations=programs)
        told = len(found.leaves), -_unclear(found) if kin else 0
        if best is None or told > best[0]:
            best = told, found
        if best[0] == (len(chosen.models), 0) or found.height > HEADER + 0.97 * TALLEST:
            break
    assert best is not None  # noqa: S101 - there is at least one attempt
    return best[1]


def _stretches(chosen: Chosen) -> list[float]:
    """How tall the years may be, one after another: until most stand higher than their parents, and up to a full page."""
    from lineage.trellis import TALLEST, Plan

    plans = [plan for stretch in _STRETCHES if (plan := Plan(chosen, stretch)).top <= TALLEST or stretch == 1.0]
    tall = min(_TALL[0] + _TALL[1] * len(chosen.models), _TALL[2])
    enough = (i for i, plan in enumerate(plans[:-1]) if not plan.pressed() or plans[i + 1].top > tall)
    first = next(enough, len(plans) - 1) if chosen.kin else 0
    left = [plan.stretch for plan in plans[first:]]
    # At last as tall as the page: what is folded leaves room for the years to be taller yet.
    return sorted({left[0], left[len(left) // 2], _STRETCHES[-1]})


def _unclear(layout: TreeLayout) -> int:
    """How many lines begin below the box of the model that they are meant to come from."""
    starts = {twig.id: twig.points[0][1] for twig in layout.twigs}
    starts |= {bough.key.removeprefix("limb:"): bough.points[0][1] for bough in layout.boughs}
    found = 0
    for one, above in layout.chosen.parents.items():
        if above in layout.leaves and layout.leaves[above].on_limb and one in starts:
            found += starts[one] > layout.leaves[above].y + layout.leaves[above].height
    return found


def said_of(via: Collection[Basis]) -> str:
    """By what descent is followed, for the caption: nothing where it is followed by all."""
    return "" if set(via) == set(BASES) else f", by {' and '.join(basis for basis in BASES if basis in via)} only"


def _models(graph: LineageGraph, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({one for one in ids if graph[one].kind == "model"}))


def _joined(graph: LineageGraph, ids: Iterable[str]) -> tuple[str, ...]:
    """These models and all that lie between them in the tree, so that what is kin hangs together."""
    below: dict[str, set[str]] = {}
    wanted = set(ids)
    lines: dict[str, list[str]] = {}
    for one in sorted(wanted):
        line = [one]
        while edge := graph.layout_parent(line[-1]):
            line.append(edge.source)
        lines[one] = line
        for child, parent in pairwise(line):
            below.setdefault(parent, set()).add(child)
    found = set(wanted)
    for line in lines.values():
        # Up to the last one that is wanted itself or where two lines meet.
        last = max(i for i, one in enumerate(line) if one in wanted or len(below.get(one, ())) > 1)
        found.update(line[: last + 1])
    return tuple(sorted(found))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
