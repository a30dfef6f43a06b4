"""Graphviz: what is written as DOT, what is drawn of it, and that no text of a record gets out of its quotes."""

from __future__ import annotations

import hashlib
import random
import re
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage.errors import LimitError, ToolError
from lineage.graph import Edge, LineageGraph, Node
from lineage.layout import Band, Box, Chip, Layout, Link, Tick, lanes
from lineage.views import dot, graphviz_wasm, xdot
from lineage.views.picture import Subject, picture
from lineage.views.shapes import Area, Linked, Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"

HOSTILE = [
    "<b>x</b>",
    "<>",
    "<",
    "trailing \\",
    "trailing \\\\",
    'quote "',
    '\\"',
    '\\\\"',
    "nul \0 nul",
    "\\N",
    "\\G \\E \\T \\H \\L",
    "\\n\\l\\r",
    "a:b",
    "x" * 20_000,
    "\\" * 20_000,
    '"' * 20_000,
    "];evil[",
    '"];evil[x="',
    "\n\n",
    "",
    "&lt;script&gt; &amp;lt; &#60;",
    "</text><script>alert(1)</script>",
    "]]>",
    "--><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "\u202ereversed\u2066",
    "\ud800 alone",
    "\ufffe \uffff",
    "漢字 и עברית 👩‍🔬",
    "strict",
    "node",
    "graph",
    "%s %d {0}",
    "+",
    "\x1b[2J",
]

TEXT = st.text(max_size=200) | st.text(alphabet='<>"\\&;:{}[]|/#=+-NGELTHnlr \n\r\t\0ampltquo', max_size=60)


def node(node_id: str, kind: Any = "model", name: str | None = None, **data: Any) -> Node:
    """A node of one kind."""
    return Node(id=node_id, kind=kind, name=node_id if name is None else name, date="2023-02", data=data)


def edge(source: str, target: str, kind: Any = "derived-from", relation: str | None = None, **data: Any) -> Edge:
    """An edge; of descent, when no kind is given, by fine-tuning."""
    basis: Any = {"derived-from": "weights", "succeeds": "succession"}.get(kind)
    basis = {"distilled": "outputs", "architecture": "architecture"}.get(relation or "", basis)
    relation = (relation or "finetuned") if kind == "derived-from" else None
    sources = ({"url": data.pop("url", "https://example.org/a?b=1&lt;=2"), "locator": "", "shows": ""},)
    return Edge(source, target, kind, relation, basis, "stated", sources, data)


def everything() -> tuple[list[Node], list[Edge]]:
    """Every kind of node and of edge."""
    nodes = [
        node("a", name='A "x"', architecture="decoder-only", weights="open", organizations=["Meta"]),
        node("b", architecture="encoder-only", weights="unreleased"),
        node("c", architecture="hybrid", weights="restricted"),
        node("p", "paper", "Paper", arxiv="2302.13971"),
        node("t", "technique", "RoPE", sources=[{"url": "http://plain.example"}, {"url": "https://example.org/t"}]),
        node("u", "technique"),
    ]
    edges = [
        edge("a", "b"),
        edge("a", "b", relation="distilled"),
        edge("a", "c", relation="architecture"),
        edge("b", "c", "succeeds"),
        edge("p", "t", "introduced-technique"),
        edge("t", "a", "uses-technique", url="javascript:alert(1)"),
        edge("p", "a", "described-by"),
        edge("t", "u", "refines"),
    ]
    return nodes, edges


def texts(svg: str, kind: str = "node") -> list[str]:
    """What is written in the nodes, or the edges, of a drawing."""
    groups = [one for one in ET.fromstring(svg).iter(f"{SVG}g") if one.get("class", "").split()[:1] == [kind]]  # noqa: S314
    return ["".join(text.text or "" for text in group.iter(f"{SVG}text")) for group in groups]


def shown(text: str) -> str:
    """What a drawing shows of a text: the spaces of a line are no breaks."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


# -- DOT ----------------------------------------------------------------------------------------------------------------


def test_every_kind_has_its_shape_and_line() -> None:
    """Models are boxes, papers notes, techniques diamonds; ends, styles and links are written out."""
    written = dot.source(LineageGraph(*everything()))
    uninteresting = r'\b(?:tooltip|color|fillcolor|fontcolor|penwidth|width)=("(?:[^"\\]|\\.)*"|[\w.]+)'
    lines = [re.sub(" +", " ", re.sub(uninteresting, "", one)).replace(" ]", "]") for one in written.splitlines()]
    introduced = "introduced-technique"
    link = 'URL="https://example.org/a?b=1&amp;lt;=2"'
    assert lines == [
        "digraph lineage {",
        '\tgraph [bgcolor="#FFFFFF" fontname=Inter fontsize=9 newrank=true nodesep=0.18 rankdir=LR ranksep=0.45]',
        '\tnode [ fontname=Inter fontsize=9 height=0.25 margin="0.08,0.03"]',
        "\tedge [arrowsize=0.6 fontname=Inter fontsize=8]",
        '\tn0 [label="A \\"x\\"" class="model decoder-only" id="node-a" shape=box style="rounded,filled"]',
        '\tn1 [label=b class="model encoder-only" id="node-b" shape=box style="rounded,filled,dashed"]',
        '\tn2 [label=c class="model state-space" id="node-c" shape=box style="rounded,filled"]',
        '\tn3 [label=Paper URL="https://arxiv.org/abs/2302.13971" class=paper id="node-p" shape=note style=filled]',
        '\tn4 [label=RoPE URL="https://example.org/t" class=technique id="node-t" shape=diamond style=filled]',
        '\tn5 [label=u class=technique id="node-u" shape=diamond style=filled]',
        f'\tn0 -> n1 [label=distilled {link} class="derived-from outputs" id="edge-a__b__distilled" style=dashed]',
        f'\tn0 -> n1 [label=finetuned {link} class="derived-from weights" id="edge-a__b__finetuned" style=solid]',
        f'\tn0 -> n2 [label=architecture {link} class="derived-from architecture" id="edge-a__c__architecture" style=dotted]',
        f'\tn1 -> n2 [label=succeeds {link} arrowhead=open class="succeeds succession" id="edge-b__c__succeeds" style=dashed]',
        f'\tn3 -> n0 [label="described-by" {link} arrowhead=none class="described-by" id="edge-p__a__described-by" style=dotted]',
        f'\tn3 -> n4 [label="{introduced}" {link} arrowhead=diamond class="{introduced}" id="edge-p__t__{introduced}" style=solid]',
        '\tn4 -> n0 [label="uses-technique" arrowhead=odiamond class="uses-technique" id="edge-t__a__uses-technique" style=dotted]',
        f'\tn4 -> n5 [label=refines {link} arrowhead=onormal class=refines id="edge-t__u__refines" style=solid]',
        "}",
    ]  # fmt: skip


def test_everything_is_drawn_and_says_what_it_is() -> None:
    """Every node and edge is in the drawing, with a title in words and a link where there is an https source."""
    nodes, edges = everything()
    svg = dot.draw(dot.source(LineageGraph(nodes, edges)), nodes=len(nodes), edges=len(edges))
    root = ET.fromstring(svg)  # noqa: S314 - our own
    titles = {one.get("id", ""): one.findtext(f"{SVG}title") for one in root.iter(f"{SVG}g") if one.get("class")}
    assert titles["node-a"] == 'A "x" · model · 2023-02 · Meta'
    assert titles["edge-a__b__distilled"] == 'A "x" → b: distilled (stated)'
    assert not any(re.fullmatch(r"n\d+(->n\d+)?", title or "") for title in titles.values())
    links = {one.get(f"{XLINK}href") for one in root.iter(f"{SVG}a")} - {None}
    assert links == {"https://arxiv.org/abs/2302.13971", "https://example.org/t", "https://example.org/a?b=1&lt;=2"}
    assert {one.get("font-family") for one in root.iter(f"{SVG}text")} == {"Lineage Inter,Inter,sans-serif"}
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<!--" not in svg


def test_the_order_of_the_input_does_not_show() -> None:
    """Shuffled nodes and edges give the same text and the same drawing."""
    nodes, edges = everything()
    first = dot.source(LineageGraph(nodes, edges))
    for seed in range(3):
        random.Random(seed).shuffle(nodes)
        random.Random(seed).shuffle(edges)
        again = dot.source(LineageGraph(nodes, edges))
        assert again == first
        assert dot.draw(again, nodes=6, edges=8) == dot.draw(first, nodes=6, edges=8)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_no_text_breaks_a_drawing(text: str) -> None:
    """A name that is syntax, markup, an escape or a port stands in the drawing as what it is."""
    _check_text(text)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_any_text_is_drawn_as_it_is(text: str) -> None:
    """Whatever a name holds, the drawing has the same nodes and edges and shows that name."""
    _check_text(text)


def _check_text(text: str) -> None:
    hostile = {"architecture": text, "weights": text, "organizations": [text], "address": text, "arxiv": text}
    nodes = [
        node("a", name=text, **hostile),
        node("b:c", name="b", **hostile),
        node(text or "d", "paper", text, sources=[{"url": text}]),
        node("t", "technique", text),
    ]
    graph = LineageGraph(nodes, [edge("a", "b:c", relation=text or None, url=text), edge("t", "a", "uses-technique")])
    svg = dot.draw(dot.source(graph), nodes=len(graph), edges=2)
    label = xdot.clean(text)
    assert len(label) <= xdot.MAX_LABEL
    expected = [xdot.clean(one.name) or xdot.clean(one.id) or "?" for one in graph.nodes()]
    assert sorted(texts(svg)) == sorted(map(shown, expected))
    assert texts(svg, "edge").count(shown(xdot.clean(text or "finetuned"))) >= 1
    assert "<script" not in svg.lower()


def test_labels_are_capped() -> None:
    """A very long name ends in an ellipsis."""
    assert xdot.clean("x" * 20_000) == "x" * 119 + "…"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http://plain.example/",
        "https:alert(1)",
        "https://",
        "https://a b/",
        'https://a/"onload=',
        "https://a/\\x",
        "https://a/\n",
        "https://user@evil.example/",
        " https://a/",
        "//a/",
        "https://a/" + "x" * 600,
    ],
)
def test_only_plain_https_addresses_become_links(address: str) -> None:
    """Anything else is left out, in nodes and in edges."""
    graph = LineageGraph([node("a", address=address), node("b")], [edge("a", "b", url=address)])
    assert "URL=" not in dot.source(graph)


def test_too_many_nodes_are_refused() -> None:
    """By number, before any work, with what to do instead."""
    graph = LineageGraph([node(f"m{number}") for number in range(dot.MAX_NODES + 1)], [])
    message = "2,501 nodes are more than a drawing may have (2,500); choose a smaller selection"
    with pytest.raises(LimitError, match=re.escape(message)):
        dot.source(graph)
    with pytest.raises(LimitError, match=re.escape(message)):
        dot.draw("digraph {}", nodes=len(graph), edges=0)


# -- the figure's geometry ----------------------------------------------------------------------------------------------


def figure(label: str = "A", chip: str = "+ A") -> tuple[LineageGraph, Layout]:
    """Three models, two lines, a chip, two bands and two years."""
    graph = LineageGraph(
        [node(one, architecture="decoder-only", weights="open") for one in "abc"],
        [edge("a", "b"), edge("b", "c", "succeeds"), edge("a", "c", relation="distilled")],
    )
    boxes = {
        "c": Box("c", 300, 140, 60, 18, "C"),
        "a": Box("a", 50, 20, 80, 18, label),
        "b": Box("b", 200, 100, 90, 18, "B"),
    }
    links = (
        Link("b", "c", "succession", ((250, 118), (250, 149), (300, 149))),
        Link("a", "b", "weights", ((60, 38), (60, 109), (200, 109))),
    )
    ticks = (Tick(2022, 40), Tick(2023, 180))
    chips = (Chip("c", "a", chip, 300, 160, 60, 12),)
    bands = (Band("decoder-only", "Decoder-only", 10, 80), Band("encoder-decoder", "Encoder-decoder", 90, 80))
    return graph, Layout(400, 200, boxes, links, chips, bands, ticks)


@pytest.mark.parametrize("engine", ["nop2", "neato -n2", "dot"])
def test_the_figure_keeps_its_places(engine: str) -> None:
    """Every box and line of the figure is drawn where the figure has it, whichever program reads the file."""
    graph, layout = figure()
    svg = dot.draw(dot.pinned(graph, layout), engine=engine, nodes=3, edges=2)
    assert 'viewBox="0.00 0.00 400.00 200.00"' in svg
    assert "translate(0 200)" in svg  # so a point of the drawing is at y - 200
    root = ET.fromstring(svg)  # noqa: S314 - our own
    groups = {one.get("id"): one for one in root.iter(f"{SVG}g")}
    (text,) = groups["node-b"].iter(f"{SVG}text")
    assert text.get("x") == "245"
    (line,) = groups["edge-a__b__finetuned"].iter(f"{SVG}path")
    assert line.get("d") == "M60,-162C60,-162 60,-91 60,-91 60,-91 200,-91 200,-91"
    drawn = [one.text for one in root.iter(f"{SVG}text")]
    assert drawn[:5] == ["Decoder-only", "Encoder-decoder", "2022", "2023", "+ A"]
    assert svg.count("<polyline") == 2


def test_heading_legend_and_caption_are_drawn_too() -> None:
    """With a subject the drawing has the size, the words and the places of the figure."""
    graph, layout = figure()
    shown = picture(graph, layout, Subject())
    svg = dot.draw(dot.pinned(graph, layout, Subject()), engine="nop2", nodes=3, edges=2)
    width, height = re.findall(r'viewBox="0\.00 0\.00 (\S+) (\S+)"', svg)[0]
    assert (float(width), float(height)) == pytest.approx((shown.width, shown.height), abs=1)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    at = {one.text: (float(one.attrib["x"]), float(one.attrib["y"]) + float(height)) for one in root.iter(f"{SVG}text")}
    loose = [one for one in shown.shapes if isinstance(one, Words) and one.role != "year"]
    assert {"Family tree of language models", "Architecture", "Weights", "Descent by"} <= {one.text for one in loose}
    assert [one.text for one in loose if one.text not in at] == []
    caption = loose[-1]
    assert at[caption.text] == pytest.approx((caption.x, caption.y), abs=1)
    (box,) = [one.shapes[0] for one in shown.shapes if isinstance(one, Linked) and (one.id, one.kind) == ("b", "model")]
    assert isinstance(box, Area)
    assert at["B"][0] == pytest.approx(box.x + box.width / 2, abs=1)
    assert box.y < at["B"][1] < box.y + box.height


def test_the_figure_is_the_same_bytes_however_it_comes() -> None:
    """The order of boxes and links does not show."""
    graph, layout = figure()
    boxes = dict(reversed(list(layout.boxes.items())))
    turned = Layout(400, 200, boxes, layout.links[::-1], layout.chips, layout.bands, layout.ticks)
    assert dot.pinned(graph, turned) == dot.pinned(graph, layout)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT)
def test_any_text_keeps_the_figure_whole(label: str, chip: str) -> None:
    """Names in boxes and chips never change what is drawn; the strings of the background hold no way out."""
    graph, layout = figure(label, chip)
    svg = dot.draw(dot.pinned(graph, layout), engine="nop2", nodes=3, edges=2)
    assert texts(svg)[0] == shown(xdot.clean(label) or "?")
    written = [one.text or "" for one in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314
    assert written[:4] == ["Decoder-only", "Encoder-decoder", "2022", "2023"]
    assert len(written) in (7, 8)  # an empty chip has no text
    assert shown(xdot.slashless(xdot.clean(chip))) in (written[4], "")


def test_lines_of_a_large_figure_stay_short() -> None:
    """Older Graphviz refuses a string of 16,384 characters in one piece."""
    graph, layout = figure()
    chips = layout.chips * 1000
    written = dot.pinned(graph, Layout(400, 200, layout.boxes, layout.links, chips, layout.bands, layout.ticks))
    assert max(map(len, written.splitlines())) < 1000
    assert dot.draw(written, engine="nop2", nodes=3, edges=2).count(">+ A<") == 1000


# -- drawing ------------------------------------------------------------------------------------------------------------


def test_a_drawing_that_lost_something_is_an_error() -> None:
    """Nodes and edges are counted, because Graphviz may drop some and call it success."""
    with pytest.raises(ToolError, match="Graphviz drew 2 of 3 nodes and 1 of 1 edges"):
        dot.draw("digraph {a -> b}", nodes=3, edges=1)


@pytest.mark.parametrize("text", ["digraph {a ->", "", "no dot", "digraph {a [label=<<b>]}"])
def test_text_that_is_not_dot_is_an_error(text: str) -> None:
    """Graphviz's own words come in one line."""
    with pytest.raises(ToolError, match=r"^Graphviz failed: [^\n]+$"):
        dot.draw(text, nodes=1, edges=0)


def test_an_unknown_program_is_an_error() -> None:
    """The known ones are named."""
    with pytest.raises(ToolError, match="`lefty` is no layout program; choose one of dot, neato"):
        dot.draw("digraph {}", engine="lefty", nodes=0, edges=0)


@pytest.mark.parametrize(
    "attribute",
    ['URL="javascript:alert(1)"', 'URL="https://a" target="x"', 'stylesheet="https://a/x.css"', 'image="/etc/passwd"'],
)
def test_what_no_drawing_needs_is_refused_or_left_out(attribute: str) -> None:
    """Text from elsewhere gets no script, no style sheet and no file into an SVG."""
    try:
        svg = dot.draw(f"digraph {{graph [{attribute}] a [{attribute}]}}", nodes=1, edges=0)
    except ToolError:
        return
    assert not re.search("script|stylesheet|passwd|target", svg)


def test_a_drawing_that_takes_too_long_is_stopped() -> None:
    """And the next one works."""
    rng = random.Random(1)
    heavy = ";".join(f"n{rng.randrange(2000)}->n{rng.randrange(2000)}" for _ in range(9000))
    with pytest.raises(ToolError, match=r"^Graphviz took longer than 0\.2 seconds; draw a smaller selection$"):
        dot.draw(f"digraph {{{heavy}}}", nodes=2000, edges=9000, seconds=0.2)
    assert dot.draw("digraph {a}", nodes=1, edges=0)


def test_a_drawing_that_takes_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so in a sentence."""
    monkeypatch.setattr(graphviz_wasm, "MEMORY_LIMIT", 24 << 20)
    large = ";".join(f"n{number}->n{number + 1}" for number in range(30_000))
    with pytest.raises(ToolError, match="a drawing may take 24 MiB of memory and this needs more"):
        dot.draw(f"digraph {{{large}}}", nodes=1, edges=0)


def test_the_largest_chain_is_drawn() -> None:
    """The longest recursion that the limit on nodes allows fits on Graphviz's stack."""
    nodes = [node(f"m{number:04}") for number in range(dot.MAX_NODES)]
    edges = [edge(first.id, second.id) for first, second in pairwise(nodes)]
    assert dot.draw(dot.source(LineageGraph(nodes, edges)), nodes=len(nodes), edges=len(edges))


def test_threads_draw_side_by_side() -> None:
    """One drawing's limit does not end another's."""
    results: list[str] = []
    graph = LineageGraph(*everything())
    threads = [
        threading.Thread(target=lambda: results.append(dot.draw(dot.source(graph), nodes=6, edges=8))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1


# -- the compiled module in the cache -----------------------------------------------------------------------------------


@pytest.fixture
def cache_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and a module that compiles in no time."""
    place = tmp_path / "cache" / "graphviz" / "x.cwasm"
    monkeypatch.setattr(graphviz_wasm, "_cache_place", lambda _: place)
    monkeypatch.setattr(graphviz_wasm, "_vendored", lambda _: bytes(wasmtime.wat2wasm("(module)")))
    graphviz_wasm._module.cache_clear()
    yield place
    graphviz_wasm._module.cache_clear()


def test_the_compiled_module_is_kept_for_its_owner_alone(cache_file: Path) -> None:
    """Its digest stands before it, nothing is left over, and no one else may write where it lies."""
    graphviz_wasm._module()
    content = cache_file.read_bytes()
    assert hashlib.sha256(content[32:]).digest() == content[:32]
    assert [one.name for one in cache_file.parent.iterdir()] == [cache_file.name]
    assert not cache_file.parent.stat().st_mode & 0o077
    assert not cache_file.stat().st_mode & 0o077
    assert graphviz_wasm._read_cache(cache_file) == content[32:]


@pytest.mark.parametrize("damage", ["empty", "short", "changed", "foreign", "folder", "shared", "link"])
def test_a_kept_module_that_is_not_ours_is_made_anew(cache_file: Path, damage: str) -> None:
    """Cut off, changed, made by another program, writable by others, no file at all: it is not run and does no harm."""
    graphviz_wasm._module()
    good = cache_file.read_bytes()
    other = b"not machine code"
    bad = {
        "empty": b"",
        "short": good[:-100],
        "changed": good[:-1] + bytes([good[-1] ^ 1]),
        "foreign": hashlib.sha256(other).digest() + other,
    }
    cache_file.unlink()
    if damage in bad:
        cache_file.write_bytes(bad[damage])
    elif damage == "folder":
        cache_file.mkdir()
    elif damage == "link":
        (cache_file.parent / "elsewhere").write_bytes(good)
        cache_file.symlink_to(cache_file.parent / "elsewhere")
    else:
        cache_file.write_bytes(good)
        cache_file.chmod(0o666)
    if damage != "foreign":  # which is whole, and is refused by wasmtime
        assert graphviz_wasm._read_cache(cache_file) is None
    graphviz_wasm._module.cache_clear()
    graphviz_wasm._module()
    if damage != "folder":
        assert graphviz_wasm._read_cache(cache_file) is not None
        assert cache_file.read_bytes() != bad.get(damage)


def test_no_cache_is_needed(cache_file: Path) -> None:
    """Where nothing can be kept, everything works, a second slower."""
    cache_file.parent.parent.mkdir()
    cache_file.parent.write_text("a file where the folder would be", encoding="utf-8")
    assert graphviz_wasm._module()


def test_the_vendored_files_are_those_of_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody edits third-party files in place, and their list is the table's."""
    import importlib.util
    import sys
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location("vendor_py", root / "tools" / "vendor.py")
    assert spec
    assert spec.loader
    vendor = importlib.util.module_from_spec(spec)
    sys.modules["vendor_py"] = vendor
    try:
        spec.loader.exec_module(vendor)
    finally:
        del sys.modules["vendor_py"]
    assert [fault for package in vendor.PACKAGES for fault in vendor._faults(package)] == []
    assert (vendor.VENDOR / "README.md").read_text(encoding="utf-8") == vendor.readme()
    folders = {one.name for one in vendor.VENDOR.iterdir() if one.is_dir() and not one.name.startswith("__")}
    assert folders == {package.folder for package in vendor.PACKAGES}
    assert capsys.readouterr().out == ""


# -- the shipped data -----------------------------------------------------------------------------------------------------


def test_the_whole_figure_is_drawn_from_its_pinned_form(real: LineageGraph) -> None:
    """As many nodes and edges as the figure has boxes and lines, on a page of its size."""
    layout = lanes(real)
    svg = dot.draw(dot.pinned(real, layout), engine="neato -n2", nodes=len(layout.boxes), edges=len(layout.links))
    width, height = re.findall(r'viewBox="0\.00 0\.00 (\S+) (\S+)"', svg)[0]
    assert abs(float(width) - layout.width) <= 1
    assert abs(float(height) - layout.height) <= 1


def test_the_whole_graph_is_drawn(real: LineageGraph) -> None:
    """Every model, paper and technique of the shipped data, with every edge."""
    assert dot.draw(dot.source(real), nodes=len(real), edges=len(real.edges()))
