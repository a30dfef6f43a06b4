"""Texts with headings and nested lists, as Markdown or as an HTML page: what a picture says, for who reads.

Data are words here and never markup. One escape serves Markdown, HTML and Liquid at once: whatever could begin markup
in one of them is written as a numeric character reference, which all of them show as the character.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lineage.views.palette import DARK, LIGHT, Theme

_SPECIAL: Final = re.compile(
    r"""[&<>"`*_~|\\#$^@{}\[\]]"""  # markup of Markdown, HTML and Liquid
    r"|:(?=\S)|^:|\.(?=[^\W\d])"  # what makes an address a link: `https://`, `www.example`; `:smile:`
    r"|(?<=-)-|(?<=\.)\."  # `--` and `...`, which kramdown replaces
    r"|^[-+]|^\d(?=\d*[.)])"  # what would begin a list
)
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
"""Categories of Unicode: control, format, half, unassigned and private characters."""
_WEB: Final = re.compile(r"https?://[^/\s]")
_UNSAFE_IN_ADDRESS: Final = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&+,=%]")


@dataclass(frozen=True, slots=True)
class Item:
    """A point of a list, with the points below it."""

    text: str
    items: tuple[Item, ...] = ()
    address: str = ""
    """Where more is to be read; only ``http`` and ``https`` become links."""
    anchor: str = ""
    """The name by which the point is linked to in HTML: letters, digits and hyphens."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs and a list."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A title with paragraphs and sections. Every text in it is plain: nothing is markup."""

    title: str
    paragraphs: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


def plain(text: str) -> str:
    r"""A text in one line, without characters that cannot be seen or that turn the direction of writing.

    >>> plain("a\u202e\nb")
    'a b'
    """
    seen = (char for char in " ".join(text.split()) if unicodedata.category(char) not in _UNSEEN)
    return " ".join("".join(seen).split())


def escaped(text: str) -> str:
    """A text that stays text in Markdown, in HTML and its attributes, and before Liquid.

    >>> escaped("<b> {{ x }} [GPT-3.5](javascript:x)")
    '&#60;b&#62; &#123;&#123; x &#125;&#125; &#91;GPT-3.5&#93;(javascript&#58;x)'
    """
    return _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", plain(text))


def address(url: str) -> str:
    """An address that may be linked to, with everything else than the signs of an address as ``%XX``; or nothing.

    >>> address("https://example.org/a b"), address("javascript:alert(1)")
    ('https://example.org/a%20b', '')
    """
    shown = plain(url)
    if not _WEB.match(shown):
        return ""
    return _UNSAFE_IN_ADDRESS.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), shown)


def markdown(document: Document) -> str:
    """The document as Markdown, for CommonMark and kramdown alike."""
    blocks = [f"# {escaped(document.title)}", *map(escaped, document.paragraphs)]
    for section in document.sections:
        blocks += [f"## {escaped(section.heading)}", *map(escaped, section.paragraphs)]
        if section.items:
            blocks.append("\n".join(_points(section.items, "", numbered=section.numbered)))
    return "\n\n".join(blocks) + "\n"


def _points(items: Iterable[Item], indent: str, *, numbered: bool) -> Iterator[str]:
    for place, item in enumerate(items, start=1):
        mark = f"{place}." if numbered else "-"
        link = address(item.address)
        yield f"{indent}{mark} {escaped(item.text)}" + (f" <{link}>" if link else "")
        yield from _points(item.items, indent + " " * (len(mark) + 1), numbered=False)


def html(document: Document) -> str:
    """The document as an HTML page without scripts, in light or dark as the reader has it."""
    title = escaped(document.title)
    lines = [f"<h1>{title}</h1>", *(f"<p>{escaped(text)}</p>" for text in document.paragraphs)]
    for section in document.sections:
        lines += [f"<h2>{escaped(section.heading)}</h2>", *(f"<p>{escaped(text)}</p>" for text in section.paragraphs)]
        lines += _list(section.items, "ol" if section.numbered else "ul") if section.items else []
    body = "\n".join(lines)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        '<meta name="viewport" content="width=device-width">\n<meta name="generator" content="lineage">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _list(items: Iterable[Item], tag: str) -> Iterator[str]:
    yield f"<{tag}>"
    for item in items:
        anchor = f' id="{escaped(item.anchor)}"' if item.anchor else ""
        link = address(item.address).replace("&", "&amp;")
        shown = f' <a href="{link}" rel="noopener noreferrer">{escaped(item.address)}</a>' if link else ""
        yield f"<li{anchor}>{escaped(item.text)}{shown}"
        if item.items:
            yield from _list(item.items, "ul")
        yield "</li>"
    yield f"</{tag}>"


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(f"\n{_STYLE}".encode()).digest()).decode()
    return f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"


def _colours(theme: Theme) -> str:
    return f"background:{theme.page};color:{theme.ink}"


_STYLE: Final = (
    f"body{{margin:0;font:16px/1.55 system-ui,sans-serif;{_colours(LIGHT)}}}\n"
    "main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 4rem}\n"
    "h1{line-height:1.2}\nul,ol{padding-left:1.4rem}\na{color:inherit;overflow-wrap:anywhere}\n"
    f":target{{outline:2px solid {LIGHT.accent}}}\n"
    f"@media (prefers-color-scheme:dark){{body{{{_colours(DARK)}}}:target{{outline-color:{DARK.accent}}}}}\n"
)
