"""The tree of the explorer page: what it opens on, how it unfolds, and that what is drawn close stays legible."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browser import bounds, heading, node, visit
from playwright.sync_api import Browser, Page, expect

from lineage.graph import LineageGraph
from lineage.layout import lanes
from lineage.views import explorer

FAULTS = """
([seed, share, width]) => {
  const picture = block("picture");
  const graph = new Graph(readColumns(picture.graph, packedRest));
  const geometry = readLayout(picture.layout, graph, picture.bands.of);
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const shown = new Set([...geometry.boxes.keys()].filter(() => random() < share));
  const pills = new Map([...shown].filter(() => random() < 0.4).map((id) => [id, "+12"]));
  const drawn = squeeze(geometry, shown, pills, width);
  const faults = [];
  const things = [...drawn.boxes.values(), ...drawn.chips, ...drawn.pills.values()];
  const meet = (a, b) => a.x < b.x + b.width - 0.05 && b.x < a.x + a.width - 0.05 && a.y < b.y + b.height - 0.05 && b.y < a.y + a.height - 0.05;
  things.forEach((one, at) => things.slice(0, at).forEach((other) => meet(one, other) && faults.push(`${one.id} ${one.label} covers ${other.id} ${other.label}`)));
  for (const { from, to, points } of drawn.lines)
    points.slice(1).forEach(([x, y], at) => {
      const [left, top] = [Math.min(x, points[at][0]), Math.min(y, points[at][1])];
      const part = { x: left, y: top, width: Math.max(x, points[at][0]) - left, height: Math.max(y, points[at][1]) - top };
      if (part.width > 0.05 && part.height > 0.05) faults.push(`${from} to ${to} is oblique`);
      if (x < points[at][0] - 0.05) faults.push(`${from} to ${to} goes back in time`);
      for (const box of drawn.boxes.values())
        if (box.id !== from && box.id !== to && left < box.x + box.width - 0.05 && left + part.width > box.x + 0.05 && top < box.y + box.height - 0.05 && top + part.height > box.y + 0.05)
          faults.push(`${from} to ${to} runs through ${box.id}`);
    });
  const parts = drawn.lines.flatMap((line) => line.points.slice(1).map((end, at) => ({ line, from: line.points[at], end })));
  const upright = parts.filter(({ from, end }) => Math.abs(from[0] - end[0]) < 0.05);
  const level = parts.filter(({ from, end }) => Math.abs(from[1] - end[1]) < 0.05);
  for (const one of upright)
    for (const other of level)
      if (one.line.from !== other.line.from && one.from[0] > other.from[0] + 0.3 && one.from[0] < other.end[0] - 0.3
          && other.from[1] > Math.min(one.from[1], one.end[1]) + 0.3 && other.from[1] < Math.max(one.from[1], one.end[1]) - 0.3)
        faults.push(`${one.line.from} to ${one.line.to} crosses ${other.line.from} to ${other.line.to}`);
  const years = new Map(drawn.ticks.map(({ year, x }) => [year, x]));
  for (const { id, x } of drawn.boxes.values())
    if (x < years.get(Number(graph.node(id).date.slice(0, 4))) - 0.05) faults.push(`${id} stands before its year`);
  return { shown: shown.size, drawn: drawn.boxes.size, faults };
}
"""


def ids(page: Page) -> set[str]:
    """The models in the tree."""
    return set(page.locator(".node[data-id]").evaluate_all("marks => marks.map(mark => mark.dataset.id)"))


@pytest.fixture(name="folded_page")
def _folded_page(toy_graph: LineageGraph, tmp_path: Path) -> Path:
    """The page of the toy graph that opens on three of its models."""
    path = tmp_path / "folded.html"
    path.write_text(explorer.render(toy_graph, lanes(toy_graph), ["a", "d", "g"]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("seed", "share", "width"),
    [
        (1, 1.1, 1000),
        (1, 1.1, 4000),
        (2, 0.5, 900),
        (3, 0.12, 900),
        (4, 0.12, 300),
        (5, 0.05, 500),
        (6, 0.3, 600),
        (7, 0.0, 300),
    ],
)
def test_what_is_drawn_close_stays_legible(
    chromium: Browser, real_page: Path, seed: int, share: float, width: int
) -> None:
    """Of any models of the real graph, in any width: nothing covers anything, no lines cross, none stands before its year."""
    with visit(chromium, real_page) as opened:
        found: dict[str, Any] = opened.page.evaluate(FAULTS, [seed, share, width])
        assert found["faults"] == []
        assert found["shown"] == found["drawn"]


def test_opens_on_the_models_it_was_told(chromium: Browser, folded_page: Path) -> None:
    """The given models are drawn, and how many more there are stands beside the one that they came from."""
    with visit(chromium, folded_page) as opened:
        page = opened.page
        expect(page.locator("#shown-note")).to_have_text("3 of 7 models")
        assert ids(page) == {"a", "d", "g"}
        assert page.locator(".pill").evaluate_all("all => all.map(one => [one.dataset.unfold, one.textContent])") == [
            ["a", "+3"],
            ["d", "+1"],
        ]
        assert page.locator(".lines .through").count() == 1
        opened.assert_clean()


def test_opens_on_the_weightiest_where_nobody_chose(chromium: Browser, real_page: Path) -> None:
    """Without a choice sixty of the models are drawn at first, not all."""
    with visit(chromium, real_page) as opened:
        assert 40 < len(ids(opened.page)) <= 90


def test_unfolds_in_place_and_folds_again(chromium: Browser, folded_page: Path) -> None:
    """A press on the pill shows the children; the model itself stays where it was; the address has it, and back takes it back."""
    with visit(chromium, folded_page) as opened:
        page = opened.page
        before = node(page, "a").locator("rect").first.bounding_box()
        page.locator('.pill[data-unfold="a"]').click()
        assert ids(page) == {"a", "b", "c", "d", "f", "g"}
        assert page.evaluate("location.hash") == "#open=a"
        after = node(page, "a").locator("rect").first.bounding_box()
        assert before
        assert after
        assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=1)
        page.go_back()
        assert ids(page) == {"a", "d", "g"}
        node(page, "d").focus()
        page.keyboard.press("Space")
        assert ids(page) == {"a", "d", "e", "g"}
        assert page.evaluate("document.activeElement.dataset.id") == "d"
        assert node(page, "d").get_attribute("aria-expanded") == "true"
        expect(page.locator("#live")).to_have_text("Model D unfolded, 4 models shown")
        page.keyboard.press("Space")
        assert ids(page) == {"a", "d", "g"}
        opened.assert_clean()


def test_show_everything(chromium: Browser, folded_page: Path) -> None:
    """The switch shows all, and none again."""
    with visit(chromium, folded_page) as opened:
        page = opened.page
        page.get_by_role("button", name="Show everything").click()
        assert ids(page) == set("abcdefg")
        assert (page.evaluate("location.hash"), page.locator(".pill").count()) == ("#all=1", 0)
        page.get_by_role("button", name="Show everything").click()
        assert ids(page) == {"a", "d", "g"}


def test_deep_link_shows_a_model_that_is_folded(chromium: Browser, folded_page: Path) -> None:
    """A link to a model outside the opening view draws it with its parents, in sight and chosen."""
    with visit(chromium, folded_page, "#n=e", viewport={"width": 360, "height": 740}) as opened:
        page = opened.page
        expect(heading(page)).to_have_text("Model E")
        assert ids(page) == {"a", "d", "e", "g"}
        expect(node(page, "e")).to_be_in_viewport()
        assert "chosen" in (node(page, "e").get_attribute("class") or "")


def test_generations_are_counted_from_the_chosen_node(chromium: Browser, toy_page: Path) -> None:
    """One generation up and none down of a merge: its two parents are lit, its child is not."""
    with visit(chromium, toy_page, "#n=d&up=1&down=0") as opened:
        page = opened.page
        lit = page.locator(".node.up").evaluate_all("marks => marks.map(mark => mark.dataset.id).sort()")
        assert lit == ["b", "c"]
        assert page.locator(".node.down").count() == 0
        page.get_by_label("Ancestors: generations").select_option("2")
        assert page.locator(".node.up").count() == 3
        assert page.evaluate("location.hash") == "#n=d&up=2&down=0"


def test_only_this_lineage(chromium: Browser, toy_page: Path) -> None:
    """The rest goes, by button and by key, in tree and table alike; Escape brings it back."""
    with visit(chromium, toy_page, "#n=c") as opened:
        page = opened.page
        page.get_by_role("button", name="Only this lineage").click()
        assert ids(page) == {"a", "c", "d", "e"}
        expect(page.locator("#shown-note")).to_have_text("4 of 7 models: the lineage of Model C")
        page.keyboard.press("3")
        assert page.locator(".models tbody tr").evaluate_all("rows => rows.map(row => row.dataset.id)") == list("acde")
        page.keyboard.press("1")
        page.keyboard.press("l")
        assert ids(page) == set("abcdefg")
        page.keyboard.press("l")
        page.keyboard.press("Escape")
        assert page.evaluate("location.hash") == ""
        opened.assert_clean()


def test_years_are_brushed_on_the_axis(chromium: Browser, toy_page: Path) -> None:
    """Dragging along the years of the axis limits the tree to them."""
    with visit(chromium, toy_page) as opened:
        page = opened.page
        labels = page.locator(".axis text")
        first = labels.filter(has_text="2019").bounding_box()
        last = labels.filter(has_text="2020").bounding_box()
        assert first
        assert last
        page.mouse.move(first["x"] + 4, first["y"] + 5)
        page.mouse.down()
        page.mouse.move(last["x"] + 4, last["y"] + 5, steps=3)
        page.mouse.up()
        assert page.evaluate("location.hash") == "#years=2019..2020"
        assert ids(page) == {"b", "c", "d"}
        opened.assert_clean()


def test_a_technique_is_drawn_with_its_first_users(chromium: Browser, real_page: Path, real: LineageGraph) -> None:
    """Of a technique that many use the earliest are added, and the line above says how many there are; a click shows them all."""
    users = {edge.target for edge in real.edges() if edge.source == "rope" and edge.kind == "uses-technique"}
    with visit(chromium, real_page) as opened:
        page = opened.page
        before = set(page.locator(".node[data-id]").evaluate_all("all => all.map((one) => one.dataset.id)"))
        page.evaluate("location.hash = 'n=rope'")
        expect(heading(page)).to_have_text("Rotary position embedding")
        shown = set(page.locator(".node[data-id]").evaluate_all("all => all.map((one) => one.dataset.id)"))
        added = shown - before
        assert len(added) == 24
        assert added <= users | {"roformer"}
        left = sorted(users - shown, key=lambda one: (real[one].date, one))
        assert left
        assert max(real[one].date for one in added) <= real[left[0]].date
        belong = len(shown & (users | {"roformer"}))
        button = page.get_by_role("button", name=re.compile(r"^Only its \d+ models$"))
        total = int((button.text_content() or "").split()[2])
        expect(page.locator("#shown-note")).to_have_text(
            f"{len(shown)} of {len(real.nodes('model'))} models, among them {belong} of its {total}"
        )
        button.click()
        expect(page.locator(".node[data-id]")).to_have_count(total)
        opened.assert_clean()


@pytest.mark.parametrize("width", [1280, 360])
def test_two_models_are_drawn_with_what_joins_them(
    chromium: Browser, real_page: Path, real: LineageGraph, width: int
) -> None:
    """Nothing else makes them small; all of it is in sight, and one click brings the rest back."""
    with visit(chromium, real_page, "#n=bert&with=gpt-4", viewport={"width": width, "height": 740}) as opened:
        page = opened.page
        expect(heading(page)).to_have_text("BERT and GPT-4")
        shown = set(page.locator(".node[data-id]").evaluate_all("all => all.map((one) => one.dataset.id)"))
        assert shown == {"transformer", "bert", "gpt-1", "gpt-2", "gpt-3", "gpt-3.5", "gpt-4"}
        room = bounds(page, "#tree")
        for one in ("bert", "transformer", "gpt-4"):
            box = bounds(page, f'.node[data-id="{one}"]')
            assert room["x"] <= box["x"]
            assert box["x"] + box["width"] <= room["x"] + room["width"]
            assert room["y"] <= box["y"]
            assert box["y"] + box["height"] <= room["y"] + room["height"]
        if width == 1280:
            expect(page.locator("#shown-note")).to_have_text(
                f"7 of {len(real.nodes('model'))} models: what joins BERT and GPT-4"
            )
            page.get_by_role("button", name="Show everything").click()
            expect(page.locator(".node[data-id]")).to_have_count(len(real.nodes("model")))
        opened.assert_clean()
