"""Completion in real shells: commands, options and names are proposed, and nothing of it is ever run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest
import toy
from hypothesis import given
from hypothesis import strategies as st

from lineage import LineageGraph, select
from lineage.cli import cli, shell
from lineage.methods import METHODS

BREAKS = " \t\n\"'@><=;|&(:"


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> dict[str, str]:
    """An environment in which `lineage` is this program and the toy graph its data."""
    program = tmp_path / "bin" / "lineage"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m lineage "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(tmp_path), "LINEAGE_DATA": str(toy.write(tmp_path / "toy"))}


def in_shell(script: str, environment: dict[str, str], *arguments: str) -> list[str]:
    """What a script prints, line by line; it may say nothing on stderr."""
    done = subprocess.run(
        [*arguments, script], capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def bash(line: str, environment: dict[str, str]) -> list[str]:
    """What bash would propose at the end of a line that is being typed."""
    script = (
        'eval "$(lineage completion bash)"; COMP_LINE=$1; COMP_POINT=${#COMP_LINE};'
        ' _lineage_completion lineage; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    words = ["bash", "--norc", "--noprofile", "-c", script, "bash", line]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("lineage descen", ["descendants"]),
        ("lineage show er", ["a"]),
        ("lineage show 'Model D", ["d"]),
        ("lineage show a Model\\ D", ["d"]),
        ("lineage show --format j", ["json"]),
        ("lineage show --format=j", ["json"]),
        ("lineage technique ", ["t", "u"]),
        ("lineage ls kind:pa", ["paper"]),
        ("lineage ls 'kind:pa", ["kind:paper"]),
        ("lineage ls fami", ["family:toy"]),
        ("lineage ls +kind:model,org:", ["acme", "other"]),
        ("lineage ls @kind:te", ["technique"]),
        ("lineage ls d --exclude weights:re", ["restricted"]),
        ("lineage figure --family t", ["toy"]),
        ("lineage figure --select=uses:", ["t", "u"]),
        ("lineage show zzz", [""]),
        ("lineage nonsense x", [""]),
        ("lineage ls ((((", [""]),
    ],
)
def test_bash_proposes(line: str, proposed: list[str], home: dict[str, str]) -> None:
    """Words for the end of the line; after a sign that bash takes for the end of a word, only what follows it."""
    found = bash(line, home)
    assert found == proposed


def test_bash_proposes_files_where_a_file_is_meant(home: dict[str, str]) -> None:
    """It is told so, and knows them itself."""
    answer = subprocess.run(
        ["lineage"],
        capture_output=True,
        text=True,
        check=True,
        env={**home, "_LINEAGE_COMPLETE": "bash_complete", "LINEAGE_LINE": "lineage figure -o x"},
    )
    assert answer.stdout == "file\n"


def test_revisions_and_directories_are_proposed_for_a_diff(home: dict[str, str], tmp_path: Path) -> None:
    """Where git stands, branches and tags, none with a letter that a shell would read, and the directories of the shell."""
    place = str(tmp_path / "toy")
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        [*identity, "commit", "-qm", "x"],
        ["tag", "v1.0"],
        ["branch", "a$(touch)"],
    ):
        subprocess.run(["git", "-C", place, *words], check=True)

    def proposed(line: str) -> list[str]:
        asking = {**home, "_LINEAGE_COMPLETE": "bash_complete", "LINEAGE_LINE": line}
        done = subprocess.run(["lineage"], capture_output=True, text=True, check=True, env=asking)
        assert done.stderr == ""
        return done.stdout.splitlines()

    assert proposed("lineage diff ") == [
        "plain\tHEAD\trevision",
        "plain\tmain\trevision",
        "plain\tv1.0\trevision",
        "dir",
    ]
    assert proposed("lineage diff HEAD v") == ["plain\tv1.0\trevision", "dir"]
    assert proposed(f"lineage --data {tmp_path} diff H") == ["dir"]
    assert bash("lineage diff ma", home) == ["main"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_proposes(home: dict[str, str]) -> None:
    """Each word with what it is."""
    script = "lineage completion fish | source; complete -C 'lineage show model'; complete -C 'lineage ls kind:pa'"
    assert in_shell(script, home, "fish", "--no-config", "-c") == [
        *(f"{letter}\tModel {letter.upper()}, {date}" for letter, date in DATES.items()),
        "kind:paper\tpaper",
    ]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("show Stanf", "alpaca\tStanford Alpaca, "),
        ("show stanfordal", "alpaca\tstanfordalpaca, "),
        ('show "Stanford Al', "alpaca\tStanford Alpaca, "),
        ("ls +Stanf", "+alpaca\t+Stanford Alpaca, "),
        ("show 2307.092", "touvron-2023-llama-2\t2307.09288, "),
        ("ls uses:rotary", "uses:rope\tuses:Rotary position embedding, "),
        ("show llama2-ch", "llama-2-chat\tLlama-2-Chat, "),
    ],
)
def test_fish_proposes_what_is_found_by_another_name(typed: str, proposed: str, home: dict[str, str]) -> None:
    """An id that does not have the typed letters is told with the name that has them, by which fish shows it, too."""
    environment = {name: value for name, value in home.items() if name != "LINEAGE_DATA"}
    script = f"lineage completion fish | source; complete -C {shlex.quote(f'lineage {typed}')}"

    found = in_shell(script, environment, "fish", "--no-config", "-c")

    assert [line.startswith(proposed) for line in found] == [True], found


DATES = {
    "a": "2018-01-05",
    "b": "2019",
    "c": "2019-03",
    "d": "2020-02",
    "e": "2021-01-01",
    "f": "2018-06",
    "g": "2022",
}


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_proposes(home: dict[str, str]) -> None:
    """The script loads, and hands over what it gets; zsh's own drawing of it is not looked at."""
    script = (
        'compdef() { :; }; eval "$(lineage completion zsh)"; compadd() { print -rl -- $values $shown };'
        " words=(lineage ls kind:pa); CURRENT=3; _lineage_completion"
    )
    assert in_shell(script, home, "zsh", "-f", "-c") == ["kind:paper", "kind:paper  -- paper"]


HOSTILE = "$(touch PWNED) `touch PWNED`; touch PWNED"


@pytest.mark.parametrize("program", ["bash", "zsh", "fish"])
def test_nothing_hostile_is_run(program: str, home: dict[str, str], tmp_path: Path) -> None:
    """Neither what is typed nor what the data hold: a maker and a name with commands in them, proposed or not."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    files = {
        "x.yaml": toy.model("a", "2020", name=f"'{HOSTILE}'", organizations=f"['{HOSTILE}']", family=f"'{HOSTILE}'")
    }
    environment = {**home, "LINEAGE_DATA": str(toy.write(tmp_path / "bad", files))}
    for line in (
        "lineage show ",
        "lineage ls org:",
        "lineage ls family:",
        f"lineage show {HOSTILE}",
        f"lineage ls '{HOSTILE}",
    ):
        script = {
            "bash": f'eval "$(lineage completion bash)"; COMP_LINE={shlex.quote(line)}; COMP_POINT=${{#COMP_LINE}};'
            " _lineage_completion lineage; for one in ${COMPREPLY[@]}; do eval : $one; done",
            "zsh": f'compdef() {{ :; }}; compadd() {{ eval ": $values" }}; eval "$(lineage completion zsh)";'
            f" words=({shlex.quote(line)}); CURRENT=1; words[1]=lineage; _lineage_completion",
            "fish": f"lineage completion fish | source; complete -C {shlex.quote(line)} >/dev/null",
        }[program]
        subprocess.run(
            [program, "-c", script], env=environment, cwd=tmp_path, check=False, capture_output=True, timeout=60
        )
    assert not (tmp_path / "PWNED").exists()


def test_every_proposal_is_plain(real: LineageGraph) -> None:
    """No proposal of any kind, for all shipped data, has a letter in it that a shell would read."""
    typed = ["", *(f"{method}:" for method in METHODS)]
    proposals = [value for one in typed for value, _ in shell.selections(real, one)]

    assert len(proposals) > 500
    assert [one for one in proposals if not re.fullmatch(r"[\w.:+@,/-]+", one)] == []


def test_a_proposal_selects_something(real: LineageGraph) -> None:
    """Each value that is proposed for a method is one that the selector language takes."""
    for method in METHODS:
        for value, _ in list(shell.selections(real, f"{method}:"))[:5]:
            select.select(real, [value])


def test_every_parameter_is_completed() -> None:
    """Each argument and each text option of every command is one that completion knows, or one that is free text."""
    free = {"title", "file", "node_id", "as_of"}
    unknown = [
        f"{command.name} {param.name}"
        for command in cli.commands.values()
        for param in command.params
        if isinstance(param.type, click.types.StringParamType)
        and param.name not in free
        and shell.completer(param) is None
    ]
    assert unknown == []


def test_completion_imports_nothing_heavy(home: dict[str, str]) -> None:
    """Names come from the stored index, without networkx, pydantic or YAML."""
    asking = {**home, "_LINEAGE_COMPLETE": "bash_complete", "LINEAGE_LINE": "lineage show mod"}
    code = (
        "import sys, atexit; atexit.register(lambda: print({'networkx', 'pydantic', 'yaml', 'numpy'} & set(sys.modules)));"
        "import lineage.cli; lineage.cli.main()"
    )
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=asking)
    assert done.stdout.splitlines()[0] == "plain\ta\tModel A, 2018-01-05"
    assert done.stdout.splitlines()[-1] == "set()"


def test_broken_data_propose_nothing_and_say_nothing(home: dict[str, str], tmp_path: Path) -> None:
    """Somebody who is typing has no use for a traceback."""
    (tmp_path / "toy/models/new.yaml").write_text("- [")
    assert bash("lineage show mod", home) == [""]
    assert bash("lineage --data /nothing show mod", home) == [""]
    assert bash("lineage sho", home) == ["show"]


@given(st.text())
def test_any_line_can_be_read(line: str) -> None:
    """Open quotes and half escapes are no error, and no letter is made up."""
    words, word, _ = shell.words_of(line)

    assert set("".join([*words, word])) <= set(line)


@given(st.lists(st.text(min_size=1), min_size=1))
def test_a_line_is_split_as_a_shell_does(words: list[str]) -> None:
    """Words that are quoted come back as they were."""
    assert shell.words_of(shlex.join(words) + " ") == (words, "", False)


@pytest.mark.parametrize("name", shell.SHELLS)
def test_the_script_says_where_to_put_it(name: str) -> None:
    """In a comment at its head, so that it may be piped into a file as it is."""
    done = subprocess.run(
        [sys.executable, "-m", "lineage", "completion", name], capture_output=True, text=True, check=True
    )

    assert f"lineage completion {name}" in "".join(
        line for line in done.stdout.splitlines(keepends=True)[:6] if "#" in line
    )
    assert done.stderr == ""
