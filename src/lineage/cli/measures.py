"""Commands that measure: technique, stats, diff; and the schema of the answers."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lineage import index
from lineage.cli.app import answer_option, as_of_option, asked, cli, emit, is_joined, load, page, say, tell
from lineage.cli.questions import say_json, say_rows
from lineage.errors import LimitError

if TYPE_CHECKING:
    from lineage.graph import LineageGraph

MAX_MEASURED = 200_000
"""Nodes of which everything is measured: of so many it takes a quarter of a minute, and close to a gibibyte."""

_SLOWLY = 20_000
"""Of more nodes than this it is said that it takes a while."""


@cli.command()
@click.argument("name")
@click.option("--all", "everything", is_flag=True, help="Name all families and models in text, however many.")
@as_of_option
@answer_option
@click.pass_context
def technique(context: click.Context, name: str, form: str | None, *, everything: bool) -> None:
    """Tell who introduced a technique, who took it up first and who later, by year and family, and who never did.

    The models of a family are counted from the day of the introduction: "Llama 10 of 26" are 10 of the 26 since then. A family that
    ended before is left out of those that never took it up.

    \b
    Example:
      lineage technique rope
    """
    from lineage.analysis import adoption

    graph = load(context)
    node_id = graph.resolve(name)
    if graph[node_id].kind != "technique":
        raise click.UsageError(f"`{node_id}` is a {graph[node_id].kind}; `lineage ls kind:technique` lists techniques")
    found = adoption(graph, node_id)
    edges = (*graph.in_edges(node_id, "introduced-technique"), *graph.out_edges(node_id, "uses-technique"))
    if form == "json":
        ids = {node_id, *found.introducers, *(one.model for one in found.adopters)}
        content = graph.subgraph(ids).to_dict({"command": "technique", "id": node_id})
        content["edges"] = [dict(edge.data) for edge in edges]
        content["adoption"] = {**found._asdict(), "adopters": [one._asdict() for one in found.adopters]}
        say_json(content)
    elif form == "tabs":
        lags = {one.model: one.lag_days for one in found.adopters}
        places = {node: place for place, node in enumerate((*found.introducers, *lags))}
        rows = [(edge.target if edge.kind == "uses-technique" else edge.source, edge) for edge in edges]
        say_rows(
            (edge.kind, other, graph[other].date, lags.get(other), edge.evidence, _first_url(edge.sources))
            for other, edge in sorted(rows, key=lambda row: places[row[0]])
        )
        say_rows(("inherited", one, graph[one].date, "", "", "") for one in found.inherited)
        say_rows(("without", family, "", number, "", "") for family, number in found.without)
    else:
        say(page().technique(graph, found, everything=everything))


def _first_url(sources: tuple[object, ...]) -> object:
    return sources[0]["url"] if sources else ""  # type: ignore[index]


@cli.command()
@as_of_option
@answer_option
@click.pass_context
def stats(context: click.Context, form: str | None) -> None:
    """Tell the size of the graph, how it is sourced, who had most influence, and how wide and deep its families are.

    \b
    Example:
      lineage stats
    """
    from lineage.analysis import Stats

    if asked(context):
        content = _measured(load(context))
    else:
        content = index.remembered("stats", _measured, context.obj, with_builtin=is_joined(context))
    if form == "json":
        say_json({"format": "lineage/stats", "format_version": 1, "query": {"command": "stats"}, **content})
    elif form == "tabs":
        for name, value in content.items():
            rows = value if isinstance(value, list | tuple) else ((None, value),)
            say_rows(
                (name, *(row if isinstance(row, list | tuple) else (place, row))) for place, row in enumerate(rows)
            )
    else:
        say(page().stats(Stats(**content)))


def _measured(graph: LineageGraph) -> dict[str, Any]:
    from lineage.analysis import stats as measure

    if len(graph) > MAX_MEASURED:
        raise LimitError(
            f"{len(graph):,} nodes are more than are measured ({MAX_MEASURED:,}); in Python, "
            "lineage.analysis.stats(graph.select(...)) measures a part of them"
        )
    if len(graph) > _SLOWLY:
        tell(f"measuring {len(graph):,} nodes takes some seconds; the answer is kept until the data change")
    return measure(graph)._asdict()


@cli.command()
@click.argument("old")
@click.argument("new")
@answer_option
@click.pass_context
def diff(context: click.Context, old: str, new: str, form: str | None) -> None:
    """Tell what was added (+), removed (-) and changed (~) from OLD to NEW. Exits 1 if anything was.

    Each is a directory of records, or a revision of the git repository that holds the records, such as HEAD~1.

    \b
    Example:
      lineage diff . .
    """
    from lineage.comparison import difference
    from lineage.views import sides

    with contextlib.ExitStack() as stack:
        before, after = (_state(stack, context, name) for name in (old, new))
        found = difference(before, after)
        if form == "json":
            head = {"format": "lineage/diff", "format_version": 1, "query": {"command": "diff", "old": old, "new": new}}
            say_json({**head, **sides.as_dict(found)})
        elif form == "tabs":
            say_rows(sides.difference_rows(found))
        else:
            say(sides.difference(page(), found))
    if form != "json":
        tell(
            f"nodes: +{len(found.added_nodes)} -{len(found.removed_nodes)} ~{len(found.changed_nodes)}; "
            f"edges: +{len(found.added_edges)} -{len(found.removed_edges)} ~{len(found.changed_edges)}"
        )
    if found:
        context.exit(1)


def _state(stack: contextlib.ExitStack, context: click.Context, name: str) -> LineageGraph:
    place = Path(name)
    with contextlib.suppress(OSError, ValueError):
        if name and place.is_dir():
            return index.load(place)
    from lineage import revision

    data = index.existing(context.obj) if context.obj else index.data_directory()
    return index.load(stack.enter_context(revision.records(name, data)))


@cli.command()
@click.argument("what", type=click.Choice(["answer", "record"]))
def schema(what: str) -> None:
    """Print the JSON Schema of every answer in JSON, or of the records that a contributor writes.

    \b
    Example:
      lineage schema answer
    """
    if what == "record":
        from lineage import catalog

        emit(catalog.schema())
    else:
        emit((Path(index.__file__).parent / "assets" / "answer.schema.json").read_bytes())
