"""A graph in a notebook: it shows itself as a figure, selects, and becomes two tables."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import toy

import lineage
from lineage import Edge, LineageGraph, Node, UnknownNodeError, notebook
from lineage.errors import ToolError

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    """The picture as a tree of elements."""
    return ET.fromstring(svg)  # noqa: S314 - our own picture; expat knows no external entities


def names(svg: str) -> set[str]:
    """The ids of the models that a figure shows."""
    return {one for node in parsed(svg).iter(f"{SVG}g") if (one := node.get("data-id"))}


def shown(graph: LineageGraph) -> str:
    """The figure, which has to be there."""
    svg = graph._repr_svg_()
    assert svg is not None
    return svg


def test_a_small_graph_shows_all_of_its_models(graph: LineageGraph) -> None:
    """Each model has a box, and no technique or paper has one."""
    assert names(shown(graph)) == set("abcdefg")


def test_a_large_graph_shows_the_models_that_matter(real: LineageGraph) -> None:
    """So many as are said, the caption says how many there are, and it takes less than a second."""
    began = time.process_time()
    svg = shown(real)

    assert time.process_time() - began < 1
    assert len(names(svg)) == notebook.MOST_MODELS
    assert f"60 of the {len(real.nodes('model'))} models" in svg
    assert {"transformer", "bert", "gpt-3", "llama"} < names(svg)


def test_a_notebook_is_asked_by_ipython(graph: LineageGraph) -> None:
    """The formatter of IPython finds the figure, and keeps the text beside it."""
    formats = pytest.importorskip("IPython.core.formatters")
    data, _ = formats.DisplayFormatter(active_types=["text/plain", "image/svg+xml"]).format(graph)

    assert data == {"text/plain": "<LineageGraph: 11 nodes, 14 edges>", "image/svg+xml": graph._repr_svg_()}


def test_the_figure_stands_alone(graph: LineageGraph) -> None:
    """It links to no page, loads nothing, and shares no id with another figure of the same notebook."""
    one, other = shown(graph), shown(graph.select("+d"))

    assert "href" not in one
    assert set(re.findall(r"url\((?!data:font/woff2)", one)) == set()
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert ids[0].isdisjoint(ids[1])
    labels = re.search(r'aria-labelledby="([^"]+)"', one)
    assert labels
    assert set(labels[1].split()) == ids[0]


def test_a_graph_without_models_is_shown_as_text(graph: LineageGraph) -> None:
    """Techniques alone, and nothing at all, make no figure."""
    assert graph.select("kind:technique")._repr_svg_() is None
    assert graph.subgraph([])._repr_svg_() is None
    assert repr(graph.subgraph([])) == "<LineageGraph: 0 nodes, 0 edges>"


def test_a_graph_that_cannot_be_drawn_is_shown_as_text(graph: LineageGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that fails, and a graph that is too large for one, stop no cell."""

    def fail(*_: object, **__: object) -> str:
        raise RecursionError("too deep")

    monkeypatch.setattr("lineage.views.figure.svg", fail)
    assert graph._repr_svg_() is None
    monkeypatch.undo()
    assert graph._repr_svg_() is not None
    monkeypatch.setattr(notebook, "MOST_NODES", 10)
    assert graph._repr_svg_() is None


def test_a_hostile_name_is_text_in_the_figure(tmp_path: Path) -> None:
    """What looks like a tag or like our own marks is a name and nothing else."""
    bad = """'</a><script>alert(1)</script><a href="x">&lineage-title'"""
    graph = lineage.load(toy.write(tmp_path, {"x.yaml": toy.model("a", "2020", name=bad)}))
    svg = shown(graph)

    assert [node.tag for node in parsed(svg).iter() if node.tag.endswith("script")] == []
    assert [node.attrib for node in parsed(svg).iter() if any("href" in name for name in node.attrib)] == []


@pytest.mark.parametrize("shape", ["tree", "chain", "star"])
def test_a_very_large_graph_is_drawn_in_a_second(shape: str) -> None:
    """Three thousand models: the figure does not grow with them, and neither does the time it takes, by much."""
    count = 3000
    parents = {one: {"tree": one // 2, "chain": one - 1, "star": 0}[shape] for one in range(1, count)}
    nodes = [Node(f"m{one}", "model", f"M {one}", "2020", _data(one)) for one in range(count)]
    edges = [
        Edge(f"m{parent}", f"m{one}", "derived-from", "finetuned", "weights", "stated", (), {})
        for one, parent in parents.items()
    ]
    graph = LineageGraph(nodes, edges)
    began = time.process_time()

    assert len(names(shown(graph))) == notebook.MOST_MODELS
    assert time.process_time() - began < 1


def _data(number: int) -> dict[str, object]:
    return {
        "id": f"m{number}",
        "kind": "model",
        "name": f"M {number}",
        "date": "2020",
        "dates": ({"kind": "weights", "date": "2020"},),
        "organizations": ("Acme",),
        "family": "M",
        "architecture": "decoder-only",
        "weights": "open",
        "origin": "scratch",
        "aliases": (),
        "sources": (),
    }


def test_a_selection_is_a_graph(graph: LineageGraph) -> None:
    """It has the nodes of the selection and the edges between them, and can be asked again."""
    line = graph.select("+d", exclude="c")

    assert line.ids == ("a", "b", "d")
    assert toy.edge_names(line.edges()) == ["a finetuned b", "b merged d"]
    assert line.select("kind:model,1+d").ids == ("b", "d")
    assert graph.select("a", "b").ids == graph.select("a b").ids == ("a", "b")
    assert graph.select("a+", via=["outputs"]).ids == ("a", "f")
    assert graph.select().ids == tuple(graph)
    assert graph.select("+d", exclude=["b", "c"]).ids == ("a", "d")


def test_a_question_takes_a_name(graph: LineageGraph) -> None:
    """An id, a name and an alias mean the same node wherever a node is asked about."""
    assert graph.path("First", "Model E") == graph.path("a", "e") == ("a", "b", "d", "e")
    assert graph.paths("First", "Model E") == graph.paths("a", "e")
    assert graph.common_ancestors("Model B", "MODEL C") == ("a",)
    assert graph.edges_between("Model A", "Model B") == graph.edges_between("a", "b")
    assert graph.layout_parent("Model E") == graph.layout_parent("e")
    assert graph.distances("Model D", up=True) == graph.distances("d", up=True)
    assert graph.parents("Model E") == ("d",)
    with pytest.raises(UnknownNodeError, match="no node is called `Model Z`"):
        graph.path("a", "Model Z")


def test_no_line_of_descent_is_an_empty_path(graph: LineageGraph) -> None:
    """Backwards, from a node to itself, and where only other kinds of descent join the two."""
    assert graph.path("e", "a") == graph.path("a", "a") == graph.path("a", "f", via=["weights"]) == ()


def test_a_graph_becomes_two_tables(graph: LineageGraph) -> None:
    """Rows, columns, dates as days, lists that can be taken apart, and missing values that are missing."""
    nodes, edges = graph.to_pandas()

    assert list(nodes.index) == list(graph)
    assert list(nodes.columns[:8]) == [
        "kind",
        "name",
        "date",
        "year",
        "earliest",
        "latest",
        "organizations",
        "family",
    ]
    row = nodes.loc["d"]
    assert (row["date"], row["year"], str(row["earliest"].date()), str(row["latest"].date())) == (
        "2020-02",
        2020,
        "2020-02-01",
        "2020-02-29",
    )
    assert bool(nodes["family"].isna()["t"])
    assert sorted(nodes.explode("organizations")["organizations"].dropna().unique()) == ["Acme", "Other"]
    descent = edges[edges["relation"].notna()]
    assert [" ".join(row) for row in descent[["source", "relation", "target"]].itertuples(index=False)] == (
        toy.edge_names(graph.edges("derived-from"))
    )
    assert set(edges["urls"]) == {("https://arxiv.org/abs/1706.03762",)}
    assert edges["source"].isin(nodes.index).all()


def test_an_empty_graph_becomes_empty_tables(graph: LineageGraph) -> None:
    """The columns that are always there are there."""
    nodes, edges = graph.subgraph([]).to_pandas()

    assert (len(nodes), len(edges)) == (0, 0)
    assert {"kind", "name", "date", "year", "earliest"} < set(nodes.columns)
    assert {"source", "target", "relation"} < set(edges.columns)


def test_without_pandas_the_error_says_how_to_get_it(graph: LineageGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that is missing, with the command that brings it."""
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ToolError, match=r'^pandas is not installed; pip install "model-lineage\[pandas\]" brings it$'):
        graph.to_pandas()


def test_importing_the_package_imports_no_figure() -> None:
    """What a notebook needs is imported when it is asked for."""
    code = (
        "import sys, lineage; lineage.load().ids;"
        "print(sorted({'pandas', 'networkx', 'pydantic', 'lineage.views', 'lineage.layout'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", "import lineage; lineage.load()"], check=True)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
