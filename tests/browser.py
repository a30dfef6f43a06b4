"""A real headless Chromium for tests of the page, and what it heard and saw while the page was open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Playwright, sync_playwright

from lineage.graph import LineageGraph
from lineage.layout import lanes
from lineage.views import explorer

FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CACHE = os.environ.get("XDG_CACHE_HOME")
"""As it was before the tests got a cache of their own: playwright's browser is in the real one."""
NAMES = ("chromium", "chromium-browser", "google-chrome")


_running: list[Playwright] = []
"""The one that is running: a second one cannot start beside it."""


class NoBrowserError(RuntimeError):
    """There is no Chromium to test with."""


def executable() -> str | None:
    """The browser to use: ``LINEAGE_CHROMIUM``, else one on PATH, else none, which means playwright's own."""
    named = os.environ.get("LINEAGE_CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium, without access to any network service of its own.

    Raises:
        NoBrowserError: if none can be started; it says what to do.
    """
    # The sandbox of Chromium does not start for the super-user, as whom containers run.
    flags = [*FLAGS, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    outer = bool(_running)
    if not outer:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("XDG_CACHE_HOME", raising=False)
            if CACHE:
                patch.setenv("XDG_CACHE_HOME", CACHE)
            _running.append(sync_playwright().start())
    try:
        path = executable()
        try:
            browser = _running[0].chromium.launch(executable_path=path, args=flags)
        except Exception as error:
            raise NoBrowserError(
                f"Chromium did not start ({path or 'that of playwright'}); install it with `playwright install chromium` or "
                "your system's packages, or name it in LINEAGE_CHROMIUM"
            ) from error
        try:
            yield browser
        finally:
            browser.close()
    finally:
        if not outer:
            _running.pop().stop()


_LISTEN = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
window.executed = [];
window.alert = (what) => window.executed.push(String(what));
"""


@dataclass
class Visit:
    """An open page with everything that went wrong or out since it was opened."""

    page: Page
    address: str = ""
    """Of the file, without a fragment."""
    requests: list[str] = field(default_factory=list)
    """Addresses other than the file itself."""
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings of the console, and uncaught errors."""

    @property
    def violations(self) -> list[str]:
        """What the content security policy has refused."""
        return list(self.page.evaluate("window.violations"))

    @property
    def executed(self) -> list[str]:
        """What called ``alert``: proof that text of the data was run."""
        return list(self.page.evaluate("window.executed"))

    def assert_clean(self) -> None:
        """Nothing was requested, refused, complained of or executed."""
        found = (self.requests, self.violations, self.complaints, self.executed)
        assert found == ([], [], [], []), found


@contextmanager
def visit(browser: Browser, file: Path, fragment: str = "", **options: Any) -> Iterator[Visit]:
    """Open a file in a context of its own; ``options`` go to it (``viewport``, ``color_scheme`` ...)."""
    context: BrowserContext = browser.new_context(**options)
    try:
        context.add_init_script(_LISTEN)
        page = context.new_page()
        address = file.as_uri()
        opened = Visit(page, address)
        page.on(
            "request", lambda one: opened.requests.append(one.url) if one.url.partition("#")[0] != address else None
        )
        page.on("console", lambda one: opened.complaints.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda one: opened.complaints.append(str(one)))
        page.goto(address + fragment)
        yield opened
    finally:
        context.close()


def node(page: Page | Frame, node_id: str) -> Any:
    """The mark of a model in the tree."""
    return page.locator(f'.node[data-id="{node_id}"]')


def bounds(page: Page, selector: str) -> dict[str, float]:
    """Where an element is on the screen: x, y, width and height in pixels."""
    return dict(page.locator(selector).first.bounding_box() or {})  # type: ignore[arg-type]


def heading(page: Page | Frame) -> Any:
    """The name above the details."""
    return page.locator("#panel h2")


def write(graph: LineageGraph, directory: Path) -> Path:
    """The page of a graph as a file."""
    path = directory / "explorer.html"
    path.write_text(explorer.render(graph, lanes(graph)), encoding="utf-8")
    return path
