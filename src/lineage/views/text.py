"""Answers as text for people and as JSON for programs.

A :class:`Page` decides on colour once; every function returns text and prints nothing. Names are data: what a terminal would
obey is taken out of them.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from lineage.graph import Edge, LineageGraph, Node
from lineage.vocabulary import count
from lineage.vocabulary import printable as plain

if TYPE_CHECKING:
    from lineage.analysis import Adoption, Event, Stats

_COLOURS: Final = {
    "head": "1",
    "dim": "2",
    "model": "36",
    "paper": "33",
    "technique": "35",
    "good": "32",
    "bad": "31",
    # Trunks, near to the colours of the pictures; what is none of these has the colour of other models.
    "encoder-only": "31",
    "encoder-decoder": "32",
    "decoder-only": "94",
    "state-space": "95",
    "hybrid": "95",
    "recurrent": "33",
    "static-embedding": "33",
    "undisclosed": "90",
}

_MOST_HEIRS: Final = 12
_MOST_FAMILIES: Final = 24


def as_json(content: Mapping[str, Any]) -> str:
    """JSON with a fixed order and a line end; what is not known is absent."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def width(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two, combining ones none.

    >>> width("Qwen"), width("通义")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def tabs(rows: Iterable[Iterable[object]]) -> str:
    """Rows for `cut` and `awk`: fields with a tab between them, one line each, nothing for what is not known."""
    return "".join("\t".join("" if cell is None else plain(str(cell)) for cell in row) + "\n" for row in rows)


def cut_off(text: str, columns: int) -> str:
    """Text that is no wider than so many columns, with a mark where something was cut off.

    >>> cut_off("Mixtral 8x7B", 8), cut_off("通义千问", 5)
    ('Mixtral…', '通义…')
    """
    if width(text) <= columns:
        return text
    kept, room = "", columns - 1
    for char in text:
        room -= width(char)
        if room < 0:
            break
        kept += char
    return kept + "…"


@dataclass(frozen=True)
class Page:
    """How answers look: with colour or without, on a terminal of so many columns or on endless paper."""

    colour: bool = False
    columns: int | None = None
    ascii: bool = False
    """Whether lines and marks have to be drawn with letters."""

    def paint(self, text: str, role: str) -> str:
        """The text in the colour of its role, where there is colour."""
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.colour and text else text

    def table(self, rows: Iterable[Sequence[str]], roles: Sequence[str] = ()) -> str:
        """Rows with aligned columns, two spaces apart; the last column is not padded."""
        lines = [[plain(cell) for cell in row] for row in rows]
        widths = [max(width(row[column]) for row in lines) for column in range(len(lines[0]))] if lines else []
        text = ""
        if self.columns and widths:
            room = max(self.columns - sum(widths[:-1]) - 2 * (len(widths) - 1), 8)
            lines = [[*row[:-1], cut_off(row[-1], room)] for row in lines]
        for row in lines:
            cells = []
            for column, cell in enumerate(row):
                pad = " " * (widths[column] - width(cell)) if column < len(row) - 1 else ""
                role = roles[column] if column < len(roles) else ""
                cells.append((self.paint(cell, role) if role else cell) + pad)
            text += "  ".join(cells).rstrip() + "\n"
        return text

    # -- answers

    def nodes(self, graph: LineageGraph, ids: Iterable[str]) -> str:
        """One line for each node: id, date, kind, makers, name."""
        rows = [
            (node.id, node.date, node.kind, ", ".join(node.organizations[:3]) or "-", node.name)
            for node in (graph[one] for one in ids)
        ]
        return self.table(rows, ("model", "dim", "dim"))

    def named(self, node: Node) -> str:
        """A node with its id and date, in the colour of its architecture."""
        role = str(node.told("architecture") or node.kind)
        return (
            f"{self.paint(plain(node.name), role if role in _COLOURS else 'model')}  "
            f"{self.paint(f'{node.id}, {node.date}', 'dim')}"
        )

    def relation(self, edge: Edge) -> str:
        """How the later end came from the earlier one, of which basis, and how well that is known."""
        return f"{self.paint(edge.label, edge_role(edge))} ({grade(edge)})"

    def card(self, graph: LineageGraph, node_id: str) -> str:
        """Everything about one node, and who says so."""
        node = graph[node_id]
        text = f"{self.paint(plain(node.name), 'head')}  {self.paint(f'{node.kind} {node.id}', 'dim')}\n"
        text += self._fields(node)
        for title, edges, outward in _sections(graph, node_id):
            if edges:
                text += f"\n{self.paint(title, 'head')}\n"
                for edge in edges:
                    other = graph[edge.target if outward else edge.source]
                    text += self.claim(edge, f"{plain(other.name)}  {self.paint(f'{other.id}, {other.date}', 'dim')}")
        if node.data["sources"]:
            text += f"\n{self.paint('Sources', 'head')}\n"
            text += "".join(f"  {citation(source)}\n" for source in node.data["sources"])
        return text

    def _fields(self, node: Node) -> str:
        rows: list[tuple[str, str]] = []
        for name, value in node.data.items():
            if name in {"id", "kind", "name", "date", "sources", "title", "arxiv"} or not value:
                continue
            if name == "dates":
                shown = ", ".join(f"{event['date']} ({event['kind']})" for event in value)
            elif name == "variants":
                shown = "; ".join(_variant(one) for one in value)
            elif name == "included_because":
                shown = "; ".join(one["reason"] + (f" ({one['note']})" if "note" in one else "") for one in value)
            elif isinstance(value, tuple):
                shown = ", ".join(map(str, value))
            else:
                shown = str(value)
            rows.append((f"  {name.replace('_', ' ')}", shown))
        return self.table(rows, ("dim",))

    def claim(self, edge: Edge, what: str) -> str:
        """An edge, how well it is known, and who says so."""
        text = f"  {self.paint(edge.label, edge_role(edge))}: {what}\n"
        text += f"    {grade(edge)}\n"
        text += "".join(f"    {citation(source)}\n" for source in edge.sources)
        if note := edge.data.get("note"):
            text += f"    note: {plain(note)}\n"
        if dispute := edge.data.get("disputed"):
            text += f"    disputed by {plain(dispute['by'])}: {citation(dispute['source'])}\n"
        return text

    def path(self, graph: LineageGraph, path: Sequence[str], via: Sequence[Any]) -> str:
        """A line of descent, each step with its relation, evidence and sources."""
        text = f"{self.named(graph[path[0]])}\n"
        for parent, child in pairwise(path):
            for edge in graph.edges_between(parent, child, via):
                text += f"  | {self.relation(edge)}\n"
                text += "".join(f"  |   {citation(source)}\n" for source in edge.sources)
            text += f"{self.named(graph[child])}\n"
        return text

    def technique(self, graph: LineageGraph, found: Adoption, *, everything: bool = False) -> str:
        """Who introduced a technique, who took it up, and how long that took; of long lists the beginning, or everything."""
        node = graph[found.technique]
        text = (
            f"{self.paint(plain(node.name), 'head')}  {self.paint(node.id, 'dim')}\n  {plain(node.data['summary'])}\n"
        )
        text += f"\n{self.paint('Introduced by', 'head')}\n"
        for edge in sorted(graph.in_edges(node.id, "introduced-technique"), key=_primary_first):
            other = graph[edge.source]
            what = f"{plain(other.name)}  {self.paint(f'{other.id}, {other.date}', 'dim')}"
            text += self.claim(edge, what)
        for title, edges, outward in _sections(graph, node.id):
            if edges and title in {"Refines", "Refined by"}:
                names = ", ".join(graph[edge.target if outward else edge.source].id for edge in edges)
                text += f"\n{self.paint(title, 'head')}\n  {names}\n"
        if found.first:
            first = "\n".join(
                f"  {self.named(graph[one.model])}  {self.paint(_lag(one.lag_days), 'dim')}"
                for one in found.adopters
                if one.model in found.first
            )
            text += f"\n{self.paint('First used by', 'head')}\n{first}\n"
            of_first = [edge for edge in graph.out_edges(node.id, "uses-technique") if edge.target in found.first]
            text += "".join(f"    {grade(edge)}: {citation(source)}\n" for edge in of_first for source in edge.sources)
        used = f"Used by {count(len(found.adopters), 'model')} of this graph"
        text += f"\n{self.paint(used, 'head')}\n"
        text += self.table(
            [(f"  {one.model}", one.date, _lag(one.lag_days), graph[one.model].name) for one in found.adopters],
            ("model", "dim", "dim"),
        )
        if found.by_year:
            text += f"\n  by year: {', '.join(f'{year} {number}' for year, number in found.by_year)}\n"
            shares = zip(found.by_family, found.of_family, strict=True)
            shown = ", ".join(f"{plain(name)} {number} of {most}" for (name, number), (_, most) in shares)
            text += f"  by family, of its models since {found.introduced}: {shown}\n"
        if found.inherited:
            text += f"\n{self.paint('With weights that came from these', 'head')}\n"
            text += f"  {_some(found.inherited, None if everything else _MOST_HEIRS)}\n"
        if found.without:
            families = "1 family" if len(found.without) == 1 else f"{len(found.without)} families"
            title = f"Not known to use or inherit it: {families} with models since {found.introduced}, and how many"
            text += f"\n{self.paint(title, 'head')}\n"
            listed = [f"{plain(name)} {number}" for name, number in found.without]
            text += f"  {_some(listed, None if everything else _MOST_FAMILIES)}\n"
        return text

    def stats(self, found: Stats) -> str:
        """The graph in numbers."""
        total_edges = sum(number for _, number in found.edges)
        share = 100 * found.edges_with_source / total_edges if total_edges else 100
        text = self.table(
            [
                ("nodes", str(sum(number for _, number in found.nodes)), _counts(found.nodes)),
                ("edges", str(total_edges), _counts(found.edges)),
                ("relations", str(sum(number for _, number in found.relations)), _counts(found.relations)),
                ("evidence", str(total_edges), _counts(found.evidence)),
                (
                    "with a source",
                    str(found.edges_with_source),
                    f"{share:.0f} % of the edges; {count(found.sources, 'document')}",
                ),
                ("generations", str(found.generations), "of models, the first included"),
                ("roots", str(found.roots), "models without a parent"),
                ("leaves", str(found.leaves), "models without a child"),
                ("merges", str(found.merges), "models merged from several"),
                ("isolated", str(found.isolated), "nodes without an edge"),
                ("ends known", str(found.ends_known), "models whose weights go back to `scratch` or `undisclosed`"),
                (
                    "parts known",
                    str(found.parts_known),
                    f"of {count(found.parts_asked, 'model')} with weights to be had; `lineage ls is:incomplete` lists the rest",
                ),
                *((name, str(number), "models of this collection") for name, number in found.collections),
            ],
            ("head",),
        )
        for title, ranked in (
            ("Most descendants", found.most_descendants),
            ("Most adopted techniques", found.most_adopted),
            ("Papers whose techniques were adopted most", found.most_adopted_papers),
            ("Makers of most models", found.organizations),
            ("Widest families, in models", found.widest_families),
            ("Deepest families, in models one after another", found.deepest_families),
        ):
            rows = [(f"  {name}", str(number)) for name, number in ranked]
            text += f"\n{self.paint(title, 'head')}\n{self.table(rows)}"
        layers = ", ".join(map(str, found.by_generation))
        text += f"\n{self.paint('Models in each generation', 'head')}\n  {layers}\n"
        return text

    def timeline(self, graph: LineageGraph, events: Iterable[Event]) -> str:
        """Dates in their order, under the years in which they end."""
        shown = list(events)
        rows = [
            (f"  {event.date}", event.what, node.id, ", ".join(node.organizations[:3]) or "-", node.name)
            for event in shown
            for node in (graph[event.node],)
        ]
        counts = Counter(event.date[:4] for event in shown)
        text, year = "", ""
        for event, line in zip(shown, self.table(rows, ("", "dim", "model", "dim")).splitlines(), strict=True):
            if event.date[:4] != year:
                year = event.date[:4]
                text += f"{self.paint(year, 'head')}  {self.paint(str(counts[year]), 'dim')}\n"
            text += f"{line}\n"
        return text


def grade(edge: Edge) -> str:
    """What was passed on, and how well that is known."""
    return f"{edge.basis}, {edge.evidence}" if edge.basis else edge.evidence


def edge_role(edge: Edge) -> str:
    """The colour of an edge on a terminal: by how well it is known."""
    return "good" if edge.evidence in {"stated", "evident"} else "bad"


def _sections(graph: LineageGraph, node_id: str) -> list[tuple[str, tuple[Edge, ...], bool]]:
    """The edges of a node in titled groups; True where the other end is the later one."""
    return [
        ("Comes from", graph.in_edges(node_id, "derived-from", "succeeds"), False),
        ("Refines", graph.in_edges(node_id, "refines"), False),
        ("Introduced by", tuple(sorted(graph.in_edges(node_id, "introduced-technique"), key=_primary_first)), False),
        ("Introduces", graph.out_edges(node_id, "introduced-technique"), True),
        ("Uses", graph.in_edges(node_id, "uses-technique"), False),
        ("Described by", graph.in_edges(node_id, "described-by"), False),
        ("Describes", graph.out_edges(node_id, "described-by"), True),
        ("Came of it", graph.out_edges(node_id, "derived-from", "succeeds"), True),
        ("Refined by", graph.out_edges(node_id, "refines"), True),
        ("Used by", graph.out_edges(node_id, "uses-technique"), True),
    ]


def _primary_first(edge: Edge) -> tuple[bool, str]:
    return (edge.data.get("role") != "primary", edge.source)


def citation(source: Mapping[str, str]) -> str:
    """Where it is said, and what is said there."""
    locator = f" ({plain(source['locator'])})" if "locator" in source else ""
    return f"{plain(source['url'])}{locator}: {plain(source['shows'])}"


def _variant(variant: Mapping[str, str]) -> str:
    sizes = [variant[name] for name in ("parameters", "active_parameters") if name in variant]
    shown = " parameters, ".join(sizes[:1]) + (f", {sizes[1]} active" if len(sizes) > 1 else "")
    return f"{variant['name']} ({shown})" if shown and shown != variant["name"] else variant["name"]


def _lag(days: int | None) -> str:
    if days is None:
        return "-"
    return f"+{days} days" if days < 365 else f"+{days / 365.25:.1f} years"


def _some(names: Sequence[str], most: int | None) -> str:
    rest = f" and {len(names) - most} more (`--all` names them)" if most and len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _counts(ranked: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {name}" for name, number in ranked)
