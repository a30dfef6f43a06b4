"""The explorer page: one HTML file that works offline, under a policy that lets nothing run but its own scripts.

The page draws the coordinates of the layout, so the tree in it is the tree of the figure. Its network view is drawn by
vis-network from what a :class:`pyvis.network.Network` holds; the templates of pyvis are not used, because they call
content servers and run script that stands in the data.

Nothing from the data is ever markup here: text goes through an autoescaped template or stands in JSON blocks in which
no ``<``, ``>`` or ``&`` is left, and the scripts put it on the page as text nodes. The policy in the head names the
digest of each script and of the style sheet, and forbids everything else, inline handlers and requests included.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from lineage import tours
from lineage.folding import kept
from lineage.graph import LineageGraph, Node
from lineage.layout import BAND_LABELS, BAND_OF_ARCHITECTURE, CHIP_PADDING, CHIP_SIZE, FONT_SIZE, Box, Chip, Layout
from lineage.views.columns import columns, packed, packed_text
from lineage.views.palette import THEMES, Theme
from lineage.vocabulary import count

if TYPE_CHECKING:
    import pyvis.network

TITLE: Final = "Family tree of language models"

_LIBRARY: Final = (
    "assets/explorer-library.js",
    "vendor/hammerjs/hammer.min.js",
    "vendor/keycharm/keycharm.js",
    "vendor/component-emitter/component-emitter.js",
    "vendor/vis-util/vis-util.min.js",
    "vendor/vis-data/vis-data.min.js",
    "vendor/vis-network/vis-network.min.js",
)
"""Packed as one text, and run when the network view is opened for the first time."""
FIRST_SCRIPT: Final = "assets/explorer-first.js"
"""A script of its own: it runs before anything is painted."""
OWN_SCRIPTS: Final = tuple(
    f"assets/explorer{part}.js"
    for part in (
        "-state",
        "-unpack",
        "-data",
        "-columns",
        "-squeeze",
        "-shown",
        "-colours",
        "-elements",
        "-words",
        "-measures",
        "-paths",
        "-bibtex",
        "-claims",
        "-answers",
        "-timeline",
        "-picker",
        "-relation",
        "-panel",
        "-window",
        "-marks",
        "-tree",
        "-arrange",
        "-layers",
        "-bends",
        "-scope",
        "-network",
        "-table",
        "-select",
        "-methods",
        "-search",
        "-filters",
        "-notice",
        "-keys",
        "-tours",
        "-exports",
        "-picture",
        "-portrait",
        "-save",
        "-side",
        "",
    )
)
"""In the order in which they build on each other; all of them are one script of the page."""
_STYLES: Final = ("", "-panel", "-tours", "-save")
_COARSE: Final = 60
"""So many models are shown at first where nobody has chosen them."""
_LONGEST_LABEL: Final = 72
_LABEL_END: Final = 24
_WEIGHTS: Final = {
    "open": "open",
    "restricted": "restricted",
    "api": "only as a service",
    "unreleased": "not released",
}
_BASES: Final = {
    "weights": "weights",
    "outputs": "outputs (distilled)",
    "architecture": "architecture",
    "succession": "succession, no reuse claimed",
}
_EVIDENCE: Final = {
    "stated": "a primary source says so",
    "evident": "configuration, code or tokenizer show it",
    "reported": "a credible third party says so",
    "inferred": "our own reading, with a note",
}
_DASHES: Final[Mapping[str, bool | list[int]]] = {
    "outputs": [12, 4],
    "architecture": [2, 5],
    "succession": [6, 5],
    "described-by": [1, 4],
}
_KINDS: Final = tuple(_BASES)
_OPTIONS: Final = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {"dragNodes": False, "hover": True, "keyboard": False, "multiselect": False},
    "nodes": {"fixed": True, "physics": False, "widthConstraint": {"maximum": 190}, "margin": 7, "chosen": False},
    "groups": {"paper": {"shapeProperties": {"borderRadius": 0}}},
    "edges": {
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}},
        "smooth": {"enabled": True, "type": "cubicBezier", "roundness": 0.35},
        "selectionWidth": 0.5,
    },
}
_COMMENTS: Final = re.compile(r"^[ \t]*(?://.*|/\*\*(?:(?!\*/)[^`]|`[^`]*`)*\*/[ \t]*)(?:\n|\Z)", re.MULTILINE)
"""Comments that have their lines to themselves."""
_UNSPEAKABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control, direction and half characters: unwritable in UTF-8, or able to make a line read as another one."""


def render(graph: LineageGraph, layout: Layout, coarse: Collection[str] = (), told: Sequence[tours.Tour] = ()) -> str:
    """The page as a whole HTML document; the same graph and layout give the same characters.

    Args:
        graph: everything that can be searched, chosen and read.
        layout: where the models stand in the tree; a model that is not in it has only details and a network.
        coarse: the models that the tree opens on; without any those of which most came.
        told: tours beside those that are shipped; one of the same name takes the place of a shipped one.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style = _font() + _colours() + "".join(_asset(f"assets/explorer{part}.css") for part in _STYLES)
    library = _script("".join(_asset(name) for name in _LIBRARY))
    first = _script(_bare(_asset(FIRST_SCRIPT)))
    scripts = [_script("".join(_bare(_asset(name)) for name in OWN_SCRIPTS))]
    drawn, rest, prose = columns(graph, _plain)
    net = network(graph, layout)
    picture = {
        "graph": drawn,
        "layout": _geometry(graph, layout),
        "bands": {"labels": dict(BAND_LABELS), "of": dict(BAND_OF_ARCHITECTURE)},
        "coarse": _opening(graph, layout, coarse),
        "network": {"shapes": _shapes(net), "dashes": _DASHES, "options": net.options},
    }
    blocks: dict[str, Any] = {
        # Not packed: the first picture waits for it.
        "picture": picture,
        "about": {"repository": repository()},
        "tours": [tour.to_dict() for tour in {one.name: one for one in (*tours.shipped(graph), *told)}.values()],
    }
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_asset("assets/explorer.html"))
    # The markings below are the only text that is not escaped: it holds no markup or comes from this package.
    return template.render(
        policy=_policy([library, first, *scripts], style),
        title=TITLE,
        style=Markup(style),  # noqa: S704
        first=Markup(first),  # noqa: S704
        weights=list(_WEIGHTS.items()),
        bases=list(_BASES.items()),
        evidence=list(_EVIDENCE.items()),
        coverage=_coverage(graph, layout),
        models=list(_models(graph)),
        blocks=[(name, Markup(_json(content))) for name, content in blocks.items()],  # noqa: S704
        packed=[("rest", packed(rest)), ("prose", packed(prose)), ("library", packed_text(library))],
        scripts=[Markup(script) for script in scripts],  # noqa: S704
    )


def _opening(graph: LineageGraph, layout: Layout, coarse: Collection[str]) -> list[int]:
    """The places among the models of those that the tree opens on."""
    chosen = set(coarse) & layout.boxes.keys() or kept(graph, _COARSE, layout.boxes)
    return [index for index, one in enumerate(graph.nodes("model")) if one.id in chosen]


def _shapes(net: pyvis.network.Network) -> dict[str, str]:
    """The shape of each group of nodes, as pyvis holds it."""
    return {node["group"]: node["shape"] for node in net.nodes}


def network(graph: LineageGraph, layout: Layout) -> pyvis.network.Network:
    """All nodes and edges as a pyvis network with fixed places and without physics.

    Models stand where the layout puts them, techniques in rows above it and papers in rows below, at their dates. A
    label is plain text, and no node has a ``title``: pyvis would make that markup. Each edge has as ``id`` its
    position in ``graph.edges()``.
    """
    from pyvis.network import Network

    net = Network(directed=True)
    net.set_options("{}")
    net.options = _OPTIONS
    places = _places(graph, layout)
    for node in graph.nodes():
        x, y = places[node.id]
        net.add_node(
            node.id,
            label=_label(_spoken(node.name)),
            shape="ellipse" if node.kind == "technique" else "box",
            group=_group(node),
            x=x,
            y=y,
        )
    for position, edge in enumerate(graph.edges()):
        style = edge.basis or edge.kind
        dashes = {"dashes": _DASHES[style]} if style in _DASHES else {}
        label = {"label": _spoken(edge.relation).replace("-", " ")} if edge.relation else {}
        net.add_edge(edge.source, edge.target, id=position, **dashes, **label)
    return net


def _places(graph: LineageGraph, layout: Layout) -> dict[str, tuple[int, int]]:
    """Where each node of the whole network stands: models in the tree, the rest in the nearest free row at its date."""
    ticks = {tick.year: tick.x for tick in layout.ticks}
    first, last = min(ticks, default=0), max(ticks, default=0)
    step = (ticks[last] - ticks[first]) / (last - first) if last > first else 100.0
    places: dict[str, tuple[int, int]] = {}
    taken: dict[tuple[int, int], float] = {}
    rows = {"technique": -40, "paper": round(layout.height) + 40, "model": round(layout.height) + 20}
    signs = {"technique": -1, "paper": 1, "model": 1}
    for node in sorted(graph.nodes(), key=lambda node: (node.interval, node.id)):
        box = layout.boxes.get(node.id)
        if box:
            places[node.id] = (round(box.x + box.width / 2), round(box.y + box.height / 2))
            continue
        x = ticks.get(first, 0.0) + (node.interval.start.timetuple().tm_yday / 366 + node.year - first) * step
        row = 0
        while taken.get((rows[node.kind], row), float("-inf")) > x:
            row += 1
        taken[rows[node.kind], row] = x + 180
        places[node.id] = (round(x), rows[node.kind] + signs[node.kind] * row * 60)
    return places


def _group(node: Node) -> str:
    return _band(node) if node.kind == "model" else node.kind


def _band(node: Node) -> str:
    return BAND_OF_ARCHITECTURE.get(node.data.get("architecture", "undisclosed"), "undisclosed")


def _label(name: str) -> str:
    """A name short enough for a node of the network, without its middle: names of one series differ at the end."""
    if len(name) <= _LONGEST_LABEL:
        return name
    return f"{name[: _LONGEST_LABEL - _LABEL_END].rstrip()} … {name[-_LABEL_END:].lstrip()}"


def _geometry(graph: LineageGraph, layout: Layout) -> dict[str, Any]:
    """The layout as lists, in the order that ``explorer-data.js`` reads: models by their place among them, tenths of a point."""
    place = {one.id: index for index, one in enumerate(graph.nodes("model"))}
    boxes = [box for _, box in sorted(layout.boxes.items())]
    links = sorted(layout.links, key=lambda link: (link.target, link.source))
    linked = {link.target for link in links}
    parents = {box.id: graph.layout_parent(box.id) for box in boxes if box.id not in linked}
    hung = [(place[one], place[parent.source]) for one, parent in parents.items() if parent and parent.source in place]
    chips = sorted((chip for chip in layout.chips if chip.parent), key=lambda chip: (chip.id, chip.parent))
    return {
        "font": _round(FONT_SIZE),
        "chip": _round(CHIP_SIZE),
        "chipPadding": _round(CHIP_PADDING),
        "boxes": [
            [place[box.id] for box in boxes],
            *_tenths(boxes),
            [0 if box.label == graph[box.id].name else _spoken(box.label) for box in boxes],
        ],
        "links": [
            [place[link.source] for link in links],
            [place[link.target] for link in links],
            [_KINDS.index(link.kind) for link in links],
            [[round(value * 10) for point in link.points for value in point] for link in links],
        ],
        "parents": [list(column) for column in zip(*hung, strict=True)] or [[], []],
        "chips": [
            [place[chip.id] for chip in chips],
            [place[chip.parent] for chip in chips],
            *_tenths(chips),
            [0 if chip.label == f"+ {graph[chip.parent].name}" else _spoken(chip.label) for chip in chips],
        ],
        "bands": [[band.key, band.label, _round(band.y), _round(band.height)] for band in layout.bands],
        "ticks": [[tick.year, _round(tick.x)] for tick in layout.ticks],
    }


def _tenths(things: Sequence[Box] | Sequence[Chip]) -> list[list[int]]:
    """The columns x, y, width and height."""
    return [[round(getattr(one, name) * 10) for one in things] for name in ("x", "y", "width", "height")]


def _round(value: float) -> float:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _coverage(graph: LineageGraph, layout: Layout) -> str:
    counts = Counter(node.kind for node in graph.nodes())
    drawn = sum(node.id in layout.boxes for node in graph.nodes("model"))
    models = count(counts["model"], "model")
    if drawn != counts["model"]:
        models = f"{drawn} of {models}"
    claims = len(graph.edges())
    papers, techniques = count(counts["paper"], "paper"), count(counts["technique"], "technique")
    return (
        f"{models}, {papers}, {techniques}; {claims:,} {'claim' if claims == 1 else 'claims'}, each with its sources."
    )


def _models(graph: LineageGraph) -> Iterator[dict[str, str]]:
    """The rows of the table, the earliest first: name, makers, date, parents, and where to read on."""
    for node in sorted(graph.nodes("model"), key=lambda node: (node.date, node.id)):
        yield {
            "name": _spoken(node.name),
            "makers": _spoken(", ".join(node.organizations)),
            "date": node.date,
            "parents": _spoken(", ".join(graph[parent].name for parent in graph.parents(node.id))),
            "address": _address(node),
        }


def _address(node: Node) -> str:
    """The first source of a node that a browser may be sent to, or nothing."""
    for source in node.data.get("sources", ()):
        if re.match(r"https?://", str(source.get("url", ""))):
            return _spoken(str(source["url"]))
    return ""


def repository() -> str | None:
    """Where corrections may be sent: the address on GitHub that the installed package names, if it names one.

    It is ``Repository`` or ``Source`` among the addresses of the project, and only of the form
    ``https://github.com/owner/name``.
    """
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        named = metadata("model-lineage").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    for entry in named:
        label, _, address = (part.strip() for part in str(entry).partition(","))
        found = re.fullmatch(r"(https://github\.com/[\w.-]+/[\w.-]+?)(\.git)?/?", address)
        if label.casefold() in {"repository", "source", "source code"} and found:
            return found[1]
    return None


# -- text, scripts and colours on their way into the document ------------------------------------------------------------


def _spoken(text: str) -> str:
    """The text without characters that cannot be written or that turn the reading direction."""
    return _UNSPEAKABLE.sub("\ufffd", text)


def _plain(value: Any) -> Any:
    """The same JSON value with every text made speakable."""
    if isinstance(value, str):
        return _spoken(value)
    if isinstance(value, Mapping):
        return {_spoken(str(name)): _plain(one) for name, one in value.items() if one is not None}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _json(value: Any) -> str:
    """JSON that stays inside a script element, whatever its texts hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found.group()):04x}", text)


def _asset(name: str) -> str:
    return files("lineage").joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _script(text: str) -> str:
    """A script as it may stand in a document, without the pointer to a source map that is not there.

    Raises:
        ValueError: if the text would end its own element.
    """
    if re.search(r"</script|<!--", text, re.IGNORECASE):
        raise ValueError("a script holds `</script` or `<!--`; write it in two parts")
    return re.sub(r"^//# sourceMappingURL=.*\n?", "", text, flags=re.MULTILINE)


def _bare(script: str) -> str:
    """One of our scripts without the comments on lines of their own: a quarter of it, which its editors find in the package."""
    return _COMMENTS.sub("", script)


def _policy(scripts: list[str], style: str) -> str:
    """What the page may do: run these scripts and use this style sheet, and nothing else.

    The one maker of trusted scripts is for the library, which the page unpacks; a script of other text has no digest here.
    """
    allowed = " ".join(_digest(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lineage"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _font() -> str:
    """The font of the figure, whose widths the boxes have; characters that it does not hold come from the system."""
    data = base64.b64encode(files("lineage").joinpath("assets/fonts/inter.woff2").read_bytes()).decode()
    return f'@font-face{{font-family:"Figure";src:url("data:font/woff2;base64,{data}") format("woff2")}}\n'


def _colours() -> str:
    """The palette as custom properties: light, dark by the system's wish, dark or light by the reader's."""
    light, dark = _properties(THEMES["light"]), _properties(THEMES["dark"])
    bands = "".join(
        f".band-{key}{{--mark:var(--mark-{key});--fill:var(--fill-{key});--tint:var(--tint-{key})}}\n"
        for key in BAND_LABELS
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"{bands}"
    )


def _properties(theme: Theme) -> str:
    plain = {name: getattr(theme, name) for name in ("page", "ink", "muted", "rule", "accent")}
    bands = {
        f"{use}-{key}": getattr(swatch, use) for key, swatch in theme.bands.items() for use in ("mark", "fill", "tint")
    }
    return ";".join(f"--{name}:{value}" for name, value in {**plain, **bands}.items())
