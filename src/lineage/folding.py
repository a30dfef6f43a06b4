"""Which models a picture with room for a few leaves out: those of which the least came, the leaves of the tree first.

The rule is published in the caption of every picture that uses it. A model matters by the number of models that came
of it, in any way; among equals by the number of claims about it (parents, techniques, papers); then the earlier one.
A model is folded only after everything that came of it, so none is left out between two that are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush

from lineage.graph import LineageGraph

__all__ = ["fold_order", "kept"]


def fold_order(graph: LineageGraph, ids: Iterable[str] | None = None, keep: Collection[str] = ()) -> tuple[str, ...]:
    """The models of a graph, or these, in the order in which they are folded: the last one stays the longest.

    Args:
        graph: the graph.
        ids: the models in question.
        keep: models that are never folded; neither are their ancestors. They are not in the answer.
    """
    models = [node.id for node in (graph if ids is None else graph.subgraph(ids)).nodes("model")]
    chosen = set(models)
    children = {one: set(graph.children(one)) & chosen for one in models}
    descendants = _descendants(children)

    def matter(one: str) -> tuple[int, int, int, str]:
        claims = len(graph.in_edges(one)) + len(graph.out_edges(one))
        return descendants[one], claims, -graph[one].interval.end.toordinal(), one

    parents: dict[str, list[str]] = {one: [] for one in models}
    for one, below in children.items():
        for child in sorted(below):
            parents[child].append(one)
    open_children = {one: len(below) for one, below in children.items()}
    heap = [matter(one) for one in models if not open_children[one] and one not in keep]
    heapify(heap)
    found: list[str] = []
    while heap:
        *_, one = heappop(heap)
        found.append(one)
        for parent in parents[one]:
            open_children[parent] -= 1
            if not open_children[parent] and parent not in keep:
                heappush(heap, matter(parent))
    return tuple(found)


def kept(graph: LineageGraph, budget: int, ids: Iterable[str] | None = None, keep: Collection[str] = ()) -> set[str]:
    """So many models of a graph, or of these: those that matter most, with all that lies between them.

    It is more than ``budget`` only where ``keep`` and its ancestors are more.
    """
    models = {node.id for node in (graph if ids is None else graph.subgraph(ids)).nodes("model")}
    return models.difference(fold_order(graph, models, keep)[: max(0, len(models) - budget)])


def _descendants(children: dict[str, set[str]]) -> dict[str, int]:
    """How many models came of each. The sets are integers with a bit for each model."""
    bit = {one: 1 << place for place, one in enumerate(children)}
    reach: dict[str, int] = {}
    for start in children:
        todo = [start]
        while todo:
            here = todo[-1]
            missing = [child for child in sorted(children[here]) if child not in reach]
            if missing and here not in reach:
                reach[here] = 0  # it is being read; a circle, which no checked graph has, ends here
                todo.extend(missing)
                continue
            todo.pop()
            for child in children[here]:
                reach[here] = reach.get(here, 0) | bit[child] | reach[child]
            reach.setdefault(here, 0)
    return {one: (mask & ~bit[one]).bit_count() for one, mask in reach.items()}
