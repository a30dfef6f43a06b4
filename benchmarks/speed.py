"""How long the command line takes, as whole processes, beside a peer that is timed in the same run.

``python benchmarks/speed.py`` prints medians and, for a question, the ratio to ``python -c "import click, networkx"``: what any
program on these libraries pays before it has read a byte. Times depend on the machine; the ratio is what counts.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
PEER = [sys.executable, "-c", "import click, networkx"]
LINEAGE = [sys.executable, "-m", "lineage"]


def seconds(command: list[str], cache: Path, *, forget: bool = False) -> float:
    """The wall-clock time of one process; ``forget`` empties the cache first."""
    if forget:
        shutil.rmtree(cache, ignore_errors=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - began


def main() -> None:
    """Time everything, the peer and the warm question turn about, and print a table."""
    with tempfile.TemporaryDirectory() as directory:
        cache = Path(directory) / "cache"
        question = [*LINEAGE, "ancestors", "llama-2"]
        seconds(question, cache)
        pairs = [(seconds(PEER, cache), seconds(question, cache)) for _ in range(RUNS)]
        peer = statistics.median(pair[0] for pair in pairs)
        warm = statistics.median(pair[1] for pair in pairs)
        rows = [
            ('python -c "import click, networkx"', peer),
            ("lineage ancestors llama-2, warm index", warm),
            ("lineage ancestors llama-2, cold", _median([*question], cache, forget=True)),
            ("lineage check", _median([*LINEAGE, "check"], cache)),
            ("lineage build", _median([*LINEAGE, "build", "--out", str(Path(directory) / "out")], cache, runs=3)),
        ]
        for name, value in rows:
            print(f"{value * 1000:8.0f} ms  {value / peer:6.2f} x peer  {name}")


def _median(command: list[str], cache: Path, *, forget: bool = False, runs: int = 5) -> float:
    return statistics.median(seconds(command, cache, forget=forget) for _ in range(runs))


if __name__ == "__main__":
    main()
