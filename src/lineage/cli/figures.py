"""The command that draws: figure, the whole family tree or a small one, in any of its forms."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lineage import index
from lineage.cli.app import (
    as_of_option,
    asked,
    cli,
    emit,
    is_joined,
    load,
    output_option,
    tell,
    via_option,
    write,
    write_all,
)
from lineage.errors import LineageError, OutputError, UnknownNodeError
from lineage.select import select
from lineage.vocabulary import BASES, Basis, count, normal_form

if TYPE_CHECKING:
    from lineage.contour import TreeLayout
    from lineage.excerpts import Excerpt
    from lineage.graph import LineageGraph
    from lineage.layout import Layout
    from lineage.views.picture import Subject
    from lineage.views.references import Reference

FORMATS: Final = ("svg", "png", "webp", "pdf", "gv")
_FOREIGN_SHOWN: Final = 8
_OWN_SHOWN: Final = 24
"""Beside the great models there is room for so many of the user's own."""
_PAGES: Final = ("a4", "a3", "a2", "a1", "a0")


@cli.command()
@click.option(
    "--style",
    type=click.Choice(["lanes", "tree"]),
    default="lanes",
    show_default=True,
    help="Models in lanes, or as a tree that grows upward: of the whole graph the great ones.",
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
    help="With --style tree: small numbers of the sources, and beside the file their list, NAME.references.md [on the whole tree].",
)
@click.option("--page", type=click.Choice(_PAGES), help="Fit the figure to this paper and fold what has no room.")
@click.option("--budget", type=click.IntRange(min=1), help="Show so many models, those that matter most.")
@via_option
@as_of_option
@click.option("--title", help="The heading.")
@click.option(
    "--ground",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    help="Its colours; dark ones are not for gv.",
)
@click.option(
    "--scale", "zoom", type=click.IntRange(1, 4), default=2, show_default=True, help="Of a PNG or WebP: times 96 dpi."
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Without it, as the file is called; else svg.")
@output_option
@click.pass_context
def figure(context: click.Context, /, **options: Any) -> None:
    """Draw the family tree: all of it, or a small tree that answers one question.

    \b
    Example:
      lineage figure --focus roberta --up 2 --down 1 -o roberta.svg
    """
    form = _form(options["form"], options["output"])
    if form in {"png", "webp", "pdf"} and not options["output"] and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError(f"a {form} would disturb the terminal; name a file with -o")
    _refuse(form, options)
    graph = load(context)
    if not graph.nodes("model"):
        when = f" as of {asked(context)['as_of']}" if asked(context) else ""
        raise LineageError(f"the graph{when} holds no model; there is nothing to draw")
    options.update(asked(context))
    drawn = _tree(graph, form, options, context) if options["style"] == "tree" else _lanes(graph, form, options)
    content, shown, text, beside = drawn
    if options["output"]:
        strangers = [path for path, listed in beside.items() if not _ours(path, listed)]
        if strangers:
            raise OutputError(f"{strangers[0]} is no list of sources of lineage; move it away, or say --no-sources")
        if beside:
            write_all({options["output"]: content, **beside})
        else:
            write(options["output"], content)
        tell(f"{options['output']}: {shown}")
        for path in beside:
            tell(f"{path}: the sources by their numbers")
    else:
        emit(content)
    if form in {"png", "webp", "pdf"}:
        tell_boxes(str(options["output"] or f"the {form}"), [text])


def _refuse(form: str, options: dict[str, Any]) -> None:
    """Options that would change nothing."""
    if options["via"] and not (options["focus"] or options["selection"] or options["exclude"] or options["highlight"]):
        raise click.UsageError(
            "--via says which descent --focus, --select, --exclude and --highlight follow; without one of them it "
            "changes nothing. `lineage figure --focus NAME --via weights` draws who is kin by weights"
        )
    if options["sources"] and options["style"] == "tree" and _list_beside(options["output"]) is None:
        raise click.UsageError("--sources writes a list beside the figure; name a file with -o")
    if form == "gv" and options["ground"] == "dark":
        raise click.UsageError("--ground dark cannot be said of gv, which is drawn in light colours")


def tell_boxes(where: str, svgs: Iterable[str]) -> None:
    """Say on stderr which characters of pictures are empty boxes where no font of the reader steps in.

    Args:
        where: the files that have the boxes, for the message.
        svgs: the pictures as SVG; their words are looked at.
    """
    from html import unescape

    from lineage.forest import missing

    words = [unescape(word) for text in svgs for word in re.findall(r"<text[^>]*>([^<]*)</text>", text)]
    lost = missing("".join(words))
    if not lost:
        return
    # What names another parent is written from, + or & before its name.
    names = list(dict.fromkeys(re.sub(r"^(from|\+|&) ", "", word) for word in words if missing(word)))
    some = " ".join(f"{char} U+{ord(char):04X}" for char in lost[:_FOREIGN_SHOWN])
    some += " ..." if len(lost) > _FOREIGN_SHOWN else ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    tell(
        f"{where}: the bundled font lacks {count(len(lost), 'character')} ({some}), in {', '.join(names[:3])}{more}; "
        "they are empty boxes there. An SVG shows them in the fonts of its reader: draw that, or print it from a browser."
    )


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


_Drawn = tuple[bytes, str, str, dict[Path, bytes]]
"""The file, what it shows, the picture as SVG, and the files that belong beside it."""


def _tree(graph: LineageGraph, form: str, options: dict[str, Any], context: click.Context) -> _Drawn:
    """The great models as a tree that grows upward, its sides as they were chosen and stored beside the data."""
    given = [said for said, wrong in (
        ("--page", options["page"]), ("--rail", options["rail"] is not None), ("--time", options["scale"] != "density")
    ) if wrong]  # fmt: skip
    if given:
        raise click.UsageError(f"{', '.join(given)} cannot be said of --style tree; it belongs to --style lanes")
    from lineage import excerpts
    from lineage.views import figure as lanes_view
    from lineage.views import growth, paper, raster, references, tree

    excerpt = _excerpt(graph, options)
    subject = _subject(graph, excerpt, options)
    place, joined = context.obj or index.data_directory(), is_joined(context)
    most = options["budget"]
    layout = excerpts.grown(graph, excerpt, most) if excerpt else hero(graph, place, joined=joined, budget=most)
    numbers: dict[str, int] = {}
    beside: dict[Path, bytes] = {}
    listing = _list_beside(options["output"])
    # A number without its list says nothing.
    if listing and (options["sources"] or (options["sources"] is None and not excerpt)):
        found, numbers = sources(graph, layout, alone=True)
        if numbers:
            beside = {listing: references.as_markdown(graph, found).encode()}
    theme = None if options["ground"] == "auto" else options["ground"]
    if form in {"pdf", "gv"}:
        theme = theme or "light"
    text = tree.svg(graph, layout, theme, numbers, subject, listing.name if listing else "")
    match form:
        case "svg":
            content = text.encode()
        case "png":
            content = lanes_view.png(text, options["zoom"])
        case "webp":
            content = raster.webp(lanes_view.png(text, options["zoom"]))
        case "gv":
            content = growth.gv(graph, text, layout.chosen.parents).encode()
        case _:
            content = paper.pdf(text)
    return content, f"{len(layout.leaves)} of {count(len(graph.nodes('model')), 'model')}", text, beside


def _list_beside(output: Path | None) -> Path | None:
    """The list of the sources of a figure in this file; nothing where none can stand beside it."""
    if output is None or output.as_posix() == "-" or (output.exists() and not output.is_file()):
        return None
    return output.with_name(f"{output.stem}.references.md")


def _ours(path: Path, listed: bytes) -> bool:
    """Whether nothing stands at a path but a list of sources that may be written anew."""
    try:
        return path.read_bytes().startswith(listed.partition(b"\n")[0])
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def hero(graph: LineageGraph, place: Path, *, joined: bool = False, budget: int | None = None) -> TreeLayout:
    """The tree that grows upward by the choice that is stored beside the data, or by a short search where none fits.

    With a budget so many models are chosen anew, on the stored sides. Few models without a stored choice are a small tree, in which
    every line is descent.

    Where the user's records are joined to those of lineage, theirs are shown before all others.
    """
    import json

    from lineage import excerpts
    from lineage.beams import stored
    from lineage.limbs import BUDGET

    most = budget or BUDGET
    anew: dict[str, Any] = {"shown": []} if budget else {}
    if joined and not (place / "tree.json").is_file():
        builtin = index.builtin_directory()
        ours = index.load(builtin)
        own = sorted(
            (node for node in graph.nodes("model") if node.id not in ours),
            key=lambda node: (-len(graph.descendants(node.id)), node.date, node.id),
        )
        content = json.loads((builtin / "tree.json").read_bytes())
        pinned = [node.id for node in own[:_OWN_SHOWN]]
        content |= {"shown": [], "pinned": [*pinned, *content["pinned"]]}
        return stored(graph, content, budget=most)
    try:
        return stored(graph, json.loads((place / "tree.json").read_bytes()) | anew, budget=most)
    except (OSError, ValueError, TypeError):
        ids = tuple(node.id for node in graph.nodes("model"))
        if len(ids) <= excerpts.FEW:
            return excerpts.grown(graph, excerpts.Excerpt("", ids, ""), budget)
        return stored(graph, None, budget=most)


def sources(
    graph: LineageGraph, layout: TreeLayout, *, alone: bool = False
) -> tuple[tuple[Reference, ...], dict[str, int]]:
    """The numbered sources of all lines of descent, and for each model of a tree that of the line by which it hangs.

    Those of the tree have the smallest numbers. With ``alone`` there are no others: the list of one figure.
    """
    from lineage.views import references

    hung = [one for one in layout.leaves if layout.chosen.parents.get(one)]
    drawn = references.steps(layout.chosen.graph, hung)
    # A line that stands for several has the source of the last of them.
    own = references.steps(graph, hung) | {one: edge for one, edge in drawn.items() if edge.sources}
    every = own.values() if alone else references.shown_edges(graph, [node.id for node in graph.nodes("model")])
    found = references.references(graph, every, own.values())
    return found, references.marks(found, own)


def _lanes(graph: LineageGraph, form: str, options: dict[str, Any]) -> _Drawn:
    """The whole in lanes or a small tree."""
    from dataclasses import replace

    from lineage.folding import kept
    from lineage.layout import lanes
    from lineage.views import dot, figure, raster
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
        subject = replace(subject, folded=True, asked=most)
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
    svg = "" if form == "gv" else figure.svg(graph, layout, subject, ground=options["ground"])
    match form:
        case "svg":
            content = svg.encode()
        case "png":
            content = figure.png(svg, scale=options["zoom"])
        case "webp":
            content = raster.webp(figure.png(svg, scale=options["zoom"]))
        case "pdf":
            content = figure.pdf(graph, layout, subject, ground="dark" if options["ground"] == "dark" else "light")
        case _:
            plain = replace(subject, focus=frozenset(), highlighted=None, since="", page=None)
            content = dot.pinned(graph, layout, plain).encode()
    return content, shown, svg, {}


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
    from lineage.excerpts import said_of
    from lineage.rail import short_name

    if not text:
        return None, "", "", ""
    for method in ("technique:", "uses:"):
        if text.startswith(method) and "," not in text and " " not in text:
            name = text.removeprefix(method).strip('"')
            try:
                node = graph[graph.resolve(name)]
            except UnknownNodeError as error:
                if error.candidates or error.not_yet or "*" in name:
                    break
                raise UnknownNodeError(name, _near_techniques(graph, name)) from None
            if node.kind == "technique":
                return frozenset(graph.adopters(node.id)), f"use {node.name}", f"use {short_name(node)}", node.id
    chosen = frozenset(select(graph, [text], via=via))
    return chosen, f"are selected by {text}{said_of(via)}", text, ""


def _near_techniques(graph: LineageGraph, name: str) -> tuple[str, ...]:
    """The techniques whose ids or names are most like a name."""
    import difflib

    called = {normal_form(said): node.id for node in graph.nodes("technique") for said in (node.name, node.id)}
    found = difflib.get_close_matches(normal_form(name), sorted(called), 3, 0.3)
    return tuple(dict.fromkeys(called[each] for each in found))


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
