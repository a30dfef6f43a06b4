"""Commands for who writes records: check and fmt."""

from __future__ import annotations

from pathlib import Path

import click

from lineage import index
from lineage.cli.app import cli, emit, format_option, is_joined, load, say, tell, write
from lineage.errors import CatalogError, Problem
from lineage.vocabulary import count, printable


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

    problems = index.check(context.obj, with_builtin=is_joined(context))
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


@cli.command()
@click.option(
    "--sample", "size", type=click.IntRange(min=1, max=100_000), default=150, show_default=True, help="So many claims."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another sample.")
@click.option(
    "--skip",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Leave out what this filled sheet has read.",
)
@click.option(
    "--score",
    "filled",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Read filled sheets instead, and tell the rate of errors.",
)
@click.pass_context
def audit(context: click.Context, size: int, seed: int, skip: tuple[Path, ...], filled: tuple[Path, ...]) -> None:
    """Draw a random sample of claims as a CSV sheet: open each source, fill in the verdict, and let --score tell the rate.

    Verdicts: right, imprecise (true, but place, grade or wording is off), wrong, wrong-parent, unreadable.

    \b
    Example:
      lineage audit --sample 150 --seed 2
    """
    from lineage import audit as measure
    from lineage.views import audit_sheet

    def sheet(path: Path) -> tuple[dict[str, int], list[tuple[str, str]], list[str]]:
        try:
            text = path.read_text(encoding="utf-8") if path.is_file() else None
        except (OSError, UnicodeDecodeError):
            text = None
        if text is None:
            raise audit_sheet.SheetError(
                f"{path}: cannot be read as a file of UTF-8 text; save the sheet as CSV in UTF-8"
            )
        return audit_sheet.read_sheet(text, path.name)

    if filled:
        sizes: dict[str, int] = {}
        verdicts: list[tuple[str, str]] = []
        seen: set[str] = set()
        for path in filled:
            sizes, more, keys = sheet(path)
            if twice := sorted(seen.intersection(keys)):
                raise audit_sheet.SheetError(f"{path.name}: reads again what another sheet has read, as `{twice[0]}`")
            seen.update(keys)
            verdicts += more
        say(audit_sheet.result(measure.score(sizes, verdicts)))
        return
    graph = load(context)
    known = [key for path in skip for key in sheet(path)[2]]
    emit(audit_sheet.sheet(measure.sample(graph, size, seed, known), measure.claims(graph)))


@cli.command()
@click.argument("kind", type=click.Choice(["model", "paper", "technique"]))
@click.argument("node_id", metavar="ID")
@click.option("--family", help="Of a model: the line that it belongs to, or the id or name of a model of that line.")
@click.option("--file", "file", metavar="FILE", help="Write into this file of the data, as in models/llama.yaml.")
@click.pass_context
def new(context: click.Context, kind: str, node_id: str, family: str | None, file: str | None) -> None:
    """Write a template for a record into the file where it belongs; `lineage check` then says what is missing.

    A model goes beside its family, a technique or paper into the file that is named.

    \b
    Example:
      lineage new model llama-5 --family llama
    """
    from lineage import drafts

    place = index.existing(context.obj) if context.obj else index.data_directory()
    if place.parent == Path(index.__file__).parent:
        raise drafts.DraftError("these records belong to the installed package; name your own copy with --data")
    draft = drafts.draft(place, kind, node_id, family=family, file=file)
    write(draft.path, draft.text.encode())
    tell(f"wrote a template for `{node_id}` into {draft.path}, line {draft.line}; fill it in, then run `lineage check`")
