"""Every question in every form: golden answers on the toy graph, held against the published schema.

``LINEAGE_GOLDEN=write pytest tests/test_answers.py`` writes the files anew; the diff is then read by a person.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import toy
from click.testing import CliRunner

import lineage
from lineage import LineageGraph, Node
from lineage.analysis import adoption, stats, timeline
from lineage.cli import cli
from lineage.comparison import compare, difference
from lineage.descent import tree as grow
from lineage.views import sides, trees
from lineage.views.text import Page, tabs, width
from lineage.vocabulary import printable

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((Path(lineage.__file__).parent / "assets/answer.schema.json").read_text(encoding="utf-8"))

QUESTIONS: dict[str, tuple[int, list[str]]] = {
    "show": (0, ["show", "d"]),
    "ls": (0, ["ls", "kind:paper", "+e"]),
    "ancestors": (0, ["ancestors", "e", "--depth", "2"]),
    "descendants": (0, ["descendants", "a"]),
    "tree": (0, ["tree", "a"]),
    "tree-invert": (0, ["tree", "e", "--invert"]),
    "tree-depth": (0, ["tree", "a", "g", "--depth", "1"]),
    "path": (0, ["path", "a", "e"]),
    "path-all": (0, ["path", "a", "e", "--all"]),
    "why": (0, ["why", "d", "e", "--shortest"]),
    "path-no": (1, ["path", "e", "a"]),
    "common": (0, ["common", "d", "f"]),
    "common-no": (1, ["common", "a", "g"]),
    "is-ancestor": (0, ["is-ancestor", "a", "e"]),
    "is-ancestor-no": (1, ["is-ancestor", "e", "e"]),
    "technique": (0, ["technique", "t"]),
    "timeline": (0, ["timeline", "+d", "kind:technique"]),
    "stats": (0, ["stats"]),
    "compare": (0, ["compare", "d", "f"]),
    "as-of": (0, ["tree", "a", "--as-of", "2019"]),
    "diff": (1, ["diff", "toy", "new"]),
    "diff-no": (0, ["diff", "toy", "toy"]),
}
SUFFIXES = {"text": "txt", "tabs": "tsv", "json": "json"}


@pytest.fixture(name="place")
def _place(tmp_path: Path, toy_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the toy graph and a later state of it: one model more, one less, and claims that changed."""
    files = dict(toy.FILES)
    later = toy.model("d", "2020-02", toy.derived("b finetuned"), origin="derived", name="Model D2")
    files["models/new.yaml"] = (
        later
        + files["models/new.yaml"]
        .split("- kind: model\n  id: e\n")[1]
        .join(["- kind: model\n  id: e\n", ""])
        .split("- kind: model\n  id: f\n")[0]
        + toy.model("h", "2023", toy.derived("e quantized"), origin="derived")
    )
    files["papers.yaml"] = files["papers.yaml"].replace('arxiv: "1802.00001"', 'arxiv: "1802.00002"')
    toy.write(tmp_path / "new", files)
    assert toy_directory == tmp_path / "toy"
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(place: Path, arguments: list[str], form: str) -> tuple[int, str]:
    """Exit code and stdout."""
    done = CliRunner().invoke(cli, ["--data", str(place / "toy"), *arguments, "--format", form], catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.mark.parametrize("form", SUFFIXES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_what_it_was(place: Path, name: str, form: str) -> None:
    """Exit code and every byte of stdout are those of the golden file; tabs have no space that aligns, JSON fits the schema."""
    code, arguments = QUESTIONS[name]
    golden = GOLDEN / f"{name}.{SUFFIXES[form]}"
    found = ask(place, arguments, form)
    if os.environ.get("LINEAGE_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(found[1].encode())

    assert found == (code, golden.read_bytes().decode())
    assert "\x1b" not in found[1]
    if form == "json":
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(found[1]))


def test_no_golden_file_is_left_over() -> None:
    """Each file belongs to a question."""
    wanted = {f"{name}.{suffix}" for name in QUESTIONS for suffix in SUFFIXES.values()}

    assert {path.name for path in GOLDEN.iterdir()} == wanted


def test_the_schema_is_one_and_is_printed(real: LineageGraph) -> None:
    """It is a schema; `lineage schema answer` prints it; the whole graph fits it and a wrong one does not."""
    validator = jsonschema.Draft202012Validator
    validator.check_schema(SCHEMA)
    content = json.loads(json.dumps(real.to_dict()))
    assert json.loads(CliRunner().invoke(cli, ["schema", "answer"]).stdout) == SCHEMA
    assert json.loads(CliRunner().invoke(cli, ["schema", "record"]).stdout)["$schema"]
    validator(SCHEMA).validate(content)
    content["edges"][0].pop("evidence")
    assert not validator(SCHEMA).is_valid(content)


def _applied(content: dict[str, Any], old: dict[str, Any]) -> tuple[dict[str, Any], dict[Any, Any]]:
    """Nodes by id and edges by their ends after a difference in JSON was applied to a graph in JSON."""

    def key(edge: dict[str, Any]) -> tuple[Any, ...]:
        return edge["source"], edge["target"], edge["kind"], edge["relation"]

    def changed(record: dict[str, Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
        record = dict(record)
        for field in fields:
            assert record.get(field["field"]) == field["old"]
            if field["new"] is None and field["field"] not in ("relation", "basis"):
                record.pop(field["field"])
            else:
                record[field["field"]] = field["new"]
        return record

    nodes = {node["id"]: node for node in old["nodes"]}
    edges = {key(edge): edge for edge in old["edges"]}
    for node in content["removed"]["nodes"]:
        assert nodes.pop(node["id"]) == node
    for edge in content["removed"]["edges"]:
        assert edges.pop(key(edge)) == edge
    for change in content["changed"]["nodes"]:
        nodes[change["id"]] = changed(nodes[change["id"]], change["fields"])
    for change in content["changed"]["edges"]:
        edge = changed(edges.pop(key(change)), change["fields"])
        assert key(edge) not in edges
        edges[key(edge)] = edge
    for node in content["added"]["nodes"]:
        assert nodes.setdefault(node["id"], node) is node
    for edge in content["added"]["edges"]:
        assert edges.setdefault(key(edge), edge) is edge
    return nodes, edges


def test_a_difference_makes_the_new_state_of_the_old_one(place: Path) -> None:
    """What the JSON says, done to the old graph, gives the new one, but for the lines on which records stand."""
    found = json.loads(ask(place, ["diff", "toy", "new"], "json")[1])
    old, new = (json.loads(json.dumps(lineage.load(place / name).to_dict())) for name in ("toy", "new"))
    for node in (*old["nodes"], *new["nodes"], *found["added"]["nodes"], *found["removed"]["nodes"]):
        node.pop("location")
    nodes, edges = _applied(found, old)

    assert nodes == {node["id"]: node for node in new["nodes"]}
    assert sorted(json.dumps(edge, sort_keys=True) for edge in edges.values()) == sorted(
        json.dumps(edge, sort_keys=True) for edge in new["edges"]
    )


def _git(place: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(place), *identity, *arguments], check=True, capture_output=True)


def test_revisions_of_git_are_compared(place: Path) -> None:
    """A revision stands for the records as they were then; the directory of today may be below that of the repository."""
    _git(place, "init", "-q")
    _git(place, "add", "toy")
    _git(place, "commit", "-qm", "before")
    for name in ("models/new.yaml", "papers.yaml"):
        (place / "toy" / name).write_bytes((place / "new" / name).read_bytes())
    _git(place, "commit", "-qam", "after")
    code, text = ask(place, ["diff", "HEAD~1", "HEAD"], "text")

    assert (code, text) == (1, (GOLDEN / "diff.txt").read_text(encoding="utf-8"))
    assert ask(place, ["diff", "HEAD", "toy"], "text") == (0, "")


@pytest.mark.parametrize("name", ["nothing-here", "--output=x", "HEAD", "", "a\x00b"])
def test_a_state_that_is_not_there_is_told(tmp_path: Path, toy_directory: Path, name: str) -> None:
    """Neither a directory nor a revision: exit 3, or 4 where the directory holds no good data; nothing is written."""
    done = subprocess.run(
        [sys.executable, "-m", "lineage", "--data", str(toy_directory), "diff", "--", str(toy_directory), name]
        if "\x00" not in name
        else [
            sys.executable,
            "-c",
            f"import sys; sys.argv[1:] = {['--data', str(toy_directory), 'diff', str(toy_directory), name]!r}; from lineage.cli import main; main()",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=toy_directory,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)},
    )

    assert done.returncode in {3, 4}
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not (toy_directory / "x").exists()


def test_an_answer_of_many_nodes_has_a_limit(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph too large to be measured is exit 8 and a sentence, as is a tree too deep to be drawn; tabs have all of it."""
    from lineage.cli import measures
    from lineage.errors import LimitError

    # An answer that was kept is given whatever the limit.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(measures, "MAX_MEASURED", 5)
    monkeypatch.setattr(trees, "MAX_DEPTH", 2)
    with pytest.raises(LimitError, match="11 nodes are more than are measured") as caught:
        ask(place, ["stats"], "text")
    assert caught.value.exit_code == 8
    with pytest.raises(LimitError, match="deeper than 2 generations; --depth shows a part of it"):
        ask(place, ["tree", "a"], "text")
    assert ask(place, ["tree", "a", "--depth", "2"], "text")[0] == 0
    assert ask(place, ["tree", "a"], "tabs")[0] == 0


@pytest.mark.parametrize("columns", [20, 40, 500])
def test_a_narrow_terminal_is_survived(graph: LineageGraph, columns: int) -> None:
    """No row of a table is wider than it can be; a tree puts sources on lines of their own where they do not fit."""
    page = Page(columns=columns)
    branches = list(grow(graph, ["a"]))
    lines = trees.text(page, graph, branches).splitlines()

    assert len(lines) == len(branches) + (6 if columns < 100 else 0)
    assert all(
        "https:" not in line or width(line) <= columns or line.strip(" │").startswith("https:") for line in lines
    )
    assert width(page.table([("通义千问" * 20, "x" * 300)]).splitlines()[0]) <= 160 + 2 + max(columns, 8)
    assert width(page.table([("a", "通义千问" * 50)]).rstrip("\n")) <= max(columns, 11)


@pytest.mark.parametrize("name", ["\x1b[2J\x1b]0;x\x07", "\u202egnp", "a\tb\nc", "\ud800", "x\u2028y", "'; rm -rf"])
def test_a_hostile_name_is_only_a_name(graph: LineageGraph, name: str) -> None:
    """No answer holds what a terminal would obey, and every row keeps its fields and its line."""
    nodes = [
        Node(one.id, one.kind, name, one.date, {**one.data, "name": name, "family": name, "organizations": (name,)})
        if one.kind == "model"
        else one
        for one in graph.nodes()
    ]
    hostile = LineageGraph(nodes, graph.edges())
    page, branches = Page(), list(grow(hostile, ["a"]))
    told = [
        trees.text(page, hostile, branches),
        tabs(trees.rows(branches, hostile)),
        page.timeline(hostile, timeline(hostile, hostile)),
        page.technique(hostile, adoption(hostile, "t")),
        page.stats(stats(hostile)),
        sides.comparison(page, hostile, compare(hostile, "d", "f")),
        tabs(sides.comparison_rows(compare(hostile, "d", "f"))),
        sides.difference(page, difference(graph, hostile)),
        tabs(sides.difference_rows(difference(graph, hostile))),
    ]

    for text in told:
        assert printable(text.replace("\n", "")) == text.replace("\n", "").replace("\t", "")
        assert len(text.splitlines()) == text.count("\n")
    rows = tabs(sides.difference_rows(difference(graph, hostile))).splitlines()
    assert {row.count("\t") for row in rows} == {7}
