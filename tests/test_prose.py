"""Words stay words: in Markdown as an independent reader reads it, in HTML, and before Liquid."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from families import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lineage.views.prose import Document, Item, Section, address, escaped, html, markdown, plain

READER = MarkdownIt("gfm-like")
NASTY = [
    HOSTILE,
    "{{ site.title }} {% include secret.html %} {{- x -}}",
    "[text](javascript:alert(1)) ![](x) <https://x.example> https://x.example www.x.example x.example a@x.example",
    "**bold** _it_ ~~gone~~ `code` $$x$$ | a | b | \\* &amp; &#60; @user #12 :smile: x.",
    "1. one",
    "12) two",
    "- three",
    "+ four",
    "# five",
    "> six",
    ": seven",
    "[^1]: note",
    "--- ... ===",
    "{: .class}",
]


def text_of(source: str) -> list[tuple[str, str]]:
    """What a Markdown reader makes of the paragraphs: inline tokens, text joined."""
    found: list[tuple[str, str]] = []
    for token in READER.parse(source):
        for child in token.children or ():
            if child.type == "text" and found and found[-1][0] == "text":
                found[-1] = ("text", found[-1][1] + child.content)
            elif child.type != "text" or child.content:
                found.append((child.type, child.content))
    return found


class Seen(HTMLParser):
    """The elements and the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.words.append(data)


def seen(text: str) -> Seen:
    """A page as an HTML reader reads it."""
    parser = Seen()
    parser.feed(text)
    parser.close()
    return parser


@pytest.mark.parametrize("text", NASTY)
def test_nothing_is_markup(text: str) -> None:
    """Markdown with tables, strike-through and found addresses shows exactly the characters; so does HTML."""
    assert text_of(escaped(text)) == [("text", plain(text))]
    assert [token.type for token in READER.parse(escaped(text))] == ["paragraph_open", "inline", "paragraph_close"]
    assert seen(f"<p>{escaped(text)}</p>").words == [plain(text)]
    assert seen(f'<p title="{escaped(text)}">').tags == [("p", {"title": plain(text)})]


@given(st.text(alphabet=st.one_of(st.sampled_from("{%}[]()<>*_`~|\\#!&;:.-@$^\"' \n1a/wx"), st.characters())))
def test_no_text_is_markup(text: str) -> None:
    """Likewise for any text at all, and Liquid finds no beginning of its own in it."""
    shown = escaped(text)
    assert text_of(shown) == ([("text", plain(text))] if plain(text) else [])
    assert seen(f'<p title="{shown}">').tags == [("p", {"title": plain(text)})]
    assert "{" not in shown


DOCUMENT = Document(
    "A <title>",
    ("First {{ words }}.",),
    (
        Section("Lists", ("1. Not a list.",), (Item("one", (Item("below", (Item("deep"),)),)), Item("two"))),
        Section("Links", (), (Item("*here*", (), "https://example.org/a?b=1&copy=2", "x-1"),), numbered=True),
    ),
)


def test_markdown_whole() -> None:
    """A document with everything that one can have."""
    assert markdown(DOCUMENT) == (
        "# A &#60;title&#62;\n\nFirst &#123;&#123; words &#125;&#125;.\n\n## Lists\n\n&#49;. Not a list.\n\n"
        "- one\n  - below\n    - deep\n- two\n\n## Links\n\n1. &#42;here&#42; <https://example.org/a?b=1&copy=2>\n"
    )
    assert READER.render(markdown(DOCUMENT)).count("<ul>") == 3


def test_html_whole() -> None:
    """The same document as a page: no script, a policy that allows only its own style."""
    page = html(DOCUMENT)
    body = page.partition("<main>\n")[2].partition("\n</main>")[0]
    assert body == (
        "<h1>A &#60;title&#62;</h1>\n<p>First &#123;&#123; words &#125;&#125;.</p>\n<h2>Lists</h2>\n<p>&#49;. Not a list.</p>\n"
        "<ul>\n<li>one\n<ul>\n<li>below\n<ul>\n<li>deep\n</li>\n</ul>\n</li>\n</ul>\n</li>\n<li>two\n</li>\n</ul>\n"
        '<h2>Links</h2>\n<ol>\n<li id="x-1">&#42;here&#42; <a href="https://example.org/a?b=1&amp;copy=2" '
        'rel="noopener noreferrer">https&#58;//example&#46;org/a?b=1&#38;copy=2</a>\n</li>\n</ol>'
    )
    assert re.findall(r"default-src [^;]*", page) == ["default-src 'none'"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/a_(b)?c=%20#d", "https://example.org/a_%28b%29?c=%20#d"),
        ("http://example.org/{{ x }}", "http://example.org/%7B%7B%20x%20%7D%7D"),
        ("https://example.org/通", "https://example.org/%E9%80%9A"),
        ("https://e.org/'\"><script>&copy;", "https://e.org/%27%22%3E%3Cscript%3E&copy%3B"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.org", ""),
        ("https://", ""),
    ],
)
def test_addresses(url: str, shown: str) -> None:
    """Only addresses of the web, with nothing in them that ends a link in any of the forms."""
    assert address(url) == shown
