"""How long the figure takes as it grows, beside ``dot`` with one rank for each year, timed in the same run.

``python benchmarks/figure_speed.py [NODES ...]`` draws random families from 100 to 10,000 models, or of these sizes, in
lanes, and the same graphs with the Graphviz inside the package, which is given a minute for each. It prints seconds, the growth
over the size before, the ratio, and the form of both pictures: width by height. Then it times all that a build makes of the
shipped data, the tree from its stored choice and the lanes, each form by itself and all together as the build makes them, and of
1,000 random models the lanes. Times are those of the processor, so that it matters
little what else the machine does; the ratios are what counts.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from families import family

import lineage
from lineage import LineageGraph, index
from lineage.cli.figures import hero, sources
from lineage.errors import LineageError
from lineage.layout import lanes
from lineage.rail import on_rail
from lineage.views import description, dot, figure, growth, paper, raster, tree
from lineage.views.picture import Subject

SIZES: Final = (100, 300, 1000, 2500, 10_000)
SECONDS: Final = 60.0
"""``dot`` is given no longer."""
T = TypeVar("T")


def timed(work: Callable[[], T], runs: int = 1) -> tuple[float, T]:
    """The median processor time of some runs, and what the last one gave."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        result = work()
        times.append(time.process_time() - began)
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
        with patch.object(dot, "MAX_NODES", 10**6):  # how it grows is asked, not what the package would draw
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
    lanes(family(20, 1))  # what is imported is not counted
    before = 0.0
    for size in map(int, arguments) if arguments else SIZES:
        before = row(size, before)
    real = lineage.load()
    print(f"\n{'seconds':<28}" + "".join(f"{name:>9}" for name in FORMS))
    forms("tree, shipped data", lambda: _tree(real))
    forms("lanes, shipped data", lambda: _lanes(real))
    forms("lanes, 1,000 models", lambda: _lanes(family(1000, 1000)))


FORMS: Final = ("layout", "svg", "png 2x", "png 1x", "webp", "pdf", "gv", "words", "sum", "build")


def forms(name: str, begin: Callable[[], Iterator[tuple[str, Callable[[], object]]]]) -> None:
    """Print how long each form takes, their sum, and how long it is if 1x and WebP are packed beside, as a build does."""
    times: dict[str, float] = {}
    for form, work in begin():
        times[form], _ = timed(work)
    whole = sum(times.values())
    beside = times["png 1x"] + times["webp"]
    other = times["pdf"] + times["gv"] + times["words"]
    build = whole - min(beside, other)
    print(f"{name:<28}" + "".join(f"{times[form]:9.3f}" for form in FORMS[:-2]) + f"{whole:9.3f}{build:9.3f}")


def _tree(graph: LineageGraph) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tree from its stored choice in every form, one after another; what comes later uses what came before."""
    made: dict[str, Any] = {}
    place = index.data_directory()
    yield "layout", lambda: made.update(layout=hero(graph, place))
    layout = made["layout"]
    _, numbers = sources(graph, layout)
    yield "svg", lambda: made.update(svg=tree.svg(graph, layout, numbers=numbers))
    yield "png 2x", lambda: made.update(png=figure.png(made["svg"], 2))
    yield "png 1x", lambda: raster.halved(made["png"])
    yield "webp", lambda: raster.webp(made["png"])
    light = tree.svg(graph, layout, "light", numbers)
    yield "pdf", lambda: paper.pdf(light)
    yield "gv", lambda: growth.gv(graph, light, layout.chosen.parents)
    yield "words", lambda: description.describe(graph, layout.leaves, "tree")


def _lanes(graph: LineageGraph) -> Iterator[tuple[str, Callable[[], object]]]:
    """The same of the lanes."""
    made: dict[str, Any] = {}
    yield "layout", lambda: made.update(layout=on_rail(graph, lanes(graph)))
    layout = made["layout"]
    yield "svg", lambda: made.update(svg=figure.svg(graph, layout))
    yield "png 2x", lambda: made.update(png=figure.png(made["svg"], 2))
    yield "png 1x", lambda: raster.halved(made["png"])
    yield "webp", lambda: raster.webp(made["png"])
    yield "pdf", lambda: figure.pdf(graph, layout)
    yield "gv", lambda: dot.pinned(graph, layout, Subject())
    yield "words", lambda: description.describe(graph, layout.boxes)


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
