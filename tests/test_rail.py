"""The rail: techniques at their dates, on a strip of the picture."""

from __future__ import annotations

import dataclasses

import pytest
from families import chain, model
from hypothesis import given
from hypothesis import strategies as st

from lineage import Edge, LineageGraph, Node
from lineage.layout import Layout, Tick, lanes, text_width
from lineage.rail import DIAMOND, heading, on_rail, rail_x, short_name
from lineage.vocabulary import DateInterval


def technique(node_id: str, date: str, name: str | None = None, aliases: tuple[str, ...] = ()) -> Node:
    """A technique with the fields that a picture reads."""
    name = name or node_id
    return Node(
        node_id, "technique", name, date, {"id": node_id, "kind": "technique", "name": name, "aliases": aliases}
    )


def uses(technique_id: str, *models: str) -> list[Edge]:
    """Models that use a technique."""
    return [Edge(technique_id, one, "uses-technique", None, None, "stated", (), {}) for one in models]


def graph_of(techniques: list[Node], edges: list[Edge]) -> LineageGraph:
    """Four models from 2018 to 2021, and techniques."""
    models = [model(one, f"20{year}") for one, year in (("a", 18), ("b", 19), ("c", 20), ("d", 21))]
    return LineageGraph([*models, *techniques], edges)


def test_it_stands_under_the_years_and_everything_else_moves_down() -> None:
    """One technique: its diamond at its date, its name and number, and the same picture so much lower."""
    graph = graph_of([technique("t", "2019-07-02")], uses("t", "b", "c"))
    bare = lanes(graph)
    layout = on_rail(graph, bare)

    assert layout.rail is not None
    (mark,) = layout.rail.marks
    down = layout.height - bare.height
    assert (mark.id, mark.label, mark.models, layout.rail.total) == ("t", "t", 2, 1)
    assert mark.x == pytest.approx((bare.ticks[1].x + bare.ticks[2].x) / 2, abs=0.1)
    assert down == pytest.approx(layout.rail.height + 4)
    assert {one: round(box.y - down, 2) for one, box in layout.boxes.items()} == {
        one: box.y for one, box in bare.boxes.items()
    }
    assert [band.y - down for band in layout.bands] == pytest.approx([band.y for band in bare.bands])


def test_the_most_used_come_first() -> None:
    """With little room the techniques that most models use are there; what nobody uses here never is."""
    many = [technique(f"t{i:02}", f"20{18 + i % 3}-0{i % 9 + 1}") for i in range(60)]
    edges = [each for i in range(60) for each in uses(f"t{i:02}", *"abcd"[: 1 + i % 4])]
    graph = graph_of([*many, technique("unused", "2019")], edges)
    rail = on_rail(graph, lanes(graph)).rail
    assert rail is not None
    assert len(rail.marks) < rail.total == 61
    assert {mark.models for mark in rail.marks} <= {3, 4}


def test_what_has_no_place_on_the_axis_is_left_out() -> None:
    """A technique from before the picture begins; a picture without any has no strip."""
    graph = graph_of([technique("old", "2009")], uses("old", "a"))
    assert on_rail(graph, lanes(graph)).rail is None
    reaching = on_rail(graph, lanes(graph, reach=["old"]))
    assert reaching.ticks[0].year == 2009
    assert reaching.rail is not None
    assert [mark.id for mark in reaching.rail.marks] == ["old"]


def test_some_techniques_only() -> None:
    """What is asked for is drawn, all of it, used or not."""
    graph = graph_of([technique(f"t{i}", "2019") for i in range(20)], uses("t0", "a"))
    asked = [f"t{i}" for i in range(12)]
    rail = on_rail(graph, lanes(graph), only=asked).rail
    assert rail is not None
    assert sorted(mark.id for mark in rail.marks) == sorted(asked)
    rail = on_rail(graph, lanes(graph), always=["t7"]).rail
    assert rail is not None
    assert [mark.id for mark in rail.marks] == ["t0", "t7"]


def test_names() -> None:
    """A long name gives way to an abbreviation, not to just any alias."""
    assert short_name(technique("t", "2020", "Rotary position embedding", ("rotary embedding", "RoPE"))) == "RoPE"
    assert short_name(technique("t", "2020", "Adam", ("ADAM",))) == "Adam"
    assert (
        short_name(technique("t", "2020", "Sparse factorized attention", ("fixed",))) == "Sparse factorized attention"
    )
    assert short_name(technique("t", "2020", "\u202e")) == "t"
    assert heading(3, 3) == "Techniques"
    assert heading(3, 9) == "Techniques (3 of 9)"


def test_the_place_of_a_date() -> None:
    """The middle of its days, or nowhere."""
    layout = dataclasses.replace(lanes(chain(["2020"])), ticks=(Tick(2020, 0.0), Tick(2021, 366.0)))
    assert rail_x(layout, DateInterval.of("2020-01-01")) == 0.5
    assert rail_x(layout, DateInterval.of("2020")) == 183.0
    assert rail_x(layout, DateInterval.of("2021")) is None


@given(st.lists(st.tuples(st.integers(2018, 2021), st.integers(1, 12), st.text(max_size=30)), max_size=40))
def test_nothing_on_it_overlaps(drawn: list[tuple[int, int, str]]) -> None:
    """Diamonds with their names keep their distance and stay inside, whatever dates and names are."""
    nodes = [technique(f"t{i}", f"{year}-{month:02}", name or "x") for i, (year, month, name) in enumerate(drawn)]
    graph = graph_of(nodes, [each for node in nodes for each in uses(node.id, "a")])
    layout = on_rail(graph, lanes(graph))
    spans = _spans(layout)
    assert all(left >= 0 and right <= layout.width for _, left, right in spans)
    assert not [
        (one, other)
        for i, one in enumerate(spans)
        for other in spans[i + 1 :]
        if one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
    ]


def _spans(layout: Layout) -> list[tuple[float, float, float]]:
    """The y, the left and the right end of everything on the rail."""
    found = []
    for mark in layout.rail.marks if layout.rail else ():
        right = mark.label_x + text_width(mark.label, 8) + 3 + text_width(str(mark.models), 8)
        found.append((mark.y, min(mark.x - DIAMOND, mark.label_x), max(mark.x + DIAMOND, right)))
    return found
