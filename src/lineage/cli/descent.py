"""Commands about descent: tree, path and why, common, is-ancestor, compare."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from lineage.cli.app import answer_option, as_of_option, cli, list_form, load, page, say, tell, via_option
from lineage.cli.questions import by_date, depth_option, edge_row, node_row, say_json, say_rows
from lineage.vocabulary import BASES, Basis, count

if TYPE_CHECKING:
    from lineage.graph import LineageGraph


@cli.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("-i", "--invert", is_flag=True, help="What it came from, not what came of it.")
@via_option
@depth_option
@as_of_option
@answer_option
@click.pass_context
def tree(
    context: click.Context,
    names: tuple[str, ...],
    *,
    invert: bool,
    via: tuple[Basis, ...],
    depth: int | None,
    form: str | None,
) -> None:
    """Draw what came of NAME as a tree, each line with relation, evidence and source; without NAME, of every root.

    `(*)` marks what was drawn further up together with all that hangs on it, and `…` what --depth has cut off.

    \b
    Example:
      lineage tree vicuna --invert
    """
    from lineage.descent import tree as grow

    graph = load(context)
    starts = tuple(dict.fromkeys(graph.resolve(name) for name in names)) or tuple(by_date(graph, graph.roots()))
    bases = via or BASES
    branches = list(grow(graph, starts, up=invert, via=bases, depth=depth))
    if form == "json":
        query = {"command": "tree", "ids": list(starts), "invert": invert, "via": list(bases), "depth": depth}
        shown = {edge.sort_key: edge for branch in branches for edge in branch.edges}
        content = graph.subgraph({branch.node for branch in branches}).to_dict(
            query, truncated=any(branch.cut for branch in branches)
        )
        content["edges"] = [dict(shown[key].data) for key in sorted(shown)]
        content["tree"] = [
            {
                "depth": branch.depth,
                "id": branch.node,
                "above": branch.above or None,
                "repeated": branch.repeated,
                "cut": branch.cut,
            }
            for branch in branches
        ]
        say_json(content)
        return
    from lineage.views import trees

    if form == "tabs":
        say_rows(trees.rows(branches, graph))
    else:
        say(trees.text(page(), graph, branches))
    steps = sum(branch.depth > 0 for branch in branches)
    tell(f"{count(len({branch.node for branch in branches}), 'node')}, {count(steps, 'step')}")


@cli.command()
@click.argument("older")
@click.argument("newer")
@click.option("--all", "every", is_flag=True, help="Every line of descent, not only the shortest.")
@click.option("--shortest", is_flag=True, help="The shortest line of descent only, as without --all.")
@click.option("--limit", type=click.IntRange(min=1, max=10_000), default=20, show_default=True, help="With --all.")
@via_option
@as_of_option
@answer_option
@click.pass_context
def path(
    context: click.Context,
    older: str,
    newer: str,
    *,
    every: bool,
    shortest: bool,
    limit: int,
    via: tuple[Basis, ...],
    form: str | None,
) -> None:
    """Print how NEWER descends from OLDER, each step with relation, evidence and source. Exits 1 if it does not.

    `why` is another name for `path`.

    \b
    Example:
      lineage path gpt-1 instructgpt
    """
    if every and shortest:
        raise click.UsageError("--all and --shortest ask for different things; give one of them")
    graph = load(context)
    start, end = graph.resolve(older), graph.resolve(newer)
    bases = via or BASES
    # One more than is shown, to know whether there are more.
    found = graph.paths(start, end, bases, limit + 1 if every else 1)
    truncated = len(found) > limit
    shown = found[:limit]
    if form == "json":
        query = {"command": "path", "older": start, "newer": end, "via": list(bases)}
        say_json(_lines(graph, shown, query, bases, truncated=truncated))
    elif form == "tabs":
        say_rows(
            (number, *edge_row(edge))
            for number, line in enumerate(shown, start=1)
            for parent, child in pairwise(line)
            for edge in graph.edges_between(parent, child, bases)
        )
    else:
        look = page()
        say("\n".join(look.path(graph, line, bases) for line in shown))
    if truncated and form != "json":
        tell(f"there are more than {limit} lines of descent; --limit shows more")
    if not found:
        if form != "json":
            tell(f"{graph[end].name} does not descend from {graph[start].name}{_hint(graph, start, end, bases)}")
        context.exit(1)


cli.add_command(path, "why")


def _lines(
    graph: LineageGraph,
    lines: tuple[tuple[str, ...], ...],
    query: dict[str, Any],
    bases: tuple[Basis, ...],
    *,
    truncated: bool = False,
) -> dict[str, Any]:
    """The envelope of lines of descent: their nodes, and the edges of their steps."""
    steps = {step for line in lines for step in pairwise(line)}
    content = graph.subgraph({one for line in lines for one in line}).to_dict(query, lines, truncated=truncated)
    edges = [edge for parent, child in sorted(steps) for edge in graph.edges_between(parent, child, bases)]
    content["edges"] = [dict(edge.data) for edge in edges]
    return content


def _hint(graph: LineageGraph, start: str, end: str, bases: tuple[Basis, ...]) -> str:
    if start == end:
        return "; nothing is its own ancestor"
    if graph.paths(end, start, bases, limit=1):
        return f"; it is the other way round: lineage path {end} {start}"
    shared = graph.common_ancestors(start, end, bases)
    return f"; their nearest common ancestors: {', '.join(shared)}" if shared else ""


@cli.command()
@click.argument("one")
@click.argument("other")
@via_option
@as_of_option
@answer_option
@click.pass_context
def common(context: click.Context, one: str, other: str, via: tuple[Basis, ...], form: str | None) -> None:
    """List the nearest common ancestors of two, and how each of the two came from them. Exits 1 if there are none.

    With tabs, the last two fields are the generations from the ancestor to either.

    \b
    Example:
      lineage common alpaca vicuna
    """
    graph = load(context)
    pair = graph.resolve(one), graph.resolve(other)
    bases = via or BASES
    ids = by_date(graph, graph.common_ancestors(*pair, bases))
    lines = {shared: tuple(_line(graph, shared, each, bases) for each in pair) for shared in ids}
    form = list_form(form)
    if form == "json":
        query = {"command": "common", "ids": list(pair), "via": list(bases)}
        ways = tuple(line for shared in ids for line in lines[shared] if len(line) > 1)
        content = _lines(graph, ways, query, bases)
        content["nodes"] = graph.subgraph({*ids, *(step for line in ways for step in line)}).to_dict()["nodes"]
        content["common"] = ids
        say_json(content)
    elif form == "tabs":
        say_rows((*node_row(graph, shared), *(len(line) - 1 for line in lines[shared])) for shared in ids)
    else:
        look = page()
        for shared in ids:
            text = look.nodes(graph, [shared])
            text += "".join(
                f"    {row}\n"
                for line in lines[shared]
                if len(line) > 1
                for row in look.path(graph, line, bases).splitlines()
            )
            say(text)
    if not ids:
        if form != "json":
            tell(f"{graph[pair[0]].name} and {graph[pair[1]].name} have no common ancestor")
        context.exit(1)


def _line(graph: LineageGraph, older: str, newer: str, bases: tuple[Basis, ...]) -> tuple[str, ...]:
    return (older,) if older == newer else graph.paths(older, newer, bases, 1)[0]


@cli.command("is-ancestor")
@click.argument("older")
@click.argument("newer")
@via_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing; the exit code is the answer.")
@as_of_option
@answer_option
@click.pass_context
def is_ancestor(
    context: click.Context, older: str, newer: str, *, via: tuple[Basis, ...], quiet: bool, form: str | None
) -> None:
    """Tell whether NEWER came from OLDER: yes is exit 0, no is exit 1, as with `git merge-base --is-ancestor`.

    Nothing is its own ancestor. `lineage path` prints the steps.

    \b
    Example:
      lineage is-ancestor transformer llama-2
    """
    graph = load(context)
    start, end = graph.resolve(older), graph.resolve(newer)
    bases = via or BASES
    found = graph.paths(start, end, bases, 1)
    if form == "json":
        content = _lines(
            graph, found, {"command": "is-ancestor", "older": start, "newer": end, "via": list(bases)}, bases
        )
        content["answer"] = bool(found)
        say_json(content)
    elif not quiet:
        say("yes\n" if found else "no\n")
    if not found:
        context.exit(1)


@cli.command()
@click.argument("one")
@click.argument("other")
@via_option
@as_of_option
@answer_option
@click.pass_context
def compare(context: click.Context, one: str, other: str, via: tuple[Basis, ...], form: str | None) -> None:
    """Put two side by side: dates, weights, licence, sizes, where each came from, and which techniques both or one has.

    A model has a technique by itself, or by the weights that it came from.

    \b
    Example:
      lineage compare alpaca vicuna
    """
    from lineage.comparison import compare as side_by_side

    graph = load(context)
    pair = graph.resolve(one), graph.resolve(other)
    bases = via or BASES
    found = side_by_side(graph, *pair, bases)
    if form == "json":
        lines = tuple(line for both in found.lines for line in both if len(line) > 1)
        content = _lines(graph, lines, {"command": "compare", "ids": list(pair), "via": list(bases)}, bases)
        parents = [edge for edges in found.parents for edge in edges]
        keys = {edge.sort_key for edge in parents} | {
            (edge["source"], edge["target"], edge["kind"], edge["relation"] or "") for edge in content["edges"]
        }
        ids = {*pair, *(end for key in keys for end in key[:2]), *found.common_ancestors}
        content["nodes"] = graph.subgraph(ids).to_dict()["nodes"]
        content["edges"] = [dict(edge.data) for edge in graph.edges() if edge.sort_key in keys]
        content["comparison"] = {
            "fields": [{"field": name, "values": [first, second]} for name, first, second in found.fields],
            "shared_techniques": found.shared_techniques,
            "own_techniques": found.own_techniques,
            "common_ancestors": found.common_ancestors,
        }
        say_json(content)
        return
    from lineage.views import sides

    if form == "tabs":
        say_rows(sides.comparison_rows(found))
    else:
        say(sides.comparison(page(), graph, found))
