"""Loading: the same graph whether it is read from records or from the stored index, and never a stale or a broken one."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest
import toy
from platformdirs import user_cache_path

import lineage
from lineage import CatalogError, index


def stored() -> list[Path]:
    """The indexes that are stored now."""
    return sorted(user_cache_path("model-lineage", appauthor=False).glob("index-*"))


def test_a_warm_load_gives_the_same_graph(toy_directory: Path) -> None:
    """The stored index is the whole graph."""
    cold = lineage.load(toy_directory).to_dict()

    assert lineage.load(toy_directory).to_dict() == cold


def test_a_warm_load_imports_no_heavy_library(toy_directory: Path) -> None:
    """A question that was asked before needs neither pydantic nor YAML nor networkx."""
    import subprocess
    import sys

    lineage.load(toy_directory)
    code = (
        f"import sys, lineage; lineage.load({str(toy_directory)!r}).ancestors('e');"
        "print(sorted({'pydantic', 'yaml', 'networkx', 'pyvis', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_change_of_the_data_is_seen(toy_directory: Path) -> None:
    """A record that is added is in the graph at the next load."""
    before = len(lineage.load(toy_directory))
    toy.write(toy_directory, {"more.yaml": toy.model("h", "2023", toy.derived("a finetuned"), origin="derived")})

    assert len(lineage.load(toy_directory)) == before + 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"nodes": 1, "edges": 2}', b'{"nodes": [{}], "edges": []}', b"\xff"]
)
def test_a_damaged_index_is_made_anew(toy_directory: Path, content: bytes) -> None:
    """Whatever the stored file holds, the answer is right and the file is whole again."""
    graph = lineage.load(toy_directory).to_dict()
    for path in stored():
        path.write_bytes(content)

    assert lineage.load(toy_directory).to_dict() == graph
    assert any(path.read_bytes() != content for path in stored())


def test_no_index_is_needed(toy_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache cannot be written the answer is the same."""
    graph = lineage.load(toy_directory).to_dict()
    blocked = toy_directory / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))

    assert lineage.load(toy_directory).to_dict() == graph


def test_only_the_newest_indexes_are_kept(toy_directory: Path) -> None:
    """A contributor who edits all day does not fill the disk."""
    for number in range(12):
        toy.write(
            toy_directory,
            {"more.yaml": toy.model("h", "2023", toy.derived("a finetuned"), origin="derived", name=f"H{number}")},
        )
        lineage.load(toy_directory)

    assert len(stored()) == 8


def test_problems_are_raised_together(tmp_path: Path) -> None:
    """Data with problems make no graph; the error carries all of them, warnings aside."""
    toy.write(tmp_path, {"x.yaml": toy.model("a", "2020", origin="derived") + toy.technique("t")})

    with pytest.raises(CatalogError) as caught:
        lineage.load(tmp_path)

    assert [problem.rule for problem in caught.value.problems] == ["origin-against-parents", "without-introducer"]


def test_a_warning_does_not_keep_a_graph_from_being_made(tmp_path: Path) -> None:
    """An isolated node is told by the check and drawn all the same."""
    toy.write(tmp_path, {"x.yaml": toy.model("a", "2020")})

    assert [problem.severity for problem in lineage.check(tmp_path)] == ["warning"]
    assert len(lineage.load(tmp_path)) == 1


def test_a_directory_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path is one sentence, from an argument as from the environment."""
    with pytest.raises(index.DataNotFoundError, match="there is no directory"):
        lineage.load(tmp_path / "nothing")
    monkeypatch.setenv("LINEAGE_DATA", str(tmp_path / "nothing"))
    with pytest.raises(index.DataNotFoundError, match="there is no directory"):
        lineage.check()


def test_where_the_records_stand_does_not_matter(tmp_path: Path) -> None:
    """Records in other files, in another order, make the same graph, aside from the lines they stand on."""
    records = [f"- kind{one}" for text in toy.FILES.values() for one in text.split("- kind")[1:]]
    random.Random(7).shuffle(records)
    one = lineage.load(toy.write(tmp_path / "one"))
    other = lineage.load(toy.write(tmp_path / "other", {f"{number}.yaml": text for number, text in enumerate(records)}))

    def without_lines(graph: lineage.LineageGraph) -> str:
        content = graph.to_dict()
        for node in content["nodes"]:
            node.pop("location")
        return json.dumps(content)

    assert without_lines(one) == without_lines(other)


def test_a_file_that_was_found_canonical_is_not_compared_again_until_it_changes(
    toy_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second check writes nothing anew and finds the same; a file that was edited is compared, and told."""
    from lineage import canonical

    written: list[int] = []
    original = canonical._written

    def counted(content: list[object], comments: dict[object, list[str]]) -> str:
        written.append(1)
        return original(content, comments)

    monkeypatch.setattr(canonical, "_written", counted)
    # Another text than that of other tests, which share the cache.
    path = toy_directory / "models/new.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Model G", "Model Gamma"), encoding="utf-8")

    assert index.check(toy_directory) == ()
    assert written
    written.clear()
    assert index.check(toy_directory) == ()
    assert written == []
    path.write_text(path.read_text(encoding="utf-8").replace("Model Gamma", "'Model Gamma'"), encoding="utf-8")
    assert [problem.rule for problem in index.check(toy_directory)] == ["not-canonical"]


@pytest.mark.parametrize("content", [b"", b"{", b'["x"', b"3", b"[1, null]", b"\xff"])
def test_damaged_notes_on_canonical_files_are_made_anew(toy_directory: Path, content: bytes) -> None:
    """What the cache holds may be anything; the check is the same."""
    index.check(toy_directory)
    (notes,) = user_cache_path("model-lineage", appauthor=False).glob("canonical-*")
    notes.write_bytes(content)

    assert index.check(toy_directory) == ()


def test_the_collector_of_garbage_is_left_as_it_was(toy_directory: Path) -> None:
    """It rests while records are read, and then does what it did before, even if the data are broken."""
    import gc

    (toy_directory / "broken.yaml").write_text("- [", encoding="utf-8")
    assert gc.isenabled()
    index.check(toy_directory)
    assert gc.isenabled()
    gc.disable()
    try:
        index.check(toy_directory)
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("named", [None, "", "/srv/x", "/srv/ü y"])
def test_the_cache_is_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    """The shortcut and the library mean the same directory, whatever the environment says."""
    if named is None:
        monkeypatch.delenv("XDG_CACHE_HOME")
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", named)

    assert index._cache() == user_cache_path("model-lineage", appauthor=False)


def test_an_answer_of_the_whole_is_kept_as_long_as_the_data_are_the_same(toy_directory: Path) -> None:
    """It is made once; made anew after a change, after damage, and where somebody else could have written it."""
    made: list[int] = []

    def make(graph: lineage.LineageGraph) -> dict[str, object]:
        made.append(len(graph))
        return {"nodes": len(graph), "text": "é"}

    def ask() -> object:
        return index.remembered("sizes", make, toy_directory)

    assert ask() == ask() == {"nodes": 11, "text": "é"}
    assert made == [11]
    (file,) = user_cache_path("model-lineage", appauthor=False).glob("sizes-*")
    for content in (b"", b"5\n{}", file.read_bytes().replace(b"11", b"12"), b"0\n", b"\xff"):
        file.write_bytes(content)
        assert ask() == {"nodes": 11, "text": "é"}
    file.chmod(0o666)
    ask()
    assert made == [11] * 7
    toy.write(toy_directory, {"more.yaml": toy.model("h", "2023", toy.derived("a finetuned"), origin="derived")})
    assert ask() == {"nodes": 12, "text": "é"}


def test_a_file_in_another_form_answers(tmp_path: Path) -> None:
    """How a file is written keeps nobody from an answer; `check` still finds it. What it says wrongly does."""
    files = {"own.yaml": "\n\n# mine\n\n" + toy.FILES["models/old.yaml"].partition("- kind: model\n  id: b")[0]}
    files["own.yaml"] = files["own.yaml"].replace("described_by: [{paper: p", "described_by: [{paper:    p")
    files["papers.yaml"] = toy.FILES["papers.yaml"]
    files["techniques.yaml"] = toy.FILES["techniques.yaml"]
    plain = toy.write(tmp_path / "plain", files, canonical=False)

    assert {(one.rule, one.severity) for one in lineage.check(plain) if one.severity == "error"} == {
        ("not-canonical", "error")
    }
    graph = lineage.load(plain)
    assert [edge.source for edge in graph.in_edges("a", "described-by")] == ["p"]
    assert lineage.load(plain).to_dict() == graph.to_dict()
    (plain / "own.yaml").write_text("- {kind: model, id: a}\n")
    with pytest.raises(CatalogError) as caught:
        lineage.load(plain)
    assert "not-canonical" not in {one.rule for one in caught.value.problems}
