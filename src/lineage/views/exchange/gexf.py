"""GEXF, by networkx, without the day on which it was written."""

from __future__ import annotations

import re

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged, flat_left_out, flat_networkx


def write(graph: LineageGraph) -> Exchanged:
    """Nodes by id and edges numbered, with fields of one level."""
    import networkx as nx

    flat = flat_networkx(graph)
    for _, _, key, data in flat.edges(keys=True, data=True):
        data["id"] = key
    text = "\n".join(nx.generate_gexf(flat, version="1.2draft"))
    # The first one only: what a name holds stands behind it, and its signs are escaped.
    text = re.sub(r"\s*<meta .*?</meta>", "", text, count=1, flags=re.DOTALL)
    return Exchanged(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', flat_left_out(graph))
