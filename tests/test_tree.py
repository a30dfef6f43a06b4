"""The hero tree: measured in the SVG that is written, searched within bounds, stable when a model is added."""

from __future__ import annotations

import io
import itertools
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import browser as browsers
import colour_quality
import pytest
from families import HARD, HOSTILE, edge, family, model
from PIL import Image
from tree_quality import measure

from lineage import LineageGraph, Node
from lineage.beams import MENDING, anew, grow, stored
from lineage.cli.figures import sources
from lineage.contour import Choice, TreeLayout
from lineage.errors import ToolError
from lineage.limbs import Chosen, band_of, choose, importance, ranked
from lineage.views import dot, figure, growth, paper, tree
from lineage.views.palette import DARK, LIGHT

STORE = Path(__file__).resolve().parent.parent / "graph_data" / "tree.json"


def quick(graph: LineageGraph, evaluations: int = 20) -> TreeLayout:
    """A tree after a short search."""
    return grow(choose(graph), evaluations=evaluations)


@pytest.fixture(name="kept", scope="module")
def _kept() -> dict[str, object]:
    content: dict[str, object] = json.loads(STORE.read_text(encoding="utf-8"))
    return content


# -- what is shown ---------------------------------------------------------------------------------------------------


def test_a_shown_model_hangs_on_the_nearest_shown_one(real: LineageGraph) -> None:
    """Whatever the budget: along layout parents, past those that are folded; and every model is in its place."""
    for budget in (1, 10, 40, 84):
        chosen = choose(real, budget)
        assert len(chosen.models) == min(budget, len(real.nodes("model")))
        for one in chosen.models:
            edge = real.layout_parent(one)
            while edge and edge.source not in chosen.models:
                edge = real.layout_parent(edge.source)
            assert chosen.parents[one] == (edge.source if edge else "")
        assert set(chosen.folded) == {node.id for node in real.nodes("model")} - set(chosen.models)
        assert {one for limb in chosen.root.walk() for one in (*limb.path, *limb.leaves)} == set(chosen.models)


def test_what_a_shown_model_stands_for_is_counted() -> None:
    """The fold mark counts all that hangs below."""
    graph = LineageGraph(
        [model("a", "2020"), model("b", "2021"), model("c", "2022"), model("d", "2021")],
        [edge("a", "b"), edge("b", "c"), edge("a", "d")],
    )
    chosen = choose(graph, 1)
    assert (chosen.models, chosen.behind("a")) == (("a",), 3)
    assert chosen.folded == {"b": "a", "c": "a", "d": "a"}


def test_more_of_a_line_add_less() -> None:
    """Of two makers with the same importance the second line comes before the second of the first; who is pinned, first."""
    nodes = [model(f"a{month}", f"2023-0{month}", family="A") for month in (1, 2, 3)]
    graph = LineageGraph([*nodes, model("b", "2023-04", organizations=["Bmce"], family="B")], [])
    assert ranked(graph, 4) == ("a1", "b", "a3", "a2")
    assert ranked(graph, 4, folded=["a1"]) == ("a2", "b", "a3", "a1")
    assert ranked(graph, 2, pinned=["a3", "nowhere"]) == ("a3", "b")


def test_importance_counts_descendants(toy_directory: Path) -> None:
    """The published rule on the toy graph: who has more descendants weighs more."""
    import lineage

    weights = importance(lineage.load(toy_directory))
    assert weights["a"] > weights["b"] > 0


# -- quality ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [20, 40, 60, 90])
def test_nothing_overlaps_and_nothing_crosses(size: int) -> None:
    """Zero faults at every size, legible in a column of 680 pixels."""
    graph = family(size, size)
    layout = quick(graph)
    quality = measure(tree.svg(graph, layout))
    assert quality.faults == 0
    assert quality.models >= min(size, 40) * 0.7
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.smallest_text >= 10
    assert quality.time_error_months <= 1.2


@pytest.mark.parametrize("theme", ["light", "dark", None])
def test_colours_of_the_written_tree(theme: Literal["light", "dark"] | None) -> None:
    """In the SVG of a tree of all architectures, with numbers, by setting or forced: text 4.5:1, marks 3:1, limbs apart by 12."""
    graph = family(40, 3)
    layout = quick(graph, 8)
    found = colour_quality.measure(tree.svg(graph, layout, theme, dict.fromkeys(layout.leaves, 12)))
    assert set(found) == ({"forced"} if theme else {"light", "dark"})
    assert [one for one in found.values() if not one.good] == []


@pytest.mark.parametrize("name", sorted(HARD))
def test_hard_graphs_have_no_faults(name: str) -> None:
    """Ties, chains, many children, strange names: what does not fit is folded, and the rest is sound."""
    quality = measure(tree.svg(HARD[name], quick(HARD[name], 8)))
    assert quality.faults == 0
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.smallest_text >= 10


def test_a_ladder_of_merges_is_told_in_words() -> None:
    """Every rung has two parents: one is a line, the other a word in the box."""
    graph = HARD["a ladder of merges"]
    text = tree.svg(graph, quick(graph))
    assert measure(text).faults == 0
    assert text.count("&amp; a") + text.count("&amp; b") >= 8


# -- the stored choice -------------------------------------------------------------------------------------------------


def test_the_shipped_tree(real: LineageGraph, kept: dict[str, object]) -> None:
    """The shipped data by the stored choice: at least 60 models, no faults, at most 60 KB compressed."""
    import gzip

    layout = stored(real, kept)
    text = tree.svg(real, layout)
    quality = measure(text)
    assert (quality.faults, quality.models) == (0, len(layout.leaves))
    assert quality.models >= 60
    assert 0.5 <= quality.aspect <= 1.7
    assert quality.smallest_text >= 10
    assert quality.time_error_months <= 1.2
    assert quality.mark_contrast >= 3
    assert quality.text_contrast >= 4.5
    assert quality.colour_distance >= 12
    assert len(gzip.compress(text.encode())) < 60_000


@pytest.mark.parametrize(("parent", "date"), [("opt", "2022-09"), ("llama-3", "2025-02"), ("mamba", "2025-03")])
def test_a_model_added_leaves_a_sound_picture(
    real: LineageGraph, kept: dict[str, object], parent: str, date: str
) -> None:
    """The stored choice serves a graph with one model more: it is counted, nothing overlaps, and all keep their sides."""
    before = stored(real, kept)
    fresh = model(
        "quite-new", date, "Quite new", organizations=["Meta"], architecture=real[parent].data["architecture"]
    )
    grown = LineageGraph([*real.nodes(), fresh], [*real.edges(), edge(parent, "quite-new")])
    after = stored(grown, kept)

    assert measure(tree.svg(grown, after)).faults == 0
    assert "quite-new" in after.chosen.folded
    assert len(set(before.leaves) - set(after.leaves)) <= 1
    assert {one: side for one, side in after.choice.sides.items() if before.choice.sides.get(one, side) != side} == {}


def test_what_is_stored_is_what_is_drawn(real: LineageGraph, kept: dict[str, object]) -> None:
    """The shipped choice and that of a search are drawn without a change: who is shown, on which side, how tall."""
    assert stored(real, kept).choice.to_dict() == kept
    graph = family(120, 8)
    layout = anew(graph, ["m0100"], evaluations=120)
    again = stored(graph, json.loads(json.dumps(layout.choice.to_dict())))
    assert tree.svg(graph, again) == tree.svg(graph, layout)
    assert (again.choice, again.choice.pinned) == (layout.choice, ("m0100",))


@pytest.mark.parametrize("stale", ["unknown ids", "four times as many", "first version", "nothing"])
def test_a_stale_choice_is_bounded_and_sound(stale: str) -> None:
    """Of whatever is stored a good tree comes by few programs, the same each time; sides that apply are kept."""
    graph = family(300, 4)
    part = LineageGraph(graph.nodes("model")[:75], [])
    content = grow(choose(part), evaluations=20).choice.to_dict()
    if stale == "unknown ids":
        content |= {"models": 300, "shown": [*content["shown"], "gone"], "sides": {**content["sides"], "gone": "left"}}
    if stale == "first version":
        content = {key: content[key] for key in ("format", "sides", "shifts", "stretch")}
        content |= {"format_version": 1, "folded": []}
    layout = stored(graph, None if stale == "nothing" else content)
    assert layout.evaluations <= 2 * MENDING
    assert 30 <= len(layout.leaves) <= 84
    assert measure(tree.svg(graph, layout)).faults == 0
    assert stored(graph, None if stale == "nothing" else content).choice == layout.choice


def test_the_choice_is_json_and_comes_back() -> None:
    """What is written beside the data is read as what it was."""
    layout = quick(family(12, 3))
    again = Choice.from_dict(json.loads(json.dumps(layout.choice.to_dict())))
    assert again == layout.choice
    with pytest.raises(ValueError, match="no stored choice"):
        Choice.from_dict({"sides": {}})


def test_the_search_is_bounded_and_repeats() -> None:
    """The same graph in another order, searched again with the same seed, is the same picture."""
    graph = family(24, 5)
    nodes, edges = list(graph.nodes()), list(graph.edges())
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    told: list[tuple[int, int, float]] = []
    one = grow(choose(graph), evaluations=40, progress=lambda *step: told.append(step))
    two = grow(choose(LineageGraph(nodes, edges)), evaluations=40)
    assert tree.svg(graph, one) == tree.svg(graph, two)
    assert told
    assert told[0][1] == 40


# -- numbers of sources ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", ["shipped", "a family"])
def test_a_limb_runs_through_descent_only(shown: str, real: LineageGraph, kept: dict[str, object]) -> None:
    """Of two boxes on one limb the upper came from the lower: a line from box to box is read so."""
    layout = stored(real, kept) if shown == "shipped" else quick(family(60, 60))
    pairs = []
    for limb in layout.chosen.root.walk():
        on = [one for one in {*limb.path, *limb.leaves} if layout.leaves[one].on_limb]
        pairs += list(itertools.pairwise(sorted(on, key=lambda one: layout.leaves[one].y)))
    assert pairs
    for upper, lower in pairs:
        above = [upper]
        while above[-1]:
            above.append(layout.chosen.parents.get(above[-1], ""))
        assert lower in above, (upper, lower)


def test_numbers_of_sources_move_nothing(real: LineageGraph, kept: dict[str, object]) -> None:
    """Every model that hangs on a shown one has the number of its source, and with numbers the picture is as sound."""
    layout = stored(real, kept)
    found, numbers = sources(real, layout)
    plain, text = tree.svg(real, layout), tree.svg(real, layout, numbers=numbers)
    quality = measure(text)

    assert set(numbers) == {one for one, parent in layout.chosen.parents.items() if parent}
    assert max(numbers.values()) <= len(numbers)
    for one, number in numbers.items():
        edge = real.layout_parent(one)
        assert edge
        assert any(citing.edge == edge for citing in found[number - 1].citing)
    assert (quality.faults, quality.models) == (0, len(layout.leaves))
    assert quality.smallest_text >= 10
    assert quality.text_contrast >= 4.5
    root = ET.fromstring(text)  # noqa: S314 - our own picture
    written = [each.text for each in root.iterfind(".//{*}text") if each.text and "aside" in each.attrib["class"]]
    assert sorted(written) == sorted([*map(str, numbers.values()), "12"])
    assert re.findall("<rect[^>]*>", text) == re.findall("<rect[^>]*>", plain)


def test_numbers_find_room_in_any_tree() -> None:
    """Of a random family no number overlaps anything; one for which there is no room is left out."""
    graph = family(60, 60)
    layout = quick(graph, 8)
    text = tree.svg(graph, layout, numbers={one: 100 + place for place, one in enumerate(layout.leaves)})
    assert measure(text).faults == 0
    assert text.count('class="aside') >= 0.8 * len(layout.leaves)


# -- Graphviz ----------------------------------------------------------------------------------------------------------


def drawn_again(graph: LineageGraph, layout: TreeLayout) -> None:
    """The tree as Graphviz draws it has the boxes, words, limbs and links of the SVG, at their places."""
    text = tree.svg(graph, layout, "light", {one: 7 for one in layout.leaves if layout.chosen.parents[one]})
    svg = dot.draw(growth.gv(graph, text, layout.chosen.parents), engine="neato -n2", nodes=len(layout.leaves), edges=0)
    ours, theirs = ET.fromstring(text), ET.fromstring(svg)  # noqa: S314 - our own pictures
    wide, high = map(float, ours.attrib["viewBox"].split()[2:])
    assert list(map(float, theirs.attrib["viewBox"].split()[2:])) == pytest.approx([wide, high], abs=1)

    boxes, words = [], []
    for link in ours.iterfind(".//{*}a"):
        (rect,) = [each for each in link.iterfind(".//{*}rect") if not re.search("halo|over", each.attrib["class"])]
        x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        boxes.append((x, y, x + width, y + height))
        words.append(
            Counter(re.findall(r"[^\s\[\]]+", " ".join(each.text or "" for each in link.iterfind(".//{*}text"))))
        )
    again, said = [], []
    for group in theirs.iterfind(".//{*}g"):
        if group.get("class", "").split()[:1] == ["node"]:
            (path,) = group.iterfind(".//{*}path")
            numbers = [float(each) for each in re.findall(r"-?[\d.]+", path.attrib["d"])]
            again.append((min(numbers[::2]), min(numbers[1::2]) + high, max(numbers[::2]), max(numbers[1::2]) + high))
            said.append(
                Counter(re.findall(r"[^\s\[\]]+", " ".join(each.text or "" for each in group.iterfind(".//{*}text"))))
            )
    order = sorted(range(len(boxes)), key=lambda i: boxes[i])
    turned = sorted(range(len(again)), key=lambda i: again[i])
    assert [again[i] for i in turned] == [pytest.approx(boxes[i], abs=1) for i in order]
    assert [said[i] for i in turned] == [words[i] for i in order]
    outside = [
        each.text
        for each in ours.iterfind(".//{*}text")
        if each not in {t for a in ours.iterfind(".//{*}a") for t in a.iter()}
    ]
    assert set(outside) <= {each.text for each in theirs.iterfind(".//{*}text")}


def test_graphviz_draws_the_same_tree(real: LineageGraph, kept: dict[str, object]) -> None:
    """Boxes within a point, labels unchanged, as many nodes, legend and caption; of the shipped data."""
    drawn_again(real, stored(real, kept))


def test_graphviz_draws_strange_names() -> None:
    """Markup, quotes and other scripts are the same words again, and change nothing else."""
    graph = HARD["strange names"]
    layout = quick(graph, 8)
    text = tree.svg(graph, layout, "light")
    svg = dot.draw(growth.gv(graph, text, layout.chosen.parents), engine="nop2", nodes=len(layout.leaves), edges=0)
    assert "<script" not in svg
    assert svg.count('class="node') == len(layout.leaves)
    with pytest.raises(ToolError, match="no picture of a tree"):
        growth.gv(graph, "<svg/>", {})


def test_the_tree_on_paper() -> None:
    """The PDF has one page of the size of the picture, every name as text, every link, and the same bytes each time."""
    from io import BytesIO

    from pypdf import PdfReader

    graph = family(20, 2)
    layout = quick(graph)
    text = tree.svg(graph, layout, theme="light")
    content = paper.pdf(text)
    page = PdfReader(BytesIO(content)).pages[0]
    words = page.extract_text()
    assert all(leaf.lines[0] in words for leaf in layout.leaves.values())
    assert {each.get_object()["/A"]["/URI"] for each in page.annotations or ()} == {
        f"explorer.html#n={one}" for one in layout.leaves
    }
    assert [float(each) for each in page.mediabox[2:]] == pytest.approx(
        [0.75 * float(each) for each in re.findall(r'(?:width|height)="([\d.]+)"', text)[:2]], abs=0.01
    )
    assert paper.pdf(text) == content
    with pytest.raises(ToolError, match="no picture of a tree"):
        paper.pdf("<svg/>")


# -- the document ------------------------------------------------------------------------------------------------------


def test_strange_text_stays_text() -> None:
    """No name, maker or id leaves its element."""
    fields = {"architecture": HOSTILE, "weights": HOSTILE, "organizations": [HOSTILE]}
    data = {"id": HOSTILE, "kind": "model", "name": HOSTILE, "date": "2022", **fields, "architecture": "decoder-only"}
    graph = LineageGraph(
        [Node(HOSTILE, "model", HOSTILE, "2022", data), model("b", "2023", HOSTILE)], [edge(HOSTILE, "b")]
    )
    text = tree.svg(graph, quick(graph))
    root = ET.fromstring(text)  # noqa: S314 - our own picture; expat knows no external entities
    assert {each.tag.rpartition("}")[2] for each in root.iter()} == {
        "svg", "title", "desc", "style", "g", "defs", "linearGradient", "stop", "rect", "path", "text", "a",
    }  # fmt: skip
    for each in root.iter():
        assert not [name for name in each.attrib if name.startswith("on")]
        assert each.get("href", "explorer.html#n=").startswith("explorer.html#n=")
    assert not re.search("[\x00-\x08\u202e]", text)


def test_themes(real: LineageGraph, kept: dict[str, object]) -> None:
    """Both grounds in one file, by the reader's setting and by attribute; or one alone."""
    layout = stored(real, kept)
    both = tree.svg(real, layout)
    assert "prefers-color-scheme:dark" in both
    assert ":root[data-theme=dark]" in both
    assert ":root:not([data-theme=light])" in both
    dark = tree.svg(real, layout, "dark")
    assert "prefers-color-scheme" not in dark
    assert "fill:#11161D" in dark
    assert "fill:#FFFFFF" not in dark


def test_the_caption_tells_the_coverage(real: LineageGraph, kept: dict[str, object]) -> None:
    """How many are shown, folded and left out adds up."""
    layout = stored(real, kept)
    told = " ".join(re.findall(r">([^<]*)<", tree.svg(real, layout)))
    total = len(real.nodes("model"))
    assert f"{len(layout.leaves)} of {total} models are shown" in told
    hidden = sum(bool(holder) for holder in layout.chosen.folded.values())
    assert f"{hidden} are folded" in told
    assert isinstance(layout.chosen, Chosen)
    assert len(layout.leaves) + len(layout.chosen.folded) == total


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["", "light", "dark"])
def test_open_restricted_and_closed_look_different_in_every_theme(
    kept: dict[str, object], real: LineageGraph, tmp_path: Path, scheme: str, forced: str
) -> None:
    """In a browser: the frame over a half and around a bar is empty, and half, whole and hollow have their own fills."""
    svg = tree.svg(real, stored(real, kept))
    page = f"<!doctype html><html{f' data-theme={forced}' if forced else ''}><body>{svg}</body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    with browsers.chromium() as chromium:
        opened = chromium.new_page(color_scheme=scheme)  # type: ignore[arg-type]
        opened.goto((tmp_path / "page.html").as_uri())
        fills = {
            one: opened.evaluate(f"getComputedStyle(document.querySelector('.lineage-hero {one}')).fill")
            for one in (".over.decoder-only", ".frame", ".half.decoder-only", ".fill.decoder-only", ".page")
        }

    assert fills[".over.decoder-only"] == fills[".frame"] == "none"
    assert fills[".half.decoder-only"] == fills[".fill.decoder-only"] != fills[".page"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_tells_open_restricted_and_closed(
    kept: dict[str, object], real: LineageGraph, theme: Literal["light", "dark"]
) -> None:
    """In the PNG, beside the words of every box: the upper and the lower half have the fill of an open box or the page."""
    text = tree.svg(real, stored(real, kept), theme)
    image = Image.open(io.BytesIO(figure.png(text))).convert("RGB")
    root = ET.fromstring(text)  # noqa: S314 - our own picture
    left, above, wide, _ = map(float, root.attrib["viewBox"].split())
    colours = LIGHT if theme == "light" else DARK

    for link in root.iterfind(".//{*}a"):
        one = link.attrib["data-id"]
        box = {side: float(link.find("{*}rect").attrib[side]) for side in ("x", "y", "height")}  # type: ignore[union-attr]
        rows = (box["y"] + 12, box["y"] + box["height"] - 12)
        places = [((box["x"] + 6 - left) * image.width / wide, (y - above) * image.width / wide) for y in rows]
        shown = ["#{:02X}{:02X}{:02X}".format(*image.getpixel((round(x), round(y)))) for x, y in places]  # type: ignore[misc]
        full = colours.bands[band_of(real, one)].fill
        upper, lower = {"open": (full, full), "restricted": (colours.page, full)}.get(
            real[one].data["weights"], (colours.page, colours.page)
        )
        assert shown == [upper, lower], one
