"""How still the hero tree stands when models come in: ``python benchmarks/tree_stability.py [--search]``.

To the shipped data are added, one at a time and then many together: random models in an old year, in a busy year and in this one,
children of small and of great models, and one so important that the rule would show it. For each case it prints how many of the
boxes stay where they are (moved by less than one unit of a page of 1,000), how many moved and how far at the most, how many
were folded or came in, how many changed their side, and the faults of the picture. Without ``--search`` the stored choice is
drawn, as every build does; with it the choice is renewed as ``tools/tree.py`` does, from the stored sides, which takes minutes.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from families import edge, model
from tree_quality import measure

import lineage
from lineage import Edge, LineageGraph, Node, index
from lineage.beams import grow, stored
from lineage.contour import Choice, TreeLayout
from lineage.limbs import BUDGET, choose
from lineage.views import tree

SEED: Final = 7
_STILL: Final = 1.0
"""A box that moved by less than this, in 1/1000 of the width, did not move."""

Added = tuple[str, list[Node], list[Edge]]


def cases(graph: LineageGraph, shown: Sequence[str]) -> Iterator[Added]:
    """What is added to the graph, and what that is called."""
    chance = random.Random(SEED)  # noqa: S311 - the same cases every time
    models = graph.nodes("model")
    years = sorted({node.year for node in models})
    busy = max(years, key=lambda year: sum(node.year == year for node in models))
    for name, year in (("an old year", 2019), ("the busiest year", busy), ("the last year", years[-1])):
        for turn in range(3):
            parents = [node.id for node in models if node.interval.start.year < year]
            yield f"one in {name} ({turn + 1})", *_fresh(graph, [chance.choice(parents)], f"{year}-0{3 + turn}")
    great = max(shown, key=lambda one: (len(graph.children(one)), one))
    yield f"a child of {graph[great].name}", *_fresh(graph, [great], f"{years[-1]}-01")
    yield "a root, without parents", *_fresh(graph, [], f"{busy}-06")
    nodes, edges = _fresh(graph, [great], f"{busy}-02")
    for k in range(25):
        more, lines = _fresh(graph, [nodes[0].id], f"{busy + k // 12}-{k % 12 + 1:02}", f"after-{k}", f"Maker {k}")
        nodes, edges = nodes + more, edges + lines
    yield "an important one, 25 children", nodes, edges
    many: tuple[list[Node], list[Edge]] = ([], [])
    for k in range(50):
        node = chance.choice(models)
        nodes, edges = _fresh(graph, [node.id], f"{max(node.year + 1, 2019)}-05", f"new-{k}", f"Maker {k % 9}")
        many = (many[0] + nodes, many[1] + edges)
    yield "50 at once, anywhere", *many


def _fresh(
    graph: LineageGraph, parents: Sequence[str], date: str, one: str = "quite-new", maker: str = "Acme"
) -> tuple[list[Node], list[Edge]]:
    kind = (
        graph[parents[0]].data.get("architecture", "decoder-only")
        if parents and parents[0] in graph
        else "decoder-only"
    )
    node = model(
        one, date, f"{one.replace('-', ' ').capitalize()}", architecture=kind, organizations=[maker], family=one
    )
    return [node], [edge(parent, one, "architecture") for parent in parents]


def compared(before: TreeLayout, after: TreeLayout) -> tuple[int, int, float, int, int, int]:
    """How many boxes stayed, moved, how far at the most, went, came, and changed their side."""
    both = sorted(set(before.leaves) & set(after.leaves))
    # Measured from the ground and the left, where the reader's eye holds on.
    ways = [
        math.dist(
            (before.leaves[one].x, before.height - before.leaves[one].y),
            (after.leaves[one].x, after.height - after.leaves[one].y),
        )
        for one in both
    ]
    still = sum(way < _STILL for way in ways)
    sides = sum(before.choice.sides.get(one) != after.choice.sides.get(one) for one in both)
    gone, came = len(set(before.leaves) - set(after.leaves)), len(set(after.leaves) - set(before.leaves))
    return still, len(both) - still, max(ways, default=0.0), gone, came, sides


def main(arguments: Sequence[str]) -> None:
    """Print a table, one case in a row, and the mean."""
    graph = lineage.load()
    content = json.loads((index.data_directory() / "tree.json").read_bytes())
    before = stored(graph, content)
    shares = []
    print(
        f"{'added':<32}{'stay':>6}{'of':>5}{'share':>8}{'farthest':>10}{'folded':>8}{'new':>5}{'side':>6}{'faults':>8}"
    )
    for name, nodes, edges in cases(graph, sorted(before.leaves)):
        grown = LineageGraph([*graph.nodes(), *nodes], [*graph.edges(), *edges])
        after = stored(grown, content)
        if "--search" in arguments:
            near = Choice.from_dict(content)
            after = grow(choose(grown, BUDGET, pinned=near.pinned), near)
        still, _, far, gone, came, sides = compared(before, after)
        shares.append(still / len(before.leaves))
        faults = measure(tree.svg(grown, after)).faults
        print(
            f"{name[:31]:<32}{still:6}{len(before.leaves):5}{shares[-1]:8.0%}{far:10.1f}{gone:8}{came:5}{sides:6}{faults:8}",
            flush=True,
        )
    print(f"{'mean':<32}{'':11}{sum(shares) / len(shares):8.0%}")


if __name__ == "__main__":
    main(sys.argv[1:])
