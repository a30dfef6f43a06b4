"""Fixtures that many tests share. No test reads or writes the cache of the person who runs it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import toy
from hypothesis import settings

import lineage
from lineage import LineageGraph

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
settings.load_profile("ci")

# A shell without job control starts what runs in its background deaf to Ctrl-C, and so would be all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    patch.delenv("LINEAGE_DATA", raising=False)
    patch.delenv("FORCE_COLOR", raising=False)
    patch.delenv("NO_COLOR", raising=False)


@pytest.fixture(name="toy_directory")
def _toy_directory(tmp_path: Path) -> Path:
    return toy.write(tmp_path / "toy")


@pytest.fixture(name="graph")
def _graph(toy_directory: Path) -> LineageGraph:
    return lineage.load(toy_directory)


@pytest.fixture(name="real", scope="session")
def _real() -> LineageGraph:
    return lineage.load()


# -- the page of the explorer in a browser --------------------------------------------------------------------------------


@pytest.fixture(name="chromium", scope="session")
def _chromium() -> Iterator[Browser]:
    import browser

    with browser.chromium() as running:
        yield running


@pytest.fixture(name="toy_graph", scope="session")
def _toy_graph(tmp_path_factory: pytest.TempPathFactory) -> LineageGraph:
    return lineage.load(toy.write(tmp_path_factory.mktemp("toy")))


@pytest.fixture(name="toy_page", scope="session")
def _toy_page(toy_graph: LineageGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from browser import write

    return write(toy_graph, tmp_path_factory.mktemp("page"))


@pytest.fixture(name="real_page", scope="session")
def _real_page(real: LineageGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from browser import write

    return write(real, tmp_path_factory.mktemp("real"))
