"""A sample of claims as a sheet to fill in, and the result of a filled one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from lineage.audit import VERDICTS, AuditedClaim, Score
from lineage.errors import LineageError

COLUMNS: Final = ("key", "claim", "evidence", "sources", "where", "verdict", "remark")
_SIZES: Final = "claims in the data"


class SheetError(LineageError):
    """A sheet cannot be read."""

    exit_code = 2


def sheet(drawn: Sequence[AuditedClaim], everything: Iterable[AuditedClaim]) -> str:
    """The sample as CSV, one claim a line, with empty places for verdict and remark.

    The last line holds the number of claims of each kind in the data, so that a filled sheet can be scored for ever after.
    """
    sizes = Counter(claim.stratum for claim in everything)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for claim in drawn:
        cells = (claim.key, claim.text, claim.evidence, _sources(claim), claim.location, "", "")
        writer.writerow([_harmless(cell) for cell in cells])
    writer.writerow([_SIZES, " ".join(f"{name}={size}" for name, size in sorted(sizes.items())), "", "", "", "", ""])
    return out.getvalue()


def _sources(claim: AuditedClaim) -> str:
    told = []
    for source in claim.sources:
        place = f" ({source['locator']})" if source.get("locator") else ""
        told.append(f"{source['url']}{place}: {source['shows']}")
    return " || ".join(told)


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def read_sheet(text: str, name: str) -> tuple[dict[str, int], list[tuple[str, str]], list[str]]:
    """The number of claims by kind, kind and verdict of every line, and the keys, of a filled sheet.

    Raises:
        SheetError: if it is no such sheet, or a verdict is missing or none of the known; it carries all such lines.
    """
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error as error:
        raise SheetError(f"{name}: is no CSV: {error}") from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise SheetError(f"{name}:1: is no audit sheet; its first line is {','.join(COLUMNS)}")
    sizes: dict[str, int] = {}
    verdicts: list[tuple[str, str]] = []
    keys: list[str] = []
    faults: list[str] = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS):
            faults.append(f"{name}: row {number}: has {len(row)} cells; a sheet has {len(COLUMNS)}")
        elif row[0] == _SIZES:
            try:
                sizes = {kind: int(size) for kind, _, size in (one.partition("=") for one in row[1].split())}
            except ValueError:
                faults.append(f"{name}: row {number}: does not tell the number of claims of each kind")
        else:
            kind = row[0].lstrip("'").partition("|")[0]
            keys.append(row[0].lstrip("'"))
            verdict = row[5].strip().casefold()
            verdicts.append((kind, verdict))
            if verdict not in VERDICTS:
                said = f"has the verdict `{row[5]}`" if row[5].strip() else "has no verdict"
                faults.append(f"{name}: row {number}: {said}; write one of: {', '.join(VERDICTS)}")
    if not sizes and not faults:
        faults.append(f"{name}: lacks the line `{_SIZES}`; draw the sheet with `lineage audit`")
    faults += [f"{name}: reads `{key}` {count} times" for key, count in sorted(Counter(keys).items()) if count > 1]
    read = Counter(kind for kind, _ in verdicts)
    faults += [
        f"{name}: reads {read[kind]} claims of the kind {kind}, of {size}"
        for kind, size in sizes.items()
        if read[kind] > size
    ]
    if sizes:
        faults += [
            f"{name}: `{kind}` is no kind of claim" for kind in sorted({one for one, _ in verdicts} - sizes.keys())
        ]
    if faults:
        more = [f"and {len(faults) - 20} more"] if len(faults) > 20 else []
        raise SheetError("\n".join([*faults[:20], *more]))
    return sizes, verdicts, keys


def result(found: Score) -> str:
    """What an audit found, as a table in Markdown with a sentence below."""
    rows: list[tuple[str | int, ...]] = [
        ("kind of claim", "in the data", "read", "wrong", "of these a wrong parent", "imprecise"),
        ("---", "---:", "---:", "---:", "---:", "---:"),
        *found.rows,
        ("all", *(sum(row[column] for row in found.rows) for column in range(1, 6))),  # type: ignore[misc]
    ]
    low, high = found.interval
    lines = [
        *("| " + " | ".join(map(str, row)) + " |" for row in rows),
        "",
        f"Wrong: {found.errors} of {found.read} claims read ({100 * found.plain_rate:.1f} %).",
        f"Each kind weighed by its number in the data: {100 * found.rate:.1f} %,",
        f"95 % interval {100 * low:.1f} % to {100 * high:.1f} %.",
        f"Sources that could not be opened: {found.unreadable}.",
    ]
    return "\n".join(lines) + "\n"
