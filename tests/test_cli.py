"""The command line: whole answers, exit codes, and outputs that are written in one piece or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import toy
from click.testing import CliRunner

import lineage
from lineage import cli
from lineage.errors import ToolError

SOURCE = "https://arxiv.org/abs/1706.03762 (abstract): It says so."


def run(
    *arguments: str, environment: dict[str, str] | None = None, directory: Path | None = None
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "lineage", *arguments],
        capture_output=True,
        check=False,
        cwd=directory,
        env={**os.environ, **(environment or {})},
        timeout=120,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(name="ask")
def _ask(toy_directory: Path) -> object:
    def ask(*arguments: str, **options: object) -> tuple[int, str, str]:
        return run("--data", str(toy_directory), *arguments, **options)  # type: ignore[arg-type]

    return ask


def test_ancestors_are_listed_by_date(ask: object) -> None:
    """The answer on stdout, the count on stderr, exit 0; tabs in a pipe, columns where text is wanted."""
    assert ask("ancestors", "model e")[1].splitlines()[0] == "a\t2018-01-05\tmodel\tAcme\tModel A"  # type: ignore[operator]
    assert ask("ancestors", "model e", "--format", "text") == (  # type: ignore[operator]
        0,
        "a  2018-01-05  model  Acme  Model A\n"
        "c  2019-03     model  Acme  Model C\n"
        "b  2019        model  Acme  Model B\n"
        "d  2020-02     model  Acme  Model D\n",
        "4 of 11 nodes\n",
    )


def test_descent_can_be_narrowed(ask: object) -> None:
    """By basis and by generations."""
    assert ask("descendants", "a", "--via", "outputs")[1] == "f\t2018-06\tmodel\tOther\tModel F\n"  # type: ignore[operator]
    assert [line[0] for line in ask("descendants", "a", "--depth", "1")[1].splitlines()] == ["f", "c", "b"]  # type: ignore[operator]


def test_a_path_prints_each_step(ask: object) -> None:
    """Relation, basis, evidence and source of every step."""
    assert ask("path", "d", "e") == (  # type: ignore[operator]
        0,
        f"Model D  d, 2020-02\n  | succeeds (succession, stated)\n  |   {SOURCE}\nModel E  e, 2021-01-01\n",
        "",
    )


def test_no_path_is_the_answer_no(ask: object) -> None:
    """Exit 1, nothing on stdout, and what might have been meant."""
    assert ask("path", "e", "a") == (  # type: ignore[operator]
        1,
        "",
        "Model A does not descend from Model E; it is the other way round: lineage path a e\n",
    )
    assert ask("path", "b", "f")[2] == (  # type: ignore[operator]
        "Model F does not descend from Model B; their nearest common ancestors: a\n"
    )


def test_every_path_can_be_asked_for(ask: object) -> None:
    """Several lines of descent, and a word when there are more than are shown."""
    assert json.loads(ask("path", "a", "e", "--all", "--format", "json")[1])["paths"] == [list("abde"), list("acde")]  # type: ignore[operator]
    content = json.loads(ask("path", "a", "e", "--all", "--limit", "1", "--format", "json")[1])  # type: ignore[operator]
    assert (content["paths"], content["truncated"]) == ([list("abde")], True)


def test_json_is_the_envelope(ask: object) -> None:
    """Nodes, the edges of the path, the query, and the version of the format."""
    code, out, err = ask("path", "a", "f", "--format", "json")  # type: ignore[operator]
    content = json.loads(out)

    assert (code, err) == (0, "")
    assert list(content) == ["format", "format_version", "query", "nodes", "edges", "paths", "truncated"]
    assert content["query"] == {
        "command": "path",
        "older": "a",
        "newer": "f",
        "via": ["weights", "outputs", "architecture", "succession"],
    }
    assert content["edges"] == [
        {
            "source": "a",
            "target": "f",
            "kind": "derived-from",
            "relation": "distilled",
            "basis": "outputs",
            "evidence": "stated",
            "sources": [{"url": "https://arxiv.org/abs/1706.03762", "locator": "abstract", "shows": "It says so."}],
        }
    ]
    assert content["nodes"][1] == {
        "id": "f",
        "kind": "model",
        "name": "Model F",
        "aliases": [],
        "organizations": ["Other"],
        "dates": [{"kind": "weights", "date": "2018-06"}],
        "date": "2018-06",
        "family": "Toy",
        "architecture": "encoder-only",
        "weights": "api",
        "origin": "scratch",
        "sources": [{"url": "https://arxiv.org/abs/1706.03762", "locator": "abstract", "shows": "It says so."}],
        "location": "models/new.yaml:68",
    }


@pytest.mark.parametrize("command", ["show", "ancestors", "descendants", "technique", "stats", "ls", "common"])
def test_every_question_has_an_answer_in_json(ask: object, command: str) -> None:
    """JSON with a format and a version, the same on a second call."""
    names = {"common": ["b", "c"], "technique": ["t"], "stats": [], "ls": []}.get(command, ["d"])
    code, out, err = ask(command, *names, "--format", "json")  # type: ignore[operator]

    assert (code, err) == (0, "")
    assert json.loads(out)["format_version"] == 1
    assert ask(command, *names, "--format", "json")[1] == out  # type: ignore[operator]


def test_show_in_json_has_every_edge_of_the_node(ask: object) -> None:
    """The node, its neighbours, and the edges between them and it alone."""
    content = json.loads(ask("show", "d", "--format", "json")[1])  # type: ignore[operator]

    assert [node["id"] for node in content["nodes"]] == ["b", "c", "d", "e"]
    assert [(edge["source"], edge["target"]) for edge in content["edges"]] == [("b", "d"), ("c", "d"), ("d", "e")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", ["stats", "ls", "show a", "ls --format json", "export dot a", "-h", "--version"])
def test_an_answer_that_cannot_be_written_is_an_error(toy_directory: Path, arguments: str) -> None:
    """A full disk and a closed stdout are exit 5 and one line, never a traceback, never a "no"."""
    command = f"{sys.executable} -m lineage --data {toy_directory} {arguments}"
    full = subprocess.run(["bash", "-c", f"{command} >/dev/full"], capture_output=True, text=True, check=False)
    closed = subprocess.run(["bash", "-c", f"{command} >&-"], capture_output=True, text=True, check=False)

    assert (full.returncode, full.stderr) == (5, "error: cannot write the answer: No space left on device\n")
    assert closed.returncode in ({0, 5} if arguments.startswith("-") else {5})
    assert "Traceback" not in closed.stderr


def test_an_error_that_cannot_be_told_keeps_its_code(toy_directory: Path) -> None:
    """Nobody hears it, and the exit code is the same."""
    command = f"{sys.executable} -m lineage --data {toy_directory} show zzz 2>&-"

    assert subprocess.run(["bash", "-c", command], check=False).returncode == 3


def test_what_a_terminal_would_obey_is_not_told(ask: object) -> None:
    """An escape sequence in an argument is not sent back."""
    assert "\x1b" not in ask("show", "a\x1b[2Jb")[2]  # type: ignore[operator]


def test_a_file_is_written_through_a_link_and_to_stdout(toy_directory: Path, tmp_path: Path) -> None:
    """A link stays a link, `-` is stdout, and a device is written to and not replaced."""
    (tmp_path / "link.dot").symlink_to(tmp_path / "real.dot")
    data = ["--data", str(toy_directory), "export", "dot", "a", "-o"]

    assert run(*data, str(tmp_path / "link.dot"))[0] == 0
    assert (tmp_path / "link.dot").is_symlink()
    assert run(*data, "-")[1] == (tmp_path / "real.dot").read_text()
    assert run(*data, os.devnull)[0] == 0
    assert not Path(os.devnull).is_file()


def test_what_a_killed_build_has_left_is_taken_away(toy_directory: Path, tmp_path: Path) -> None:
    """A later run removes the temporary files of its own outputs and no others."""
    for name in (".x.dot.abc.tmp", ".y.dot.abc.tmp"):
        (tmp_path / name).write_text("half")
    run("--data", str(toy_directory), "export", "dot", "a", "-o", str(tmp_path / "x.dot"))

    assert sorted(path.name for path in tmp_path.glob(".*.tmp")) == [".y.dot.abc.tmp"]


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """A chain of thousands is exit 8 and a sentence, and nothing is written."""
    chain = "".join(
        toy.model(f"m-{one}", str(1950 + one // 20), toy.derived(f"m-{one - 1} finetuned"), origin="derived")
        for one in range(1, 2600)
    )
    parts = [f"- kind{part}" for part in (toy.model("m-0", "1950") + chain).split("- kind")[1:]]
    files = {f"{number}.yaml": "".join(parts[number::12]) for number in range(12)}
    code, out, err = run("--data", str(toy.write(tmp_path / "data", files)), "build", "--out", str(tmp_path / "out"))

    assert (code, out) == (8, "")
    assert err == (
        "error: 2,600 models are more than a picture may have (2,500); `lineage figure --select` draws a part of them\n"
    )
    assert not (tmp_path / "out").exists()


def test_common_ancestors(ask: object) -> None:
    """The nearest, and exit 1 where there are none."""
    assert ask("common", "b", "c")[:2] == (0, "a\t2018-01-05\tmodel\tAcme\tModel A\t1\t1\n")  # type: ignore[operator]
    assert ask("common", "a", "g")[:2] == (1, "")  # type: ignore[operator]


def test_ls_selects(ask: object) -> None:
    """Arguments are a union; an empty answer to a right selection is exit 0."""
    assert [line[0] for line in ask("ls", "kind:paper", "+t")[1].splitlines()] == ["p", "t", "q"]  # type: ignore[operator]
    assert ask("ls", "zzz*") == (0, "", "0 of 11 nodes\n")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["show"], 2, "Missing argument 'NAME...'"),
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["ls", "year:x"], 2, "error: expected a year"),
        (["technique", "a"], 2, "`a` is a model; `lineage ls kind:technique` lists techniques"),
        (["show", "modl a"], 3, "error: no node is called `modl a`; did you mean `a`?\n"),
        (["ls", "+nothing"], 3, "error: no node is called `nothing`"),
        (["ls", "a " * 3000], 8, "error: the selection has 6000 characters; at most 4096 are read\n"),
    ],
)
def test_an_error_is_a_line_and_a_code(ask: object, arguments: list[str], code: int, message: str) -> None:
    """Nothing on stdout, one reason on stderr, no traceback."""
    found = ask(*arguments)  # type: ignore[operator]

    assert found[:2] == (code, "")
    assert message in found[2]
    assert "Traceback" not in found[2]


def test_a_wrong_directory_is_told() -> None:
    """Data that are not there cannot be loaded."""
    assert run("--data", "nothing-here", "stats") == (
        4,
        "",
        "error: there is no directory `nothing-here` that can be read; name the one that holds the records\n",
    )


def test_check_tells_all_problems(tmp_path: Path) -> None:
    """Every problem on stdout with file and line, exit 1; as JSON too."""
    toy.write(tmp_path / "data", {"x.yaml": toy.model("a", "2020", origin="derived")})
    told = (
        "data/x.yaml:2: warning: isolated: nothing is joined to `a`; add an edge with its source\n"
        "data/x.yaml:8: error: origin-against-parents: `a` has the origin `derived`, and no parent that gave it weights;"
        " add the parent, or say `scratch` or `undisclosed`\n"
    )

    assert run("--data", "data", "check", directory=tmp_path) == (1, told, "2 problems found\n")
    rows = json.loads(run("--data", "data", "check", "--format", "json", directory=tmp_path)[1])["problems"]
    assert [(row["file"], row["line"], row["rule"]) for row in rows] == [
        ("data/x.yaml", 2, "isolated"),
        ("data/x.yaml", 8, "origin-against-parents"),
    ]


def test_check_without_problems(ask: object) -> None:
    """Nothing to tell is exit 0."""
    assert ask("check") == (0, "", "0 problems found\n")  # type: ignore[operator]


def test_fmt_repairs_and_keeps_what_it_cannot(tmp_path: Path) -> None:
    """A file is brought into form; one that is broken is told and left as it is; --check changes nothing."""
    toy.write(tmp_path, {"x.yaml": "- id: a\n  kind: technique\n", "y.yaml": "- a: 1\n  a: 2\n"}, canonical=False)
    before = (tmp_path / "y.yaml").read_bytes()

    assert run("--data", str(tmp_path), "fmt", "--check")[0] == 4
    code, out, err = run("--data", str(tmp_path), "fmt")

    assert (code, out) == (4, "")
    assert err == (
        f"changed {tmp_path / 'x.yaml'}\n{tmp_path / 'y.yaml'}:1: error: not-formatted: cannot be formatted: it is no list of"
        " records, or a key or a comment would be lost; mend that by hand; `lineage check` may say more\n"
        "error: 1 problem in the data\n"
    )
    assert (tmp_path / "x.yaml").read_text() == "- kind: technique\n  id: a\n"
    assert (tmp_path / "y.yaml").read_bytes() == before
    (tmp_path / "y.yaml").unlink()
    assert run("--data", str(tmp_path), "fmt", "--check")[0] == 0


@pytest.mark.parametrize("content", ["[" * 50_000, "- &a x\n- *a\n", "- !!set x\n", "- a\r- b\n", "- \u2028\n"])
def test_fmt_keeps_to_the_limits_of_the_reader(tmp_path: Path, content: str) -> None:
    """What the reader would refuse is told and left as it is."""
    (tmp_path / "x.yaml").write_bytes(content.encode())

    assert run("--data", str(tmp_path), "fmt")[0] == 4
    assert (tmp_path / "x.yaml").read_bytes() == content.encode()


def test_build_writes_every_output(toy_directory: Path, tmp_path: Path) -> None:
    """Eighteen files, told with their size and how much of the graph each shows."""
    code, out, err = run("--data", str(toy_directory), "build", "--out", "site", directory=tmp_path)

    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[:-1]] == [
        "site/tree.svg",
        "site/tree.png",
        "site/tree-1x.png",
        "site/tree.webp",
        "site/tree.pdf",
        "site/tree.gv",
        "site/tree.md",
        "site/family-tree.svg",
        "site/family-tree.png",
        "site/family-tree-1x.png",
        "site/family-tree.webp",
        "site/family-tree.pdf",
        "site/family-tree.gv",
        "site/family-tree.md",
        "site/references.md",
        "site/references.bib",
        "site/explorer.html",
        "site/graph.json",
    ]
    assert "7 of 7 models" in out
    assert "11 of 11 nodes, 14 edges" in out
    assert re.fullmatch(r"18 files in \d+\.\d s", out.splitlines()[-1])
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [
        "explorer.html",
        "family-tree-1x.png",
        "family-tree.gv",
        "family-tree.md",
        "family-tree.pdf",
        "family-tree.png",
        "family-tree.svg",
        "family-tree.webp",
        "graph.json",
        "references.bib",
        "references.md",
        "tree-1x.png",
        "tree.gv",
        "tree.md",
        "tree.pdf",
        "tree.png",
        "tree.svg",
        "tree.webp",
    ]
    assert json.loads((tmp_path / "site/graph.json").read_text())["nodes"][0]["id"] == "a"
    assert (tmp_path / "site/family-tree.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "site/family-tree.pdf").read_bytes().startswith(b"%PDF")


def test_build_writes_into_a_blog_and_over_nothing_of_others(toy_directory: Path, tmp_path: Path) -> None:
    """A folder that is no site and a file that is not ours are exit 5, and nothing is written; else the kit is there, twice."""
    post = toy.model("gpt-1", "2018-06-11", collections="[evolution-of-llms]") + toy.model(
        "gpt-2", "2019-02-14", toy.derived("gpt-1 finetuned"), origin="derived"
    )
    (toy_directory / "models/post.yaml").write_text(post)
    assert run("--data", str(toy_directory), "fmt")[0] == 0
    site = tmp_path / "site"
    site.mkdir()
    ask = ["--data", str(toy_directory), "build", "--out", str(tmp_path / "out"), "--blog", str(site)]
    assert run(*ask)[0] == 5
    (site / "_config.yml").write_text("title: x\n")
    (site / "_includes").mkdir()
    (site / "_includes/lineage.html").write_text("mine")
    code, _, err = run(*ask)
    assert (code, err) == (
        5,
        f"error: {site / '_includes/lineage.html'} was not written by lineage; move it away, and build again\n",
    )
    assert not (tmp_path / "out").exists()
    (site / "_includes/lineage.html").unlink()
    assert [run(*ask)[0], run(*ask)[0]] == [0, 0]
    for name in ("explorer.html", "family-tree.svg"):
        assert (site / "assets/lineage" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "out" / "sections").iterdir()) == ["2018.svg", "2019.svg"]
    includes = {path.stem: path.read_text() for path in (site / "_includes/lineage").glob("section-*")}
    assert set(includes) == {"section-2018", "section-2019"}
    assert (
        "2019: Scaling and Efficiency: the model of this section that the graph has and what it hangs on."
        in includes["section-2019"]
    )
    for year in ("2018", "2019"):
        alone = (tmp_path / f"out/sections/{year}.svg").read_text()
        assert set(re.findall(r'href="([^"#]*)', alone)) == {"../explorer.html"}
        assert (site / f"assets/lineage/section-{year}.svg").read_text() == alone.replace("../explorer", "explorer")
    shown = (site / "_includes/lineage/tree.html").read_text()
    assert "tree-dark.svg" in shown
    assert """<a href="{{ '/assets/lineage/family-tree.svg' | relative_url }}">the whole tree</a>""" in shown
    (site / "assets/lineage/own.png").write_bytes(b"mine")
    (site / "_includes/lineage/section-own.html").write_text("mine")
    (toy_directory / "models/post.yaml").unlink()
    code, _, err = run(*ask)
    assert (code, "removed 12 files of a former build" in err) == (0, True)
    assert "lineage/section-2018.html, lineage/section-2019.html" in err
    assert [path.name for path in (site / "_includes/lineage").glob("section-*")] == ["section-own.html"]
    assert [path.name for path in (site / "assets/lineage").glob("section-*")] == []
    assert (site / "assets/lineage/own.png").read_bytes() == b"mine"


def test_build_with_problems_leaves_the_old_output(toy_directory: Path, tmp_path: Path) -> None:
    """All problems are told, exit 4, and what was there is untouched."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/family-tree.svg").write_text("old")
    broken = (toy_directory / "models/old.yaml").read_text().replace("weights: open", "weights: free")
    (toy_directory / "models/old.yaml").write_text(broken)
    code, out, err = run("--data", str(toy_directory), "build", "--out", str(tmp_path / "site"))

    assert (code, out) == (4, "")
    assert err.count("unknown-word") == 3
    assert err.endswith("error: 3 problems in the data\n")
    assert [(path.name, path.read_text()) for path in (tmp_path / "site").iterdir()] == [("family-tree.svg", "old")]


def test_an_output_that_cannot_be_written_is_told(toy_directory: Path, tmp_path: Path) -> None:
    """Exit 5, a reason, and no temporary file is left."""
    (tmp_path / "site").write_text("a file")
    code, _, err = run("--data", str(toy_directory), "export", "dot", "a", "-o", str(tmp_path / "site" / "x.dot"))

    assert code == 5
    assert err.startswith("error: cannot write ")
    assert [path.name for path in tmp_path.iterdir()].count("site") == 1


def test_export_draws_a_selection(ask: object, tmp_path: Path) -> None:
    """DOT on stdout, or the picture that Graphviz draws of it, in a file."""
    code, out, _ = ask("export", "dot", "+d")  # type: ignore[operator]
    assert code == 0
    assert out.startswith("digraph")
    code, _, err = ask("export", "svg", "+d", "-o", str(tmp_path / "x.svg"))  # type: ignore[operator]
    assert (code, err) == (
        0,
        f"{tmp_path / 'x.svg'}: 4 nodes, 4 edges\n"
        "svg has no place for: 8 places in sources, 8 words on what sources show, 4 architectures, 4 families, 4 kinds of dates, "
        "4 origins, 2 aliases\n",
    )
    assert (tmp_path / "x.svg").read_text().rstrip().endswith("</svg>")


def test_what_an_export_loses_is_one_line_all_of_it_and_an_exit_code(ask: object) -> None:
    """One line names the most, `--verbose` all; with `--strict` a loss is exit 1, and what is written is the same."""
    code, out, err = ask("export", "newick", "+d", "--strict")  # type: ignore[operator]
    assert (code, out, err.count("\n")) == (1, ask("export", "newick", "+d")[1], 1)  # type: ignore[operator]
    assert err.startswith("newick has no place for: 1 further parent, ")
    assert re.search(r" and \d+ other fields \(`--verbose` names all\)\n$", err)
    every = ask("export", "newick", "+d", "-v")[2]  # type: ignore[operator]
    assert ("other field" in every, every.count(",") > err.count(","), every.count("\n")) == (False, True, 1)
    code, _, err = ask("export", "json", "+d", "--strict")  # type: ignore[operator]
    assert (code, err) == (0, "")


def test_a_drawing_that_takes_long_is_told_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphviz needs long for the whole graph: that is said before it begins, with what is faster; of a few nothing is said."""

    def fails(*_: object) -> None:
        raise ToolError("Graphviz took longer")

    monkeypatch.setattr("lineage.cli.outputs.exchange", fails)
    graph = lineage.load()
    found = CliRunner().invoke(cli.cli, ["export", "svg"])
    assert found.stderr == (
        f"Graphviz may need up to 120 seconds for {len(graph)} nodes and {len(graph.edges())} edges; "
        "`lineage figure` draws the models of so many in a few\n"
    )
    assert isinstance(found.exception, ToolError)
    assert CliRunner().invoke(cli.cli, ["export", "svg", "+alpaca"]).stderr == ""
    assert CliRunner().invoke(cli.cli, ["export", "dot"]).stderr == ""


def test_colour_is_for_terminals(ask: object) -> None:
    """None in a pipe; FORCE_COLOR asks for it; NO_COLOR is stronger."""
    assert "\x1b" not in ask("show", "a")[1]  # type: ignore[operator]
    assert "\x1b" in ask("show", "a", environment={"FORCE_COLOR": "1"})[1]  # type: ignore[operator]
    assert "\x1b" not in ask("show", "a", environment={"FORCE_COLOR": "1", "NO_COLOR": "1"})[1]  # type: ignore[operator]


def test_a_terminal_that_knows_only_ascii_gets_an_answer(toy_directory: Path) -> None:
    """Letters that cannot be shown are question marks; the answer goes on."""
    text = (toy_directory / "models/new.yaml").read_text().replace("Model G", "通义 G")
    (toy_directory / "models/new.yaml").write_text(text)
    code, out, _ = run(
        "--data", str(toy_directory), "ls", "g", environment={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    )

    assert (code, out) == (0, "g\t2022\tmodel\tAcme\t?? G\n")
    out = run("--data", str(toy_directory), "tree", "c", environment={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})[1]
    assert [line[: line.index("Model")] for line in out.splitlines()] == ["", "`-- ", "    `-- "]


def test_a_closed_pipe_is_no_error(toy_directory: Path) -> None:
    """`lineage ls | head -1` ends without a word on stderr."""
    command = f"{sys.executable} -m lineage --data {toy_directory} show a b c d e f g p q t u | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("Model A  model a\n", "")


IMPORTS = Path(__file__).parent.parent / "docs" / "imports.md"


def commands() -> list[str]:
    """The names of all commands, the group itself as the empty name."""
    below = [f"{name} {each}" for name, one in cli.cli.commands.items() for each in getattr(one, "commands", {})]
    return ["", *sorted([*cli.cli.commands, *below])]


@pytest.mark.parametrize("name", commands())
def test_every_help_page_has_an_example_that_runs(name: str, tmp_path: Path) -> None:
    """The example of each -h page exits 0 on the shipped data and says something."""
    page = CliRunner().invoke(cli.cli, [*name.split(), "-h"])
    example = re.search(r"Example:\n\s+lineage (.+)\n", page.output)

    assert page.exit_code == 0
    assert example
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', example.group(1))]
    # What an import takes in is shown in its document.
    for path, content in re.findall(r"^```\w+ (\S+)\n(.*?)^```", IMPORTS.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    # A copy: some commands write into the data.
    shutil.copytree(lineage.index.data_directory(), tmp_path / "data")
    assert run(*words, directory=tmp_path, environment={"LINEAGE_DATA": str(tmp_path / "data")})[0] == 0


def test_every_option_is_explained() -> None:
    """No option of any command is without a sentence of help."""
    bare = [
        f"{command.name} {option.name}"
        for command in [cli.cli, *cli.cli.commands.values()]
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]

    assert bare == []


def test_the_tree_that_grows_upward_is_drawn(tmp_path: Path) -> None:
    """SVG, DOT and PDF of the shipped data by the stored choice; what belongs to the other style is refused in a sentence."""
    code, _, err = run("figure", "--style", "tree", "-o", str(tmp_path / "tree.svg"))
    assert code == 0
    listed = tmp_path / "tree.references.md"
    assert re.search(rf": \d+ of \d+ models\n{re.escape(str(listed))}: the sources by their numbers\n$", err)
    assert listed.read_text().startswith("# Sources of the family tree\n")
    assert (tmp_path / "tree.svg").read_text().startswith("<svg")
    assert run("figure", "--style", "tree", "--page", "a4")[0] == 2
    assert run("figure", "--no-sources")[0] == 2
    assert run("figure", "--style", "tree", "-o", str(tmp_path / "tree.gv"))[0] == 0
    assert (tmp_path / "tree.gv").read_text().startswith("digraph lineage {")
    assert 'class="aside' in (tmp_path / "tree.svg").read_text()
    code, bare, _ = run("figure", "--style", "tree", "--no-sources")
    assert (code, 'class="aside' in bare) == (0, False)
    assert run("figure", "--style", "tree", "-o", str(tmp_path / "tree.pdf"))[0] == 0
    assert (tmp_path / "tree.pdf").read_bytes().startswith(b"%PDF")


def test_a_sheet_is_drawn_filled_in_and_scored(ask: object, tmp_path: Path) -> None:
    """The audit from end to end: the sheet on stdout, verdicts by hand, the rate; what was read is skipped."""
    code, out, err = ask("audit", "--sample", "12", "--seed", "3")  # type: ignore[operator]
    assert (code, err) == (0, "")
    assert ask("audit", "--sample", "12", "--seed", "3")[1] == out  # type: ignore[operator]
    lines = out.splitlines()
    filled = [lines[0], *(re.sub(r",,$", ",right,seen", line) for line in lines[1:-1]), lines[-1]]
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join(filled) + "\n", encoding="utf-8")

    code, out, err = ask("audit", "--score", str(path))  # type: ignore[operator]
    assert (code, err) == (0, "")
    assert "Wrong: 0 of 12 claims read (0.0 %)." in out
    rest = ask("audit", "--sample", "100", "--skip", str(path))[1].splitlines()[1:-1]  # type: ignore[operator]
    assert len(rest) == 30 - 12
    twice = ask("audit", "--score", str(path), "--score", str(path))  # type: ignore[operator]
    assert (twice[0], twice[1]) == (2, "")
    assert "reads again what another sheet has read" in twice[2]
    for content in (lines[0].encode(), b"\xff\xfe", b"\xe9"):
        path.write_bytes(content)
        assert ask("audit", "--score", str(path))[0] == 2  # type: ignore[operator]
        assert "Traceback" not in ask("audit", "--skip", str(path))[2]  # type: ignore[operator]


def test_a_template_is_written_into_the_data_and_asked_for(toy_directory: Path) -> None:
    """`new` says file and line, the check names what is empty there; a second time it is refused and nothing changes."""
    code, out, err = run("--data", str(toy_directory), "new", "model", "h", "--family", "toy")
    assert (code, out) == (0, "")
    found = re.fullmatch(r"wrote a template for `h` into (.+), line (\d+); fill it in, then run `lineage check`\n", err)
    assert found
    assert Path(found[1]).read_text(encoding="utf-8").split("\n")[int(found[2]) - 1] == "- kind: model"
    assert (
        f"{found[1]}:{int(found[2]) + 2}: error: bad-value: `name` is empty"
        in run("--data", str(toy_directory), "check")[1]
    )
    before = Path(found[1]).read_bytes()
    assert run("--data", str(toy_directory), "new", "model", "h", "--family", "toy")[0] == 2
    assert Path(found[1]).read_bytes() == before


def test_each_command_is_where_the_group_looks_for_it() -> None:
    """A command is found by importing its module alone; a question imports none that draws."""
    from lineage.cli.app import _MODULES

    found = {name: command.callback.__module__ for name, command in cli.cli.commands.items() if command.callback}
    code = (
        "import sys; sys.argv = ['lineage', 'is-ancestor', 'gpt-1', 'gpt-2', '-q']\nfrom lineage.cli import main\n"
        "try: main()\nexcept SystemExit as end: print(end.code, sorted(name for name in sys.modules if name.startswith("
        "('lineage.cli.', 'lineage.views', 'lineage.select', 'networkx', 'pydantic', 'yaml', 'platformdirs'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    listed = {name: f"lineage.cli.{module}" for module, names in _MODULES.items() for name in names}
    assert {name: found[name] for name in listed} == listed
    if not done.stdout.startswith(
        "0 ['lineage.cli.app', 'lineage.cli.descent', 'lineage.cli.headings', 'lineage.cli.questions']"
    ):
        # The first question of the run has read the data; the second reads what it needs.
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        done.stdout == "0 ['lineage.cli.app', 'lineage.cli.descent', 'lineage.cli.headings', 'lineage.cli.questions']\n"
    )


def test_folders_that_are_missing_are_made_for_every_output(ask: object, tmp_path: Path) -> None:
    """Each command that writes a file or a folder makes what is missing above it; below a file it cannot: exit 5."""
    table = tmp_path / "rows.csv"
    table.write_text("name,date,organizations,source\nA,2023,Acme,https://example.org/\n")
    (tmp_path / "file").touch()

    def commands(place: Path) -> list[tuple[str, ...]]:
        return [
            ("export", "json", "-o", str(place / "e/graph.json")),
            ("figure", "-o", str(place / "f/tree.svg")),
            ("figure", "--style", "tree", "-o", str(place / "g/tree.svg")),
            ("import", "csv", str(table), "-o", str(place / "i"), "--report", str(place / "r/report.json")),
            ("build", "--out", str(place / "b/out")),
        ]

    for command in commands(tmp_path / "new/deep"):
        assert ask(*command)[0] == 0, command  # type: ignore[operator]
    for name in ("e/graph.json", "f/tree.svg", "g/tree.svg", "r/report.json", "b/out/tree.svg"):
        assert (tmp_path / "new/deep" / name).stat().st_size > 0
    for command in commands(tmp_path / "file"):
        code, _, err = ask(*command)  # type: ignore[operator]
        assert (code, err.count("error: cannot write")) == (5, 1), command


def test_a_newick_tree_of_nothing_is_told(ask: object) -> None:
    """What readers take for one leaf without a name is written, and stderr says why."""
    code, out, err = ask("export", "newick", "kind:technique")  # type: ignore[operator]
    assert (code, out) == (0, "();\n")
    assert err.splitlines()[0] == (
        "newick: no model is selected; readers take what is written for a tree of one leaf without a name"
    )


def test_one_is_no_plural(tmp_path: Path) -> None:
    """Data of a single model: no message, answer or picture says "1 models", and none speaks of the post."""
    place = tmp_path / "one"
    toy.write(place, {"x.yaml": toy.model("a", "2020")})
    told = ""
    for command in (
        ("ls",),
        ("show", "a"),
        ("timeline",),
        ("tree", "a"),
        ("stats",),
        ("check",),
        ("cite", "a"),
        ("export", "newick", "-o", str(tmp_path / "x.nwk")),
        ("export", "mermaid", "-o", str(tmp_path / "x.mmd")),
        ("figure", "-o", str(tmp_path / "x.svg")),
        ("figure", "--style", "tree", "-o", str(tmp_path / "t.svg")),
        ("build", "--out", str(tmp_path / "out")),
    ):
        code, out, err = run("--data", str(place), *command)
        assert code in {0, 1}, (command, err)
        told += out + err
    told += "".join(
        path.read_text()
        for path in (tmp_path / "x.svg", tmp_path / "t.svg", *sorted((tmp_path / "out").glob("*.[sm][vd]*")))
    )
    noun = "model|node|edge|line|source|file|paper|technique|claim|parent|date|record|problem|band|maker|document"
    assert re.findall(rf"(?<![\d.,-])1 (?:[a-z-]+ )?(?:{noun})s\b.{{20}}", told) == []
    assert "of the post" not in told
    assert not (tmp_path / "out/sections").exists()
