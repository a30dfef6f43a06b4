"""The command that draws, run as people run it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import figure_quality
import pytest
from click.testing import CliRunner, Result

import lineage
from lineage import LineageGraph, cli


def run(*arguments: str) -> Result:
    """``lineage figure`` with these arguments on the shipped data."""
    data = str(lineage.index.data_directory())
    return CliRunner().invoke(cli.cli, ["--data", data, "figure", *arguments])


def drawn(*arguments: str) -> str:
    """The SVG that it writes to stdout."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes.decode()


def quality(text: str) -> figure_quality.Quality:
    """The measures of a figure without faults."""
    found = figure_quality.measure(text)
    assert found.faults == 0
    assert found.free_error <= 1
    assert found.time_error <= 10
    assert 0.5 <= found.aspect <= 1.7
    return found


def words(text: str) -> str:
    """Everything that is written in a figure."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)", text))


def test_the_whole(real: LineageGraph) -> None:
    """All models and a rail; without one where that is wanted."""
    found = quality(drawn())
    assert found.models == len(real.nodes("model"))
    assert found.techniques >= 8
    assert quality(drawn("--no-rail")).techniques == 0


def test_years_to_scale() -> None:
    """With ``--time linear`` all years are as wide as their days, and the caption says so."""
    text = drawn("--time", "linear")
    starts = [float(x) for x in re.findall(r'data-year="\d+"[^>]* d="M([\d.]+)', text)]
    widths = {round(after - before, 1) for before, after in pairwise(starts)}
    assert max(widths) - min(widths) <= 0.11
    assert "Years are to scale." in words(text)
    assert "Years are not to scale" in words(drawn())
    quality(text)


@pytest.mark.parametrize("highlight", ["technique:rope", "uses:rope", "uses:rope,family:llama"])
def test_highlight(highlight: str, real: LineageGraph) -> None:
    """A ring and a diamond for each, the others faint; legend and caption say how many."""
    text = drawn("--highlight", highlight)
    chosen = set(real.adopters("rope"))
    if "llama" in highlight:
        chosen = {one for one in chosen if real[one].data["family"] == "Llama"}
    marked = {one for one, inside in re.findall(r'data-id="([^"]*)"[^>]*>(.*?)</a>', text) if 'class="ring"' in inside}
    assert marked == chosen
    assert text.count('class="ring"') == len(chosen) + 1
    assert f"{len(chosen)} of the {len(real.nodes('model'))} models shown" in words(text)
    assert f": {len(chosen)} of {len(real.nodes('model'))}" in words(text)
    assert ('class="since"' in text) == ("llama" not in highlight)
    quality(text)


def test_small_trees(real: LineageGraph) -> None:
    """A model, a family, a technique, a selection: their own title, what they are, and how many of how many."""
    total = len(real.nodes("model"))
    text = drawn("--focus", "roberta", "--up", "2", "--down", "1")
    near = {"roberta", *real.ancestors("roberta", depth=2), *real.descendants("roberta", depth=1)}
    years = sorted(real[one].year for one in near)
    shown = (
        f"{len(near)} of the {total} models of the graph, {years[0]}–{years[-1]}: RoBERTa, 2 generations up and 1 down."
    )
    assert shown in words(text)
    assert words(text).startswith("RoBERTa and its relatives ")
    assert quality(text).models == len(near)
    assert text.count('class="ring"') == 2
    family = [node for node in real.nodes("model") if node.data["family"] == "Llama"]
    assert quality(drawn("--family", "llama")).models == len(family)
    rope = quality(drawn("--technique", "rope"))
    assert (rope.models >= len(real.adopters("rope")), rope.techniques) == (True, 1)
    mamba = drawn("--select", "family:mamba", "--title", "Mamba & co")
    assert words(mamba).startswith("Mamba &amp; co ")
    assert quality(mamba).models == len([node for node in real.nodes("model") if node.data["family"] == "Mamba"])
    assert quality(drawn("--family", "llama", "--exclude", "llama-2+")).models < len(family)


def test_budget_and_page(tmp_path: Path, real: LineageGraph) -> None:
    """Fewer models, and a page, each with pills."""
    budget = quality(drawn("--budget", "30"))
    assert (budget.models, budget.pills > 0) == (30, True)
    path = tmp_path / "page.svg"
    result = run("--page", "a4", "-o", str(path))
    page = quality(path.read_text(encoding="utf-8"))
    assert page.smallest_text >= 5.5
    assert (
        result.stderr == f"{path}: {page.models} of {len(real.nodes('model'))} models, {page.edges} lines of descent\n"
    )


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.svg", b"<svg "), ("a.png", b"\x89PNG"), ("a.PDF", b"%PDF-"), ("a.gv", b"digraph"), ("a.dot", b"digraph")],
)
def test_the_format_is_that_of_the_file(name: str, begins: bytes, tmp_path: Path) -> None:
    """By its ending, whatever its case; --format says otherwise; stdout gets the same bytes."""
    assert run("--family", "llama", "-o", str(tmp_path / name)).exit_code == 0
    content = (tmp_path / name).read_bytes()
    assert content.startswith(begins)
    form = {"dot": "gv"}.get(name.partition(".")[2].lower(), name.partition(".")[2].lower())
    assert run("--family", "llama", "--format", form).stdout_bytes == content
    assert run("--family", "llama", "--format", form, "-o", str(tmp_path / "any.txt")).exit_code == 0
    assert (tmp_path / "any.txt").read_bytes() == content


def test_one_ground() -> None:
    """A forced ground has no other colours; the dark one is dark."""
    assert "prefers-color-scheme" in drawn("--family", "mamba")
    dark = drawn("--family", "mamba", "--ground", "dark")
    assert "prefers-color-scheme" not in dark
    assert ".page{fill:#11161D}" in dark
    assert ".page{fill:#FFFFFF}" in drawn("--family", "mamba", "--ground", "light")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-o", "a.txt"], 2, "a.txt does not end in svg, png, webp, pdf, gv"),
        (["--focus", "bert", "--family", "llama"], 2, "exclude one another"),
        (["--up", "2"], 2, "belong to --focus"),
        (["--page", "a5"], 2, "'a5' is not one of"),
        (["--budget", "0"], 2, "0 is not in the range"),
    ],
)
def test_what_cannot_be_asked(arguments: list[str], code: int, said: str) -> None:
    """One sentence that says why."""
    result = run(*arguments)
    assert (result.exit_code, said in result.output) == (code, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--focus", "robert"], "did you mean `roberta`"),
        (["--focus", "rope"], "a tree grows around a model"),
        (["--highlight", "technique:nothing"], "no node is called `nothing`"),
        (["--select", "kind:paper"], "holds no model"),
    ],
)
def test_what_cannot_be_drawn(arguments: list[str], said: str) -> None:
    """An error of the package, which the program tells in one line."""
    assert said in str(run(*arguments).exception)


def test_no_picture_into_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """PNG and PDF are refused there."""

    class Terminal:
        """Stands for stdout."""

        @staticmethod
        def isatty() -> bool:
            return True

    fake: Any = type("Sys", (), {"stdout": Terminal()})
    monkeypatch.setattr("lineage.cli.figures.sys", fake)
    result = run("--format", "png")
    assert (result.exit_code, "name a file with -o" in result.output) == (2, True)


def test_same_bytes() -> None:
    """The same question, the same picture."""
    assert drawn("--page", "a4", "--highlight", "technique:rope") == drawn(
        "--page", "a4", "--highlight", "technique:rope"
    )
