"""GraphML, by networkx."""

from __future__ import annotations

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged, flat_left_out, flat_networkx


def write(graph: LineageGraph) -> Exchanged:
    """Nodes by id and edges numbered, with fields of one level."""
    import networkx as nx

    text = "\n".join(nx.generate_graphml(flat_networkx(graph), named_key_ids=True))
    return Exchanged(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', flat_left_out(graph))
