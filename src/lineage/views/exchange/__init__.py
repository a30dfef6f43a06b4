"""The formats in which a selection travels to other programs: one module each, and what each of them cannot hold.

Nothing is left out in silence: every writer counts what its format has no place for, and :func:`write` hands the counts
on. Where a library is kept well it writes the format; the same graph gives the same bytes with the same libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final, NamedTuple

from lineage.graph import LineageGraph
from lineage.views.exchange.content import Exchanged

__all__ = ["FORMATS", "Exchanged", "Format", "write"]


class Format(NamedTuple):
    """A format: the module that writes it, and what a reader should know."""

    suffix: str
    """How the name of a file ends."""
    module: str
    """In this package; it has a function ``write``, or one that is named after a colon."""
    opens: str
    """The programs that open it, in a few words."""
    documents: bool = False
    """Whether it names the papers of what is selected, and so has to see the whole graph, too."""


FORMATS: Final[dict[str, Format]] = {
    "json": Format(".json", "envelope", "lineage and any program: the envelope of every JSON answer, nothing lost"),
    "ndjson": Format(".ndjson", "envelope:lines", "jq, DuckDB, pandas: one node or edge a line, nothing lost"),
    "node-link": Format(".json", "node_link", "networkx, D3: JSON, nothing lost"),
    "cytoscape": Format(".cyjs", "cytoscape", "Cytoscape and Cytoscape.js: JSON, nothing lost"),
    "csv": Format(".csv", "tables", "spreadsheets: one row a node"),
    "csv-edges": Format(".csv", "tables:edges", "spreadsheets: one row an edge"),
    "graphml": Format(".graphml", "graphml", "Gephi, yEd, Cytoscape, igraph"),
    "gexf": Format(".gexf", "gexf", "Gephi"),
    "dot": Format(".gv", "graphviz", "Graphviz"),
    "svg": Format(".svg", "graphviz:picture", "browsers: drawn by the Graphviz that came with lineage"),
    "mermaid": Format(".mmd", "mermaid", "GitHub and other Markdown: a flowchart"),
    "newick": Format(".nwk", "newick", "iTOL, FigTree, ete, Taxonium: models on one line of descent each"),
    "auspice": Format(".json", "auspice", "auspice.us, Taxonium: the same with dates and colours"),
    "bibtex": Format(".bib", "bibtex", "LaTeX, Zotero: the papers of what is selected", documents=True),
    "csl": Format(".json", "csl", "Zotero, Pandoc: the same as CSL JSON", documents=True),
    "cyclonedx": Format(".cdx.json", "cyclonedx", "Dependency-Track: an ML-BOM with pedigree", documents=True),
    "prov": Format(".prov.json", "prov", "W3C PROV as PROV-JSON"),
}
"""Every format by the name that the command line gives it."""


def write(name: str, graph: LineageGraph, whole: LineageGraph | None = None) -> Exchanged:
    """A graph in one of the :data:`FORMATS`.

    Args:
        name: a key of :data:`FORMATS`.
        graph: what is written.
        whole: the graph that it was taken from, for formats that name the papers of what is selected.

    Raises:
        ValueError: if there is no such format.
        LimitError: if the format or its viewers cannot take so much.

    >>> import lineage
    >>> graph = lineage.load()
    >>> print(write("newick", graph.subgraph(["llama", "alpaca"]))[0], end="")
    (alpaca:0.046576)llama;
    """
    if name not in FORMATS:
        raise ValueError(f"`{name}` is no format; there are {', '.join(FORMATS)}")
    form = FORMATS[name]
    module, _, function = form.module.partition(":")
    writer = getattr(import_module(f"{__name__}.{module}"), function or "write")
    made: Exchanged = writer(graph, whole or graph) if form.documents else writer(graph)
    # Half a pair of surrogates is no character, and nothing can be written with it.
    text = made.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Exchanged(text, tuple((count, what) for count, what in made.left_out if count))
