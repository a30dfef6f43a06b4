"""Figures on paper: everything in reach of the eye, and what is folded is said."""

from __future__ import annotations

import re

import figure_quality
import pytest
from families import HARD, family

from lineage import LineageGraph
from lineage.errors import LimitError
from lineage.folding import kept
from lineage.layout import lanes
from lineage.rail import on_rail
from lineage.views import figure
from lineage.views.picture import Subject
from lineage.views.sheet import SIZES, SMALLEST, Sheet, fitted


def checked(graph: LineageGraph, sheet: Sheet, page: str) -> figure_quality.Quality:
    """The quality of what is on the page, which has the size of the page."""
    svg = figure.svg(graph, sheet.layout, sheet.subject)
    size = [float(each) for each in re.findall(r'(?:width|height)="([\d.]+)pt"', svg)[:2]]
    assert sorted(size) == pytest.approx(sorted(SIZES[page]), abs=0.1)  # type: ignore[index]
    quality = figure_quality.measure(svg)
    assert quality.faults == 0
    assert quality.smallest_text >= SMALLEST
    assert quality.free_error <= 1
    return quality


@pytest.mark.parametrize("page", ["a4", "a3", "a0"])
def test_the_shipped_data_on_paper(page: str, real: LineageGraph) -> None:
    """No letter under 5.5 pt; what has no room is folded, the caption says how many, and the pills add up to it."""
    sheet = fitted(real, page, finish=lambda layout: on_rail(real, layout))  # type: ignore[arg-type]
    quality = checked(real, sheet, page)
    total, shown = len(real.nodes("model")), len(sheet.layout.boxes)
    words = " ".join(re.findall(r'class="small"[^>]*>([^<]*)', figure.svg(real, sheet.layout, sheet.subject)))
    assert (f"All {total} models" if shown == total else f"{shown} of the {total} models of the graph") in words
    assert (quality.pills > 0) == (shown < total) == sheet.subject.folded
    if page == "a0":
        assert shown == total


def test_many_models_on_paper() -> None:
    """600 models on A3: as many as have room, none left out between two that are shown."""
    graph = family(600, 600)
    sheet = fitted(graph, "a3")
    checked(graph, sheet, "a3")
    count = len(sheet.layout.boxes)
    assert 60 <= count < 600
    assert set(sheet.layout.boxes) == kept(graph, count)


@pytest.mark.parametrize(
    "name", ["nothing", "one model", "300 children on one day", "a chain of 60 on one day", "strange names"]
)
def test_hard_graphs_on_paper(name: str) -> None:
    """They fit on A4."""
    checked(HARD[name], fitted(HARD[name], "a4"), "a4")


def test_what_must_stay_may_have_no_room() -> None:
    """Then that is said, and nothing is drawn too small."""
    graph = family(600, 1)
    everything = [node.id for node in graph.nodes("model")]
    with pytest.raises(LimitError, match="no room on A4"):
        fitted(graph, "a4", keep=everything)


def test_pills() -> None:
    """The numbers count every model below one that is shown, and the caption counts the others."""
    graph = family(200, 8)
    layout = lanes(graph, kept(graph, 60))
    counts = {chip.id: int(chip.label) for chip in layout.chips if not chip.parent}
    loose = 0
    for node in graph.nodes("model"):
        here: str | None = node.id
        while here is not None and here not in layout.boxes:
            above = graph.layout_parent(here)
            here = above.source if above else None
        if here is None:
            loose += 1
        elif here != node.id:
            counts[here] -= 1
    assert set(counts.values()) == {0}
    text = figure.svg(graph, layout, Subject(folded=True))
    assert "For want of room 140 are folded" in text
    assert (f"{loose} of the 140 hang" in text) == (loose > 1)
    assert " more hang" not in text.partition("For want of room")[2]
