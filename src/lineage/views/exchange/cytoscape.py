"""Cytoscape JSON, as Cytoscape, Cytoscape.js and ``networkx.cytoscape_graph`` read it."""

from __future__ import annotations

import json

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged


def write(graph: LineageGraph) -> Exchanged:
    """All nodes and edges with every field below ``data``."""
    import networkx as nx

    content = nx.cytoscape_data(graph.to_networkx())
    return Exchanged(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
