"""The command that draws: figure, the whole family tree or a small one, in any of its forms."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lineage import index
from lineage.cli.app import as_of_option, asked, cli, emit, is_joined, load, tell, via_option, write
from lineage.select import select
from lineage.vocabulary import BASES, Basis, count

if TYPE_CHECKING:
    from lineage.contour import TreeLayout
    from lineage.excerpts import Excerpt
    from lineage.graph import LineageGraph
    from lineage.layout import Layout
    from lineage.views.picture import Subject
    from lineage.views.references import Reference

FORMATS: Final = ("svg", "png", "pdf", "gv")
_LANES_ONLY: Final = (
    "focus",
    "family",
    "technique",
    "selection",
    "exclude",
    "highlight",
    "via",
    "page",
    "budget",
    "title",
)
_OWN_SHOWN: Final = 24
"""Beside the great models there is room for so many of the user's own."""
_PAGES: Final = ("a4", "a3", "a2", "a1", "a0")


@cli.command()
@click.option(
    "--style",
    type=click.Choice(["lanes", "tree"]),
    default="lanes",
    show_default=True,
    help="Every model in lanes, or the great ones as a tree that grows upward.",
)
@click.option("--focus", metavar="NAME", help="Only this model and its relatives: see --up and --down.")
@click.option("--up", type=click.IntRange(min=0), help="With --focus: generations of ancestors [2].")
@click.option("--down", type=click.IntRange(min=0), help="With --focus: generations of descendants [1].")
@click.option("--family", metavar="NAME", help="Only this family.")
@click.option("--technique", metavar="NAME", help="Only the models that use this technique, and its introduction.")
@click.option("--select", "selection", multiple=True, metavar="SELECTION", help="Only these; see `lineage ls`.")
@click.option("--exclude", multiple=True, metavar="SELECTION", help="Leave these out.")
@click.option(
    "--highlight",
    metavar="SELECTION",
    help="Mark these, and say how many they are; `technique:rope` marks who uses it.",
)
@click.option("--rail/--no-rail", default=None, help="The strip of techniques; without it only on the whole tree.")
@click.option(
    "--time",
    "scale",
    type=click.Choice(["linear", "density"]),
    default="density",
    show_default=True,
    help="Years to scale, or wide where there are many models.",
)
@click.option(
    "--sources/--no-sources",
    default=None,
    help="With --style tree: the small numbers of the sources, as in references.md [shown].",
)
@click.option("--page", type=click.Choice(_PAGES), help="Fit the figure to this paper and fold what has no room.")
@click.option("--budget", type=click.IntRange(min=1), help="Show so many models, those that matter most.")
@via_option
@as_of_option
@click.option("--title", help="The heading.")
@click.option(
    "--ground", type=click.Choice(["auto", "light", "dark"]), default="auto", help="Colours of an SVG or PNG."
)
@click.option(
    "--scale", "zoom", type=click.IntRange(1, 4), default=2, show_default=True, help="Of a PNG: times 96 dpi."
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it, as the file is called; else svg.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file, in one piece; folders that are missing are made.",
)
@click.pass_context
def figure(context: click.Context, /, **options: Any) -> None:
    """Draw the family tree: all of it, or a small tree that answers one question.

    \b
    Example:
      lineage figure --focus roberta --up 2 --down 1 -o roberta.svg
    """
    form = _form(options["form"], options["output"])
    if form in {"png", "pdf"} and not options["output"] and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError(f"a {form} would disturb the terminal; name a file with -o")
    graph = load(context)
    options.update(asked(context))
    drawn = _tree(graph, form, options, context) if options["style"] == "tree" else _lanes(graph, form, options)
    content, shown = drawn
    if options["output"]:
        write(options["output"], content)
        tell(f"{options['output']}: {shown}")
    else:
        emit(content)


def _form(form: str | None, output: Path | None) -> str:
    """The format that is asked for, or that the name of the file says."""
    if form:
        return form
    if output is None:
        return "svg"
    ending = output.suffix.lower().lstrip(".")
    ending = "gv" if ending == "dot" else ending
    if ending not in FORMATS:
        raise click.UsageError(f"{output.name} does not end in {', '.join(FORMATS)}; say the format with --format")
    return ending


def _tree(graph: LineageGraph, form: str, options: dict[str, Any], context: click.Context) -> tuple[bytes, str]:
    """The great models as a tree that grows upward, its sides as they were chosen and stored beside the data."""
    given = [name for name in _LANES_ONLY if options[name]]
    if given or options["rail"] is not None or options["scale"] != "density":
        named = ", ".join(f"--{'select' if name == 'selection' else name}" for name in given) or "--rail and --time"
        raise click.UsageError(f"{named} cannot be said of --style tree; it belongs to --style lanes")
    from lineage.views import figure as lanes_view
    from lineage.views import growth, paper, tree

    layout = hero(graph, context.obj or index.data_directory(), joined=is_joined(context))
    theme = None if options["ground"] == "auto" else options["ground"]
    numbers = {} if options["sources"] is False else sources(graph, layout)[1]
    if form in {"pdf", "gv"}:
        theme = "light"
    text = tree.svg(graph, layout, theme, numbers)
    match form:
        case "svg":
            content = text.encode()
        case "png":
            content = lanes_view.png(text, options["zoom"])
        case "gv":
            content = growth.gv(graph, text, layout.chosen.parents).encode()
        case _:
            content = paper.pdf(text)
    return content, f"{len(layout.leaves)} of {count(len(graph.nodes('model')), 'model')}"


def hero(graph: LineageGraph, place: Path, *, joined: bool = False) -> TreeLayout:
    """The tree that grows upward by the choice that is stored beside the data, or by a short search where none fits.

    Where the user's records are joined to those of lineage, theirs are shown before all others.
    """
    import json

    from lineage.beams import stored

    if joined and not (place / "tree.json").is_file():
        builtin = index.builtin_directory()
        ours = index.load(builtin)
        own = sorted(
            (node for node in graph.nodes("model") if node.id not in ours),
            key=lambda node: (-len(graph.descendants(node.id)), node.date, node.id),
        )
        content = json.loads((builtin / "tree.json").read_bytes())
        pinned = [node.id for node in own[:_OWN_SHOWN]]
        return stored(graph, content | {"shown": [], "pinned": [*pinned, *content["pinned"]]})
    try:
        return stored(graph, json.loads((place / "tree.json").read_bytes()))
    except (OSError, ValueError):
        return stored(graph, None)


def sources(graph: LineageGraph, layout: TreeLayout) -> tuple[tuple[Reference, ...], dict[str, int]]:
    """The numbered sources of all lines of descent, and for each model of a tree that of the line by which it hangs.

    The numbers are those of ``references.md``, whatever is drawn.
    """
    from lineage.views import references

    steps = references.steps(graph, [one for one in layout.leaves if layout.chosen.parents.get(one)])
    every = references.shown_edges(graph, [node.id for node in graph.nodes("model")])
    found = references.references(graph, every, steps.values())
    return found, references.marks(found, steps)


def _lanes(graph: LineageGraph, form: str, options: dict[str, Any]) -> tuple[bytes, str]:
    """The whole in lanes or a small tree."""
    from dataclasses import replace

    from lineage.folding import kept
    from lineage.layout import lanes
    from lineage.views import dot, figure
    from lineage.views.sheet import fitted

    if options["sources"] is not None:
        raise click.UsageError("--sources belongs to --style tree")
    excerpt = _excerpt(graph, options)
    subject = _subject(graph, excerpt, options)
    ids = excerpt.ids if excerpt else None
    keep = set(subject.focus)
    most = len(ids) if ids is not None else len(graph.nodes("model"))
    if options["budget"] and options["budget"] < most:
        ids = tuple(sorted(kept(graph, options["budget"], ids, keep)))
        subject = replace(subject, folded=True)
    reach = excerpt.techniques if excerpt and options["technique"] else ()
    finish = _finish(graph, excerpt, subject, options)
    if options["page"]:
        sheet = fitted(
            graph, options["page"], subject, ids, scale=options["scale"], reach=reach, finish=finish, keep=keep
        )
        layout, subject = sheet.layout, sheet.subject
    else:
        layout = finish(lanes(graph, ids, scale=options["scale"], reach=reach))
    models, lines = count(len(graph.nodes("model")), "model"), count(len(layout.links), "line")
    shown = f"{len(layout.boxes)} of {models}, {lines} of descent"
    match form:
        case "svg":
            return figure.svg(graph, layout, subject, ground=options["ground"]).encode(), shown
        case "png":
            svg = figure.svg(graph, layout, subject, ground=options["ground"])
            return figure.png(svg, scale=options["zoom"]), shown
        case "pdf":
            return figure.pdf(graph, layout, subject), shown
        case _:
            plain = replace(subject, focus=frozenset(), highlighted=None, since="", page=None)
            return dot.pinned(graph, layout, plain).encode(), shown


def _excerpt(graph: LineageGraph, options: dict[str, Any]) -> Excerpt | None:
    """The small tree that is asked for, if one is."""
    from lineage import excerpts

    via = options["via"] or BASES
    asked = [name for name in ("focus", "family", "technique", "selection") if options[name]]
    if len(asked) > 1:
        raise click.UsageError("--focus, --family, --technique and --select exclude one another")
    if not options["focus"] and (options["up"] is not None or options["down"] is not None):
        raise click.UsageError("--up and --down belong to --focus")
    if options["focus"]:
        up, down = (2 if options["up"] is None else options["up"]), (1 if options["down"] is None else options["down"])
        found = excerpts.around(graph, options["focus"], up=up, down=down, via=via)
    elif options["family"]:
        found = excerpts.of_family(graph, options["family"])
    elif options["technique"]:
        found = excerpts.of_technique(graph, options["technique"])
    elif options["selection"] or options["exclude"]:
        return excerpts.of_selection(graph, options["selection"], options["exclude"], via)
    else:
        return None
    return excerpts.without(found, select(graph, options["exclude"], via=via)) if options["exclude"] else found


def _subject(graph: LineageGraph, excerpt: Excerpt | None, options: dict[str, Any]) -> Subject:
    """Title, focus and highlight."""
    from lineage.views.picture import TITLE, Subject

    asked = options["highlight"] or (f"technique:{excerpt.techniques[0]}" if excerpt and excerpt.adopters else None)
    highlighted, said, key, since = _highlight(graph, asked, options["via"] or BASES)
    title = excerpt.title if excerpt else TITLE
    if "as_of" in options:
        title += f", as of {options['as_of']}"
    return Subject(
        title=options["title"] or title,
        said=excerpt.said if excerpt else "",
        focus=frozenset(excerpt.focus if excerpt else ()),
        focus_said=excerpt.focus_said if excerpt else "",
        highlighted=highlighted,
        highlight_said=said,
        highlight_key=key,
        since=since,
    )


def _highlight(
    graph: LineageGraph, text: str | None, via: Collection[Basis]
) -> tuple[frozenset[str] | None, str, str, str]:
    """The nodes to mark, what they have in common, the same in few words, and the technique that they share."""
    from lineage.rail import short_name

    if not text:
        return None, "", "", ""
    for method in ("technique:", "uses:"):
        if text.startswith(method) and "," not in text and " " not in text:
            node = graph[graph.resolve(text.removeprefix(method).strip('"'))]
            if node.kind == "technique":
                return frozenset(graph.adopters(node.id)), f"use {node.name}", f"use {short_name(node)}", node.id
    chosen = frozenset(select(graph, [text], via=via))
    return chosen, f"are selected by {text}", text, ""


def _finish(
    graph: LineageGraph, excerpt: Excerpt | None, subject: Subject, options: dict[str, Any]
) -> Callable[[Layout], Layout]:
    """What is done to a layout: the rail, where one is asked for or belongs."""
    from lineage.rail import on_rail

    wanted = options["rail"]
    only: Sequence[str] | None = excerpt.techniques if excerpt and excerpt.techniques else None
    if wanted is None:
        wanted = excerpt is None or bool(options["technique"])
    always = [subject.since] if subject.since else []
    if not wanted:
        return lambda layout: layout
    return lambda layout: on_rail(graph, layout, only=only, always=always)
