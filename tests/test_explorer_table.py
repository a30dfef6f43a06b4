"""The table of the explorer page: on a phone and a desk, sorted, in the address, and by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import bounds, visit
from playwright.sync_api import Browser, Page, expect

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}


def rows(page: Page) -> str:
    """The ids of the rows of the toy graph."""
    return "".join(page.locator(".models tbody tr").evaluate_all("all => all.map(one => one.dataset.id)"))


def test_a_phone_sorts_the_table(chromium: Browser, toy_page: Path) -> None:
    """A list of the columns and a button for the direction stand where the heads have no room."""
    with visit(chromium, toy_page, "#view=table", viewport=PHONE) as opened:
        page = opened.page
        by, way = page.get_by_label("Sort by"), page.locator("#sort-way")
        expect(way).to_have_text("▲ ascending")
        by.select_option("Model")
        assert (rows(page), page.evaluate("location.hash")) == ("abcdefg", "#view=table&sort=name")
        way.click()
        assert (rows(page), page.evaluate("location.hash")) == ("gfedcba", "#view=table&sort=-name")
        expect(way).to_have_text("▼ descending")
        by.select_option("Led to")
        assert rows(page)[0] == "a"
        for control in ("#sort-by", "#sort-way"):
            assert bounds(page, control)["height"] >= 44
        page.go_back()
        assert rows(page) == "gfedcba"
        expect(by).to_have_value("name")
        opened.assert_clean()


def test_heads_sort_where_they_have_room(chromium: Browser, toy_page: Path) -> None:
    """On a desk the heads sort, and the list is away; the address holds the order, and a link leads to it."""
    with visit(chromium, toy_page, "#view=table&sort=-name", viewport=DESK) as opened:
        page = opened.page
        assert rows(page) == "gfedcba"
        expect(page.locator("#sort-by")).to_be_hidden()
        expect(page.locator('[data-key="name"]')).to_have_attribute("aria-sort", "descending")
        page.get_by_role("button", name="Date").click()
        assert (rows(page), page.evaluate("location.hash")) == ("afbcdeg", "#view=table")
        opened.assert_clean()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_says_what_a_model_came_from(chromium: Browser, real_page: Path, *, scripts: bool) -> None:
    """With scripts or without, the parents stand in the row, and nothing is wider than the screen."""
    with visit(chromium, real_page, "#view=table", viewport=PHONE, java_script_enabled=scripts) as opened:
        row = opened.page.locator(".models tbody tr", has_text="Vicuna").first
        parents = row.locator("td").nth(2)
        expect(parents).to_be_visible()
        expect(parents).to_contain_text("LLaMA")
        if scripts:
            for fact in ("decoder-only", "restricted"):
                expect(row.get_by_text(fact)).to_be_visible()
            assert opened.page.evaluate("part('#table').scrollWidth <= part('#table').clientWidth")


def test_only_a_lineage_is_counted_by_its_rows(chromium: Browser, real_page: Path) -> None:
    """The line above the table says how many rows there are."""
    with visit(chromium, real_page, "#view=table&n=llama&focus=only") as opened:
        count = opened.page.locator(".models tbody tr").count()
        models = opened.page.evaluate("wholeGraph() && modelsOf(wholeGraph()).length")
        assert count < models
        expect(opened.page.locator("#shown-note")).to_have_text(f"{count} of {models} models: the lineage of LLaMA")


def test_a_row_keeps_the_focus(chromium: Browser, toy_page: Path) -> None:
    """Enter on a row opens the details and stays on the row; so do a filter, and the way back."""
    with visit(chromium, toy_page, "#view=table") as opened:
        page = opened.page
        page.get_by_role("button", name="Model D", exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.locator("#panel h2")).to_have_text("Model D")
        focused = "document.activeElement.closest('tr')?.dataset.id ?? document.activeElement.id"
        assert page.evaluate(focused) == "d"
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused) == "e"
        page.keyboard.press("l")
        assert page.evaluate(focused) in "abcde"
        opened.assert_clean()


@pytest.mark.parametrize(("key", "place"), [("3", "d"), ("2", "network")])
def test_a_key_turns_the_view_with_the_focus(chromium: Browser, toy_page: Path, key: str, place: str) -> None:
    """From a node of the tree the keys 2 and 3 lead to the same node in the other view, and 1 back to it."""
    with visit(chromium, toy_page, "#n=d") as opened:
        page = opened.page
        page.locator('.node[data-id="d"]').focus()
        page.keyboard.press(key)
        focused = "document.activeElement.closest('tr')?.dataset.id ?? document.activeElement.id"
        assert page.evaluate(focused) == place
        page.keyboard.press("1")
        assert page.evaluate("document.activeElement.getAttribute('data-id')") == "d"
        opened.assert_clean()


def test_names_have_the_room_of_their_words(chromium: Browser, real_page: Path) -> None:
    """With the details open on a desk no name of a model is broken within a word; a very long one is, not the table."""
    with visit(chromium, real_page, "#view=table&n=vicuna", viewport=DESK) as opened:
        broken = opened.page.evaluate(
            """() => [...document.querySelectorAll(".row-name")].filter((button) => {
              const text = button.firstChild;
              const range = document.createRange();
              return [...text.data.matchAll(/[^\\s-]+/g)].some((word) => {
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                return new Set([...range.getClientRects()].map((box) => box.top)).size > 1;
              });
            }).map((button) => button.textContent)"""
        )
        assert broken == []
        assert opened.page.evaluate("part('#table').scrollWidth <= part('#table').clientWidth")
        opened.page.locator(".row-name").first.evaluate("button => { button.textContent = 'x'.repeat(5000); }")
        assert opened.page.evaluate("part('#table').scrollWidth < 2 * part('#table').clientWidth")
