"""Small trees in the look of the hero: a neighbourhood, a family, a technique, a selection, any number of models."""

from __future__ import annotations

import io
import itertools
import re
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree as ET

import figure_quality
import pytest
from click.testing import CliRunner, Result
from families import HARD, HOSTILE, chain, edge, family, model
from PIL import Image
from tree_quality import measure

from lineage import LineageGraph, excerpts
from lineage.cli import cli
from lineage.errors import OutputError
from lineage.forest import text_width, usual_width
from lineage.layout import lanes
from lineage.limbs import choose
from lineage.views import figure, growth, paper, tree
from lineage.views.picture import Subject
from lineage.views.prose import escaped


def excerpt(graph: LineageGraph, ids: list[str] | None = None) -> excerpts.Excerpt:
    """Some models, the first of them in focus."""
    chosen = tuple(sorted(ids or [node.id for node in graph.nodes("model")]))
    return excerpts.Excerpt("Some models", chosen, "some of them", chosen[:1], "the first")


def written(text: str) -> list[str]:
    """The words of a picture."""
    root = ET.fromstring(text)  # noqa: S314 - our own picture
    return ["".join(each.itertext()) for each in root.iterfind(".//{*}text")]


# -- form ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 5, 12, 20, 40, 60])
@pytest.mark.parametrize("seed", [2])
def test_any_number_of_models_is_well_formed(size: int, seed: int) -> None:
    """Nothing overlaps, crosses or leaves the page, few hang where they came from; it is legible, bounded, and repeats."""
    graph = family(size, seed)
    part = excerpt(graph)
    layout = excerpts.grown(graph, part)
    subject = Subject("Some models", "some of them", frozenset(part.focus), "the first")
    text = tree.svg(graph, layout, subject=subject)
    quality = measure(text)
    assert (quality.faults, quality.other_parents if size < 48 else 0) == (0, 0)
    assert quality.models == len(layout.leaves) >= min(size, 0.6 * size + 4)
    assert quality.smallest_text >= 10
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.time_error_months <= 1.2
    assert layout.evaluations <= 250
    assert part.focus[0] in layout.leaves
    assert text.count('class="ring"') == 2  # the model and the legend
    assert tree.svg(graph, excerpts.grown(graph, part), subject=subject) == text


@pytest.mark.parametrize(
    "asked",
    [
        ["--focus", "roberta", "--up", "2", "--down", "1"],
        ["--focus", "bert", "--up", "0", "--down", "0"],
        ["--focus", "mistral-7b"],
        ["--focus", "llama-2"],
        ["--focus", "alpaca", "--up", "9"],
        *(["--family", one] for one in ("llama", "claude", "t5", "gpt", "phi", "qwen", "deepseek")),
        ["--select", "org:openai"],
        ["--technique", "sparsely-gated-moe", "--budget", "30"],
        ["--select", "+gpt-4", "--exclude", "gpt-3"],
    ],
    ids=" ".join,
)
def test_a_part_of_the_real_data(tmp_path: Path, asked: list[str], real: LineageGraph) -> None:
    """What is asked for in lanes can be had as a tree: the same models, sound, in every form."""
    # Every form takes as long as the search for places; once is enough.
    forms = ("svg", "png", "pdf", "gv") if "roberta" in asked else ("svg",)
    out = {form: tmp_path / f"x.{form}" for form in forms}
    told = [
        CliRunner().invoke(cli, ["figure", "--style", "tree", *asked, "-o", str(path)], catch_exceptions=False)
        for path in out.values()
    ]
    assert [one.exit_code for one in told] == [0] * len(forms)
    text = out["svg"].read_text(encoding="utf-8")
    quality = measure(text)
    assert (quality.faults, quality.smallest_text >= 10, 0.5 <= quality.aspect <= 1.7) == (0, True, True)
    assert quality.other_parents == 0 or quality.models == 30, "what a reader takes for the parent is the parent"
    assert (quality.mark_contrast >= 3, quality.text_contrast >= 4.5) == (True, True)
    assert f"{quality.models} of {len(real.nodes('model'))} models" in told[0].stderr
    starts = {"png": b"\x89PNG", "pdf": b"%PDF", "gv": b"digr", "svg": b"<svg"}
    assert all(path.read_bytes()[:4] == starts[form] for form, path in out.items())


def test_every_section_of_the_post_grows(real: LineageGraph) -> None:
    """Each is a tree with all of its models and no fault."""
    found = excerpts.sections(real)
    assert len(found) >= 8
    for part in found.values():
        layout = excerpts.grown(real, part)
        assert set(layout.leaves) == set(part.ids), part.title
        quality = measure(tree.svg(real, layout, subject=Subject(part.title, part.said)))
        assert (quality.faults, quality.other_parents) == (0, 0), part.title


def test_a_wrong_parent_is_read(real: LineageGraph) -> None:
    """The measure takes the parent from the lines, not from what the picture says of itself."""
    layout = excerpts.grown(real, excerpts.around(real, "roberta"))
    text = tree.svg(real, layout)
    children = text.count('data-parent="roberta"')
    assert children == 9
    assert measure(text.replace('data-parent="roberta"', 'data-parent="bert"')).other_parents == children
    assert measure(text.replace('data-parent="roberta"', 'data-parent=""')).false_ancestors == children


def test_a_date_of_a_year_is_after_that_of_the_parent(real: LineageGraph) -> None:
    """A child of which only the year is known stands above its parent, and still in that year."""
    layout = excerpts.grown(real, excerpts.around(real, "mistral-7b"))
    child, parent = layout.leaves["openhermes-2.5"], layout.leaves["mistral-7b"]
    assert real["openhermes-2.5"].date == "2023"
    assert child.y < parent.y
    assert measure(tree.svg(real, layout)).time_error_months == 0


def test_what_is_asked_for_by_name_is_not_folded(real: LineageGraph) -> None:
    """A model that a selection names stays, though others are more important; so does the one in focus."""
    found = excerpts.of_selection(real, ["+alpaca"])
    assert found.named == ("alpaca",)
    assert "alpaca" in excerpts.grown(real, found, 3).leaves


# -- what it says ----------------------------------------------------------------------------------------------------


def test_the_transformer_does_not_lead_the_limb_of_bert() -> None:
    """The limb on which encoders stand has their colour, whatever the one that they came from is."""
    root = model("transformer", "2017", architecture="encoder-decoder")
    encoders = [
        model(f"e{place}", f"201{8 + place % 2}-0{1 + place}", architecture="encoder-only") for place in range(4)
    ]
    graph = LineageGraph([root, *encoders], [edge("transformer", "e0"), *(edge("e0", one.id) for one in encoders[1:])])
    chosen = choose(graph)
    assert chosen.stem == "transformer"
    assert [(limb.band, limb.path[0]) for limb in chosen.root.limbs] == [("encoder-only", "e0")]


def test_who_came_by_way_of_others_hangs_on_who_is_shown() -> None:
    """Of a chain the ends: the last hangs on the first, and the caption says that models are passed over."""
    graph = chain(["2019", "2020", "2021", "2022"])
    part = excerpts.closed(graph, ["c000", "c003"])
    assert [(one.source, one.target, one.sources) for one in part.edges()] == [("c000", "c003", ())]
    assert excerpts.closed(graph, ["c000", "c001"]).edges() == graph.subgraph(["c000", "c001"]).edges()
    layout = excerpts.grown(graph, excerpt(graph, ["c000", "c003"]))
    assert layout.chosen.parents == {"c000": "", "c003": "c000"}
    told = " ".join(written(tree.svg(graph, layout, subject=Subject(said="the ends"))))
    assert "2 models, 2019–2022: the ends." in told
    assert "2 of the 4 models of the graph." in told
    assert "A line may pass over models that are not shown." in told


def test_the_legend_is_of_what_is_there() -> None:
    """No key for what no box has, and no chart of one maker."""
    graph = chain(["2019", "2020"])
    told = written(tree.svg(graph, excerpts.grown(graph, excerpt(graph)), subject=Subject(said="both")))
    keys = {
        "open weights",
        "restricted licence",
        "closed",
        "models folded in",
        "X is a parent too",
        "number in references.md",
    }
    assert keys & set(told) == {"open weights"}
    assert "Models per maker" not in told


@pytest.mark.parametrize("makers", [1, 10, 40])
def test_legend_and_chart_do_not_touch(makers: int) -> None:
    """However many makers with however long names, and whatever the legend has to say."""
    kinds = ("decoder-only", "encoder-only", "encoder-decoder", "state-space", "undisclosed", "diffusion", "recurrent")
    nodes = [
        model(
            f"m{place}",
            f"{2018 + place // 8}-{place % 8 + 1:02}",
            f"Model {place}",
            organizations=[f"{'W' * (place % 4) * 4} Maker number {place % makers}"],
            architecture=kinds[place % len(kinds)],
            weights=("open", "restricted", "api")[place % 3],
        )
        for place in range(40)
    ]
    lines = [edge(f"m{place // 3}", f"m{place}") for place in range(1, 40)]
    lines += [edge(f"m{place // 5}", f"m{place}", "architecture") for place in range(5, 40) if place // 5 != place // 3]
    graph = LineageGraph(nodes, lines)
    part = excerpt(graph)
    layout = excerpts.grown(graph, part, 30)
    marked = Subject("T" * 200, "S" * 200, frozenset(part.ids), "F" * 200, frozenset(part.ids), "H" * 90, "K" * 90)
    for subject in (None, marked):
        text = tree.svg(graph, layout, "light", dict.fromkeys(layout.leaves, 88), subject)
        quality = measure(text)
        assert (quality.faults, quality.smallest_text >= 10, quality.text_contrast >= 4.5) == (0, True, True)
        assert 0.5 <= quality.aspect <= 1.7


@pytest.mark.parametrize("name", sorted(HARD))
def test_hard_graphs_as_small_trees(name: str) -> None:
    """Ties, chains, many children, strange names: sound, and drawn in every form."""
    graph = HARD[name]
    layout = excerpts.grown(graph, excerpt(graph))
    text = tree.svg(graph, layout, "light", subject=Subject(HOSTILE, HOSTILE, focus_said=HOSTILE))
    assert measure(text).faults == 0
    assert paper.pdf(text)[:4] == b"%PDF"
    assert growth.gv(graph, text, layout.chosen.parents)
    assert not re.search("[\x00-\x08\u202e]", text)


def test_what_cannot_be_said_of_a_tree() -> None:
    """Options of the lanes are named, the rest works together."""
    for wrong in itertools.chain([["--page", "a4"], ["--rail"], ["--time", "linear"]]):
        told = CliRunner().invoke(cli, ["figure", "--style", "tree", *wrong])
        assert (told.exit_code, f"{wrong[0]} cannot be said of --style tree" in told.stderr) == (2, True)


def told(path: Path, *asked: str) -> Result:
    """What ``figure`` says of a tree in this file."""
    return CliRunner().invoke(cli, ["figure", "--style", "tree", *asked, "-o", str(path)], catch_exceptions=False)


@pytest.mark.parametrize("asked", [[], ["--as-of", "2021"], ["--budget", "30"], ["--focus", "roberta", "--sources"]])
def test_every_number_is_in_the_list_beside(tmp_path: Path, asked: list[str], real: LineageGraph) -> None:
    """The list has, under the number of a model, the line by which it hangs; the legend names the list."""
    path = tmp_path / "x.svg"
    assert told(path, *asked).exit_code == 0
    text = path.read_text("utf-8")
    found = dict(re.findall(r'data-id="([^"]+)"[^>]*><title>[^<]*, source (\d+)</title>', text))
    entries = re.split(r"^(\d+)\. ", (tmp_path / "x.references.md").read_text("utf-8"), flags=re.MULTILINE)
    listed = dict(zip(entries[1::2], entries[2::2], strict=True))
    assert len(found) >= 6
    for one, number in found.items():
        assert f" to {escaped(real[one].name)}, " in listed[number], one
    assert "Small numbers: the sources in x.references.md." in " ".join(written(text))


def test_no_number_without_a_list(tmp_path: Path) -> None:
    """None on a small tree, on stdout, or where they are not wanted; and what is no list of ours is not written over."""
    path, listed = tmp_path / "x.svg", tmp_path / "x.references.md"
    for asked in (["--focus", "roberta"], ["--no-sources"]):
        assert told(path, *asked).exit_code == 0
        assert (", source " in path.read_text("utf-8"), listed.exists()) == (False, False)
    shown = CliRunner().invoke(cli, ["figure", "--style", "tree"])
    assert (shown.exit_code, ", source " in shown.stdout) == (0, False)
    refused = CliRunner().invoke(cli, ["figure", "--style", "tree", "--sources"])
    assert (refused.exit_code, "name a file with -o" in refused.stderr) == (2, True)
    listed.write_text("mine")
    path.unlink()
    with pytest.raises(OutputError, match=r"x\.references\.md is no list of sources of lineage"):
        told(path)
    assert (listed.read_text(), path.exists()) == ("mine", False)
    assert [told(path, "--no-sources").exit_code, listed.read_text()] == [0, "mine"]


# -- scripts that the font does not have -------------------------------------------------------------------------------

SCRIPTS = ("通义千问", "نموذج", "भारतीय क्ष्म", "한국어", "מודל", "🦙", "x̥̥")


@pytest.mark.parametrize("name", SCRIPTS)
def test_boxes_of_missing_letters_stay_in_their_place(name: str) -> None:
    """A letter that the font lacks takes no less room than the empty box that a PNG or PDF draws, and no more than its place."""
    from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
    from reportlab.pdfbase.ttfonts import TTFont

    registerFont(
        TTFont("boxes", io.BytesIO(resources.files("lineage").joinpath("assets/fonts/inter.ttf").read_bytes()))
    )
    assert stringWidth(name, "boxes", 10) <= text_width(name, 10) + 0.1
    assert 0 < usual_width(name, 10) <= text_width(name, 10)
    graph = LineageGraph([model("a", "2020", name, organizations=[name]), model("b", "2021", name)], [edge("a", "b")])
    for text, quality in (
        (tree.svg(graph, excerpts.grown(graph, excerpt(graph)), "light"), measure),
        (figure.svg(graph, lanes(graph)), figure_quality.measure),
    ):
        assert quality(text).faults == 0
        for each in ET.fromstring(text).iterfind(".//{*}text[@textLength]"):  # noqa: S314 - our own picture
            assert (
                float(each.attrib["textLength"]) <= text_width(each.text or "", float(each.attrib["font-size"])) + 0.05
            )


@pytest.mark.parametrize("style", ["lanes", "tree"])
def test_boxes_are_told(tmp_path: Path, toy_directory: Path, style: str) -> None:
    """A PNG, WebP or PDF with empty boxes says on stderr which characters and names and what to do; an SVG says nothing."""
    old = toy_directory / "models/old.yaml"
    old.write_text(old.read_text("utf-8").replace("name: Model A", "name: 通义 A"), "utf-8")
    asked = ["--data", str(toy_directory), "figure", "--style", style, *(["--no-sources"] if style == "tree" else [])]
    for form in ("svg", "png", "webp", "pdf"):
        path = tmp_path / f"x.{form}"
        told = CliRunner().invoke(cli, [*asked, "-o", str(path)], catch_exceptions=False)
        assert told.exit_code == 0
        first, *rest = told.stderr.splitlines()
        assert first.startswith(f"{path}: ")
        assert rest == (
            []
            if form == "svg"
            else [
                f"{path}: the bundled font lacks 2 characters (义 U+4E49 通 U+901A), in 通义 A; they are empty boxes "
                "there. An SVG shows them in the fonts of its reader: draw that, or print it from a browser."
            ]
        )
    with Image.open(tmp_path / "x.webp") as one, Image.open(tmp_path / "x.png") as other:
        assert (one.format, one.size, one.convert("RGB").tobytes()) == (
            "WEBP",
            other.size,
            other.convert("RGB").tobytes(),
        )
    assert b"Helvetica" not in (tmp_path / "x.pdf").read_bytes()


# -- what the measure finds --------------------------------------------------------------------------------------------


def test_a_chip_that_is_cut_is_found() -> None:
    """A picture with a chip beyond its edge, or with words wider than their chip, has a fault."""
    graph = HARD["ten parents"]
    text = figure.svg(graph, lanes(graph))
    assert figure_quality.measure(text).faults == 0
    chips = re.findall(r'<rect class="chip" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', text)
    right = max(float(x) + float(width) for x, width in chips)
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)[0]
    cut = text.replace(f'viewBox="0 0 {width} {height}"', f'viewBox="0 0 {right - 5} {height}"')
    assert figure_quality.measure(cut).outside > 0
    label = re.findall(r">(\+ [^<]+)<", text)[0]
    squeezed = text.replace(f">{label}<", f' textLength="5">{label} and more than there is room for<')
    assert figure_quality.measure(squeezed).names_too_wide > 0


def test_a_technique_that_is_not_there(tmp_path: Path) -> None:
    """The message names the techniques that are called most like it, whatever else is."""
    told = CliRunner().invoke(cli, ["figure", "--highlight", "technique:ropee", "-o", str(tmp_path / "x.svg")])
    assert str(told.exception) == "no node is called `ropee`; did you mean `rope` or `p-rope` or `nope`?"
    assert "is a model" in str(CliRunner().invoke(cli, ["figure", "--highlight", "technique:bert"]).exception)
