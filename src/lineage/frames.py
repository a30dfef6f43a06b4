"""Nodes and edges as pandas tables. The only door to pandas, which is an extra: ``pip install "model-lineage[pandas]"``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lineage.errors import ToolError
from lineage.vocabulary import DateInterval

if TYPE_CHECKING:
    import pandas as pd

_FIRST_OF_NODES: Final = ("id", "kind", "name", "date", "year", "earliest", "latest", "organizations", "family")
_FIRST_OF_EDGES: Final = ("source", "target", "kind", "relation", "basis", "evidence", "urls")
_NUMBERS: Final = ("year", "context_length")


class Tables(NamedTuple):
    """A graph as two tables: ``nodes, edges = graph.to_pandas()``."""

    nodes: pd.DataFrame
    """One row for each node, by its id."""
    edges: pd.DataFrame
    """One row for each edge; ``source`` and ``target`` are ids of ``nodes``."""


def tables(nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> Tables:
    """The tables of nodes and edges that are ready for JSON, in the same order.

    Raises:
        ToolError: if pandas is not installed.
    """
    try:
        import pandas as pd  # 300 ms, and an extra
    except ImportError:
        raise ToolError('pandas is not installed; pip install "model-lineage[pandas]" brings it') from None

    rows = [{**node, **_days(node["date"])} for node in nodes]
    links = [{**edge, "urls": tuple(source["url"] for source in edge["sources"])} for edge in edges]
    table = pd.DataFrame(rows, columns=_columns(rows, _FIRST_OF_NODES)).set_index("id")
    for name in {*_NUMBERS} & {*table.columns}:
        table[name] = table[name].astype("Int64")
    for name in ("earliest", "latest"):
        table[name] = table[name].astype("datetime64[s]")
    return Tables(table, pd.DataFrame(links, columns=_columns(links, _FIRST_OF_EDGES)))


def _days(date: str) -> dict[str, Any]:
    """The plotted date in forms that can be compared: its year, and the first and last day that it may stand for."""
    interval = DateInterval.of(date)
    return {"year": interval.start.year, "earliest": interval.start, "latest": interval.end}


def _columns(rows: Iterable[Mapping[str, Any]], first: tuple[str, ...]) -> list[str]:
    """The same first columns whatever the rows hold, then the rest by name."""
    return [*first, *sorted({name for row in rows for name in row}.difference(first))]
