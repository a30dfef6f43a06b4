"""A tree of descent as text, as `cargo tree` prints one: a line for each step, and `(*)` where more was shown further up."""

from __future__ import annotations

from collections.abc import Iterable

from lineage.descent import Branch
from lineage.errors import LimitError
from lineage.graph import LineageGraph
from lineage.views.text import Page, width
from lineage.vocabulary import printable as plain

MAX_DEPTH = 200
"""Generations that are drawn: a line is indented by its depth, and a chain of ten thousand would be a gigabyte of spaces."""


def text(page: Page, graph: LineageGraph, branches: Iterable[Branch]) -> str:
    """Each line: name, date, how it came from the line that it hangs on, how well that is known, and its first source.

    Where a line would be wider than the terminal, the source stands on a line of its own.

    Raises:
        LimitError: if there are more than :data:`MAX_DEPTH` generations.
    """
    lines: list[str] = []
    bar, fork, end, more = ("|   ", "|-- ", "`-- ", " ...") if page.ascii else ("│   ", "├── ", "└── ", " …")
    open_at: list[bool] = []  # for each generation above: whether its line goes on further down
    for branch in branches:
        if branch.depth > MAX_DEPTH:
            raise LimitError(
                f"the tree is deeper than {MAX_DEPTH} generations; --depth shows a part of it, --format tabs all of it"
            )
        del open_at[max(branch.depth - 1, 0) :]
        stem = "".join(bar if goes_on else "    " for goes_on in open_at)
        if branch.depth:
            open_at.append(not branch.last)
        twig = (end if branch.last else fork) if branch.depth else ""
        mark = " (*)" if branch.repeated else more if branch.cut else ""
        how = "; ".join(page.relation(edge) for edge in branch.edges)
        urls = list(dict.fromkeys(plain(edge.sources[0]["url"]) for edge in branch.edges if edge.sources))
        line = f"{stem}{twig}{page.named(graph[branch.node])}{f'  {how}' if how else ''}{mark}"
        bare = _bare_width(graph, branch, stem + twig + mark)
        below = stem + ("    " if branch.last else bar)
        if urls and page.columns and bare + 2 + len(" ".join(urls)) > page.columns:
            lines += [line, *(f"{below}  {page.paint(url, 'dim')}" for url in urls)]
        else:
            lines.append(f"{line}  {page.paint(' '.join(urls), 'dim')}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def _bare_width(graph: LineageGraph, branch: Branch, around: str) -> int:
    """Columns of a line without its source."""
    page = Page()
    how = "; ".join(page.relation(edge) for edge in branch.edges)
    return width(around) + width(page.named(graph[branch.node])) + len(how) + 2


def rows(branches: Iterable[Branch], graph: LineageGraph) -> Iterable[tuple[object, ...]]:
    """Depth, id, date, what it hangs on, relation, basis, evidence, mark and address; a row for each relation."""
    for branch in branches:
        mark = "*" if branch.repeated else "..." if branch.cut else ""
        head = (branch.depth, branch.node, graph[branch.node].date, branch.above)
        if not branch.edges:
            yield (*head, "", "", "", mark, "")
        for edge in branch.edges:
            url = edge.sources[0]["url"] if edge.sources else ""
            yield (*head, edge.label, edge.basis, edge.evidence, mark, url)
