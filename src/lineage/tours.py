"""Guided tours: a Markdown list of permalinks with text, read into plain pieces that the page can show.

A tour is a heading, an introduction and a numbered list. Each point begins with a link to a state of the page, whose
address begins with ``#`` as "Copy link" gives it, and goes on with what there is to say. The text may hold emphasis, code,
links to web pages and links to other states. Everything else is a problem, so nothing of a tour is ever markup on the page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from lineage.errors import Location, Problem

if TYPE_CHECKING:
    from markdown_it.token import Token

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ADDRESS: Final = re.compile(r"https?://[^\s]+")
_IDS: Final = ("n", "with", "technique", "open")
"""Parts of an address that name nodes."""
_STATES: Final = frozenset(
    {*_IDS, "view", "up", "down", "hops", "focus", "all", "years", "arch", "org", "weights", "basis", "evidence"}
    | {"colour", "q", "outline"}
)
"""Parts of an address that a step may set: see ``explorer-state.js``."""
_MARKS: Final = {"em_open": "em", "strong_open": "strong"}

Piece = tuple[str, str] | tuple[str, str, str]
"""A form (``text``, ``em``, ``strong``, ``code``, ``to``, ``web``) and its text; of a link also its address."""


@dataclass(frozen=True)
class Step:
    """One stop of a tour."""

    title: str
    address: str
    """The state of the page, as it stands behind the ``#`` of an address."""
    text: tuple[tuple[Piece, ...], ...]
    """Paragraphs."""


@dataclass(frozen=True)
class Tour:
    """A tour as the page shows it."""

    name: str
    """Lower-case words joined by hyphens: the stem of the file, and ``tour`` in the address."""
    title: str
    introduction: tuple[tuple[Piece, ...], ...]
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """The tour as JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "introduction": [list(map(list, one)) for one in self.introduction],
            "steps": [
                {"title": step.title, "address": step.address, "text": [list(map(list, one)) for one in step.text]}
                for step in self.steps
            ],
        }


def shipped(known: Collection[str]) -> tuple[Tour, ...]:
    """The tours that come with the package and of which every node is known.

    A graph of other data lacks the nodes, and a tour with holes is none.
    """
    read_ones = (
        read(entry.read_text(encoding="utf-8"), entry.name, known)
        for entry in sorted(files("lineage").joinpath("assets/tours").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".md")
    )
    return tuple(tour for tour, problems in read_ones if tour and not problems)


def read(text: str, file: str, known: Collection[str]) -> tuple[Tour | None, tuple[Problem, ...]]:
    """A tour and what is wrong with it.

    Args:
        text: the Markdown.
        file: the name of the file; its stem names the tour.
        known: the ids of all nodes.

    Returns:
        The tour, or None where there is a problem, and all problems with their lines.
    """
    from markdown_it import MarkdownIt

    reader = _Reader(file, known)
    tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
    tour = reader.tour(tokens)
    problems = tuple(sorted(set(reader.problems)))
    return (None if problems else tour), problems


@dataclass
class _Reader:
    file: str
    known: Collection[str]
    problems: list[Problem] = field(default_factory=list)
    line: int = 1

    def wrong(self, rule: str, message: str, repair: str) -> None:
        self.problems.append(Problem(Location(self.file, self.line), rule, message, repair))

    def tour(self, tokens: list[Token]) -> Tour:
        name = self.file.replace("\\", "/").rpartition("/")[2].removesuffix(".md")
        if not _NAME.fullmatch(name):
            self.wrong("tour-name", f"`{name}` is no name of a tour", "name the file in lower-case words with hyphens")
        title = ""
        introduction: list[tuple[Piece, ...]] = []
        steps: list[Any] = []
        depth: list[str] = []
        for token in tokens:
            self.line = token.map[0] + 1 if token.map else self.line
            if token.nesting == 1:
                depth.append(token.type)
                self.block(token, depth)
            elif token.nesting == -1:
                depth.pop()
            elif token.type != "inline":
                self.wrong(
                    "tour-form", f"`{token.type}` has no place in a tour", "write a paragraph or a numbered point"
                )
            elif depth == ["heading_open"]:
                title = title or token.content
            elif depth == ["paragraph_open"]:
                introduction.append(tuple(self.pieces(token.children or [])))
            elif steps and steps[-1] is not _STARTED:
                steps[-1][2].append(tuple(self.pieces(token.children or [])))
            else:
                steps[-1:] = [self.start(token.children or [])]
            if token.type == "list_item_open":
                steps.append(_STARTED)
        self.line = 1
        if not title:
            self.wrong("tour-title", "the tour has no title", "begin with `# Title`")
        if not steps:
            self.wrong("tour-steps", "the tour has no steps", "write a numbered list of links")
        made = tuple(Step(one[0], one[1], tuple(filter(None, one[2]))) for one in steps if one is not _STARTED)
        return Tour(name, title, tuple(introduction), made)

    def block(self, token: Token, depth: list[str]) -> None:
        inside = depth[:-1]
        fits = {
            "heading_open": not inside and token.tag == "h1",
            "paragraph_open": inside in ([], ["ordered_list_open", "list_item_open"]),
            "ordered_list_open": not inside,
            "list_item_open": inside == ["ordered_list_open"],
        }
        if not fits.get(token.type, False):
            what = token.type.removesuffix("_open").replace("_", " ")
            self.wrong("tour-form", f"a {what} has no place here", "write `# Title`, paragraphs and one numbered list")

    def start(self, children: list[Token]) -> Any:
        """The link that begins a step, and what follows it in its paragraph."""
        if not children or children[0].type != "link_open":
            self.wrong("tour-link", "the step does not begin with a link", "begin it with `[Name](#n=id)`")
            return ["", "", []]
        end = next(place for place, token in enumerate(children) if token.type == "link_close")
        title = "".join(token.content for token in children[:end])
        address = self.state(str(children[0].attrGet("href") or ""))
        return [title, address, [tuple(self.pieces(children[end + 1 :]))]]

    def state(self, address: str) -> str:
        """The fragment of a permalink, checked for names."""
        before, mark, fragment = address.partition("#")
        if not mark or (before and not before.endswith(".html")):
            self.wrong(
                "tour-link", f"`{address}` is no link to a state of the page", "write `#n=id`, as `Copy link` gives it"
            )
            return ""
        for key, value in parse_qsl(fragment, keep_blank_values=True):
            if key not in _STATES:
                self.wrong("tour-link", f"`{key}` is no part of a state of the page", "take it out")
            for one in value.split(",") if key == "open" else [value] if key in _IDS else []:
                if one not in self.known:
                    self.wrong("tour-node", f"there is no node `{one}`", "write the id of a model, paper or technique")
        return fragment

    def pieces(self, children: list[Token]) -> Iterator[Piece]:
        """A paragraph as pieces; a mark inside a link counts no more than its text."""
        form, href, text = "text", "", ""
        for token in children:
            if token.type in ("text", "code_inline", "softbreak", "hardbreak"):
                content = token.content or " "
                if token.type == "code_inline" and form == "text":
                    yield ("code", content)
                elif form == "text":
                    yield ("text", content)
                else:
                    text += content
            elif token.type in _MARKS and form == "text":
                form = _MARKS[token.type]
            elif token.type == "link_open":
                href = str(token.attrGet("href") or "")
                form = "to" if "#" in href and not _ADDRESS.match(href) else "web"
                if form == "to":
                    href = self.state(href)
                elif not _ADDRESS.fullmatch(href):
                    self.wrong("tour-link", f"`{href}` is no web address", "write an https address or a permalink")
            elif token.nesting == -1 and (token.type == "link_close" or form in ("em", "strong")):
                if text:
                    yield (form, text, href) if token.type == "link_close" else (form, text)
                form, href, text = "text", "", ""
            elif token.nesting == 0:
                self.wrong(
                    "tour-form", f"`{token.type}` has no place in a tour", "write words, emphasis, code and links"
                )


_STARTED: Final[Any] = object()
"""A step of which nothing is read yet."""


def checked(texts: Mapping[str, str], known: Collection[str]) -> tuple[tuple[Tour, ...], tuple[Problem, ...]]:
    """Tours of one's own, by the names of their files, and all that is wrong with them."""
    found = [read(text, file, known) for file, text in sorted(texts.items())]
    return tuple(tour for tour, _ in found if tour), tuple(problem for _, problems in found for problem in problems)
