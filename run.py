#!/usr/bin/env python3
"""Commands for a fresh clone, with nothing but Python 3.11 or newer.

    python3 run.py build [ARGUMENT ...]   set up, then `lineage build`: the figure and the page in output/
    python3 run.py test [ARGUMENT ...]    set up, then every check; arguments go to pytest
    python3 run.py check                  set up, then check the data only: what a commit hook runs

Each makes what is missing and leaves what is there, so a second run starts at once. Everything is put into .venv;
the browser of the page tests comes from LINEAGE_CHROMIUM, from PATH, from the system's packages or from Playwright.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this very file says it
    sys.stderr.write(f"lineage needs Python 3.11 or newer; this is {sys.version.split()[0]}: run it with a newer one\n")
    raise SystemExit(2)

import hashlib
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

Which = Callable[[str], "str | None"]
"""Where a program is on PATH, as :func:`shutil.which` says."""


class SetupError(Exception):
    """Something is missing that only the user can mend; the text says how."""


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands; return what the process exits with."""
    command, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    commands = {"build": build, "test": test, "check": check}
    if command not in commands:
        print(__doc__.strip(), file=sys.stdout if command in ("-h", "--help") else sys.stderr)
        return 0 if command in ("-h", "--help") else 2
    try:
        return commands[command](rest)
    except SetupError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def build(arguments: Sequence[str]) -> int:
    """Set up the project and build the figure and the page."""
    python = install(extra="")
    return run([python, "-m", "lineage", "build", *arguments])


def check(arguments: Sequence[str]) -> int:
    """Set up the project and check the data: their form, and every rule, warnings included."""
    python = install(extra="")
    form = run([python, "-m", "lineage", "fmt", "--check"])
    return run([python, "-m", "lineage", "check", "--strict", *arguments]) or form


def test(arguments: Sequence[str]) -> int:
    """Set up the project and its tests, run every check, and fail at the end if one of them failed."""
    python = install(extra="test")
    environment = {**os.environ, "LINEAGE_CHROMIUM": chromium(python)}
    say(f"page tests run in {environment['LINEAGE_CHROMIUM']}")
    scripts = Path(python).parent
    checks = {
        "ruff check": [python, "-m", "ruff", "check"],
        "ruff format": [python, "-m", "ruff", "format", "--check"],
        "mypy": [python, "-m", "mypy"],
        "lint-imports": [program(scripts, "lint-imports")],
        "scripts of the page": [python, "tools/scripts.py"],
        "pytest": [python, "-m", "pytest", "-n", "auto", *arguments],
    }
    failed = [name for name, command in checks.items() if run(command, environment) != 0]
    say(f"failed: {', '.join(failed)}" if failed else f"passed: {', '.join(checks)}")
    return 1 if failed else 0


# -- the virtual environment --------------------------------------------------------------------------------------------


def install(extra: str) -> str:
    """Make sure that the project is installed in .venv, with an extra; return the path of its Python."""
    python = interpreter(VENV)
    if not works(python):
        make_venv()
    wanted = digest(ROOT / "pyproject.toml")
    if is_installed(VENV, extra, wanted):
        return str(python)
    say(f"installing the project{' and its tests' if extra else ''} into {VENV.name}; this happens once")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", target]
    if run(command) != 0:
        raise SetupError("pip could not install the project; its words above say why")
    stamp(VENV, extra).write_text(wanted, encoding="utf-8")
    return str(python)


def make_venv() -> None:
    """Make .venv anew."""
    say(f"making {VENV.name}")
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError(venv_repair(done.stdout + done.stderr, sys.version_info[:2]))


def venv_repair(said: str, version: tuple[int, int]) -> str:
    """What to do when ``python -m venv`` failed with these words."""
    if "ensurepip" in said or "No module named venv" in said:
        return (
            "this Python cannot make virtual environments; install its venv package "
            f"(Debian and Ubuntu: apt install python{version[0]}.{version[1]}-venv) and run this again"
        )
    return f"the virtual environment was not made: {said.strip() or 'no reason was given'}"


def interpreter(venv: Path, windows: bool = os.name == "nt") -> Path:
    """Where the Python of a virtual environment is."""
    return venv / "Scripts" / "python.exe" if windows else venv / "bin" / "python"


def program(scripts: Path, name: str, windows: bool = os.name == "nt") -> str:
    """Where a program that pip installed is."""
    return str(scripts / (f"{name}.exe" if windows else name))


def works(python: Path) -> bool:
    """Whether a Python is there, starts and has pip: a folder that was copied or whose Python is gone has not."""
    if not python.exists():
        return False
    check = "import sys, pip; raise SystemExit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([str(python), "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def digest(pyproject: Path) -> str:
    """What an installation depends on: the project's declaration and where it stands."""
    return hashlib.sha256(pyproject.read_bytes() + f"\0{pyproject.resolve()}".encode()).hexdigest()


def stamp(venv: Path, extra: str) -> Path:
    """The file that says what was installed last; it goes when the virtual environment goes."""
    return venv / f"lineage-installed{f'-{extra}' if extra else ''}.txt"


def is_installed(venv: Path, extra: str, wanted: str) -> bool:
    """Whether this very declaration was installed, with the extra or with more than was asked for."""
    for file in {stamp(venv, extra), stamp(venv, "test")}:
        try:
            if file.read_text(encoding="utf-8").strip() == wanted:
                return True
        except (OSError, UnicodeDecodeError):
            continue
    return False


# -- the browser --------------------------------------------------------------------------------------------------------


def chromium(python: str) -> str:
    """The browser of the page tests; install one if there is none."""
    found = find_chromium(os.environ, shutil.which) or playwright_chromium(python)
    if found:
        return found
    for command in chromium_installers(python, shutil.which, is_root=is_root(), sudo=sudo_is_free()):
        say("installing Chromium for the page tests")
        if run(command) == 0:
            found = find_chromium(os.environ, shutil.which) or playwright_chromium(python)
            if found:
                return found
    raise SetupError(
        "the page tests need Chromium, and it could not be installed; install Chromium or Google Chrome, "
        "or set LINEAGE_CHROMIUM to the program"
    )


def find_chromium(environment: Mapping[str, str], which: Which) -> str | None:
    """The browser that LINEAGE_CHROMIUM names, or the first one on PATH.

    Raises:
        SetupError: if LINEAGE_CHROMIUM names nothing that can be run.
    """
    named = environment.get("LINEAGE_CHROMIUM", "")
    if named:
        found = which(named)
        if not found:
            raise SetupError(f"LINEAGE_CHROMIUM is {named}, which is no program; correct it or unset it")
        return found
    return next(filter(None, map(which, CHROMIUM_NAMES)), None)


def playwright_chromium(python: str) -> str | None:
    """The browser that Playwright has installed for itself."""
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if done.returncode == 0 and path and Path(path).is_file() else None


def chromium_installers(python: str, which: Which, *, is_root: bool, sudo: bool) -> list[list[str]]:
    """The commands by which a browser may be installed, the best first."""
    commands = []
    apt = which("apt-get")
    if apt and (is_root or sudo):
        prefix = [] if is_root else ["sudo", "-n"]
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-y"]
        install = shlex.join([*quiet, "install", "--no-install-recommends", "chromium"])
        # The package lists of a fresh machine are empty or old: fetch them and try again.
        commands.append([*prefix, "sh", "-c", f"{install} || {{ {shlex.join([*quiet, 'update'])}; {install}; }}"])
    commands.append([python, "-m", "playwright", "install", "chromium"])
    return commands


def is_root() -> bool:
    """Whether this process may install system packages by itself."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def sudo_is_free() -> bool:
    """Whether ``sudo`` asks for no password."""
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


# -- processes ----------------------------------------------------------------------------------------------------------


def say(line: str) -> None:
    """A line about what goes on."""
    print(f"[run.py] {line}", file=sys.stderr, flush=True)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run a program in the repository; return its exit code, or 128 and the signal that ended it, as shells do."""
    shown = [Path(command[0]).stem, *command[1:]]
    say(shlex.join(shown[2:] if shown[1:2] == ["-m"] else shown))
    start = time.monotonic()
    try:
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except OSError as error:
        say(f"error: {command[0]}: {error.strerror}")
        return 127
    if code:
        say(f"exit code {code} after {time.monotonic() - start:.1f} s")
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
