"""The files by which a Jekyll site shows the family tree: pictures for both themes, the page, and includes.

The site decides on the theme without a script: by ``data-theme`` on its root; else by a setting of it or of an include
(``lineage: {theme: dark}``, ``theme="auto"``, the skin of minima); else by the ``color-scheme`` of the page, for a page
that declares none is light whatever the system says. All files are at fixed paths in folders named ``lineage``. The
assets have no front matter, so Jekyll copies them as they are; in the includes every text that comes from outside is
written so that Liquid, Markdown and HTML see only its characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

from lineage.errors import ToolError
from lineage.views.prose import escaped
from lineage.views.raster import webp

ASSETS: Final = "assets/lineage"
INCLUDES: Final = "_includes/lineage"
MARK: Final = "Written by `lineage build --blog`; what is changed here by hand will be lost."
"""It stands in the includes and the style sheet, by which our files are known."""
WHOLE: Final = "family-tree.svg"
"""The file of the figure of all models."""
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNITS: Final = {"": 1.0, "px": 1.0, "pt": 96 / 72}
_ROOT: Final = re.compile(r"<svg\b[^>]*>")
_STYLE: Final = re.compile(r"(?<=<style>).*?(?=</style>)", re.DOTALL)
_MEDIA: Final = re.compile(r"@media \(prefers-color-scheme: ?dark\) ?\{(?:[^{}]*\{[^{}]*\})*\s*\}\n?")
_DARK_RULE: Final = re.compile(r"\s*:root\[data-theme=dark\][^{}]*\{[^{}]*\}")
_DARK_SCOPE: Final = ":root[data-theme=dark] "
_ASSET: Final = re.compile(rf"'/{ASSETS}/([a-z0-9][a-z0-9.-]*)' \| relative_url")
_OWN: Final = re.compile(r'<g class="lineage-\w+ (lineage-[0-9a-f]{8})">')
_EXPLORER_HEIGHT: Final = 640

Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on the site."""

    name: str
    """Of its files: small letters, digits and single hyphens."""
    svg: str
    """With the colours of both themes in one style sheet."""
    alternative: str
    """What it is, in a sentence or two, for who does not see it."""
    caption: str
    focus: str = ""
    """The id of the node at which the explorer opens from this picture, or nothing."""


def kit(
    tree: Shown,
    explorer: str,
    *,
    description: str,
    references: str,
    bibtex: str,
    png: Callable[[str, int], bytes],
    whole: str = "",
    sections: Iterable[Shown] = (),
) -> dict[str, bytes]:
    """All files of the kit by their paths in the site, ``/`` between the parts, sorted.

    Args:
        tree: the family tree.
        explorer: the page that explores it.
        description: its description in words, as an HTML page.
        references: its sources, as an HTML page.
        bibtex: its sources as BibTeX.
        png: draws an SVG of one theme at 96 dots per inch times a scale.
        whole: the figure of all models as SVG, where the family tree shows only some; it is linked, not shown.
        sections: small trees, each with an include of its own.

    Raises:
        ToolError: if a picture cannot be drawn, or is not one of ours.
        ValueError: if a name cannot be that of a file, or two pictures have the same.
    """
    files: dict[str, str | bytes] = {
        "_includes/lineage.html": (
            f"{_comment()}{_part(tree.name, 'theme=include.theme')}\n"
            f"{_part('explorer', 'node=include.node theme=include.theme')}\n"
        ),
        f"{INCLUDES}/explorer.html": _comment() + _frame(tree),
        f"{ASSETS}/lineage.css": _CSS,
        f"{ASSETS}/explorer.html": explorer,
        f"{ASSETS}/{tree.name}-description.html": description,
        f"{ASSETS}/references.html": references,
        f"{ASSETS}/references.bib": bibtex,
    }
    if whole:
        files[f"{ASSETS}/{WHOLE}"] = whole
    for shown in (tree, *sections):
        if (
            not _NAME.fullmatch(shown.name)
            or {f"{INCLUDES}/{shown.name}.html", f"{ASSETS}/{shown.name}.svg"} & files.keys()
        ):
            raise ValueError(f"{shown.name!r} cannot be the name of a picture of the site")
        files[f"{INCLUDES}/{shown.name}.html"] = _comment() + _figure(
            shown, main=shown is tree, more=[(WHOLE, "the whole tree")] if whole and shown is tree else []
        )
        files.update(_pictures(shown, png, main=shown is tree))
    return {path: _bytes(path, files[path]) for path in sorted(files)}


def foreign(paths: Iterable[str], content: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Those of the paths at which something stands that is not ours and must not be overwritten.

    An include and the style sheet are ours if they say so; other files, if the style sheet beside them is ours.

    Args:
        paths: those of the kit.
        content: what stands at a path of the site, or ``None`` where nothing does.
    """
    style = content(f"{ASSETS}/lineage.css") or b""
    found = []
    for path in paths:
        there = content(path)
        witness = there if path.startswith("_includes/") else style
        if there is not None and MARK.encode() not in (witness or b""):
            found.append(path)
    return tuple(found)


def stale(paths: Iterable[str], includes: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files of a former kit that this one has not: they would show what the data no longer say. Sorted.

    These are the includes that say they are ours, and the assets that such an include shows. What only lies beside them
    is not touched.

    Args:
        paths: those of the kit.
        includes: what stands in the folder of our includes, by path in the site.
    """
    now = set(paths)
    gone = [path for path in includes if path not in now and includes[path].startswith(_comment().encode())]
    shown = {f"{ASSETS}/{name}" for path in gone for name in _ASSET.findall(includes[path].decode("utf-8", "replace"))}
    return tuple(sorted({*gone, *shown} - now))


def forced(svg: str, theme: Theme) -> str:
    """A picture in the colours of one theme, whatever the reader's system says.

    Raises:
        ToolError: if the picture has no colours for dark ground.
    """
    style = _STYLE.search(svg)
    if not style or _DARK_SCOPE not in style.group():
        raise ToolError("the picture has no colours for dark ground")
    rules = _MEDIA.sub("", style.group())
    # The dark rules come last and so win over the light ones as soon as nothing limits them.
    rules = rules.replace(_DARK_SCOPE, "") if theme == "dark" else _DARK_RULE.sub("", rules)
    text = svg[: style.start()] + rules + svg[style.end() :]
    # Ids and rules are those of this theme, or the one would colour the other where a page holds both.
    own = _OWN.search(svg)
    return text.replace(own[1], f"{own[1]}-{theme}") if own else text


# -- pictures --------------------------------------------------------------------------------------------------------


def _pictures(shown: Shown, png: Callable[[str, int], bytes], *, main: bool) -> Iterator[tuple[str, str | bytes]]:
    """The files of a picture: as SVG for both themes and each; as dots for readers of feeds and for cards of links.

    Of a small tree there are no dots but the light ones: a site may have dozens.
    """
    start = f"{ASSETS}/{shown.name}"
    yield f"{start}.svg", shown.svg
    for theme in THEMES:
        text = forced(shown.svg, theme)
        yield f"{start}-{theme}.svg", text
        for scale, ending in ((1, ""), (2, "-2x")):
            if main or theme == "light":
                dots = png(text, scale)
                yield f"{start}-{theme}{ending}.png", dots
                if main:
                    yield f"{start}-{theme}{ending}.webp", webp(dots)


def _size(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels, which keep its place before a picture has come."""
    root = _ROOT.search(svg)
    found = [re.search(rf'\b{name}="([\d.]+)(px|pt)?"', root.group() if root else "") for name in ("width", "height")]
    if not (found[0] and found[1]):
        raise ToolError("the picture does not say how large it is")
    width, height = (round(float(one[1]) * _UNITS[one[2] or ""]) for one in found if one)
    return width, height


def _bytes(path: str, content: str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    # A file that began so would be a page of the site, and Liquid would run over it.
    if content.startswith("---"):
        raise ValueError(f"{path} begins like front matter")
    return content.encode()


# -- includes --------------------------------------------------------------------------------------------------------
#
# No line is empty and none is indented: a Markdown reader would end the block there, or show it as code. `markdown="0"`
# is for kramdown where a site has it read inside of HTML (`parse_block_html`).


_THEME: Final = (
    "{%- assign lineage_theme = include.theme | default: site.lineage.theme | default: site.minima.skin -%}"
    "{%- if lineage_theme contains 'auto' -%}auto{%- elsif lineage_theme contains 'dark' -%}dark"
    "{%- elsif lineage_theme contains 'light' -%}light{%- endif -%}"
)
"""What the include or the site says of the theme: ``auto``, as the system, ``dark``, ``light``, or nothing."""
_WIDE: Final = 320
"""A picture of more pixels than this is wider than a telephone."""


def _comment() -> str:
    return f"{{%- comment -%}} {MARK} {{%- endcomment -%}}\n"


def _part(name: str, arguments: str = "") -> str:
    return f"{{% include lineage/{name}.html {arguments}".rstrip() + " %}"


def _at(file: str) -> str:
    """The address of an asset, wherever the site lives. The name is ours, so Liquid may read it."""
    return f"{{{{ '/{ASSETS}/{file}' | relative_url }}}}"


def _figure(shown: Shown, *, main: bool, more: Iterable[tuple[str, str]] = ()) -> str:
    width, height = _size(shown.svg)
    name = shown.name
    place = f'width="{width}" height="{height}" loading="lazy" decoding="async" alt="{escaped(shown.alternative)}"'

    def dots(theme: Theme, form: str) -> str:
        return f"{_at(f'{name}-{theme}.{form}')} 1x, {_at(f'{name}-{theme}-2x.{form}')} 2x"

    explorer = _at("explorer.html") + (f"#n={quote(shown.focus, safe='')}" if shown.focus else "")
    lines = [
        f'<figure class="lineage-figure" data-lineage="{_THEME}" markdown="0">',
        f'<link rel="stylesheet" href="{_at("lineage.css")}">',
        *([_HINT] if width > _WIDE else []),
        f'<div class="lineage-scroll"><a href="{explorer}">',
        # Without our style sheet, in a reader of feeds say, only the first of the three pictures is seen.
        '<picture class="lineage-by-system">',
    ]
    for theme in reversed(THEMES):
        media = ' media="(prefers-color-scheme: dark)"' if theme == "dark" else ""
        lines.append(f'<source{media} type="image/svg+xml" srcset="{_at(f"{name}-{theme}.svg")}">')
        if main:
            lines.append(f'<source{media} type="image/webp" srcset="{dots(theme, "webp")}">')
    lines.append(f'<img src="{_at(f"{name}-light.png")}" srcset="{dots("light", "png")}" {place}>')
    lines.append("</picture>")
    for theme in ("light", "dark"):
        lines.append(
            f'<picture class="lineage-{theme}" hidden><img src="{_at(f"{name}-{theme}.svg")}" {place}></picture>'
        )
    links = [*more, (f"{name}.svg", "the picture by itself")]
    if main:
        links += [
            (f"{name}-description.html", "in words"),
            ("references.html", "its sources"),
            ("references.bib", "BibTeX"),
        ]
    shown_links = "".join(f', <a href="{_at(file)}">{text}</a>' for file, text in links)
    lines += ["</a></div>", f"<figcaption>{escaped(shown.caption)}"]
    lines += [f'<a href="{explorer}">Explore it</a>{shown_links}.</figcaption>', "</figure>"]
    return "\n".join(lines) + "\n"


def _frame(tree: Shown) -> str:
    page = _at("explorer.html")
    title = escaped(f"Explorer of the picture: {tree.alternative}")
    node = "n={{ include.node | url_encode }}"
    whole = f"{page}{{% if include.node %}}#{node}{{% endif %}}"
    # The post has a heading and a width of its own: in it the page goes without bars, which its own address has.
    inside = f"{page}#{{% if include.node %}}{node}&amp;{{% endif %}}embed=1"
    framed = [("by-system", inside, ""), *((theme, f"{inside}&amp;theme={theme}", " hidden") for theme in THEMES)]
    frames = [
        f'<iframe class="lineage-explorer lineage-{name}" src="{address}" title="{title}" width="100%" '
        f'height="{_EXPLORER_HEIGHT}" loading="lazy" sandbox="allow-scripts allow-popups allow-downloads" '
        f'referrerpolicy="no-referrer"{hidden}></iframe>'
        for name, address, hidden in framed
    ]
    return "\n".join(
        (
            f'<div class="lineage-frame" data-lineage="{_THEME}" markdown="0">',
            f'<link rel="stylesheet" href="{_at("lineage.css")}">',
            # Of the three only the one that is seen is loaded: a lazy frame without a place is never near.
            *frames,
            f'<p><a href="{whole}">Open the explorer on a page of its own</a></p>',
            "</div>",
            "",
        )
    )


_HINT: Final = '<small class="lineage-hint" hidden>↔ The picture is wider than the screen: move it sideways.</small>'
_CSS: Final = f"""/* {MARK} */
.lineage-figure, .lineage-frame {{ margin: 0 0 1.5rem; max-width: 100%; }}
.lineage-figure .lineage-scroll {{ overflow-x: auto; }}
/* As wide as the column, but no wider than drawn; on a telephone wide enough to be read, in a box that scrolls. */
.lineage-figure picture img {{ display: block; margin: 0 auto; max-width: max(100%, 40rem); height: auto; }}
.lineage-figure figcaption, .lineage-frame p {{ margin: .5rem 0 0; font-size: .875em; }}
.lineage-frame .lineage-explorer {{
  box-sizing: border-box; width: 100%; max-width: 100%; height: min({_EXPLORER_HEIGHT}px, 80vh);
  border: 1px solid #8888; border-radius: 4px;
}}
/* On a telephone the picture is moved sideways; a line says so. */
@media (max-width: 42rem) {{ .lineage-hint {{ display: block !important; font-size: .875em; margin: 0 0 .5rem; }} }}
/* Which of the three is seen: what the site says, and where it says nothing, what the page is: light, unless its
   color-scheme is dark. Needs no script. */
.lineage-by-system, .lineage-dark {{ display: none !important; }}
.lineage-light {{ display: block !important; }}
[data-lineage=auto] .lineage-by-system, [data-lineage=dark] .lineage-dark {{ display: block !important; }}
[data-lineage=auto] .lineage-light, [data-lineage=dark] .lineage-light {{ display: none !important; }}
@property --lineage-ground {{ syntax: "<color>"; inherits: true; initial-value: #ffffff; }}
@supports (color: light-dark(white, black)) {{
  [data-lineage=""] {{ --lineage-ground: light-dark(#ffffff, #000000); }}
}}
@container style(--lineage-ground: #000000) {{
  .lineage-dark {{ display: block !important; }}
  .lineage-light {{ display: none !important; }}
}}
/* The choice of the reader on the site goes before all. */
html[data-theme=light] [data-lineage] .lineage-by-system, html[data-theme=dark] [data-lineage] .lineage-by-system,
html[data-theme=light] [data-lineage] .lineage-dark, html[data-theme=dark] [data-lineage] .lineage-light {{
  display: none !important;
}}
html[data-theme=light] [data-lineage] .lineage-light, html[data-theme=dark] [data-lineage] .lineage-dark {{
  display: block !important;
}}
"""
