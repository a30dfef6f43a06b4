"""Which papers stand for a selection in a list of references."""

from __future__ import annotations

from collections.abc import Callable

from lineage.graph import LineageGraph, Node
from lineage.views.exchange.losses import Holds
from lineage.views.exchange.losses import left_out as losses
from lineage.views.references import Reference, of_papers


def cited(graph: LineageGraph, whole: LineageGraph) -> tuple[Reference, ...]:
    """The papers of a selection, those that describe its models and techniques, and those that introduce its techniques."""
    chosen = {node.id for node in graph.nodes("paper")}
    for node in graph.nodes():
        chosen.update(edge.source for edge in whole.in_edges(node.id, "described-by", "introduced-technique"))
    return of_papers([whole[one] for one in sorted(chosen) if whole[one].kind == "paper"])


def left_out(graph: LineageGraph, holds: Callable[[Node], Holds]) -> tuple[tuple[int, str], ...]:
    """The models, the techniques and the edges of a selection, and what is not held of its papers."""
    return losses(graph, lambda node: holds(node) if node.kind == "paper" else None, lambda _: None)
