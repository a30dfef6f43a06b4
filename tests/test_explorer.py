"""The explorer page: what it may do, what it shows, and that no text of the data is ever run.

The tests that need a browser drive a real headless Chromium; :mod:`browser` finds it.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import browser as browsers
import pytest
import toy
from browser import Visit, visit
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Frame, Page, expect

import lineage
from lineage.graph import Edge, LineageGraph, Node
from lineage.layout import lanes
from lineage.views import explorer

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    '"><img src=x onerror=alert(4)>',
    "'><svg onload=alert(5)>",
    "javascript:alert(6)",
    '" onmouseover="alert(7)',
    "' autofocus onfocus='alert(8)",
    "]]><script>alert(9)</script>",
    "--><script>alert(10)</script>",
    "<!--<script>alert(11)",
    "href",
    '<a href="javascript:alert(13)">href</a>',
    "{{ 7*7 }}{% raw %}{# #}",
    "${alert(15)}`+alert(15)+`",
    "__proto__",
    "constructor",
    "</style><script>alert(18)</script>",
    "</title><script>alert(19)</script>",
    "</noscript><script>alert(20)</script>",
    "&lt;img src=x onerror=alert(21)&gt;",
    "\u2028alert(22)\u2029",
    "\\u003cscript>alert(23)\\u003c/script>",
    "data:text/html,<script>alert(24)</script>",
    "\u202egnp.<b>exe</b>",
    "half \ud800 a character",
    '<iframe srcdoc="<script>parent.alert(27)</script>"></iframe>',
    "nul \x00<script>alert(28)</script>",
    '" style="background:url(https://evil.example/x)',
    'https://evil.example/"onclick="alert(30)',
    "*bold* _italic_ <b>b</b>\nnew line",
    "  ",
)


@pytest.fixture(name="chromium", scope="module")
def _chromium() -> Iterator[Browser]:
    with browsers.chromium() as running:
        yield running


@pytest.fixture(name="toy_graph", scope="module")
def _toy_graph(tmp_path_factory: pytest.TempPathFactory) -> LineageGraph:
    return lineage.load(toy.write(tmp_path_factory.mktemp("toy")))


@pytest.fixture(name="toy_page", scope="module")
def _toy_page(toy_graph: LineageGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(toy_graph, tmp_path_factory.mktemp("page"))


@pytest.fixture(name="real_page", scope="module")
def _real_page(real: LineageGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(real, tmp_path_factory.mktemp("real"))


def write(graph: LineageGraph, directory: Path) -> Path:
    """The page of a graph as a file."""
    path = directory / "explorer.html"
    path.write_text(explorer.render(graph, lanes(graph)), encoding="utf-8")
    return path


def node(page: Page | Frame, node_id: str) -> Any:
    """The mark of a model in the tree."""
    return page.locator(f'.node[data-id="{node_id}"]')


def bounds(page: Page, selector: str) -> dict[str, float]:
    """Where an element is on the screen: x, y, width and height in pixels."""
    return dict(page.locator(selector).first.bounding_box() or {})  # type: ignore[arg-type]


def heading(page: Page | Frame) -> Any:
    """The name above the details."""
    return page.locator("#panel h2")


# -- without a browser -----------------------------------------------------------------------------------------------------


class _Document(HTMLParser):
    """The elements of a document with their attributes, and the texts of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.code: list[tuple[str, dict[str, str], str]] = []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.inside = tag in ("script", "style")
        if self.inside:
            self.code.append((tag, self.elements[-1][1], ""))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it so
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            tag, attributes, text = self.code[-1]
            self.code[-1] = (tag, attributes, text + data)


def test_policy_is_first_in_the_head_and_names_exactly_the_scripts_and_styles_of_the_page(toy_page: Path) -> None:
    """The policy allows the digests of what is in the page, and neither ``unsafe-inline`` nor any address."""
    document = _Document(toy_page.read_text(encoding="utf-8"))
    tags = [tag for tag, _ in document.elements]
    first, attributes = document.elements[tags.index("head") + 1]
    assert (first, attributes["http-equiv"]) == ("meta", "Content-Security-Policy")

    def codes(wanted: str) -> list[str]:
        return [text for tag, kept, text in document.code if tag == wanted and not kept.get("type")]

    def digests(texts: list[str]) -> str:
        return " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts
        )

    (library,) = [
        bz2.decompress(base64.b64decode(text)).decode()
        for _, kept, text in document.code
        if kept.get("id") == "packed-library"
    ]

    assert attributes["content"] == (
        f"default-src 'none'; script-src {digests([library, *codes('script')])}; style-src {digests(codes('style'))}; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lineage"
    )


def test_template_has_no_inline_handler_or_style(toy_page: Path) -> None:
    """What the policy would refuse is not there to be refused."""
    document = _Document(toy_page.read_text(encoding="utf-8"))
    names = {name for _, attributes in document.elements for name in attributes}
    assert sorted(name for name in names if name.startswith("on") or name in ("style", "src", "srcdoc")) == []


def test_scripts_make_no_markup() -> None:
    """Our scripts put texts on the page as text nodes only."""
    code = "".join(explorer._asset(name) for name in explorer._OWN_SCRIPTS)
    sinks = "innerHTML|outerHTML|insertAdjacentHTML|document.write|DOMParser|createContextualFragment|eval|new Function"
    assert re.findall(rf"\b({sinks})\b", code) == []


def test_same_bytes_for_shuffled_input(toy_graph: LineageGraph) -> None:
    """The order in which nodes and edges arrive does not show."""
    nodes, edges = list(toy_graph.nodes()), list(toy_graph.edges())
    pages = set()
    for seed in range(3):
        random.Random(seed).shuffle(nodes)
        random.Random(seed).shuffle(edges)
        graph = LineageGraph(nodes, edges)
        pages.add(explorer.render(graph, lanes(graph)))
    assert len(pages) == 1


@given(
    st.recursive(
        st.text() | st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_stays_inside_its_element(value: Any) -> None:
    """No JSON block holds a character that could end it, and it reads back as what was written."""
    written = explorer._json(value)
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == value


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_written(text: str) -> None:
    """What is left of a text can be written in UTF-8 and cannot turn the reading direction."""
    spoken = explorer._spoken(text)
    spoken.encode("utf-8")
    assert len(spoken) == len(text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", spoken)


def test_network_is_a_pyvis_network_with_fixed_places_and_plain_labels(toy_graph: LineageGraph) -> None:
    """Everything is in it once, nothing moves, and nothing is left to pyvis that it would make markup of."""
    import pyvis.network

    net = explorer.network(toy_graph, lanes(toy_graph))
    assert isinstance(net, pyvis.network.Network)
    assert net.options["physics"] == {"enabled": False}
    assert net.options["nodes"]["fixed"] is True
    assert net.get_nodes() == list(toy_graph)
    assert [(edge["id"], edge["from"], edge["to"]) for edge in net.edges] == [
        (position, edge.source, edge.target) for position, edge in enumerate(toy_graph.edges())
    ]
    assert {key for one in net.nodes for key in one} == {"id", "label", "shape", "group", "x", "y"}
    assert len({(one["x"], one["y"]) for one in net.nodes}) == len(toy_graph)


def test_empty_graph_has_a_page() -> None:
    """A graph without a node is drawn as one."""
    graph = LineageGraph([], [])
    assert "0 models, 0 papers, 0 techniques; 0 claims" in explorer.render(graph, lanes(graph))


def test_weight_of_the_page(real: LineageGraph) -> None:
    """The page of the real data weighs at most 1.2 MB, and packed at most 0.37 kB for each of its nodes and the library."""
    page = explorer.render(real, lanes(real)).encode()
    assert len(page) < 1_200_000
    assert len(gzip.compress(page, 9)) < 200_000 + 220 * len(real)


def test_browser_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """``LINEAGE_CHROMIUM`` comes before what is on PATH."""
    monkeypatch.setenv("LINEAGE_CHROMIUM", "/opt/some/chromium")
    assert browsers.executable() == "/opt/some/chromium"
    monkeypatch.setenv("LINEAGE_CHROMIUM", "")
    monkeypatch.setenv("PATH", "")
    assert browsers.executable() is None


# -- in the browser: nothing goes out, nothing goes wrong -------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_real_page_requests_nothing_and_breaks_no_rule(chromium: Browser, real_page: Path, scheme: str) -> None:
    """Both views of the real graph: no request beyond the file, no violation, no error in the console."""
    with visit(chromium, real_page, color_scheme=scheme) as opened:
        page = opened.page
        expect(page.locator(".node").first).to_be_visible()
        node(page, "transformer").click()
        expect(heading(page)).to_have_text("Transformer")
        for label in ("Network", "Table", "Tree"):
            page.get_by_role("button", name=label, exact=True).click()
        page.click("#theme")
        page.get_by_role("button", name="Network", exact=True).click()
        expect(page.locator("#network canvas")).to_be_visible()
        page.fill("#search", "a")
        page.mouse.wheel(0, 300)
        opened.assert_clean()


def test_page_works_in_a_sandboxed_frame(chromium: Browser, toy_page: Path, tmp_path: Path) -> None:
    """``sandbox="allow-scripts"`` without an origin: no storage, no clipboard, and everything else."""
    outer = tmp_path / "outer.html"
    frame_tag = f'<iframe sandbox="allow-scripts" src="{toy_page.as_uri()}#n=b" width="900" height="600"></iframe>'
    outer.write_text(f"<!doctype html><title>outer</title>{frame_tag}", encoding="utf-8")
    with visit(chromium, outer) as opened:
        frame = opened.page.frames[1]
        expect(heading(frame)).to_have_text("Model B")
        node(frame, "d").click()
        expect(heading(frame)).to_have_text("Model D")
        frame.click("#theme")
        frame.get_by_role("button", name="Network", exact=True).click()
        expect(frame.locator("#network canvas")).to_be_visible()
        frame.get_by_role("button", name="Copy link").click()
        expect(frame.locator(".permalink")).to_have_value(re.compile(r"#n=d&view=network$"))
        assert frame.evaluate("window.violations") == []
        opened.requests.remove(toy_page.as_uri())
        assert [one for one in opened.complaints if "ermission" not in one] == []
        assert opened.requests == []


# -- in the browser: hostile data ---------------------------------------------------------------------------------------------


def hostile(toy_graph: LineageGraph) -> LineageGraph:
    """One copy of the toy graph for every payload, with the payload in every text but ids, kinds, dates and bands."""
    kept = {"id", "kind", "date", "dates", "architecture", "source", "target", "basis"}
    nodes: list[Node] = []
    edges: list[Edge] = []
    for position, payload in enumerate(PAYLOADS):

        def poison(value: Any, payload: str = payload) -> Any:
            if isinstance(value, str):
                return payload
            if isinstance(value, dict):
                return {name: one if name in kept else poison(one) for name, one in value.items()}
            return [poison(one) for one in value] if isinstance(value, (list, tuple)) else value

        for one in toy_graph.nodes():
            extra = {
                "extension": payload,
                "aliases": [payload, f"{payload} again"],
                "variants": [{"name": payload, "parameters": payload, "active_parameters": payload, "url": payload}],
                "dates": [{"kind": "weights", "date": one.date, "sources": [{"url": payload, "shows": payload}]}],
                payload: payload,
            }
            name = f"{payload} {one.name}"
            data = {**poison(dict(one.data)), **extra, "id": f"{one.id}{position}", "name": name}
            nodes.append(Node(f"{one.id}{position}", one.kind, name, one.date, data))
        for edge in toy_graph.edges():
            ends = {"source": f"{edge.source}{position}", "target": f"{edge.target}{position}"}
            dispute = {"by": payload, "source": {"url": payload, "locator": payload, "shows": payload}}
            data = {**poison(dict(edge.data)), **ends, "note": payload, "disputed": dispute}
            edges.append(
                Edge(
                    ends["source"],
                    ends["target"],
                    edge.kind,
                    data["relation"],
                    edge.basis,
                    data["evidence"],
                    tuple(data["sources"]),
                    data,
                )
            )
    return LineageGraph(nodes, edges)


@pytest.fixture(name="hostile_page", scope="module")
def _hostile_page(toy_graph: LineageGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(hostile(toy_graph), tmp_path_factory.mktemp("hostile"))


def touch_everything(opened: Visit, node_id: str) -> None:
    """Show a node in both views, unfold all, and point at what reacts to pointing."""
    page = opened.page
    for view in ("tree", "network&hops=2", "table&outline=1&focus=only"):
        page.evaluate(f"location.hash = 'n={node_id}&view={view}'")
        page.evaluate("document.querySelectorAll('#panel details').forEach((one) => { one.open = true; })")
        page.evaluate(
            "document.querySelectorAll('#panel *').forEach((one) => one.dispatchEvent(new Event('mouseover')))"
        )
    page.mouse.move(400, 400)


def test_hostile_texts_are_only_ever_text(chromium: Browser, hostile_page: Path) -> None:
    """Whatever a text holds: it is shown as it is written, and nothing of it is run, requested or refused."""
    assert len(PAYLOADS) >= 20
    with visit(chromium, hostile_page) as opened:
        page = opened.page
        for position, payload in enumerate(PAYLOADS):
            for one in ("d", "p", "t"):
                touch_everything(opened, f"{one}{position}")
                shown = page.locator("#panel h2").text_content() or ""
                assert shown.startswith(explorer._spoken(payload)), payload
            page.fill("#search", explorer._spoken(payload).replace("\n", " "))
        addresses = page.evaluate("[...document.querySelectorAll('a')].map((one) => one.href)")
        assert [one for one in addresses if not one.startswith("https://")] == []
        opened.assert_clean()


def test_hostile_links_stay_text(chromium: Browser, hostile_page: Path) -> None:
    """Of all payloads only the https address becomes a link, and it cannot reach back to the page."""
    links = {}
    with visit(chromium, hostile_page) as opened:
        for position, payload in enumerate(PAYLOADS):
            opened.page.evaluate(f"location.hash = 'n=d{position}'")
            expect(opened.page.locator("#panel .sources").first).to_be_attached()
            found = opened.page.evaluate(
                "[...document.querySelectorAll('#panel a')].map((one) => [one.protocol, one.rel])"
            )
            if found:
                links[payload] = {tuple(one) for one in found}
        opened.assert_clean()
    assert links == {'https://evil.example/"onclick="alert(30)': {("https:", "noopener noreferrer")}}


@pytest.mark.parametrize("key", ["n", "view", "hops", "other"])
def test_hostile_addresses_do_nothing(chromium: Browser, toy_page: Path, key: str) -> None:
    """A payload in the fragment is no node; the page opens as if it were not there."""
    with visit(chromium, toy_page) as opened:
        for payload in PAYLOADS:
            opened.page.evaluate(
                "([key, text]) => { location.hash = `${key}=${text}`; }", [key, payload.replace("\ud800", "")]
            )
            opened.page.evaluate(
                "([key, text]) => { location.hash = `${key}=${encodeURIComponent(text)}`; }",
                [key, payload.replace("\ud800", "")],
            )
            expect(opened.page.locator("#panel")).to_be_hidden()
        opened.assert_clean()


def test_hostile_page_without_scripts(chromium: Browser, hostile_page: Path) -> None:
    """The list for readers without scripts shows the names as they are written."""
    with visit(chromium, hostile_page, java_script_enabled=False) as opened:
        names = opened.page.locator(".models tbody th").all_text_contents()
        assert sum(name.startswith("<img src=x onerror=alert(3)>") for name in names) == 7
        assert opened.requests == []


# -- in the browser: what a reader does -----------------------------------------------------------------------------------------


def test_search_finds_by_name_alias_maker_paper_and_technique(chromium: Browser, toy_page: Path) -> None:
    """Each of them leads to the model, and the list says why."""
    with visit(chromium, toy_page) as opened:
        page = opened.page

        def found(query: str) -> list[str]:
            page.fill("#search", query)
            return list(page.locator("#results [role=option] .found").all_text_contents())

        assert found("model d") == ["Model D"]
        assert found("erste 1.0") == ["Model A"]
        assert found("other") == ["Model F"]
        assert found("the paper p")[:3] == ["The paper p", "Model A", "Idea t"]
        assert found("idea u") == ["Idea u", "Model E"]
        assert found("MODEL-G") == ["Model G"]
        assert found("zzz") == []
        expect(page.locator("#results")).to_have_text("Nothing is called so.")
        opened.assert_clean()


def test_enter_in_the_search_focuses_the_model(chromium: Browser, toy_page: Path) -> None:
    """The arrow keys choose in the list, Enter opens the details and puts the focus on the node."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        page.keyboard.press("/")
        page.keyboard.type("model")
        page.keyboard.press("ArrowDown")
        chosen = page.locator("#results [aria-selected=true]")
        expect(chosen).to_have_count(1)
        name = chosen.locator(".found").text_content() or ""
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text(name)
        expect(page.locator("#results")).to_be_hidden()
        assert (page.evaluate("document.activeElement.getAttribute('aria-label')") or "").startswith(f"{name},")


def test_click_opens_the_details_with_sources(chromium: Browser, toy_page: Path) -> None:
    """Parents and children with relation, basis, evidence and sources; a click on one goes on to it."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        node(page, "d").click()
        expect(heading(page)).to_have_text("Model D")
        section = page.locator("#panel section", has_text="Came from")
        assert section.locator(".end span:first-child").all_text_contents() == ["Model B", "Model C"]
        assert section.locator(".mark").all_text_contents() == ["merged from", "basis: weights", "stated"] * 2
        link = section.locator("a").first
        assert link.get_attribute("href") == "https://arxiv.org/abs/1706.03762"
        assert (link.get_attribute("rel"), link.text_content()) == ("noopener noreferrer", "arxiv.org/abs/1706.03762")
        expect(section.locator(".locator").first).to_have_text("abstract")
        expect(section.locator(".shows").first).to_have_text("It says so.")
        assert page.locator("#panel section", has_text="Led to").locator(".mark").first.text_content() == "succession"
        section.locator(".end").first.click()
        expect(heading(page)).to_have_text("Model B")
        opened.assert_clean()


def test_every_claim_of_the_real_graph_is_in_a_panel(chromium: Browser, real: LineageGraph, real_page: Path) -> None:
    """For a model, a paper and a technique: as many claims and sources in the details as the graph has."""
    with visit(chromium, real_page) as opened:
        for one in ("llama-2", real.introducers("rope")[0], "rope"):
            opened.page.evaluate(f"location.hash = 'n={one}'")
            expect(heading(opened.page)).to_have_text(real[one].name)
            edges = [*real.in_edges(one), *real.out_edges(one)]
            assert opened.page.locator("#panel .claim").count() == len(edges)
            wanted = sum(len(edge.sources) + bool(edge.data.get("disputed")) for edge in edges)
            assert opened.page.locator("#panel .claim .sources > li").count() == wanted


def test_address_follows_and_leads(chromium: Browser, toy_page: Path) -> None:
    """A deep link opens on its node; every step is in the address, and back and forward take it back and again."""
    with visit(chromium, toy_page, "#n=b&view=network") as opened:
        page = opened.page
        expect(heading(page)).to_have_text("Model B")
        expect(page.locator("#network canvas")).to_be_visible()
        page.get_by_role("button", name="Show in tree").click()
        assert page.evaluate("location.hash") == "#n=b"
        node(page, "d").click()
        assert page.evaluate("location.hash") == "#n=d"
        page.go_back()
        expect(heading(page)).to_have_text("Model B")
        expect(page.locator("#tree")).to_be_visible()
        page.go_back()
        expect(page.locator("#network canvas")).to_be_visible()
        page.go_forward()
        page.go_forward()
        expect(heading(page)).to_have_text("Model D")
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_hidden()
        assert page.evaluate("location.hash") == ""
        opened.assert_clean()


def test_unknown_node_in_the_address_is_told(chromium: Browser, toy_page: Path) -> None:
    """A link to a node that is not there opens the tree and says so."""
    with visit(chromium, toy_page, "#n=nobody") as opened:
        expect(opened.page.locator("#live")).to_have_text("There is no “nobody” here")
        expect(opened.page.locator("#panel")).to_be_hidden()


def test_keyboard_walks_the_tree(chromium: Browser, toy_page: Path) -> None:
    """One stop of the Tab key; right is the first child, left the parent, up and down the siblings; Enter opens."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        assert page.locator('.node[tabindex="0"]').count() == 1
        page.locator('.node[tabindex="0"]').focus()
        walked = []
        for key in ("ArrowRight", "ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp"):
            page.keyboard.press(key)
            walked.append(page.evaluate("document.activeElement.dataset.id"))
        assert walked[:3] == ["b", "a", "b"]
        assert len({*walked[2:]}) >= 2
        assert page.locator('.node[tabindex="0"]').count() == 1
        page.keyboard.press("Home")
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label == "Model A, Acme, 2018-01-05, no parent, 5 descendants"
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text("Model A")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.dataset.id") == "a"
        opened.assert_clean()


def test_drag_and_wheel_move_the_tree(chromium: Browser, toy_page: Path) -> None:
    """Dragging pans and chooses nothing; the wheel pans; with the control key it zooms; the buttons zoom and fit."""
    with visit(chromium, toy_page) as opened:
        page = opened.page

        def box() -> dict[str, float]:
            return bounds(page, '.node[data-id="a"] rect')

        start = box()
        page.mouse.move(start["x"] + 5, start["y"] + 5)
        page.mouse.down()
        page.mouse.move(start["x"] + 45, start["y"] + 35, steps=4)
        page.mouse.up()
        dragged = box()
        assert (dragged["x"] - start["x"], dragged["y"] - start["y"]) == pytest.approx((40, 30), abs=1.5)
        expect(page.locator("#panel")).to_be_hidden()
        page.mouse.wheel(0, 20)
        page.wait_for_function(
            "y => document.querySelector('.node[data-id=a] rect').getBoundingClientRect().y < y - 15", arg=dragged["y"]
        )
        page.get_by_role("button", name="Zoom in").click()
        assert box()["width"] > dragged["width"] * 1.2
        page.keyboard.down("Control")
        page.mouse.wheel(0, 200)
        page.keyboard.up("Control")
        page.get_by_role("button", name="Fit to the window").click()
        opened.assert_clean()


def test_fingers_move_the_tree(chromium: Browser, toy_page: Path) -> None:
    """One finger drags, two fingers apart zoom in, and a tap beside a node opens it."""
    with visit(chromium, toy_page, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as opened:
        page = opened.page
        session = page.context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            fingers = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

        def box() -> dict[str, float]:
            return bounds(page, '.node[data-id="a"] rect')

        page.touchscreen.tap(box()["x"] + 5, box()["y"] - 9)
        expect(heading(page)).to_have_text("Model A")
        page.get_by_role("button", name="Close details").tap()
        start = box()
        touch("touchStart", (150, 300), (210, 300))
        for step in range(0, 31, 10):
            touch("touchMove", (150 - step, 300), (210 + step, 300))
        touch("touchEnd")
        zoomed = box()
        assert zoomed["width"] == pytest.approx(start["width"] * 2, rel=0.1)
        touch("touchStart", (180, 400))
        for step in range(0, 31, 10):
            touch("touchMove", (180 + step, 400 - step))
        touch("touchEnd")
        dragged = box()
        assert (dragged["x"] - zoomed["x"], dragged["y"] - zoomed["y"]) == pytest.approx((30, -30), abs=8)
        expect(page.locator("#panel")).to_be_hidden()
        opened.assert_clean()


def test_neighbourhood_has_its_sides(chromium: Browser, toy_page: Path) -> None:
    """What a model came from is left of it, what came of it right, techniques above, papers below."""
    with visit(chromium, toy_page) as opened:
        places = opened.page.evaluate(
            "[...arrange(wholeGraph(), 'd', { up: 2, down: 2 }, 90).places].map(([id, { side, ring }]) => [id, side, ring])"
        )
        assert sorted(places) == [
            ["a", "left", 2],
            ["b", "left", 1],
            ["c", "left", 1],
            ["d", None, 0],
            ["e", "right", 1],
            ["t", "left", 2],
            ["u", "right", 2],
        ]
        around = opened.page.evaluate(
            "Object.fromEntries([...arrange(wholeGraph(), 'a', { up: 1, down: 1 }, 90).places].map(([id, one]) => [id, [Math.sign(one.x), Math.sign(one.y)]]))"
        )
        assert around["p"] == [0, 1]
        assert {around[one][0] for one in "bcf"} == {1}
        techniques = opened.page.evaluate("arrange(wholeGraph(), 'e', { up: 1, down: 1 }, 90).places.get('t').y")
        assert techniques < 0


def test_click_in_the_network_goes_on(chromium: Browser, toy_page: Path) -> None:
    """A click on a neighbour makes it the middle of the network."""
    with visit(chromium, toy_page, "#n=g&view=network") as opened:
        page = opened.page
        expect(page.locator("#network-note")).to_have_text("1 neighbour of Model G within one step")
        frame = bounds(page, "#network")
        # The only neighbour is the paper, straight below the middle.
        x = frame["x"] + frame["width"] / 2
        for y in range(int(frame["y"] + frame["height"] / 2), int(frame["y"] + frame["height"]), 12):
            page.mouse.click(x, y)
        expect(heading(page)).to_have_text("The paper q")
        assert page.evaluate("location.hash") == "#n=q&view=network"
        opened.assert_clean()


def test_theme_follows_the_system_and_the_switch(chromium: Browser, toy_page: Path) -> None:
    """Dark when the system is dark, light at the press of the switch."""
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    with visit(chromium, toy_page, color_scheme="dark") as opened:
        page = opened.page
        dark = page.evaluate(ground)
        page.click("#theme")
        light = page.evaluate(ground)
        assert (dark, light) == ("rgb(17, 22, 29)", "rgb(255, 255, 255)")
        page.emulate_media(color_scheme="light")
        page.click("#theme")
        assert page.evaluate(ground) == dark


@pytest.mark.parametrize("fragment", ["", "#n=llama-2", "#n=llama-2&view=network", "#n=rope"])
def test_small_screen(chromium: Browser, real_page: Path, fragment: str) -> None:
    """At 360 pixels nothing scrolls sideways, every control is 44 pixels high, and details leave room for the picture."""
    with visit(chromium, real_page, fragment, viewport={"width": 360, "height": 740}, has_touch=True) as opened:
        page = opened.page
        expect(page.locator(".node").first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert page.evaluate("document.querySelector('#panel').scrollWidth <= 360")
        low = page.evaluate(
            "[...document.querySelectorAll('button, input, summary')].filter((one) => one.checkVisibility()"
            " && one.getBoundingClientRect().height < 43.9).map((one) => one.outerHTML)"
        )
        assert low == []
        if fragment:
            stage, panel = bounds(page, "#stage"), bounds(page, "#panel")
            assert stage["height"] > 200
            assert panel["y"] >= stage["y"] + stage["height"] - 1
        page.fill("#search", "google")
        expect(page.locator("#results [role=option]").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        opened.assert_clean()


def test_page_without_scripts_lists_the_models(chromium: Browser, toy_page: Path) -> None:
    """Without scripts there is a list instead of an empty page, and no control that would do nothing."""
    with visit(chromium, toy_page, java_script_enabled=False) as opened:
        page = opened.page
        rows = page.locator(".models tbody tr")
        assert [" | ".join(row.locator("th, td").all_text_contents()) for row in rows.all()[:2]] == [
            "Model A | 2018-01-05 | Acme | ",
            "Model F | 2018-06 | Other | Model A",
        ]
        assert rows.first.locator("a").get_attribute("href") == "https://arxiv.org/abs/1706.03762"
        expect(rows.first).to_be_visible()
        expect(page.locator("#search")).to_be_hidden()
        expect(page.locator("#tree")).to_be_hidden()
