"""Commands for who writes records: check and fmt."""

from __future__ import annotations

from pathlib import Path

import click

from lineage import index
from lineage.cli.app import cli, count, emit, format_option, say, write


@cli.command()
@format_option
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
        emit(as_json({"format": "lineage/problems", "format_version": 1, "problems": rows}))
    else:
        for problem in problems:
            say(plain(str(problem)) + "\n")
        click.echo(f"{count(len(problems), 'problem')} found", err=True)
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
    from lineage import canonical, catalog

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
        wanted = canonical.formatted(text)
        if wanted is None:
            click.echo(f"error: {path} is not a list of records; `lineage check` says why", err=True)
            unread += 1
        elif wanted != text:
            changed += 1
            click.echo(f"{'would change' if only_check else 'changed'} {path}", err=True)
            if not only_check:
                write(path, wanted.encode())
    schema_file = place / catalog.SCHEMA_FILE
    if generated and schema_file.is_file() and schema_file.read_text(encoding="utf-8") != catalog.schema():
        changed += 1
        click.echo(f"{'would change' if only_check else 'changed'} {schema_file}", err=True)
        if not only_check:
            write(schema_file, catalog.schema().encode())
    if unread:
        context.exit(4)
    if only_check and changed:
        context.exit(1)
