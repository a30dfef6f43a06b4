"""Commands that write: build, the main job, and export."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from lineage import index
from lineage.cli.app import (
    as_of_option,
    cli,
    emit,
    is_joined,
    load,
    output_option,
    page,
    say,
    tell,
    via_option,
    write,
    write_all,
)
from lineage.cli.figures import hero, sources, tell_boxes
from lineage.cli.steps import Steps
from lineage.errors import CatalogError, LimitError, OutputError
from lineage.select import select
from lineage.views.exchange import FORMATS
from lineage.views.exchange import write as exchange
from lineage.vocabulary import BASES, Basis, count

if TYPE_CHECKING:
    from lineage.contour import TreeLayout
    from lineage.graph import LineageGraph
    from lineage.tours import Tour
    from lineage.views.description import Folding
    from lineage.views.references import Reference

_SLOW_DRAWING: Final = 800
"""Nodes and edges together, above which Graphviz needs more than some seconds."""
_MOST_LOST: Final = 6
"""So many of the fields that a format cannot hold are named on one line."""


@cli.command()
@click.option(
    "-o",
    "--output",
    "--out",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("output"),
    show_default=True,
    help="Directory to write to; it is made if it is not there.",
)
@click.option(
    "--blog",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="SITE",
    help="Also write pictures, page and an include into this Jekyll site.",
)
@click.option(
    "--tour",
    "tour_files",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    multiple=True,
    metavar="FILE.md",
    help="Put this guided tour on the page: a Markdown list of permalinks with text.",
)
@click.pass_context
def build(context: click.Context, out: Path, blog: Path | None, tour_files: tuple[Path, ...]) -> None:
    """Check the data and write the family tree and the page that explores it.

    Writes tree.svg, .png, .webp, .pdf and .gv, the great models; family-tree.svg and so on, all models; both in words (.md), the
    references, explorer.html and graph.json, each in one piece or not at all; of the records that came with lineage also a small
    tree for each section of the post. With problems in the data nothing is written, and all problems are told.

    \b
    Example:
      lineage build --out output
    """
    began = time.monotonic()
    steps = Steps(began)
    steps.begin("checking the data")
    graph = load(context)
    if blog and not (blog / "_config.yml").is_file():
        raise OutputError(f"{blog} has no _config.yml, so it is no Jekyll site; name the folder that has one")
    told = _tours(graph, tour_files)
    grown = _grown(graph, context.obj or index.data_directory(), steps, joined=is_joined(context))
    outputs = _render(graph, grown, steps, told)
    kit = _kit(graph, blog, grown, outputs, steps) if blog else {}
    steps.begin("writing")
    write_all({out / name: content for name, content, _ in outputs})
    write_all(kit)
    gone = _cleared(blog, kit) if blog else ()
    steps.end()
    rows = [((out / name).as_posix(), _size(len(content)), shows) for name, content, shows in outputs]
    if blog:
        shows = f"{count(len(kit), 'file')} of the blog kit"
        rows.append(((blog / "assets/lineage").as_posix(), _size(sum(map(len, kit.values()))), shows))
    say(page().table(rows, ("model", "dim")))
    pictures = [content.decode() for name, content, _ in outputs if name in {"tree.svg", "family-tree.svg"}]
    tell_boxes("the .png, .webp and .pdf files", pictures)
    if gone:
        lost = ", ".join(path.removeprefix("_includes/") for path in gone if path.startswith("_includes/"))
        tell(
            f"{blog}: removed {count(len(gone), 'file')} of a former build, which these data do not make: {lost}; "
            "Jekyll will name the posts that still include them"
        )
    say(f"{count(len(outputs) + len(kit), 'file')} in {time.monotonic() - began:.1f} s\n")


def _tours(graph: LineageGraph, paths: Sequence[Path]) -> tuple[Tour, ...]:
    """Tours of one's own.

    Raises:
        CatalogError: if there is anything wrong with one of them; all that is wrong with all of them is told.
    """
    if not paths:
        return ()
    from lineage import tours

    texts = {path.as_posix(): path.read_bytes().decode("utf-8", "replace") for path in paths}
    found, problems = tours.checked(texts, graph)
    if problems:
        raise CatalogError(problems)
    return found


@dataclass(frozen=True)
class _Grown:
    """The tree that grows upward, and what is told of it."""

    layout: TreeLayout
    folding: Folding
    cited: tuple[Reference, ...]
    """The sources of all lines of descent."""
    numbers: dict[str, int]


def _grown(graph: LineageGraph, place: Path, steps: Steps, *, joined: bool) -> _Grown:
    from lineage.views import dot
    from lineage.views.description import Folding

    if len(graph.nodes("model")) > dot.MAX_NODES:
        raise LimitError(
            f"{len(graph.nodes('model')):,} models are more than a picture may have ({dot.MAX_NODES:,}); "
            "`lineage figure --select` draws a part of them"
        )
    steps.begin("growing the tree")
    layout = hero(graph, place, joined=joined)
    folding = Folding(layout.chosen.parents, {one: leaf.folded for one, leaf in layout.leaves.items()})
    return _Grown(layout, folding, *sources(graph, layout))


def _render(
    graph: LineageGraph, grown: _Grown, steps: Steps, tours: Sequence[Tour] = ()
) -> list[tuple[str, bytes, str]]:
    """Every output, before any is written: name, content, and how much of the graph it shows."""
    from concurrent.futures import ThreadPoolExecutor

    from lineage.layout import lanes
    from lineage.rail import on_rail
    from lineage.views import description, dot, explorer, figure, growth, paper, raster, references, tree
    from lineage.views.picture import Subject, linked
    from lineage.views.text import as_json

    models, total = len(graph.nodes("model")), len(graph)
    tall, cited, numbers = grown.layout, grown.cited, grown.numbers
    steps.begin("drawing tree.svg")
    # Pictures of dots are packed beside: that leaves Python free.
    with ThreadPoolExecutor(1) as beside:
        tree_svg = tree.svg(graph, tall, numbers=numbers)
        tree_png = figure.png(tree_svg, scale=2)
        tree_dots = [beside.submit(make, tree_png) for make in (raster.halved, raster.webp)]
        tree_light = tree.svg(graph, tall, "light", numbers)
        tree_pdf = paper.pdf(tree_light)
        tree_gv = growth.gv(graph, tree_light, tall.chosen.parents)
        tree_words = description.describe(graph, tall.leaves, "tree", grown.folding)
        great = f"{len(tall.leaves)} of {count(models, 'model')}"
        steps.begin("laying out the lanes")
        layout = lanes(graph)
        railed = on_rail(graph, layout)
        steps.begin("drawing family-tree.svg")
        svg = figure.svg(graph, railed)
        steps.begin("drawing family-tree.png")
        png = figure.png(svg, scale=2)
        dots = [beside.submit(make, png) for make in (raster.halved, raster.webp)]
        steps.begin("drawing family-tree.pdf")
        pdf = figure.pdf(graph, railed)
        steps.begin("drawing family-tree.gv")
        gv = dot.pinned(graph, railed, Subject())
        steps.begin("making explorer.html")
        page = explorer.render(graph, layout, tall.leaves, tours)
        sections = figure.sections(graph)
        drawn = f"{len(layout.boxes)} of {count(models, 'model')}, {count(len(layout.links), 'line')} of descent"
        everything = f"{total} of {count(total, 'node')}, {count(len(graph.edges()), 'edge')}"
        told = f"{count(len(cited), 'source')} of the lines of descent"
        return [
            ("tree.svg", tree_svg.encode(), great),
            ("tree.png", tree_png, great),
            ("tree-1x.png", tree_dots[0].result(), great),
            ("tree.webp", tree_dots[1].result(), great),
            ("tree.pdf", tree_pdf, great),
            ("tree.gv", tree_gv.encode(), great),
            ("tree.md", tree_words.encode(), f"{great}, in words"),
            ("family-tree.svg", svg.encode(), drawn),
            ("family-tree.png", png, drawn),
            ("family-tree-1x.png", dots[0].result(), drawn),
            ("family-tree.webp", dots[1].result(), drawn),
            ("family-tree.pdf", pdf, drawn),
            ("family-tree.gv", gv.encode(), drawn),
            ("family-tree.md", description.describe(graph, layout.boxes).encode(), f"{drawn}, in words"),
            ("references.md", references.as_markdown(graph, cited).encode(), told),
            ("references.bib", references.as_bibtex(cited).encode(), told),
            *(
                (f"sections/{year}.svg", linked(text, "../explorer.html").encode(), f"the section {year} of the post")
                for year, text in sections.items()
            ),
            ("explorer.html", page.encode(), everything),
            ("graph.json", as_json(graph.to_dict()).encode(), everything),
        ]


def _kit(
    graph: LineageGraph, site: Path, grown: _Grown, outputs: list[tuple[str, bytes, str]], steps: Steps
) -> dict[Path, bytes]:
    """The files of the blog kit by their places in the site.

    Raises:
        OutputError: if something that is not ours stands where they go.
    """
    from lineage import excerpts
    from lineage.views import blog, description, figure, references, tree
    from lineage.views.picture import linked

    steps.begin("making the kit of the blog")
    made = {name: content.decode() for name, content, _ in outputs if name.endswith((".svg", ".html"))}
    years = sorted({node.year for node in graph.nodes("model")})
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
    great = next(shows for name, _, shows in outputs if name == "tree.svg")
    what = f"Family tree of language models, {span}, by date and architecture: {great}."
    kit = blog.kit(
        blog.Shown("tree", tree.svg(graph, grown.layout, numbers=grown.numbers, listed="references.html"), what, what),
        made["explorer.html"],
        whole=made["family-tree.svg"],
        description=description.describe_html(graph, grown.layout.leaves, "tree", grown.folding),
        references=references.as_html(graph, grown.cited),
        bibtex=references.as_bibtex(grown.cited),
        png=figure.png,
        sections=[
            blog.Shown(
                f"section-{name}",
                linked(made[f"sections/{name}.svg"], "explorer.html"),
                f"Family tree, {excerpt.title}: {count(len(excerpt.ids), 'model')}: {excerpt.said}.",
                f"{excerpt.title}: {excerpt.said}.",
            )
            for name, excerpt in excerpts.sections(graph).items()
        ],
    )
    strangers = blog.foreign(kit, lambda path: (site / path).read_bytes() if (site / path).is_file() else None)
    if strangers:
        more = f", nor were {len(strangers) - 1} more" if len(strangers) > 1 else ""
        raise OutputError(f"{site / strangers[0]} was not written by lineage{more}; move it away, and build again")
    return {site / path: content for path, content in kit.items()}


def _cleared(site: Path, kit: Mapping[Path, bytes]) -> tuple[str, ...]:
    """Take the files of a former kit away that this one has not, and tell which.

    Raises:
        OutputError: if one cannot be removed.
    """
    from lineage.views import blog

    path = site / blog.INCLUDES
    try:
        here = {one.relative_to(site).as_posix(): one.read_bytes() for one in path.glob("*.html") if one.is_file()}
        found = blog.stale([one.relative_to(site).as_posix() for one in kit], here)
        gone = tuple(one for one in found if (site / one).is_file())
        for one in gone:
            path = site / one
            path.unlink()
    except OSError as error:
        raise OutputError(f"cannot clear {path}: {error.strerror or error}") from None
    return gone


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


@cli.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("selection", nargs=-1)
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@via_option
@as_of_option
@output_option
@click.option("-v", "--verbose", is_flag=True, help="Name everything that the format cannot hold.")
@click.option("--strict", is_flag=True, help="Exit 1 if the format cannot hold everything; it is written all the same.")
@click.pass_context
def export(
    context: click.Context,
    form: str,
    selection: tuple[str, ...],
    exclude: tuple[str, ...],
    via: tuple[Basis, ...],
    output: Path | None,
    *,
    verbose: bool,
    strict: bool,
) -> None:
    """Hand a selection to another program; what the format cannot hold is counted on stderr.

    \b
    FORMAT is one of
      json ndjson node-link cytoscape    nothing lost
      csv csv-edges                      one row a node, or one row an edge
      graphml gexf                       Gephi, yEd, Cytoscape
      dot svg mermaid                    diagrams
      newick auspice                     the models as a tree in time
      bibtex csl                         the papers of what is selected
      cyclonedx prov                     ML-BOM with pedigree, W3C PROV

    \b
    Example:
      lineage export mermaid +alpaca
    """
    graph = load(context)
    chosen = graph.subgraph(select(graph, selection, exclude=exclude, via=via or BASES))
    if form == "svg":
        _tell_of_patience(chosen)
    made = exchange(form, chosen, graph)
    if output:
        write(output, made.text.encode())
        tell(f"{output}: {count(len(chosen), 'node')}, {count(len(chosen.edges()), 'edge')}")
    else:
        emit(made.text)
    if form == "newick" and not chosen.nodes("model"):
        tell("newick: no model is selected; readers take what is written for a tree of one leaf without a name")
    if made.left_out:
        tell(f"{form} has no place for: {_lost(made.left_out, len(made.left_out) if verbose else _MOST_LOST)}")
        if strict:
            context.exit(1)


def _tell_of_patience(chosen: LineageGraph) -> None:
    """Say beforehand that Graphviz needs long for so many."""
    from lineage.views import dot

    nodes, edges = len(chosen), len(chosen.edges())
    if nodes <= dot.MAX_NODES and nodes + edges > _SLOW_DRAWING:
        tell(
            f"Graphviz may need up to {dot.MOST_SECONDS:.0f} seconds for {count(nodes, 'node')} and {count(edges, 'edge')}; "
            "`lineage figure` draws the models of so many in a few"
        )


def _lost(left_out: Sequence[tuple[int, str]], most: int) -> str:
    """What is lost; of many fields the first ones, and how many there are beside."""
    if len(left_out) <= most + 1:
        most = len(left_out)
    shown = [f"{number:,} {what}" for number, what in left_out[:most]]
    further = len(left_out) - most
    rest = f" and {count(further, 'other field')} (`--verbose` names all)" if further else ""
    return ", ".join(shown) + rest
