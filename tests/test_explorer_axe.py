"""The page by the rules of axe-core: who cannot see it, or has no mouse, can use every view and state of it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STATES = {
    "as it opens": "",
    "a model": "#n=vicuna",
    "everything": "#all=1",
    "only a lineage": "#n=llama&focus=only",
    "two models": "#n=bert&with=gpt-4",
    "network": "#view=network&n=alpaca",
    "table": "#view=table",
    "tour": "#tour=from-attention-to-reasoning",
    "coloured": "#colour=weights",
}
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious(chromium: Browser, real_page: Path, state: str, width: int, scheme: str) -> None:
    """No serious or critical violation in any view and state, on a wide light screen and on a narrow dark one."""
    size = {"width": width, "height": 740}
    with visit(chromium, real_page, STATES[state], viewport=size, color_scheme=scheme) as opened:
        opened.page.wait_for_timeout(600)
        opened.page.evaluate(AXE)
        found = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in ("serious", "critical")
        ]

    assert serious == []


@pytest.mark.parametrize("key", ["?", "f", "/"])
def test_axe_finds_nothing_serious_where_something_is_open(chromium: Browser, real_page: Path, key: str) -> None:
    """Nor with the list of keys, the filters or the search open."""
    with visit(chromium, real_page, viewport={"width": 1280, "height": 740}) as opened:
        opened.page.keyboard.press(key)
        opened.page.keyboard.type("llama" if key == "/" else "")
        opened.page.wait_for_timeout(600)
        opened.page.evaluate(AXE)
        found = opened.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]

    assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []
