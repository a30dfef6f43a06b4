"""Templates for new records: what a contributor has to fill in, in the file where it belongs.

Every value that only a source can tell is left empty, and the check asks for it by file and line: what was guessed would pass.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from lineage import catalog
from lineage.canonical import canonical
from lineage.errors import LineageError
from lineage.records import ID_PATTERN, Model
from lineage.vocabulary import normal_form, printable

_SOURCE: Final = {"url": "", "shows": ""}
_CLAIM: Final = {"evidence": "", "sources": [_SOURCE]}
_UNSAFE: Final = re.compile(r'^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$|[<>:"|?*\\\x00-\x1f]|[. ]$', re.IGNORECASE)
"""Names of files that a copy of the data on Windows could not have."""
_FOLDERS: Final = {"model": "models", "paper": "models", "technique": "techniques"}


class DraftError(LineageError):
    """A template cannot be written there."""

    exit_code = 2


@dataclass(frozen=True)
class Draft:
    """A data file with a template at its end."""

    path: Path
    text: str
    """All of the file."""
    line: int
    """Where the template begins."""


def draft(place: Path, kind: str, node_id: str, *, family: str | None = None, file: str | None = None) -> Draft:
    """The file of the data with a template for a record at its end; nothing is written.

    Args:
        place: the directory of records, which may have problems.
        kind: ``model``, ``paper`` or ``technique``.
        node_id: the id of the record.
        family: of a model: the line, or the id or name of a model of that line.
        file: the file below ``place``; without it, that of the family, or one named after it.

    Raises:
        DraftError: if the id is none or is taken, if it is not said where the record belongs, or if the file is not of the data.
    """
    if not re.fullmatch(ID_PATTERN, node_id) or len(node_id) > 80:
        raise DraftError(f"`{node_id}` is no id; write lower-case words joined by hyphens, as in `llama-2`")
    content = catalog.read(place)
    for entry in content.entries:
        if entry.record.id == node_id:
            raise DraftError(
                f"`{node_id}` is taken: {content.locate(entry, ('id',))}; choose another id, or change that record"
            )
    if node_id in content.unread_ids:
        raise DraftError(f"`{node_id}` is begun already; `lineage check` says where, and what is missing")
    line_of_models, beside = _family(content, family, is_new=file is not None) if family else (None, None)
    if kind == "model" and line_of_models is None:
        raise DraftError("a model needs --family: the line that it belongs to, as in --family Llama")
    name = file or beside or (f"{_FOLDERS[kind]}/{_slug(line_of_models)}.yaml" if line_of_models else None)
    if name is None:
        raise DraftError(
            f"say with --file where the {kind} belongs, as in --file {_FOLDERS[kind]}/{_slug(node_id)}.yaml"
        )
    path = _inside(place, name)
    try:
        held = path.read_bytes().decode() if path.is_file() else f"# yaml-language-server: $schema={_schema(name)}\n"
    except (OSError, UnicodeDecodeError):
        raise DraftError(f"{path} cannot be read as UTF-8 text; mend it first, or name another file") from None
    before = held.replace("\r\n", "\n")
    text = canonical("", [_template(kind, node_id, line_of_models)])
    start = before.rstrip("\n") + ("\n\n" if "\n- " in f"\n{before}" else "\n")
    # A file that was saved with the line ends of Windows keeps them: a new record is no change of all others.
    end = "\r\n" if held.count("\r\n") > held.count("\n") / 2 else "\n"
    return Draft(path, (start + text).replace("\n", end), start.count("\n") + 1)


def _family(content: catalog.Catalog, wanted: str, *, is_new: bool) -> tuple[str, str | None]:
    """The name of a family as it is spelt in the data, and the file where it is at home.

    Raises:
        DraftError: if there is none and its name is like that of another, unless a file is named, so that it is meant.
    """
    form = normal_form(wanted)
    models = [(entry.record, entry.file) for entry in content.entries if isinstance(entry.record, Model)]
    names = {normal_form(record.family): record.family for record, _ in models}
    for record, _ in models:
        for one in (record.id, record.name, *record.aliases):
            names.setdefault(normal_form(one), record.family)
    if form not in names:
        near = get_close_matches(form, sorted(names), n=3, cutoff=0.75)
        if not form or printable(wanted) != wanted or (near and not is_new):
            meant = " or ".join(f"`{names[one]}`" for one in near) or "one that is there"
            raise DraftError(
                f"there is no family `{printable(wanted)}`; did you mean {meant}? A new line needs --file, too"
            )
        return wanted, None
    files = Counter(file for record, file in models if record.family == names[form])
    # The file that bears its name, else the one that holds most of it.
    own = f"{_slug(names[form])}.yaml"
    return names[form], min(files, key=lambda one: (Path(one).name != own, -files[one], one))


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "new"
    return f"{slug}-models" if _UNSAFE.fullmatch(slug) else slug


def _inside(place: Path, name: str) -> Path:
    path = place / name
    # What a shell completes is relative to where one stands, and not to the data.
    if not path.exists() and Path(name).resolve().is_relative_to(place.resolve()):
        path = place / Path(name).resolve().relative_to(place.resolve())
    if path.suffix != ".yaml" or not path.resolve().is_relative_to(place.resolve()):
        raise DraftError(f"`{name}` is no file of the data; name one below {place}, as in models/llama.yaml")
    parts = () if path.exists() else path.resolve().relative_to(place.resolve()).parts
    if bad := next((part for part in parts if _UNSAFE.search(part)), None):
        raise DraftError(f"`{printable(bad)}` cannot be the name of a file on Windows; name another")
    if path.exists() and not path.is_file():
        raise DraftError(f"{path} is not a regular file; name another")
    return path


def _schema(name: str) -> str:
    return "../" * (len(Path(name).parts) - 1) + catalog.SCHEMA_FILE


def _template(kind: str, node_id: str, family: str | None) -> dict[str, Any]:
    if kind == "technique":
        return {"kind": kind, "id": node_id, "name": "", "category": "", "summary": ""}
    dates = [{"kind": "", "date": ""}]
    if kind == "paper":
        return {
            "kind": kind,
            "id": node_id,
            "title": "",
            "type": "",
            "contribution": "",
            "authors": [""],
            "organizations": [""],
            "url": "",
            "dates": dates,
        }
    return {
        "kind": kind,
        "id": node_id,
        "name": "",
        "organizations": [""],
        "family": family,
        "architecture": "",
        "weights": "",
        "origin": "",
        "included_because": [{"reason": ""}],
        "dates": dates,
        "derived_from": [{"parent": "", "relation": "", **_CLAIM}],
        "uses_technique": [{"technique": "", **_CLAIM}],
        "described_by": [{"paper": "", **_CLAIM}],
        "sources": [_SOURCE],
    }
