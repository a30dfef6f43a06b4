"""Two things side by side as text: two nodes, or two states of the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lineage.comparison import Change, Comparison, Difference
from lineage.graph import Edge, LineageGraph, Node
from lineage.views.text import Page, cut_off, grade
from lineage.vocabulary import printable as plain

_NARROWEST = 24


def comparison(page: Page, graph: LineageGraph, found: Comparison) -> str:
    """The records in two columns; then where each came from, what both came from, and the techniques."""
    one, other = (graph[node_id] for node_id in found.ids)
    label = max(len(name) for name, *_ in (*found.fields, ("techniques",))) + 2
    room = max((page.columns - label - 2) // 2, _NARROWEST) if page.columns else 60
    table = [("", _head(one), _head(other)), ("  id", one.id, other.id), ("  date", one.date, other.date)]
    table += [(f"  {name.replace('_', ' ')}", value(first), value(second)) for name, first, second in found.fields]
    text = page.table([(name, cut_off(plain(a), room), cut_off(plain(b), room)) for name, a, b in table], ("dim",))
    for node, edges in zip((one, other), found.parents, strict=True):
        text += f"\n{page.paint(f'{plain(node.name)} comes from', 'head')}\n"
        text += (
            "".join(page.claim(edge, page.named(graph[edge.source])) for edge in edges) or "  nothing that is known\n"
        )
    text += f"\n{page.paint('Nearest common ancestors', 'head')}\n"
    if not found.common_ancestors:
        text += "  none\n"
    for shared, lines in zip(found.common_ancestors, found.lines, strict=True):
        text += f"  {page.named(graph[shared])}\n"
        for line in lines:
            if len(line) > 1:
                text += "".join(f"    {row}\n" for row in page.path(graph, line, ALL).splitlines())
    text += f"\n{page.paint('Techniques', 'head')}\n"
    for title, ids in (
        ("both", found.shared_techniques),
        (f"only {one.id}", found.own_techniques[0]),
        (f"only {other.id}", found.own_techniques[1]),
    ):
        text += f"  {title}: {', '.join(ids) or '-'}\n"
    return text


ALL = ("weights", "outputs", "architecture", "succession")


def comparison_rows(found: Comparison) -> Iterator[tuple[object, ...]]:
    """What is compared, and both values."""
    yield ("id", *found.ids)
    for name, first, second in found.fields:
        yield (name, value(first), value(second))
    first_edges, second_edges = found.parents
    yield ("comes_from", _parents(first_edges), _parents(second_edges))
    for shared, (first_line, second_line) in zip(found.common_ancestors, found.lines, strict=True):
        yield (f"from {shared}", " > ".join(first_line), " > ".join(second_line))
    yield ("shared_techniques", ", ".join(found.shared_techniques), ", ".join(found.shared_techniques))
    yield ("own_techniques", *(", ".join(ids) for ids in found.own_techniques))


def _parents(edges: Iterable[Edge]) -> str:
    return "; ".join(
        f"{edge.source} {edge.label} ({grade(edge)}) {' '.join(source['url'] for source in edge.sources)}"
        for edge in edges
    )


def _head(node: Node) -> str:
    return f"{plain(node.name)} ({node.kind})"


def value(content: Any) -> str:
    """A field of a record in one line; a hyphen where it is not told."""
    if content is None or content == ():
        return "-"
    if isinstance(content, Mapping):
        shown = [
            str(content[name]) for name in ("date", "kind", "name", "parameters", "url", "shows") if name in content
        ]
        return " ".join(dict.fromkeys(shown)) or ", ".join(f"{name} {value(one)}" for name, one in content.items())
    if isinstance(content, tuple | list):
        return ", ".join(value(one) for one in content)
    return str(content)


# -- two states of the data


def difference(page: Page, found: Difference) -> str:
    """A line for each thing that was added (+), removed (-) or changed (~), with what it was and what it is."""
    text = ""
    for sign, role, nodes in (("+", "good", found.added_nodes), ("-", "bad", found.removed_nodes)):
        for node in nodes:
            text += page.paint(f"{sign} {node.kind} {node.id}", role) + f"  {plain(node.name)}, {node.date}\n"
    for change in found.changed_nodes:
        text += _change(page, change, change.key[0])
    for sign, role, edges in (("+", "good", found.added_edges), ("-", "bad", found.removed_edges)):
        for edge in edges:
            head = f"{sign} {edge.source} > {edge.target}"
            text += page.paint(head, role) + f"  {edge.label} ({grade(edge)})\n"
            text += "".join(f"    {plain(source['url'])}\n" for source in edge.sources)
    for change in found.changed_edges:
        source, target, kind, relation = change.key
        text += _change(page, change, f"{source} > {target}  {relation or kind}")
    return text


def _change(page: Page, change: Change, name: str) -> str:
    text = page.paint(f"~ {plain(name)}", "head") + "\n"
    for field, old, new in change.fields:
        text += f"    {field.replace('_', ' ')}: {plain(value(old))} -> {plain(value(new))}\n"
    return text


def difference_rows(found: Difference) -> Iterator[tuple[object, ...]]:
    """Sign, kind, id or both ends, relation, field, and what it was and is."""
    for sign, nodes in (("+", found.added_nodes), ("-", found.removed_nodes)):
        for node in nodes:
            yield (sign, node.kind, node.id, "", "", "", "", "")
    for change in found.changed_nodes:
        for field, old, new in change.fields:
            yield ("~", "node", change.key[0], "", "", field, value(old), value(new))
    for sign, edges in (("+", found.added_edges), ("-", found.removed_edges)):
        for edge in edges:
            url = edge.sources[0]["url"] if edge.sources else ""
            yield (sign, edge.kind, edge.source, edge.target, edge.relation, edge.evidence, "", url)
    for change in found.changed_edges:
        source, target, kind, relation = change.key
        for field, old, new in change.fields:
            yield ("~", kind, source, target, relation, field, value(old), value(new))


def as_dict(found: Difference) -> dict[str, Any]:
    """The difference for JSON: whole records of what came and went, and the fields of what changed."""
    return {
        "added": {
            "nodes": [dict(node.data) for node in found.added_nodes],
            "edges": [dict(edge.data) for edge in found.added_edges],
        },
        "removed": {
            "nodes": [dict(node.data) for node in found.removed_nodes],
            "edges": [dict(edge.data) for edge in found.removed_edges],
        },
        "changed": {
            "nodes": [{"id": change.key[0], "fields": _changed(change)} for change in found.changed_nodes],
            "edges": [
                {
                    **dict(zip(("source", "target", "kind"), change.key, strict=False)),
                    "relation": change.key[3] or None,
                    "fields": _changed(change),
                }
                for change in found.changed_edges
            ],
        },
    }


def _changed(change: Change) -> list[dict[str, Any]]:
    return [{"field": name, "old": old, "new": new} for name, old, new in change.fields]
