"""The command line: the only place that prints, writes files or exits.

The contract is git's: 0 is an answer, 1 is "no" or findings, 2 and above is an error. The answer goes to stdout, everything else
to stderr.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from lineage import index
from lineage.errors import CatalogError, LineageError, OutputError
from lineage.select import select
from lineage.vocabulary import BASES, Basis

if TYPE_CHECKING:
    from lineage.graph import LineageGraph
    from lineage.views.text import Page

_SLOW_AFTER_SECONDS: Final = 1.0


def main() -> NoReturn:
    """Run the command line and exit. A closed pipe is no error of ours; a question that cannot be answered is one line."""
    try:
        code = cli.main(standalone_mode=False, prog_name="lineage")
        sys.stdout.flush()
    except CatalogError as error:
        click.echo(str(error), err=True)
        click.echo(f"error: {_count(len(error.problems), 'problem')} in the data; nothing was done", err=True)
        _exit(error.exit_code)
    except LineageError as error:
        click.echo(f"error: {error}", err=True)
        _exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        _exit(error.exit_code)
    except click.Abort:
        _exit(130)
    except BrokenPipeError:
        # The reader went away, as `head` does. Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _exit(141)
    _exit(code if isinstance(code, int) else 0)


def _exit(code: int) -> NoReturn:
    sys.exit(code)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _page() -> Page:
    from lineage.views.text import Page

    if os.environ.get("NO_COLOR"):
        return Page()
    return Page(
        colour=bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
    )


def _say(text: str) -> None:
    """Write an answer. A terminal that cannot show a character gets a question mark, and the answer goes on."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding), nl=False, color=True)


# -- options that several commands share -----------------------------------------------------------------------------------------


def _format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text for people or JSON for programs.",
    )(command)


def _via_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--via",
        type=click.Choice(BASES),
        multiple=True,
        help="Follow this kind of descent only; may be given several times. Without it, all four.",
    )(command)


def _graph(context: click.Context) -> LineageGraph:
    return index.load(context.obj)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="model-lineage", prog_name="lineage")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="LINEAGE_DATA",
    help="Directory of records to use instead of those that came with lineage (LINEAGE_DATA).",
)
@click.pass_context
def cli(context: click.Context, data: Path | None) -> None:
    """Where does a language model come from, what came of it, and who says so?

    A model, paper or technique is named by its id, its name or an alias: `llama-2`, "Llama 2", 2307.09288.

    \b
    Example:
      lineage path transformer llama-2
    """
    context.obj = data


# -- the main job -----------------------------------------------------------------------------------------------------------------


@cli.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output"),
    show_default=True,
    help="Directory to write to; it is made if it is not there.",
)
@click.pass_context
def build(context: click.Context, out: Path) -> None:
    """Check the data and write the family tree and the page that explores it.

    Writes family-tree.svg, .png, .pdf and .gv, explorer.html and graph.json, each in one piece or not at all. With problems in
    the data nothing is written, and all problems are told.

    \b
    Example:
      lineage build --out output
    """
    began = time.monotonic()
    steps = _Steps(began)
    steps.begin("checking the data")
    graph = _graph(context)
    outputs = _render(graph, steps)
    steps.begin("writing")
    for name, content, _ in outputs:
        _write(out / name, content)
    steps.end()
    rows = [((out / name).as_posix(), _size(len(content)), shows) for name, content, shows in outputs]
    _say(_page().table(rows, ("model", "dim")))
    _say(f"{len(outputs)} files in {time.monotonic() - began:.1f} s\n")


def _render(graph: LineageGraph, steps: _Steps) -> list[tuple[str, bytes, str]]:
    """Every output, before any is written: name, content, and how much of the graph it shows."""
    from lineage.layout import lanes
    from lineage.views import dot, explorer, figure
    from lineage.views.text import as_json

    steps.begin("laying out the tree")
    layout = lanes(graph)
    models, total = len(graph.nodes("model")), len(graph)
    drawn = f"{len(layout.boxes)} of {models} models, {len(layout.links)} lines of descent"
    steps.begin("drawing family-tree.svg")
    svg = figure.svg(graph, layout)
    steps.begin("drawing family-tree.png")
    png = figure.png(svg, scale=2)
    steps.begin("drawing family-tree.pdf")
    pdf = figure.pdf(graph, layout)
    steps.begin("drawing family-tree.gv")
    gv = dot.pinned(graph, layout)
    steps.begin("making explorer.html")
    page = explorer.render(graph, layout)
    everything = f"{total} of {total} nodes, {len(graph.edges())} edges"
    return [
        ("family-tree.svg", svg.encode(), drawn),
        ("family-tree.png", png, drawn),
        ("family-tree.pdf", pdf, drawn),
        ("family-tree.gv", gv.encode(), drawn),
        ("explorer.html", page.encode(), everything),
        ("graph.json", as_json(graph.to_dict()).encode(), everything),
    ]


class _Steps:
    """Progress on a terminal, once the work has taken longer than a second."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.shown = False

    def begin(self, what: str) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.began > _SLOW_AFTER_SECONDS:
            click.echo(f"\r\x1b[K{what} ...", err=True, nl=False)
            self.shown = True

    def end(self) -> None:
        if self.shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def _write(path: Path, content: bytes) -> None:
    """Write a file in one piece: beside its place, to the disk, then into its place.

    Raises:
        OutputError: if that fails; what was there before is still there.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; an output is as readable as any new file of this user.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None


# -- the data ------------------------------------------------------------------------------------------------------------------------


@cli.command()
@_format_option
@click.pass_context
def check(context: click.Context, form: str) -> None:
    """Tell every problem of the data, with file and line. Exits 1 if there is one.

    \b
    Example:
      lineage check
    """
    from lineage.views.text import as_json, plain

    problems = index.check(context.obj)
    if form == "json":
        rows = [
            {
                "file": one.location.file,
                "line": one.location.line,
                "severity": one.severity,
                "rule": one.rule,
                "message": one.message,
                "repair": one.repair,
            }
            for one in problems
        ]
        _say(as_json({"format": "lineage/problems", "format_version": 1, "problems": rows}))
    else:
        for problem in problems:
            _say(plain(str(problem)) + "\n")
        click.echo(f"{_count(len(problems), 'problem')} found", err=True)
    if problems:
        context.exit(1)


@cli.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.pass_context
def fmt(context: click.Context, files: tuple[Path, ...], *, only_check: bool) -> None:
    """Bring data files into the canonical form; comments are kept. Without FILES, all of the data.

    \b
    Example:
      lineage fmt --check
    """
    from lineage import catalog

    place = context.obj or index.data_directory()
    generated = not files
    changed = unread = 0
    for path in files or sorted(place.rglob("*.yaml")):
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            click.echo(f"error: {path} cannot be read: {error}", err=True)
            unread += 1
            continue
        wanted = catalog.formatted(text)
        if wanted is None:
            click.echo(f"error: {path} is not a list of records; `lineage check` says why", err=True)
            unread += 1
        elif wanted != text:
            changed += 1
            click.echo(f"{'would change' if only_check else 'changed'} {path}", err=True)
            if not only_check:
                _write(path, wanted.encode())
    schema_file = place / catalog.SCHEMA_FILE
    if generated and schema_file.is_file() and schema_file.read_text(encoding="utf-8") != catalog.schema():
        changed += 1
        click.echo(f"{'would change' if only_check else 'changed'} {schema_file}", err=True)
        if not only_check:
            _write(schema_file, catalog.schema().encode())
    if unread:
        context.exit(4)
    if only_check and changed:
        context.exit(1)


# -- questions -------------------------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_format_option
@click.pass_context
def show(context: click.Context, names: tuple[str, ...], form: str) -> None:
    """Show everything about a model, paper or technique, and who says so.

    \b
    Example:
      lineage show alpaca
    """
    graph = _graph(context)
    ids = [graph.resolve(name) for name in names]
    if form == "json":
        near = {edge.source for one in ids for edge in graph.in_edges(one)}
        near.update(edge.target for one in ids for edge in graph.out_edges(one))
        wanted = {edge for one in ids for edge in (*graph.in_edges(one), *graph.out_edges(one))}
        content = graph.subgraph(near | set(ids)).to_dict({"command": "show", "ids": ids})
        keys = {edge.sort_key for edge in wanted}
        content["edges"] = [dict(edge.data) for edge in graph.edges() if edge.sort_key in keys]
        _say_json(content)
    else:
        page = _page()
        _say("\n".join(page.card(graph, one) for one in ids))


@cli.command()
@click.argument("selection", nargs=-1)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@_via_option
@_format_option
@click.pass_context
def ls(
    context: click.Context, selection: tuple[str, ...], exclude: tuple[str, ...], via: tuple[Basis, ...], form: str
) -> None:
    """List what a selection selects; everything without one.

    \b
    A selection is a name, `+x` (x and its ancestors), `x+` (and its descendants), `2+x+1`, `@x`,
    or a method: kind: org: family: arch: weights: origin: category: year: uses: introduces: relation:
    is:root|leaf|merge. A space is a union, a comma an intersection.

    \b
    Example:
      lineage ls "family:llama,weights:restricted" +alpaca
    """
    graph = _graph(context)
    ids = select(graph, selection, exclude=exclude, via=via or BASES)
    query = {"command": "ls", "selection": list(selection), "exclude": list(exclude)}
    _answer_nodes(graph, ids, query, form)


def _relatives(
    context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str, up: bool
) -> None:
    graph = _graph(context)
    node_id = graph.resolve(name)
    ids = (graph.ancestors if up else graph.descendants)(node_id, via or BASES, depth)
    command = "ancestors" if up else "descendants"
    _answer_nodes(graph, ids, {"command": command, "id": node_id, "via": list(via or BASES), "depth": depth}, form)


_depth_option = click.option("--depth", type=click.IntRange(min=1), help="At most so many generations.")


@cli.command()
@click.argument("name")
@_via_option
@_depth_option
@_format_option
@click.pass_context
def ancestors(context: click.Context, name: str, via: tuple[Basis, ...], depth: int | None, form: str) -> None:
    """List everything that NAME came from. Nothing is its own ancestor.

    \b
    Example:
      lineage ancestors llama-2 --via weights
    """
    _relatives(context, name, via, depth, form, up=True)


@cli.command()
@click.argument("name")
@_via_option
@_depth_option
@_format_option
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
@click.option("--limit", type=click.IntRange(min=1, max=100_000), default=20, show_default=True, help="With --all.")
@_via_option
@_format_option
@click.pass_context
def path(
    context: click.Context, older: str, newer: str, *, every: bool, limit: int, via: tuple[Basis, ...], form: str
) -> None:
    """Print how NEWER descends from OLDER, each step with relation, evidence and source. Exits 1 if it does not.

    \b
    Example:
      lineage path gpt-1 instructgpt
    """
    graph = _graph(context)
    start, end = graph.resolve(older), graph.resolve(newer)
    bases = via or BASES
    # One more than is shown, to know whether there are more.
    found = graph.paths(start, end, bases, limit + 1 if every else 1)
    truncated = len(found) > limit
    shown = found[:limit]
    if form == "json":
        steps = {step for line in shown for step in zip(line, line[1:], strict=False)}
        content = graph.subgraph({one for line in shown for one in line}).to_dict(
            {"command": "path", "older": start, "newer": end, "via": list(bases)}, shown, truncated=truncated
        )
        edges = [edge for parent, child in sorted(steps) for edge in graph.edges_between(parent, child, bases)]
        content["edges"] = [dict(edge.data) for edge in edges]
        _say_json(content)
    else:
        page = _page()
        _say("\n".join(page.path(graph, line, bases) for line in shown))
        if truncated:
            click.echo(f"there are more than {limit} lines of descent; --limit shows more", err=True)
    if not found:
        if form == "text":
            click.echo(
                f"{graph[end].name} does not descend from {graph[start].name}{_hint(graph, start, end)}", err=True
            )
        context.exit(1)


def _hint(graph: LineageGraph, start: str, end: str) -> str:
    if graph.paths(end, start, limit=1):
        return f"; it is the other way round: lineage path {end} {start}"
    shared = graph.common_ancestors(start, end)
    return f"; their nearest common ancestors: {', '.join(shared)}" if shared else ""


@cli.command()
@click.argument("one")
@click.argument("other")
@_via_option
@_format_option
@click.pass_context
def common(context: click.Context, one: str, other: str, via: tuple[Basis, ...], form: str) -> None:
    """List the nearest common ancestors of two. Exits 1 if there are none.

    \b
    Example:
      lineage common alpaca vicuna
    """
    graph = _graph(context)
    first, second = graph.resolve(one), graph.resolve(other)
    ids = graph.common_ancestors(first, second, via or BASES)
    _answer_nodes(graph, ids, {"command": "common", "ids": [first, second], "via": list(via or BASES)}, form)
    if not ids:
        context.exit(1)


@cli.command()
@click.argument("name")
@_format_option
@click.pass_context
def technique(context: click.Context, name: str, form: str) -> None:
    """Tell who introduced a technique, and who took it up and when.

    \b
    Example:
      lineage technique rope
    """
    from dataclasses import asdict

    from lineage.analysis import adoption

    graph = _graph(context)
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
        _say_json(content)
    else:
        _say(_page().technique(graph, found))


@cli.command()
@_format_option
@click.pass_context
def stats(context: click.Context, form: str) -> None:
    """Tell the size of the graph, how it is sourced, and who had most influence.

    \b
    Example:
      lineage stats
    """
    from dataclasses import asdict

    from lineage.analysis import stats as measure
    from lineage.views.text import as_json

    found = measure(_graph(context))
    if form == "json":
        _say(as_json({"format": "lineage/stats", "format_version": 1, **asdict(found)}))
    else:
        _say(_page().stats(found))


@cli.command()
@click.argument("format", type=click.Choice(["dot", "svg"]))
@click.argument("selection", nargs=-1)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, in one piece."
)
@click.pass_context
def export(
    context: click.Context,
    format: str,
    selection: tuple[str, ...],
    exclude: tuple[str, ...],
    output: Path | None,
) -> None:
    """Draw a selection with the Graphviz that came with lineage: its DOT text, or the picture.

    \b
    Example:
      lineage export dot +alpaca
    """
    from lineage.views import dot

    graph = _graph(context)
    chosen = graph.subgraph(select(graph, selection, exclude=exclude))
    text = dot.source(chosen)
    if format == "svg":
        text = dot.draw(text, nodes=len(chosen), edges=len(chosen.edges()))
    if output:
        _write(output, text.encode())
        click.echo(f"{output}: {len(chosen)} nodes, {len(chosen.edges())} edges", err=True)
    else:
        _say(text)


def _answer_nodes(graph: LineageGraph, ids: Sequence[str], query: dict[str, Any], form: str) -> None:
    if form == "json":
        _say_json(graph.subgraph(ids).to_dict(query))
    else:
        _say(_page().nodes(graph, _by_date(graph, ids)))
        click.echo(f"{len(ids)} of {len(graph)} nodes", err=True)


def _by_date(graph: LineageGraph, ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=lambda one: (graph[one].interval.end, one))


def _say_json(content: dict[str, Any]) -> None:
    from lineage.views.text import as_json

    _say(as_json(content))
