"""A table of models: CSV with the names of the columns in its first row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, get_args

from lineage.cards import MAX_DUMP_BYTES, MAX_LINE_BYTES, Base, Card, Reading, cleaned, day, shown, size
from lineage.errors import Location
from lineage.records import is_address
from lineage.vocabulary import Architecture, DateKind, Origin, Relation, Weights, normal_form

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
    text = text.replace("\x00", "")
    sign, before = _sign(text)
    rows = csv.DictReader(io.StringIO(text.partition("\n")[2] if before else text, newline=""), delimiter=sign)
    found: list[tuple[dict[str | None, Any], Location]] = []
    try:
        columns = [(one or "").strip().casefold() for one in rows.fieldnames or ()]
        if "name" not in columns and "id" not in columns:
            repair = f"write the names of the columns first: {', '.join(COLUMNS)}"
            reading.problem(place, "no-name", "has no column `name`", repair)
            return reading
        twice = sorted({one for one in columns if one and columns.count(one) > 1})
        if twice:
            message = f"has several columns called {', '.join(f'`{shown(one)}`' for one in twice)}"
            reading.problem(place, "twice", message, "give every column a name of its own")
            return reading
        if sign != ",":
            message = f"is separated by {_SIGNS[sign]}, and was read so"
            reading.problem(place, "separator", message, "look whether the columns are right", "warning")
        rows.fieldnames = columns
        found += ((row, Location(place.file, rows.line_num + before)) for row in rows)
    except csv.Error as error:
        at = Location(place.file, rows.line_num + before)
        reading.problem(at, "csv-syntax", f"is no CSV: {error}", "save it anew as CSV")
    names = frozenset(
        normal_form(row[one]) for row, _ in found for one in ("name", "id") if isinstance(row.get(one), str)
    )
    for row, at in found:
        # A sheet writes out rows that were emptied.
        if any(text.strip() for text in row.values() if isinstance(text, str)):
            _row(row, at, source, names, reading)
    return reading


_SIGNS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def _sign(text: str) -> tuple[str, int]:
    """What stands between the columns, by the names of the columns, and how many lines stand before these."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    said = re.fullmatch(r'"?sep=([,;|\t])"?[,;|\t]*', first.strip("\r "))
    if said:
        # So a spreadsheet says it to another one.
        return said[1], 1
    for sign in _SIGNS:
        if {"name", "id"}.intersection(one.strip(' "\r\ufeff').casefold() for one in first.split(sign)):
            return sign, 0
    return ",", 0


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


_RELATIONS: Final = {one.replace("-", ""): one for one in get_args(Relation)}


def _row(row: dict[str | None, Any], place: Location, source: str, names: frozenset[str], reading: Reading) -> None:
    def cell(name: str, limit: int = 200) -> str:
        text = row.get(name)
        # A sheet puts an apostrophe before what would be a formula.
        text = text[1:] if isinstance(text, str) and text.startswith("'") else text
        return cleaned(text, limit)

    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (cleaned(one) for one in cell(name, 100_000).split(";")))))

    def word(name: str, allowed: Any) -> Any:
        text = cell(name)
        folded = re.sub(r"[\s_]+", "-", text.casefold())
        if text and folded not in get_args(allowed):
            message = f"`{name}` is `{shown(text)}`; left out"
            reading.problem(place, "unknown-word", message, f"write one of: {', '.join(get_args(allowed))}")
        return folded if folded in get_args(allowed) else None

    def number(name: str, read: Callable[[str], tuple[str, bool]], repair: str) -> str:
        text = cell(name)
        value, sure = read(text) if text else ("", True)
        if text and not value:
            reading.problem(
                place, "no-number", f"`{name}` is `{shown(text)}`, which is no such number; left out", repair
            )
        elif not sure:
            message = f"`{name}` is `{shown(text)}`; taken as {value}"
            reading.problem(place, "no-number", message, repair, "warning")
        return value

    reading.read += 1
    strange = {name or "(no name)" for name, text in row.items() if text and name not in {*COLUMNS, *_TOLD_ELSEWHERE}}
    reading.fields.update(strange)
    if cell("kind").casefold() not in {"", "model"}:
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
        parent, _, last = one.rpartition(" ")
        relation = _RELATIONS.get(last.casefold().replace("-", ""))
        # The last word of a name may be that of a relation, too; in its own letters it is the relation.
        if relation and (normal_form(one) not in names or (parent.strip() and last == relation)):
            if parent.strip():
                bases.append(Base(parent.strip(), relation, "", place.line))
            else:
                message = f"`derived_from` of `{shown(name)}` is `{shown(one)}`: the parent is missing; left out"
                reading.problem(place, "no-parent", message, "write it before the relation: `parent finetuned`")
        else:
            bases.append(
                Base(one, "finetuned", "The table does not say how; fine-tuning is what is most common.", place.line)
            )
    date = day(cell("date"))
    if cell("date") and not date:
        reading.problem(
            place, "no-date", f"`{shown(cell('date'))}` is no date", "write 2024, 2024-05 or 2024-05-31", "warning"
        )
    tokens = number("context_length", _tokens, "write a whole number of tokens, such as 4096")
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
            parameters=number("parameters", _parameters, "write a number with K, M, B or T behind it, such as 7B"),
            context_length=int(tokens) if tokens else None,
            aliases=several("aliases"),
            corpus=cell("corpus", 2000),
            extension=cell("extension", 2000),
            application=cell("application", 2000),
            bases=tuple(bases),
            predecessors=several("succeeds"),
        )
    )


# -- numbers as people write them ------------------------------------------------------------------------------------------------

_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_UNIT_WORDS: Final = {
    "k": "K",
    "thousand": "K",
    "m": "M",
    "mn": "M",
    "mio": "M",
    "million": "M",
    "b": "B",
    "bn": "B",
    "g": "B",
    "billion": "B",
    "t": "T",
    "tn": "T",
    "trillion": "T",
}
_AMOUNT: Final = re.compile(r"([0-9][0-9.,'_\s]*?)\s*([a-z]+)?(?:\s+(?:params?|parameters|tokens))?", re.IGNORECASE)


def _amount(text: str) -> tuple[Decimal, str, bool] | None:
    """A number, its unit (K, M, B, T or nothing), and whether its points and commas can mean nothing else."""
    if re.fullmatch(r"[0-9](\.[0-9]+)?e\+?[0-9]{1,2}", text.strip(), re.IGNORECASE):
        # So a sheet shows a number that is too wide for its column.
        text = f"{Decimal(text.strip()):f}"
    found = _AMOUNT.fullmatch(text.strip())
    if not found:
        return None
    digits, word = found[1], (found[2] or "").casefold()
    unit = "" if word in {"", "param", "params", "parameters", "tokens"} else _UNIT_WORDS.get(word)
    if unit is None:
        return None
    sure = True
    if re.fullmatch(r"[0-9]{1,3}([,'_\s][0-9]{3})+(\.[0-9]+)?", digits):
        digits = re.sub(r"[,'_\s]", "", digits)
    elif re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3}){2,}(,[0-9]+)?", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[0-9]+,[0-9]{1,2}", digits):
        digits, sure = digits.replace(",", "."), False
    elif not re.fullmatch(r"[0-9]+(\.[0-9]+)?", digits):
        return None
    number = Decimal(digits)
    return (number, unit, sure) if number > 0 else None


def _parameters(text: str) -> tuple[str, bool]:
    """A number of parameters as a record has it, and whether it can mean nothing else; nothing of what is no such number.

    >>> [_parameters(one)[0] for one in ("7b", "7 billion", "7000000000", "7,5B", "6.74 B", "lots", "-5")]
    ['7B', '7B', '7B', '7.5B', '6.74B', '', '']
    """
    found = _amount(text)
    if found is None or found[0] * _UNITS[found[1]] >= 10**16:
        return "", True
    number, unit, sure = found
    if unit:
        return f"{_plain(number)}{unit}", sure
    unit = next((one for one in "TBMK" if number >= _UNITS[one]), "")
    exact = _plain(number / _UNITS[unit])
    # 7.24B stands as it is; the last of ten digits are those of one file.
    return (f"{exact}{unit}" if len(exact.partition(".")[2]) <= 3 else size(int(number))) if unit else "", sure


def _tokens(text: str) -> tuple[str, bool]:
    """A number of tokens, and whether it can mean nothing else; nothing of what is no such number.

    >>> [_tokens(one)[0] for one in ("4096", "4096.0", "4,096", "4k", "128K", "200k", "many", "-5", "0.5")]
    ['4096', '4096', '4096', '4096', '131072', '200000', '', '', '']
    """
    found = _amount(text)
    if found is None:
        return "", True
    number, unit, sure = found
    if unit:
        # 4K are 4096, and 200K are 200,000: powers of two are counted in twos.
        times = 1024 if unit == "K" and number == int(number) and not int(number) & (int(number) - 1) else _UNITS[unit]
        number, sure = number * times, False
    elif re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", text.strip()):
        number, sure = number * 1000, False
    return (str(int(number)), sure) if number == int(number) and number < 10**9 else ("", True)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
