"""Commands that list and show: show, ls, ancestors, descendants, timeline, cite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from lineage.cli.app import (
    answer_option,
    as_of_option,
    asked,
    cli,
    emit,
    list_form,
    load,
    page,
    say,
    tell,
    via_option,
)
from lineage.vocabulary import BASES, Basis, count

if TYPE_CHECKING:
    from lineage.graph import Edge, LineageGraph


@cli.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@as_of_option
@answer_option
@click.pass_context
def show(context: click.Context, names: tuple[str, ...], form: str | None) -> None:
    """Show everything about a model, paper or technique, and who says so.

    \b
    Example:
      lineage show alpaca
    """
    graph = load(context)
    ids = [graph.resolve(name) for name in names]
    if form == "json":
        near = {edge.source for one in ids for edge in graph.in_edges(one)}
        near.update(edge.target for one in ids for edge in graph.out_edges(one))
        keys = {edge.sort_key for one in ids for edge in (*graph.in_edges(one), *graph.out_edges(one))}
        content = graph.subgraph(near | set(ids)).to_dict({"command": "show", "ids": ids})
        content["edges"] = [dict(edge.data) for edge in graph.edges() if edge.sort_key in keys]
        say_json(content)
    elif form == "tabs":
        from lineage.views.sides import value

        for one in ids:
            say_rows((one, name, value(content)) for name, content in graph[one].data.items() if name != "id")
            say_rows(edge_row(edge) for edge in (*graph.in_edges(one), *graph.out_edges(one)))
    else:
        shown = page()
        say("\n".join(shown.card(graph, one) for one in ids))


@cli.command()
@click.argument("selection", nargs=-1)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@via_option
@as_of_option
@answer_option
@click.pass_context
def ls(
    context: click.Context,
    selection: tuple[str, ...],
    exclude: tuple[str, ...],
    via: tuple[Basis, ...],
    form: str | None,
) -> None:
    """List what a selection selects; everything without one.

    \b
    A selection is a name, `+x` (x and its ancestors), `x+` (and its descendants), `2+x+1`, `@x`, a
    pattern `llama-*`, or a method: id: name: kind: org: family: arch: weights: license: origin:
    category: author: collection: included: year: date: uses: introduces: relation: evidence: source:
    is:root|leaf|merge|disputed|incomplete|isolated. A space is a union, a comma an intersection.

    \b
    Example:
      lineage ls "family:llama,weights:restricted" +alpaca
    """
    from lineage.select import select

    graph = load(context)
    ids = select(graph, selection, exclude=exclude, via=via or BASES)
    query = {"command": "ls", "selection": list(selection), "exclude": list(exclude), "via": list(via or BASES)}
    _answer_nodes(graph, ids, query, form)


def _relatives(
    context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str | None, up: bool
) -> None:
    graph = load(context)
    node_id = graph.resolve(name)
    ids = (graph.ancestors if up else graph.descendants)(node_id, via or BASES, depth)
    command = "ancestors" if up else "descendants"
    _answer_nodes(graph, ids, {"command": command, "id": node_id, "via": list(via or BASES), "depth": depth}, form)


depth_option = click.option("--depth", type=click.IntRange(min=1), help="At most so many generations.")


@cli.command()
@click.argument("name")
@via_option
@depth_option
@as_of_option
@answer_option
@click.pass_context
def ancestors(context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str | None) -> None:
    """List everything that NAME came from. Nothing is its own ancestor.

    \b
    Example:
      lineage ancestors minerva --via weights
    """
    _relatives(context, name, via, depth, form, up=True)


@cli.command()
@click.argument("name")
@via_option
@depth_option
@as_of_option
@answer_option
@click.pass_context
def descendants(context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str | None) -> None:
    """List everything that came of NAME.

    \b
    Example:
      lineage descendants llama --depth 1
    """
    _relatives(context, name, via, depth, form, up=False)


@cli.command()
@click.argument("selection", nargs=-1)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@via_option
@as_of_option
@answer_option
@click.pass_context
def timeline(
    context: click.Context,
    selection: tuple[str, ...],
    exclude: tuple[str, ...],
    via: tuple[Basis, ...],
    form: str | None,
) -> None:
    """List every date of a selection in its order: papers, announcements, weights, services.

    What was over first comes first: 2023-03-31 before 2023-03, and that before 2023. A technique has the day of its introduction.

    \b
    Example:
      lineage timeline family:llama
    """
    from lineage.analysis import timeline as in_order
    from lineage.select import select

    graph = load(context)
    ids = select(graph, selection, exclude=exclude, via=via or BASES)
    events = in_order(graph, ids)
    form = list_form(form)
    if form == "json":
        content = graph.subgraph(ids).to_dict(
            {"command": "timeline", "selection": list(selection), "exclude": list(exclude), "via": list(via or BASES)}
        )
        content["timeline"] = [{"date": one.date, "kind": one.what, "id": one.node} for one in events]
        say_json(content)
        return
    if form == "tabs":
        say_rows((one.date, one.what, one.node, graph[one.node].kind, graph[one.node].name) for one in events)
    else:
        say(page().timeline(graph, events))
    tell(f"{count(len(events), 'date')} of {count(len(ids), 'node')}")


@cli.command()
@click.argument("selection", nargs=-1, required=True)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@via_option
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["bibtex", "csl"]),
    default="bibtex",
    show_default=True,
    help="BibTeX for LaTeX and Zotero, CSL JSON for Pandoc and citation processors.",
)
@click.pass_context
def cite(
    context: click.Context, selection: tuple[str, ...], exclude: tuple[str, ...], via: tuple[Basis, ...], form: str
) -> None:
    """Write the papers of a selection as references: those in it, and those that describe or introduce what is in it.

    Exits 1 if there are none.

    \b
    Example:
      lineage cite llama-2 rope
    """
    from lineage.select import select
    from lineage.views.exchange import write as exchange

    graph = load(context)
    ids = select(graph, selection, exclude=exclude, via=via or BASES)
    papers = {one for one in ids if graph[one].kind == "paper"}
    papers.update(edge.source for one in ids for edge in graph.in_edges(one, "described-by", "introduced-technique"))
    emit(exchange(form, graph.subgraph(ids), graph).text)
    cited = sum(graph[one].kind == "paper" for one in papers)
    tell(f"{count(cited, 'paper')} of {count(len(ids), 'node')}")
    if not cited:
        context.exit(1)


def _answer_nodes(graph: LineageGraph, ids: Sequence[str], query: dict[str, Any], form: str | None) -> None:
    form = list_form(form)
    if form == "json":
        say_json(graph.subgraph(ids).to_dict(query))
        return
    found = by_date(graph, ids)
    if form == "tabs":
        say_rows(node_row(graph, one) for one in found)
    else:
        say(page().nodes(graph, found))
    tell(f"{len(ids)} of {count(len(graph), 'node')}")


def by_date(graph: LineageGraph, ids: Iterable[str]) -> list[str]:
    """Ids in the order of their dates."""
    return sorted(ids, key=lambda one: (graph[one].last_day, one))


def node_row(graph: LineageGraph, node_id: str) -> tuple[object, ...]:
    """A node as a row: id, date, kind, makers, name."""
    node = graph[node_id]
    return node.id, node.date, node.kind, ", ".join(node.organizations), node.name


def edge_row(edge: Edge) -> tuple[object, ...]:
    """An edge as a row: both ends, kind, relation, basis, evidence, and where its first source says it."""
    source = edge.sources[0] if edge.sources else {}
    told = (source.get("url"), source.get("locator"), source.get("shows"))
    return edge.source, edge.target, edge.kind, edge.relation, edge.basis, edge.evidence, *told


def say_rows(rows: Iterable[Iterable[object]]) -> None:
    """Write rows with tabs."""
    from lineage.views.text import tabs

    say(tabs(rows))


def say_json(content: dict[str, Any]) -> None:
    """Write an answer as JSON; its query says the ``--as-of``, too."""
    from lineage.views.text import as_json

    content["query"] = {**content["query"], **asked(click.get_current_context())}
    emit(as_json(content))
