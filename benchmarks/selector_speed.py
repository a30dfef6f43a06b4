"""How long selectors take: reading, by the length of the text; answering and cutting off, by the size of the graph.

``python benchmarks/selector_speed.py`` prints the best of several runs. Of reading, twice the text should take about twice the
time; of answering, ten times the graph about ten times. ``nx.ancestors`` on the same graph stands beside ``+x``.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from typing import Any

import networkx as nx

from lineage import Edge, LineageError, LineageGraph, Node
from lineage.select import parse, select

TEXTS = {
    "names": "llama-2 ",
    "walks and methods": "2+family:llama+1,@org:meta ",
    "quotes": '"a\\"b" ',
    "digits": "12345+a ",
    "unclosed": '"a',
    "stars": "*a*?[!b]",
}
SELECTORS = ("+last", "first+", "@last", "org:m1,year:2020..", "*9*", "date:2020-03..2021", "is:leaf", "uses:none*")


def best(work: Callable[[], Any], runs: int = 5) -> float:
    """Milliseconds of the fastest run; what a text or a name is refused for does not count."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        with contextlib.suppress(LineageError):
            work()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def grown(count: int) -> LineageGraph:
    """So many models, each with one to three parents among the hundred before it."""
    chance = random.Random(1)  # noqa: S311 - no secret
    names = ["first", *(f"m{place}" for place in range(1, count - 1)), "last"]
    nodes = []
    edges = []
    for place, name in enumerate(names):
        date = f"{2013 + place * 13 // count}-{1 + place % 12:02}"
        data = {"id": name, "kind": "model", "family": f"f{place % 97}", "organizations": [f"m{place % 31}"]}
        nodes.append(Node(name, "model", name, date, data))
        for parent in {chance.randrange(max(0, place - 100), place) for _ in range(chance.randint(1, 3)) if place}:
            edges.append(Edge(names[parent], name, "derived-from", "finetuned", "weights", "stated", (), {}))
    return LineageGraph(nodes, edges)


def main() -> None:
    """Print both tables."""
    print("milliseconds to read     1,024    2,048    4,096 characters")
    for name, unit in TEXTS.items():
        times = [best(lambda text=(unit * size)[:size]: parse(text)) for size in (1024, 2048, 4096)]  # type: ignore[misc]
        print(f"{name:20}", *(f"{one:9.2f}" for one in times))
    sizes = (1_000, 10_000, 100_000)
    graphs = [grown(size) for size in sizes]
    print("\nmilliseconds to answer", *(f"{size:9,}" for size in sizes), "models")
    for text in SELECTORS:
        times = [best(lambda graph=graph, text=text: select(graph, [text]), 2) for graph in graphs]  # type: ignore[misc]
        print(f"{text:22}", *(f"{one:9.2f}" for one in times))
    others = [graph.to_networkx() for graph in graphs]
    times = [best(lambda other=other: sorted(nx.ancestors(other, "last")), 2) for other in others]  # type: ignore[misc]
    print(f"{'nx.ancestors':22}", *(f"{one:9.2f}" for one in times))
    times = [best(lambda graph=graph: graph.as_of("2020"), 2) for graph in graphs]  # type: ignore[misc]
    print(f"{'as_of 2020':22}", *(f"{one:9.2f}" for one in times))


if __name__ == "__main__":
    main()
