"""The sources of the lines of descent that a picture shows: numbered, as a list to read and as BibTeX.

A source whose address is that of a paper of the graph has its title and authors. Of any other no title is known but
what its address says, and nothing is made up.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from lineage.graph import Edge, LineageGraph, Node
from lineage.views.prose import Document, Item, Section, address, html, markdown, plain
from lineage.vocabulary import normal_form

EdgeKey = tuple[str, str, str, str]
"""What an edge is known by: :attr:`lineage.graph.Edge.sort_key`."""

_ARXIV: Final = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/(\d{4}\.\d{4,5})", re.IGNORECASE)
_LONGEST_KEY: Final = 48
_COLLECTIVE: Final = re.compile(r"\b(AI|(?i:and)|Group|Lab|Labs|Research|Team|team|The|Workshop)\b|,")
"""What a name of one person does not hold."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HUBS: Final = {"github.com": "GitHub", "huggingface.co": "Hugging Face"}
_LATEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "#$%&_"},
}
_TYPES: Final = {"report": "Report", "model-card": "Model card", "blog-post": "Blog post"}


@dataclass(frozen=True, slots=True)
class Citing:
    """A line of descent, and what the source shows of it."""

    edge: Edge
    locator: str
    """The place in the source, or nothing."""
    shows: str
    disputed_by: str = ""
    """Who says otherwise in this source, where it does not support the line."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A source with its number."""

    number: int
    """From 1: those that are numbered first, then the others, both in the order of year and key; no known year is last."""
    key: str
    """The id of the paper, or a name made of the address: letters, digits and hyphens."""
    title: str
    authors: tuple[str, ...]
    date: str
    """As precise as it is known, or nothing."""
    address: str
    arxiv: str
    """The arXiv number, or nothing."""
    paper: Node | None
    citing: tuple[Citing, ...]


def shown_edges(graph: LineageGraph, ids: Iterable[str]) -> tuple[Edge, ...]:
    """The lines of descent between the models that a picture shows, whether drawn or written beside a model.

    Raises:
        UnknownNodeError: if an id is not in the graph.
    """
    return graph.subgraph(ids).edges("derived-from", "succeeds")


def steps(graph: LineageGraph, ids: Iterable[str]) -> dict[str, Edge]:
    """Of each of these models the line by which it hangs on its layout parent; a model without a parent has none."""
    found = {one: graph.layout_parent(one) for one in sorted(ids)}
    return {one: edge for one, edge in found.items() if edge}


def references(graph: LineageGraph, edges: Iterable[Edge], first: Iterable[Edge] = ()) -> tuple[Reference, ...]:
    """The sources of these edges, each once, in the order of year and key.

    Args:
        graph: the graph, whose papers give titles and authors.
        edges: the lines of descent.
        first: those of them whose first sources get the smallest numbers, because a picture shows these numbers.
    """
    papers = {_identity(node.data["address"]): node for node in graph.nodes("paper") if node.data.get("address")}
    found: dict[str, list[Citing]] = {}
    addresses: dict[str, str] = {}
    for edge in sorted(edges, key=lambda edge: edge.sort_key):
        dispute = edge.data.get("disputed")
        said = [(source, "") for source in edge.sources]
        said += [(dispute["source"], dispute["by"])] if dispute else []
        for source, disputer in said:
            identity = _identity(source["url"])
            addresses.setdefault(identity, source["url"].partition("#")[0])
            citing = Citing(edge, source.get("locator", ""), source.get("shows", ""), disputer)
            found.setdefault(identity, []).append(citing)
    keys = _keys(graph, found, papers)
    dates = {identity: papers[identity].date if identity in papers else _date(identity) for identity in found}
    small = {_identity(edge.sources[0]["url"]) for edge in first if edge.sources}
    order = sorted(found, key=lambda identity: (identity not in small, dates[identity][:4] or "9999", keys[identity]))
    return tuple(
        _reference(number, keys[one], dates[one], one, addresses[one], papers.get(one), found[one])
        for number, one in enumerate(order, start=1)
    )


def of_papers(papers: Iterable[Node]) -> tuple[Reference, ...]:
    """Papers of the graph as references of their own, that cite nothing, in the order of year and id."""
    order = sorted(papers, key=lambda paper: (paper.date[:4], paper.id))
    return tuple(
        _reference(number, paper.id, paper.date, _identity(paper.data["address"]), paper.data["address"], paper, [])
        for number, paper in enumerate(order, start=1)
    )


def numbers(found: Iterable[Reference]) -> dict[EdgeKey, tuple[int, ...]]:
    """For each edge, by its ``sort_key``, the numbers of its sources in rising order."""
    of_edge: dict[EdgeKey, set[int]] = {}
    for reference in found:
        for citing in reference.citing:
            of_edge.setdefault(citing.edge.sort_key, set()).add(reference.number)
    return {key: tuple(sorted(of_edge[key])) for key in sorted(of_edge)}


def marks(found: Iterable[Reference], lines: Mapping[str, Edge]) -> dict[str, int]:
    """For each model the number of the first source of its line of descent: what a picture can show of one."""
    number = {_identity(reference.address): reference.number for reference in found}
    told = {one: number.get(_identity(edge.sources[0]["url"])) for one, edge in lines.items() if edge.sources}
    return {one: told[one] or 0 for one in sorted(told) if told[one]}


def as_markdown(graph: LineageGraph, found: Sequence[Reference]) -> str:
    """The sources as a numbered list in Markdown: who and what, and what each shows for which line of descent."""
    return markdown(_document(graph, found))


def as_html(graph: LineageGraph, found: Sequence[Reference]) -> str:
    """The same list as an HTML page; the source with number 7 has the anchor ``source-7``."""
    return html(_document(graph, found))


def as_bibtex(found: Iterable[Reference]) -> str:
    """The sources as BibTeX in UTF-8. The keys of papers are their ids in the graph."""
    return "\n".join(_entry(reference) for reference in found)


# -- what a source is ------------------------------------------------------------------------------------------------


def _identity(url: str) -> str:
    """One text for all addresses of one document: versions and forms of an arXiv paper, places in a page."""
    arxiv = _ARXIV.match(url)
    if arxiv:
        return f"arxiv:{arxiv[1]}"
    return url.partition("#")[0].rstrip("/")


def _keys(graph: LineageGraph, found: Iterable[str], papers: Mapping[str, Node]) -> dict[str, str]:
    """A key for each document, different from each other and from every id."""
    keys: dict[str, str] = {}
    taken = set(graph)
    for identity in sorted(found):
        if identity in papers:
            keys[identity] = papers[identity].id
            continue
        text = re.sub(r"^https?://(www\.)?", "", identity)
        key = re.sub(r"[^a-z0-9]+", "-", unquote(text).lower()).strip("-") or "source"
        if len(key) > _LONGEST_KEY or key in taken:
            # A count would give another key as soon as a neighbour comes or goes.
            key = f"{key[:_LONGEST_KEY].strip('-')}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
        taken.add(key)
        keys[identity] = key
    return keys


def _date(identity: str) -> str:
    """The month that an arXiv number tells; nothing of any other address."""
    if not identity.startswith("arxiv:"):
        return ""
    year, month = identity[6:8], identity[8:10]
    return f"20{year}-{month}" if "01" <= month <= "12" else f"20{year}"


def _reference(
    number: int, key: str, date: str, identity: str, url: str, paper: Node | None, citing: list[Citing]
) -> Reference:
    arxiv = identity[6:] if identity.startswith("arxiv:") else ""
    if paper:
        title, authors, url = paper.name, tuple(paper.data.get("authors", ())), paper.data["address"]
    elif arxiv:
        title, authors, url = f"arXiv:{arxiv}", (), f"https://arxiv.org/abs/{arxiv}"
    else:
        title, authors = _title(url), ()
    return Reference(number, key, title, authors, date, url, arxiv, paper, tuple(citing))


def _title(url: str) -> str:
    """What the address of a page says of it."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # such as brackets that are no IPv6 address
        return plain(url)
    ways = [plain(unquote(part)) for part in parts.path.split("/") if part]
    if host in _HUBS and len(ways) > 1:
        rest = f": {ways[-1]}" if len(ways) > 2 else ""
        return f"{ways[0]}/{ways[1]}{rest} ({_HUBS[host]})"
    return f"{ways[-1]} ({host})" if ways else host or plain(url)


# -- to read ---------------------------------------------------------------------------------------------------------


def _document(graph: LineageGraph, found: Sequence[Reference]) -> Document:
    lines = len({citing.edge.sort_key for reference in found for citing in reference.citing})
    summary = (
        f"{len(found)} {'source' if len(found) == 1 else 'sources'} of {lines} "
        f"{'line' if lines == 1 else 'lines'} of descent. The small number in a box of the tree is that of the first "
        "source of the line by which the model hangs. What a source shows is told in our own words."
    )
    items = tuple(_item(graph, reference) for reference in found)
    return Document("Sources of the family tree", (summary,), (Section("Sources", (), items, numbered=True),))


def _item(graph: LineageGraph, reference: Reference) -> Item:
    authors = ", ".join(reference.authors)
    end = "" if not authors or authors.endswith(".") else "."
    year = f", {reference.date[:4]}" if reference.date else ""
    text = f"{authors}{end} {reference.title}{year}"
    shown = tuple(Item(_shown(graph, citing)) for citing in reference.citing)
    return Item(text, shown, reference.address, f"source-{reference.number}")


def _shown(graph: LineageGraph, citing: Citing) -> str:
    edge = citing.edge
    place = f" ({citing.locator})" if citing.locator else ""
    told = f"disputed by {citing.disputed_by}" if citing.disputed_by else f"{edge.label}, {edge.evidence}"
    return f"{graph[edge.source].name} to {graph[edge.target].name}, {told}: {citing.shows}{place}"


# -- BibTeX ----------------------------------------------------------------------------------------------------------


def _entry(reference: Reference) -> str:
    kind = "misc"
    # Two pairs of braces: a style sheet must not write BERT in small letters.
    fields = {"title": f"{{{{{_latex(reference.title)}}}}}"}
    if reference.authors:
        fields["author"] = f"{{{' and '.join(_author(reference, name) for name in reference.authors if plain(name))}}}"
    if reference.date:
        fields["year"] = f"{{{reference.date[:4]}}}"
    if len(reference.date) > 4:
        fields["month"] = _MONTHS[int(reference.date[5:7]) - 1]
    sort = reference.paper.data.get("type", "") if reference.paper else ""
    if reference.arxiv:
        fields["eprint"] = f"{{{reference.arxiv}}}"
        fields["archivePrefix"] = "{arXiv}"
    elif sort == "report" and reference.paper and reference.paper.organizations:
        kind = "techreport"
        fields["institution"] = f"{{{{{_latex(', '.join(reference.paper.organizations))}}}}}"
    elif sort in _TYPES:
        fields["howpublished"] = f"{{{_TYPES[sort]}}}"
    link = address(reference.address)
    if link:
        fields["url"] = f"{{{link}}}"
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@{kind}{{{reference.key},\n{lines}\n}}\n"


def _author(reference: Reference, name: str) -> str:
    """A name as BibTeX reads it: "et al." is "others", and an organisation is not cut into first and last name."""
    shown = plain(name)
    if normal_form(shown) == "etal":
        return "others"
    return f"{{{_latex(shown)}}}" if is_whole_name(reference, shown) else _latex(shown)


def is_whole_name(reference: Reference, name: str) -> bool:
    """Whether a name is that of an organisation or has one word only, and so is not cut into first and last name."""
    makers = {normal_form(one) for one in (reference.paper.organizations if reference.paper else ())}
    return " " not in name or bool(_COLLECTIVE.search(name)) or normal_form(name) in makers


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in plain(text))
