"""The tour and the site: every example prints what stands below it, and the pages are built without network or warning."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import terminal

import lineage
from lineage import LineageGraph

ROOT = Path(__file__).parent.parent
TOUR = (ROOT / "docs/tour.md").read_text(encoding="utf-8")
CONSOLE = [
    (lines[0].removeprefix("lineage "), lines[1:])
    for block in re.findall(r"```console\n(.*?)```", TOUR, re.DOTALL)
    for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    for lines in [shown.splitlines()]
]


# `stored` is how the index makes a graph, and for nobody else.
METHODS = [name for name in vars(LineageGraph) if not name.startswith("_") and name != "stored"]


def pattern(lines: list[str]) -> str:
    """A regular expression for output in which `...` stands for any lines, and the size of the graph for any size."""
    text = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in lines)
    return re.sub(r"of\\ \d+\\ (nodes|models)", r"of \\d+ \1", text)


@pytest.mark.parametrize(("command", "lines"), CONSOLE, ids=[command for command, _ in CONSOLE])
def test_a_command_of_the_tour_prints_what_the_tour_shows(
    command: str, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal, as a reader sees it, without colour."""
    monkeypatch.chdir(tmp_path)
    code, sent = terminal.on_terminal(*shlex.split(command), columns=160, NO_COLOR="1")
    printed = sent.decode().replace("\r\n", "\n")

    assert code in {0, 1, 3}
    assert re.fullmatch(pattern(lines), printed), printed


def test_the_python_of_the_tour_runs() -> None:
    """All of it, in the order of the page."""
    test = doctest.DocTestParser().get_doctest(
        "\n".join(re.findall(r"```python\n(.*?)```", TOUR, re.DOTALL)), {}, "tour", "docs/tour.md", 0
    )
    runner = doctest.DocTestRunner(verbose=False)

    assert len(test.examples) > 15
    assert runner.run(test) == (0, len(test.examples))


def test_every_method_has_an_example_that_runs() -> None:
    """Each public method and property of a graph shows itself in a doctest."""
    members = {name: member for name, member in vars(LineageGraph).items() if name in METHODS}

    assert [name for name, member in members.items() if ">>> " not in (getattr(member, "__doc__", "") or "")] == []


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(place)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return place


def test_the_site_has_every_page_of_the_documents(site: Path) -> None:
    """Each document is in the navigation, and the README is the first page, with its figure."""
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    documents = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]

    assert {one.replace("README", "index") for one in documents} <= pages
    assert [one for one in documents if one.replace(".html", ".md") not in navigation] == []
    assert 'src="tree.png"' in (site / "index.html").read_text(encoding="utf-8")
    assert (site / "tree.png").is_file()


def test_the_reference_has_every_public_name(site: Path) -> None:
    """What is public of the package, and every method of a graph, has a heading; docstrings are pages and not markup."""
    page = (site / "api.html").read_text(encoding="utf-8")

    assert [name for name in lineage.__all__ if f'id="lineage.{name}"' not in page and f'.{name}"' not in page] == []
    assert [name for name in METHODS if f'id="lineage.LineageGraph.{name}"' not in page] == []
    assert re.findall(r":(?:func|class|meth|mod|data):", page) == []
    assert "<blockquote>" not in page


def test_the_site_asks_no_other_host(site: Path) -> None:
    """Every script, style, letter and picture of every page lies beside it."""
    asked = [
        f"{path.name}: {found}"
        for path in site.rglob("*.html")
        for found in re.findall(
            r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", path.read_text(encoding="utf-8")
        )
    ]
    styles = [
        path.name
        for path in site.rglob("*.css")
        if re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8"))
    ]
    assert (asked, styles) == ([], [])


def test_a_link_that_leads_nowhere_is_text(site: Path) -> None:
    """Files of the repository that are no pages are named and not linked."""
    broken = [
        f"{path.name}: {target}"
        for path in site.rglob("*.html")
        for target in re.findall(r'<a [^>]*href="(?!https?:|#|mailto:|\.?")([^"#]+)', path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists() and path.name != "404.html"
    ]
    assert broken == []
