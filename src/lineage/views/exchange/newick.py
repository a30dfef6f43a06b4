"""Newick: the models, each below its layout parent, with years for lengths of branches."""

from __future__ import annotations

import re
from typing import Final

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged, project

_NODE_HOLDS: Final = frozenset({"id", "kind", "dates[0].year"})
_PLAIN: Final = re.compile(r"[A-Za-z0-9.-]+")


def write(graph: LineageGraph) -> Exchanged:
    """One tree; several roots hang on one without a name. Labels are ids, in quotes where they have other signs.

    A branch is as long as the years between parent and child; a child whose date may lie before that of its parent has
    the length 0. Without a model it is ``();``, which the format has for a tree of one leaf without a name, and readers take so.
    """
    tree = project(graph)
    written: dict[str, str] = {}
    for one in reversed(tree.order()):
        below = ",".join(written.pop(child) for child in tree.children[one])
        edge = tree.edges.get(one)
        length = f":{tree.times[one] - tree.times[edge.source]:.6f}" if edge else ""
        written[one] = (f"({below})" if below else "") + _label(one) + length
    if len(tree.roots) == 1:
        text = written[tree.roots[0]]
    else:
        first = min((tree.times[one] for one in tree.roots), default=0.0)
        text = f"({','.join(f'{written[one]}:{tree.times[one] - first:.6f}' for one in tree.roots)})"
    return Exchanged(f"{text};\n", tree.left_out(graph, _NODE_HOLDS, frozenset()))


def _label(node_id: str) -> str:
    if _PLAIN.fullmatch(node_id):
        return node_id
    return "'" + " ".join(node_id.split()).replace("'", "''") + "'"
