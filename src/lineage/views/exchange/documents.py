"""Which papers stand for a selection in a list of references."""

from __future__ import annotations

from collections.abc import Sequence

from lineage.graph import LineageGraph
from lineage.views.references import Reference, of_papers


def cited(graph: LineageGraph, whole: LineageGraph) -> tuple[Reference, ...]:
    """The papers of a selection, those that describe its models and techniques, and those that introduce its techniques."""
    chosen = {node.id for node in graph.nodes("paper")}
    for node in graph.nodes():
        chosen.update(edge.source for edge in whole.in_edges(node.id, "described-by", "introduced-technique"))
    return of_papers([whole[one] for one in sorted(chosen) if whole[one].kind == "paper"])


def left_out(graph: LineageGraph, papers: Sequence[Reference]) -> tuple[tuple[int, str], ...]:
    """The nodes that none of the papers is about, and the edges of the selection."""
    silent = len(graph.nodes("model")) + len(graph.nodes("technique"))
    return ((silent, "models and techniques"), (len(graph.edges()), "edges")) if papers or silent else ()
