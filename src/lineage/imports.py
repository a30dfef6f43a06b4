"""What others say of their models, made into records of a directory of their own.

The records are of the same kind as those that came with lineage, and pass the same checks. What cannot be taken over is a
problem with its place, and everything that was assumed is a warning. What is there already is never changed.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from lineage.canonical import canonical
from lineage.cards import Base, Card, Reading, cleaned, repository
from lineage.catalog import MAX_FILE_BYTES, SCHEMA_FILE, Catalog, schema
from lineage.checks import THIRD_PARTY_HOSTS
from lineage.errors import Problem
from lineage.graph import LineageGraph, Node
from lineage.index import BORROWED_FILE
from lineage.parentage import PLACEHOLDER, Draft, Parentage, is_placeholder
from lineage.records import Model
from lineage.vocabulary import BASIS_OF_RELATION, normal_form

NO_MAKER: Final = "maker not told"
_COPIED: Final = (
    "kind",
    "id",
    "name",
    "aliases",
    "organizations",
    "family",
    "architecture",
    "weights",
    "origin",
    "dates",
    "variants",
    "license",
    "context_length",
    "sources",
)
_COPIED_OF_EDGE: Final = ("relation", "evidence", "note", "disputed", "sources")
_BYTES_OF_A_FILE: Final = MAX_FILE_BYTES * 7 // 8


@dataclass(frozen=True)
class Import:
    """What an import comes to; nothing is written yet."""

    files: Mapping[str, str]
    """Data files with the new records, by their names below the directory; :func:`written` joins them with what is there."""
    problems: tuple[Problem, ...]
    """In the order of files and lines: errors were not taken over, warnings were assumed."""
    read: int
    written: tuple[str, ...]
    """Ids of the new records."""
    there: tuple[str, ...]
    """Ids of models that were told of and have a record already."""
    borrowed: tuple[str, ...]
    """Ids of parents that lineage knows."""
    placeholders: tuple[str, ...]
    """Ids of parents of which nothing is known but their names."""
    fields: Mapping[str, int]
    """Fields of the cards that have no place in a record, and how often each was there."""
    replaced: tuple[str, ...] = ()
    """Ids of placeholders of an earlier import that have a card now."""
    known: Mapping[str, str] = field(default_factory=dict)
    """Repositories whose card was read and which lineage has already, with the ids of its models; nothing is written of them."""


def take(
    reading: Reading,
    builtin: LineageGraph,
    existing: Catalog | None = None,
    sizes: Mapping[str, int] | None = None,
    date: str = "",
) -> Import:
    """Records of everything that was read.

    Args:
        reading: cards or rows.
        builtin: the graph that came with lineage: known parents are copied from it, its spellings are used, its names avoided.
        existing: the records that are there already; they stay as they are.
        sizes: the bytes of the files that are there, so that none becomes larger than is read.
        date: for models that tell none.
    """
    return _Import(reading, builtin, existing, sizes or {}, date).result()


def written(made: Import, before: Callable[[str], str | None]) -> dict[str, str]:
    """The text of every file after an import: new records stand behind those that are there.

    Only a file of placeholders is written anew, without those whose card was read.

    Args:
        made: the import.
        before: the text of a file of the directory, or None where there is none.
    """
    files: dict[str, str] = {}
    for name, text in made.files.items():
        there = before(name)
        if there is None or there.endswith("\n[]\n") or (is_placeholder(name) and made.replaced):
            files[name] = text
        else:
            files[name] = f"{there.rstrip(chr(10))}\n\n{text.partition(chr(10) * 2)[2]}"
    if files and before(SCHEMA_FILE) is None:
        files[SCHEMA_FILE] = schema()
    return files


class _Import(Parentage):
    """The records of what hangs together, and their files."""

    def result(self) -> Import:
        for card in sorted(self.reading.cards, key=lambda one: (one.key.casefold(), one.place)):
            self._begin(card)
        self._tell_doubles()
        for draft in list(self.drafts.values()):
            self._name_parents(draft)
        self._open_rings()
        self._date()
        self._order_dates()
        entries = self._sound()
        self._tell_relations()
        files = self._files(entries)
        own = sorted(one for one, draft in self.drafts.items() if not draft.placeholder)
        return Import(
            files=files,
            problems=tuple(sorted(set(self.reading.problems))),
            read=self.reading.read,
            written=tuple(own),
            there=tuple(sorted(self.there)),
            borrowed=tuple(sorted(self.borrowed)),
            placeholders=tuple(sorted(set(self.drafts) - set(own))),
            replaced=tuple(sorted(self.replaced)),
            known=dict(sorted(self.known.items())),
            fields=dict(sorted(self.reading.fields.items(), key=lambda one: (-one[1], one[0]))),
        )

    # -- records

    def _sound(self) -> dict[str, dict[str, Any]]:
        """The records by their ids. What cannot be one is told and left out, and with it the claims that name it."""
        while True:
            entries = {draft.id: self._record(draft) for draft in self.drafts.values()}
            faults: set[str] = set()
            for node_id, record in sorted(entries.items()):
                try:
                    Model.model_validate(record)
                except ValidationError as error:
                    faults.add(node_id)
                    fault, draft = error.errors(include_url=False)[0], self.drafts[node_id]
                    message = f"`{cleaned(draft.card.key)}` cannot be a record: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                    self._problem(draft.card.place, "not-a-record", cleaned(message, 500), "mend what it says there")
            if not faults:
                return entries
            self._leave_out(faults)

    def _spelt(self, name: str) -> str:
        return self.spelling.setdefault(normal_form(name), name)

    def _family(self, draft: Draft) -> str:
        """The family that is told, else that of the first parent, else the first word of the name."""
        seen = {draft.id}
        here = draft
        while not here.card.family and here.parents:
            parent = here.parents[0][0]
            if parent in self.borrowed:
                return str(self.builtin[parent].data["family"])
            if parent in self._existing and parent not in self.drafts:
                return self._existing[parent].family
            if parent in seen:
                break
            seen.add(parent)
            here = self.drafts[parent]
        word = re.match(r"[^\W\d_]+", here.name)
        return self._spelt(here.card.family or (word.group() if word else here.name))

    def _architecture(self, draft: Draft) -> str:
        """What is told, else that of the parent that gave the weights, else what the task suggests."""
        seen: set[str] = set()
        here = draft
        while not here.card.architecture:
            weights = [
                one for one, base in here.parents if BASIS_OF_RELATION[base.relation or "finetuned"] == "weights"
            ]
            if not weights or weights[0] in seen:
                return draft.card.task or here.card.task or "undisclosed"
            if weights[0] not in self.drafts:
                known = self._existing.get(weights[0])
                return known.architecture if known else str(self.builtin[weights[0]].data["architecture"])
            seen.add(weights[0])
            here = self.drafts[weights[0]]
        return here.card.architecture

    def _record(self, draft: Draft) -> dict[str, Any]:
        card = draft.card
        of_namespace = self.names.makers if card.said == "card" else {}
        usual = [self._spelt(of_namespace.get(one.casefold(), one)) for one in card.organizations]
        maker = list(dict.fromkeys(usual)) or [NO_MAKER]
        if maker == [NO_MAKER] and not draft.placeholder:
            message = f"`{cleaned(card.key)}` tells no maker"
            repair = (
                "name the folder org/name, or give --namespace" if card.said == "card" else "fill in `organizations`"
            )
            self._assume(card.place, "no-maker", message, repair)
        bodily = any(BASIS_OF_RELATION[base.relation or "finetuned"] == "weights" for _, base in draft.parents)
        origin = "derived" if bodily else card.origin if card.origin in {"scratch", "undisclosed"} else "undisclosed"
        if draft.placeholder:
            shows = "Names it as a base; nothing else was read of it."
        else:
            shows = f"The {card.said} from which this record was imported."
        record: dict[str, Any] = {
            "kind": "model",
            "id": draft.id,
            "name": draft.name,
            "aliases": self._aliases(draft),
            "organizations": maker,
            "family": self._family(draft),
            "architecture": self._architecture(draft),
            "weights": card.weights or "restricted",
            "origin": origin,
            "dates": [self._event(draft)],
            "variants": self._variants(draft),
            "extension": card.extension,
            "application": card.application,
            "corpus": card.corpus,
            "license": card.license,
            "context_length": str(card.context_length or ""),
            "derived_from": [_derivation(card, parent, base) for parent, base in draft.parents],
            "succeeds": [_succession(card, self.drafts.get(one), one, what) for one, what in draft.predecessors],
            "sources": [{"url": card.source, "shows": shows}],
        }
        return {name: value for name, value in record.items() if value}

    def _aliases(self, draft: Draft) -> list[str]:
        if draft.aliases is None:
            draft.aliases = []
            for one in draft.card.aliases:
                if self._is_free(draft.card, one):
                    self.taken.add(normal_form(one))
                    draft.aliases.append(one)
        return draft.aliases

    def _event(self, draft: Draft) -> dict[str, Any]:
        kind = draft.card.date_kind if draft.card.date else "weights"
        event: dict[str, Any] = {"kind": kind, "date": draft.date}
        if draft.date_shows:
            event["sources"] = [{"url": draft.card.source, "shows": draft.date_shows}]
        return event

    def _variants(self, draft: Draft) -> list[dict[str, str]]:
        card = draft.card
        if card.said == "table":
            return [{"name": card.parameters, "parameters": card.parameters}] if card.parameters else []
        name = repository(card.key)
        variant = {"name": cleaned(name.rpartition("/")[2]), "parameters": card.parameters}
        variant["url"] = f"https://huggingface.co/{name}"
        return [{one: value for one, value in variant.items() if value}]

    # -- files

    def _files(self, entries: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Every new record in a file by its maker; copies and placeholders in files of their own."""
        files: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for node_id in sorted(entries):
            record, draft = entries[node_id], self.drafts[node_id]
            stem = re.sub(r"[^a-z0-9]+", "-", record["organizations"][0].casefold()).strip("-")[:60] or "models"
            self._put(files, PLACEHOLDER if draft.placeholder else f"models/{stem}", record)
        for node_id in sorted(self.borrowed):
            files[BORROWED_FILE].append(self._copy(self.builtin[node_id]))
        if self.replaced:
            for name in sorted({self._files_of[one] for one in self.replaced}):
                kept = [one for one, file in self._files_of.items() if file == name and one not in self.replaced]
                known = [self._existing[one].model_dump(mode="json", exclude_defaults=True) for one in sorted(kept)]
                files[name] += map(_plain, known)
        return {name: _text(name, records) for name, records in sorted(files.items())}

    def _put(self, files: dict[str, list[dict[str, Any]]], stem: str, record: dict[str, Any]) -> None:
        """Put a record into the first file of a name that has room for it."""
        size = len(canonical("", [record]).encode())
        for part in itertools.count(1):
            name = f"{stem}{f'-{part}' if part > 1 else ''}.yaml"
            if self.sizes[name] + size <= _BYTES_OF_A_FILE or not self.sizes[name]:
                self.sizes[name] += size
                files[name].append(record)
                return

    def _copy(self, node: Node) -> dict[str, Any]:
        """A record of ours without what it is joined to, but for parents that are copied, too."""
        kept = self.borrowed | self._copies
        record: dict[str, Any] = {name: _plain(node.data[name]) for name in _COPIED if node.data.get(name)}
        parents = []
        for edge in self.builtin.in_edges(node.id, "derived-from"):
            if edge.source in kept and edge.basis == "weights":
                claim = {name: _plain(edge.data[name]) for name in _COPIED_OF_EDGE if edge.data.get(name)}
                parents.append({"parent": edge.source, **claim})
        if parents:
            record["derived_from"] = parents
        return record


def _text(name: str, records: list[dict[str, Any]]) -> str:
    head = f"# yaml-language-server: $schema={'../' * name.count('/')}{SCHEMA_FILE}\n"
    return canonical(f"{head}\n- {{}}\n", records)


def _plain(value: Any) -> Any:
    """A value of a graph as a record has it: lists and texts."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    return str(value)


def _derivation(card: Card, parent: str, base: Base) -> dict[str, Any]:
    said = "base_model" if card.said == "card" else "derived_from"
    relation = "" if base.note else f", {base.relation}"
    claim: dict[str, Any] = {
        "parent": parent,
        "relation": base.relation,
        "evidence": "inferred" if base.note else _grade(card.source),
        "sources": [
            {"url": card.source, "locator": said, "shows": f"Names {cleaned(base.name)} as the base{relation}."}
        ],
    }
    return claim | ({"note": base.note} if base.note else {})


def _succession(card: Card, before: Draft | None, node_id: str, what: str) -> dict[str, Any]:
    newer = what == "new_version"
    url = before.card.source if before and newer else card.source
    shows = (
        f"Names {cleaned(card.key)} as the newer version." if newer else f"Names {node_id} as the generation before."
    )
    return {"model": node_id, "evidence": _grade(url), "sources": [{"url": url, "locator": what, "shows": shows}]}


def _grade(url: str) -> str:
    """What the maker says is stated, what a known third party says is reported, as the check of the data wants it."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    third = any(host == one or host.endswith(f".{one}") for one in THIRD_PARTY_HOSTS)
    return "reported" if third else "stated"
