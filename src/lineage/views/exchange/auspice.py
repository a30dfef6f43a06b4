"""Auspice JSON, version 2: the models as a tree in time that auspice.us and Taxonium open.

The format is described by ``schema-export-v2.json`` of nextstrain/augur.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from lineage.errors import LimitError
from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged, Projection, project, words, years
from lineage.views.prose import address

MAX_GENERATIONS: Final = 200
"""The format nests as deep as the tree is; viewers walk it by recursion."""
ROOT: Final = "lineage-root"
"""What the roots hang on where there are several; viewers do not show it."""
_COLOURED: Final = {
    "architecture": "Architecture",
    "family": "Family",
    "organization": "Maker",
    "weights": "Weights",
    "relation": "Relation to the parent",
    "evidence": "Evidence",
}
_NODE_HOLDS: Final = frozenset(
    {"id", "kind", "name", "dates[0].date", "organizations", "architecture", "family", "weights", "sources[0].url"}
)
_EDGE_HOLDS: Final = frozenset({"kind", "relation", "evidence"})


def write(graph: LineageGraph) -> Exchanged:
    """One tree with dates, the fields of the models as colours, and names as labels of branches.

    Raises:
        LimitError: if the graph has no model, or more generations than viewers take.
    """
    tree = project(graph)
    if not tree.roots:
        raise LimitError("an auspice tree needs a model; choose a selection that has one")
    if tree.depth > MAX_GENERATIONS:
        raise LimitError(
            f"{tree.depth:,} generations are more than viewers of auspice JSON take ({MAX_GENERATIONS}); "
            "choose a smaller selection"
        )
    built: dict[str, dict[str, Any]] = {}
    for one in reversed(tree.order()):
        built[one] = _node(graph, tree, one)
        if tree.children[one]:
            built[one]["children"] = [built.pop(child) for child in tree.children[one]]
    root = built[tree.roots[0]]
    if len(tree.roots) > 1:
        name = ROOT
        while name in tree.times:
            name += "-"
        first = min(tree.times[one] for one in tree.roots)
        attributes = {"hidden": "always", "num_date": {"value": first}}
        root = {"name": name, "node_attrs": attributes, "children": [built[one] for one in tree.roots]}
    latest = max((node.interval.end, node.date) for node in graph.nodes("model"))[1]
    content = {
        "version": "v2",
        "meta": {
            "title": "Family tree of language models",
            "updated": (latest + "-XX-XX")[:10],
            "panels": ["tree"],
            "colorings": [{"key": key, "title": title, "type": "categorical"} for key, title in _COLOURED.items()],
            "filters": ["architecture", "family", "organization", "weights"],
            "display_defaults": {"color_by": "architecture", "distance_measure": "num_date", "branch_label": "model"},
        },
        "tree": root,
    }
    return Exchanged(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", tree.left_out(graph, _NODE_HOLDS, _EDGE_HOLDS)
    )


def _node(graph: LineageGraph, tree: Projection, one: str) -> dict[str, Any]:
    node = graph[one]
    first, _, last = years(node.interval)
    date: dict[str, Any] = {"value": tree.times[one]}
    if first != last:
        date["confidence"] = [first, last]
    attributes: dict[str, Any] = {"num_date": date}
    values = {key: node.data.get(key) for key in ("architecture", "family", "weights")}
    values["organization"] = ", ".join(node.organizations)
    edge = tree.edges.get(one)
    if edge:
        values |= {"relation": edge.label, "evidence": edge.evidence}
    values |= {"full_name": node.name, "date": node.date}
    attributes |= {key: {"value": words(value)} for key, value in values.items() if value and words(value)}
    link = next((address(source["url"]) for source in node.data.get("sources", ())), "")
    if link:
        attributes["url"] = link
    label = words(node.name) or words(one)
    return {
        "name": re.sub(r"\s", "_", one),
        "node_attrs": attributes,
        "branch_attrs": {"labels": {"model": label}},
    }
