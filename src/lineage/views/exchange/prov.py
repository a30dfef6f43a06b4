"""W3C PROV as PROV-JSON: nodes are entities, makers are agents, edges are derivations and influences.

`derived-from` and `succeeds` are ``wasDerivedFrom`` (a succession is a ``prov:Revision``), `refines` likewise; a use, an
introduction and a description are ``wasInfluencedBy``. The exact kind and relation of each stand in ``prov:type``.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from lineage.graph import Edge, LineageGraph, Node
from lineage.views.exchange.content import EDGE_HOLDS, NODE_HOLDS, TEXT_FIELDS, Exchanged, words
from lineage.views.exchange.losses import left_out

NAMESPACE: Final = "urn:model-lineage:"
_DERIVED: Final = frozenset({"derived-from", "succeeds", "refines"})
_SCALARS: Final = (
    "family",
    "architecture",
    "weights",
    "origin",
    "license",
    "category",
    "contribution",
    "arxiv",
    "type",
    "url",
    "context_length",
)
_LISTS: Final = ("aliases", "authors", "collections", "pretraining_tasks")
_NODE_HOLDS: Final = NODE_HOLDS | {"dates[0].kind", "included_because.reason", "sources.url"}


def write(graph: LineageGraph) -> Exchanged:
    """One document. Statements are numbered in the order of the edges."""
    agents = sorted({name for node in graph.nodes() for name in node.organizations})
    numbers = {name: f"lineage:organization-{number}" for number, name in enumerate(agents, 1)}
    content: dict[str, Any] = {
        "prefix": {"lineage": NAMESPACE, "xsd": "http://www.w3.org/2001/XMLSchema#"},
        "entity": {_name(node.id): _entity(node) for node in graph.nodes()},
        "agent": {
            numbers[name]: {"prov:label": words(name), "prov:type": _type("prov:Organization")} for name in agents
        },
        "wasAttributedTo": {},
        "wasDerivedFrom": {},
        "wasInfluencedBy": {},
    }
    for node in graph.nodes():
        for name in node.organizations:
            place = f"_:a{len(content['wasAttributedTo']) + 1}"
            content["wasAttributedTo"][place] = {"prov:entity": _name(node.id), "prov:agent": numbers[name]}
    for number, edge in enumerate(graph.edges(), 1):
        if edge.kind in _DERIVED:
            ends = {"prov:generatedEntity": _name(edge.target), "prov:usedEntity": _name(edge.source)}
            content["wasDerivedFrom"][f"_:e{number}"] = ends | _statement(edge)
        else:
            ends = {"prov:influencee": _name(edge.target), "prov:influencer": _name(edge.source)}
            content["wasInfluencedBy"][f"_:e{number}"] = ends | _statement(edge)
    kept = {name: value for name, value in content.items() if value}
    lost = left_out(graph, lambda _: _NODE_HOLDS, lambda _: EDGE_HOLDS)
    return Exchanged(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", lost)


def _name(node_id: str) -> str:
    """A qualified name: what no id of ours has, but another graph's may have, is written as ``%XX``."""
    return f"lineage:{quote(node_id.encode('utf-8', 'replace'), safe='-._')}"


def _type(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _entity(node: Node) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "prov:type": _type(f"lineage:{node.kind}"),
        "prov:label": words(node.name),
        "lineage:date": node.date,
    }
    for name in (*_SCALARS, *TEXT_FIELDS):
        if value := node.data.get(name):
            entity[f"lineage:{name}"] = words(str(value))
    if kind := next((event["kind"] for event in node.data.get("dates", ()) if event["date"] == node.date), None):
        entity["lineage:date-kind"] = kind
    if reasons := [one["reason"] for one in node.data.get("included_because", ())]:
        entity["lineage:included-because"] = reasons
    for name in _LISTS:
        if values := node.data.get(name):
            entity[f"lineage:{name}"] = [words(value) for value in values]
    if sources := [_address(source["url"]) for source in node.data.get("sources", ())]:
        entity["lineage:source"] = sources
    return entity


def _statement(edge: Edge) -> dict[str, Any]:
    types = [_type(f"lineage:{edge.kind}")]
    if edge.relation:
        types.append(_type(f"lineage:{edge.relation}"))
    if edge.kind == "succeeds":
        types.append(_type("prov:Revision"))
    statement: dict[str, Any] = {"prov:type": types, "lineage:evidence": edge.evidence}
    for name in ("role", "note"):
        if value := edge.data.get(name):
            statement[f"lineage:{name}"] = words(value)
    if dispute := edge.data.get("disputed"):
        statement["lineage:disputed-by"] = words(dispute["by"])
    if edge.sources:
        statement["lineage:source"] = [_address(source["url"]) for source in edge.sources]
    return statement


def _address(url: str) -> dict[str, str]:
    return {"$": words(url), "type": "xsd:anyURI"}
