"""How long the figure takes as it grows, beside ``dot`` with one rank for each year, timed in the same run.

``python benchmarks/figure_speed.py [NODES ...]`` draws random families from 100 to 10,000 models, or of these sizes, in
lanes, and the same graphs with the Graphviz inside the package (which refuses more than its limit of nodes, and gives up
after its limit of seconds). It prints seconds, the growth over the size before, the ratio, and the form of both pictures:
width by height. Times depend on the machine; the ratios are what counts.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from families import family

from lineage import LineageGraph
from lineage.errors import LineageError
from lineage.layout import lanes
from lineage.rail import on_rail
from lineage.views import dot, figure

SIZES: Final = (100, 300, 1000, 2500, 10_000)
SECONDS: Final = 60.0
"""``dot`` is given no longer."""
T = TypeVar("T")


def timed(work: Callable[[], T], runs: int = 1) -> tuple[float, T]:
    """The median time of some runs, and what the last one gave."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return statistics.median(times), result


def year_ranks(graph: LineageGraph) -> str:
    """The graph in the DOT language with all nodes of a year on one rank."""
    years: dict[int, list[str]] = {}
    for number, node in enumerate(graph.nodes()):
        years.setdefault(node.year, []).append(f"n{number}")
    ranks = [f"{{ rank=same; {'; '.join(names)} }}" for _, names in sorted(years.items())]
    return dot.source(graph).rstrip().removesuffix("}") + "\n".join(ranks) + "\n}\n"


def by_dot(graph: LineageGraph) -> tuple[float | None, str]:
    """How long ``dot`` takes, and the form of what it draws, or why it does not."""
    try:
        text = year_ranks(graph)
        seconds, svg = timed(lambda: dot.draw(text, nodes=len(graph), edges=len(graph.edges()), seconds=SECONDS))
    except LineageError as error:
        return None, str(error).split(";")[0]
    width, height = (float(each) for each in re.findall(r'(?:width|height)="([\d.]+)pt"', svg)[:2])
    return seconds, f"{width / height:.2f}"


def _column(work: Callable[[], object]) -> str:
    try:
        return f"{timed(work)[0]:8.3f}"
    except LineageError:
        return f"{'limit':>8}"


def main(arguments: Sequence[str]) -> None:
    """Print a table, one size in a row."""
    print(
        f"{'models':>7}{'layout':>9}{'growth':>8}{'svg':>8}{'png 2x':>8}{'pdf':>8}{'gv':>8}{'form':>6}  dot by year ranks"
    )
    before = 0.0
    for size in map(int, arguments) if arguments else SIZES:
        before = row(size, before)


def row(size: int, before: float) -> float:
    """Print the row of one size; how long its layout took."""
    graph = family(size, size)
    layout_time, layout = timed(lambda: on_rail(graph, lanes(graph)), 3 if size <= 1000 else 1)
    svg_time, svg = timed(lambda: figure.svg(graph, layout))
    rest = _column(lambda: figure.png(svg, 2)) + _column(lambda: figure.pdf(graph, layout))
    rest += _column(lambda: dot.pinned(graph, layout))
    growth = f"x{layout_time / before:.1f}" if before else ""
    form = f"{layout.width / layout.height:.2f}"
    print(f"{size:7}{layout_time:9.3f}{growth:>8}{svg_time:8.3f}{rest}{form:>6}  ", end="", flush=True)
    peer, said = by_dot(graph)
    print(f"{peer:.2f} s, x{peer / (layout_time + svg_time):.1f} of layout and svg, form {said}" if peer else said)
    return layout_time


if __name__ == "__main__":
    main(sys.argv[1:])
