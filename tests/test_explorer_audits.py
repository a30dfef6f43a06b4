"""What audits of a page ask for and can be measured without a network: names of the document, sizes, shifts, contrast."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Visit, visit
from test_explorer_axe import AXE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STATES = {
    "as it opens": "",
    "a model": "#n=llama",
    "a technique": "#n=rope",
    "two models": "#n=bert&with=gpt-4",
    "network": "#n=llama&view=network",
    "table": "#view=table",
    "outline": "#view=table&outline=1",
    "tour": "#tour=from-attention-to-reasoning&step=4",
    "in a post": "#embed=1&n=t5",
}
_WATCH = """
window.shifts = [];
window.longTasks = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, sources }) =>
  [value, sources.map(({ node }) => node?.id || node?.className || node?.nodeName).join(' ')])))
  .observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => Math.round(one.duration))))
  .observe({ type: 'longtask', buffered: true });
"""
_SEEN = """const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && one.getBoundingClientRect().width > 1 && !one.closest('[aria-hidden=true]');"""


@pytest.fixture(name="audited", params=[1280, 360], scope="module")
def _audited(request: pytest.FixtureRequest, chromium: Browser, real_page: Path) -> Iterator[Visit]:
    size = {"width": request.param, "height": 740}
    with visit(chromium, real_page, viewport=size, has_touch=request.param == 360) as opened:
        opened.page.context.add_init_script(_WATCH)
        yield opened


def turn(opened: Visit, fragment: str) -> Any:
    """Load the page anew in a state, and let everything that comes by itself come."""
    page = opened.page
    page.goto("about:blank")
    page.goto(opened.address + fragment)
    page.wait_for_timeout(700)
    return page


def test_the_document_says_what_it_is(audited: Visit) -> None:
    """Language, title, description, a viewport that can be zoomed, one first heading, one main part, no broken names."""
    page = turn(audited, "")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Family tree of language models"
    description = page.locator("meta[name=description]").get_attribute("content") or ""
    assert 50 < len(description) < 200
    assert page.locator("meta[name=viewport]").get_attribute("content") == "width=device-width, initial-scale=1"
    assert page.locator("h1").count() == page.locator("main").count() == 1
    assert page.evaluate("document.characterSet") == "UTF-8"
    assert page.evaluate("document.compatMode") == "CSS1Compat"
    doubled = "Object.entries(Object.groupBy(document.querySelectorAll('[id]'), ({ id }) => id)).filter(([, all]) => all.length > 1)"
    assert page.evaluate(doubled) == []
    audited.assert_clean()


@pytest.mark.parametrize("state", STATES)
def test_nothing_moves_by_itself(audited: Visit, state: str, record_property: Any) -> None:
    """What stands on the page stays where it is while the rest comes; long tasks are told, not judged."""
    page = turn(audited, STATES[state])
    record_property("long_tasks_ms", page.evaluate("window.longTasks"))
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _ in shifts) < 0.01, shifts
    audited.assert_clean()


@pytest.mark.parametrize("state", STATES)
def test_text_is_large_enough(audited: Visit, state: str) -> None:
    """No words of the page are smaller than 12 pixels, and nothing scrolls sideways."""
    page = turn(audited, STATES[state])
    small = page.evaluate(
        f"""() => {{ {_SEEN}
        return [...document.querySelectorAll('body *:not(svg *, script)')].filter((one) => seen(one)
          && [...one.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
          && parseFloat(getComputedStyle(one).fontSize) < 12).map((one) => one.outerHTML.slice(0, 100)); }}"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("state", STATES)
def test_fingers_hit_what_they_mean(audited: Visit, state: str) -> None:
    """On a phone every control is at least 44 pixels in both directions; links in a sentence and marks in the picture are not counted."""
    page = turn(audited, STATES[state])
    if page.viewport_size["width"] > 360:
        pytest.skip("of a phone")
    small = page.evaluate(
        f"""() => {{ {_SEEN}
        return [...document.querySelectorAll('button, input, select, summary, textarea, [role=button], [role=option]')]
          .filter((one) => !one.closest('svg') && seen(one)).map((one) => [one, (one.type === 'checkbox' ? one.labels?.[0] ?? one : one).getBoundingClientRect()])
          .filter(([, box]) => Math.min(box.width, box.height) < 43.5)
          .map(([one, box]) => `${{one.outerHTML.slice(0, 80)}}: ${{Math.round(box.width)}} x ${{Math.round(box.height)}}`); }}"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_words_stand_out(audited: Visit, state: str, scheme: Any) -> None:
    """The contrast of text is that of WCAG 2.2 AA, by axe-core, in both themes."""
    audited.page.emulate_media(color_scheme=scheme)
    page = turn(audited, STATES[state])
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']})")["violations"]
    assert [node["html"][:120] for one in found for node in one["nodes"]] == []
