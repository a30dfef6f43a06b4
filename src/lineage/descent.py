"""Descent as a tree to be read line by line, as `cargo tree` shows what a crate depends on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lineage.graph import Edge, LineageGraph
from lineage.vocabulary import BASES, Basis


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a tree: a node below the node that it hangs on."""

    depth: int
    """Steps from the start, which is 0."""
    node: str
    above: str
    """The node that it hangs on; nothing for a start."""
    edges: tuple[Edge, ...]
    """How the one came from the other, strongest basis first; none for a start."""
    last: bool
    """Whether nothing more hangs on the same node."""
    repeated: bool = False
    """Whether there is more below it, and it was shown further up."""
    cut: bool = False
    """Whether there is more below it than the depth lets be shown."""


def tree(
    graph: LineageGraph,
    starts: Sequence[str],
    *,
    up: bool = False,
    via: Collection[Basis] = BASES,
    depth: int | None = None,
) -> Iterator[Branch]:
    """What came of nodes (with ``up``: what they came from), each line below the one that it hangs on, in the order of dates.

    What hangs on a node is shown the first time only; after that the node is ``repeated``. With ``depth`` it is shown again
    where more of it fits than before, so that nothing within the depth is missing.

    >>> import lineage
    >>> [branch.node for branch in tree(lineage.load(), ["alpaca"], up=True, via=["weights"])]
    ['alpaca', 'llama']
    """
    step = graph.parents if up else graph.children
    room: dict[str, int] = {}  # how many generations below a node were shown at the most
    limit = depth if depth is not None else len(graph)
    stack = [
        Branch(0, start, "", (), last=place == len(starts) - 1) for place, start in reversed(list(enumerate(starts)))
    ]
    while stack:
        here = stack.pop()
        below = _by_date(graph, step(here.node, via))
        left = limit - here.depth
        if not below:
            yield here
        elif room.get(here.node, 0) >= max(left, 1):
            yield _marked(here, repeated=True)
        elif not left:
            yield _marked(here, cut=True)
        else:
            # Without a limit there is always as much room as there was before.
            room[here.node] = left if depth is not None else limit
            yield here
            for place, one in reversed(list(enumerate(below))):
                parent, child = (one, here.node) if up else (here.node, one)
                edges = graph.edges_between(parent, child, via)
                stack.append(Branch(here.depth + 1, one, here.node, edges, last=place == len(below) - 1))


def _marked(branch: Branch, *, repeated: bool = False, cut: bool = False) -> Branch:
    return Branch(branch.depth, branch.node, branch.above, branch.edges, branch.last, repeated, cut)


def _by_date(graph: LineageGraph, ids: Sequence[str]) -> list[str]:
    return sorted(ids, key=lambda one: (graph[one].last_day, one))
