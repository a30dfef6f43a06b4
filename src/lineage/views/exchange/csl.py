"""CSL JSON of the papers of a selection, for Zotero, Pandoc and citation processors."""

from __future__ import annotations

import json
from typing import Any, Final

from lineage.graph import LineageGraph, Node
from lineage.views.exchange.content import Exchanged
from lineage.views.exchange.documents import cited, left_out
from lineage.views.prose import address, plain
from lineage.views.references import Reference, is_whole_name

_TYPES: Final = {"report": "report", "model-card": "webpage", "blog-post": "post-weblog"}


def write(graph: LineageGraph, whole: LineageGraph) -> Exchanged:
    """The same documents as in BibTeX."""
    papers = cited(graph, whole)
    text = json.dumps([_item(one) for one in papers], ensure_ascii=False, indent=2)
    return Exchanged(f"{text}\n", left_out(graph, _holds))


def _holds(paper: Node) -> frozenset[str]:
    """What is on arXiv is an article and published there, whatever it is and whoever made it."""
    held = frozenset({"id", "kind", "name", "authors", "arxiv", "url", "dates[0].date"})
    return held if paper.data.get("arxiv") else held | {"type", "organizations"}


def _item(reference: Reference) -> dict[str, Any]:
    sort = reference.paper.data.get("type", "") if reference.paper else ""
    item: dict[str, Any] = {
        "id": reference.key,
        "type": "article" if reference.arxiv else _TYPES.get(sort, "article"),
        "title": plain(reference.title),
        "author": [_name(reference, name) for name in reference.authors if plain(name)],
        "issued": {"date-parts": [[int(part) for part in reference.date.split("-")]]} if reference.date else None,
        "number": f"arXiv:{reference.arxiv}" if reference.arxiv else None,
        "publisher": "arXiv" if reference.arxiv else plain(", ".join(_makers(reference))),
        "URL": address(reference.address),
    }
    return {name: value for name, value in item.items() if value}


def _makers(reference: Reference) -> tuple[str, ...]:
    return reference.paper.organizations if reference.paper else ()


def _name(reference: Reference, name: str) -> dict[str, str]:
    """A person with a family name, or a body in one piece; who "et al." are is not known, so the words stay."""
    shown = plain(name)
    given, _, family = shown.rpartition(" ")
    if is_whole_name(reference, shown) or shown.casefold() in {"et al.", "et al"}:
        return {"literal": shown}
    return {"family": family, "given": given}
