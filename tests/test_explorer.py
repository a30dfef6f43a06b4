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
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import browser as browsers
import pytest
from browser import Visit, heading, node, visit, write
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect

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
    "<details open ontoggle=alert(33)>",
    "<body onload=alert(34)>",
    "<input autofocus onfocus=alert(35)>",
    "<video><source onerror=alert(36)></video>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(37)>",
    "<svg><animate onbegin=alert(38) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(39)'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload=alert(40)>#x'/></svg>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(42)'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<object data='data:text/html,<script>alert(44)</script>'></object>",
    "<embed src='javascript:alert(45)'>",
    "<form action='javascript:alert(46)'><button>x</button></form>",
    "<a href='jav&#x09;ascript:alert(47)'>x</a>",
    "JaVaScRiPt:alert(48)",
    " javascript:alert(49)",
    "java\nscript:alert(50)",
    "vbscript:alert(51)",
    "blob:null/alert(52)",
    'https://evil.example/"><script>alert(53)</script>',
    "//evil.example/alert(54)",
    "<template><script>alert(55)</script></template>",
    "<marquee onstart=alert(56)>",
    "<xss style='animation-name:x' onanimationstart=alert(57)></xss>",
    "%3Cscript%3Ealert(58)%3C/script%3E",
    "&#60;script&#62;alert(59)&#60;/script&#62;",
    "\\x3cscript\\x3ealert(60)\\x3c/script\\x3e",
    "\u2028</script\u2029><script >alert(61)</script >",
    '=HYPERLINK("https://evil.example","alert(62)")',
    "`${alert(63)}`",
    "toString",
    "hasOwnProperty",
    "</table><script>alert(66)</script>",
)


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
    code = "".join(explorer._asset(name) for name in explorer.OWN_SCRIPTS)
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
    """The page of the real data weighs at most 1.2 MB; packed, at most 200 kB and 0.18 kB for each of its nodes.

    Without the network library, the sources and the prose, which the tree and the table do not wait for, it is 150 kB.
    """
    page = explorer.render(real, lanes(real))
    assert len(page.encode()) < 1_200_000
    assert len(gzip.compress(page.encode(), 9)) < 200_000 + 180 * len(real)
    drawn = re.sub(r'(id="packed-[a-z]+">)[^<]*', r"\1", page)
    assert len(gzip.compress(drawn.encode(), 9)) < 150_000


def test_only_comments_are_left_out_of_the_scripts() -> None:
    """What a page leaves out of our scripts are whole lines of comment, none of them inside a text of several lines."""
    for name in explorer.OWN_SCRIPTS:
        script = explorer._asset(name)
        for found in explorer._COMMENTS.finditer(script):
            assert re.fullmatch(r"\s*(//[^\n]*|/\*\*.*\*/[ \t]*)\n?", found[0], re.DOTALL), (name, found[0])
            assert found[0].count("*/") <= 1, (name, found[0])
            assert explorer._bare(script[: found.start()]).count("`") % 2 == 0, (name, found[0])
        assert not re.search(r"^[ \t]*(//|/\*\*$|/\*\*.*\*/$)", explorer._bare(script), re.MULTILINE), name


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
    assert len(PAYLOADS) >= 60
    with visit(chromium, hostile_page) as opened:
        page = opened.page
        for position, payload in enumerate(PAYLOADS):
            for one in ("d", "p", "t"):
                touch_everything(opened, f"{one}{position}")
                shown = page.locator("#panel h2").text_content() or ""
                assert shown.startswith(explorer._spoken(payload)), payload
            page.fill("#search", explorer._spoken(payload).replace("\n", " "))
        for colour in ("maker", "weights", "year", "technique&technique=t3"):
            page.evaluate(f"location.hash = 'colour={colour}'")
        page.evaluate("document.querySelector('.legend').open = true")
        page.click("#filter")
        while page.locator("#filters .more:visible").count():
            page.locator("#filters .more:visible").first.click()
        assert page.locator("#filters fieldset", has_text="Maker").locator("li").count() > len(PAYLOADS) - 5
        page.locator("#filters input[type=checkbox]").nth(30).check()
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
    safe = {("https:", "noopener noreferrer")}
    assert links == {
        'https://evil.example/"onclick="alert(30)': safe,
        'https://evil.example/"><script>alert(53)</script>': safe,
    }


@pytest.mark.parametrize(
    "key",
    ["n", "with", "view", "up", "focus", "open", "years", "org", "q", "colour", "technique", "tour", "step", "theme"],
)
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
