"""Every format is read back by a program that is not ours: the same ids, edges, relations and dates come out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, get_args

import dendropy
import jsonschema
import networkx as nx
import prov.model
import pytest
from Bio.Phylo.NewickIO import Parser
from citeproc.source.json import CiteProcJSON
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from families import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from lineage import Edge, LineageGraph, Node
from lineage.errors import LimitError
from lineage.graph import frozen
from lineage.views import dot
from lineage.views.exchange import FORMATS, write
from lineage.views.exchange.content import project, words
from lineage.views.exchange.mermaid import MAX_CHARACTERS, MAX_EDGES
from lineage.vocabulary import BASIS_OF_RELATION, Relation

# -- graphs with hostile names -----------------------------------------------------------------------------------------

TRICKS = st.sampled_from(
    [
        HOSTILE,
        "=cmd|'/c calc'!A1",
        "+1",
        "-1",
        "@SUM(A1)",
        "'quoted",
        '"]; click n0 "javascript:alert(1)"',
        "%%{init: {'securityLevel': 'loose'}}%%",
        "end",
        "1. list",
        "- list",
        "`**bold**`",
        "a(b)[c]{d}:e;f,g'h",
        "it''s",
        r"\input{secret} {unbalanced } % $x_1^2$ # ~",
        "]]><x>&bomb;",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "tab\there\r\nand line",
        "\x00\x1b[2J\ufffe\ud800",
        "\u202eright to left",
        "通义千问 🦙 é",
        "__proto__",
        "x" * 300,
    ]
)
NAMES = TRICKS | st.text(min_size=1, max_size=20).filter(str.strip)
IDS = st.lists(
    st.from_regex(r"[a-z0-9]{1,4}([.-][a-z0-9]{1,3}){0,2}", fullmatch=True), min_size=1, max_size=8, unique=True
)


@st.composite
def graphs(draw: st.DrawFn) -> LineageGraph:
    """Small graphs of all kinds of nodes and edges, earlier to later; ids are sound, names are not."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for place, node_id in enumerate(draw(IDS)):
        kind: Any = draw(st.sampled_from(["model", "model", "model", "paper", "technique"]))
        name, year = draw(NAMES), 2000 + place
        date = draw(st.sampled_from([f"{year}", f"{year}-02", f"{year}-02-24"]))
        source = {"url": "https://example.org/a?b=c&d", "shows": draw(NAMES)}
        data: dict[str, Any] = {"id": node_id, "kind": kind, "name": name, "aliases": [], "date": date}
        data |= {"dates": [{"kind": "paper", "date": date}], "sources": [source]}
        if kind == "model":
            data |= {"organizations": [draw(NAMES)], "family": draw(NAMES), "architecture": "decoder-only"}
            data |= {
                "weights": "open",
                "origin": "undisclosed",
                "license": draw(NAMES),
                "variants": [{"name": draw(NAMES)}],
            }
        if kind == "paper":
            data |= {"title": name, "authors": [draw(NAMES), "et al."], "organizations": [], "type": "paper"}
            data |= {"contribution": "model", "address": "https://example.org/p"}
        for earlier in nodes:
            if draw(st.booleans()):
                edges += _edges(draw, earlier, node_id, kind, source)
        nodes.append(Node(node_id, kind, name, date, frozen(data)))
    return LineageGraph(nodes, edges)


def _edges(draw: st.DrawFn, earlier: Node, later: str, kind: str, source: dict[str, str]) -> Iterator[Edge]:
    kinds: dict[tuple[str, str], list[Any]] = {
        ("model", "model"): ["derived-from", "derived-from", "succeeds"],
        ("paper", "technique"): ["introduced-technique", "described-by"],
        ("paper", "model"): ["described-by"],
        ("model", "technique"): ["introduced-technique"],
        ("technique", "model"): ["uses-technique"],
        ("technique", "technique"): ["refines"],
    }
    for edge_kind in sorted(
        set(draw(st.lists(st.sampled_from(kinds.get((earlier.kind, kind), [None])), max_size=2))) - {None}
    ):
        relation = draw(st.sampled_from(get_args(Relation))) if edge_kind == "derived-from" else None
        basis = BASIS_OF_RELATION[relation] if relation else "succession" if edge_kind == "succeeds" else None
        data = {"source": earlier.id, "target": later, "kind": edge_kind, "relation": relation, "basis": basis}
        data |= {"evidence": "stated", "sources": [source], "note": draw(NAMES)}
        yield Edge(
            source=earlier.id,
            target=later,
            kind=edge_kind,
            relation=relation,
            basis=basis,
            evidence="stated",
            sources=frozen([source]),
            data=frozen(data),
        )


Claims = Counter[tuple[str, str, str, str]]


def claims(graph: LineageGraph) -> Claims:
    """Every edge as its ends, kind and relation."""
    return Counter((edge.source, edge.target, edge.kind, edge.relation or "") for edge in graph.edges())


def told(edges: Iterable[tuple[str, str, dict[str, Any]]]) -> Claims:
    """The same from the attributes that a reader found."""
    return Counter((source, target, data["kind"], data.get("relation") or "") for source, target, data in edges)


@pytest.fixture(name="lines", scope="session")
def _lines(real: LineageGraph) -> LineageGraph:
    """A part of the real data that every format can take."""
    return real.subgraph(
        {"alpaca", "wizardlm", "zephyr", "rope", "mistral-7b", *real.ancestors("alpaca"), *real.ancestors("zephyr")}
    )


# -- what each reader finds --------------------------------------------------------------------------------------------


def _check_json(text: str, graph: LineageGraph) -> None:
    content = json.loads(text)
    assert (content["format"], content["format_version"]) == ("lineage/graph", 1)
    assert content["nodes"] == json.loads(
        _characters(json.dumps([dict(node.data) for node in graph.nodes()], ensure_ascii=False))
    )
    assert told((edge["source"], edge["target"], edge) for edge in content["edges"]) == claims(graph)


def _characters(text: str) -> str:
    """Text in which a half of a pair is the sign for what is no character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _check_ndjson(text: str, graph: LineageGraph) -> None:
    head, *rows = [json.loads(line) for line in text.splitlines()]
    assert head["nodes"] == len([row for row in rows if row["record"] == "node"]) == len(graph)
    assert [row["id"] for row in rows if row["record"] == "node"] == list(graph)
    assert told((row["source"], row["target"], row) for row in rows if row["record"] == "edge") == claims(graph)


def _check_networkx(found: Any, graph: LineageGraph) -> None:
    assert found.is_directed()
    assert {one: data["date"] for one, data in found.nodes(data=True)} == {node.id: node.date for node in graph.nodes()}
    assert told(found.edges(data=True)) == claims(graph)


def _check_node_link(text: str, graph: LineageGraph) -> None:
    found = nx.node_link_graph(json.loads(text), edges="edges")
    _check_networkx(found, graph)
    assert {one: data["name"] for one, data in found.nodes(data=True)} == {
        node.id: _characters(node.name) for node in graph.nodes()
    }


def _check_cytoscape(text: str, graph: LineageGraph) -> None:
    found = nx.cytoscape_graph(json.loads(text))
    _check_networkx(found, graph)
    assert {one: data["name"] for one, data in found.nodes(data=True)} == {
        node.id: _characters(node.name) for node in graph.nodes()
    }


def _check_graphml(text: str, graph: LineageGraph) -> None:
    assert "<!" not in text
    found = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    _check_networkx(found, graph)
    assert {one: data.get("label") or "" for one, data in found.nodes(data=True)} == {
        node.id: words(node.name) for node in graph.nodes()
    }
    ids = re.findall(r'<edge [^>]*\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids)) == len(graph.edges())


def _check_gexf(text: str, graph: LineageGraph) -> None:
    assert "<!" not in text
    assert "lastmodified" not in text.partition("<nodes")[0]
    found = nx.read_gexf(io.BytesIO(text.encode()))
    _check_networkx(found, graph)
    assert {one: data["label"] for one, data in found.nodes(data=True)} == {
        node.id: words(node.name) for node in graph.nodes()
    }


def _cell(text: str) -> str:
    return text.removeprefix("'")


def _check_csv(text: str, graph: LineageGraph) -> None:
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == list(graph)
    assert [_cell(row["name"]) for row in rows] == [words(node.name) for node in graph.nodes()]
    assert [row["date"] for row in rows] == [node.date for node in graph.nodes()]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    found = Counter((one, row["id"], "succeeds", "") for row in rows for one in row["succeeds"].split("; ") if one)
    for row in rows:
        for one in filter(None, row["derived_from"].split("; ")):
            parent, relation = one.split(" ")
            found[parent, row["id"], "derived-from", relation] += 1
    assert found == Counter(
        {key: count for key, count in claims(graph).items() if key[2] in {"derived-from", "succeeds"}}
    )


def _check_csv_edges(text: str, graph: LineageGraph) -> None:
    rows = list(csv.DictReader(io.StringIO(text)))
    assert told((row["source"], row["target"], row) for row in rows) == claims(graph)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def _check_dot(text: str, graph: LineageGraph) -> None:
    assert dot.draw(text, nodes=len(graph), edges=len(graph.edges())).startswith("<svg")


def _check_svg(text: str, graph: LineageGraph) -> None:
    assert dot._counted(text) == (len(graph), len(graph.edges()))


MERMAID = re.compile(
    r'  (?P<node>n\d+)(?:\["(?P<model>[^"]*)"\]|>"(?P<paper>[^"]*)"\]|\{\{"(?P<technique>[^"]*)"\}\})'
    r"|  (?P<source>n\d+) (?:==>|-->|-\.->|-\.-)\|(?P<label>[a-z-]+)\| (?P<target>n\d+)"
)


def _check_mermaid(text: str, graph: LineageGraph) -> None:
    """By the grammar of flowcharts: https://mermaid.js.org/syntax/flowchart.html."""
    first, *lines = text.splitlines()
    assert first == "flowchart LR"
    found = [MERMAID.fullmatch(line) for line in lines]
    assert all(found)
    rows = [one.groupdict() for one in found if one]
    ids = dict(zip([row["node"] for row in rows if row["node"]], graph, strict=True))
    kinds = {
        ids[row["node"]]: kind for row in rows for kind in ("model", "paper", "technique") if row[kind] is not None
    }
    assert kinds == {node.id: node.kind for node in graph.nodes()}
    assert Counter((ids[row["source"]], ids[row["target"]], row["label"]) for row in rows if row["source"]) == Counter(
        (edge.source, edge.target, edge.label) for edge in graph.edges()
    )
    labels = [row[kind] for row in rows for kind in ("model", "paper", "technique") if row[kind] is not None]
    assert not [label for label in labels if re.search(r"[^\w ,()'/#;-]|_", label)]
    assert not [label for label in labels if re.search(r"#(?!\d+;)", label)]


def _forest(graph: LineageGraph) -> dict[str, tuple[str, float]]:
    """Each model with the one it hangs on and its time after the first root."""
    tree = project(graph)
    first = min(tree.times[one] for one in tree.roots)
    return {one: (tree.edges[one].source if one in tree.edges else "", tree.times[one] - first) for one in tree.times}


def _check_newick(text: str, graph: LineageGraph) -> None:
    if not graph.nodes("model"):
        assert text == "();\n"
        return
    wanted = _forest(graph)
    found = dendropy.Tree.get(
        data=text,
        schema="newick",
        preserve_underscores=True,
        suppress_internal_node_taxa=True,
        suppress_leaf_node_taxa=True,
    )
    read = {
        node.label: (node.parent_node.label or "" if node.parent_node else "", node.distance_from_root())
        for node in found.preorder_node_iter()
        if node.label
    }
    assert {one: parent for one, (parent, _) in read.items()} == {one: parent for one, (parent, _) in wanted.items()}
    assert all(abs(read[one][1] - wanted[one][1]) < 1e-4 for one in wanted)
    (again,) = Parser(io.StringIO(text)).parse()  # type: ignore[no-untyped-call]
    assert {clade.name for clade in again.find_clades() if clade.name} == set(wanted)


NODE_OF_AUSPICE = {
    "type": "object",
    "required": ["name", "node_attrs"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": r"^\S+$"},
        "node_attrs": {
            "type": "object",
            "required": ["num_date"],
            "properties": {
                "num_date": {
                    "type": "object",
                    "required": ["value"],
                    "properties": {
                        "value": {"type": "number"},
                        "confidence": {"type": "array", "items": {"type": "number"}},
                    },
                },
                "hidden": {"enum": ["always", "timetree", "divtree"]},
                "url": {"type": "string", "pattern": "^https?://.+$"},
            },
            "additionalProperties": {
                "type": "object",
                "required": ["value"],
                "properties": {"value": {"type": ["string", "number", "boolean"]}},
            },
        },
        "branch_attrs": {"type": "object"},
        "children": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/node"}},
    },
}
AUSPICE = {
    "$defs": {"node": NODE_OF_AUSPICE},
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "meta", "tree"],
    "properties": {
        "version": {"const": "v2"},
        "meta": {
            "type": "object",
            "required": ["updated", "panels"],
            "properties": {
                "updated": {"type": "string", "pattern": "^[0-9X]{4}-[0-9X]{2}-[0-9X]{2}$"},
                "panels": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"enum": ["tree", "map", "frequencies", "entropy", "measurements"]},
                },
                "colorings": {"type": "array", "items": {"type": "object", "required": ["key", "type"]}},
            },
        },
        "tree": {"$ref": "#/$defs/node"},
    },
}
"""What the documentation of the format asks for, in our own words: https://docs.nextstrain.org/projects/auspice."""


def _check_auspice(text: str, graph: LineageGraph) -> None:
    content = json.loads(text)
    jsonschema.validate(content, AUSPICE)
    found: dict[str, str] = {}
    relations: dict[str, str] = {}
    queue = [(content["tree"], "")]
    while queue:
        node, parent = queue.pop()
        assert node["name"] not in found
        found[node["name"]] = parent
        relation = node["node_attrs"].get("relation", {}).get("value")
        if relation:
            relations[node["name"]] = relation
        hidden = node["node_attrs"].get("hidden")
        queue += [(child, "" if hidden else node["name"]) for child in node.get("children", ())]
    found.pop("lineage-root", None)
    tree = project(graph)
    assert found == {one: parent for one, (parent, _) in _forest(graph).items()}
    assert relations == {one: edge.label for one, edge in tree.edges.items()}


def _check_bibtex(text: str, graph: LineageGraph) -> None:
    found = parse_string(text, "bibtex")
    assert set(found.entries) >= {node.id for node in graph.nodes("paper")}
    assert all(entry.fields["year"] == graph[one].date[:4] for one, entry in found.entries.items() if one in graph)
    # Nothing that LaTeX would obey, but the escapes that we wrote ourselves.
    rest = re.sub(
        r"\\(textbackslash|textbraceleft|textbraceright|textasciitilde|textasciicircum)\{\}|\\[#$%&_]", "", text
    )
    assert "\\" not in rest


def _check_csl(text: str, graph: LineageGraph) -> None:
    content = json.loads(text)
    source = CiteProcJSON(content)
    assert set(source) >= {node.id for node in graph.nodes("paper")}
    assert {item["type"] for item in content} <= {"article", "report", "webpage", "post-weblog"}
    dates = {item["id"]: "-".join(f"{part:02}" for part in item["issued"]["date-parts"][0]) for item in content}
    assert {one: date for one, date in dates.items() if one in graph} == {
        node.id: node.date for node in graph.nodes("paper")
    }


def _check_cyclonedx(text: str, graph: LineageGraph) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    content = json.loads(text)
    assert "serialNumber" not in content
    assert [one["bom-ref"] for one in content["components"]] == [node.id for node in graph.nodes("model")]
    found: Claims = Counter()
    for one in content["components"]:
        for entry in one["properties"]:
            _, kind, *parent = entry["name"].split(":")
            if parent:
                relation = entry["value"].partition(" (")[0] if kind == "derived-from" else ""
                found[parent[0], one["bom-ref"], kind, relation] += 1
    assert found == Counter(
        {key: count for key, count in claims(graph).items() if key[2] in {"derived-from", "succeeds"}}
    )
    bodily = {
        (edge.source, edge.target) for edge in graph.edges("derived-from") if edge.basis in {"weights", "outputs"}
    }
    assert {(parent, one["ref"]) for one in content["dependencies"] for parent in one["dependsOn"]} == bodily
    assert sum(len(one.get("pedigree", {}).get("ancestors", ())) for one in content["components"]) == len(bodily)


def _check_prov(text: str, graph: LineageGraph) -> None:
    found = prov.model.ProvDocument.deserialize(content=text, format="json")
    entities = {
        record.identifier.localpart: record for record in found.get_records(prov.model.ProvEntity) if record.identifier
    }
    assert set(entities) == set(graph)
    assert {one: str(next(iter(record.get_attribute("lineage:date")))) for one, record in entities.items()} == {
        node.id: node.date for node in graph.nodes()
    }
    read: Claims = Counter()
    for record in [*found.get_records(prov.model.ProvDerivation), *found.get_records(prov.model.ProvInfluence)]:
        later, earlier = [value.localpart for _, value in record.formal_attributes[:2] if value]
        types = {one.localpart for one in record.get_asserted_types()} - {"Revision"}
        relation = types & set(get_args(Relation))
        read[earlier, later, min(types - relation), min(relation, default="")] += 1
    assert read == claims(graph)


CHECKS = {name: globals()[f"_check_{name.replace('-', '_')}"] for name in FORMATS}


# -- tests -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_the_reader_of_a_format_finds_what_was_written(name: str, lines: LineageGraph, real: LineageGraph) -> None:
    """A part of the real data comes back with all ids, edges, relations and dates that the format holds."""
    CHECKS[name](write(name, lines, real).text, lines)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"dot", "mermaid", "svg"}))
def test_the_whole_graph_goes_into_every_format_without_a_limit(name: str, real: LineageGraph) -> None:
    """All of the data comes back from every format that is made for so much."""
    CHECKS[name](write(name, real).text, real)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"svg"}))
@given(graph=graphs())
@settings(max_examples=25)
def test_no_name_breaks_out_of_a_format(name: str, graph: LineageGraph) -> None:
    """Names with controls, formulas, markup, directives and quotes come back as text, or as text without what cannot be held."""
    if name == "auspice" and not graph.nodes("model"):
        return
    CHECKS[name](write(name, graph).text, graph)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_lost_in_silence(name: str, lines: LineageGraph, real: LineageGraph) -> None:
    """What is left out is counted: nothing of four formats, something of each other one, and no count is zero."""
    left_out = write(name, lines, real).left_out

    assert bool(left_out) == (name not in {"json", "ndjson", "node-link", "cytoscape"})
    assert all(count > 0 for count, _ in left_out)


def test_the_counts_of_a_tree_are_those_of_the_edges_that_are_missing(lines: LineageGraph) -> None:
    """Edges that hang plus edges that are counted as left out are all edges."""
    tree = project(lines)
    counted = {what: count for count, what in tree.left_out(lines, set(), set())}
    kinds = ("further parents", "uses", "introductions", "descriptions", "refinements")

    assert len(tree.edges) + sum(counted.get(kind, 0) for kind in kinds) == len(lines.edges())


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_graph_gives_the_same_bytes(name: str, lines: LineageGraph, real: LineageGraph) -> None:
    """No clock, no random number and no order of making comes through."""
    again = LineageGraph(reversed(lines.nodes()), reversed(lines.edges()))

    assert write(name, again, real) == write(name, lines, real)
    assert "2026-11" not in write("gexf", lines).text.partition("<nodes")[0]


def test_mermaid_says_when_github_would_not_show_it(real: LineageGraph) -> None:
    """Too many edges and too much text are refused with the limit and the way out."""
    with pytest.raises(LimitError, match=rf"more than GitHub shows of a Mermaid diagram \({MAX_EDGES}\)"):
        write("mermaid", real)
    lone = LineageGraph(
        [Node(f"m{place}", "model", "通" * 80, "2020", {"id": f"m{place}"}) for place in range(1000)], []
    )
    with pytest.raises(LimitError, match=rf"\({MAX_CHARACTERS:,}\); choose a smaller selection"):
        write("mermaid", lone)


def test_a_long_line_of_descent_is_written_or_refused() -> None:
    """Five thousand generations are one Newick tree; auspice JSON, which nests, refuses them."""
    nodes = [Node(f"m{place:04}", "model", "x", "2020", {"dates": []}) for place in range(5000)]
    edges = [Edge(one.id, other.id, "succeeds", None, "succession", "stated", (), {}) for one, other in pairwise(nodes)]
    graph = LineageGraph(nodes, edges)

    assert write("newick", graph).text.count("(") == 4999
    with pytest.raises(LimitError, match="5,000 generations are more than viewers"):
        write("auspice", graph)


def test_names_are_counted_and_unknown_formats_refused(lines: LineageGraph) -> None:
    """A format that does not exist is an error with the list of those that do."""
    with pytest.raises(ValueError, match="`xlsx` is no format; there are json, ndjson, "):
        write("xlsx", lines)
