"""Commands for who writes records: check and fmt."""

from __future__ import annotations

from pathlib import Path

import click

from lineage import index
from lineage.cli.app import cli, count, emit, format_option, say, tell, write
from lineage.errors import CatalogError, Problem
from lineage.vocabulary import printable


@cli.command()
@click.option("--strict", is_flag=True, help="Exit 1 for a warning, too.")
@format_option
@click.pass_context
def check(context: click.Context, form: str, *, strict: bool) -> None:
    """Tell every problem of the data, with file and line. Exits 1 if there is an error; a warning keeps nothing from being made.

    \b
    Example:
      lineage check
    """
    from lineage.views.text import as_json

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
        if problems:
            say("".join(f"{printable(str(problem))}\n" for problem in problems))
        tell(f"{count(len(problems), 'problem')} found")
    if strict or any(problem.severity == "error" for problem in problems):
        context.exit(1 if problems else 0)


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

    place = index.existing(context.obj) if context.obj else index.data_directory()
    changed = 0
    problems: list[Problem] = []
    for path in files or sorted(place.rglob("*.yaml")):
        try:
            text, wanted = catalog.reformat(path)
        except CatalogError as error:
            problems += error.problems
            continue
        if wanted != text:
            changed += 1
            tell(f"{'would change' if only_check else 'changed'} {path}")
            if not only_check:
                write(path, wanted.encode())
    schema_file = place / catalog.SCHEMA_FILE
    if not files and schema_file.is_file() and schema_file.read_text(encoding="utf-8") != catalog.schema():
        changed += 1
        tell(f"{'would change' if only_check else 'changed'} {schema_file}")
        if not only_check:
            write(schema_file, catalog.schema().encode())
    if problems:
        raise CatalogError(tuple(problems))
    if only_check and changed:
        context.exit(1)
