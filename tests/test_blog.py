"""The kit of a Jekyll site: its files, its includes before Liquid, and a real site built and opened where there is a Jekyll."""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from browser import chromium
from families import HOSTILE, edge, model
from PIL import Image
from test_prose import READER, seen

from lineage import LineageGraph
from lineage.errors import ToolError
from lineage.layout import lanes
from lineage.views import blog, description, explorer, figure, raster, references
from lineage.views.palette import DARK, LIGHT
from lineage.views.prose import plain

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIQUID = "{{ site.title }}{% include secret.html %}{%- raw -%}"
GRAPH = LineageGraph(
    [
        model("llama", "2023-02-24", f"LLaMA {LIQUID} {HOSTILE}", organizations=[LIQUID]),
        model("alpaca", "2023-03-13", "Alpaca", organizations=[HOSTILE]),
    ],
    [edge("llama", "alpaca")],
)
TEXTS = f"**Two** models, {LIQUID} {HOSTILE}"
OURS = re.compile(
    r"\{%- comment -%\} Written by `lineage build --blog`; [^{}]* \{%- endcomment -%\}"
    r"|\{\{ '/assets/lineage/[a-z0-9.-]+' \| relative_url \}\}"
    r"|\{% include lineage/[a-z-]+\.html( node=include\.node)? theme=include\.theme %\}"
    rf"|{re.escape(blog._THEME)}"
    r"|\{% if include\.node %\}|\{% endif %\}|\{\{ include\.node \| url_encode \}\}"
)
"""All Liquid that an include may have."""


@functools.cache
def made() -> dict[str, bytes]:
    """The kit of two models with hostile texts everywhere, with one section."""
    layout = lanes(GRAPH)
    svg = figure.svg(GRAPH, layout)
    found = references.references(GRAPH, GRAPH.edges())
    return blog.kit(
        blog.Shown("family-tree", svg, TEXTS, TEXTS),
        explorer.render(GRAPH, layout),
        description=description.describe_html(GRAPH, layout.boxes),
        references=references.as_html(GRAPH, found),
        bibtex=references.as_bibtex(found),
        png=figure.png,
        sections=[blog.Shown("llama", svg, TEXTS, TEXTS, focus="llama")],
    )


def test_the_files() -> None:
    """These, at fixed paths, and the same bytes each time."""
    rasters = [
        f"{theme}{size}.{form}" for theme in ("dark", "light") for size in ("", "-2x") for form in ("png", "webp")
    ]
    assert list(made()) == sorted(
        [
            "_includes/lineage.html",
            *(f"_includes/lineage/{name}.html" for name in ("explorer", "family-tree", "llama")),
            *(f"assets/lineage/family-tree-{ending}" for ending in rasters),
            *(
                f"assets/lineage/{name}{theme}.svg"
                for name in ("family-tree", "llama")
                for theme in ("", "-dark", "-light")
            ),
            *(f"assets/lineage/llama-light{size}.png" for size in ("", "-2x")),
            "assets/lineage/family-tree-description.html",
            "assets/lineage/explorer.html",
            "assets/lineage/lineage.css",
            "assets/lineage/references.bib",
            "assets/lineage/references.html",
        ]
    )
    assert made() == made.__wrapped__()


def test_the_whole_tree_is_linked() -> None:
    """Where the picture shows a part, the figure of everything lies beside it, and the caption leads there."""
    svg = figure.svg(GRAPH, lanes(GRAPH))
    kit = blog.kit(
        blog.Shown("tree", svg, "x", "x"), "", description="", references="", bibtex="", png=figure.png, whole="<svg/>"
    )
    include = kit["_includes/lineage/tree.html"].decode()
    assert kit["assets/lineage/family-tree.svg"] == b"<svg/>"
    assert """<a href="{{ '/assets/lineage/family-tree.svg' | relative_url }}">the whole tree</a>""" in include
    with pytest.raises(ValueError, match="cannot be the name"):
        blog.kit(
            blog.Shown("family-tree", svg, "", ""),
            "",
            description="",
            references="",
            bibtex="",
            png=figure.png,
            whole="x",
        )


def test_nothing_of_the_data_reaches_liquid() -> None:
    """Assets have no front matter, so Liquid leaves them alone; in an include all Liquid is ours."""
    for path, content in made().items():
        assert not content.startswith(b"---")
        assert not path.startswith("assets/") or not path.endswith(".md")  # some sites make pages of these
        if path.startswith("_includes/"):
            assert "{" not in OURS.sub("", content.decode())


def test_includes_are_one_block_of_markdown() -> None:
    """No empty line and no indented one, at which a Markdown reader would end the block."""
    for path, content in made().items():
        if path.startswith("_includes/"):
            assert all(line and not line.startswith((" ", "\t")) for line in content.decode().splitlines()), path
            if path != "_includes/lineage.html":
                block = OURS.sub("x", content.decode()).partition("\n")[2]
                assert [token.type for token in READER.parse(f"Before.\n\n{block}")][3:] == ["html_block"]


def test_the_include_whole() -> None:
    """The first picture goes by the system, the others by ``data-theme``; every one keeps its place and says what it is."""
    text = made()["_includes/lineage/family-tree.html"].decode()
    page = seen(OURS.sub("", re.sub(r"\{\{ '/assets/lineage/([^']*)' \| relative_url \}\}", r"\1", text)))
    sources = [
        {
            key: value
            for key, value in attributes.items()
            if key in ("media", "type", "srcset", "src", "class", "hidden")
        }
        for tag, attributes in page.tags
        if tag in ("picture", "source", "img")
    ]
    dark = {"media": "(prefers-color-scheme: dark)"}
    assert sources == [
        {"class": "lineage-by-system"},
        {**dark, "type": "image/svg+xml", "srcset": "family-tree-dark.svg"},
        {**dark, "type": "image/webp", "srcset": "family-tree-dark.webp 1x, family-tree-dark-2x.webp 2x"},
        {"type": "image/svg+xml", "srcset": "family-tree-light.svg"},
        {"type": "image/webp", "srcset": "family-tree-light.webp 1x, family-tree-light-2x.webp 2x"},
        {"src": "family-tree-light.png", "srcset": "family-tree-light.png 1x, family-tree-light-2x.png 2x"},
        {"class": "lineage-light", "hidden": None},
        {"src": "family-tree-light.svg"},
        {"class": "lineage-dark", "hidden": None},
        {"src": "family-tree-dark.svg"},
    ]
    with Image.open(io.BytesIO(made()["assets/lineage/family-tree-light.png"])) as picture:
        size = picture.size
    for tag, attributes in page.tags:
        if tag == "img":
            assert attributes["alt"] == plain(TEXTS)
            assert (int(attributes["width"] or 0), int(attributes["height"] or 0)) == pytest.approx(size, abs=2)
            assert attributes["loading"] == "lazy"
    assert plain(TEXTS) in "".join(page.words)
    assert {tag for tag, _ in page.tags} == {
        "figure", "link", "small", "div", "a", "picture", "source", "img", "figcaption",
    }  # fmt: skip


def test_every_address_is_that_of_a_file() -> None:
    """What an include asks for is in the kit."""
    for path, content in made().items():
        asked = re.findall(r"'/(assets/lineage/[^']*)'", content.decode()) if path.startswith("_includes/") else []
        assert set(asked) <= set(made())
        parts = (
            re.findall(r"include (lineage/[a-z-]+\.html)", content.decode()) if path.startswith("_includes/") else []
        )
        assert {f"_includes/{part}" for part in parts} <= set(made())


def test_the_frame_is_shut_in() -> None:
    """Lazy, of a fixed height, with a title, and with no more rights than it needs; a section opens at its node."""
    text = made()["_includes/lineage/explorer.html"].decode()
    frames = [attributes for tag, attributes in seen(OURS.sub("", text)).tags if tag == "iframe"]
    assert [frame["class"] for frame in frames] == [
        f"lineage-explorer lineage-{one}" for one in ("by-system", "light", "dark")
    ]
    for frame in frames:
        assert "embed=1" in (frame["src"] or "")
        assert frame["sandbox"] == "allow-scripts allow-popups allow-downloads"
        assert (frame["loading"], frame["height"], frame["title"]) == (
            "lazy",
            "640",
            plain(f"Explorer of the picture: {TEXTS}"),
        )
    assert "explorer.html' | relative_url }}#n=llama\"" in made()["_includes/lineage/llama.html"].decode()


@pytest.mark.parametrize("name", ["../x", "a/b", "A", "", "x.html", "explorer", "family-tree", "a--b"])
def test_names_that_are_no_file(name: str) -> None:
    """A name that would leave its folder, or is taken, is refused."""
    shown = blog.Shown("family-tree", figure.svg(GRAPH, lanes(GRAPH)), "", "")
    with pytest.raises(ValueError, match="cannot be the name"):
        blog.kit(
            shown, "", description="", references="", bibtex="", png=figure.png,
            sections=[blog.Shown(name, shown.svg, "", "")],
        )  # fmt: skip


def test_front_matter_is_refused() -> None:
    """A file that Jekyll would take for a page of its own is not made."""
    shown = blog.Shown("family-tree", figure.svg(GRAPH, lanes(GRAPH)), "", "")
    with pytest.raises(ValueError, match="front matter"):
        blog.kit(shown, "---\n---\n", description="", references="", bibtex="", png=figure.png)


def test_what_is_not_ours_is_told() -> None:
    """An own include or folder of the site is not taken for ours; a kit of before is."""
    paths = list(made())
    assert blog.foreign(paths, lambda _: None) == ()
    assert blog.foreign(paths, made().get) == ()
    assert blog.foreign(paths, {"_includes/lineage.html": b"mine"}.get) == ("_includes/lineage.html",)
    theirs = {"assets/lineage/lineage.css": b"a{}", "assets/lineage/references.bib": b"@misc{x}"}
    assert blog.foreign(paths, theirs.get) == tuple(theirs)


def test_what_a_former_kit_left_is_found() -> None:
    """An include of ours that is no longer made, and the pictures that only it shows; nothing of others."""
    kit = made()
    paths = [path for path in kit if "llama" not in path]
    left = {path: kit[path] for path in kit if path.startswith("_includes/lineage/")}
    assert blog.stale(kit, left) == ()
    assert set(blog.stale(paths, left)) == {path for path in kit if "llama" in path}
    theirs = {"_includes/lineage/mine.html": b"{{ '/assets/lineage/mine.png' | relative_url }} " + blog.MARK.encode()}
    assert blog.stale(paths, theirs) == ()
    hostile = {"_includes/lineage/x.html": blog._comment().encode() + b"'/assets/lineage/../x' '/assets/lineage/..'"}
    assert blog.stale(paths, hostile) == ("_includes/lineage/x.html",)


def test_the_order_of_themes_is_told() -> None:
    """The guide names what decides on the theme in the order in which the style sheet takes it."""
    text = (Path(__file__).parent.parent / "docs/blog.md").read_text(encoding="utf-8")
    order = [
        "data-theme=",
        "theme=` of the include",
        "lineage: {theme",
        "skin of minima",
        "`color-scheme`",
        "light: a page",
    ]
    part = text.partition("## Light and dark")[2].partition("\n## ")[0]
    assert sorted(order, key=part.index) == order
    assert (
        blog._THEME.index("include.theme") < blog._THEME.index("site.lineage.theme") < blog._THEME.index("site.minima")
    )
    assert re.search(r"^6\. light", part, re.MULTILINE)
    last = re.findall(r"^(\S+)\[data-theme=", blog._CSS, re.MULTILINE)
    assert last == ["html"] * 3


# -- colours and dots ------------------------------------------------------------------------------------------------


def test_forced_themes() -> None:
    """Well-formed, with the colours of one theme only, and nothing else changed."""
    svg = figure.svg(GRAPH, lanes(GRAPH))
    for theme, here, other in (("light", LIGHT, DARK), ("dark", DARK, LIGHT)):
        text = blog.forced(svg, theme)  # type: ignore[arg-type]
        ET.fromstring(text)  # noqa: S314 - our own picture; expat knows no external entities
        assert "prefers-color-scheme" not in text
        assert "data-theme" not in text
        assert f".page{{fill:{here.page}}}" in text
        with Image.open(io.BytesIO(figure.png(text))) as picture:
            assert picture.convert("RGB").getpixel((1, 1)) == tuple(bytes.fromhex(here.page[1:]))
        if theme == "light":
            assert f".page{{fill:{other.page}}}" not in text
        own = re.search(r"lineage-[0-9a-f]{8}", svg)[0]  # type: ignore[index]
        assert text.partition("</style>")[2] == svg.partition("</style>")[2].replace(own, f"{own}-{theme}")
        assert f".{own}-{theme} .page" in text
        assert f".{own} " not in text
        with pytest.raises(ToolError, match="no colours for dark ground"):
            blog.forced(text, theme)  # type: ignore[arg-type]


def test_webp_has_the_same_dots() -> None:
    """Without loss, smaller, without colour profile or date, the same bytes each time."""
    png = figure.png(figure.svg(GRAPH, lanes(GRAPH)), 2)
    content = raster.webp(png)
    with Image.open(io.BytesIO(png)) as one, Image.open(io.BytesIO(content)) as other:
        assert other.format == "WEBP"
        assert other.convert("RGBA").tobytes() == one.convert("RGBA").tobytes()
        assert raster.size(png) == other.size
        assert set(other.info) <= {"loop", "background", "timestamp", "duration"}
    assert len(content) < len(png)
    assert raster.webp(png) == content


def test_webp_keeps_what_can_be_seen_through() -> None:
    """A PNG with transparent dots stays so."""
    content = io.BytesIO()
    Image.new("RGBA", (3, 2), (10, 20, 30, 128)).save(content, "PNG")
    with Image.open(io.BytesIO(raster.webp(content.getvalue()))) as picture:
        assert (picture.mode, picture.getpixel((0, 0))) == ("RGBA", (10, 20, 30, 128))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x40\0\0\0\0\1" + bytes(9),
    ],
)
def test_no_webp_of_anything_else(content: bytes) -> None:
    """What is no PNG, a broken one, or one too wide is refused with the reason."""
    with pytest.raises(ToolError):
        raster.webp(content)


# -- a real site -----------------------------------------------------------------------------------------------------

POST = """---
layout: post
title: A post
---
Words before.

{% include lineage.html node="alpaca" %}

Words *between*.

{% include lineage/llama.html %}

Words after.
"""
LAYOUT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>{{ page.title }}</title></head><body style="max-width:680px;margin:0 auto;padding:0 16px">{{ content }}</body></html>
"""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that keeps silent."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a site that Jekyll built with the kit, below a base address of its own, and its folder."""
    jekyll = shutil.which("jekyll")
    if not jekyll:
        pytest.skip("there is no jekyll here; the tests above hold what it would read")
    source, served = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("served")
    own = {
        "_config.yml": "title: SECRET\nbaseurl: /notes\nkramdown: {parse_block_html: true}\n",
        "_includes/secret.html": "SECRET",
        "_layouts/post.html": LAYOUT,
        "_posts/2025-01-02-post.md": POST,
    }
    for path, content in {**made(), **{name: text.encode() for name, text in own.items()}}.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(content)
    subprocess.run(
        [jekyll, "build", "--quiet", "--disable-disk-cache", "-s", source, "-d", served / "notes"],
        check=True,
        timeout=120,
    )
    page = served / "notes/2025/01/02/post.html"
    text = page.read_text(encoding="utf-8")
    variants = {
        "light": text.replace('<html lang="en">', '<html lang="en" data-theme="light">'),
        "dark": text.replace('<html lang="en">', '<html lang="en" data-theme="dark">'),
        "scheme": text.replace("<head>", '<head><meta name="color-scheme" content="light dark">'),
        "auto": text.replace('data-lineage=""', 'data-lineage="auto"'),
        "setting": text.replace('data-lineage=""', 'data-lineage="dark"'),
    }
    for name, variant in variants.items():
        assert variant != text
        page.with_name(f"post-{name}.html").write_text(variant, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(served)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/notes/2025/01/02", served / "notes"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_jekyll_evaluates_nothing(site: tuple[str, Path]) -> None:
    """Assets arrive byte for byte; in the post the hostile texts are characters and no secret of the site is told."""
    for path, content in made().items():
        if path.startswith("assets/"):
            assert (site[1] / path).read_bytes() == content
    text = (site[1] / "2025/01/02/post.html").read_text(encoding="utf-8")
    assert "SECRET" not in text
    page = seen(text)
    assert plain(TEXTS) in "".join(page.words)
    assert {attributes["alt"] for tag, attributes in page.tags if tag == "img"} == {plain(TEXTS)}
    assert [attributes.get("src") for tag, attributes in page.tags if tag == "iframe"] == [
        "/notes/assets/lineage/explorer.html#n=alpaca&embed=1",
        "/notes/assets/lineage/explorer.html#n=alpaca&embed=1&theme=light",
        "/notes/assets/lineage/explorer.html#n=alpaca&embed=1&theme=dark",
    ]
    assert "<em>between</em>" in text
    assert not re.search(r"&lt;/(a|div|figure|p)&gt;", text)


_SEEN = """() => {
  const visible = (name) => [...document.querySelectorAll(name)].filter((one) => one.getClientRects().length);
  return {
    sideways: document.documentElement.scrollWidth - innerWidth,
    pictures: visible("figure img").map((one) => one.currentSrc.split("/").pop() + " " + (one.naturalWidth > 0)),
    frames: visible("iframe").length,
    hints: visible(".lineage-hint").length,
  };
}"""


@pytest.mark.skipif(not shutil.which("jekyll"), reason="there is no jekyll here")
@pytest.mark.parametrize(
    ("setting", "told"),
    [("", ""), ("lineage: {theme: dark}", "dark"), ("minima: {skin: auto}", "auto"), ("lineage: x", "")],
)
def test_a_site_says_its_theme(tmp_path: Path, setting: str, told: str) -> None:
    """By its own setting, or by the skin of minima; an include goes before both."""
    own = {
        "_config.yml": f"title: x\n{setting}\n",
        "index.html": '---\n---\n{% include lineage.html %}{% include lineage.html theme="light" %}',
    }
    for path, content in {**made(), **{name: text.encode() for name, text in own.items()}}.items():
        if not path.startswith("assets/"):
            (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / path).write_bytes(content)
    command = [
        "jekyll",
        "build",
        "--quiet",
        "--disable-disk-cache",
        "-s",
        str(tmp_path / "in"),
        "-d",
        str(tmp_path / "out"),
    ]
    subprocess.run(command, check=True, timeout=120)
    text = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert re.findall(r'data-lineage="([^"]*)"', text) == [told, told, "light", "light"]


def heard(page: Page) -> list[str]:
    """Errors of the console and of scripts, as they come."""
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: complaints.append(str(one)))
    return complaints


def test_the_site_in_a_browser(site: tuple[str, Path]) -> None:
    """Wide and narrow, by what the page says: one picture of the right theme, one frame that works, no sideways scroll."""
    hinted = sum(b"lineage-hint" in content for path, content in made().items() if path.startswith("_includes"))
    with chromium() as browser:
        for width in (1280, 360):
            for system, page_of, theme in (
                ("light", "", "light"),
                ("dark", "", "light"),  # the page is white, whatever the system says
                ("light", "dark", "dark"),
                ("dark", "light", "light"),
                ("dark", "scheme", "dark"),
                ("light", "scheme", "light"),
                ("dark", "auto", "dark"),
                ("light", "setting", "dark"),
            ):
                context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=system)  # type: ignore[arg-type]
                page = context.new_page()
                complaints = heard(page)
                page.goto(f"{site[0]}/post{'-' + page_of if page_of else ''}.html")
                frame = page.locator(f".lineage-explorer.lineage-{'by-system' if page_of == 'auto' else theme}")
                frame.scroll_into_view_if_needed()
                inside = frame.element_handle().content_frame()
                assert inside is not None
                inside.wait_for_selector("#panel h2", timeout=10_000)
                page.wait_for_function(
                    "[...document.images].every((one) => !one.getClientRects().length || one.complete)"
                )
                found: dict[str, Any] = page.evaluate(_SEEN)
                pictures = [f"family-tree-{theme}.svg true", f"llama-{theme}.svg true"]
                assert found == {"sideways": 0, "pictures": pictures, "frames": 1, "hints": (width == 360) * hinted}
                ground = inside.evaluate("getComputedStyle(document.documentElement).backgroundColor")
                colour = bytes.fromhex((DARK if theme == "dark" else LIGHT).page[1:])
                assert ground == f"rgb({', '.join(map(str, colour))})"
                assert sum("explorer.html" in one.url for one in page.frames) == 1
                assert complaints == []
                context.close()
