"""What strangers' tables and cards have wrong with them is told, and what is written always passes the check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from lineage import Location, check, load
from lineage.cards import Base, Card, Reading
from lineage.imports import take


def run(*words: str) -> tuple[int, str, str]:
    """A whole process: its exit code, stdout and stderr."""
    done = subprocess.run([sys.executable, "-m", "lineage", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


ROWS = "https://example.org/rows"


def _imported(tmp_path: Path, text: str, *more: str) -> tuple[int, str, str]:
    table = tmp_path / "rows.csv"
    table.write_text(text, encoding="utf-8")
    return run("import", "csv", str(table), "-o", str(tmp_path / "mine"), *more)


def test_a_source_that_is_no_address_leaves_nothing_behind(tmp_path: Path) -> None:
    """The row is told and left out; what names it hangs on a placeholder, and what was written loads."""
    code, _, err = _imported(
        tmp_path,
        "name,date,organizations,derived_from,succeeds,source\n"
        "A,2023,Acme,,,https://exa mple.org/\n"
        f"B,2024,Acme,A finetuned,,{ROWS}\n"
        f"C,2024,Acme,A merged; B merged,,{ROWS}\n"
        f"D,2025,Acme,,A,{ROWS}\n"
        "E,2025,Acme,,,https://localhost/\n",
    )

    assert code == 1
    assert "rows.csv:2: error: no-source: the source of `A`, `https://exa mple.org/`, is no address" in err
    assert "rows.csv:6: error: no-source: the source of `E`, `https://localhost/`, is no address" in err
    assert check(tmp_path / "mine") == ()
    graph = load(tmp_path / "mine")
    assert [graph.parents(one) for one in ("b", "c", "d")] == [("a",), ("a", "b"), ("a",)]
    assert _imported(tmp_path, "name\nA\n", "--source", "https://localhost/")[0] == 2


def test_what_cannot_be_a_record_takes_with_it_what_names_it() -> None:
    """A record that fails at the very last is told, and so is every claim that named it; the rest is sound."""
    reading = Reading()
    place = Location("rows.csv", 2)
    good: dict[str, Any] = {"place": place, "source": ROWS, "said": "table", "organizations": ("Acme",), "date": "2023"}
    reading.cards += [
        Card(key="a", name="A", **{**good, "source": "https://bad"}),
        Card(key="b", name="B", bases=(Base("a", "finetuned", "", 3),), aliases=("Bee",), **good),
        Card(key="c", name="C", bases=(Base("a", "merged", "", 4), Base("b", "merged", "", 4)), **good),
        Card(key="d", name="D", predecessors=("a", "b"), **good),
    ]
    made = take(reading, load())

    records = {one["id"]: one for one in yaml.safe_load(made.files["models/acme.yaml"])}
    assert sorted(records) == ["b", "c", "d"]
    assert records["b"]["origin"] == "undisclosed"
    assert records["b"]["aliases"] == ["Bee"]
    assert [(one["parent"], one["relation"]) for one in records["c"]["derived_from"]] == [("b", "finetuned")]
    assert [one["model"] for one in records["d"]["succeeds"]] == ["b"]
    told = [(one.rule, one.message) for one in made.problems if one.severity == "error"]
    assert [rule for rule, _ in told] == ["not-a-record"] * 4
    assert sum("names `a`, which was left out" in message for _, message in told) == 3


def test_a_merge_that_a_ring_leaves_with_one_base_is_said_once(tmp_path: Path) -> None:
    """A base that is named as merged and as fine-tuned stands once when the other base cannot be."""
    code, _, _ = _imported(
        tmp_path,
        "name,date,organizations,derived_from,source\n"
        f"A,2020,Acme,B merged; C merged; B finetuned,{ROWS}\n"
        f"B,2019,Acme,,{ROWS}\n"
        f"C,2022,Acme,,{ROWS}\n",
    )

    assert code == 1
    assert [one.rule for one in check(tmp_path / "mine")] == ["isolated"]
    graph = load(tmp_path / "mine")
    assert [(edge.source, edge.relation) for edge in graph.parent_edges("a")] == [("b", "finetuned")]


def test_tables_in_other_letters_are_read_or_told(tmp_path: Path) -> None:
    """UTF-16, as a sheet saves it, is read; of Latin letters that are no UTF-8 it is said that they were left out."""
    text = f"name,date,organizations,source\nCafé,2023,Acme,{ROWS}\n"
    for encoding, name, told in (
        ("utf-16", "Café", ""),
        ("latin-1", "Caf", "rows.csv:2: warning: encoding: is not UTF-8"),
    ):
        table = tmp_path / encoding / "rows.csv"
        table.parent.mkdir()
        table.write_bytes(text.encode(encoding))
        code, _, err = run("import", "csv", str(table), "-o", str(table.parent / "mine"))
        assert code == 0
        assert [node.name for node in load(table.parent / "mine").nodes()] == [name]
        assert told in err
        assert bool(told) == bool(err)


def test_metadata_without_an_end_are_told_as_too_long(tmp_path: Path) -> None:
    """More than is read of a card is not the same as none."""
    card = tmp_path / "acme/big/README.md"
    card.parent.mkdir(parents=True)
    card.write_text("---\ntags:\n" + "- a\n" * 300_000 + "---\n")
    _, _, err = run("import", "hf", str(tmp_path / "acme"), "-o", str(tmp_path / "mine"))

    assert "README.md:1: error: too-large: has metadata that do not end within 1 MiB" in err
