"""The stored graph: whatever happens to the file, before or while it is read, the answer is that of the data."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
import toy
from platformdirs import user_cache_path

import lineage
from lineage import LineageError, LineageGraph, index, store


def stored(place: Path) -> Path:
    """The file that a load of these data reads."""
    return user_cache_path("model-lineage", appauthor=False) / f"index-{index.digest(place)}.bin"


def whole(graph: LineageGraph) -> str:
    """Everything that a graph says, names included."""
    return json.dumps([graph.to_dict(), graph.known_names(), [graph.parents(one) for one in graph]])


@pytest.fixture(name="place")
def _place(tmp_path: Path, toy_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data and their index, in a cache of this test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lineage.load(toy_directory)
    return toy_directory


def test_a_question_reads_only_the_records_that_it_shows(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of descent needs no record; one edge needs one."""
    read: list[int] = []
    original = store._Store.record

    def noted(self: store._Store, number: int) -> object:
        read.append(number)
        return original(self, number)

    monkeypatch.setattr(store._Store, "record", noted)
    graph = lineage.load(place)

    assert graph.paths("a", "e") == (("a", "b", "d", "e"), ("a", "c", "d", "e"))
    assert graph.resolve("First") == "a"
    assert read == []
    assert graph.edges_between("a", "b")[0].sources[0]["shows"] == "It says so."
    assert len(read) == 1


def test_a_byte_that_changed_anywhere_changes_no_answer(place: Path) -> None:
    """One byte of the file is turned over, anywhere: the graph is that of the data, read lazily or anew."""
    wanted = whole(lineage.load(place))
    file = stored(place)
    content = file.read_bytes()
    chosen = random.Random(7)
    for at in sorted(chosen.sample(range(len(content)), 60)):
        damaged = bytearray(content)
        damaged[at] ^= 1 << chosen.randrange(8)
        file.write_bytes(damaged)
        assert whole(lineage.load(place)) == wanted, at


@pytest.mark.parametrize("keep", [0, 1, 100, 2000, 5000])
def test_a_file_that_is_cut_off_while_it_is_read_changes_no_answer(place: Path, keep: int) -> None:
    """A graph that is open already reads the data when its file does not hold the rest any more."""
    wanted = whole(lineage.load(place))
    graph = lineage.load(place)
    with stored(place).open("r+b") as file:
        file.truncate(keep)

    assert whole(graph) == wanted


def test_data_that_changed_under_a_damaged_index_are_told(place: Path) -> None:
    """Where the old answer cannot be had any more, no other one is given in its place."""
    graph = lineage.load(place)
    os.truncate(stored(place), 100)
    (place / "models/new.yaml").unlink()

    with pytest.raises(LineageError, match="the data have changed; ask again"):
        whole(graph)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system knows no owner of a file")
def test_a_file_that_others_can_write_is_not_read(place: Path) -> None:
    """Who could have put something else there is not believed; the file is made anew."""
    file = stored(place)
    poisoned = file.read_bytes().replace(b"It says so.", b"It is a lie")
    file.write_bytes(poisoned)
    file.chmod(0o666)

    assert lineage.load(place)["a"].data["sources"][0]["shows"] == "It says so."
    assert file.stat().st_mode & 0o022 == 0
    assert file.read_bytes() != poisoned


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{}",
        b'{"format": "lineage-index", "version": 3, "byteorder": "little", "sections": [["ids", -1, 0]]}',
        b'{"format": "lineage-index", "version": 3, "byteorder": "little", "sections": [["ids", 99999999999, 0]]}',
        b'{"format": "lineage-index", "version": 3, "byteorder": "little", "sections": 7}',
        b'{"format": "lineage-index", "version": 3, "byteorder": "middle", "sections": []}',
        b"[" * 100_000,
        b'{"format": "lineage-index", "version": 999}',
    ],
)
def test_a_file_made_to_mislead_is_made_anew(place: Path, header: bytes) -> None:
    """Whatever a header claims, nothing is raised and the graph is that of the data."""
    wanted = whole(lineage.load(place))
    stored(place).write_bytes(header + b"\n" + b"x" * 50)

    assert whole(lineage.load(place)) == wanted


def test_files_that_rest_are_not_read_again_until_they_show_a_change(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note is written once the files have rested; then none is read, and every change is seen: of size, time or number."""
    computed: list[Path] = []
    original = index.digest

    def noted(one: Path) -> str:
        computed.append(one)
        return original(one)

    monkeypatch.setattr(index, "digest", noted)
    lineage.load(place)
    lineage.load(place)
    assert len(computed) == 2  # the files are new: the same times could hide a second change
    monkeypatch.setattr(index, "_RESTED_NS", -(10**18))
    lineage.load(place)
    lineage.load(place)
    assert len(computed) == 3
    path = place / "models/old.yaml"
    text = path.read_text(encoding="utf-8")
    status = path.stat()
    path.write_text(text.replace("Model A", "Model Z"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert lineage.load(place)["a"].name == "Model Z"
    path.rename(place / "models/older.yaml")
    assert lineage.load(place)["a"].data["location"].startswith("models/older.yaml")
    (place / "models/older.yaml").rename(path)
    toy.write(place, {"more.yaml": toy.model("h", "2023", toy.derived("a finetuned"), origin="derived")})
    assert "h" in lineage.load(place)
    (place / "more.yaml").unlink()
    assert "h" not in lineage.load(place)


@pytest.mark.parametrize("note", [b"", b"[]", b'{"signature": 1}', b"{" * 100_000, b"\xff"])
def test_a_damaged_note_is_made_anew(place: Path, note: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the note says, the graph is that of the data; a wrong digest leads to no file of another place."""
    monkeypatch.setattr(index, "_RESTED_NS", -(10**18))
    wanted = whole(lineage.load(place))
    (notes,) = (
        path
        for path in user_cache_path("model-lineage", appauthor=False).glob("seen-*")
        if os.fsencode(place) in path.read_bytes()
    )
    signature = json.loads(notes.read_bytes())["signature"]
    for content in (note, json.dumps({"signature": signature, "digest": "../../x"}).encode()):
        notes.write_bytes(content)
        assert whole(lineage.load(place)) == wanted
