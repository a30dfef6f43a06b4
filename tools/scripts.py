"""Check the scripts of the page: their style by oxlint, their types by TypeScript, which Deno brings with it.

    python tools/scripts.py

Both programs are wheels of the extra `test`, so neither Node nor another registry is needed. The rules are in
`.oxlintrc.json`; the types are written as comments, and what is asked of them is in `jsconfig.json`, which editors read too.
The scripts of the page are one script in the end, each using what those before it declare; so they are checked as one,
in the order of the page, and every finding is told at its own file and line. Exit code 1 means findings, 6 that a
program is missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from lineage.views import explorer

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "src" / "lineage"
FOR_OTHERS = ("wholeGraph",)
"""Functions that no script uses: they are for the tests and the curious in the console."""


def main(scripts: Sequence[Path] | None = None) -> int:
    """Check the scripts of the page, or others as one; print what was found and return the exit code."""
    page = [ASSETS / name for name in explorer.OWN_SCRIPTS] if scripts is None else list(scripts)
    alone = [ASSETS / explorer.FIRST_SCRIPT] if scripts is None else []
    try:
        lint, deno = program("oxlint"), program("deno")
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 6
    linted = subprocess.run([lint, "--config", ROOT / ".oxlintrc.json", *page, *alone], cwd=ROOT, check=False)
    kept = FOR_OTHERS if scripts is None else ()
    found = [
        *together(lint, deno, page, kept),
        *(line for script in alone for line in together(lint, deno, [script])),
    ]
    print("\n".join(found) or f"As one script: {len(page) + len(alone)} files, nothing found.")
    return 1 if found or linted.returncode else 0


def program(name: str) -> str:
    """Where a program is that pip installed beside this Python, or else on PATH.

    Raises:
        FileNotFoundError: if there is none; the text says what to do.
    """
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} is not there: pip install -e '.[test]'")
    return found


def together(lint: str, deno: str, scripts: Sequence[Path], kept: Sequence[str] = ()) -> list[str]:
    """What is wrong with scripts that run as one, in this order: lines of output, each place in its own file.

    That is what TypeScript finds, and a name that two of them declare, which it lets pass where both are functions.
    """
    options = json.loads((ROOT / "jsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
    texts = [script.read_text(encoding="utf-8") for script in scripts]
    with tempfile.TemporaryDirectory() as directory:
        whole, config = Path(directory, "page.js"), Path(directory, "deno.json")
        whole.write_text("".join(texts) + f"export {{ {', '.join(kept)} }};\n", encoding="utf-8")
        config.write_text(json.dumps({"compilerOptions": options, "lock": False}), encoding="utf-8")
        offline = ["--no-remote", "--no-npm", "--quiet"]
        parsed = _run([lint, "--allow", "all", "--format", "unix", str(whole)])
        typed = _run([deno, "check", *offline, "--config", str(config), str(whole)], DENO_DIR=directory)
    said = parsed.stdout if parsed.returncode else typed.stderr if typed.returncode else ""
    said = re.sub(r"(?:file://)?\S*?page\.js:(\d+)", lambda place: own_place(int(place[1]), scripts, texts), said)
    # What follows is about Deno itself.
    lines = said.partition("error: Type checking failed")[0].strip().splitlines()
    return lines or (["nothing was said"] if parsed.returncode or typed.returncode else [])


def _run(command: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {"DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1", **environment}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env={**os.environ, **plain}
    )


def own_place(line: int, scripts: Sequence[Path], texts: Sequence[str]) -> str:
    """The file and the line in it of a line of the whole; lines are counted from 1."""
    starts = [0, *accumulate(text.count("\n") for text in texts)]
    which = min(bisect_right(starts, line - 1), len(scripts)) - 1
    return f"{os.path.relpath(scripts[which], ROOT)}:{line - starts[which]}"


if __name__ == "__main__":
    raise SystemExit(main())
