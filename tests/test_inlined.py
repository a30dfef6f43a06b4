"""Pictures where they are shown: several in one page, in a folder of their own, beside the page of the explorer."""

from __future__ import annotations

import io
import re
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from families import edge, family, model
from PIL import Image, ImageChops

from lineage import LineageGraph
from lineage.beams import grow
from lineage.layout import lanes
from lineage.limbs import choose
from lineage.views import blog, figure, tree
from lineage.views.picture import Subject, linked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ID = re.compile(r'(?<= )id="([^"]*)"')


def pictures() -> list[str]:
    """Trees and lanes, of both themes and forced ones."""
    one, other = family(12, 1), family(9, 4)
    found = []
    for graph in (one, other):
        layout = grow(choose(graph), evaluations=4)
        found += [tree.svg(graph, layout), figure.svg(graph, lanes(graph))]
        found += [tree.svg(graph, layout, "dark"), figure.svg(graph, lanes(graph), ground="light")]
    found.append(figure.svg(one, lanes(one), Subject("Marked", highlighted=frozenset(list(one)[:3]))))
    return [*found, blog.forced(found[0], "dark"), blog.forced(found[1], "light")]


def shots(page: Page, svgs: list[str], folder: Path) -> list[bytes]:
    """What is seen of each picture in one page."""
    whole = "\n".join(f'<div style="height:1500px;overflow:hidden">{svg}</div>' for svg in svgs)
    (folder / "page.html").write_text(f"<!doctype html><meta charset=utf-8><body>{whole}", encoding="utf-8")
    page.goto((folder / "page.html").as_uri())
    page.evaluate("document.fonts.ready")
    return [each.screenshot() for each in page.locator("div").all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_several_pictures_in_one_page(chromium: Browser, tmp_path: Path, scheme: str) -> None:
    """Each looks as it does alone, whatever stands before and after it."""
    svgs = pictures()
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 1500, "height": 1600})  # type: ignore[arg-type]
    alone = [shots(page, [svg], tmp_path)[0] for svg in svgs]
    together = shots(page, svgs, tmp_path)
    page.close()
    assert [place for place, pair in enumerate(zip(alone, together, strict=True)) if not alike(*pair)] == []


def alike(one: bytes, other: bytes) -> bool:
    """Whether two shots show the same colours; the rim of a letter may differ with its place in the page."""
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(other)) as second:
        difference = ImageChops.difference(first.convert("L"), second.convert("L"))
        return first.size == second.size and sum(difference.histogram()[48:]) == 0


def test_no_two_pictures_share_an_id() -> None:
    """Every id, and every rule of colours, is of one picture; the same picture has the same ones."""
    svgs = pictures()
    assert svgs == pictures()
    for one, other in combinations(svgs, 2):
        assert not set(ID.findall(one)) & set(ID.findall(other))
    for svg in svgs:
        ids = ID.findall(svg)
        assert len(ids) == len(set(ids)) >= 2
        style = svg.partition("<style>")[2].partition("</style>")[0]
        own = ids[0].removesuffix("-title")
        selectors = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]*\{|@font-face\{[^}]*\}", "", style))
        assert selectors
        assert all(f".{own} " in part for each in selectors for part in each.split(","))


def test_links_lead_to_the_page_wherever_it_is() -> None:
    """A picture in a folder of its own leads out of it; what only looks like a link stays."""
    graph = LineageGraph([model("a", "2020", '<a href="explorer.html#'), model("b", "2021")], [edge("a", "b")])
    svg = figure.svg(graph, lanes(graph))
    moved = linked(svg, "../explorer.html")
    assert re.findall(r'<a href="([^"]*)"', moved) == ["../explorer.html#n=a", "../explorer.html#n=b"]
    assert linked(moved, "explorer.html") == svg
