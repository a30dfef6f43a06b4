"""What the words of figures say: legend, caption, names in boxes, and what is refused; on the shipped data."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdf
import pytest
from click.testing import CliRunner, Result
from families import edge, family, model

from lineage import LineageError, LineageGraph
from lineage.beams import grow
from lineage.cli import cli
from lineage.forest import cut, shortened, text_width, told_apart
from lineage.layout import lanes
from lineage.limbs import choose
from lineage.trellis import LONGEST, NAME, Plan
from lineage.views import figure, growth, tree
from lineage.views.palette import DARK
from lineage.views.picture import Subject


def run(*arguments: str) -> Result:
    """``lineage figure`` with these arguments."""
    return CliRunner().invoke(cli, ["figure", *arguments])


def words(text: str) -> str:
    """Everything that is written in a figure."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)", text))


# -- names -----------------------------------------------------------------------------------------------------------


def test_names_that_differ_are_written_apart(real: LineageGraph) -> None:
    """In lanes of all models, and in a tree of any of them: no two boxes have one text for two names."""
    names = {node.id: node.name for node in real.nodes("model")}
    for labels in (
        {one: box.label for one, box in lanes(real).boxes.items()},
        {one: box.lines[0] for one, box in Plan(choose(real, 1000), 1.0).boxes.items()},
    ):
        assert len(labels) == len(names)
        assert [text for text, count in Counter(labels.values()).items() if count > 1] == []


def test_no_name_of_the_data_is_cut_in_a_tree(real: LineageGraph) -> None:
    """A box is as wide as its name."""
    boxes = Plan(choose(real, 1000), 1.0).boxes
    assert [box.lines[0] for box in boxes.values() if "…" in box.lines[0]] == []


@pytest.mark.parametrize(
    "names",
    [
        ["a" * 200 + "1", "a" * 200 + "2"],
        ["1" + "a" * 200, "2" + "a" * 200],
        ["a" * 100 + "1" + "a" * 100, "a" * 100 + "2" + "a" * 100],
        ["通" * 90 + "一", "通" * 90 + "二", "通" * 90],
    ],
)
def test_cut_names_are_told_apart(names: list[str]) -> None:
    """Wherever two long names differ, their labels do, and fit; the same name has the same label."""
    called = dict(zip("xyzu", [*names, names[0]], strict=False))
    labels = told_apart(called, {one: cut(name, NAME, LONGEST) for one, name in called.items()}, NAME, LONGEST)
    assert len(set(labels.values())) >= len(set(names))
    assert all(text_width(label, NAME) <= LONGEST for label in labels.values())
    graph = LineageGraph([model(one, "2020", name) for one, name in called.items()], [])
    assert len({box.label for box in lanes(graph).boxes.values()}) >= len(set(names))


def test_the_middle_is_left_out() -> None:
    """A cut name keeps its beginning and its end; a short one is whole."""
    assert cut("DeepSeek-Prover-V1.5", 10, 80).endswith("V1.5")
    assert cut("DeepSeek-Prover-V1.5", 10, 80).startswith("DeepS")
    assert cut("BERT", 10, 80) == "BERT"
    assert cut("BERT", 10, 5) == shortened("BERT", 10, 5)


# -- legend and caption ----------------------------------------------------------------------------------------------


def test_the_legend_of_the_lanes_says_what_width_and_pills_mean() -> None:
    """Width is told where lines differ in it; a pill tells of what hangs on a model, not of what came of it."""
    graph = family(80, 3)
    some = [node.id for node in graph.nodes("model")][:40]
    text = figure.svg(graph, lanes(graph, some))
    assert "the thicker, the more hang on it" in words(text)
    assert "so many hang on it, not drawn" in words(text)
    assert "“+3” beside a box: 3 models that are not drawn hang on it." in words(text)
    assert "came of it" not in text
    assert re.search(r"<title>\d+ more models? hangs? on ", text)
    pair = LineageGraph([model("a", "2020"), model("b", "2021")], [edge("a", "b")])
    assert "thicker" not in figure.svg(pair, lanes(pair))


def test_the_line_of_a_technique_is_in_the_legend() -> None:
    """The dotted upright that begins where a marked technique is introduced."""
    text = run("--highlight", "technique:rope").stdout
    assert text.count('class="since"') >= 2
    assert "RoPE is introduced" in words(text)
    assert "RoPE is introduced" not in words(run("--highlight", "+bert").stdout)


@pytest.mark.parametrize("page", ["a4", "a3", "a2"])
def test_the_caption_of_a_page_adds_up(page: str, real: LineageGraph) -> None:
    """Shown and folded are all; those that hang on none are some of the folded."""
    text = words(run("--page", page).stdout)
    shown, total = map(int, re.findall(r"(\d+) of the (\d+) models of the graph", text)[0])
    (folded,) = map(int, re.findall(r"For want of room (\d+) are folded", text))
    assert total == len(real.nodes("model")) == shown + folded
    loose, of = map(int, re.findall(r"(\d+) of the (\d+) hang on none of those shown", text)[0])
    assert of == folded > loose
    assert not re.search(r"\d+ more hang", text)


def test_the_caption_of_a_small_figure_adds_up() -> None:
    """What is folded of a family is counted among the family."""
    text = words(run("--family", "llama", "--budget", "10").stdout)
    shown, asked = map(int, re.findall(r"(\d+) of the (\d+) models asked for", text)[0])
    (folded,) = map(int, re.findall(r"For want of room (\d+) are folded", text))
    assert (shown, folded) == (10, asked - 10)
    assert "hang on none" not in text


# -- what is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [[], ["--family", "llama"], ["--technique", "moe"], ["--style", "tree"]])
def test_via_without_effect_is_refused(asked: list[str]) -> None:
    """Where nothing is followed, ``--via`` is an error of usage and says what it belongs to."""
    told = run(*asked, "--via", "weights")
    assert (told.exit_code, "--via says which descent --focus, --select" in told.stderr) == (2, True)


def test_via_is_told() -> None:
    """The caption says by which descent was followed."""
    assert "generations up and 1 down, by weights only." in words(run("--focus", "alpaca", "--via", "weights").stdout)
    assert "the selection +alpaca, by weights only." in words(run("--select", "+alpaca", "--via", "weights").stdout)
    marked = words(run("--highlight", "+alpaca", "--via", "weights").stdout)
    assert "are selected by +alpaca, by weights only" in marked
    assert " only." not in words(run("--focus", "alpaca").stdout)


def test_nothing_to_draw() -> None:
    """Before the first model there is no figure, as there is none of an empty selection."""
    empty, none = run("--as-of", "1990"), run("--select", "llama,bert")
    assert (empty.exit_code, empty.stdout) == (none.exit_code, none.stdout)
    assert isinstance(empty.exception, LineageError)
    assert str(empty.exception) == "the graph as of 1990 holds no model; there is nothing to draw"


@pytest.mark.parametrize("style", ["lanes", "tree"])
def test_dark_paper(tmp_path: Path, style: str) -> None:
    """A PDF is dark where that is asked for; of gv it is refused."""
    path = tmp_path / "x.pdf"
    asked = ["--focus", "roberta", "--style", style, "--ground", "dark"]
    assert run(*asked, "-o", str(path)).exit_code == 0
    content = pypdf.PdfReader(path).pages[0].get_contents()
    assert content is not None
    first = re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) rg", content.get_data().decode("latin-1"))[0]
    page = [int(DARK.page[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    assert [float(each) for each in first] == pytest.approx(page, abs=0.01)
    refused = run(*asked, "--format", "gv")
    assert (refused.exit_code, "--ground dark" in refused.stderr) == (2, True)


# -- sections and Graphviz -------------------------------------------------------------------------------------------


def test_sections_fit_a_column(real: LineageGraph) -> None:
    """As wide as 680 pixels at the most, and so no letter is smaller than drawn."""
    for text in figure.sections(real).values():
        assert float(re.findall(r'width="([\d.]+)pt"', text)[0]) <= figure.COLUMN == 680 * 72 / 96


def test_the_fill_of_a_restricted_box_begins_below_its_name() -> None:
    """Its edge does not run through the letters."""
    graph = LineageGraph([model("a", "2020", weights="restricted")], [])
    root = ET.fromstring(figure.svg(graph, lanes(graph)))  # noqa: S314 - our own picture
    link = root.find(".//{*}a")
    assert link is not None
    half, name = link.find("{*}path"), link.find("{*}text")
    assert half is not None
    assert name is not None
    assert float(re.findall(r"M[\d.]+ ([\d.]+)", half.attrib["d"])[0]) >= float(name.attrib["y"])


def test_labels_of_graphviz_fit_their_boxes() -> None:
    """With a number in brackets, which is wider than a raised one, the letters are a little smaller."""
    graph = family(12, 1)
    layout = grow(choose(graph), evaluations=4)
    numbers = {one: 33 for one, parent in layout.chosen.parents.items() if parent}
    text = growth.gv(graph, tree.svg(graph, layout, "light", numbers), layout.chosen.parents)
    found = re.findall(r'label="([^"]*)"[^\]]*?fontsize=([\d.]+)[^\]]*? width=([\d.]+)', text.replace("[33]", "(33)"))
    assert len(found) == len(layout.leaves)
    for label, size, width in found:
        assert max(text_width(line, float(size)) for line in unescape(label).split("\n")) <= 72 * float(width) - 10
    assert min(float(size) for _, size, _ in found) >= 10


def test_a_subject_alone_says_what_is_folded() -> None:
    """Without a number of what was asked for, it is that of the graph."""
    graph = family(60, 3)
    text = words(figure.svg(graph, lanes(graph, list(graph)[:20]), Subject("x", "some", folded=True)))
    assert "20 of the 60 models asked for" in text
