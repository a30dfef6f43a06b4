"""The lanes: where the boxes and the lines are, on graphs small enough to see, and as laws on random ones."""

from __future__ import annotations

import random
from itertools import pairwise

import families
import pytest
from families import HARD, chain, edge, family, fan, model
from hypothesis import given
from hypothesis import strategies as st

from lineage import LineageGraph, UnknownNodeError
from lineage.layout import BAND_LABELS, TIE, Layout, lanes, shortened, text_width

SMALL = LineageGraph(
    [
        model("a", "2017-06", "Aleph", architecture="encoder-decoder"),
        model("b", "2018-10-11", "Beth", architecture="encoder-only"),
        model("c", "2019-02", "Gimel"),
        model("d", "2020", "Daleth"),
        model("e", "2020-05", "He", architecture="undisclosed"),
    ],
    [
        edge("a", "b", "architecture"),
        edge("a", "c", "architecture"),
        edge("c", "d"),
        edge("c", "e", "succession"),
        edge("b", "e", "outputs"),
    ],
)


def overlaps(layout: Layout) -> list[tuple[str, str]]:
    """The pairs of boxes and chips that share ground."""
    things = [(box.id, box) for box in layout.boxes.values()] + [(f"{chip.id}+", chip) for chip in layout.chips]
    return [
        (one, other)
        for i, (one, a) in enumerate(things)
        for other, b in things[i + 1 :]
        if a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
    ]


def test_a_small_tree() -> None:
    """Bands from top to bottom, every model in that of its architecture or, if that is not disclosed, of its parent."""
    layout = lanes(SMALL)
    bands = {band.key: band for band in layout.bands}
    where = {
        one: next(key for key, band in bands.items() if band.y <= box.y < band.y + band.height)
        for one, box in layout.boxes.items()
    }
    assert list(bands) == ["encoder-only", "encoder-decoder", "decoder-only"]
    assert where == {
        "a": "encoder-decoder",
        "b": "encoder-only",
        "c": "decoder-only",
        "d": "decoder-only",
        "e": "encoder-only",
    }
    assert {(link.source, link.target): link.kind for link in layout.links} == {
        ("a", "b"): "architecture",
        ("a", "c"): "architecture",
        ("c", "d"): "weights",
        ("b", "e"): "outputs",
    }
    assert [(chip.id, chip.parent, chip.label) for chip in layout.chips] == [("e", "c", "+ Gimel")]
    assert [tick.year for tick in layout.ticks] == [2017, 2018, 2019, 2020, 2021]


def test_lines_run_at_right_angles_from_the_parent_to_the_child() -> None:
    """A line begins at the border of its parent's box, or of the chips beside it, and ends at the child's date."""
    layout = lanes(family(150, 1))
    chips = {
        one: max((chip.x + chip.width for chip in layout.chips if chip.id == one), default=0.0) for one in layout.boxes
    }
    for link in layout.links:
        parent, child = layout.boxes[link.source], layout.boxes[link.target]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(link.points))
        assert link.points[-1] == pytest.approx((child.x, child.y + child.height / 2), abs=0.011)
        x, y = link.points[0]
        right = max(parent.x + parent.width, chips[link.source])
        assert parent.x <= x <= right + 0.02
        assert y in (parent.y, parent.y + parent.height) or x == pytest.approx(right, abs=0.02)


@pytest.mark.parametrize("name", HARD)
def test_hard_graphs(name: str) -> None:
    """Every model has a box and no two share ground, whatever the dates and names are."""
    layout = lanes(HARD[name])
    assert set(layout.boxes) == {node.id for node in HARD[name].nodes("model")}
    assert overlaps(layout) == []
    assert all(
        box.x + box.width <= layout.width and box.y + box.height <= layout.height for box in layout.boxes.values()
    )


@given(st.integers(1, 70), st.integers(0, 10**6))
def test_no_two_boxes_share_ground(size: int, seed: int) -> None:
    """Random families have no overlaps, and every model but a root has its line or a chip that names its parent."""
    graph = family(size, seed)
    layout = lanes(graph)
    assert overlaps(layout) == []
    hung = {link.target for link in layout.links}
    told = {(chip.id, chip.parent) for chip in layout.chips}
    for node in graph.nodes("model"):
        parent = graph.layout_parent(node.id)
        assert parent is None or node.id in hung or (node.id, parent.source) in told


def test_the_order_of_the_input_does_not_matter() -> None:
    """Shuffled nodes and edges give the same layout."""
    graph = family(120, 5)
    nodes, edges = list(graph.nodes()), list(graph.edges())
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    assert lanes(LineageGraph(nodes, edges)) == lanes(graph)


def test_a_selection() -> None:
    """Only the chosen models are laid out; parents that are not shown are chips, and what hangs below them is counted."""
    layout = lanes(SMALL, ["c", "e"])
    assert set(layout.boxes) == {"c", "e"}
    assert [(link.source, link.target, link.kind) for link in layout.links] == [("c", "e", "succession")]
    assert [(chip.id, chip.parent, chip.label) for chip in layout.chips] == [
        ("c", "", "+1"),
        ("c", "a", "from Aleph"),
        ("e", "b", "+ Beth"),
    ]
    assert overlaps(layout) == []
    with pytest.raises(UnknownNodeError):
        lanes(SMALL, ["nobody"])


def test_years_to_scale() -> None:
    """On a linear axis a day is as wide in every year; on the other one a full year is wider than an empty one."""
    graph = family(150, 2)
    widths = [after.x - before.x for before, after in pairwise(lanes(graph, scale="linear").ticks)]
    assert max(widths) - min(widths) <= 0.02
    assert lanes(graph, scale="linear").scale == "linear"
    widths = [after.x - before.x for before, after in pairwise(lanes(graph).ticks)]
    assert max(widths) > 1.5 * min(widths)


@pytest.mark.parametrize("aspect", [0.6, 1.0, 1.7])
def test_the_form_that_is_asked_for(aspect: float) -> None:
    """Time is as wide as the wanted form needs, about."""
    layout = lanes(family(150, 2), aspect=aspect)
    assert aspect / 1.3 < layout.width / layout.height < aspect * 1.3


def test_siblings_of_one_month_share_one_upright_line() -> None:
    """Forty children with the same date stand at the same x and hang on the same line."""
    layout = lanes(fan("2020", ["2023-04"] * 40))
    assert len({box.x for one, box in layout.boxes.items() if one != "root"}) == 1
    assert len({link.points[-3][0] for link in layout.links if len(link.points) > 2}) == 1


def test_a_child_stands_after_its_parent() -> None:
    """A child of the same month stands a little right of its parent, at most so far after its date."""
    layout = lanes(chain(["2023-03"] * 6))
    x = [layout.boxes[one].x for one in sorted(layout.boxes)]
    assert all(before < after for before, after in pairwise(x))
    april = layout.ticks[0].x + (layout.ticks[1].x - layout.ticks[0].x) * (31 + 28 + 31) / 365
    assert x[-1] <= april + TIE + 0.01


def test_a_long_row_goes_straight() -> None:
    """Where there is room a line of descent needs one lane only."""
    layout = lanes(chain(["2013", "2016", "2019", "2022", "2025"]))
    assert len({box.y for box in layout.boxes.values()}) == 1
    assert all(len(link.points) == 2 for link in layout.links)


def test_many_parents_are_summed_up() -> None:
    """Two chips at the most: the second says how many more there are."""
    layout = lanes(HARD["ten parents"])
    assert [chip.label for chip in layout.chips] == ["+ p1", "+ 8 more"]


def test_form() -> None:
    """A picture of many models is about as wide as high, whatever their number."""
    assert all(
        0.45 < lanes(family(size, size)).width / lanes(family(size, size)).height < 1.2 for size in (60, 150, 300)
    )


def test_names_are_measured_with_the_bundled_font() -> None:
    """Widths are sums of the advances of the font; what it lacks takes as much as any font needs, what combines a box."""
    assert text_width("Llama 2", 9) == pytest.approx(sum(text_width(char, 9) for char in "Llama 2"))
    assert (text_width("模型", 10), text_width("ा", 10), text_width("\u0301", 10)) == (20, 10, 6.6)


def test_long_names_end_in_an_ellipsis() -> None:
    """A name is cut to its width; white space, control characters and marks of direction do not survive."""
    assert shortened("Llama 2", 9, 100) == "Llama 2"
    assert text_width(shortened("X" * 500, 9, 100), 9) <= 100
    assert shortened("X" * 500, 9, 100).endswith("X…")
    assert shortened("DeepSeek-R1-Distill-Qwen-7B", 9, 100, tail=9) == "DeepSeek…Qwen-7B"
    assert text_width(shortened("a-very-long-name wwwwwwwww", 9, 30, tail=9), 9) <= 30
    assert text_width(shortened("X" * 500, 9, 100, tail=9), 9) <= 100
    assert shortened("X" * 500, 9, 100, tail=9).endswith("X…")
    assert shortened("a\n b\x00\u202ec", 9, 100) == "a bc"


def test_every_architecture_has_a_band() -> None:
    """A model of any architecture finds a place in a band that has a name."""
    graph = LineageGraph([model(f"m{i}", "2020", architecture=one) for i, one in enumerate(families.ARCHITECTURES)], [])
    assert {band.key for band in lanes(graph).bands} == set(BAND_LABELS)
