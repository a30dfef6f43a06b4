"""The page beside stock pyvis of the same graph: size, time to the first picture, frames, keys, memory, all in one run.

``python benchmarks/page.py [real] [MODELS ...] [--quick] [--alone]`` writes ``explorer.html`` of the shipped data and of
made-up graphs of 300, 1,000 and 3,000 models with their papers and techniques, or of those that are named, and of each the
page that stock pyvis writes: ``Network(cdn_resources="in_line").from_nx(graph)`` with all its defaults. Both are opened in
headless Chromium, each time in a browsing context of its own. An empty page is opened in the same way: what it takes is what
the browser and the machine take.

Times are from the navigation to the frame in which the picture stands, the median of five runs. The page counts as
interactive when no task of more than 50 ms has begun for half a second; pyvis shows a bar until its physics has settled, and is
given a minute for that. ``--quick`` opens each page twice and gives pyvis 15 s; ``--alone`` leaves pyvis out.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from browser import chromium
from families import edge, family
from playwright.sync_api import Browser, Error, Page

import lineage
from lineage import Edge, LineageGraph, Node
from lineage.layout import lanes
from lineage.views import explorer

SIZES: Final = ("real", "300", "1000", "3000")
SYLLABLES: Final = (
    "ra",
    "lo",
    "min",
    "tek",
    "sa",
    "vor",
    "li",
    "quan",
    "del",
    "phi",
    "mo",
    "ter",
    "na",
    "gu",
    "bel",
    "ko",
)
QUERIES: Final = (
    "llama 2",
    "bert",
    "mistrl",
    "openai",
    "uses:rope year:2023..",
    "+llama-2",
    "+lama-2",
    "chatgtp",
    "attention is",
)
"""Typed letter by letter: names, a maker, a title, selections, and three that are misspelt."""
MADE_QUERIES: Final = (
    "ralo 2",
    "m0100",
    "mintk",
    "lab 7",
    "uses:t07 year:2020..",
    "+m0100",
    "+m010o",
    "on the",
    "telora",
)
REST: Final = 800
"""Milliseconds for a new window to come to rest: Chromium loads a page of its own into it, which is no part of ours."""
WATCH: Final = """
window.seen = {drawn: null, tasks: [], keys: [], violations: []};
document.addEventListener('securitypolicyviolation', (event) => seen.violations.push(event.violatedDirective));
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) seen.tasks.push([one.startTime, one.startTime + one.duration]);
}).observe({type: 'longtask', buffered: true});
// A frame is on its way to the screen when the task after its callbacks runs.
window.painted = (then) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => then(performance.now());
  channel.port2.postMessage(0);
});
"""
OURS: Final = """
{
  const watch = new MutationObserver(() => {
    if (!document.querySelector('#tree .node[data-id]')) return;
    watch.disconnect();
    painted((now) => { seen.drawn = now; });
  });
  watch.observe(document, {childList: true, subtree: true});
}
"""
EMPTY: Final = "addEventListener('DOMContentLoaded', () => painted((now) => { seen.drawn = now; }));"
PEER: Final = """
{
  const wait = setInterval(() => {
    if (typeof network === 'undefined' || !network) return;
    clearInterval(wait);
    network.once('stabilizationIterationsDone', () => painted((now) => { seen.drawn = now; }));
  }, 1);
}
"""
FRAMES: Final = """
window.frames_ = [];
{
  let before = null;
  const tick = (now) => {
    if (before !== null) frames_.push(now - before);
    before = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
"""
KEYS: Final = """
document.addEventListener('keydown', (event) => {
  const began = event.timeStamp;
  painted((now) => seen.keys.push(now - began));
}, true);
"""


PARTS: Final = (
    ("tree and table", "tree and table"),
    ("library", "network library"),
    ("rest", "papers, techniques, sources"),
    ("prose", "sentences and titles"),
)


@dataclass
class Figures:
    """What was measured of one page; milliseconds, bytes."""

    drawn: list[float] = field(default_factory=list)
    interactive: list[float] = field(default_factory=list)
    pan: list[float] = field(default_factory=list)
    zoom: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    first_keys: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    heap: list[float] = field(default_factory=list)
    requests: int = 0
    violations: int = 0
    failed: str = ""


# -- the graphs ----------------------------------------------------------------------------------------------------------


def dressed(size: int) -> LineageGraph:
    """A random family in which each model has a name, makers, a paper, techniques and sources, in number as in the shipped data."""
    chance = random.Random(size)  # noqa: S311
    bare = family(size, size)

    def word(count: int = 2) -> str:
        return "".join(chance.choice(SYLLABLES) for _ in range(count)).capitalize()

    def sentence() -> str:
        return " ".join(word(chance.randint(1, 3)).lower() for _ in range(chance.randint(6, 14))).capitalize() + "."

    def sources(about: str) -> list[dict[str, str]]:
        address = f"https://example.org/{hashlib.sha256(about.encode()).hexdigest()[:10]}"
        return [{"url": address, "locator": f"Section {chance.randint(1, 9)}", "shows": sentence()}]

    makers = [f"{word()} Lab {number}" for number in range(max(5, size // 10))]
    nodes: list[Node] = []
    edges: list[Edge] = []

    def add(kind: Any, node_id: str, name: str, date: str, **more: Any) -> None:
        data = {
            "id": node_id,
            "kind": kind,
            "name": name,
            "date": date,
            "location": f"made/{kind}.yaml:{len(nodes) + 1}",
        }
        nodes.append(Node(node_id, kind, name, date, {**data, **more}))

    def claim(source: str, target: str, kind: Any) -> None:
        found = sources(source + target)
        data = {"source": source, "target": target, "kind": kind, "evidence": "stated", "sources": found}
        edges.append(Edge(source, target, kind, None, None, "stated", tuple(found), data))

    techniques = [f"t{number:02}" for number in range(60)]
    for technique in techniques:
        add("technique", technique, f"{word()} {word().lower()}", "2013", sources=sources(technique), aliases=[word(3)])
    for node in bare.nodes():
        line = f"{word(chance.randint(1, 2))} {chance.choice(['2', '3.5', '7B', 'VL', 'Chat', 'Coder'])}"
        more = {"organizations": chance.sample(makers, 1), "aliases": [word(3)], "sources": sources(node.id)}
        events = [{"kind": "paper", "date": node.date, "sources": sources(node.id)}]
        more |= {name: node.data[name] for name in ("architecture", "weights")}
        add(
            "model",
            node.id,
            line,
            node.date,
            **more,
            dates=events,
            family=line.split(maxsplit=1)[0],
            extension=sentence(),
        )
        add("paper", f"p{node.id}", f"{line}: {sentence()}", node.date[:4], authors=[f"{word()} {word()}"], sources=[])
        claim(f"p{node.id}", node.id, "described-by")
        for technique in chance.sample(techniques, 3):
            claim(technique, node.id, "uses-technique")
    for one in bare.edges():
        made = edge(one.source, one.target, one.basis)  # type: ignore[arg-type]
        found = sources(one.source + one.target)
        data = {**made.data, "kind": made.kind, "relation": made.relation, "basis": made.basis, "evidence": "stated"}
        data = {name: value for name, value in data.items() if value is not None} | {"sources": found}
        kept = (made.source, made.target, made.kind, made.relation, made.basis, made.evidence)
        edges.append(Edge(*kept, tuple(found), data))
    return LineageGraph(nodes, edges)


def stock(graph: LineageGraph, file: Path) -> None:
    """The page that pyvis writes of a graph by its defaults, its library inside the file."""
    import networkx as nx
    from pyvis.network import Network

    plain: nx.DiGraph[str] = nx.DiGraph()
    for node in graph.nodes():
        plain.add_node(node.id, label=node.name)
    plain.add_edges_from((one.source, one.target) for one in graph.edges())
    net = Network(cdn_resources="in_line")
    net.from_nx(plain)
    file.write_text(net.generate_html(), encoding="utf-8")


# -- measuring -----------------------------------------------------------------------------------------------------------


def packed(text: str) -> int:
    """Bytes after gzip."""
    return len(gzip.compress(text.encode(), 9, mtime=0))


def split(text: str) -> dict[str, tuple[int, int]]:
    """Bytes of the page and of its parts, as they are and by gzip; a part counts what the page is shorter without it."""
    whole = packed(text)
    sizes = {"page": (len(text.encode()), whole)}
    rest = text
    for name in ("library", "rest", "prose"):
        found = re.search(rf'<script type="text/plain" id="packed-{name}">([^<]*)</script>', text)
        if found:
            without = text.replace(found[1], "", 1)
            rest = rest.replace(found[1], "", 1)
            sizes[name] = (len(found[1]), whole - packed(without))
    sizes["tree and table"] = (len(rest.encode()), packed(rest))
    return sizes


@contextmanager
def opened(browser: Browser, file: Path, script: str, found: Figures, fragment: str = "") -> Iterator[Page]:
    """A page in a context of its own, its requests counted and refused."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        found.requests = 0

        def refuse(route: Any) -> None:
            found.requests += 1
            route.abort()

        context.route(re.compile("^https?:"), refuse)
        context.add_init_script(WATCH + script)
        page = context.new_page()
        page.wait_for_timeout(REST)
        page.goto(file.as_uri() + fragment, wait_until="commit")
        yield page
    finally:
        context.close()


def wait(page: Page, told: str, seconds: float = 30) -> bool:
    """Ask until an expression is true; whether it was so in time. The page's policy refuses what playwright would wait by."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if page.evaluate(told):
                return True
        except Error:  # the page is busy being replaced
            pass
        time.sleep(0.01)
    return False


def settle(page: Page, found: Figures, seconds: float) -> bool:
    """Wait for the first picture and for half a second without a long task; whether the picture came in time."""
    if not wait(page, "window.seen.drawn !== null", seconds):
        found.failed = f"> {seconds:.0f} s"
        return False
    drawn = page.evaluate("seen.drawn")
    found.drawn.append(drawn)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        page.wait_for_timeout(250)
        last, now = page.evaluate("[seen.tasks.length ? seen.tasks.at(-1)[1] : 0, performance.now()]")
        if now - max(last, drawn) > 500:
            found.interactive.append(max(last, drawn))
            return True
    found.interactive.append(float("inf"))
    return True


def move(page: Page, found: Figures) -> None:
    """Pan and zoom by the mouse while the time between frames is written down."""
    width, height = 1280, 800
    page.mouse.move(width / 2, height / 2 + 60)
    page.evaluate(FRAMES)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(width / 2 + 6 * (step % 30) - 80, height / 2 + 60 - 4 * (step % 40))
    page.mouse.up()
    found.pan += page.evaluate("frames_.splice(0)")
    for step in range(30):
        page.mouse.wheel(0, -60 if step % 10 < 5 else 60)
        page.wait_for_timeout(16)
    found.zoom += page.evaluate("frames_.splice(0)")


def type_in(page: Page, found: Figures, queries: Sequence[str]) -> None:
    """Type each query letter by letter, waiting for the frame that follows each letter."""
    page.evaluate(KEYS)
    for query in queries:
        page.fill("#search", "")
        page.focus("#search")
        page.evaluate("seen.keys.length = 0")
        for count, letter in enumerate(query, 1):
            page.keyboard.press("Space" if letter == " " else letter)
            wait(page, f"seen.keys.length >= {count}")
        found.keys += page.evaluate("seen.keys")
        page.evaluate("seen.keys.length = 0")
        page.keyboard.press("Enter")
        wait(page, "seen.keys.length >= 1")
        found.taken += page.evaluate("seen.keys")
        page.keyboard.press("Escape")


def first_key(browser: Browser, file: Path, found: Figures) -> None:
    """A letter that is typed as soon as the picture stands, before anything was made ready in idle time."""
    script = OURS.replace("seen.drawn = now;", "seen.drawn = now; document.querySelector('#search').focus();")
    with opened(browser, file, script + KEYS, found) as page:
        wait(page, "window.seen.drawn !== null")
        page.keyboard.press("l")
        wait(page, "seen.keys.length >= 1")
        found.first_keys += page.evaluate("seen.keys")


def heap(page: Page) -> float:
    """Bytes of JavaScript that are in use after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(page.evaluate("performance.memory.usedJSHeapSize"))


def ours(browser: Browser, file: Path, runs: int, queries: Sequence[str]) -> Figures:
    """Everything about the page of the package."""
    found = Figures()
    for _ in range(runs):
        with opened(browser, file, OURS, found) as page:
            settle(page, found, 30)
            found.heap.append(heap(page))
        first_key(browser, file, found)
    with opened(browser, file, OURS, found) as page:
        settle(page, Figures(), 30)
        type_in(page, found, queries)
        found.violations = page.evaluate("seen.violations.length")
    # Frames are those of all models at once, as pyvis shows them, not of the few that the page opens on.
    with opened(browser, file, OURS, found, "#all=1") as page:
        settle(page, Figures(), 30)
        move(page, found)
    return found


def peer(browser: Browser, file: Path, runs: int, seconds: float) -> Figures:
    """The same of stock pyvis, as far as it has it."""
    found = Figures()
    for run in range(runs):
        with opened(browser, file, PEER, found) as page:
            if not settle(page, found, seconds):
                return found
            if not run:
                found.heap.append(heap(page))
                move(page, found)
                found.violations = page.evaluate("seen.violations.length")
        if found.drawn[0] > 10_000:  # five times a minute would tell no more
            break
    return found


def empty(browser: Browser, directory: Path, runs: int) -> Figures:
    """A page with a word on it."""
    file = directory / "empty.html"
    file.write_text("<!doctype html><title>Empty</title><p>Nothing", encoding="utf-8")
    found = Figures()
    for _ in range(runs):
        with opened(browser, file, EMPTY, found) as page:
            settle(page, found, 30)
    return found


# -- the table -----------------------------------------------------------------------------------------------------------


def middle(values: Sequence[float]) -> float | None:
    """The median; nothing of nothing."""
    return statistics.median(values) if values else None


def late(values: Sequence[float]) -> float | None:
    """The value that nineteen of twenty do not exceed."""
    return sorted(values)[min(len(values) - 1, round(0.95 * (len(values) - 1)))] if values else None


def _cell(value: float | None, unit: float = 1) -> str:
    return "-" if value is None else f"{value / unit:,.0f}" if value != float("inf") else "never"


def _line(name: str, own: float | None, other: float | None, unit: float = 1, without: str = "-") -> None:
    ratio = f"{other / own:.1f}" if own and other and float("inf") not in (own, other) else ""
    told = _cell(other, unit) if other is not None else without
    print(f"    {name:42}{_cell(own, unit):>10}{told:>12}{ratio:>9}", flush=True)


def report(name: str, graph: LineageGraph, text: str, own: Figures, file: Path | None, other: Figures) -> None:
    """Print what was measured of one graph."""
    count = sum(1 for _ in graph.nodes("model"))
    print(f"\n{name}: {count:,} models, {len(graph):,} nodes, {len(graph.edges()):,} edges")
    print(f"    {'':42}{'lineage':>10}{'pyvis':>12}{'pyvis/lineage':>15}")
    stock_text = file.read_text(encoding="utf-8") if file else ""
    sizes = split(text)
    _line("file, kB", sizes["page"][0], len(stock_text.encode()) or None, 1000)
    _line("file by gzip, kB", sizes["page"][1], packed(stock_text) if file else None, 1000)
    for part, told in PARTS:
        _line(f"  of this {told}, kB", sizes[part][1], None, 1000, "")
    late_peer = other.failed or "-"
    _line("first picture, ms", middle(own.drawn), middle(other.drawn), without=late_peer)
    _line("interactive, ms", middle(own.interactive), middle(other.interactive), without=late_peer)
    _line("pan, frame p95, ms", late(own.pan), late(other.pan), without=late_peer)
    _line("zoom, frame p95, ms", late(own.zoom), late(other.zoom), without=late_peer)
    _line("search, key to drawn p50, ms", middle(own.keys), None, without="no search")
    _line("search, key to drawn p95, ms", late(own.keys), None, without="no search")
    _line("search, slowest key, ms", max(own.keys), None, without="no search")
    _line("search, a key at the first picture, ms", middle(own.first_keys), None, without="no search")
    _line("search, Enter to drawn p95, ms", late(own.taken), None, without="no search")
    _line("memory of scripts, MB", middle(own.heap), middle(other.heap), 1e6, late_peer)
    _line("requests to other places", own.requests, other.requests if file else None)
    _line("refused by the page's own policy", own.violations, None, without="no policy")


def main(arguments: Sequence[str]) -> None:
    """Print a table for each graph."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("graphs", nargs="*", default=list(SIZES), help="real, or a number of models")
    parser.add_argument("--quick", action="store_true", help="two runs of each, and 15 s for pyvis")
    parser.add_argument("--alone", action="store_true", help="without pyvis")
    options = parser.parse_args(arguments)
    runs, seconds = (2, 15.0) if options.quick else (5, 60.0)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        directory = Path(name)
        nothing = empty(browser, directory, runs)
        print(f"an empty page: {middle(nothing.drawn):.0f} ms to its first frame; Chromium {browser.version}")
        for which in options.graphs:
            graph = lineage.load() if which == "real" else dressed(int(which))
            text = explorer.render(graph, lanes(graph))
            page, beside = directory / "page.html", directory / "pyvis.html"
            page.write_text(text, encoding="utf-8")
            own = ours(browser, page, runs, QUERIES if which == "real" else MADE_QUERIES)
            other = Figures()
            if not options.alone:
                stock(graph, beside)
                other = peer(browser, beside, runs, seconds)
            report(which, graph, text, own, None if options.alone else beside, other)


if __name__ == "__main__":
    main(sys.argv[1:])
