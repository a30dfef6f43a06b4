"""A table of models: CSV with the names of the columns in its first row."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any, Final, get_args

from lineage.cards import MAX_DUMP_BYTES, MAX_LINE_BYTES, Base, Card, Reading, cleaned, day, shown
from lineage.errors import Location
from lineage.records import is_address
from lineage.vocabulary import Architecture, DateKind, Origin, Relation, Weights

COLUMNS: Final = (
    "name",
    "id",
    "kind",
    "organizations",
    "family",
    "architecture",
    "weights",
    "origin",
    "date",
    "date_kind",
    "license",
    "parameters",
    "context_length",
    "derived_from",
    "succeeds",
    "aliases",
    "corpus",
    "extension",
    "application",
    "source",
)
"""The columns of a table that are read; only ``name`` has to be there, and ``source`` or an address for all."""


def read_table(path: Path, source: str = "") -> Reading:
    """Everything that a CSV file says, one model a row; rows of another kind than models are counted and left out.

    Args:
        path: the file; UTF-8 or, as a sheet may save it, UTF-16, the names of the columns (:data:`COLUMNS`) in its first row.
        source: the address that stands for rows without one.
    """
    reading = Reading()
    place = Location(path.as_posix(), 1)
    try:
        raw = path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_DUMP_BYTES else None
    except OSError:
        raw = None
    if raw is None:
        reading.problem(place, "unreadable", "cannot be read as a file of at most 256 MiB", "name a CSV file")
        return reading
    csv.field_size_limit(MAX_LINE_BYTES)
    utf_16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = raw.decode("utf-16" if utf_16 else "utf-8-sig", "replace")
    if "\ufffd" in text:
        at = Location(place.file, text.count("\n", 0, text.index("\ufffd")) + 1)
        reading.problem(at, "encoding", "is not UTF-8; some letters were left out", "save it as UTF-8", "warning")
    rows = csv.DictReader(io.StringIO(text.replace("\x00", ""), newline=""))
    try:
        columns = [(one or "").strip().casefold() for one in rows.fieldnames or ()]
        if "name" not in columns and "id" not in columns:
            message, repair = "has no column `name`", f"write the names of the columns first: {', '.join(COLUMNS)}"
            for sign, called in ((";", "semicolons"), ("\t", "tabs")):
                if {"name", "id"}.intersection(one.strip(' "') for one in ",".join(columns).split(sign)):
                    message, repair = f"is separated by {called}", "save it with commas between the columns"
            reading.problem(place, "no-name", message, repair)
            return reading
        twice = sorted({one for one in columns if one and columns.count(one) > 1})
        if twice:
            message = f"has several columns called {', '.join(f'`{shown(one)}`' for one in twice)}"
            reading.problem(place, "twice", message, "give every column a name of its own")
            return reading
        rows.fieldnames = columns
        for row in rows:
            _row(row, Location(place.file, rows.line_num), source, reading)
    except csv.Error as error:
        reading.problem(Location(place.file, rows.line_num), "csv-syntax", f"is no CSV: {error}", "save it anew as CSV")
    return reading


_TOLD_ELSEWHERE: Final = frozenset(
    {
        "address",
        "arxiv",
        "authors",
        "category",
        "collections",
        "contribution",
        "document_type",
        "pretraining_tasks",
        "summary",
    }
)
"""Columns that `lineage export csv` writes for other kinds of nodes."""


def _row(row: dict[str | None, Any], place: Location, source: str, reading: Reading) -> None:
    def cell(name: str, limit: int = 200) -> str:
        text = row.get(name)
        # A sheet puts an apostrophe before what would be a formula.
        text = text[1:] if isinstance(text, str) and text.startswith("'") else text
        return cleaned(text, limit)

    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (cleaned(one) for one in cell(name, 100_000).split(";")))))

    def word(name: str, allowed: Any) -> Any:
        text = cell(name)
        if text and text not in get_args(allowed):
            message = f"`{name}` is `{shown(text)}`; left out"
            reading.problem(place, "unknown-word", message, f"write one of: {', '.join(get_args(allowed))}", "warning")
        return text if text in get_args(allowed) else None

    reading.read += 1
    strange = {name or "(no name)" for name, text in row.items() if text and name not in {*COLUMNS, *_TOLD_ELSEWHERE}}
    reading.fields.update(strange)
    if cell("kind") not in {"", "model"}:
        reading.fields[f"rows of the kind {cell('kind')}"] += 1
        return
    name = cell("name") or cell("id")
    if not name:
        reading.problem(place, "no-name", "names no model", "fill in `name`")
        return
    address = cell("source", 2048) or source
    if address and not is_address(address):
        repair = "write a whole https address in ASCII, such as https://example.org/page"
        message = f"the source of `{shown(name)}`, `{shown(address)}`, is no address"
        reading.problem(place, "no-source", message, repair)
        return
    if not address:
        repair = "fill in `source` with an https address, or give one for all rows with --source"
        reading.problem(place, "no-source", f"`{shown(name)}` has no source", repair)
        return
    bases = []
    for one in several("derived_from"):
        parent, _, relation = one.rpartition(" ")
        if relation in get_args(Relation):
            bases.append(Base(parent.strip(), relation, "", place.line))  # type: ignore[arg-type]
        else:
            bases.append(
                Base(one, "finetuned", "The table does not say how; fine-tuning is what is most common.", place.line)
            )
    date = day(cell("date"))
    if cell("date") and not date:
        reading.problem(
            place, "no-date", f"`{shown(cell('date'))}` is no date", "write 2024, 2024-05 or 2024-05-31", "warning"
        )
    tokens = cell("context_length")
    size = cell("parameters")
    reading.cards.append(
        Card(
            key=cell("id") or name,
            place=place,
            source=address,
            said="table",
            chosen=bool(cell("id")),
            name=name,
            organizations=several("organizations"),
            family=cell("family"),
            architecture=word("architecture", Architecture),
            weights=word("weights", Weights),
            origin=word("origin", Origin),
            license=cell("license"),
            date=date,
            date_kind=word("date_kind", DateKind) or "weights",
            parameters=size if re.fullmatch(r"\d+(\.\d+)?[KMBT]", size) else "",
            context_length=int(tokens) if re.fullmatch(r"[1-9]\d{0,8}", tokens) else None,
            aliases=several("aliases"),
            corpus=cell("corpus", 2000),
            extension=cell("extension", 2000),
            application=cell("application", 2000),
            bases=tuple(bases),
            predecessors=several("succeeds"),
        )
    )
