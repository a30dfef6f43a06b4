"""The network of the page holds what the other views hold: filters, colours, a selection, two nodes; and so do its files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from browser import heading, node, visit
from playwright.sync_api import Browser, Page, expect
from test_explorer_exports import SVG, saved

from lineage.graph import Edge, LineageGraph, Node
from lineage.layout import BAND_LABELS, BAND_OF_ARCHITECTURE
from lineage.views import references

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}

_CATCH = """(() => { const { Network } = vis; vis.Network = class extends Network {
  constructor(...given) { super(...given); window.drawnNetwork = this; } }; })()"""
_DRAWN = """(() => {
  const { nodes, edges } = drawnNetwork.body.data;
  return [
    Object.fromEntries(nodes.get().map((one) => [one.id, one.color.background])),
    edges.get().map((one) => [one.from, one.to]),
  ]; })()"""


@contextmanager
def network(chromium: Browser, file: Path, fragment: str, size: dict[str, int] | None = None) -> Iterator[Any]:
    """The page at an address, with vis-network at hand as ``drawnNetwork``."""
    with visit(chromium, file, "#n=elmo&view=network", viewport=size or WIDE) as opened:
        expect(opened.page.locator("#network canvas")).to_be_visible()
        opened.page.evaluate(_CATCH)
        before = opened.page.locator("#network-note").inner_text()
        opened.page.evaluate("address => { location.hash = address; }", fragment)
        expect(opened.page.locator("#network-note")).not_to_have_text(before)
        yield opened
        opened.assert_clean()


def drawn(page: Page) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The nodes of the network with the colour of each, and the ends of its lines."""
    nodes, edges = page.evaluate(_DRAWN)
    return nodes, [(source, target) for source, target in edges]


def around(graph: LineageGraph, one: str, passes: Callable[[Node], bool], holds: Callable[[Edge], bool]) -> set[str]:
    """The neighbours of a node that pass, by claims that hold."""
    pairs = [(edge.source, edge.target) for edge in graph.edges() if one in (edge.source, edge.target) and holds(edge)]
    return {end for pair in pairs for end in pair if end != one and passes(graph[end])}


def _any(_: object) -> bool:
    return True


FILTERS: dict[str, tuple[str, Callable[[Node], bool], Callable[[Edge], bool]]] = {
    "arch=encoder-only": ("encoder-only", lambda one: one.data.get("architecture") == "encoder-only", _any),
    "arch=decoder-only": ("decoder-only", lambda one: one.data.get("architecture") == "decoder-only", _any),
    "weights=restricted": ("restricted", lambda one: one.data.get("weights") == "restricted", _any),
    "org=Meta": ("Meta", lambda one: "Meta" in one.organizations, _any),
    "years=..2022": ("2013 to 2022", lambda one: one.year <= 2022, _any),
    "basis=weights": ("weights", _any, lambda edge: edge.basis == "weights"),
    "basis=succession": ("succession, no reuse claimed", _any, lambda edge: edge.kind == "succeeds"),
    "evidence=reported": ("reported", _any, lambda edge: edge.evidence == "reported"),
}


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "360"])
def test_filters_hold_in_the_network(
    chromium: Browser, real_page: Path, real: LineageGraph, wanted: str, size: dict[str, int]
) -> None:
    """Nodes pass by years, maker, architecture and weights, claims by basis and evidence; the line above says how many."""
    words, passes, holds = FILTERS[wanted]
    with network(chromium, real_page, f"#n=llama&view=network&all=1&{wanted}", size) as opened:
        nodes, edges = drawn(opened.page)
        expected = around(real, "llama", passes, holds)
        assert set(nodes) == {"llama", *expected}
        claims = [
            e for e in real.edges() if {e.source, e.target} - {"llama"} <= expected and "llama" in (e.source, e.target)
        ]
        assert sorted(edges) == sorted((edge.source, edge.target) for edge in claims if holds(edge))
        every = len(around(real, "llama", _any, _any))
        said = opened.page.locator("#network-note").inner_text()
        words = words.replace("2013", str(min(one.year for one in real.nodes("model"))))
        assert said == f"{len(expected)} of {every} neighbours of LLaMA within one step: {words}"


def test_button_offers_only_what_filters_let_pass(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """The button that shows all neighbours counts those that pass; Clear brings the rest back."""
    passing = len(around(real, "llama", lambda one: one.data.get("architecture") == "decoder-only", _any))
    with network(chromium, real_page, "#n=llama&view=network&arch=decoder-only") as opened:
        page = opened.page
        expect(page.locator("#all")).to_have_text(f"Show {passing} neighbours")
        page.locator("#reset").click()
        expect(page.locator("#network-note")).to_have_text(
            re.compile(r"^\d+ of 39 neighbours of LLaMA within one step$")
        )


# -- a selection ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "360"])
def test_selection_holds_across_the_views(
    chromium: Browser, real_page: Path, real: LineageGraph, size: dict[str, int]
) -> None:
    """What is selected in the tree is drawn in the network with the claims among it, and is selected in the tree again."""
    query = "uses:rope,year:2023"
    ids = set(real.select(query))
    among = [(e.source, e.target) for e in real.edges() if e.source in ids and e.target in ids]
    with network(chromium, real_page, "#n=llama&view=network", size) as opened:
        page = opened.page
        page.evaluate("location.hash = ''")
        expect(page.locator("#tree")).to_be_visible()
        page.locator("#search").fill(query)
        page.keyboard.press("Enter")
        tree = f"{len(ids)} of {len(real.nodes('model'))} models: {query}"
        expect(page.locator("#shown-note")).to_have_text(tree)
        page.locator("[data-view=network]").click()
        note = f"{len(ids)} models and {len(among)} claims among them: {query}"
        expect(page.locator("#network-note")).to_have_text(note)
        nodes, edges = drawn(page)
        assert (set(nodes), sorted(edges)) == (ids, sorted(among))
        assert page.evaluate("location.hash") == f"#view=network&q={quote(query, safe=',')}"
        page.locator("[data-view=tree]").click()
        expect(page.locator("#shown-note")).to_have_text(tree)
        expect(page.locator("#panel")).to_be_hidden()
        page.locator("[data-view=table]").click()
        expect(page.locator("#table tbody tr")).to_have_count(len(ids))


def test_chosen_node_stands_within_the_selection(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """Of a selection and a chosen node the network draws the neighbours that are selected; Escape leads back to all of them."""
    ids = set(real.select("uses:rope,year:2023"))
    with network(chromium, real_page, "#n=llama&view=network&q=uses:rope,year:2023") as opened:
        page = opened.page
        assert set(drawn(page)[0]) == {"llama", *around(real, "llama", lambda one: one.id in ids, _any)}
        for _ in range(2):
            page.keyboard.press("Escape")
        expect(page.locator("#network-note")).to_have_text(re.compile(f"^{len(ids)} models and "))
        assert "n=" not in page.evaluate("location.hash")
        page.locator("#network").focus()
        page.keyboard.press("ArrowRight")
        expect(heading(page)).to_have_text(min((real[one].date, one, real[one].name) for one in ids)[2])


@pytest.mark.parametrize(
    ("fragment", "note"),
    [
        ("q=kind:technique", r"90 of {technique} techniques, those with the most claims among them: kind:technique"),
        ("q=kind:paper", r"90 of {paper} papers, the earliest: kind:paper"),
        ("arch=hybrid", r"\d+ models and \d+ claims among them: hybrid"),
        ("arch=dual-encoder&years=2013..2014", r"Nothing matches: 2013 to 2014, dual-encoder"),
        ("n=vicuna&q=uses:ropee", r"9 neighbours of Vicuna within one step .*ropee.*"),
    ],
)
def test_network_of_a_selection_is_limited_and_says_so(
    chromium: Browser, real_page: Path, real: LineageGraph, fragment: str, note: str
) -> None:
    """At most ninety nodes, and no fault where nothing is left; a selection that cannot be read limits nothing."""
    with network(chromium, real_page, f"#view=network&{fragment}") as opened:
        counts = {kind: len(real.nodes(kind)) for kind in ("paper", "technique")}
        wanted = re.sub(r"\{(\w+)\}", lambda found: str(counts[found[1]]), note)
        assert re.fullmatch(wanted, opened.page.locator("#network-note").inner_text())
        assert len(drawn(opened.page)[0]) <= 91


def test_names_of_a_selection_do_not_cover_each_other(chromium: Browser, real_page: Path) -> None:
    """However long they are, no name of a selection stands on another one."""
    for fragment in ("q=kind:paper,year:2024", "q=@vicuna", "org=Meta", "q=kind:technique"):
        with network(chromium, real_page, f"#view=network&{fragment}") as opened:
            boxes = opened.page.evaluate("drawnNetwork.body.nodeIndices.map((id) => drawnNetwork.getBoundingBox(id))")
            covered = [
                (one, other)
                for at, one in enumerate(boxes)
                for other in boxes[:at]
                if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 1
                and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 1
            ]
            assert covered == []


# -- two nodes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "360"])
def test_network_of_two_draws_what_joins_them(
    chromium: Browser, real_page: Path, real: LineageGraph, size: dict[str, int]
) -> None:
    """Both nodes and the lines of descent between them, the same as in the tree; filters leave no gap in them."""
    with network(chromium, real_page, "#n=bert&with=gpt-4&view=network&arch=encoder-only", size) as opened:
        page = opened.page
        expected = {"bert", "gpt-4", "transformer"} | (
            set(real.ancestors("gpt-4")) & set(real.descendants("transformer"))
        )
        nodes, edges = drawn(page)
        assert set(nodes) == expected
        assert {end for edge in edges for end in edge} == expected
        expect(page.locator("#network-note")).to_have_text(f"{len(expected)} nodes: what joins BERT and GPT-4")
        if size is WIDE:
            inside = page.evaluate(
                """drawnNetwork.body.nodeIndices.every((id) => {
                  const { left, right } = drawnNetwork.getBoundingBox(id);
                  return drawnNetwork.canvasToDOM({ x: left, y: 0 }).x >= 0 &&
                    drawnNetwork.canvasToDOM({ x: right, y: 0 }).x <= document.querySelector('#network').clientWidth; })"""
            )
            assert inside


def test_nothing_is_related_to_no_node(chromium: Browser, real_page: Path) -> None:
    """A second node without a first is not there, in the address and after another selection."""
    with visit(chromium, real_page, "#with=llama", viewport=WIDE) as opened:
        page = opened.page
        expect(page.locator("#shown-note")).to_have_text(re.compile(r"^\d+ of \d+ models$"))
        page.evaluate("location.hash = 'n=bert&with=llama'")
        expect(heading(page)).to_have_text("BERT and LLaMA")
        page.locator("#search").fill("uses:rope,year:2023")
        page.keyboard.press("Enter")
        expect(page.locator("#shown-note")).to_contain_text("models: uses:rope,year:2023")
        assert "with=" not in page.evaluate("location.hash")
        opened.assert_clean()


def test_node_is_not_related_to_itself(chromium: Browser, real_page: Path) -> None:
    """They are the same: no claim is said of the two."""
    with visit(chromium, real_page, "#n=llama&with=llama", viewport=WIDE) as opened:
        expect(opened.page.locator("#panel .answer")).to_have_text("They are the same.")
        expect(opened.page.locator("#panel h3")).to_have_count(0)
        opened.assert_clean()


# -- colours --------------------------------------------------------------------------------------------------------------

_SWATCHES = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const plain = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).join(' ');
  };
  const told = [...document.querySelectorAll('.legend li')].filter((one) => one.checkVisibility() && one.querySelector('.box'));
  const { nodes } = drawnNetwork.body.data;
  return [
    Object.fromEntries(told.map((one) => [one.textContent, plain(getComputedStyle(one.querySelector('.box')).fill)])),
    Object.fromEntries(nodes.get().map((one) => [one.id, plain(one.color.background)])),
  ]; })()"""


def _maker(one: Node, legend: dict[str, str]) -> str:
    return next((label for label in legend if label in one.organizations), "others")


def _year(one: Node, legend: dict[str, str]) -> str:
    return str(one.year) if str(one.year) in legend else next(label for label in legend if "and before" in label)


COLOURS: dict[str, Callable[[Node, dict[str, str]], str]] = {
    "": lambda one, _: BAND_LABELS[BAND_OF_ARCHITECTURE.get(one.data["architecture"], "undisclosed")],
    "&colour=maker": _maker,
    "&colour=weights": lambda one, _: {"api": "only as a service", "unreleased": "not released"}.get(
        one.data["weights"], one.data["weights"]
    ),
    "&colour=year": _year,
}


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_the_network_are_those_of_its_legend(
    chromium: Browser, real_page: Path, real: LineageGraph, colour: str, scheme: str
) -> None:
    """Each node has the colour that the legend gives to what it is; papers and techniques are in the legend, too."""
    with network(chromium, real_page, f"#n=llama&view=network&all=1{colour}") as opened:
        page = opened.page
        page.emulate_media(color_scheme=scheme)
        page.locator(".legend summary").click()
        legend, nodes = page.evaluate(_SWATCHES)
        for one, colour_of in nodes.items():
            kind = real[one].kind
            label = next((text for text in legend if text.startswith(f"a {kind}")), "") if kind != "model" else ""
            assert colour_of == legend[label or COLOURS[colour](real[one], legend)], one
        assert len(set(nodes.values())) > 3


def test_use_of_a_technique_colours_the_network(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """Who uses the technique, who came with it, and who is not known to."""
    users = {edge.target for edge in real.edges() if edge.kind == "uses-technique" and edge.source == "swiglu"}
    with network(chromium, real_page, "#n=llama&view=network&all=1&colour=technique&technique=swiglu") as opened:
        opened.page.locator(".legend summary").click()
        legend, nodes = opened.page.evaluate(_SWATCHES)
        models = {one: colour for one, colour in nodes.items() if real[one].kind == "model"}
        assert {one for one, colour in models.items() if colour == legend["uses SwiGLU"]} == users & models.keys()
        assert {one for one, colour in models.items() if colour == legend["no use is known"]} == models.keys() - users


# -- files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fragment", ["#n=llama&view=network", "#n=bert&with=gpt-4&view=network", "#view=network&q=@vicuna"]
)
def test_saved_network_is_what_is_drawn(chromium: Browser, real_page: Path, real: LineageGraph, fragment: str) -> None:
    """The picture has each line with its arrow and word, and the legend; JSON and BibTeX hold the claims that are drawn."""
    with network(chromium, real_page, fragment) as opened:
        nodes, edges = drawn(opened.page)
        labels = opened.page.evaluate("drawnNetwork.body.data.edges.get().flatMap(({ label }) => label ?? [])")
        _, content = saved(opened, "JSON")
        told = json.loads(content)
        assert {one["id"] for one in told["nodes"]} == set(nodes)
        assert sorted((one["source"], one["target"]) for one in told["edges"]) == sorted(edges)
        _, content = saved(opened, "BIB")
        ends = {(one["source"], one["target"], one["kind"], one["relation"]) for one in told["edges"]}
        claims = [e for e in real.edges() if (e.source, e.target, e.kind, e.relation) in ends]
        assert content.decode() == references.as_bibtex(references.references(real, claims))
        _, content = saved(opened, "SVG")
        picture = ET.fromstring(content)  # noqa: S314
        paths = [one.get("d", "") for one in picture.iter(f"{SVG}path")]
        assert (
            len([d for d in paths if d.endswith("Z")]) == len([d for d in paths if not d.endswith("Z")]) == len(edges)
        )
        texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
        assert {"A child came by", "Beside the models", "a paper", "Architecture", "Encoder-only"} <= set(texts)
        assert (
            [text for text in texts if text in {"architecture", "fine-tuned"}].count("architecture")
            >= labels.count("architecture")
            > (0 if fragment == "#n=llama&view=network" else -1)
        )
        assert "restricted" not in texts, "the forms of the weights are those of the tree"


# -- lines and words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", ["llama", "bert", "vicuna", "gpt-3"])
def test_lines_of_the_network_run_behind_no_name(chromium: Browser, real_page: Path, one: str) -> None:
    """No line crosses the name of a node that is none of its ends."""
    with network(chromium, real_page, f"#n={one}&view=network") as opened:
        crossed = opened.page.evaluate(
            """(() => {
              const { edges, nodeIndices } = drawnNetwork.body;
              const boxes = nodeIndices.map((id) => [id, drawnNetwork.getBoundingBox(id)]);
              return Object.values(edges).flatMap(({ fromId, toId, edgeType }) =>
                boxes.filter(([id, { left, top, right, bottom }]) => id !== fromId && id !== toId &&
                  Array.from({ length: 99 }, (_, at) => edgeType.getPoint((at + 1) / 100)).some(({ x, y }) =>
                    x > left + 3 && x < right - 3 && y > top + 3 && y < bottom - 3)).map(([id]) => [fromId, toId, id])); })()"""
        )
        assert crossed == []


@pytest.mark.parametrize("fragment", ["#n=bert&with=gpt-4", "", "#n=transformer&focus=only&down=1"])
def test_lines_of_the_tree_strike_through_no_chip(chromium: Browser, real_page: Path, fragment: str) -> None:
    """No line of descent runs through the name of another parent."""
    with visit(chromium, real_page, fragment, viewport=WIDE) as opened:
        expect(node(opened.page, "bert")).to_be_attached()
        struck = opened.page.evaluate(
            """(() => {
              const inside = (a, b, low, high) => Math.max(a, b) > low + 0.5 && Math.min(a, b) < high - 0.5;
              return [...document.querySelectorAll('.tree .chip')].filter((chip) => {
                const [x, y] = chip.getAttribute('transform').match(/-?[\\d.]+/g).map(Number);
                const { width, height } = chip.querySelector('rect');
                const [w, h] = [width.baseVal.value, height.baseVal.value];
                return [...document.querySelectorAll('.tree .lines polyline')].some((line) =>
                  [...line.points].some((point, at, all) => at && inside(all[at - 1].x, point.x, x, x + w) &&
                    inside(all[at - 1].y, point.y, y, y + h)));
              }).map((chip) => chip.textContent); })()"""
        )
        assert struck == []
        opened.assert_clean()


def test_years_cover_what_goes_under_them(chromium: Browser, real_page: Path) -> None:
    """Nothing shows through the strip of the years."""
    with visit(chromium, real_page, "#n=llama", viewport=WIDE) as opened:
        expect(heading(opened.page)).to_have_text("LLaMA")
        style = opened.page.locator(".axis-back").evaluate(
            "one => [getComputedStyle(one).fillOpacity, getComputedStyle(one).opacity]"
        )
        assert style == ["1", "1"]


def test_what_a_model_led_to_is_told_in_words(chromium: Browser, real_page: Path) -> None:
    """Neither list of the details has a word of the records where there is one of the language."""
    with visit(chromium, real_page, "#n=llama", viewport=WIDE) as opened:
        page = opened.page
        for year in page.locator("#panel .led-to summary").all():
            year.click()
        marks = set(page.locator("#panel .led-to .mark").all_text_contents())
        assert {"fine-tuned from it", "takes its design", "succeeds it"} <= marks
        assert (
            marks & {"finetuned", "succession", "expanded", "continued-pretraining", "continued pretraining"} == set()
        )
        opened.assert_clean()


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("weights=api&weights=api&weights=unreleased", "only as a service, not released"),
        ("weights=open&weights=open", "open"),
        ("basis=outputs&years=2023..2023", "2023, outputs (distilled)"),
    ],
)
@pytest.mark.parametrize("view", ["tree", "network"])
def test_filters_are_told_in_the_words_of_the_panel(
    chromium: Browser, real_page: Path, fragment: str, words: str, view: str
) -> None:
    """The line above the picture says each filter once, as the panel does."""
    with visit(chromium, real_page, f"#view={view}&{fragment}", viewport=WIDE) as opened:
        note = opened.page.locator("#network-note b" if view == "network" else "#shown-note b")
        expect(note).to_have_text(words)
        opened.assert_clean()


def test_everything_is_not_offered_where_it_is_shown(chromium: Browser, toy_page: Path, real_page: Path) -> None:
    """A small graph is shown whole from the start; a large one is not."""
    with visit(chromium, toy_page, viewport=WIDE) as opened:
        expect(opened.page.locator("#shown-note")).to_have_text("7 of 7 models")
        expect(opened.page.locator("#all")).to_be_hidden()
    with visit(chromium, real_page, viewport=WIDE) as opened:
        opened.page.get_by_role("button", name="Show everything").click()
        expect(opened.page.locator("#all")).to_be_visible()
