"""Commands that answer: show, ls, ancestors, descendants, path, common, technique, stats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from lineage.cli.app import as_of_option, asked, cli, emit, format_option, load, page, say, tell, via_option
from lineage.select import select
from lineage.vocabulary import BASES, Basis

if TYPE_CHECKING:
    from lineage.graph import LineageGraph


@cli.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@as_of_option
@format_option
@click.pass_context
def show(context: click.Context, names: tuple[str, ...], form: str) -> None:
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
    else:
        shown = page()
        say("\n".join(shown.card(graph, one) for one in ids))


@cli.command()
@click.argument("selection", nargs=-1)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@via_option
@as_of_option
@format_option
@click.pass_context
def ls(
    context: click.Context, selection: tuple[str, ...], exclude: tuple[str, ...], via: tuple[Basis, ...], form: str
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
    graph = load(context)
    ids = select(graph, selection, exclude=exclude, via=via or BASES)
    query = {"command": "ls", "selection": list(selection), "exclude": list(exclude), "via": list(via or BASES)}
    _answer_nodes(graph, ids, query, form)


def _relatives(
    context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str, up: bool
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
@format_option
@click.pass_context
def ancestors(context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str) -> None:
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
@format_option
@click.pass_context
def descendants(context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str) -> None:
    """List everything that came of NAME.

    \b
    Example:
      lineage descendants llama --depth 1
    """
    _relatives(context, name, via, depth, form, up=False)


@cli.command()
@click.argument("older")
@click.argument("newer")
@click.option("--all", "every", is_flag=True, help="Every line of descent, not only the shortest.")
@click.option("--limit", type=click.IntRange(min=1, max=10_000), default=20, show_default=True, help="With --all.")
@via_option
@as_of_option
@format_option
@click.pass_context
def path(
    context: click.Context, older: str, newer: str, *, every: bool, limit: int, via: tuple[Basis, ...], form: str
) -> None:
    """Print how NEWER descends from OLDER, each step with relation, evidence and source. Exits 1 if it does not.

    \b
    Example:
      lineage path gpt-1 instructgpt
    """
    graph = load(context)
    start, end = graph.resolve(older), graph.resolve(newer)
    bases = via or BASES
    # One more than is shown, to know whether there are more.
    found = graph.paths(start, end, bases, limit + 1 if every else 1)
    truncated = len(found) > limit
    shown = found[:limit]
    if form == "json":
        steps = {step for line in shown for step in pairwise(line)}
        content = graph.subgraph({one for line in shown for one in line}).to_dict(
            {"command": "path", "older": start, "newer": end, "via": list(bases)}, shown, truncated=truncated
        )
        edges = [edge for parent, child in sorted(steps) for edge in graph.edges_between(parent, child, bases)]
        content["edges"] = [dict(edge.data) for edge in edges]
        say_json(content)
    else:
        look = page()
        say("\n".join(look.path(graph, line, bases) for line in shown))
        if truncated:
            tell(f"there are more than {limit} lines of descent; --limit shows more")
    if not found:
        if form == "text":
            click.echo(
                f"{graph[end].name} does not descend from {graph[start].name}{_hint(graph, start, end)}", err=True
            )
        context.exit(1)


def _hint(graph: LineageGraph, start: str, end: str) -> str:
    if start == end:
        return "; nothing is its own ancestor"
    if graph.paths(end, start, limit=1):
        return f"; it is the other way round: lineage path {end} {start}"
    shared = graph.common_ancestors(start, end)
    return f"; their nearest common ancestors: {', '.join(shared)}" if shared else ""


@cli.command()
@click.argument("one")
@click.argument("other")
@via_option
@as_of_option
@format_option
@click.pass_context
def common(context: click.Context, one: str, other: str, via: tuple[Basis, ...], form: str) -> None:
    """List the nearest common ancestors of two. Exits 1 if there are none.

    \b
    Example:
      lineage common alpaca vicuna
    """
    graph = load(context)
    first, second = graph.resolve(one), graph.resolve(other)
    ids = graph.common_ancestors(first, second, via or BASES)
    _answer_nodes(graph, ids, {"command": "common", "ids": [first, second], "via": list(via or BASES)}, form)
    if not ids:
        context.exit(1)


@cli.command()
@click.argument("name")
@as_of_option
@format_option
@click.pass_context
def technique(context: click.Context, name: str, form: str) -> None:
    """Tell who introduced a technique, and who took it up and when.

    \b
    Example:
      lineage technique rope
    """
    from dataclasses import asdict

    from lineage.analysis import adoption

    graph = load(context)
    node_id = graph.resolve(name)
    if graph[node_id].kind != "technique":
        raise click.UsageError(f"`{node_id}` is a {graph[node_id].kind}; `lineage ls kind:technique` lists techniques")
    found = adoption(graph, node_id)
    if form == "json":
        edges = (*graph.in_edges(node_id, "introduced-technique"), *graph.out_edges(node_id, "uses-technique"))
        ids = {node_id, *found.introducers, *(one.model for one in found.adopters)}
        content = graph.subgraph(ids).to_dict({"command": "technique", "id": node_id})
        content["edges"] = [dict(edge.data) for edge in edges]
        content["adoption"] = asdict(found)
        say_json(content)
    else:
        say(page().technique(graph, found))


@cli.command()
@as_of_option
@format_option
@click.pass_context
def stats(context: click.Context, form: str) -> None:
    """Tell the size of the graph, how it is sourced, and who had most influence.

    \b
    Example:
      lineage stats
    """
    from dataclasses import asdict

    from lineage.analysis import stats as measure

    found = measure(load(context))
    if form == "json":
        query = {"command": "stats"}
        say_json({"format": "lineage/stats", "format_version": 1, "query": query, **asdict(found)})
    else:
        say(page().stats(found))


def _answer_nodes(graph: LineageGraph, ids: Sequence[str], query: dict[str, Any], form: str) -> None:
    if form == "json":
        say_json(graph.subgraph(ids).to_dict(query))
    else:
        say(page().nodes(graph, _by_date(graph, ids)))
        tell(f"{len(ids)} of {len(graph)} nodes")


def _by_date(graph: LineageGraph, ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=lambda one: (graph[one].interval.end, one))


def say_json(content: dict[str, Any]) -> None:
    """Write an answer as JSON; its query says the ``--as-of``, too."""
    from lineage.views.text import as_json

    content["query"] = {**content["query"], **asked(click.get_current_context())}
    emit(as_json(content))
