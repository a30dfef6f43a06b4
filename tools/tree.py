"""Renew the choice of models and sides of the tree that grows upward: ``python tools/tree.py [--anew]``.

The choice is ``tree.json`` beside the data (``LINEAGE_DATA`` or those that came with lineage). Without ``--anew`` the search
begins at the stored sides, so that most stay where they are; with it, from nothing. Either takes a minute or two, is bounded by
the number of programs that it may solve, and gives the same choice for the same data. The list ``pinned`` in the file is written
by hand and kept: models that an editor wants to be shown.
"""

from __future__ import annotations

import json
import sys

import lineage
from lineage import index
from lineage.beams import anew, grow, stored
from lineage.contour import Choice
from lineage.limbs import BUDGET, choose


def main() -> None:
    """Search, and write what was found."""
    file = index.data_directory() / "tree.json"
    graph = lineage.load()
    content = json.loads(file.read_bytes()) if file.exists() else None
    choice = Choice.from_dict(content) if content else None
    pinned = choice.pinned if choice else ()
    if choice and "--anew" not in sys.argv[1:]:
        layout = grow(choose(graph, BUDGET, pinned=pinned), choice, progress=tell)
        layout = stored(graph, layout.choice.to_dict())
    else:
        layout = anew(graph, pinned, progress=tell)
    sys.stderr.write("\n")
    file.write_text(json.dumps(layout.choice.to_dict(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{file}: {len(layout.leaves)} of {len(graph.nodes('model'))} models")
    if lost := sorted(set(pinned) - set(layout.leaves)):
        print(f"pinned, but not shown: {', '.join(lost)}")


def tell(done: int, most: int, cost: float) -> None:
    """How far the search is."""
    sys.stderr.write(f"\r{done:5} of {most} programs, cost {cost:9.0f}")


if __name__ == "__main__":
    main()
