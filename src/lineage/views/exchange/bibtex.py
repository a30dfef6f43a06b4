"""BibTeX of the papers of a selection."""

from __future__ import annotations

from lineage.graph import LineageGraph, Node
from lineage.views.exchange.content import Exchanged
from lineage.views.exchange.documents import cited, left_out
from lineage.views.references import as_bibtex


def write(graph: LineageGraph, whole: LineageGraph) -> Exchanged:
    """An entry for each paper of the selection and each paper that describes or introduces something in it."""
    papers = cited(graph, whole)
    return Exchanged(as_bibtex(papers), left_out(graph, _holds))


def _holds(paper: Node) -> frozenset[str]:
    """Years and months, but no days; a sort of document only where there is no arXiv number, for that says `misc`."""
    held = {"id", "kind", "name", "authors", "arxiv", "url", "dates[0].year"}
    if len(paper.date) <= len("2024-05"):
        held.add("dates[0].date")
    if not paper.data.get("arxiv"):
        held.add("type")
        if paper.data.get("type") == "report":
            held.add("organizations")
    return frozenset(held)
