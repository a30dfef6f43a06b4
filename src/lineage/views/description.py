"""The long description of a picture: everything that it shows, in words, for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from lineage.graph import Edge, LineageGraph, Node
from lineage.layout import BAND_LABELS, BAND_OF_ARCHITECTURE
from lineage.views.prose import Document, Item, Section, html, markdown
from lineage.vocabulary import BASES, Relation, Weights, count

Style = Literal["lanes", "tree"]

_DEEPEST: Final = 7
"""So deep are lists nested. What lies deeper stands at this depth, after its parent; every line names its parent."""
_FROM: Final[Mapping[Relation | None, str]] = {
    "continued-pretraining": "pretrained further from",
    "finetuned": "fine-tuned from",
    "adapter": "an adapter of",
    "merged": "merged from",
    "quantized": "quantized from",
    "pruned": "pruned from",
    "expanded": "expanded from",
    "distilled": "distilled from",
    "architecture": "architecture of",
    "reproduction": "a reproduction of",
    None: "successor of",
}
_WEIGHTS: Final[Mapping[Weights, str]] = {
    "open": "open weights",
    "restricted": "weights to be had under conditions",
    "api": "to be used as a service only",
    "unreleased": "not released",
}
_OF_BASIS: Final = {
    "weights": "by weights",
    "outputs": "by outputs (distilled)",
    "architecture": "by architecture",
    "succession": "by succession (the same maker's next generation)",
}
_WEIGHTS_LEGEND: Final = (
    "Form of fill: full where the weights are open, the lower part where they are restricted, hollow otherwise."
)
_LEGENDS: Final[Mapping[Style, tuple[str, ...]]] = {
    "lanes": (
        "Place from left to right: the date. Years are not to scale: a year is wide where it has many models.",
        "Ground, from top to bottom, and colour: the architecture. Each architecture has a band with its name.",
        _WEIGHTS_LEGEND,
        (
            "Lines: descent from parent to child, dashed in another way for each thing that was passed on; the thicker, the "
            "more models hang on them."
        ),
        "Small labels beside a model: its other parents; “+9”: so many more models hang on it that are not drawn.",
    ),
    "tree": (
        "Place from bottom to top: the date. The oldest models are nearest the ground, the newest at the top.",
        "Years are not to scale: a year is tall where it has many models.",
        "Limb and colour: the architecture. A smaller limb is a line of descent.",
        _WEIGHTS_LEGEND,
        "Limbs are the thicker, the more models grow on them. A box stands on its limb or on a twig of it.",
        "In a box: the name, the first maker, and after “&” a parent that the tree does not tell.",
        "A plus sign and a number: so many later models are folded into this one.",
        "A small raised number: the source of the line by which the model hangs, as in the list of sources beside the picture.",
    ),
}


def describe(graph: LineageGraph, ids: Iterable[str], style: Style = "lanes", folding: Folding | None = None) -> str:
    """The description of a picture as Markdown: coverage, every band as a nested list of descent, the legend.

    Args:
        graph: the whole graph, which also knows the parents that the picture leaves out.
        ids: the models that the picture shows; the ``boxes`` of a layout are such.
        style: which picture it is; the legends differ.
        folding: on whom each model hangs where the picture leaves out models between two that it shows.

    Raises:
        UnknownNodeError: if an id is not in the graph.
    """
    return markdown(_document(graph, ids, style, folding))


def describe_html(
    graph: LineageGraph, ids: Iterable[str], style: Style = "lanes", folding: Folding | None = None
) -> str:
    """The same description as an HTML page."""
    return html(_document(graph, ids, style, folding))


def _document(graph: LineageGraph, ids: Iterable[str], style: Style, folding: Folding | None) -> Document:
    shown = graph.subgraph(one for one in ids if graph[one].kind == "model")
    hung = {node.id: shown.layout_parent(node.id) for node in shown.nodes()}
    if folding:
        hung = {one: graph.layout_parent(one) if folding.parents.get(one) else None for one in hung}
    bands: dict[str, list[Node]] = {}
    for node in sorted(shown.nodes(), key=lambda node: (node.interval.end, node.id)):
        bands.setdefault(_band(node), []).append(node)
    sections = [
        Section(f"{BAND_LABELS[key]}: {count(len(bands[key]), 'model')}", (), _tree(graph, hung, bands[key], folding))
        for key in BAND_LABELS
        if key in bands
    ]
    legend = Section("How the picture says it", (), tuple(Item(line) for line in _LEGENDS[style]))
    return Document("Family tree of language models, in words", _summary(graph, shown, hung), (*sections, legend))


def _summary(graph: LineageGraph, shown: LineageGraph, hung: Mapping[str, Edge | None]) -> tuple[str, ...]:
    models, total = len(shown), len(graph.nodes("model"))
    years = sorted({node.year for node in shown.nodes()})
    coverage = (
        f"All {count(total, 'model')} of the graph" if models == total else f"{models} of {count(total, 'model')}"
    )
    span = f", {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "") if years else ""
    lines = [edge for edge in hung.values() if edge]
    others = sum(len(_others(shown, one, hung[one])) for one in shown)
    counts = {basis: sum(edge.basis == basis for edge in lines) for basis in BASES}
    passed = "".join(f", {number} {_OF_BASIS[basis]}" for basis, number in counts.items() if number)
    claims = shown.edges("derived-from", "succeeds")
    sourced = sum(bool(edge.sources) for edge in claims)
    return (
        (
            f"{coverage}{span}. Each hangs on one parent: {count(len(lines), 'line')} of descent{passed}; "
            f"{count(models - len(lines), 'model')} without a parent in the picture; {count(others, 'other parent')}."
        ),
        f"These models have {count(len(claims), 'claim')} of descent among them; {sourced} of these have a source.",
        (
            "Each line below is one model with its parent, date, makers and weights. What came of a model is listed under "
            "it, the earliest first; a child of another architecture is listed with its own."
        ),
    )


@dataclass(frozen=True, slots=True)
class Folding:
    """What a tree leaves out between the models that it shows."""

    parents: Mapping[str, str]
    """Of each shown model the nearest shown one that it came from, or nothing."""
    counts: Mapping[str, int]
    """How many models are folded into a shown one."""


@dataclass
class _Branch:
    """A list under construction."""

    text: str
    depth: int
    branches: list[_Branch] = field(default_factory=list)

    def item(self) -> Item:
        return Item(self.text, tuple(branch.item() for branch in self.branches))


def _tree(
    graph: LineageGraph, hung: Mapping[str, Edge | None], nodes: list[Node], folding: Folding | None
) -> tuple[Item, ...]:
    """The models of one band as nested lists of descent."""
    inside = {node.id for node in nodes}
    children: dict[str, list[str]] = {}
    roots: list[str] = []
    for node in nodes:
        edge = hung[node.id]
        above = folding.parents.get(node.id) if folding else edge.source if edge else None
        (children.setdefault(above, []) if above and above in inside else roots).append(node.id)
    top = _Branch("", 0)
    # By hand rather than by recursion: a chain may be longer than the stack of Python is deep.
    todo = [(one, top) for one in reversed(roots)]
    while todo:
        one, below = todo.pop()
        branch = _Branch(_told(graph, graph[one], hung, folding), below.depth + 1)
        below.branches.append(branch)
        todo += [(child, branch if branch.depth < _DEEPEST else below) for child in reversed(children.get(one, []))]
    return tuple(branch.item() for branch in top.branches)


def _told(graph: LineageGraph, node: Node, hung: Mapping[str, Edge | None], folding: Folding | None) -> str:
    edge = hung[node.id]
    parts = [_claim(graph, edge, named=hung)] if edge else []
    above = folding.parents[node.id] if folding and edge else ""
    if edge and above and above != edge.source:
        parts.append(f"in the picture on {graph[above].name}")
    parts.append(node.date)
    if node.organizations:
        parts.append(f"by {_joined(node.organizations)}")
    weights = _WEIGHTS.get(node.data.get("weights"))  # type: ignore[arg-type]
    parts += [weights] if weights else []
    if folding and (count := folding.counts.get(node.id, 0)):
        parts.append(f"{count} more folded into it")
    told = f"{node.name}: {'; '.join(parts)}."
    others = [_claim(graph, other, named=hung) for other in _others(graph, node.id, edge)]
    return f"{told} Also {', '.join(others)}." if others else told


def _claim(graph: LineageGraph, edge: Edge, named: Mapping[str, object] | None = None) -> str:
    words = _FROM.get(edge.relation, f"{edge.label} of")  # type: ignore[arg-type]
    out = "" if named is None or edge.source in named else " (not in the picture)"
    sure = ", as we infer" if edge.evidence == "inferred" else ", as is reported" if edge.evidence == "reported" else ""
    disputed = ", which is disputed" if edge.data.get("disputed") else ""
    return f"{words} {graph[edge.source].name}{out}{sure}{disputed}"


def _others(graph: LineageGraph, node_id: str, hung: Edge | None) -> list[Edge]:
    """The lineage edges of a model but the one by which it hangs."""
    return [edge for edge in graph.parent_edges(node_id) if hung is None or edge.sort_key != hung.sort_key]


def _band(node: Node) -> str:
    return BAND_OF_ARCHITECTURE[node.data.get("architecture", "undisclosed")]


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
