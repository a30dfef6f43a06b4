"""Renew the choice of sides of the tree that grows upward, ``graph_data/tree.json``: ``python tools/tree.py [--anew]``.

Without ``--anew`` the stored choice is kept, and models that were folded are shown again where there is room now; with it the
search begins from nothing. Either takes minutes; both give the same choice for the same data.
"""

from __future__ import annotations

import json
import sys

import lineage
from lineage import index
from lineage.beams import fuller, grow, stored
from lineage.limbs import choose

LIMIT = 80
"""So many models are shown at the most."""


def main() -> None:
    """Search, and write what was found."""
    file = index.data_directory() / "tree.json"
    graph = lineage.load()
    if "--anew" in sys.argv[1:] or not file.exists():
        layout = grow(choose(graph, LIMIT))
    else:
        layout = stored(graph, json.loads(file.read_bytes()))
    layout = fuller(layout, limit=LIMIT)
    file.write_text(json.dumps(layout.choice.to_dict(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{file}: {len(layout.leaves)} of {len(graph.nodes('model'))} models")


if __name__ == "__main__":
    main()
