"""A sample of claims for somebody to check against their sources, and what the verdicts say of all claims.

Curated data are attacked on their accuracy, so ours is measured: anybody can draw a sample, open the sources, write down what
they found, and compute the rate of errors with its interval.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from lineage.graph import Edge, LineageGraph, Node

Verdict = Literal["right", "imprecise", "wrong", "wrong-parent", "unreadable"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
"""``right``: the source shows the claim. ``imprecise``: the claim is true, but its place in the source, its grade or its wording
is off. ``wrong``: the claim is false, or the source does not show it. ``wrong-parent``: the same for the parent of a model.
``unreadable``: the source could not be opened, so that nothing is known."""
ERRORS: Final[frozenset[str]] = frozenset({"wrong", "wrong-parent"})


@dataclass(frozen=True)
class AuditedClaim:
    """One thing that the data say, and who says so."""

    stratum: str
    """The kind of edge, ``date`` or ``maker``."""
    key: str
    """The same for the same claim for ever, whatever else is in the data."""
    text: str
    evidence: str
    """Empty for dates and makers, which are not graded."""
    sources: tuple[Mapping[str, str], ...] = field(hash=False)
    location: str
    """File and line of the record that makes the claim."""


def claims(graph: LineageGraph) -> tuple[AuditedClaim, ...]:
    """Everything that is claimed: each edge, each date and each maker of a model or document, in the order of their keys."""
    found = [_of_edge(graph, edge) for edge in graph.edges()]
    for node in graph.nodes():
        found += _of_node(node)
    return tuple(sorted(found, key=lambda claim: claim.key))


def _of_edge(graph: LineageGraph, edge: Edge) -> AuditedClaim:
    writer, other = graph[edge.target], graph[edge.source]
    if edge.kind == "introduced-technique":
        writer, other = other, writer
    # Written as the record says it: child before parent.
    relation = f" ({edge.relation})" if edge.relation else ""
    role = " (concurrently)" if edge.data.get("role") == "concurrent" else ""
    text = f"{writer.name} [{writer.id}] {edge.kind}{relation}{role} {other.name} [{other.id}]"
    key = "|".join((edge.kind, writer.id, other.id, edge.relation or ""))
    sources = tuple(dict(source) for source in edge.sources)
    return AuditedClaim(edge.kind, key, text, edge.evidence, sources, str(writer.data["location"]))


def _of_node(node: Node) -> Iterable[AuditedClaim]:
    place = str(node.data["location"])
    for event in node.data.get("dates", ()):
        sources = event.get("sources") or _of_record(node)
        text = f"{node.name} [{node.id}] date ({event['kind']}) {event['date']}"
        yield AuditedClaim("date", f"date|{node.id}|{event['kind']}|{event['date']}", text, "", tuple(sources), place)
    for maker in node.organizations:
        text = f"{node.name} [{node.id}] made by {maker}"
        yield AuditedClaim("maker", f"maker|{node.id}|{maker}", text, "", _of_record(node), place)


def _of_record(node: Node) -> tuple[Mapping[str, str], ...]:
    """Where the facts of a record are read; for a document without further sources the document itself."""
    sources: Sequence[Any] = node.data.get("sources", ())
    if sources or node.kind != "paper":
        return tuple(dict(source) for source in sources)
    return ({"url": str(node.data["address"]), "shows": "The document itself."},)


def sample(graph: LineageGraph, size: int, seed: int, skip: Iterable[str] = ()) -> tuple[AuditedClaim, ...]:
    """A stratified random sample of claims: the same for the same data, size and seed.

    Every stratum is drawn from by the square root of its size, so that the few claims on parents are read as closely as the many
    on techniques; :func:`score` weighs them back. A claim is drawn by the SHA-256 of the seed and its key: a record that is added
    changes the sample of others by little.

    Args:
        graph: what claims.
        size: the number of claims; all of them if there are fewer.
        seed: another seed, another sample.
        skip: keys of claims that have been read before.
    """
    known = set(skip)
    strata: dict[str, list[AuditedClaim]] = defaultdict(list)
    for claim in claims(graph):
        if claim.key not in known:
            strata[claim.stratum].append(claim)
    shares = _allocate({name: len(members) for name, members in strata.items()}, size)
    drawn = []
    for name, members in sorted(strata.items()):
        ranked = sorted(members, key=lambda claim: hashlib.sha256(f"{seed}|{claim.key}".encode()).digest())
        drawn += sorted(ranked[: shares[name]], key=lambda claim: claim.key)
    return tuple(drawn)


def _allocate(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Whole numbers by the square root of the sizes, none above its size, together ``total`` if there are so many."""
    total = min(total, sum(sizes.values()))
    given = dict.fromkeys(sizes, 0)
    for _ in range(total):
        # Sainte-Laguë: the next seat goes to whoever has the largest quotient.
        most = max(
            (name for name in sizes if given[name] < sizes[name]),
            key=lambda name: (math.sqrt(sizes[name]) / (2 * given[name] + 1), name),
        )
        given[most] += 1
    return given


@dataclass(frozen=True)
class Score:
    """What an audit found."""

    rows: tuple[tuple[str, int, int, int, int, int], ...]
    """Stratum, claims in the data, claims read, errors, wrong parents, imprecise."""
    unreadable: int
    rate: float
    """The share of wrong claims in the data, each stratum weighed by its size; from 0 to 1."""
    interval: tuple[float, float]
    """The 95 % interval of that share (Wilson 1927), at the number of claims that an unweighted sample of the same precision
    would have had (Kish 1965)."""
    plain_rate: float
    """The share of wrong claims in the sample, unweighed."""

    @property
    def errors(self) -> int:
        """Claims found wrong, wrong parents among them."""
        return sum(row[3] for row in self.rows)

    @property
    def read(self) -> int:
        """Claims whose source was opened."""
        return sum(row[2] for row in self.rows)


def score(sizes: Mapping[str, int], verdicts: Iterable[tuple[str, str]]) -> Score:
    """The rate of errors of all claims.

    Args:
        sizes: the number of claims in the data by stratum, when the sample was drawn.
        verdicts: stratum and verdict of each claim of the sample.

    Raises:
        ValueError: if a verdict is none of :data:`VERDICTS` or a stratum has no size.

    >>> found = score({"date": 900, "derived-from": 100}, [("date", "right")] * 9 + [("derived-from", "wrong-parent")])
    >>> round(found.rate, 3), found.plain_rate
    (0.1, 0.1)
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for stratum, verdict in verdicts:
        if verdict not in VERDICTS:
            raise ValueError(f"`{verdict}` is no verdict; write one of: {', '.join(VERDICTS)}")
        if stratum not in sizes:
            raise ValueError(f"`{stratum}` is no kind of claim; there are {', '.join(sorted(sizes))}")
        counts[stratum][verdict] += 1
    rows = []
    for stratum in sorted(counts):
        found = counts[stratum]
        read = sum(found.values()) - found["unreadable"]
        wrong = sum(found[one] for one in ERRORS)
        rows.append((stratum, sizes[stratum], read, wrong, found["wrong-parent"], found["imprecise"]))
    read_rows = [row for row in rows if row[2]]
    whole, read_in_all = sum(row[1] for row in read_rows), sum(row[2] for row in read_rows)
    rate = sum(row[1] * row[3] / row[2] for row in read_rows) / whole if whole else 0.0
    # Every claim that was read stands for size / read others.
    weights = [(row[1] / row[2], row[2]) for row in read_rows]
    squares = sum(weight * weight * number for weight, number in weights)
    effective = sum(weight * number for weight, number in weights) ** 2 / squares if squares else 0.0
    return Score(
        tuple(rows),
        sum(found["unreadable"] for found in counts.values()),
        rate,
        _wilson(rate, effective),
        sum(row[3] for row in rows) / read_in_all if read_in_all else 0.0,
    )


def _wilson(share: float, number: float) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, Journal of the American Statistical Association 22, 1927)."""
    if not number:
        return 0.0, 1.0
    z = 1.959964
    middle = share + z * z / (2 * number)
    spread = z * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    whole = 1 + z * z / number
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
