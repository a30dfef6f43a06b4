"""CycloneDX 1.6: a machine-learning bill of materials, where a component comes from in its pedigree.

The specification holds that `pedigree` is the place for base models (CycloneDX/specification#284). It has no word for a
succession or for a design that was taken over, so these stand in properties, as do relation and evidence of every parent.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from lineage.graph import Edge, LineageGraph, Node
from lineage.views.exchange.content import Exchanged, words
from lineage.views.exchange.losses import left_out
from lineage.views.prose import address

_PARTS: Final = ("weights", "outputs")
"""The bases on which something of the parent is in the child."""
_SPDX: Final = frozenset(
    {
        "AFL-3.0",
        "AGPL-3.0-only",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC-BY-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-ND-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-SA-4.0",
        "CC0-1.0",
        "GPL-3.0-only",
        "MIT",
    }
)
"""Identifiers that the schema of CycloneDX knows; any other licence is given by its name."""
_HUB: Final = re.compile(r"https://huggingface\.co/([\w.-]+/[\w.-]+)/?", re.ASCII)
_FIELDS: Final = ("family", "weights", "origin", "context_length", "extension", "application", "corpus")
_LISTS: Final = {"aliases": "alias", "collections": "collection", "pretraining_tasks": "pretraining-task"}
_NODE_HOLDS: Final = frozenset(
    {"id", "kind", "name", "organizations", "dates[0].date", "dates[0].kind", "architecture", "license", "sources.url"}
    | {"variants.name", "variants.parameters", "variants.active_parameters", "variants.url", *_FIELDS, *_LISTS}
)
_DESCENT_HOLDS: Final = frozenset({"kind", "relation", "evidence"})
_NAMED_HOLDS: Final = frozenset({"kind"})
"""Of the edges to techniques and papers, which properties name."""
_KINDS: Final = {"uses-technique": "uses", "introduced-technique": "introduced-by", "described-by": "described-by"}


def write(graph: LineageGraph, whole: LineageGraph) -> Exchanged:
    """A component for each model. No serial number and no time: the same graph gives the same bytes."""
    models = graph.nodes("model")
    content = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [_component(graph, whole, node) for node in models],
        "dependencies": [{"ref": node.id, "dependsOn": sorted(_parents(graph, node.id))} for node in models],
    }

    def edge_holds(edge: Edge) -> frozenset[str] | None:
        if edge.kind in {"derived-from", "succeeds"}:
            return _DESCENT_HOLDS
        return _NAMED_HOLDS if "model" in {graph[edge.source].kind, graph[edge.target].kind} else None

    lost = left_out(graph, lambda node: _NODE_HOLDS if node.kind == "model" else None, edge_holds)
    return Exchanged(json.dumps(content, ensure_ascii=False, indent=2) + "\n", lost)


def _parents(graph: LineageGraph, one: str) -> set[str]:
    return {edge.source for edge in graph.in_edges(one, "derived-from") if edge.basis in _PARTS}


def _component(graph: LineageGraph, whole: LineageGraph, node: Node) -> dict[str, Any]:
    component = _identity(node, node.id)
    data = node.data
    if licence := data.get("license"):
        known = licence in _SPDX
        component["licenses"] = [{"license": {"id": licence} if known else {"name": words(licence)}}]
    described = [whole[edge.source] for edge in whole.in_edges(node.id, "described-by")]
    links = [("documentation", paper.data.get("address", "")) for paper in described]
    links += [("model-card" if _HUB.match(one["url"]) else "other", one["url"]) for one in data.get("sources", ())]
    references = [{"type": sort, "url": address(url)} for sort, url in dict.fromkeys(links) if address(url)]
    if references:
        component["externalReferences"] = references
    pedigree: dict[str, Any] = {}
    ancestors = sorted(_parents(graph, node.id))
    if ancestors:
        pedigree["ancestors"] = [_identity(graph[one], "") for one in ancestors]
    if data.get("variants"):
        pedigree["variants"] = [_variant(node, one) for one in data["variants"]]
    notes = "; ".join(
        f"{edge.label} {'after' if edge.basis == 'succession' else 'from'} {words(graph[edge.source].name)} ({edge.evidence})"
        for edge in graph.in_edges(node.id, "derived-from", "succeeds")
    )
    if notes:
        pedigree["notes"] = notes
    if pedigree:
        component["pedigree"] = pedigree
    if data.get("architecture"):
        component["modelCard"] = {"modelParameters": {"architectureFamily": words(data["architecture"])}}
    component["properties"] = _properties(graph, node)
    return component


def _identity(node: Node, reference: str) -> dict[str, Any]:
    identity: dict[str, Any] = {"type": "machine-learning-model"}
    if reference:
        identity["bom-ref"] = reference
    if node.organizations:
        identity["group"] = words(", ".join(node.organizations))
    identity["name"] = words(node.name) or node.id
    if repository := _repository(node):
        identity["purl"] = f"pkg:huggingface/{repository}"
    return identity


def _repository(node: Node) -> str:
    """The repository on the Hub where the model has one and no more; several sizes have one each, as variants."""
    found = [_HUB.fullmatch(one.get("url") or "") for one in node.data.get("variants", ())]
    named = [one[1] for one in found if one]
    return named[0] if len(named) == len(found) == 1 else ""


def _variant(node: Node, variant: Any) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "machine-learning-model",
        "name": words(f"{node.name} {variant['name']}"),
    }
    if found := _HUB.fullmatch(variant.get("url") or ""):
        component["purl"] = f"pkg:huggingface/{found[1]}"
    elif link := address(variant.get("url") or ""):
        component["externalReferences"] = [{"type": "other", "url": link}]
    sizes = [
        {"name": f"lineage:{name.replace('_', '-')}", "value": variant[name]}
        for name in ("parameters", "active_parameters")
        if variant.get(name)
    ]
    return component | ({"properties": sizes} if sizes else {})


def _properties(graph: LineageGraph, node: Node) -> list[dict[str, str]]:
    pairs = [("lineage:date", node.date)]
    pairs += [
        ("lineage:date-kind", event["kind"]) for event in node.data.get("dates", ()) if event["date"] == node.date
    ][:1]
    pairs += [
        (f"lineage:{name.replace('_', '-')}", words(str(node.data[name]))) for name in _FIELDS if node.data.get(name)
    ]
    pairs += [(f"lineage:{said}", words(one)) for name, said in _LISTS.items() for one in node.data.get(name, ())]
    pairs += [
        (f"lineage:{edge.kind}:{edge.source}", _claim(edge))
        for edge in graph.in_edges(node.id, "derived-from", "succeeds")
    ]
    pairs += [(f"lineage:{_KINDS[edge.kind]}", edge.source) for edge in graph.in_edges(node.id, *_TOLD)]
    pairs += [("lineage:introduces", edge.target) for edge in graph.out_edges(node.id, "introduced-technique")]
    return [{"name": name, "value": value} for name, value in pairs]


_TOLD: Final = ("uses-technique", "described-by")


def _claim(edge: Edge) -> str:
    return f"{edge.relation} ({edge.evidence})" if edge.relation else edge.evidence
