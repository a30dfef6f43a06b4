"""The cross-checks: what is read from the data of others, and what is made of it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import toy

import lineage
from lineage import LineageGraph

ROOT = Path(__file__).parent.parent


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("crosscheck", ROOT / "tools" / "crosscheck.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["crosscheck"] = module
    spec.loader.exec_module(module)
    return module


crosscheck = _load()


@pytest.fixture(name="line")
def _line(tmp_path: Path) -> LineageGraph:
    """Old 2 descends from Old, New 7 succeeds nothing; Old has a card, and a card that two share is the name of neither."""
    card = "variants: [{name: 7B, url: https://huggingface.co/acme/the-first}]"
    shared = "variants: [{name: 7B, url: https://huggingface.co/acme/shared}]"
    joined = toy.names("uses_technique", "technique", "t")
    files = {
        "models.yaml": toy.model("old", "2019", joined, card, name="Old")
        + toy.model("old-2", "2020", joined, shared, toy.derived("old finetuned"), name="Old 2", origin="derived")
        + toy.model("new", "2021", joined, shared, name="New"),
        "rest.yaml": toy.paper("p", "2017", toy.names("introduced_technique", "technique", "t")) + toy.technique("t"),
    }
    return lineage.load(toy.write(tmp_path / "data", files))


def verdicts(graph: LineageGraph, *pairs: tuple[str, str], code: bool = False) -> list[tuple[str, str]]:
    """Verdict and our words for each pair."""
    rows = crosscheck.compare(graph, [crosscheck.Told(*pair) for pair in pairs], code=code)
    return [(row.verdict, row.ours) for row in rows]


def test_a_pair_is_agreed_at_odds_lacking_or_absent(line: LineageGraph) -> None:
    """The line of weights decides; what we have the other way round is at odds."""
    assert verdicts(line, ("Old 2-7B", "Old-13B")) == [("agree", "`old-2` descends from `old`")]
    assert verdicts(line, ("acme/old-2-instruct", "acme/Old-2-7b-hf")) == [("agree", "editions of `old-2`")]
    assert verdicts(line, ("Old", "Old 2")) == [("odds", "`old-2` descends from `old`")]
    assert verdicts(line, ("Old 2", "New")) == [("odds", "`old-2` has weights from `old`, not from `new`")]
    assert verdicts(line, ("New", "Old")) == [("odds", "`new` is trained from scratch, not from `old`")]
    assert verdicts(line, ("new", "old"), code=True) == [("lacking", "`new` is not said to come from `old`")]
    assert verdicts(line, ("Old 3", "New")) == [("absent", "Old 3")]


def test_a_card_is_a_name_and_a_shared_card_is_none(line: LineageGraph) -> None:
    """A repository on the Hub stands for the record that alone cites it."""
    names = crosscheck.Names(line, editions=True)

    assert names.find("acme/the-first") == "old"
    assert names.find("acme/shared") is None


def test_another_digit_is_another_model(line: LineageGraph) -> None:
    """Sizes and editions may go, the generation never: Old v4 is not Old, and code names are taken as they are."""
    names = crosscheck.Names(line, editions=True)

    assert (names.find("old-v4"), names.find("old_4"), names.find("Old 2 7B v0.1")) == (None, None, "old-2")
    assert crosscheck.Names(line, editions=False).find("old-7b") is None


def test_code_inherits_where_a_class_is_a_base(tmp_path: Path) -> None:
    """An import of another model's class that is inherited from counts; one that is only called does not."""
    folder = tmp_path / "models" / "child"
    folder.mkdir(parents=True)
    (folder / "modular_child.py").write_text(
        "from ..llama.modeling_llama import LlamaAttention\n"
        "from ..gemma.modeling_gemma import gemma_helper\n"
        "from ..auto.modeling_auto import AutoThing\n"
        "from ...utils import x\n"
        "class ChildAttention(LlamaAttention): pass\n"
        "class ChildAuto(AutoThing): pass\n",
        encoding="utf-8",
    )

    assert list(crosscheck.modular([tmp_path])) == [("child", "llama")]


@pytest.mark.parametrize("lines", [True, False])
def test_cards_are_read_as_json_or_as_lines(tmp_path: Path, *, lines: bool) -> None:
    """One base or several, in the card or beside it; a card without one tells nothing."""
    cards = [
        {"id": "a/b", "cardData": {"base_model": "c/d"}},
        {"modelId": "e/f", "base_model": ["g/h", "i/j"]},
        {"id": "k/l", "cardData": None},
    ]
    path = tmp_path / "cards.json"
    path.write_text("\n".join(map(json.dumps, cards)) if lines else json.dumps(cards), encoding="utf-8")

    assert list(crosscheck.huggingface([path])) == [("a/b", "c/d"), ("e/f", "g/h"), ("e/f", "i/j")]


def test_rows_with_a_base_model_are_read(tmp_path: Path) -> None:
    """By either name of the first column; rows without a base tell nothing."""
    (tmp_path / "a.csv").write_text("System,Base model\nX,Y\nZ,\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text('Model,Base model\nX,"Y, W"\n', encoding="utf-8")

    found = list(crosscheck.epoch([tmp_path / "a.csv", tmp_path / "b.csv"]))
    assert found == [("X", "Y"), ("X", "Y"), ("X", "W")]


def test_the_page_shows_what_is_at_odds_first_and_nothing_of_it_is_markup(line: LineageGraph) -> None:
    """Three lists with their counts; names from elsewhere are text."""
    pairs = [("Old", "Old 2"), ("Old 2", "Old"), ("<b>|x", "Old")]
    rows = crosscheck.compare(line, [crosscheck.Told(*pair) for pair in pairs], code=False)

    assert crosscheck.page(rows) == (
        "| | pairs |\n| --- | ---: |\n| At odds | 1 |\n| Only there | 0 |\n| Models that are not here | 1 |\n| Agree | 1 |\n"
        "\n## At odds\n\n| they say | of parent | here |\n| --- | --- | --- |\n| Old | Old 2 | `old-2` descends from `old` |\n"
        "\n## Models that are not here\n\n\\<b\\>\\|x\n"
        "\n## Agree\n\n| they say | of parent | here |\n| --- | --- | --- |\n| Old 2 | Old | `old-2` descends from `old` |\n"
    )
    assert "\\<b\\>\\|x" in crosscheck._cell("<b>|x")


def test_design_and_succession_are_no_base_model(tmp_path: Path) -> None:
    """Yi is no fine-tune of Llama: where weights are meant, the same design is at odds; where code is meant, it agrees."""
    joined = toy.names("uses_technique", "technique", "t")
    files = {
        "models.yaml": toy.model("old", "2019", joined, name="Old")
        + toy.model("like", "2020", joined, toy.derived("old architecture"), name="Like")
        + toy.model("next", "2020", joined, toy.names("succeeds", "model", "old"), name="Next")
        + toy.model("heir", "2020", joined, toy.derived("old distilled"), name="Heir"),
        "rest.yaml": toy.paper("p", "2017", toy.names("introduced_technique", "technique", "t")) + toy.technique("t"),
    }
    graph = lineage.load(toy.write(tmp_path / "data", files))

    for child in ("like", "next"):
        words = f"`{child}` has the design of `old` or succeeds it, and none of its weights"
        assert verdicts(graph, (child, "old")) == [("odds", words)]
        assert verdicts(graph, (child, "old"), code=True) == [("agree", f"`{child}` descends from `old`")]
    assert verdicts(graph, ("heir", "old")) == [("agree", "`heir` descends from `old`")]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("huggingface", b""),
        ("huggingface", b"{"),
        ("huggingface", b"[1, 2]"),
        ("huggingface", b"[]"),
        ("huggingface", b"\xff\xfe"),
        ("epoch", b""),
        ("epoch", b"System;Base model\nX;Y\n"),
        ("epoch", b"\xff"),
        ("modular", b"x"),
    ],
)
def test_what_is_not_what_it_is_said_to_be_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, content: bytes
) -> None:
    """Exit 2 and one line: nothing read is not the same as nothing at odds."""
    (tmp_path / "given").write_bytes(content)

    assert crosscheck.main([kind, str(tmp_path / "given")]) == 2
    assert crosscheck.main([kind, str(tmp_path / "missing")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.partition(":")[0] for line in said.err.splitlines() if line.startswith("error")] == ["error", "error"]


def test_a_card_whose_data_are_no_mapping_tells_nothing(tmp_path: Path) -> None:
    """A string where a mapping is expected is passed over; a byte order mark is, too."""
    (tmp_path / "cards.json").write_text('\ufeff[{"id": "a/b", "cardData": "x"}]', encoding="utf-8")

    assert list(crosscheck.huggingface([tmp_path / "cards.json"])) == []


def test_code_that_is_no_python_is_refused(tmp_path: Path) -> None:
    """One broken file is told with its name."""
    (tmp_path / "modular_x.py").write_text("def (", encoding="utf-8")

    with pytest.raises(crosscheck.InputError, match=r"modular_x\.py: is no Python"):
        list(crosscheck.modular([tmp_path]))
