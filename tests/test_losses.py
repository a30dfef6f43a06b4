"""What an export loses is counted from the records: a field that no writer knows cannot be lost in silence."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from itertools import count
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from lineage import Edge, LineageGraph, Node
from lineage.catalog import Entry
from lineage.graph import frozen
from lineage.index import _edge, _node
from lineage.records import EDGE_FIELDS, RECORD_CLASSES, Claim, Derivation, Introduction, written_edges
from lineage.views.exchange import FORMATS, losses, write

LOSSLESS = {"json", "ndjson", "node-link", "cytoscape"}
COMPUTED = {"date", "title", "address", "location", "source", "target", "basis"}


class Filler:
    """Records in which every field of the record classes is filled, each text unlike every other."""

    def __init__(self) -> None:
        self.numbers = count(101)

    def fill(self, made: type[BaseModel], **given: Any) -> dict[str, Any]:
        """All fields of a class."""
        return {
            name: given[name] if name in given else self.value(field.annotation, name)
            for name, field in made.model_fields.items()
            if name not in EDGE_FIELDS or name in given
        }

    def value(self, annotation: Any, name: str) -> Any:
        """A value of this type; of a list two."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        number = next(self.numbers)
        if origin is Annotated:
            return self.value(arguments[0], name)
        if origin in {Union, UnionType}:
            return self.value(next(one for one in arguments if one is not type(None)), name)
        if origin is tuple:
            return [self.value(arguments[0], name) for _ in range(2)]
        if origin is Literal:
            return arguments[-1]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self.fill(annotation)
        if annotation is bool:
            return True
        if annotation is int:
            return 90_000 + number
        special = {
            "collections": f"set-{number}",
            "date": f"20{number % 50 + 20}-01-{number % 28 + 1:02}",
            "url": f"https://example.org/{number}",
            "arxiv": f"2401.{number:05}",
            "parameters": f"{number}.5T",
            "active_parameters": f"{number}.5K",
        }
        return special.get(name, f"Marker{number}")


@pytest.fixture(name="full", scope="module")
def _full() -> LineageGraph:
    """Two papers, two techniques and two models, with an edge of each kind; every field of all of them is filled."""
    filler = Filler()
    papers = []
    for one, without in (("p1", "url"), ("p2", "arxiv")):
        paper = filler.fill(RECORD_CLASSES["paper"], id=one, kind="paper", **{without: None})
        papers.append(paper)
    techniques = [filler.fill(RECORD_CLASSES["technique"], id=one, kind="technique") for one in ("t1", "t2")]
    models = [filler.fill(RECORD_CLASSES["model"], id=one, kind="model") for one in ("m1", "m2", "m3")]
    ends = {"derived_from": ["m1"], "succeeds": ["m1", "m2"], "uses_technique": ["t1"], "described_by": ["p1"]}
    ends |= {"introduced_technique": ["t2"], "refines": ["t1"]}
    for record in (models[2], papers[0], techniques[1]):
        made = RECORD_CLASSES[record["kind"]]
        for name, field in made.model_fields.items():
            if name in EDGE_FIELDS:
                claim = get_args(field.annotation)[0]
                key = EDGE_FIELDS[name].key
                record[name] = [filler.fill(claim, **{key: end}) for end in ends[name]]
    entries = [
        Entry(RECORD_CLASSES[one["kind"]].model_validate(one), "a.yaml", {(): 1})
        for one in (*papers, *techniques, *models)
    ]
    nodes = [_node(entry, {"t1": "2020-01-01", "t2": "2020-01-01"}) for entry in entries]
    edges = [_edge(entry.record.id, edge) for entry in entries for edge in written_edges(entry.record)]
    assert {edge.kind for edge in edges} == {field.kind for field in EDGE_FIELDS.values()}
    return LineageGraph(nodes, edges)


def leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every value of a record that is said in words or numbers, with the names of the fields that lead to it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(path, inner)
    elif value not in (None, False, ""):
        yield path, "true" if value is True else str(value)


def told(table: Mapping[str, tuple[str, str]], path: str) -> set[str]:
    """The words under which a field may be counted: its own, or those of what it is in."""
    parts = path.split(".")
    names = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return {word for name in names for part in ("", "[1:]") for word in losses._named(table, name + part)}


@pytest.mark.parametrize("name", FORMATS)
def test_every_field_is_in_the_text_or_is_counted(name: str, full: LineageGraph) -> None:
    """Whatever stands in any field of a record is read in what is written, or its field is among those that are counted as lost."""
    made = write(name, full, full)
    text = html.unescape(made.text)
    counted = {what for _, what in made.left_out}
    # What a drawing shows by its look, a list of references by its sort and a tree by its branches is not said in words.
    silent = {"dot": {"kind", "weights"}, "svg": {"kind", "weights"}, "mermaid": {"kind"}}
    silent |= {"newick": {"kind"}, "bibtex": {"kind", "type"}, "csl": {"kind", "type"}, "cyclonedx": {"kind"}}
    silent |= {"auspice": {"kind"}, "csv": {"kind"}}
    lost = []
    things: list[Node | Edge] = [*full.nodes(), *full.edges()]
    for thing in things:
        table = losses._NODE_WORDS if isinstance(thing, Node) else losses._EDGE_WORDS
        whole = set(losses._KIND_WORDS[thing.kind])
        if isinstance(thing, Edge) and thing.basis:
            whole |= set(losses.FURTHER_PARENT)
        for path, value in leaves("", thing.data):
            if path.split(".")[0] in COMPUTED or path in silent.get(name, ()):
                continue
            if value in text or _written(path, value) in text:
                continue
            if counted.isdisjoint(told(table, path) | whole):
                lost.append((thing.kind, path, value))

    assert lost == []
    assert bool(counted) == (name not in LOSSLESS)


def _written(path: str, value: str) -> str:
    """How lists of references write dates."""
    if path == "dates.date":
        year, month, day = (int(part) for part in value.split("-"))
        return json.dumps([year, month, day], indent=2).replace("\n", "\n      ")
    return value


@pytest.mark.parametrize("name", FORMATS)
def test_a_field_that_no_writer_knows_is_counted(name: str, full: LineageGraph) -> None:
    """A new field of a record is in the text of the formats that lose nothing, and is counted by its own name in every other one."""
    nodes = [
        Node(one.id, one.kind, one.name, one.date, frozen({**one.data, "new_field": "Novelty"})) for one in full.nodes()
    ]
    edges = [
        Edge(one.source, one.target, one.kind, one.relation, one.basis, one.evidence, one.sources,
             frozen({**one.data, "new_field": ["Novelty", "Second"]}))
        for one in full.edges()
    ]  # fmt: skip
    graph = LineageGraph(nodes, edges)
    made = write(name, graph, graph)

    if name in LOSSLESS:
        assert made.left_out == ()
        assert made.text.count("Novelty") == len(nodes) + len(edges)
    else:
        assert "Novelty" not in made.text
        assert any(what in {"values of `new field`", "value of `new field`"} for _, what in made.left_out)


def test_every_field_of_the_records_has_words() -> None:
    """No field of a model, a paper, a technique or a claim is counted by the name that it has in the files."""
    nodes = {name for made in RECORD_CLASSES.values() for name in made.model_fields} - set(EDGE_FIELDS) - {"title"}
    claims = {name for made in (Claim, Derivation, Introduction) for name in made.model_fields}

    assert nodes - set(losses._NODE_WORDS) == set()
    assert claims - {"parent", "technique"} - set(losses._EDGE_WORDS) == set()


def test_the_counts_are_those_of_the_records(real: LineageGraph) -> None:
    """Of Alpaca and LLaMA the counts are what one counts by hand in their records: whole things first, then the most first."""
    two = real.subgraph(["llama", "alpaca"])
    nodes = [real[one].data for one in ("llama", "alpaca")]
    (edge,) = two.edges()
    sources = [one for node in nodes for one in node["sources"]] + list(edge.sources)
    events = [one for node in nodes for one in node["dates"]]
    wanted = {
        "sizes and editions": sum(len(node["variants"]) for node in nodes),
        "further dates": len(events) - 2,
        "sources of dates": sum(
            len(one.get("sources", ())) for one in events if one["date"] in {"2023-02-24", "2023-03-13"}
        ),
        "words on what sources show": len(sources),
        "places in sources": sum("locator" in one for one in sources),
        "grounds for being in": sum("note" in one for node in nodes for one in node["included_because"]),
    }
    singular = {
        "further dates": "further date",
        "sources of dates": "source of a date",
        "grounds for being in": "ground for being in",
    }
    found = {what: number for number, what in write("prov", two).left_out}

    assert found == {
        (singular.get(what, what) if number == 1 else what): number for what, number in wanted.items() if number
    }
    assert write("newick", two).left_out[0][0] >= write("newick", two).left_out[1][0]
    assert write("csv-edges", two).left_out[0] == (2, "models")


@pytest.mark.parametrize("name", sorted(set(FORMATS) - LOSSLESS))
def test_one_is_no_plural_and_many_are(name: str, full: LineageGraph, real: LineageGraph) -> None:
    """Each count has the noun of its number, in a selection of one model and in one in which every field is filled."""
    tables = (losses._NODE_WORDS, losses._EDGE_WORDS, losses._KIND_WORDS)
    pairs = {*(pair for table in tables for pair in table.values()), losses.FURTHER_PARENT}
    one, many = ({pair[place] for pair in pairs} for place in (0, 1))
    counted = [*write(name, full, full).left_out, *write(name, real.subgraph(["alpaca"]), real).left_out]

    assert {what for number, what in counted if number == 1} <= one
    assert {what for number, what in counted if number > 1} <= many
    assert one.isdisjoint(many)
