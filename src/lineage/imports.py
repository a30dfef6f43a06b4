"""What others say of their models, made into records of a directory of their own.

The records are of the same kind as those that came with lineage, and pass the same checks. What cannot be taken over is a
problem with its place, and everything that was assumed is a warning. What is there already is never changed.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from pydantic import ValidationError

from lineage.canonical import canonical
from lineage.cards import Base, Card, Reading, cleaned, repository
from lineage.catalog import MAX_FILE_BYTES, SCHEMA_FILE, Catalog, schema
from lineage.errors import Location, Problem, UnknownNodeError
from lineage.graph import LineageGraph, Node
from lineage.index import BORROWED_FILE
from lineage.records import Model, written_edges
from lineage.vocabulary import BASIS_OF_RELATION, DateInterval, normal_form

PLACEHOLDER: Final = "placeholders"
"""The file where parents stand that are named, and of which nothing was read."""
NO_MAKER: Final = "maker not told"
_EDITION: Final = re.compile(
    r"[-_ ]?(\d+(\.\d+)?x)?\d+(\.\d+)?[bm]\b|[-_ ](instruct|chat|base|hf|it|pt|preview|v0\.\d|\d{4})\b", re.IGNORECASE
)
_HUB: Final = re.compile(r"https://huggingface\.co/([^/]+/[^/#?]+|[^/#?]+)/?$")
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


class Names:
    """From the names of others to the ids of a graph."""

    def __init__(self, graph: LineageGraph, *, editions: bool = True) -> None:
        self.graph = graph
        self.editions = editions
        self.repositories: dict[str, str] = {}
        makers: dict[str, Counter[str]] = defaultdict(Counter)
        for node in graph.nodes("model"):
            variants = [one["url"] for one in node.data.get("variants", ()) if one.get("url")]
            for url in (*variants, *(one["url"] for one in node.data.get("sources", ()))):
                if found := re.match(r"https://huggingface\.co/([^/]+/[^/#?]+)", url):
                    # A card that two records cite is no name of either.
                    known = self.repositories.setdefault(found[1].casefold(), node.id)
                    if known != node.id:
                        self.repositories[found[1].casefold()] = ""
                    # Its own weights tell of a namespace, a card that it cites does not.
                    if node.organizations and url in variants:
                        makers[found[1].partition("/")[0].casefold()][node.organizations[0]] += 1
        self.makers = {one: min(count, key=lambda name: (-count[name], name)) for one, count in makers.items()}
        """The usual name of the maker by the namespace of the Hub."""

    def find(self, name: str, makers: Iterable[str] | None = None) -> str | None:
        """The id of the model that somebody calls so, with its size and edition or without them; None if there is none.

        Args:
            name: a repository of the Hub, or a name.
            makers: who may have made it; by default anyone.
        """
        if known := self.repositories.get(name.casefold()):
            return known
        short = name.rpartition("/")[2]
        plain = _EDITION.sub("", short) if self.editions else short
        wanted = None if makers is None else {normal_form(one) for one in makers}
        for one in (short, plain, plain.replace("_", "-")):
            try:
                node = self.graph[self.graph.resolve(one)]
            except UnknownNodeError:
                continue
            if node.kind == "model" and (wanted is None or wanted.intersection(map(normal_form, node.organizations))):
                return node.id
        return None

    def find_repository(self, name: str) -> str | None:
        """The id of the model that is in a repository, if its namespace is that of the maker."""
        namespace = name.rpartition("/")[0].casefold()
        # `meta-llama` and `deepseek-ai` begin with the name of the maker.
        makers = [namespace, namespace.partition("-")[0], *filter(None, [self.makers.get(namespace)])]
        return self.find(name, makers if namespace else None)


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
        if there is None or there.endswith("\n[]\n") or (_is_placeholder(name) and made.replaced):
            files[name] = text
        else:
            files[name] = f"{there.rstrip(chr(10))}\n\n{text.partition(chr(10) * 2)[2]}"
    if files and before(SCHEMA_FILE) is None:
        files[SCHEMA_FILE] = schema()
    return files


@dataclass
class _Draft:
    """A model on its way to a record."""

    card: Card
    id: str
    name: str
    date: str = ""
    date_shows: str = ""
    parents: list[tuple[str, Base]] = field(default_factory=list)
    predecessors: list[tuple[str, str]] = field(default_factory=list)
    """The generation before, and what says so."""
    placeholder: bool = False


class _Import:
    def __init__(
        self,
        reading: Reading,
        builtin: LineageGraph,
        existing: Catalog | None,
        sizes: Mapping[str, int],
        date: str,
    ) -> None:
        self.reading = reading
        self.builtin = builtin
        self.existing = existing
        self.sizes = Counter(sizes)
        self.default_date = date
        self.names = Names(builtin)
        self.drafts: dict[str, _Draft] = {}
        self.there: set[str] = set()
        self.borrowed: set[str] = set()
        self.id_of: dict[str, str] = {}
        """The id of a record by the keys of cards, casefolded."""
        self.taken: set[str] = set()
        """Normal forms of ids and names that nothing else here may have."""
        self.builtin_names: set[str] = set()
        """Those of the graph that came with lineage, which cards keep clear of, so that the two can be joined."""
        self.replaced: set[str] = set()
        """Placeholders of an earlier import that now have a card."""
        self.spelling: dict[str, str] = {}
        self._learn()

    def result(self) -> Import:
        for card in sorted(self.reading.cards, key=lambda one: (one.key.casefold(), one.place)):
            self._begin(card)
        for draft in list(self.drafts.values()):
            self._name_parents(draft)
        self._open_rings()
        self._date()
        self._order_dates()
        entries = {draft.id: self._record(draft) for draft in self.drafts.values()}
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
            fields=dict(sorted(self.reading.fields.items(), key=lambda one: (-one[1], one[0]))),
        )

    # -- what is there

    def _learn(self) -> None:
        for record in self._existing.values():
            for one in (record.id, record.name, *record.aliases):
                self.taken.add(normal_form(one))
            for name in (*record.organizations, record.family):
                self.spelling.setdefault(normal_form(name), name)
            if record.id not in self._copies:
                addresses = [*(one.url for one in record.variants), *(one.url for one in record.sources)]
                for found in filter(None, (_HUB.match(url or "") for url in addresses)):
                    self.id_of.setdefault(found[1].casefold(), record.id)
            self.id_of.setdefault(record.id, record.id)
        for node in self.builtin.nodes():
            self.builtin_names.update(map(normal_form, (node.id, node.name, *node.aliases)))
            for name in (*node.organizations, *filter(None, [node.data.get("family")])):
                self.spelling.setdefault(normal_form(name), name)

    # -- what was imported before

    @cached_property
    def _existing(self) -> dict[str, Model]:
        entries = self.existing.entries if self.existing else ()
        return {entry.record.id: entry.record for entry in entries if isinstance(entry.record, Model)}

    @cached_property
    def _files_of(self) -> dict[str, str]:
        return {entry.record.id: entry.file for entry in (self.existing.entries if self.existing else ())}

    @cached_property
    def _copies(self) -> frozenset[str]:
        """Ids of records that are copies of ours."""
        return frozenset(one for one, file in self._files_of.items() if file == BORROWED_FILE)

    # -- names

    def _begin(self, card: Card) -> None:
        """Find an id and a name for a model that has no record yet."""
        key = card.key.casefold()
        known = self.id_of.get(key)
        if known in self.drafts:
            message = f"`{cleaned(card.key)}` is told of twice; {self.drafts[known].card.place} was taken"
            self._problem(card.place, "twice", message, "remove one of the two")
            return
        if known and _is_placeholder(self._files_of.get(known, "")):
            self._replace(card, known)
            return
        if known:
            self.there.add(known)
            return
        node_id = self._free_id(card)
        self._claim(card, key, _Draft(card, node_id, self._free_name(card, node_id)))

    def _replace(self, card: Card, node_id: str) -> None:
        """Let a card take the place of the placeholder that an earlier import wrote for it."""
        before = self._existing[node_id]
        date = card.date or self.default_date or before.dates[0].date
        children = [one for one in self._existing.values() if node_id in {edge.other for edge in written_edges(one)}]
        for one in children:
            if any(DateInterval.of(event.date).end < DateInterval.of(date).start for event in one.dates):
                message = f"`{cleaned(card.key)}` ({date}) is later than `{one.id}`, which comes from it; left out"
                self._problem(card.place, "date-order", message, "correct a date")
                return
        self.replaced.add(node_id)
        self.drafts[node_id] = _Draft(replace(card, date=date), node_id, before.name)

    def _claim(self, card: Card, key: str, draft: _Draft) -> None:
        for one in (draft.id, draft.name):
            self.taken.add(normal_form(one))
        self.id_of[key] = draft.id
        if card.said == "table":
            for one in (card.name, *card.aliases):
                self.id_of.setdefault(normal_form(one), draft.id)
        self.drafts[draft.id] = draft

    def _is_free(self, card: Card, name: str) -> bool:
        form = normal_form(name)
        # Who writes a table chooses the names; that of a repository is nobody's choice.
        return form not in self.taken and (card.said == "table" or form not in self.builtin_names)

    def _free_name(self, card: Card, node_id: str) -> str:
        for one in (card.name, cleaned(card.key)):
            if one and self._is_free(card, one):
                return one
        return f"{(card.name or cleaned(card.key))[:80]} ({node_id})"

    def _free_id(self, card: Card) -> str:
        slug = re.sub(r"[^a-z0-9.]+", "-", card.key.casefold())
        slug = re.sub(r"[.-]*-[.-]*", "-", slug).strip("-.")
        slug = re.sub(r"\.{2,}", ".", slug)
        if not slug or len(slug) > 70 or not self._is_free(card, slug):
            digest = hashlib.sha256(card.key.casefold().encode()).hexdigest()[:8]
            slug = f"{slug[:70].strip('-.') or 'model'}-{digest}"
        return slug

    def _problem(self, place: Location, rule: str, message: str, repair: str) -> None:
        self.reading.problem(place, rule, message, repair)

    def _assume(self, place: Location, rule: str, message: str, repair: str) -> None:
        self.reading.problem(place, rule, message, repair, "warning")

    # -- parents

    def _name_parents(self, draft: _Draft) -> None:
        card = draft.card
        seen: set[tuple[str, str]] = set()
        for base in card.bases:
            place = Location(card.place.file, base.line)
            parent = self._find(card, base.name, draft)
            if parent == draft.id:
                message = f"`{cleaned(card.key)}` names itself as its base; left out"
                self._problem(place, "self-reference", message, "name the model that it came from")
            elif (parent, base.relation or "") not in seen:
                seen.add((parent, base.relation or ""))
                draft.parents.append((parent, base))
                if base.note:
                    self._assume(
                        place, "relation", f"`{base.relation}` from `{base.name}`: {base.note}", "say it in the card"
                    )
        merged = [one for one in draft.parents if one[1].relation == "merged"]
        if len(merged) == 1:
            place_of = draft.parents.index(merged[0])
            note = "Called a merge, and one base is known; a merge needs two, so it stands here as fine-tuned."
            other = replace(merged[0][1], relation="finetuned", note=note)
            if (merged[0][0], "finetuned") in seen:
                draft.parents.pop(place_of)
            else:
                draft.parents[place_of] = (merged[0][0], other)
            self._assume(card.place, "relation", f"`{cleaned(card.key)}`: {note}", "name the other bases")
        self._name_generations(draft)

    def _name_generations(self, draft: _Draft) -> None:
        card = draft.card
        for name in card.predecessors:
            before = self._find(card, name, draft)
            if before == draft.id:
                message = f"`{cleaned(card.key)}` succeeds itself; left out"
                self._problem(card.place, "self-reference", message, "name the generation before")
            elif before not in {one for one, _ in draft.predecessors}:
                draft.predecessors.append((before, "succeeds"))
        if card.successor:
            after = self.drafts.get(self.id_of.get(card.successor.casefold(), ""))
            if after is None or after is draft:
                message = (
                    f"`{cleaned(card.key)}` names the newer `{card.successor}`, of which no card was read; left out"
                )
                self._problem(card.place, "no-card", message, "give its card, too")
            elif draft.id not in {one for one, _ in (*after.parents, *after.predecessors)}:
                after.predecessors.append((draft.id, "new_version"))

    def _find(self, card: Card, name: str, child: _Draft) -> str:
        """The id of a model that is named: one of this import, one that is there, one of ours, or a placeholder."""
        keys = [name.casefold()] + ([normal_form(name)] if card.said == "table" else [])
        for key in keys:
            if key in self.id_of:
                return self.id_of[key]
        by_name = card.said == "table" and "/" not in name
        ours = self.names.find(name) if by_name else self.names.find_repository(name)
        if ours:
            self._borrow(ours)
            return ours
        namespace, _, short = name.rpartition("/")
        maker = cleaned(self.names.makers.get(namespace.casefold(), namespace))
        known = Card(
            key=name,
            place=card.place,
            source=card.source,
            said=card.said,
            name=cleaned(short),
            organizations=(maker,) if maker else (),
        )
        node_id = self._free_id(known)
        relation = next((one.relation for one in card.bases if one.name == name), None)
        alike = BASIS_OF_RELATION.get(relation or "finetuned") == "weights"
        known = replace(known, architecture=child.card.architecture if alike else None)
        self._claim(known, name.casefold(), _Draft(known, node_id, self._free_name(known, node_id), placeholder=True))
        message = f"nothing was read of `{cleaned(name)}`, the base of `{cleaned(card.key)}`; it has a record with its name only"
        line = next((one.line for one in card.bases if one.name == name), card.place.line)
        self._assume(
            Location(card.place.file, line), "placeholder", message, "give its card, too, or fill in the record"
        )
        return node_id

    def _borrow(self, node_id: str) -> None:
        """Copy a record of ours, with all that its weights come from."""
        wanted = {node_id, *self.builtin.ancestors(node_id, ["weights"])}
        self.borrowed.update(wanted - set(self._existing) - set(self.drafts))

    # -- rings and dates

    def _open_rings(self) -> None:
        """Leave out every edge that would make a model its own ancestor, and tell of it."""
        earlier: dict[str, set[str]] = {
            one: {edge.other for edge in written_edges(record) if edge.field in {"derived_from", "succeeds"}}
            for one, record in self._existing.items()
            if one not in self.replaced
        }
        earlier |= {one: set() for one in self.drafts}
        for node_id in sorted(self.drafts):
            draft = self.drafts[node_id]
            for kept, what in ((draft.parents, "base"), (draft.predecessors, "predecessor")):
                for item in list(kept):
                    if item[0] != node_id and not _reaches(earlier, item[0], node_id):
                        earlier[node_id].add(item[0])
                        continue
                    kept.remove(item)  # type: ignore[arg-type]
                    line = item[1].line if isinstance(item[1], Base) else draft.card.place.line
                    message = f"`{cleaned(draft.card.key)}` has the {what} `{item[0]}`, which comes from it; left out"
                    self._problem(Location(draft.card.place.file, line), "cycle", message, "correct one of the cards")

    def _date(self) -> None:
        """Give every model a date, or leave it out: its own, the one that is given for all, or the year of its first child."""
        children: dict[str, list[str]] = defaultdict(list)
        for draft in self.drafts.values():
            for parent, _ in (*draft.parents, *draft.predecessors):
                children[parent].append(draft.id)
        for draft in self.drafts.values():
            if draft.card.date:
                draft.date = draft.card.date
            elif self.default_date and not draft.placeholder:
                draft.date, draft.date_shows = self.default_date, "The date that was given for models without one."
        waiting = [one for one in sorted(self.drafts) if self.drafts[one].date]
        while waiting:
            draft = self.drafts[waiting.pop()]
            for parent in sorted({one for one, _ in (*draft.parents, *draft.predecessors)}):
                above = self.drafts.get(parent)
                year = draft.date[:4]
                if above and (not above.date or (above.date_shows.startswith("No later") and year < above.date)):
                    above.date = year
                    above.date_shows = (
                        f"No later than this: the year of {self.drafts[draft.id].name}, which comes from it."
                    )
                    waiting.append(parent)
        for node_id in [one for one in sorted(self.drafts) if not self.drafts[one].date]:
            draft = self.drafts.pop(node_id)
            if not draft.placeholder:
                message = f"`{cleaned(draft.card.key)}` tells no date; left out"
                self._problem(
                    draft.card.place,
                    "no-date",
                    message,
                    "add `date: 2024-05-31` to it, or give one for all with --date",
                )
        for draft in self.drafts.values():
            draft.parents = [one for one in draft.parents if self._is_there(one[0])]
            draft.predecessors = [one for one in draft.predecessors if self._is_there(one[0])]
            if draft.date_shows and not draft.placeholder:
                message = f"`{cleaned(draft.card.key)}` tells no date; {draft.date} was taken"
                self._assume(draft.card.place, "no-date", message, "add `date: 2024-05-31` to it")

    def _is_there(self, node_id: str) -> bool:
        return node_id in self.drafts or node_id in self.borrowed or node_id in self._existing

    def _order_dates(self) -> None:
        """Leave out an edge from a parent that is later than its child, as the check of the data would refuse it."""
        for draft in self.drafts.values():
            own = DateInterval.of(draft.date)
            for item in [*draft.parents, *draft.predecessors]:
                dates = self._dates_of(item[0])
                kind = "weights" if draft.placeholder or not draft.card.date else draft.card.date_kind
                if kind not in dates or DateInterval.of(dates[kind]).start <= own.end:
                    continue
                for kept in (draft.parents, draft.predecessors):
                    if item in kept:
                        kept.remove(item)  # type: ignore[arg-type]
                line = item[1].line if isinstance(item[1], Base) else draft.card.place.line
                who = f"`{cleaned(draft.card.key)}` ({draft.date})"
                message = f"{who} is earlier than its base `{item[0]}` ({dates[kind]}); left out"
                self._problem(
                    Location(draft.card.place.file, line), "date-order", message, "correct a date, or the base"
                )
            if sum(base.relation == "merged" for _, base in draft.parents) == 1:
                note = "Called a merge, and one base could be taken over; it stands here as fine-tuned."
                draft.parents = [
                    (one, replace(base, relation="finetuned", note=note) if base.relation == "merged" else base)
                    for one, base in draft.parents
                ]

    def _dates_of(self, node_id: str) -> dict[str, str]:
        events: list[tuple[str, str]]
        if node_id in self.drafts:
            draft = self.drafts[node_id]
            events = [(draft.card.date_kind if draft.card.date else "weights", draft.date)]
        elif node_id in self._existing:
            events = [(event.kind, event.date) for event in self._existing[node_id].dates]
        else:
            events = [(event["kind"], event["date"]) for event in self.builtin[node_id].data["dates"]]
        dates: dict[str, str] = {}
        for kind, date in events:
            if kind not in dates or DateInterval.of(date) < DateInterval.of(dates[kind]):
                dates[kind] = date
        return dates

    # -- records

    def _spelt(self, name: str) -> str:
        return self.spelling.setdefault(normal_form(name), name)

    def _family(self, draft: _Draft) -> str:
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

    def _architecture(self, draft: _Draft) -> str:
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

    def _record(self, draft: _Draft) -> dict[str, Any]:
        card = draft.card
        of_namespace = self.names.makers if card.said == "card" else {}
        usual = [self._spelt(of_namespace.get(one.casefold(), one)) for one in card.organizations]
        maker = list(dict.fromkeys(usual)) or [NO_MAKER]
        if maker == [NO_MAKER] and not draft.placeholder:
            message = f"`{cleaned(card.key)}` tells no maker"
            self._assume(card.place, "no-maker", message, "name the folder org/name, or give --namespace")
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

    def _aliases(self, draft: _Draft) -> list[str]:
        aliases = []
        for one in draft.card.aliases:
            if normal_form(one) not in self.taken:
                self.taken.add(normal_form(one))
                aliases.append(one)
        return aliases

    def _event(self, draft: _Draft) -> dict[str, Any]:
        kind = draft.card.date_kind if draft.card.date else "weights"
        event: dict[str, Any] = {"kind": kind, "date": draft.date}
        if draft.date_shows:
            event["sources"] = [{"url": draft.card.source, "shows": draft.date_shows}]
        return event

    def _variants(self, draft: _Draft) -> list[dict[str, str]]:
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
            try:
                Model.model_validate(record)
            except ValidationError as error:
                fault = error.errors(include_url=False)[0]
                message = f"`{cleaned(draft.card.key)}` cannot be a record: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                self._problem(draft.card.place, "not-a-record", cleaned(message, 500), "tell us of it")
                continue
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


def _is_placeholder(file: str) -> bool:
    return bool(re.fullmatch(rf"{PLACEHOLDER}(-\d+)?\.yaml", file))


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


def _reaches(earlier: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether something comes from the goal."""
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        more = earlier.get(here, set()) - seen
        seen |= more
        waiting += more
    return False


def _derivation(card: Card, parent: str, base: Base) -> dict[str, Any]:
    said = "base_model" if card.said == "card" else "derived_from"
    relation = "" if base.note else f", {base.relation}"
    claim: dict[str, Any] = {
        "parent": parent,
        "relation": base.relation,
        "evidence": "inferred" if base.note else "stated",
        "sources": [
            {"url": card.source, "locator": said, "shows": f"Names {cleaned(base.name)} as the base{relation}."}
        ],
    }
    return claim | ({"note": base.note} if base.note else {})


def _succession(card: Card, before: _Draft | None, node_id: str, what: str) -> dict[str, Any]:
    newer = what == "new_version"
    url = before.card.source if before and newer else card.source
    shows = (
        f"Names {cleaned(card.key)} as the newer version." if newer else f"Names {node_id} as the generation before."
    )
    return {"model": node_id, "evidence": "stated", "sources": [{"url": url, "locator": what, "shows": shows}]}
