"""Renew the choice of models and sides of the tree that grows upward: ``python tools/tree.py [--anew] [SEED ...]``.

The choice is ``tree.json`` beside the data (``LINEAGE_DATA`` or those that came with lineage). Without ``--anew`` the search
begins at the stored choice, so that most stays where it is; with it, from nothing. With several seeds there is a search for each,
one after another, that goes on from the best so far: the tree whose models are worth most, the pinned ones three times. A search
takes a minute or two, is bounded by the number of programs that it may solve, and gives the same choice for the same data and
seed. The list ``pinned`` in the file is written by hand and kept: models that an editor wants to be shown.
"""

from __future__ import annotations

import argparse
import json
import sys

import lineage
from lineage import index
from lineage.beams import SEED, anew, grow, stored
from lineage.contour import Choice, TreeLayout
from lineage.limbs import BUDGET, choose, importance


def main() -> None:
    """Search, and write the best that was found."""
    parser = argparse.ArgumentParser(description="Renew the stored choice of the tree that grows upward.")
    parser.add_argument("--anew", action="store_true", help="begin from nothing, not from the stored choice")
    parser.add_argument("seeds", metavar="SEED", nargs="*", type=int, help=f"a search for each (default: {SEED})")
    options = parser.parse_args()
    file = index.data_directory() / "tree.json"
    graph = lineage.load()
    content = json.loads(file.read_bytes()) if file.exists() else None
    pinned = Choice.from_dict(content).pinned if content else ()
    weight = importance(graph)

    def worth(layout: TreeLayout) -> float:
        return sum(weight[one] * (3 if one in pinned else 1) for one in layout.leaves)

    best = None if options.anew or not content else stored(graph, content)
    for seed in options.seeds or [SEED]:
        if best is None:
            layout = anew(graph, pinned, seed=seed, progress=tell)
        else:
            found = grow(choose(graph, BUDGET, pinned=pinned), best.choice, seed=seed, progress=tell)
            layout = stored(graph, found.choice.to_dict())
        if best is None or worth(layout) > worth(best):
            best = layout
            file.write_text(json.dumps(best.choice.to_dict(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        sys.stderr.write("\n")
        print(
            f"seed {seed}: {len(layout.leaves)} models, worth {worth(layout):.0f}; best {worth(best):.0f}", flush=True
        )
    assert best is not None  # noqa: S101 - there is at least one seed
    print(f"{file}: {len(best.leaves)} of {len(graph.nodes('model'))} models")
    if lost := sorted(set(pinned) - set(best.leaves)):
        print(f"pinned, but not shown: {', '.join(lost)}")


def tell(done: int, most: int, cost: float) -> None:
    """How far the search is."""
    sys.stderr.write(f"\r{done:5} of {most} programs, cost {cost:9.0f}")


if __name__ == "__main__":
    main()
