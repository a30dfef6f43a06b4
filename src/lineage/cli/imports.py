"""The commands that take in what others say of their models: import hf, import csv."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from lineage import index
from lineage.cli.app import cli, say, tell, write, write_all
from lineage.cli.steps import Steps
from lineage.errors import CatalogError, OutputError
from lineage.vocabulary import DateInterval, count, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

    from lineage.cards import Reading
    from lineage.imports import Import

_TOLD: Final = 40
"""So many problems are told on stderr; --report has them all."""


def _date(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str:
    try:
        return text if text and DateInterval.of(text) else ""
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--report",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write everything that was assumed or left out to this file, as JSON.",
        ),
        click.option(
            "--date", callback=_date, metavar="DATE", help="For models that tell none: 2024, 2024-05 or 2024-05-31."
        ),
        click.option(
            "-o",
            "--output",
            "--out",
            "place",
            required=True,
            metavar="DIRECTORY",
            type=click.Path(file_okay=False, path_type=Path),
            help="Where the records go. What is there stays; new records are added.",
        ),
    ):
        command = option(command)
    return command


@cli.group("import")
def import_() -> None:
    """Make records of your own models, in a directory of your own; `lineage --data DIRECTORY build` draws them.

    \b
    Example:
      lineage import hf cards -o mine
      lineage --data mine --with-builtin build
    """


@import_.command("hf")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--namespace", default="", metavar="ORG", help="The maker of cards that stand in no folder org/name.")
@click.option("--repo", multiple=True, metavar="ORG/NAME", help="Ask the Hub for this model; needs huggingface_hub.")
@click.option(
    "--depth", type=click.IntRange(0, 100), default=3, show_default=True, help="With --repo: generations of bases."
)
@click.option(
    "--down", type=click.IntRange(0, 10), default=0, show_default=True, help="With --repo: generations of children."
)
@_shared
def hf(
    paths: tuple[Path, ...],
    namespace: str,
    repo: tuple[str, ...],
    depth: int,
    down: int,
    place: Path,
    date: str,
    report: Path | None,
) -> None:
    """Take in model cards of the Hugging Face Hub: README.md files, saved answers of its API (.json), dumps (.jsonl).

    PATHS are files, or folders that are searched. Nothing is asked of the network without --repo. Exits 1 if something was
    left out.

    \b
    Example:
      lineage import hf cards -o mine
    """
    from lineage import hub, hub_cards

    if not paths and not repo:
        raise click.UsageError("name files or folders with cards, or a model of the Hub with --repo")
    for path in paths:
        _is_there(path)
    steps = Steps(time.monotonic())
    reading = hub_cards.read_hub(paths, namespace, steps.begin)
    if repo:
        asked = hub.walk(repo, depth, down, hub.connect(), steps.begin)
        reading.cards += asked.cards
        reading.problems += asked.problems
        reading.fields += asked.fields
        reading.read += asked.read
    _take(reading, place, date, report, steps)


@import_.command("csv")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="", metavar="URL", help="An https address that stands for rows without `source`.")
@_shared
def csv(file: Path, source: str, place: Path, date: str, report: Path | None) -> None:
    """Take in a table: one model a row, the names of the columns in the first row. Exits 1 if something was left out.

    \b
    Columns: name (needed), id, organizations, family, architecture, weights, origin, date, date_kind,
    license, parameters, context_length, derived_from, succeeds, aliases, corpus, extension,
    application, source. In derived_from stands `parent relation`; several are separated by `;`.

    \b
    Example:
      lineage import csv models.csv -o mine
    """
    from lineage import rows
    from lineage.records import is_address

    if source and not is_address(source):
        raise click.UsageError("--source has to be a whole https address in ASCII, such as https://example.org/page")
    _is_there(file)
    steps = Steps(time.monotonic())
    _take(rows.read_table(file, source), place, date, report, steps)


def _is_there(path: Path) -> None:
    try:
        path.stat()
    except OSError as error:
        if not path.is_symlink():
            raise click.UsageError(f"cannot read `{printable(str(path))}`: {error.strerror}") from None


def _take(reading: Reading, place: Path, date: str, report: Path | None, steps: Steps) -> None:
    """Write the records, and say what became of everything that was read."""
    from lineage import catalog, imports

    builtin = index.builtin_directory()
    steps.begin(f"joining {count(len(reading.cards), 'model')}")
    if place.resolve().is_relative_to(builtin.resolve()):
        raise OutputError(f"{place} holds the records that came with lineage; name a directory of your own")
    existing, sizes = None, {}
    if place.is_dir() and any(place.rglob("*.yaml")):
        problems = [one for one in index.check(place) if one.severity == "error"]
        if problems:
            raise CatalogError(tuple(problems))
        existing = catalog.read(place)
        sizes = {path.relative_to(place).as_posix(): path.stat().st_size for path in place.rglob("*.yaml")}
    made = imports.take(reading, index.load(builtin), existing, sizes, date)
    steps.begin(f"writing {count(len(made.written), 'record')}")
    files = imports.written(made, lambda name: _text(place / name))
    write_all({place / name: text.encode() for name, text in files.items()})
    if report:
        write(report, _report(made).encode())
    steps.begin("checking what was written")
    wrong = [one for one in index.check(place) if one.severity == "error"] if files else []
    steps.end()
    _tell(made, report)
    say(_summary(made, place, loads=not wrong))
    if wrong:
        raise CatalogError(tuple(wrong))
    if any(one.severity == "error" for one in made.problems):
        click.get_current_context().exit(1)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if path.exists() else None
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot read {path}: {error}") from None


def _tell(made: Import, report: Path | None) -> None:
    # What was left out matters more than what was assumed.
    told = sorted(made.problems, key=lambda one: one.severity == "warning")
    for one in told[:_TOLD]:
        tell(printable(str(one)))
    if len(told) > _TOLD and not report:
        tell(f"{count(len(told) - _TOLD, 'more problem')}; --report FILE has them all")


def _summary(made: Import, place: Path, *, loads: bool) -> str:
    def one(of: Collection[str], noun: str) -> str:
        return noun if len(of) == 1 else f"{noun}s"

    left = sum(problem.severity == "error" for problem in made.problems)
    rows = [
        (len(made.written), f"of {made.read:,} {'model' if made.read == 1 else 'models'} written to {place}"),
        (len(made.there), "there already, and left as they are"),
        (len(made.borrowed), f"{one(made.borrowed, 'parent')} copied from lineage"),
        (len(made.placeholders), f"{one(made.placeholders, 'parent')} of which nothing was read but the name"),
        (len(made.problems) - left, "thing assumed" if len(made.problems) - left == 1 else "things assumed"),
        (left, "thing left out" if left == 1 else "things left out"),
    ]
    text = "".join(f"{number:>6,} {what}\n" for number, what in rows if number or what.startswith("of "))
    if made.fields:
        named = ", ".join(f"{printable(name)[:40]} ({number:,})" for name, number in list(made.fields.items())[:8])
        more = f" and {len(made.fields) - 8:,} more" if len(made.fields) > 8 else ""
        text += f"no place in a record: {named}{more}\n"
    if made.known:
        named = ", ".join(f"{printable(name)} ({one})" for name, one in list(made.known.items())[:8])
        more = f" and {len(made.known) - 8:,} more" if len(made.known) > 8 else ""
        text += f"already in lineage: {named}{more}\n"
    if made.written and loads:
        text += f"now: lineage --data {place} build, or lineage --data {place} --with-builtin build\n"
    return text


def _report(made: Import) -> str:
    content = {
        "format": "lineage/import",
        "format_version": 1,
        "read": made.read,
        "written": list(made.written),
        "there": list(made.there),
        "known": dict(made.known),
        "borrowed": list(made.borrowed),
        "placeholders": list(made.placeholders),
        "fields": dict(made.fields),
        "problems": [
            {
                "file": one.location.file,
                "line": one.location.line,
                "severity": one.severity,
                "rule": one.rule,
                "message": one.message,
                "repair": one.repair,
            }
            for one in made.problems
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
