"""What is taken away from the page: the files say what the page shows, and what Python says of the same part of the graph."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pypdf
import pytest
from browser import Visit, visit, write
from PIL import Image
from playwright.sync_api import Browser, expect
from test_explorer import PAYLOADS, hostile

from lineage.graph import LineageGraph
from lineage.views import references
from lineage.views.palette import LIGHT
from lineage.views.text import as_json

SVG = "{http://www.w3.org/2000/svg}"
VIEWS = {
    "tree": "",
    "lineage": "#n=vicuna&focus=only",
    "network": "#n=rope&view=network&all=1",
    "table": "#view=table&arch=hybrid",
}


@pytest.fixture(name="hostile_page", scope="module")
def _hostile_page(toy_graph: LineageGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(hostile(toy_graph), tmp_path_factory.mktemp("hostile"))


def saved(opened: Visit, form: str) -> tuple[str, bytes]:
    """The name and the content of a file that the menu saves."""
    page = opened.page
    page.locator(".save > summary").click()
    with page.expect_download() as download:
        page.locator(".save button").filter(has=page.locator("b", has_text=re.compile(f"^{form}$"))).click()
    name = download.value.suggested_filename
    expect(page.locator("#live")).to_have_text(f"Saved {name}")
    return name, Path(download.value.path()).read_bytes()


def ids_of(opened: Visit) -> list[str]:
    """What the page shows, by its own account."""
    return list(
        opened.page.evaluate(
            """[...document.querySelectorAll('#tree:not([hidden]) .node, #table:not([hidden]) tbody tr')].map((one) => one.dataset.id)"""
        )
    )


@pytest.mark.parametrize("view", ["tree", "lineage", "table"])
def test_files_say_what_is_shown(chromium: Browser, real_page: Path, real: LineageGraph, view: str) -> None:
    """CSV, JSON and BibTeX of a view are those of the same part of the graph in Python."""
    with visit(chromium, real_page, VIEWS[view]) as opened:
        expect(opened.page.locator(".node, tbody tr").first).to_be_attached()
        ids = ids_of(opened)
        assert 5 < len(ids) < len(real.nodes("model"))
        part = real.subgraph(ids)

        name, content = saved(opened, "JSON")
        assert (
            name
            == {"tree": "lineage-tree.json", "lineage": "lineage-tree-vicuna.json", "table": "lineage-table.json"}[view]
        )
        query = {"view": "table" if view == "table" else "tree", "state": VIEWS[view].removeprefix("#")}
        assert content.decode() == as_json(part.to_dict(query))

        _, content = saved(opened, "CSV")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
        assert sorted(row["id"] for row in rows) == sorted(ids)
        assert {row["name"] for row in rows} == {real[one].name for one in ids}
        if view == "lineage":
            (vicuna,) = [row for row in rows if row["id"] == "vicuna"]
            assert vicuna["came_from"] == "chatgpt (distilled, stated); llama (finetuned, stated)"

        _, content = saved(opened, "BIB")
        cited = references.references(real, references.shown_edges(real, ids))
        assert content.decode() == references.as_bibtex(cited)
        opened.assert_clean()


def test_bibtex_of_everything_is_that_of_python(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """All claims of the graph, with keys, escapes and the names of makers."""
    with visit(chromium, real_page) as opened:
        found = opened.page.evaluate(
            "(() => { const graph = wholeGraph(); return asBibtex(referencesOf(graph, graph.edges)); })()"
        )
    assert found == references.as_bibtex(references.references(real, real.edges()))


def test_network_is_saved_whole(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """Of the network all nodes and the claims that found them, and a picture with every name."""
    with visit(chromium, real_page, VIEWS["network"]) as opened:
        expect(opened.page.locator("#network canvas")).to_be_visible()
        _, content = saved(opened, "JSON")
        nodes = {node["id"] for node in json.loads(content)["nodes"]}
        assert {"rope", "su-2021-roformer", "gpt-j"} <= nodes
        among = json.loads(as_json(real.subgraph(nodes).to_dict()))["edges"]
        assert json.loads(content)["edges"] == [one for one in among if "rope" in (one["source"], one["target"])]
        name, content = saved(opened, "SVG")
        assert name == "lineage-network-rope.svg"
        picture = ET.fromstring(content)  # noqa: S314
        scene = picture.find(f"{SVG}g")
        assert scene is not None
        shapes = [*scene.iter(f"{SVG}ellipse"), *scene.iter(f"{SVG}rect")]
        assert len(shapes) == len(nodes)
        assert [shape.get("stroke") for shape in shapes].count(LIGHT.accent.lower()) == 1
        assert b"color-mix" not in content
        opened.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_svg_stands_alone(chromium: Browser, real_page: Path, scheme: str) -> None:
    """It is XML, needs no style sheet, has no script, holds every name that is shown, the years and the legend."""
    with visit(chromium, real_page, VIEWS["lineage"], color_scheme=scheme) as opened:
        labels = opened.page.locator(".node text").all_text_contents()
        _, content = saved(opened, "SVG")
        picture = ET.fromstring(content)  # noqa: S314
        texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
        assert set(labels) <= set(texts)
        assert {"2023", "Decoder-only", "Architecture", "Weights", "A child came by", "restricted"} <= set(texts)
        assert re.search(r"^\d+ of \d+ models: the lineage of Vicuna$", picture.findtext(f"{SVG}desc") or "")
        ground = picture.find(f"{SVG}rect")
        assert ground is not None
        assert ground.get("fill") == {"light": "#ffffff", "dark": "#11161d"}[scheme]
        assert not [attribute for one in picture.iter() for attribute in one.attrib if attribute in ("class", "style")]
        assert not re.search(rb"var\(|color\(|color-mix|<script|javascript:|\son\w+=", content)
        boxes = [(float(one.get("x", 0)), float(one.get("width", 0))) for one in picture.iter(f"{SVG}rect")]
        assert all(x + width < 5_000 for x, width in boxes)
        opened.assert_clean()


def test_png_is_the_picture_at_twice_its_size(chromium: Browser, real_page: Path) -> None:
    """As many pixels as twice the SVG, on its ground, with something drawn."""
    with visit(chromium, real_page, VIEWS["lineage"]) as opened:
        _, vector = saved(opened, "SVG")
        picture = ET.fromstring(vector)  # noqa: S314
        name, content = saved(opened, "PNG")
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (2 * int(picture.get("width", 0)), 2 * int(picture.get("height", 0)))
            assert image.getpixel((2, 2)) == (255, 255, 255, 255)
            assert len(image.convert("RGB").getcolors(1 << 24) or []) > 50
        assert name == "lineage-tree-vicuna.png"
        opened.assert_clean()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_is_the_tree_with_its_legend(chromium: Browser, real_page: Path, scheme: str) -> None:
    """Every name that is shown and the legend, in light, on as many sheets as it takes; the page is as it was afterwards."""
    with visit(chromium, real_page, VIEWS["lineage"], color_scheme=scheme) as opened:
        page = opened.page
        labels = page.locator(".node text").all_text_contents()
        document = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        text = "".join(one.extract_text() for one in document.pages)
        assert [label for label in labels if label not in text] == []
        assert "A child came by" in text
        assert "Suggest a correction" not in text
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert len(document.pages) == page.locator(".sheet .paper").count() > 1
        ground = page.locator(".sheet rect").first.get_attribute("fill")
        assert ground == "#ffffff"
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        expect(page.locator(".sheet svg")).to_have_count(0)
        assert page.evaluate("document.documentElement.hasAttribute('data-theme')") is False
        opened.assert_clean()


@pytest.mark.parametrize(("fragment", "most"), [("", 6), ("#all=1", 16), ("#n=rwkv-4&focus=only", 1)])
def test_print_is_legible(chromium: Browser, real_page: Path, fragment: str, most: int) -> None:
    """On A4 no text is smaller than 6.5 points, each part of the picture is on a page, and each page says its place."""
    with visit(chromium, real_page, fragment) as opened:
        page = opened.page
        expect(page.locator(".node").first).to_be_visible()
        sizes = [(one.mediabox.width, one.mediabox.height) for one in printed(opened).pages]
        assert 1 <= len(sizes) <= most
        assert all((round(wide), round(high)) == (842, 595) for wide, high in sizes)
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        least, covered, places = page.evaluate(
            """() => {
              const texts = [...document.querySelectorAll(".sheet .stored text")];
              const smallest = Math.min(...texts.map((text) => Number(text.getAttribute("font-size"))));
              const pages = [...document.querySelectorAll(".sheet .paper")];
              const parts = pages.map((one) => one.querySelector("svg"));
              const frames = parts.map((one) => one.getAttribute("viewBox").split(" ").map(Number));
              const scale = Math.min(...parts.map((one, at) => Number(one.getAttribute("width")) / frames[at][2]));
              const ground = document.querySelector(".sheet .stored rect");
              const [width, height] = ["width", "height"].map((side) => Number(ground.getAttribute(side)));
              const inside = (x, y) => frames.some(([left, top, wide, high]) =>
                x >= left - 0.1 && x <= left + wide + 0.1 && y >= top - 0.1 && y <= top + high + 0.1);
              const covered = [...Array(40).keys()].every((i) => [...Array(40).keys()].every((j) =>
                inside((width * i) / 39, (height * j) / 39)));
              return [smallest * scale * 0.75, covered, pages.map((one) => one.lastChild.textContent)];
            }"""
        )
        assert least >= 6.49
        assert covered
        if len(sizes) > 1:
            assert [one.partition(":")[0] for one in places] == [
                f"Page {at + 1} of {len(sizes)}" for at in range(len(sizes))
            ]
        opened.assert_clean()


def printed(opened: Visit) -> pypdf.PdfReader:
    """What the printer gets."""
    return pypdf.PdfReader(io.BytesIO(opened.page.pdf(prefer_css_page_size=True)))


def test_table_is_printed_as_a_table(chromium: Browser, real_page: Path) -> None:
    """A table has no picture; the menu does not offer one."""
    with visit(chromium, real_page, VIEWS["table"]) as opened:
        opened.page.locator(".save > summary").click()
        assert opened.page.locator(".save button b").all_text_contents() == ["CSV", "JSON", "BIB"]
        text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(opened.page.pdf())).pages)
        assert "Jamba" in text
        opened.assert_clean()


def test_menu_is_left_by_escape_and_by_a_press_beside_it(chromium: Browser, real_page: Path) -> None:
    """Escape closes it and gives the focus back; nothing else of the page is closed by it."""
    with visit(chromium, real_page, "#n=bert") as opened:
        page = opened.page
        page.locator(".save > summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".save button").first).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(page.locator(".save button").first).to_be_hidden()
        assert page.evaluate("document.activeElement.textContent") == "Save"
        expect(page.locator("#panel h2")).to_have_text("BERT")
        page.locator(".save > summary").click()
        page.locator("#tree svg").click(position={"x": 5, "y": 300})
        expect(page.locator(".save button").first).to_be_hidden()
        opened.assert_clean()


# -- hostile data --------------------------------------------------------------------------------------------------------


def test_hostile_names_break_no_file(chromium: Browser, hostile_page: Path) -> None:
    """With a payload in every text: no formula, a readable CSV and JSON, XML without elements of the data, plain file names."""
    with visit(chromium, hostile_page, "#all=1&n=d0") as opened:
        name, content = saved(opened, "CSV")
        assert name == "lineage-tree-d0.csv"
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len(rows) == 1 + len(ids_of(opened))
        assert [cell for row in rows for cell in row if re.match(r"\s*[=+\-@]", cell)] == []
        _, content = saved(opened, "JSON")
        assert {node["name"][:8] for node in json.loads(content)["nodes"]} >= {payload[:8] for payload in PAYLOADS[:3]}
        _, content = saved(opened, "SVG")
        picture = ET.fromstring(content)  # noqa: S314
        tags = {one.tag.removeprefix(SVG) for one in picture.iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "text", "line", "polyline", "path"}
        _, content = saved(opened, "BIB")
        assert content.decode().count("{") == content.decode().count("}")
        saved(opened, "PNG")
        opened.page.pdf()
        opened.page.evaluate("location.hash = 'n=d1&view=network'")
        expect(opened.page.locator("#network canvas")).to_be_visible()
        _, content = saved(opened, "SVG")
        ET.fromstring(content)  # noqa: S314
        opened.assert_clean()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ('a "b", c', '"a ""b"", c"'),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\t1", '"\'\t1"'),
        ("x;=1+1", '"x;=1+1"'),
        ("x\t=1+1", '"x\t=1+1"'),
        ("＝1", "'＝1"),
        ("\n=1", '"\'\n=1"'),
        ("a\r\nb", '"a\r\nb"'),
        ("1-2", "1-2"),
        ("", ""),
    ],
)
def test_cells_are_no_formulas(functions: Any, text: str, cell: str) -> None:
    """What a spreadsheet would take for a formula begins with an apostrophe; what has to be quoted is."""
    assert functions.evaluate("csvCell", text) == cell


@pytest.mark.parametrize(
    ("view", "node", "name"),
    [
        ("tree", None, "lineage-tree.csv"),
        ("tree", "gpt-3.5", "lineage-tree-gpt-3.5.csv"),
        ("network", "../../etc/passwd", "lineage-network-etc-passwd.csv"),
        ("tree", "con:\\*?<>|\x00", "lineage-tree-con.csv"),
        ("tree", "x" * 300, f"lineage-tree-{'x' * 60}.csv"),
        ("tree", "…", "lineage-tree.csv"),
    ],
)
def test_file_names_are_names_everywhere(functions: Any, view: str, node: str | None, name: str) -> None:
    """Letters, digits, dots and hyphens; no way up, no device, no end."""
    assert functions.evaluate("([view, node]) => fileName(view, node, 'csv')", [view, node]) == name


@pytest.fixture(name="functions", scope="module")
def _functions(chromium: Browser, toy_page: Path) -> Iterator[Any]:
    with visit(chromium, toy_page) as opened:
        yield opened.page
