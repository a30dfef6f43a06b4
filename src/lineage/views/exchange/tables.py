"""CSV: one row a node, or one row an edge. The columns of the nodes are those that ``lineage import csv`` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from lineage.graph import LineageGraph
from lineage.views.exchange.content import EDGE_HOLDS, NODE_HOLDS, Exchanged, edge_fields, node_fields, words
from lineage.views.exchange.losses import left_out

NODE_COLUMNS: Final = (
    "id",
    "kind",
    "name",
    "date",
    "date_kind",
    "organizations",
    "family",
    "architecture",
    "weights",
    "origin",
    "license",
    "context_length",
    "derived_from",
    "succeeds",
    "aliases",
    "collections",
    "pretraining_tasks",
    "category",
    "contribution",
    "document_type",
    "authors",
    "arxiv",
    "address",
    "summary",
    "extension",
    "application",
    "corpus",
    "source",
)
EDGE_COLUMNS: Final = (
    "source",
    "target",
    "kind",
    "relation",
    "basis",
    "evidence",
    "role",
    "sources",
    "note",
    "disputed",
)
_DESCENT_HOLDS: Final = frozenset({"kind", "relation"})
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - a spreadsheet takes wide signs, too
"""How a cell begins that a spreadsheet would compute; an apostrophe is put before it."""


def write(graph: LineageGraph) -> Exchanged:
    """One row a node; parents stand in ``derived_from`` as ``parent relation``, several joined by ``; ``."""
    rows = []
    for node in graph.nodes():
        fields: dict[str, str | int] = {**node_fields(node), "id": node.id, "name": words(node.name)}
        events = node.data.get("dates", ())
        fields["date_kind"] = next((event["kind"] for event in events if event["date"] == node.date), "")
        fields["derived_from"] = "; ".join(
            f"{edge.source} {edge.relation}" for edge in graph.in_edges(node.id, "derived-from")
        )
        fields["succeeds"] = "; ".join(edge.source for edge in graph.in_edges(node.id, "succeeds"))
        fields["source"] = next((source["url"] for source in node.data.get("sources", ())), "")
        rows.append([str(fields.get(column, "")) for column in NODE_COLUMNS])
    lost = left_out(
        graph,
        lambda _: NODE_HOLDS | {"dates[0].kind", "sources[0].url"},
        lambda edge: _DESCENT_HOLDS if edge.kind in {"derived-from", "succeeds"} else None,
    )
    return Exchanged(_csv(NODE_COLUMNS, rows), lost)


def edges(graph: LineageGraph) -> Exchanged:
    """One row an edge, from the earlier node to the later one."""
    rows = []
    for edge in graph.edges():
        fields = edge_fields(edge) | {"source": edge.source, "target": edge.target}
        rows.append([fields.get(column, "") for column in EDGE_COLUMNS])
    return Exchanged(_csv(EDGE_COLUMNS, rows), left_out(graph, lambda _: None, lambda _: EDGE_HOLDS))


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (columns, *([_harmless(cell) for cell in row] for row in rows))
    return "".join(f"{','.join(map(_quoted, line))}\n" for line in lines)


def _quoted(cell: str) -> str:
    # Not by the csv module: it leaves semicolons and tabs bare, and a spreadsheet that splits there computes what follows.
    return '"{}"'.format(cell.replace('"', '""')) if any(sign in cell for sign in '",;\t\r\n') else cell


def _harmless(cell: str) -> str:
    # What begins with an apostrophe gets a second one, so that whoever reads it back can take one away.
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell
