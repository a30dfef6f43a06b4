"""How the models of an import hang together: ids, names, parents and dates; what cannot be true is left out and told."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Final

from lineage.cards import Base, Card, Reading, cleaned
from lineage.catalog import Catalog
from lineage.errors import Location
from lineage.graph import LineageGraph
from lineage.index import BORROWED_FILE
from lineage.names import HUB_ADDRESS, Names
from lineage.records import Model, written_edges
from lineage.vocabulary import BASIS_OF_RELATION, DateInterval, normal_form

PLACEHOLDER: Final = "placeholders"
"""The file where parents stand that are named, and of which nothing was read."""
_MERGE_OF_ONE: Final = "Called a merge, and one base is known; a merge needs two, so it stands here as fine-tuned."
_NO_LATER: Final = "No later than this"
_NO_EARLIER: Final = "No earlier than this"


@dataclass
class Draft:
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
    aliases: list[str] | None = None
    """Those that nothing else has, once that is known."""


class Parentage:
    """The models that were read, each with the parents that it may have."""

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
        self.drafts: dict[str, Draft] = {}
        self.there: set[str] = set()
        self.known: dict[str, str] = {}
        """Repositories whose card was read and which are models that came with lineage, and the ids of these."""
        self.borrowed: set[str] = set()
        self.id_of: dict[str, str] = {}
        """The id of a record by the keys of cards, casefolded."""
        self.taken: set[str] = set()
        """Normal forms of ids and names that nothing else here may have."""
        self.builtin_names: set[str] = set()
        """Those of the graph that came with lineage, which an import keeps clear of, so that the two can be joined."""
        self.doubles: list[Card] = []
        """Rows that were given the ids of models that came with lineage."""
        self.replaced: set[str] = set()
        """Placeholders of an earlier import that now have a card."""
        self.spelling: dict[str, str] = {}
        self.taken_as: set[str] = set()
        """Names that were taken for models of lineage by rule, casefolded; each is told once."""
        self._learn()

    # -- what is there

    def _learn(self) -> None:
        for record in self._existing.values():
            for one in (record.id, record.name, *record.aliases):
                self.taken.add(normal_form(one))
            for name in (*record.organizations, record.family):
                self.spelling.setdefault(normal_form(name), name)
            if record.id not in self._copies:
                addresses = [*(one.url for one in record.variants), *(one.url for one in record.sources)]
                for found in filter(None, (HUB_ADDRESS.match(url or "") for url in addresses)):
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

    @cached_property
    def _named_before(self) -> dict[str, str]:
        """Ids of records that are no copies, by their names: a row without an id means the same model again."""
        return {normal_form(one.name): one.id for one in self._existing.values() if one.id not in self._copies}

    # -- names

    def _begin(self, card: Card) -> None:
        """Find an id and a name for a model that has no record yet."""
        key = card.key.casefold()
        known = self.id_of.get(key)
        if not known and card.said == "table" and not card.chosen:
            known = self._named_before.get(normal_form(card.name))
        if known in self.drafts:
            message = f"`{cleaned(card.key)}` is told of twice; {self.drafts[known].card.place} was taken"
            self._problem(card.place, "twice", message, "remove one of the two")
            return
        if known and is_placeholder(self._files_of.get(known, "")):
            self._replace(card, known)
            return
        if known:
            self.there.add(known)
            return
        ours = self._ours(card)
        if ours:
            self.known[cleaned(card.key)] = self.id_of[key] = ours
            return
        node_id = self._free_id(card)
        if card.said == "table" and node_id in self._existing:
            self.there.add(node_id)
            self.id_of[key] = node_id
            return
        draft = Draft(card, node_id, self._free_name(card, node_id))
        if card.said == "table" and not {normal_form(card.key), normal_form(card.name)}.isdisjoint(self.builtin_names):
            if draft.name != card.name or (card.chosen and draft.id != card.key):
                message = (
                    f"`{cleaned(card.name)}` is the name of something else in lineage; it stands here as `{draft.name}`"
                )
                self._assume(card.place, "name-of-lineage", message, "give it a name of its own")
            elif node_id in self.builtin:
                self.doubles.append(card)
        self._claim(card, key, draft)

    def _tell_doubles(self) -> None:
        if self.doubles:
            first = self.doubles[0]
            more = f" and {len(self.doubles) - 1:,} more are ids" if len(self.doubles) > 1 else " is the id"
            message = (
                f"`{cleaned(first.key)}`{more} of models of lineage, and cannot be joined to them by --with-builtin"
            )
            self._assume(first.place, "id-of-lineage", message, "leave out such rows, or give them ids of their own")

    def _ours(self, card: Card) -> str | None:
        """The model that came with lineage of which this is the card; what was made of that model is another one."""
        if card.said != "card":
            return None
        if "/" in card.key:
            ours = self.names.find_repository(card.key)
        else:
            # A folder of any name may be the reader's own; one that tells of no base and is called exactly so is not.
            ours = None if card.bases else self._plain.find_repository(card.key)
        exact = self.names.repositories.get(card.key.casefold())
        return ours if exact or ours not in {self.names.find_repository(one.name) for one in card.bases} else None

    @cached_property
    def _plain(self) -> Names:
        return Names(self.builtin, editions=False)

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
        self.drafts[node_id] = Draft(replace(card, date=date), node_id, before.name)

    def _claim(self, card: Card, key: str, draft: Draft) -> None:
        for one in (draft.id, draft.name):
            self.taken.add(normal_form(one))
        self.id_of[key] = draft.id
        if card.said == "table":
            for one in (card.name, *card.aliases):
                self.id_of.setdefault(normal_form(one), draft.id)
        self.drafts[draft.id] = draft

    def _is_free(self, card: Card, name: str) -> bool:
        form = normal_form(name)
        if form in self.taken or form not in self.builtin_names:
            return form not in self.taken
        # Who gives a row the id of a model of ours means that model: what lineage exports comes back as it was.
        ours = self.builtin[card.key] if card.chosen and card.key in self.builtin else None
        return (
            ours is not None and ours.kind == "model" and form in map(normal_form, (ours.id, ours.name, *ours.aliases))
        )

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

    def _name_parents(self, draft: Draft) -> None:
        card = draft.card
        seen: set[tuple[str, str]] = set()
        for base in card.bases:
            place = Location(card.place.file, base.line)
            parent = self._find(card, base.name, draft)
            if not parent:
                self._no_model(place, card, base.name)
            elif parent == draft.id:
                message = f"`{cleaned(card.key)}` names itself as its base; left out"
                self._problem(place, "self-reference", message, "name the model that it came from")
            elif (parent, base.relation or "") not in seen:
                seen.add((parent, base.relation or ""))
                draft.parents.append((parent, base))
        self._mend_merge(draft)
        self._name_generations(draft)

    def _tell_relations(self) -> None:
        """Tell the relations that were assumed, of the edges that were not left out for another reason."""
        for draft in self.drafts.values():
            card = draft.card
            for _, base in draft.parents:
                # A note that came later was told when it was written.
                if base.note and base in card.bases:
                    repair = (
                        "say it in the card" if card.said == "card" else "write it behind the name: `parent finetuned`"
                    )
                    message = f"`{base.relation}` from `{base.name}`: {base.note.rstrip('.')}"
                    self._assume(Location(card.place.file, base.line), "relation", message, repair)

    def _leave_out(self, ids: set[str]) -> None:
        """Forget models, and what others say of them; that they cannot be is told already."""
        for one in ids:
            del self.drafts[one]
        for draft in self.drafts.values():
            card = draft.card
            for one in sorted({one for one, _ in (*draft.parents, *draft.predecessors)} & ids):
                message = f"`{cleaned(card.key)}` names `{one}`, which was left out; so was what it says of it"
                self._problem(card.place, "not-a-record", message, "mend what it names")
            draft.parents = [one for one in draft.parents if one[0] not in ids]
            draft.predecessors = [one for one in draft.predecessors if one[0] not in ids]
            self._mend_merge(draft)

    def _mend_merge(self, draft: Draft, note: str = _MERGE_OF_ONE) -> None:
        """A merge of one is called fine-tuned, and nothing is said twice."""
        card = draft.card
        seen = {(one, base.relation or "") for one, base in draft.parents}
        merged = [one for one in draft.parents if one[1].relation == "merged"]
        if len(merged) == 1:
            place_of = draft.parents.index(merged[0])
            other = replace(merged[0][1], relation="finetuned", note=note)
            if (merged[0][0], "finetuned") in seen:
                draft.parents.pop(place_of)
            else:
                draft.parents[place_of] = (merged[0][0], other)
            self._assume(card.place, "relation", f"`{cleaned(card.key)}`: {note.rstrip('.')}", "name the other bases")

    def _name_generations(self, draft: Draft) -> None:
        card = draft.card
        for name in card.predecessors:
            before = self._find(card, name, draft)
            if not before:
                self._no_model(card.place, card, name)
            elif before == draft.id:
                message = f"`{cleaned(card.key)}` succeeds itself; left out"
                self._problem(card.place, "self-reference", message, "name the generation before")
            elif before not in {one for one, _ in draft.predecessors}:
                draft.predecessors.append((before, "succeeds"))
        if card.successor:
            newer = self.id_of.get(card.successor.casefold(), "")
            after = self.drafts.get(newer)
            if newer and not after and newer not in self._existing:
                message = (
                    f"`{cleaned(card.key)}` names the newer `{card.successor}`, which lineage has already; left out"
                )
                self._problem(card.place, "no-card", message, "say it in a record of your own")
            elif after is None or after is draft:
                message = (
                    f"`{cleaned(card.key)}` names the newer `{card.successor}`, of which no card was read; left out"
                )
                self._problem(card.place, "no-card", message, "give its card, too")
            elif draft.id not in {one for one, _ in (*after.parents, *after.predecessors)}:
                after.predecessors.append((draft.id, "new_version"))

    def _no_model(self, place: Location, card: Card, name: str) -> None:
        found = self.names.node(name)
        kind = found.kind if found else "thing"
        message = f"`{cleaned(card.key)}` names `{cleaned(name)}`, which is a {kind} and no model; left out"
        self._problem(place, "wrong-kind", message, "name the model that it came from")

    def _is_no_model(self, name: str) -> bool:
        found = self.names.node(name)
        return found is not None and found.kind != "model"

    def _find(self, card: Card, name: str, child: Draft) -> str:
        """The id of a model that is named: one of this import, one that is there, one of ours, or a placeholder.

        Nothing if a table names something else of lineage, such as a technique.
        """
        keys = [name.casefold()] + ([normal_form(name)] if card.said == "table" else [])
        for key in keys:
            if key in self.id_of:
                if self.id_of[key] not in self.drafts and self.id_of[key] not in self._existing:
                    self._borrow(self.id_of[key])
                return self.id_of[key]
        by_name = card.said == "table" and "/" not in name
        ours = self.names.look_up(name) if by_name else self.names.look_up_repository(name)
        line = next((one.line for one in card.bases if one.name == name), card.place.line)
        if ours.id:
            if ours.by_rule and name.casefold() not in self.taken_as:
                self.taken_as.add(name.casefold())
                message = f"`{cleaned(name)}` is taken as `{ours.id}` ({self.builtin[ours.id].name}), for its name"
                repair = f"if it is another model, give its {'card' if card.said == 'card' else 'row'}, too"
                self._assume(Location(card.place.file, line), "taken-as", message, repair)
            self._borrow(ours.id)
            return ours.id
        if by_name and self._is_no_model(name):
            return ""
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
        self._claim(known, name.casefold(), Draft(known, node_id, self._free_name(known, node_id), placeholder=True))
        message = f"nothing was read of `{cleaned(name)}`, the base of `{cleaned(card.key)}`; it has a record with its name only"
        if ours.other:
            message += f"; lineage has `{ours.other}`, and its record does not tell of this edition"
        repair = f"give its {'card' if card.said == 'card' else 'row'}, too, or fill in the record"
        self._assume(Location(card.place.file, line), "placeholder", message, repair)
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
        named = {one: {name for name, _ in (*draft.parents, *draft.predecessors)} for one, draft in self.drafts.items()}
        try:
            TopologicalSorter(earlier | named).prepare()
        except CycleError:
            earlier |= {one: set() for one in self.drafts}
        else:
            return
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
        """Give every model a date, or leave it out: its own, the one for all, the year of its first child or base."""
        for draft in self.drafts.values():
            if draft.card.date:
                draft.date = draft.card.date
            elif self.default_date and not draft.placeholder:
                draft.date, draft.date_shows = self.default_date, "The date that was given for models without one."
        self._date_bases()
        while self._date_children():
            self._date_bases()
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
                said = ", the year of its base" if draft.date_shows.startswith(_NO_EARLIER) else ""
                message = f"`{cleaned(draft.card.key)}` tells no date; {draft.date} was taken{said}"
                self._assume(draft.card.place, "no-date", message, "add `date: 2024-05-31` to it")

    def _date_bases(self) -> None:
        """A base is no later than the first model that came of it."""
        waiting = [one for one in sorted(self.drafts) if self.drafts[one].date]
        while waiting:
            draft = self.drafts[waiting.pop()]
            # What is itself not dated but by its base says nothing of when another base was there.
            guessed = draft.date_shows.startswith(_NO_EARLIER)
            for parent in sorted({one for one, _ in (*draft.parents, *draft.predecessors)}):
                above = self.drafts.get(parent)
                year = draft.date[:4]
                if above and (not above.date or (above.date_shows.startswith(_NO_LATER) and year < above.date)):
                    if guessed and (above.date or not above.placeholder):
                        continue
                    above.date = year
                    above.date_shows = (
                        f"Not told; the year that stands for {draft.name}, which comes from it and has no date either."
                        if guessed
                        else f"{_NO_LATER}: the year of {draft.name}, which comes from it."
                    )
                    waiting.append(parent)

    def _date_children(self) -> bool:
        """A model without a date is no earlier than its latest base that has one; whether any was dated so."""
        found = False
        for draft in sorted(self.drafts.values(), key=lambda one: one.id):
            if draft.date or draft.placeholder:
                continue
            known = []
            for parent, _ in draft.parents:
                above = self.drafts.get(parent)
                if above is None:
                    dates = self._dates_of(parent)
                    known.append((dates.get("weights") or min(dates.values()), parent))
                elif above.date and not above.placeholder:
                    known.append((above.date, parent))
            if known:
                date, parent = max(known)
                draft.date = date[:4]
                draft.date_shows = f"{_NO_EARLIER}: inferred; the year of {self._name_of(parent)}, from which it comes."
                found = True
        return found

    def _name_of(self, node_id: str) -> str:
        if node_id in self.drafts:
            return self.drafts[node_id].name
        return self._existing[node_id].name if node_id in self._existing else self.builtin[node_id].name

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
            # A ring that was opened or a date out of order may have left one of several.
            self._mend_merge(draft, "Called a merge, and one base could be taken over; it stands here as fine-tuned.")

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


def is_placeholder(file: str) -> bool:
    """Whether a file of a directory holds placeholders and nothing else."""
    return bool(re.fullmatch(rf"{PLACEHOLDER}(-\d+)?\.yaml", file))


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
