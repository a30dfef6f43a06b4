"""A checked, sourced, typed graph of language models, papers and techniques.

Two verbs and a class: :func:`load` gives the :class:`LineageGraph` that answers questions, :func:`check` the problems that
keep a directory of records from being one.

>>> import lineage
>>> graph = lineage.load()
>>> graph.common_ancestors("alpaca", "vicuna", via=["weights"])
('llama',)
"""

from lineage.errors import (
    CatalogError,
    LineageError,
    Location,
    Problem,
    SelectorError,
    UnknownNodeError,
)
from lineage.graph import Edge, LineageGraph, Node
from lineage.index import check, load
from lineage.notebook import chosen, drawn

# A graph stands below selectors and figures; whoever imports anything of the package has it with both.
LineageGraph._lend(chosen, drawn)  # noqa: SLF001 - the package puts its own parts together
del chosen, drawn

__all__ = [
    "CatalogError",
    "Edge",
    "LineageError",
    "LineageGraph",
    "Location",
    "Node",
    "Problem",
    "SelectorError",
    "UnknownNodeError",
    "check",
    "load",
]
