"""Rules across records: one function each, all of them in :data:`RULES`.

A rule takes the catalogue and yields a problem for every offence. What single files and records can be told is told by
:mod:`lineage.catalog` while it reads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from lineage.catalog import Catalog, Entry
from lineage.errors import Problem
from lineage.records import EDGE_FIELDS, Claim, Derivation, Introduction, Model, Paper, Technique, written_edges
from lineage.vocabulary import BASIS_OF_RELATION, DateInterval, normal_form

THIRD_PARTY_HOSTS: Final[frozenset[str]] = frozenset(
    {
        "9to5google.com",
        "analyticsindiamag.com",
        "arstechnica.com",
        "bloomberg.com",
        "cnbc.com",
        "engadget.com",
        "forbes.com",
        "infoq.com",
        "linkedin.com",
        "medium.com",
        "news.ycombinator.com",
        "nytimes.com",
        "paperswithcode.com",
        "reddit.com",
        "reuters.com",
        "semanticscholar.org",
        "substack.com",
        "techcrunch.com",
        "theguardian.com",
        "theverge.com",
        "thegradient.pub",
        "towardsdatascience.com",
        "venturebeat.com",
        "wandb.ai",
        "wikipedia.org",
        "wired.com",
        "youtube.com",
        "zdnet.com",
        "zhihu.com",
    }
)
"""Hosts whose pages report what others made. Alone they cannot carry ``stated`` or ``evident``."""

CODE_HOSTS: Final[frozenset[str]] = frozenset({"github.com", "githubusercontent.com", "huggingface.co", "gitlab.com"})
"""Hosts where configuration, code and tokenizers are seen; ``evident`` needs one."""


class Reference(NamedTuple):
    """An edge as it is written, with the record that writes it and the record that it names, if there is one."""

    entry: Entry
    field: str
    position: int
    other_id: str
    claim: Claim
    other: Entry | None


@dataclass(frozen=True)
class _Index:
    """A catalogue with what several rules look up."""

    catalog: Catalog

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        return {entry.record.id: entry for entry in reversed(self.catalog.entries)}

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        return tuple(
            Reference(entry, edge.field, edge.position, edge.other, edge.claim, self.by_id.get(edge.other))
            for entry in self.catalog.entries
            for edge in written_edges(entry.record)
        )

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """The ids by every normal form that they are called by."""
        names: dict[str, set[str]] = defaultdict(set)
        for entry in self.catalog.entries:
            for name in (entry.record.id, entry.record.name, *entry.record.aliases):
                names[normal_form(name)].add(entry.record.id)
        return names

    @cached_property
    def introducers(self) -> dict[str, list[Reference]]:
        """The primary introductions by technique."""
        found: dict[str, list[Reference]] = defaultdict(list)
        for reference in self.references:
            if isinstance(reference.claim, Introduction) and reference.claim.role == "primary":
                found[reference.other_id].append(reference)
        return found

    def problem(self, entry: Entry, path: tuple[str | int, ...], rule: str, message: str, repair: str) -> Problem:
        return Problem(self.catalog.locate(entry, path), rule, message, repair)

    def at(self, reference: Reference, rule: str, message: str, repair: str) -> Problem:
        return self.problem(reference.entry, (reference.field, reference.position), rule, message, repair)


Rule = Callable[[_Index], Iterator[Problem]]


def check(catalog: Catalog) -> tuple[Problem, ...]:
    """All problems of a catalogue, those of reading among them, in the order of files and lines.

    A rule that would only repeat that a file could not be read (a name that stands in that file is missing) holds its peace.
    """
    index = _Index(catalog)
    found = set(catalog.problems)
    for rule in RULES:
        found.update(rule(index))
    return tuple(sorted(found))


# -- names ---------------------------------------------------------------------------------------------------------------


def duplicate_id(index: _Index) -> Iterator[Problem]:
    """An id names one record."""
    first: dict[str, Entry] = {}
    for entry in index.catalog.entries:
        known = first.setdefault(entry.record.id, entry)
        if known is not entry:
            yield index.problem(
                entry,
                ("id",),
                "duplicate-id",
                f"`{entry.record.id}` is the id of another record, at {index.catalog.locate(known, ('id',))}",
                "choose another id",
            )


def duplicate_name(index: _Index) -> Iterator[Problem]:
    """A name or alias names one record, case and punctuation aside; an arXiv number stands for one paper.

    The title of a paper may be the name of what it describes ("Mistral 7B"): such a name means the model or technique.
    """
    first: dict[str, tuple[Entry, str]] = {}
    titles: dict[str, Entry] = {}
    for entry in index.catalog.entries:
        record = entry.record
        names: list[tuple[tuple[str | int, ...], str]] = [(("id",), record.id)]
        if not isinstance(record, Paper):
            names.append((("name",), record.name))
        elif (titled := titles.setdefault(normal_form(record.title), entry)) is not entry:
            message = f"`{record.title}` is also the title of `{titled.record.id}`"
            yield index.problem(entry, ("title",), "duplicate-name", message, "keep one record of the paper")
        names += [(("aliases", position), alias) for position, alias in enumerate(record.aliases)]
        if isinstance(record, Paper) and record.arxiv:
            names.append((("arxiv",), record.arxiv))
        own = Counter(normal_form(alias) for alias in record.aliases)
        for path, name in names:
            form = normal_form(name)
            known, known_name = first.setdefault(form, (entry, name))
            if known is not entry and known.record.id != record.id:
                message = f"`{name}` is also the name of `{known.record.id}` (as `{known_name}`)"
                yield index.problem(entry, path, "duplicate-name", message, "tell the two apart by their names")
            elif path[0] == "aliases" and (own[form] > 1 or form == normal_form(record.name)):
                own[form] -= 1
                message = f"the alias `{name}` says the same as another name of this record"
                yield index.problem(entry, path, "duplicate-name", message, "remove it")


def unknown_id(index: _Index) -> Iterator[Problem]:
    """An edge names a record that exists, by its id."""
    if not index.catalog.whole:
        return
    for reference in index.references:
        if reference.other or reference.other_id in index.catalog.unread_ids:
            continue
        meant = sorted(index.names.get(normal_form(reference.other_id), ()))
        message = f"`{reference.entry.record.id}` names `{reference.other_id}`, and no record has this id"
        if len(meant) > 1:
            yield index.at(reference, "ambiguous-name", message, f"write one of: {', '.join(meant)}")
        else:
            repair = f"write `{meant[0]}`" if meant else "add a record for it, or correct the id"
            yield index.at(reference, "unknown-id", message, repair)


def wrong_kind(index: _Index) -> Iterator[Problem]:
    """An edge ends at a record of the kind that its field asks for."""
    for reference in index.references:
        expected = EDGE_FIELDS[reference.field].other
        if reference.other and reference.other.record.kind != expected:
            yield index.at(
                reference,
                "wrong-kind",
                f"`{reference.field}` names `{reference.other_id}`, which is a {reference.other.record.kind}",
                f"name a {expected}, or use another field",
            )


def use_of_a_measure(index: _Index) -> Iterator[Problem]:
    """A model has techniques; a benchmark or another way to measure it is nothing that it has."""
    for reference in index.references:
        other = reference.other.record if reference.other else None
        if reference.field == "uses_technique" and isinstance(other, Technique) and other.category == "evaluation":
            yield index.at(
                reference,
                "use-of-a-measure",
                f"`{reference.entry.record.id}` is said to use `{other.id}`, which measures models",
                "remove the edge; to be measured is no use",
            )


def one_spelling(index: _Index) -> Iterator[Problem]:
    """An organisation and a family are spelt in one way everywhere: the way that most records do."""
    for field in ("organizations", "family"):
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        uses: list[tuple[Entry, tuple[str | int, ...], str]] = []
        for entry in index.catalog.entries:
            value = getattr(entry.record, field, ())
            for position, name in enumerate([value] if isinstance(value, str) else value):
                uses.append((entry, (field,) if isinstance(value, str) else (field, position), name))
                # Who adds to the data of another follows their spelling, however many the own records are.
                spellings[normal_form(name)][name] += len(index.catalog.entries) if entry.directory else 1
        for entry, path, name in uses:
            counts = spellings[normal_form(name)]
            usual = min(counts, key=lambda one: (-counts[one], one))
            if name != usual:
                message = f"`{name}` is spelt `{usual}` elsewhere"
                yield index.problem(entry, path, "one-spelling", message, f"write `{usual}`")


# -- the shape of the graph ------------------------------------------------------------------------------------------------


def cycle(index: _Index) -> Iterator[Problem]:
    """Nothing descends from itself: derivation together with succession, and refinement by itself."""
    for fields in (("derived_from", "succeeds"), ("refines",)):
        written = {
            (reference.entry.record.id, reference.other_id): reference
            for reference in index.references
            if reference.field in fields and reference.other
        }
        earlier: dict[str, set[str]] = defaultdict(set)
        for later, before in written:
            earlier[later].add(before)
        # One cycle is found at a time; it is told and cut open, so that all of them are told.
        while found := _some_cycle(earlier):
            later, before = min(zip(found[1:], found, strict=False), key=lambda pair: pair)
            turn = found.index(later)
            ring = " <- ".join([*found[turn:0:-1], *found[:turn:-1], later])
            yield index.at(
                written[later, before],
                "cycle",
                f"`{later}` comes from itself: {ring}",
                "remove the edge that is not true",
            )
            earlier[later].discard(before)


def _some_cycle(earlier: dict[str, set[str]]) -> list[str] | None:
    """A ring of ids, first and last the same, each before the next; None where there is none."""
    sorter = TopologicalSorter({later: sorted(before) for later, before in sorted(earlier.items())})
    try:
        sorter.prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return None


def duplicate_edge(index: _Index) -> Iterator[Problem]:
    """A record names another once in a field; once for each relation where the field has relations."""
    seen: set[tuple[str, str, str, str]] = set()
    for reference in index.references:
        relation = reference.claim.relation if isinstance(reference.claim, Derivation) else ""
        key = (reference.entry.record.id, reference.field, reference.other_id, relation)
        if key in seen:
            message = f"`{reference.field}` names `{reference.other_id}` twice"
            yield index.at(reference, "duplicate-edge", message, "put their sources together in one")
        seen.add(key)


def merge_of_one(index: _Index) -> Iterator[Problem]:
    """A merge has two parents or more."""
    for entry, derivations in _derivations(index):
        merged = [position for position, derivation in derivations if derivation.relation == "merged"]
        if len(merged) == 1:
            yield index.problem(
                entry,
                ("derived_from", merged[0]),
                "merge-of-one",
                f"`{entry.record.id}` is merged from one parent",
                "add the other parents, or use another relation",
            )


def one_layout_parent(index: _Index) -> Iterator[Problem]:
    """A picture hangs a model on one parent."""
    for entry in index.catalog.entries:
        record = entry.record
        if not isinstance(record, Model):
            continue
        marked = [("derived_from", place) for place, claim in enumerate(record.derived_from) if claim.layout_parent]
        marked += [("succeeds", place) for place, claim in enumerate(record.succeeds) if claim.layout_parent]
        for field, place in marked[1:]:
            message = f"`{record.id}` has a second layout parent"
            yield index.problem(
                entry, (field, place, "layout_parent"), "one-layout-parent", message, "mark one parent only"
            )


def origin_against_parents(index: _Index) -> Iterator[Problem]:
    """A model whose weights came from a parent is ``derived``, and only such a model is."""
    for entry in index.catalog.entries:
        record = entry.record
        if not isinstance(record, Model):
            continue
        parents = [one.parent for one in record.derived_from if BASIS_OF_RELATION[one.relation] == "weights"]
        if record.origin == "derived" and not parents:
            message = "has the origin `derived`, and no parent that gave it weights"
            repair = "add the parent, or say `scratch` or `undisclosed`"
        elif record.origin != "derived" and parents:
            message = f"has the origin `{record.origin}`, and weights from `{parents[0]}`"
            repair = "say `derived`, or correct the relation"
        else:
            continue
        yield index.problem(entry, ("origin",), "origin-against-parents", f"`{record.id}` {message}", repair)


def _derivations(index: _Index) -> Iterator[tuple[Entry, list[tuple[int, Derivation]]]]:
    for entry in index.catalog.entries:
        if isinstance(entry.record, Model):
            yield entry, list(enumerate(entry.record.derived_from))


def isolated(index: _Index) -> Iterator[Problem]:
    """Every record is joined to another."""
    if not index.catalog.whole:
        return
    joined = {reference.other_id for reference in index.references}
    joined.update(reference.entry.record.id for reference in index.references)
    for entry in index.catalog.entries:
        record = entry.record
        if record.id not in joined:
            yield Problem(
                index.catalog.locate(entry, ("id",)),
                "isolated",
                f"nothing is joined to `{record.id}`",
                "add an edge with its source",
                "warning",
            )


# -- inclusion ---------------------------------------------------------------------------------------------------------------


def unexplained(index: _Index) -> Iterator[Problem]:
    """Data that say of one model why it is in say it of all."""
    models = [entry for entry in index.catalog.entries if isinstance(entry.record, Model)]
    explained = {entry.directory for entry in models if _inclusions(entry)}
    if explained:
        for entry in models:
            if entry.directory in explained and not _inclusions(entry):
                message = f"`{entry.record.id}` does not say why it is in"
                yield index.problem(entry, ("id",), "unexplained", message, "add `included_because`")


def reason_without_ground(index: _Index) -> Iterator[Problem]:
    """A reason for being in that the data can show is one that they show."""
    if not index.catalog.whole or index.catalog.unread_ids:
        return
    holds = _Grounds(index)
    for entry in index.catalog.entries:
        for position, reason in enumerate(_inclusions(entry)):
            ground, repair = holds.missing(entry, reason)
            if ground:
                message = f"`{entry.record.id}` is in as `{reason}`, and {ground}"
                path = ("included_because", position)
                yield index.problem(entry, path, "reason-without-ground", message, repair)


def _inclusions(entry: Entry) -> list[str]:
    return [one.reason for one in getattr(entry.record, "included_because", ())]


class _Grounds:
    """What the reasons for being in rest on."""

    def __init__(self, index: _Index) -> None:
        self.parents = {one.other_id for one in index.references if one.field == "derived_from"}
        self.used = {one.other_id for one in index.references if one.field == "uses_technique"}
        self.brought: dict[str, set[str]] = defaultdict(set)
        for one in index.references:
            if one.field == "introduced_technique":
                self.brought[one.entry.record.id].add(one.other_id)
        self.families: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in index.catalog.entries:
            if isinstance(entry.record, Model):
                self.families[entry.directory, normal_form(entry.record.family)].append(entry)

    def missing(self, entry: Entry, reason: str) -> tuple[str, str]:
        """What is not there though the reason says so, and what to do; nothing where the reason holds."""
        record = entry.record
        if not isinstance(record, Model):
            return "", ""
        family = self.families[entry.directory, normal_form(record.family)]
        if reason == "named" and not record.collections:
            return "it is in no collection", "name the published set in `collections`, or give another reason"
        if reason == "parent" and record.id not in self.parents:
            return "no model comes from it", "give another reason"
        if reason == "introduces-technique":
            documents = [record.id, *(one.paper for one in record.described_by)]
            if self.used.isdisjoint(set().union(*(self.brought[one] for one in documents))):
                return "it brings no technique that a model here uses", "add the use with its source, or another reason"
        if reason in {"root", "generation"} and len(family) < 2:
            return f"the family {record.family} has no other model", "give another reason"
        if reason == "root" and any(_first(other).end < _first(entry).start for other in family):
            return f"the family {record.family} has an earlier model", "say `generation`"
        return "", ""


def _first(entry: Entry) -> DateInterval:
    return min(DateInterval.of(date) for date in _dates(entry).values())


# -- techniques --------------------------------------------------------------------------------------------------------------


def without_introducer(index: _Index) -> Iterator[Problem]:
    """Every technique is introduced by a document, or by a model where no document does it."""
    if not index.catalog.whole or index.catalog.unread_ids:
        return
    for entry in index.catalog.entries:
        if isinstance(entry.record, Technique) and entry.record.id not in index.introducers:
            yield index.problem(
                entry,
                ("id",),
                "without-introducer",
                f"nothing introduces `{entry.record.id}`",
                "name it in `introduced_technique` of the paper that describes it first",
            )


def several_introducers(index: _Index) -> Iterator[Problem]:
    """A technique has one primary introducer."""
    for technique, references in index.introducers.items():
        for reference in references[1:]:
            yield index.at(
                reference,
                "several-introducers",
                f"`{technique}` is introduced by `{references[0].entry.record.id}` already",
                "keep the earlier one `primary` and call the other `concurrent`",
            )


# -- evidence and dates ------------------------------------------------------------------------------------------------------


def evidence_against_source(index: _Index) -> Iterator[Problem]:
    """A grade of evidence rests on a source that can carry it."""
    for reference in index.references:
        evidence = reference.claim.evidence
        hosts = [_host(source.url) for source in reference.claim.sources]
        if evidence == "inferred" and reference.claim.note is None:
            message, repair = "is `inferred` without a `note`", "say in a note how it was inferred"
        elif evidence in {"stated", "evident"} and all(_is_on(host, THIRD_PARTY_HOSTS) for host in hosts):
            message = f"is `{evidence}`, and only third parties are cited"
            repair = "cite the maker's own document, or grade it `reported`"
        elif evidence == "evident" and not any(_is_on(host, CODE_HOSTS) for host in hosts):
            message = "is `evident`, and no code, configuration or tokenizer is cited"
            repair = "cite the file that shows it, or grade it `stated` or `inferred`"
        else:
            continue
        where = f"`{reference.field}` to `{reference.other_id}`"
        yield index.at(reference, "evidence-against-source", f"{where} {message}", repair)


@lru_cache(maxsize=1 << 13)
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


@lru_cache(maxsize=1 << 12)
def _is_on(host: str, hosts: frozenset[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def date_order(index: _Index) -> Iterator[Problem]:
    """A parent is not later than its child, nor the introduction of a technique than its use.

    Dates are compared like with like, as intervals. An edge is out of order where all the kinds of date that both ends carry
    say so: a paper may well come out after the weights it describes.
    """
    for reference in index.references:
        if not reference.other:
            continue
        earlier = reference.other
        if reference.field in {"uses_technique", "refines"}:
            introduced = index.introducers.get(reference.other_id)
            if not introduced or introduced[0].entry is reference.entry:
                continue
            earlier = introduced[0].entry
        elif reference.field not in {"derived_from", "succeeds"}:
            continue
        later = reference.entry
        if reference.field == "refines":
            own = index.introducers.get(later.record.id)
            if not own:
                continue
            later = own[0].entry
        wrong = _out_of_order(earlier, later)
        if wrong:
            kind, before, after = wrong
            yield index.at(
                reference,
                "date-order",
                f"`{later.record.id}` ({kind} {after}) is earlier than `{earlier.record.id}` ({kind} {before})",
                "correct a date, or the edge",
            )


def _out_of_order(earlier: Entry, later: Entry) -> tuple[str, str, str] | None:
    first, second = _dates(earlier), _dates(later)
    shared = sorted(first.keys() & second.keys())
    if not shared:
        return None
    for kind in shared:
        if DateInterval.of(first[kind]).start <= DateInterval.of(second[kind]).end:
            return None
    return shared[0], first[shared[0]], second[shared[0]]


def _dates(entry: Entry) -> dict[str, str]:
    """The earliest date of each kind."""
    dates: dict[str, str] = {}
    for event in getattr(entry.record, "dates", ()):
        known = dates.get(event.kind)
        if known is None or DateInterval.of(event.date) < DateInterval.of(known):
            dates[event.kind] = event.date
    return dates


RULES: Final[tuple[Rule, ...]] = (
    duplicate_id,
    duplicate_name,
    unknown_id,
    wrong_kind,
    use_of_a_measure,
    one_spelling,
    cycle,
    duplicate_edge,
    merge_of_one,
    one_layout_parent,
    origin_against_parents,
    isolated,
    unexplained,
    reason_without_ground,
    without_introducer,
    several_introducers,
    evidence_against_source,
    date_order,
)
