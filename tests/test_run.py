"""The two commands of a fresh clone: when they install, which browser they take, what they say."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run = _load()


def _path(**programs: str) -> Callable[[str], str | None]:
    """A PATH with these programs and no others."""
    return lambda name: programs.get(name.replace("-", "_"))


def test_an_installation_is_needed_once_for_each_declaration(tmp_path: Path) -> None:
    """The stamp of the same pyproject.toml spares the installation; a change of one byte asks for it again."""
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text("one", encoding="utf-8")
    first = run.digest(pyproject)
    assert not run.is_installed(tmp_path, "", first)
    run.stamp(tmp_path, "").write_text(first, encoding="utf-8")
    assert run.is_installed(tmp_path, "", first)
    pyproject.write_text("two", encoding="utf-8")
    assert not run.is_installed(tmp_path, "", run.digest(pyproject))


def test_a_clone_that_moved_is_installed_again(tmp_path: Path) -> None:
    """An editable installation points at a folder, so the folder counts."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for folder in ("a", "b"):
        (tmp_path / folder / "pyproject.toml").write_text("same", encoding="utf-8")
    assert run.digest(tmp_path / "a" / "pyproject.toml") != run.digest(tmp_path / "b" / "pyproject.toml")


def test_the_tests_bring_all_that_a_build_needs_and_not_the_other_way(tmp_path: Path) -> None:
    """After `test`, `build` installs nothing; after `build`, `test` does."""
    run.stamp(tmp_path, "test").write_text("x", encoding="utf-8")
    assert run.is_installed(tmp_path, "", "x")
    run.stamp(tmp_path, "test").unlink()
    run.stamp(tmp_path, "").write_text("x", encoding="utf-8")
    assert not run.is_installed(tmp_path, "test", "x")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"other"])
def test_a_stamp_that_cannot_be_read_means_not_installed(tmp_path: Path, content: bytes) -> None:
    """A stamp that was cut off or overwritten costs an installation, never an error."""
    run.stamp(tmp_path, "").write_bytes(content)
    assert not run.is_installed(tmp_path, "", "x")


def test_programs_stand_where_the_system_puts_them() -> None:
    """On Windows in Scripts with .exe, elsewhere in bin."""
    assert run.interpreter(PurePath("v"), windows=False) == PurePath("v/bin/python")
    assert run.interpreter(PurePath("v"), windows=True) == PurePath("v/Scripts/python.exe")
    assert run.program(PurePath("s"), "lint-imports", windows=True) == str(PurePath("s/lint-imports.exe"))


def test_the_browser_that_is_named_is_taken() -> None:
    """LINEAGE_CHROMIUM goes before what is on PATH."""
    which = _path(my_browser="/opt/my-browser", chromium="/usr/bin/chromium")
    assert run.find_chromium({"LINEAGE_CHROMIUM": "my-browser"}, which) == "/opt/my-browser"


def test_a_browser_that_is_named_and_missing_is_said() -> None:
    """A wrong LINEAGE_CHROMIUM is not passed over in silence."""
    with pytest.raises(run.SetupError, match="LINEAGE_CHROMIUM is /nowhere, which is no program"):
        run.find_chromium({"LINEAGE_CHROMIUM": "/nowhere"}, _path(chromium="/usr/bin/chromium"))


@pytest.mark.parametrize("name", ["chromium", "chromium_browser", "google_chrome"])
def test_a_browser_on_path_is_found(name: str) -> None:
    """Under each of the names that systems give it."""
    assert run.find_chromium({"LINEAGE_CHROMIUM": ""}, _path(**{name: "/bin/it"})) == "/bin/it"


def test_no_browser_is_no_error_yet() -> None:
    """It may still be installed."""
    assert run.find_chromium({}, _path()) is None


def test_a_browser_is_installed_by_the_system_only_with_the_right_to() -> None:
    """As root by apt-get, with free sudo by sudo, else by Playwright into the user's own folder."""
    apt = _path(apt_get="/usr/bin/apt-get")
    playwright = ["py", "-m", "playwright", "install", "chromium"]
    as_root = run.chromium_installers("py", apt, is_root=True, sudo=False)
    with_sudo = run.chromium_installers("py", apt, is_root=False, sudo=True)
    assert [command[:2] for command in as_root] == [["sh", "-c"], playwright[:2]]
    assert [command[:4] for command in with_sudo] == [["sudo", "-n", "sh", "-c"], playwright[:4]]
    assert "install --no-install-recommends chromium ||" in as_root[0][2]
    assert run.chromium_installers("py", apt, is_root=False, sudo=False) == [playwright]
    assert run.chromium_installers("py", _path(), is_root=True, sudo=True) == [playwright]


def test_a_missing_venv_package_is_named() -> None:
    """Debian's Python makes no virtual environment until a package is added; the sentence says which."""
    said = "The virtual environment was not created successfully because ensurepip is not available."
    assert "apt install python3.12-venv" in run.venv_repair(said, (3, 12))
    assert run.venv_repair(" disk full\n", (3, 12)) == "the virtual environment was not made: disk full"


def test_the_exit_code_of_a_program_is_passed_on(capfd: pytest.CaptureFixture[str]) -> None:
    """So that a script around this one sees what failed."""
    assert run.run([sys.executable, "-c", "raise SystemExit(4)"]) == 4
    assert run.run([str(ROOT / "no-such-program")]) == 127
    assert "no-such-program" in capfd.readouterr().err


def test_every_check_runs_even_when_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All failures are seen in one run; arguments go to pytest alone."""
    seen: list[list[str]] = []

    def fake(command: list[str], _environment: object) -> int:
        seen.append(command)
        return 1 if "mypy" in command else 0

    monkeypatch.setattr(run, "install", lambda **_: "/venv/bin/python")
    monkeypatch.setattr(run, "chromium", lambda _: "/bin/chromium")
    monkeypatch.setattr(run, "run", fake)
    assert run.main(["test", "-k", "x"]) == 1
    assert len(seen) == 6
    assert seen[-1][1:] == ["-m", "pytest", "-n", "auto", "-k", "x"]
    assert "failed: mypy\n" in capsys.readouterr().err


def test_what_is_missing_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A set-up that cannot go on says why and exits 1, without a traceback; Ctrl-C says nothing."""

    def fail(**_: object) -> str:
        raise run.SetupError("no network")

    def interrupt(**_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "install", fail)
    assert run.main(["build"]) == 1
    assert capsys.readouterr().err == "[run.py] error: no network\n"
    monkeypatch.setattr(run, "install", interrupt)
    assert run.main(["test"]) == 130
    assert capsys.readouterr().err == ""


def test_the_two_commands_are_shown() -> None:
    """Without a command the usage is an error, with --help an answer."""
    bare = subprocess.run([sys.executable, str(ROOT / "run.py")], capture_output=True, text=True, check=False)
    asked = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert (bare.returncode, asked.returncode) == (2, 0)
    assert bare.stderr == asked.stdout
    assert "python3 run.py build" in asked.stdout


def test_an_old_python_is_told_so() -> None:
    """The version is looked at before anything that an old Python could not do."""
    script = (
        "import runpy, sys; sys.version_info = (3, 10, 0); sys.version = '3.10.0 (old)'; sys.argv = ['run.py', 'build'];"
        f"runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "lineage needs Python 3.11 or newer; this is 3.10.0: run it with a newer one\n"


def test_the_commit_hook_checks_the_data_by_the_command_that_there_is() -> None:
    """The hook that is offered runs `run.py check`, for changes of the data alone, and what it names exists."""
    import yaml

    (hook,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]

    assert (hook["entry"], hook["files"], hook["pass_filenames"]) == ("python3 run.py check", "^graph_data/", False)
    assert "python3 run.py check" in run.__doc__


@pytest.mark.parametrize(("form", "rules", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (4, 1, 1)])
def test_the_check_runs_form_and_rules_and_fails_if_one_does(
    monkeypatch: pytest.MonkeyPatch, form: int, rules: int, code: int
) -> None:
    """Both are run, whatever the first says, and warnings count."""
    ran: list[list[str]] = []

    def recorded(command: list[str]) -> int:
        ran.append(command[2:])
        return form if "fmt" in command else rules

    monkeypatch.setattr(run, "install", lambda extra: f"python{extra}")
    monkeypatch.setattr(run, "run", recorded)

    assert run.main(["check"]) == code
    assert ran == [["lineage", "fmt", "--check"], ["lineage", "check", "--strict"]]
