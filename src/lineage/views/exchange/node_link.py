"""Node-link JSON, as ``networkx.node_link_graph`` reads it."""

from __future__ import annotations

import json

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged


def write(graph: LineageGraph) -> Exchanged:
    """All nodes and edges with every field; edges are keyed by kind and relation."""
    import networkx as nx

    content = nx.node_link_data(graph.to_networkx(), edges="edges")
    return Exchanged(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
