"""JSON as lineage itself answers: the envelope, and the same one node or edge a line."""

from __future__ import annotations

import json

from lineage.graph import FORMAT_VERSION, LineageGraph
from lineage.views.exchange.content import Exchanged


def write(graph: LineageGraph) -> Exchanged:
    """The envelope of every JSON answer."""
    return Exchanged(json.dumps(graph.to_dict({"command": "export"}), ensure_ascii=False, indent=2) + "\n")


def lines(graph: LineageGraph) -> Exchanged:
    """A head line, then each node and each edge on a line of its own; ``record`` says which it is."""
    head = {"record": "head", "format": "lineage/graph", "format_version": FORMAT_VERSION}
    rows = [
        head | {"nodes": len(graph), "edges": len(graph.edges())},
        *({"record": "node", **node.data} for node in graph.nodes()),
        *({"record": "edge", **edge.data} for edge in graph.edges()),
    ]
    # Line ends that JSON allows inside a string end a line for some readers.
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return Exchanged(text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085"))
