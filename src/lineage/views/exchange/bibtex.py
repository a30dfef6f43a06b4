"""BibTeX of the papers of a selection."""

from __future__ import annotations

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged
from lineage.views.exchange.documents import cited, left_out
from lineage.views.references import as_bibtex


def write(graph: LineageGraph, whole: LineageGraph) -> Exchanged:
    """An entry for each paper of the selection and each paper that describes or introduces something in it."""
    papers = cited(graph, whole)
    return Exchanged(as_bibtex(papers), left_out(graph, papers))
