"""What a contributor may write: the records of ``graph_data/``.

Every class is frozen and refuses fields it does not know. The docstring under a field is its
documentation everywhere: it becomes the description in ``graph_data/schema.json``.

Edges are written in the record of the child or the subject ("Vicuna is derived from LLaMA"), because a
newcomer names its parents. :mod:`lineage.graph` turns them to point forward in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lineage.vocabulary import (
    Architecture,
    Category,
    Contribution,
    DateInterval,
    DateKind,
    DocumentType,
    EdgeKind,
    Evidence,
    InclusionReason,
    NodeKind,
    Origin,
    Relation,
    Weights,
    parameter_count,
)

ID_PATTERN: Final = r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$"
CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def _plain(text: str) -> str:
    if text != text.strip():
        raise ValueError("has white space at an end; remove it")
    if not text:
        raise ValueError("is empty; write it, or leave the field out when nothing is known")
    if text.casefold() in {"unknown", "n/a", "none", "null", "tbd", "todo", "?"}:
        raise ValueError(f"`{text}` says nothing; leave the field out when nothing is known")
    if found := CONTROL.search(text):
        raise ValueError(f"holds the invisible character U+{ord(found.group()):04X}; remove it")
    return text


_MOST_OF_AN_ADDRESS: Final = 2048


def is_address(url: str) -> bool:
    """Whether a text may stand as an address in a record: https, whole, and in ASCII.

    >>> is_address("https://example.org/a"), is_address("https://example")
    (True, False)
    """
    pattern = r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?::\d+)?(?:[/?#][!#-&(-;=?-\[\]_a-z~]*)?"
    return len(url) <= _MOST_OF_AN_ADDRESS and re.fullmatch(pattern, url) is not None


def _https(url: str) -> str:
    if not is_address(url):
        raise ValueError("is not an https address; write the whole address in ASCII, beginning with https://")
    return url


def _day(text: str) -> str:
    DateInterval.of(text)
    return text


Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_plain)]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80)]
Url = Annotated[str, StringConstraints(max_length=_MOST_OF_AN_ADDRESS), AfterValidator(_https)]
Date = Annotated[str, AfterValidator(_day)]
ParameterCount = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?[KMBT]$")]


class Record(BaseModel):
    """What all records share: frozen, and no field that is not documented."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Source(Record):
    """Who says so: where to look, and what one sees there."""

    url: Url
    """The document: a paper, a model card, a configuration or code file, an official post."""
    locator: Name | None = None
    """The place in it: section, table, figure, page or key ("section 2.2", "config.json: rope_theta")."""
    shows: Text
    """What it shows, in our own words, in one sentence. Never a copied sentence."""


class Dispute(Record):
    """A source that says otherwise."""

    by: Name
    """Who disagrees."""
    source: Source


class Claim(Record):
    """What every edge carries: how well it is known, and who says so."""

    evidence: Evidence
    """`stated`: a primary source says it. `evident`: configuration, code or tokenizer show it. `reported`: a
    credible third party says it. `inferred`: our own reading; needs a `note`."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    """At least one; the first is the best."""
    note: Text | None = None
    """What a reader must know to read the claim rightly."""
    disputed: Dispute | None = None
    """Set when a credible source says otherwise."""


class Derivation(Claim):
    """The weights, the training signal or the design of this model came from `parent`."""

    parent: Id
    """The model that it came from."""
    relation: Relation
    """How. Weights: continued-pretraining, finetuned, adapter, merged, quantized, pruned, expanded; outputs:
    distilled; architecture: architecture, reproduction."""
    layout_parent: bool = False
    """True where a tree picture shall hang the model on this parent against the rule."""


class Succession(Claim):
    """This model is the same maker's next generation after `model`; claims no reuse."""

    model: Id
    """The generation before."""
    layout_parent: bool = False
    """True where a tree picture shall hang the model on this generation against the rule."""


class Introduction(Claim):
    """This paper or model is the first public description of `technique`."""

    technique: Id
    """The technique that is introduced here."""
    role: Literal["primary", "concurrent"] = "primary"
    """`primary` for exactly one document per technique, `concurrent` for others of the same time."""


class Use(Claim):
    """This model uses `technique`, as its report, configuration or code says."""

    technique: Id
    """The technique in use."""


class Description(Claim):
    """`paper` describes this model or technique."""

    paper: Id
    """The document."""


class Refinement(Claim):
    """This technique generalises, restricts or combines `technique`."""

    technique: Id
    """The earlier technique."""


class DatedEvent(Record):
    """When something happened, as precisely as the source says, and never more."""

    kind: DateKind
    """`paper`: first public version of the document. `announced`: official announcement. `weights`: weights
    could be had. `api`: could be used as a service."""
    date: Date
    """`2023`, `2023-02` or `2023-02-24`."""
    sources: tuple[Source, ...] = ()
    """Where the date is read, if not in the sources of the record."""


class Inclusion(Record):
    """Why a model has a record at all; ``docs/curation.md`` gives the policy."""

    reason: InclusionReason
    """`named`: a published set of models names it, given in `collections`. `introduces-technique`: it or a paper of its brings
    a technique that is in use here. `parent`: a model here comes from it. `root`: the first of a line that has more
    models here. `generation`: a later or earlier generation of a line that is in. `first-of-its-kind` and `impact`:
    a judgement, with its ground in `note`."""
    note: Text | None = None
    """The ground, in one sentence of our own."""

    @model_validator(mode="after")
    def _a_judgement_has_a_ground(self) -> Inclusion:
        if self.reason in ("first-of-its-kind", "impact") and self.note is None:
            raise ValueError(f"`{self.reason}` is a judgement; say in `note` what it rests on")
        return self


class Variant(Record):
    """One size or edition of a model."""

    name: Name
    """As the maker calls it ("7B", "base", "8x7B Instruct")."""
    parameters: ParameterCount | None = None
    """All parameters, as published: 117M, 6.7B, 1.6T."""
    active_parameters: ParameterCount | None = None
    """Parameters used for one token, for a mixture of experts."""
    url: Url | None = None
    """Its weights or card."""

    @model_validator(mode="after")
    def _active_are_some_of_all(self) -> Variant:
        both = self.parameters and self.active_parameters
        if both and parameter_count(self.active_parameters or "") > parameter_count(self.parameters or ""):
            raise ValueError("has more active parameters than parameters; correct one of the two")
        return self


class _NodeRecord(Record):
    id: Id
    """Lower-case words joined by hyphens; unique across all kinds; never changed, never reused."""
    aliases: tuple[Name, ...] = ()
    """Other names it is called by, and names it had."""
    sources: tuple[Source, ...] = ()
    """Where the facts of this record are read: names, makers, dates, sizes, licence."""


class Model(_NodeRecord):
    """A named release of a language model, one record per generation ("Llama 2"); sizes are `variants`."""

    kind: Literal["model"]
    """What the record is."""
    name: Name
    """As its maker writes it."""
    organizations: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Who made it: labs and companies, by their usual name, always spelt the same way."""
    family: Name
    """The line of models it belongs to ("Llama", "GPT", "BERT")."""
    architecture: Architecture
    """The trunk of the tree it grows on; ``docs/glossary.md`` says what each means."""
    weights: Weights
    """`open`: anyone may have and use them. `restricted`: to be had under conditions of use. `api`: only as a
    service. `unreleased`: not to be had."""
    origin: Origin
    """`scratch`: trained from random weights. `derived`: weights came from a parent. `undisclosed`: not said."""
    included_because: tuple[Inclusion, ...] = ()
    """Why it is here; the weightiest reason first."""
    collections: tuple[Id, ...] = ()
    """Published sets of models that it belongs to ("evolutionary-tree")."""
    dates: Annotated[tuple[DatedEvent, ...], Field(min_length=1)]
    """At least one; the earliest is the one that is plotted."""
    variants: tuple[Variant, ...] = ()
    """Sizes and editions, smallest first."""
    pretraining_tasks: tuple[Name, ...] = ()
    """What it was trained to do first ("causal language modelling", "masked language modelling")."""
    extension: Text | None = None
    """What it changes against the models it comes from, in our own words."""
    application: Text | None = None
    """What its makers made it for."""
    corpus: Text | None = None
    """What it was trained on, with the amount where it is published."""
    license: Name | None = None
    """Of the weights: an SPDX identifier where there is one, else the name of the licence."""
    context_length: Annotated[int, Field(gt=0)] | None = None
    """Tokens of context at release."""
    derived_from: tuple[Derivation, ...] = ()
    """One entry per parent and relation."""
    succeeds: tuple[Succession, ...] = ()
    """The generation before, of the same maker."""
    introduced_technique: tuple[Introduction, ...] = ()
    """Techniques first described with this model where no paper does it."""
    uses_technique: tuple[Use, ...] = ()
    """Techniques in the released model."""
    described_by: tuple[Description, ...] = ()
    """Its papers, reports and cards."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    """Where the facts of this record are read: names, makers, dates, sizes, licence."""

    @model_validator(mode="after")
    def _variants_differ(self) -> Model:
        names = [variant.name for variant in self.variants]
        if len(set(names)) < len(names):
            raise ValueError("names a variant twice; put the two together, or tell them apart")
        return self


class Paper(_NodeRecord):
    """A document that introduces or describes: paper, report, model card or blog post."""

    kind: Literal["paper"]
    """What the record is."""
    title: Name
    """The full title."""
    type: DocumentType
    """What sort of document it is."""
    contribution: Contribution
    """What it mainly brings."""
    authors: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Names in their order; the last may be `et al.`; an organisation where no person is named."""
    organizations: tuple[Name, ...] = ()
    """Labs and companies of the authors."""
    arxiv: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{4,5}$")] | None = None
    """The arXiv number, in quotes, without a version."""
    url: Url | None = None
    """The document, if it is not on arXiv."""
    dates: Annotated[tuple[DatedEvent, ...], Field(min_length=1)]
    """The first public version, with kind `paper` (or `announced` for a post)."""
    introduced_technique: tuple[Introduction, ...] = ()
    """Techniques that this document describes first."""

    @model_validator(mode="after")
    def _has_address(self) -> Paper:
        if (self.arxiv is None) == (self.url is None):
            raise ValueError("needs either `arxiv` or `url`, and not both; write the one where it was first public")
        return self

    @property
    def name(self) -> str:
        """The title."""
        return self.title

    @property
    def address(self) -> str:
        """Where the document is: its arXiv page, or its own address."""
        return self.url or f"https://arxiv.org/abs/{self.arxiv}"


class Technique(_NodeRecord):
    """A named idea with an introduction and adopters (RoPE, LoRA, PagedAttention)."""

    kind: Literal["technique"]
    """What the record is."""
    name: Name
    """As the field calls it."""
    category: Category
    """The subject it belongs to."""
    summary: Text
    """What it does, in one sentence of our own."""
    refines: tuple[Refinement, ...] = ()
    """Earlier techniques that this one generalises, restricts or combines."""
    described_by: tuple[Description, ...] = ()
    """Documents that explain it beside the one that introduces it: surveys, follow-ups, posts."""


NodeRecord = Annotated[Model | Paper | Technique, Field(discriminator="kind")]
RECORD_CLASSES: Final[dict[str, type[Model | Paper | Technique]]] = {
    "model": Model,
    "paper": Paper,
    "technique": Technique,
}


class EdgeField(NamedTuple):
    """A field that holds edges: its edge kind, the key that names the other end, and the kind of that end."""

    kind: EdgeKind
    key: str
    other: NodeKind


EDGE_FIELDS: Final[dict[str, EdgeField]] = {
    "derived_from": EdgeField("derived-from", "parent", "model"),
    "succeeds": EdgeField("succeeds", "model", "model"),
    "introduced_technique": EdgeField("introduced-technique", "technique", "technique"),
    "uses_technique": EdgeField("uses-technique", "technique", "technique"),
    "described_by": EdgeField("described-by", "paper", "paper"),
    "refines": EdgeField("refines", "technique", "technique"),
}


class WrittenEdge(NamedTuple):
    """An edge as it stands in a record: the field, its place in the list, the id it names, and the claim."""

    field: str
    position: int
    other: str
    claim: Claim


def written_edges(record: Model | Paper | Technique) -> Iterator[WrittenEdge]:
    """The edges that a record writes, in the order of its fields."""
    for name, edge_field in EDGE_FIELDS.items():
        for position, claim in enumerate(getattr(record, name, ())):
            yield WrittenEdge(name, position, getattr(claim, edge_field.key), claim)
