"""No input of any kind ends in a traceback, and every exit code is one of the contract: all commands, found in the click tree."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
import toy
from terminal import on_terminal

import lineage
from lineage.cli import cli, headings, main

CODES = {0, 1, 2, 3, 4, 5, 6, 8}
HOSTILE = (
    "",
    " ",
    "x" * 100_000,
    "\x1b[2Jx\x1b]0;y\x07",
    "a\nb\r\tc",
    "\udcff\udc80",
    "\u202eabc\u2066",
    "通义千问" * 50,
    "-",
    "--",
    "-rf",
    "--help=x",
    "*",
    "+",
    "@",
    "[",
    '"',
    "a,,b",
    "kind:",
    "zzz",
    "-1",
    "0",
    "9" * 400,
    "1e309",
    "2023-13",
    ".",
    "/dev/null",
    "/nonexistent/deep/file",
    "%s%n{0}",
    "CON",
    "aux.yaml",
    "a" * 300,
)
ENOUGH: dict[str, list[str]] = {
    "build": ["--out", "out"],
    "new": ["model", "h", "--family", "toy"],
    "completion": ["bash"],
    "export": ["dot", "a"],
    "technique": ["t"],
    "diff": ["../data", "../data"],
    "schema": ["answer"],
    "import": ["csv", "models.csv", "-o", "mine"],
}
"""Arguments with which a command succeeds, where its arguments are not all names."""
TABLE = "name,date,organizations,weights,source\nMine,2024-05,Acme,open,https://example.org/mine\n"
"""What an import takes in."""


def call(*arguments: str, stdout: io.TextIOWrapper | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the whole program, in this process."""
    old = sys.argv, sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    sys.argv, sys.stdout, sys.stderr = ["lineage", *arguments], stdout or out, err
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    finally:
        sys.argv, sys.stdout, sys.stderr = old
    written = []
    for stream in (out, err):
        stream.seek(0)
        written.append(stream.read())
    return code, written[0], written[1]


def wrong(arguments: Sequence[str], code: int, out: str, err: str) -> str | None:
    """What is not as it has to be."""
    shown = " ".join(one if len(one) < 40 else f"{one[:20]}...({len(one)})" for one in arguments)
    if code not in CODES:
        return f"{shown!r}: exit {code}"
    if "Traceback" in err or re.search(r"\b[A-Z]\w+Error\b", err):
        return f"{shown!r}: {err[-300:]}"
    if code >= 2 and out:
        return f"{shown!r}: exit {code} and an answer: {out[:100]!r}"
    if code >= 2 and not any(line.startswith(("error: ", "Error: ", "Usage: ")) for line in err.splitlines()):
        return f"{shown!r}: exit {code} and no error told: {err[:200]!r}"
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", err):
        return f"{shown!r}: what a terminal would obey: {err[:200]!r}"
    return None


def enough(command: click.Command) -> list[str]:
    """Arguments with which a command succeeds on the toy graph."""
    if command.name in ENOUGH:
        return list(ENOUGH[command.name])
    names = iter("abcdefg")
    return [next(names) for one in command.params if isinstance(one, click.Argument) and one.required]


def hostile_calls(command: click.Command) -> Iterator[list[str]]:
    """Every argument and every option of a command with every hostile value, the others sound."""
    name = str(command.name)
    sound = enough(command)
    values = HOSTILE if name != "build" else HOSTILE[:2]
    for place in range(len(sound)):
        for value in values:
            yield [name, *sound[:place], value, *sound[place + 1 :]]
    for option in command.params:
        if not isinstance(option, click.Option):
            if option.nargs == -1:
                yield from ([name, *sound, value] for value in values)
            continue
        flag = max(option.opts, key=len)
        if option.is_flag:
            yield [name, *sound, flag]
        else:
            yield from ([name, *sound, flag, value] for value in values)
            yield [name, *sound, flag]
    yield [name]
    yield [name, "--no-such-option"]
    yield [name, *sound, *("a" for _ in range(500))]


@pytest.fixture(name="place")
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to be in, with the toy graph as the data; whatever is written is written there."""
    monkeypatch.setenv("LINEAGE_DATA", str(toy.write(tmp_path / "data")))
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "models.csv").write_text(TABLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


COMMANDS = sorted(cli.commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_hostile_arguments_are_answered_or_refused(name: str, place: Path) -> None:
    """Huge, empty, invisible, unknown or malformed: an exit code of the contract, a reason, and no answer beside an error."""
    data = Path(os.environ["LINEAGE_DATA"])
    found = []
    for number, arguments in enumerate(hostile_calls(cli.commands[name])):
        if number % 50 == 0 and name in {"new", "fmt", "import"}:
            shutil.rmtree(data)
            toy.write(data)
        found.append(wrong(arguments, *call(*arguments)))

    assert [one for one in found if one] == []
    assert place.is_dir()


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_options_of_the_program(value: str, place: Path) -> None:
    """A data directory that is none, an unknown command and an unknown option; place is where nothing is."""
    assert place.is_dir()
    for arguments in (["--data", value, "ls"], [value], [f"--{value}"], ["--data", value]):
        assert wrong(arguments, *call(*arguments)) is None


def test_every_command_has_a_heading() -> None:
    """The help page of the program shows each command under one heading, and none under two."""
    under = [name for names in headings.HEADINGS.values() for name in names]

    assert len(under) == len(set(under))
    assert set(cli.commands) - set(under) == set()


def test_without_a_command_the_commands_are_shown() -> None:
    """The same page as with -h, but as an error: on stderr, exit 2."""
    code, out, err = call()
    asked = call("-h")

    assert (code, out) == (2, "")
    assert (asked[0], asked[2]) == (0, "")
    assert err.rstrip() == asked[1].rstrip()
    assert [line for line in err.splitlines() if re.fullmatch(r"[A-Z].*:", line)][:3] == [
        "Options:",
        "Ask:",
        "Figure and page:",
    ]
    assert "..." not in asked[1].partition("Ask:")[2]


# -- exit codes ----------------------------------------------------------------------------------------------------------------

NO_GRAPH = {"completion", "fmt", "schema", "diff", "import", "new"}
"""Commands that need no graph, or more than one: what they do with a broken one is their own."""


@pytest.mark.parametrize("name", COMMANDS)
def test_the_exit_codes_of_every_command(name: str, place: Path, tmp_path: Path) -> None:
    """0 for an answer, 2 for a wrong option, 4 for data that are not there or broken, 5 for a full disk."""
    sound = [name, *enough(cli.commands[name])]
    broken = toy.write(tmp_path / "broken", {"x.yaml": "- ["}, canonical=False)
    assert call(*sound)[0] == 0, place
    assert call(*sound, "--no-such-option")[0] == 2
    if name in NO_GRAPH:
        return
    assert call("--data", "nowhere", *sound)[0] == 4
    assert call("--data", str(broken), *sound)[0] == (1 if name == "check" else 4)


@pytest.mark.parametrize(
    "name",
    [
        one
        for one in COMMANDS
        if any(
            p.name in {"name", "names", "older", "one"}
            for p in cli.commands[one].params
            if isinstance(p, click.Argument)
        )
    ],
)
def test_an_unknown_name_is_exit_3(name: str, place: Path) -> None:
    """In every command that takes a name, in every place where it takes one."""
    count = len(enough(cli.commands[name])) or 1
    for at in range(count):
        arguments = ["a"] * count
        arguments[at] = "no-such-model"
        code, out, err = call(name, *arguments)
        assert (code, out) == (3, ""), place
        assert err.startswith("error: no node is called `no-such-model`")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_is_exit_5(name: str, place: Path) -> None:
    """For every command that has something to say on stdout."""
    sound = [name, *enough(cli.commands[name])]
    code, out, _ = call(*sound)
    assert code == 0, place
    if not out:
        return
    shutil.rmtree(place)
    place.mkdir()
    (place / "models.csv").write_text(TABLE, encoding="utf-8")
    os.chdir(place)
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "lineage", *sound], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr.decode()) == (5, "error: cannot write the answer: No space left on device\n")


# -- where it is run -----------------------------------------------------------------------------------------------------------


def everywhere() -> list[list[str]]:
    """Each command that is quick and may be asked twice, with arguments with which it succeeds."""
    return [[name, *enough(cli.commands[name])] for name in COMMANDS if name not in {"build", "import", "new"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"COLUMNS": "20", "TERM": "dumb"},
        {"COLUMNS": "0", "LINES": "0", "TERM": ""},
        {"HOME": None, "XDG_CACHE_HOME": None, "USER": None, "LOGNAME": None},
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/proc/nonexistent"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONHASHSEED": "7", "PYTHONOPTIMIZE": "1", "PYTHONWARNINGS": "error"},
    ],
    ids="-".join,
)
def test_it_works_wherever_it_is_run(changes: dict[str, str | None], place: Path) -> None:
    """A poor locale, a narrow terminal, no home, a cache that cannot be written: the answer is the same, or as near as letters go."""
    environment = {**os.environ, **{name: value for name, value in changes.items() if value is not None}}
    for name in (name for name, value in changes.items() if value is None):
        environment.pop(name, None)
    for arguments in everywhere():
        done = subprocess.run(
            [sys.executable, "-m", "lineage", *arguments], capture_output=True, check=False, env=environment, timeout=60
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False), (arguments, done.stderr, place)
        answer = call(*arguments)[1]
        # What cannot be written in the letters of the place is written in others.
        if answer.isascii():
            assert done.stdout.decode() == answer, arguments


@pytest.mark.parametrize("arguments", everywhere(), ids=lambda arguments: arguments[0])
def test_a_reader_who_goes_away_is_no_error(arguments: list[str], place: Path) -> None:
    """`| head -1` of a long answer, and of a short one: quiet, and 0 or 141 as every program that a pipe is closed on."""
    environment = {name: value for name, value in os.environ.items() if name != "LINEAGE_DATA"}
    line = " ".join(arguments)
    for data in (os.environ, environment):
        if data is environment and set(arguments[1:]) & set("abcdefgt."):
            continue
        script = f"{sys.executable} -m lineage {line} | head -n 1; echo ${{PIPESTATUS[0]}} >&2"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=data, check=False, cwd=place)
        assert done.stderr.splitlines()[-1] in {"0", "141"}, done.stderr
        assert "Traceback" not in done.stderr
        assert "Broken pipe" not in done.stderr


@pytest.mark.parametrize("arguments", [*everywhere(), ["-h"], ["--version"], ["ls", "-h"]], ids=" ".join)
def test_an_answer_that_nobody_reads_is_no_answer(arguments: list[str], place: Path) -> None:
    """With a reader who is gone before anything is written it is 141, and never the 1 that means "no"; nothing is told of it."""
    quiet = call(*arguments)[1] == ""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lineage", *arguments], stdout=write, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(write)
    assert done.returncode == (0 if quiet else 141), (arguments, done.stderr, place)
    assert "rror" not in done.stderr
    assert "roken pipe" not in done.stderr


@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_survived(streams: str, place: Path) -> None:
    """Without stdin nothing changes; without stdout it is exit 5 where there is an answer; nothing is ever a traceback."""
    for arguments in everywhere():
        words = [sys.executable, "-m", "lineage", *arguments]
        done = subprocess.run(
            ["bash", "-c", f'"$@" {streams}', "bash", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode in ({0} if streams in {"<&-", "2>&-"} else {0, 5}), (arguments, done.stderr, place)
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/1/mem").exists(), reason="nothing here cannot be read")
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/full", "/proc/self/mem", "/", "fifo", "loop", "bad.yaml"])
def test_a_file_that_cannot_be_read_is_told(path: str, place: Path) -> None:
    """A device without an end, a pipe nobody writes to, a directory, a circle of links, text that is none."""
    os.mkfifo(place / "fifo")
    (place / "loop").symlink_to("loop")
    (place / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    for arguments in (
        ["fmt", path],
        ["audit", "--score", path],
        ["audit", "--skip", path],
        ["new", "model", "h", "--file", path],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "lineage", *arguments], capture_output=True, text=True, check=False, timeout=20
        )
        assert wrong(arguments, done.returncode, done.stdout, done.stderr) is None
        assert done.returncode in {2, 4, 5}


@pytest.mark.parametrize("name", ["fifo", "zero.yaml", "loop.yaml"])
def test_a_data_directory_with_what_is_no_file_is_told(name: str, place: Path) -> None:
    """Devices, pipes and circles of links among the records are passed over or told, and end."""
    data = Path(os.environ["LINEAGE_DATA"])
    if name == "fifo":
        os.mkfifo(data / "pipe.yaml")
    elif name == "zero.yaml":
        (data / name).symlink_to("/dev/zero")
    else:
        (data / name).symlink_to(name)
    for arguments in (["check"], ["ls"], ["fmt", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "lineage", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            cwd=place,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode in {0, 1, 4}


# -- terminals and signals -----------------------------------------------------------------------------------------------------


def test_long_work_is_told_on_a_terminal_and_taken_away(place: Path) -> None:
    """One line that is written over, what is being done in it, and in the end the answer alone."""
    code, sent = on_terminal("--data", str(lineage.index.data_directory()), "build", "--out", "out", LINEAGE_DATA="")

    assert code == 0, place
    steps = re.findall(rb"\r\x1b\[K([a-z][^\r\x1b]*) \.\.\.", sent)
    assert b"writing" in steps
    shown = sent.rpartition(b"\r\x1b[K")[2].decode()
    assert "..." not in shown
    assert re.search(r"\d+ files in \d+\.\d s\r\n$", shown)


def test_short_work_is_not_told(place: Path) -> None:
    """A question that is answered at once writes no progress."""
    code, sent = on_terminal("ls", "a")

    assert code == 0, place
    assert b"\x1b[K" not in sent


def test_ctrl_c_ends_at_once_and_leaves_nothing(place: Path) -> None:
    """Exit 130 without a traceback, and neither an output nor a temporary file."""
    code, sent = on_terminal(
        "--data", str(lineage.index.data_directory()), "build", "--out", "out", stop_at=b" ...", LINEAGE_DATA=""
    )

    assert code == 130
    assert b"Traceback" not in sent
    assert list(place.rglob("*")) == [place / "models.csv"]


def test_ctrl_c_that_native_code_has_swallowed_stops_before_anything_is_written(tmp_path: Path) -> None:
    """A callback from native code cannot pass the exception on; the outputs are not written nevertheless, and 130 is said."""
    script = """
import os, signal, sys
from lineage import cli, index

class Swallowing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

real = index.data_directory
def swallow():
    one = Swallowing()
    del one
    return real()
index.data_directory = swallow
sys.argv = ["lineage", "export", "json", "-o", "out.json"]
cli.main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert "KeyboardInterrupt" in done.stderr
    assert (done.returncode, list(tmp_path.iterdir())) == (130, [])


def test_ctrl_c_while_python_starts_is_survived(place: Path) -> None:
    """At whatever time it comes there is no answer and a half, and the exit code says so."""
    for wait in (0.0, 0.05, 0.1, 0.2, 0.3):
        process = subprocess.Popen(
            [sys.executable, "-m", "lineage", "ls"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode in {0, 1, 130, -signal.SIGINT}, place


@pytest.mark.parametrize("columns", [1, 20, 500])
def test_a_terminal_may_have_any_width(columns: int, place: Path) -> None:
    """From one column to five hundred, with colour, and help pages too."""
    for arguments in (["ls"], ["-h"], ["show", "a"], ["stats"], ["path", "a", "e"]):
        code, sent = on_terminal(*arguments, columns=columns, TERM="xterm-256color")
        assert code == 0, place
        assert b"Traceback" not in sent
