"""Sources: numbered in a fixed order, told in Markdown, and read back from BibTeX by an independent reader."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from families import HOSTILE, model
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import BibliographyData, parse_string

from lineage import Edge, LineageGraph, Node
from lineage.views import references
from lineage.views.prose import plain


def paper(paper_id: str, date: str, title: str, *authors: str, **fields: Any) -> Node:
    """A paper with what a reference reads."""
    arxiv = fields.get("arxiv")
    data = {
        "id": paper_id,
        "kind": "paper",
        "authors": list(authors),
        "type": "paper",
        "address": f"https://arxiv.org/abs/{arxiv}" if arxiv else fields.get("url", ""),
        **fields,
    }
    return Node(paper_id, "paper", title, date, data)


def claim(source: str, target: str, *urls: str, **fields: Any) -> Edge:
    """A line of descent with sources, the first with a place in it."""
    sources = tuple({"url": url, "shows": f"It says so in {place}."} for place, url in enumerate(urls))
    if sources:
        sources[0]["locator"] = "section 2"
    data = {"source": source, "target": target, **fields}
    return Edge(source, target, "derived-from", "finetuned", "weights", "stated", sources, data)


NODES = [
    model("a", "2019", "Model A"),
    model("b", "2020", "Model <B>"),
    model("c", "2021", "Model C"),
    paper("zeta-2019", "2019-06-12", "BERT & {friends}: 100%", "Ada Lovelace", "et al.", arxiv="1906.00001"),
    paper("report-2020", "2020", "A report", "The Acme Team", url="https://acme.example/r.pdf", type="report", organizations=["Acme"]),
    paper("post-2020", "2020-01-05", "A post", "Acme", url="https://acme.example/post/", type="blog-post", organizations=["Acme"]),
]  # fmt: skip
EDGES = [
    claim("a", "b", "https://arxiv.org/pdf/1906.00001v3#page=2", "https://acme.example/r.pdf"),
    claim("a", "c", "https://arxiv.org/abs/1906.00001", "https://github.com/acme/model/blob/main/config.json"),
    claim(
        "b", "c", "https://acme.example/post", "https://arxiv.org/abs/2101.12345",
        disputed={"by": "Bob", "source": {"url": "https://bob.example/no_way", "shows": "Says no."}},
    ),
]  # fmt: skip
GRAPH = LineageGraph(NODES, EDGES)
FOUND = references.references(GRAPH, GRAPH.edges())


def test_numbers_follow_year_and_key() -> None:
    """By year, then by key; a source without a year last; forms and versions of one paper are one source."""
    assert [(one.number, one.key, one.date, one.address) for one in FOUND] == [
        (1, "zeta-2019", "2019-06-12", "https://arxiv.org/abs/1906.00001"),
        (2, "post-2020", "2020-01-05", "https://acme.example/post/"),
        (3, "report-2020", "2020", "https://acme.example/r.pdf"),
        (4, "arxiv-2101-12345", "2021-01", "https://arxiv.org/abs/2101.12345"),
        (5, "bob-example-no-way", "", "https://bob.example/no_way"),
        (6, "github-com-acme-model-blob-main-config-json", "", "https://github.com/acme/model/blob/main/config.json"),
    ]
    assert {key[:2]: value for key, value in references.numbers(FOUND).items()} == {
        ("a", "b"): (1, 3),
        ("a", "c"): (1, 6),
        ("b", "c"): (2, 4, 5),
    }


def test_what_a_picture_shows_is_numbered_first() -> None:
    """The first sources of these lines come first, and each model has the number of the first source of its line."""
    lines = references.steps(GRAPH, ["a", "b", "c"])
    found = references.references(GRAPH, EDGES, [EDGES[2]])
    assert {one: edge.source for one, edge in lines.items()} == {"b": "a", "c": "b"}
    assert [one.key for one in found][:3] == ["post-2020", "zeta-2019", "report-2020"]
    assert references.marks(found, lines) == {"b": 2, "c": 1}


def test_order_of_input_does_not_count() -> None:
    """Shuffled nodes and edges give the same list."""
    for seed in range(5):
        nodes, edges = NODES[:], EDGES[:]
        random.Random(seed).shuffle(nodes)
        random.Random(seed).shuffle(edges)
        graph = LineageGraph(nodes, edges)
        found = references.references(graph, edges)
        assert references.as_markdown(graph, found) == references.as_markdown(GRAPH, FOUND)
        assert references.as_bibtex(found) == references.as_bibtex(FOUND)


def test_markdown_whole() -> None:
    """Number, authors, title, year and address, and what is shown of which line of descent."""
    assert references.as_markdown(GRAPH, FOUND).partition("## Sources\n\n")[2] == (
        "1. Ada Lovelace, et al. BERT &#38; &#123;friends&#125;: 100%, 2019 <https://arxiv.org/abs/1906.00001>\n"
        "   - Model A to Model &#60;B&#62;, finetuned, stated: It says so in 0. (section 2)\n"
        "   - Model A to Model C, finetuned, stated: It says so in 0. (section 2)\n"
        "2. Acme. A post, 2020 <https://acme.example/post/>\n"
        "   - Model &#60;B&#62; to Model C, finetuned, stated: It says so in 0. (section 2)\n"
        "3. The Acme Team. A report, 2020 <https://acme.example/r.pdf>\n"
        "   - Model A to Model &#60;B&#62;, finetuned, stated: It says so in 1.\n"
        "4. arXiv&#58;2101.12345, 2021 <https://arxiv.org/abs/2101.12345>\n"
        "   - Model &#60;B&#62; to Model C, finetuned, stated: It says so in 1.\n"
        "5. no&#95;way (bob&#46;example) <https://bob.example/no_way>\n"
        "   - Model &#60;B&#62; to Model C, disputed by Bob: Says no.\n"
        "6. acme/model: config&#46;json (GitHub) <https://github.com/acme/model/blob/main/config.json>\n"
        "   - Model A to Model C, finetuned, stated: It says so in 1.\n"
    )


def test_bibtex_whole() -> None:
    """A paper of arXiv, a report, a post, and a page of which only the address is known."""
    assert references.as_bibtex(FOUND[:3] + FOUND[4:5]) == (
        "@misc{zeta-2019,\n"
        r"  title = {{BERT \& \textbraceleft{}friends\textbraceright{}: 100\%}}," + "\n"
        "  author = {Ada Lovelace and others},\n  year = {2019},\n  month = jun,\n  eprint = {1906.00001},\n"
        "  archivePrefix = {arXiv},\n  url = {https://arxiv.org/abs/1906.00001}\n}\n"
        "\n"
        "@misc{post-2020,\n  title = {{A post}},\n  author = {{Acme}},\n  year = {2020},\n  month = jan,\n"
        "  howpublished = {Blog post},\n  url = {https://acme.example/post/}\n}\n"
        "\n"
        "@techreport{report-2020,\n  title = {{A report}},\n  author = {{The Acme Team}},\n  year = {2020},\n"
        "  institution = {{Acme}},\n  url = {https://acme.example/r.pdf}\n}\n"
        "\n"
        "@misc{bob-example-no-way,\n"
        + r"  title = {{no\_way (bob.example)}},"
        + "\n  url = {https://bob.example/no_way}\n}\n"
    )


def parsed(text: str) -> BibliographyData:
    """The entries as pybtex reads them; it raises at any fault."""
    return parse_string(text, "bibtex")


def test_bibtex_is_read_back(real: LineageGraph) -> None:
    """All sources of the figure of the real data: every entry, its authors, its number of arXiv."""
    found = references.references(real, references.shown_edges(real, [node.id for node in real.nodes("model")]))
    entries = parsed(references.as_bibtex(found)).entries
    assert list(entries) == [one.key for one in found]
    attention = entries["vaswani-2017-attention"]
    assert [str(person) for person in attention.persons["author"]][:2] == ["Vaswani, Ashish", "Shazeer, Noam"]
    assert dict(attention.fields) | {"month": "x"} == {
        "title": "{Attention Is All You Need}",
        "year": "2017",
        "month": "x",
        "eprint": "1706.03762",
        "archivePrefix": "arXiv",
        "url": "https://arxiv.org/abs/1706.03762",
    }
    for one in found:
        assert len(entries[one.key].persons.get("author", ())) == len(one.authors)
    sourced = {edge.sort_key for edge in real.edges("derived-from", "succeeds")}
    assert set(references.numbers(found)) == sourced
    assert not {one.key for one in found if one.paper is None} & set(real)


@given(st.text(min_size=1), st.lists(st.text(min_size=1), max_size=4))
def test_bibtex_of_any_text(title: str, authors: list[str]) -> None:
    """Whatever a title or a name holds: one entry, as many authors, the same characters."""
    nodes = [*NODES[:2], paper("p", "2020", title, *authors, arxiv="2001.00001", organizations=[HOSTILE])]
    graph = LineageGraph(nodes, [claim("a", "b", "https://arxiv.org/abs/2001.00001")])
    (entry,) = parsed(references.as_bibtex(references.references(graph, graph.edges()))).entries.values()
    assert set(entry.fields) == {"title", "year", "eprint", "archivePrefix", "url"}
    assert unlatex(entry.fields["title"].removeprefix("{").removesuffix("}")) == plain(title)
    assert len(entry.persons.get("author", ())) == sum(bool(plain(name)) for name in authors)


def unlatex(text: str) -> str:
    """The characters for which LaTeX sees these, by its own table and not by ours."""
    names = {"backslash": "\\", "braceleft": "{", "braceright": "}", "asciitilde": "~", "asciicircum": "^"}
    return re.sub(r"\\text(\w+)\{\}|\\([#$%&_])", lambda found: names.get(found[1]) or found[2], text)


@pytest.mark.parametrize(
    "url", ["https://[x/", "https://e.org", "https://e.org/%00", "https://github.com/x", "https://e.org/a}b{"]
)
def test_odd_addresses(url: str) -> None:
    """An address that says nothing still has an entry."""
    graph = LineageGraph(NODES[:2], [claim("a", "b", url)])
    (found,) = references.references(graph, graph.edges())
    assert found.title
    assert len(parsed(references.as_bibtex([found])).entries) == 1


def test_keys_do_not_hang_on_neighbours() -> None:
    """A long address keeps its key when another that begins alike comes in."""
    start = "https://github.com/acme/a-very-long-name-of-a-repository/blob/main/"
    alone = LineageGraph(NODES[:2], [claim("a", "b", f"{start}b")])
    both = LineageGraph(NODES[:2], [claim("a", "b", f"{start}a", f"{start}b")])
    (key,) = (one.key for one in references.references(alone, alone.edges()))
    assert key in {one.key for one in references.references(both, both.edges())}


def test_html_has_an_anchor_for_each_number() -> None:
    """A superscript can point to its source."""
    assert re.findall(r'id="([^"]+)"', references.as_html(GRAPH, FOUND)) == [f"source-{i}" for i in range(1, 7)]
