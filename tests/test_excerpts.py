"""Small trees: what each shows."""

from __future__ import annotations

import csv
import json
import re
from importlib import resources
from pathlib import Path

import figure_quality
import pytest
from families import edge, model

from lineage import LineageError, LineageGraph, Node, SelectorError, UnknownNodeError
from lineage.excerpts import around, of_family, of_selection, of_technique, sections, without
from lineage.layout import lanes
from lineage.views import figure

SMALL = LineageGraph(
    [model(one, f"20{17 + i}", one.upper(), family="F" if one in "cd" else "G") for i, one in enumerate("abcdef")],
    [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("b", "e"), edge("a", "f", "outputs")],
)


def test_around_a_model() -> None:
    """So many generations up and down, and the model itself in focus."""
    assert around(SMALL, "c").ids == ("a", "b", "c", "d")
    assert around(SMALL, "C", up=1, down=0).ids == ("b", "c")
    found = around(SMALL, "b", up=0, down=1)
    assert (found.ids, found.focus, found.title) == (("b", "c", "e"), ("b",), "B and its relatives")
    assert found.said == "B, 0 generations up and 1 down"
    with pytest.raises(UnknownNodeError):
        around(SMALL, "nobody")


def test_a_family() -> None:
    """All models of it, however the name is written."""
    found = of_family(SMALL, "f")
    assert (found.ids, found.title) == (("c", "d"), "The F family")
    with pytest.raises(SelectorError):
        of_family(SMALL, 'no"body')


def test_a_selection() -> None:
    """The models of a selection; one without models has nothing to draw."""
    assert of_selection(SMALL, ["c+"], ["d"]).ids == ("c",)
    with pytest.raises(LineageError, match="holds no model"):
        of_selection(SMALL, ["a"], ["a"])
    assert without(around(SMALL, "c"), ["c", "a"]).focus == ()
    with pytest.raises(LineageError, match="nothing is left"):
        without(of_family(SMALL, "f"), "cd")


def test_a_technique(real: LineageGraph) -> None:
    """Who uses it, and what lies between them, so that kin hangs together."""
    found = of_technique(real, "RoPE")
    assert set(found.adopters) == set(real.adopters("rope"))
    assert set(found.adopters) < set(found.ids)
    assert found.techniques == ("rope",)
    layout = lanes(real, found.ids)
    loose = set(layout.boxes) - {link.target for link in layout.links}
    assert len(loose) < len(found.adopters) / 2
    with pytest.raises(LineageError, match="is a model"):
        of_technique(real, "llama")
    with pytest.raises(LineageError, match="is a technique"):
        around(real, "rope")


def test_the_sections_of_the_post(real: LineageGraph) -> None:
    """Nine years; every entry of the post is in its section, and its models are in the picture of it."""
    text = resources.files("lineage").joinpath("assets/post_sections.json").read_text(encoding="utf-8")
    shipped = {section["name"]: section["ids"] for section in json.loads(text)["sections"]}
    with (Path(__file__).parent / "post_entries.tsv").open(encoding="utf-8") as file:
        entries = {one for row in csv.DictReader(file, delimiter="\t") for one in row["ids"].split()}
    assert {one for ids in shipped.values() for one in ids} == entries
    found = sections(real)
    assert list(found) == list(shipped) == [str(year) for year in range(2017, 2026)]
    for name, excerpt in found.items():
        models = {one for one in shipped[name] if real[one].kind == "model"}
        assert models <= set(excerpt.ids)
        assert set(excerpt.focus) in (models, set())
        assert set(excerpt.techniques) == {one for one in shipped[name] if real[one].kind == "technique"}


def test_the_pictures_of_the_sections(real: LineageGraph) -> None:
    """Small, without faults, every technique of the section on the rail, the title that the post has."""
    drawn = figure.sections(real)
    for name, excerpt in sections(real).items():
        quality = figure_quality.measure(drawn[name])
        assert (quality.faults, quality.models) == (0, len(excerpt.ids))
        assert quality.techniques == len(excerpt.techniques)
        assert quality.free_error <= 1
        assert quality.time_error <= 10
        assert 0.5 <= quality.aspect <= 1.7
        assert re.search(rf'<title id="lineage-\w{{8}}-title">{re.escape(excerpt.title)}</title>', drawn[name])


def test_a_graph_without_the_post() -> None:
    """What a graph does not have makes no section."""
    assert sections(SMALL) == {}


def test_a_graph_with_a_part_of_the_post() -> None:
    """Who is there has a section that says so, in the number of what it shows, with what it hangs on."""
    graph = LineageGraph(
        [
            model("gpt-1", "2018-06", "GPT-1", collections=["evolution-of-llms"]),
            model("gpt-2", "2019-02", "GPT-2"),
            model("bert", "2018-10", "BERT"),
        ],
        [edge("gpt-1", "gpt-2")],
    )
    found = sections(graph)
    assert [(year, excerpt.ids, excerpt.focus, excerpt.said) for year, excerpt in found.items()] == [
        ("2018", ("bert", "gpt-1"), (), "the 2 models of this section that the graph has"),
        ("2019", ("gpt-1", "gpt-2"), ("gpt-2",), "the model of this section that the graph has and what it hangs on"),
    ]
    assert "2 of the 3 models of the graph, 2018–2019: the model of this section" in figure.sections(graph)["2019"]


def test_data_of_ones_own_have_no_sections_of_the_post(real: LineageGraph) -> None:
    """A model that is called as one of the post is no entry of it."""
    own = [
        Node(node.id, node.kind, node.name, node.date, {**node.data, "collections": ()})
        for node in real.select("llama alpaca").nodes()
    ]
    assert sections(LineageGraph(own, [])) == {}
    assert "2023" in sections(real.select("llama alpaca"))
