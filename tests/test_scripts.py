"""The checks of the page's scripts: what `tools/scripts.py` finds, and where it says it is."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    path = Path(__file__).resolve().parent.parent / "tools" / "scripts.py"
    spec = importlib.util.spec_from_file_location("scripts", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["scripts"] = module
    spec.loader.exec_module(module)
    return module


scripts = _load()


def _write(directory: Path, **texts: str) -> list[Path]:
    for name, text in texts.items():
        (directory / f"{name}.js").write_text(text, encoding="utf-8")
    return [directory / f"{name}.js" for name in texts]


def test_a_wrong_type_is_told_at_its_own_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The scripts are checked as the one script that they become: a call in the second is held against the first."""
    first = '"use strict";\n/** @param {number} count @returns {number} */\nfunction twice(count) {\n  return 2 * count;\n}\n'
    second = '"use strict";\ndocument.title = String(twice(1));\ndocument.title = twice("two");\n'
    assert scripts.main(_write(tmp_path, first=first, second=second)) == 1
    out = capfd.readouterr().out
    assert "TS2322 [ERROR]: Type 'number' is not assignable to type 'string'." in out
    assert "TS2345 [ERROR]: Argument of type 'string' is not assignable to parameter of type 'number'." in out
    assert out.count("second.js:3:") == 2
    assert "first.js" not in out


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("document.body.innerHTML = location.hash;", "no-restricted-properties"),
        ("var count = Math.max(1);\nglobalThis.name = String(count);", "no-var"),
        ("if (document.title == location.href) document.title = location.href;", "eqeqeq"),
        ("eval(location.hash);", "no-eval"),
    ],
)
def test_what_the_rules_forbid_is_found(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, rule: str
) -> None:
    """Markup from text and careless comparisons do not pass."""
    assert scripts.main(_write(tmp_path, only=f'"use strict";\n{line}\n')) == 1
    assert rule in capfd.readouterr().out


def test_a_function_that_nobody_uses_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In all scripts together: what one declares another may use."""
    parts = _write(tmp_path, first="function used() {}\nfunction idle() {}\n", second="used();\n")
    assert scripts.main(parts) == 1
    out = capfd.readouterr().out
    assert "'idle' is declared but its value is never read" in out
    assert "'used'" not in out


def test_a_name_declared_twice_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The later function would silently take the place of the earlier one."""
    parts = _write(tmp_path, first="function one() {}\none();\n", second='"use strict";\nfunction one() {}\none();\n')
    assert scripts.main(parts) == 1
    assert "first.js:1:10: Identifier `one` has already been declared" in capfd.readouterr().out


def test_good_scripts_pass(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing found is exit code 0."""
    assert scripts.main(_write(tmp_path, only='"use strict";\ndocument.title = "Tree";\n')) == 0
    assert "As one script: 1 files, nothing found." in capfd.readouterr().out


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 6 and what to do about it."""
    monkeypatch.setattr(scripts.shutil, "which", lambda *_, **__: None)
    assert scripts.main() == 6
    assert capsys.readouterr().err == "oxlint is not there: pip install -e '.[test]'\n"
