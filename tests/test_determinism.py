"""Same input, same bytes: under another hash seed, time zone, locale and directory, and with the records in other files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import toy

TEXTS = (
    "tree.svg",
    "tree.gv",
    "tree.md",
    "family-tree.svg",
    "family-tree.gv",
    "family-tree.md",
    "references.md",
    "references.bib",
    "explorer.html",
    "graph.json",
)
PICTURES = tuple(
    f"{name}{ending}" for name in ("tree", "family-tree") for ending in (".png", "-1x.png", ".webp", ".pdf")
)


def build(data: Path, out: Path, directory: Path, **environment: str) -> dict[str, bytes]:
    """Every output of a build in a process of its own, with no index to read from."""
    subprocess.run(
        [sys.executable, "-m", "lineage", "--data", str(data), "build", "--out", str(out)],
        check=True,
        capture_output=True,
        cwd=directory,
        env={**os.environ, "XDG_CACHE_HOME": str(out / "cache"), **environment},
    )
    return {name: (out / name).read_bytes() for name in (*TEXTS, *PICTURES)}


def real_data() -> Path:
    """The records that come with lineage."""
    from lineage import index

    return index.data_directory()


def test_the_real_outputs_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """Two hash seeds, two time zones, two locales and two working directories give the same bytes in every output."""
    (tmp_path / "here").mkdir()
    one = build(real_data(), tmp_path / "one", tmp_path, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = build(
        real_data(), tmp_path / "other", tmp_path / "here", PYTHONHASHSEED="2", TZ="Asia/Tokyo", LC_ALL="C.UTF-8"
    )

    assert [name for name in one if one[name] != other[name]] == []


def test_the_names_of_files_matter_only_where_they_are_shown(tmp_path: Path) -> None:
    """Files that are read in another order give the same figure and the same Graphviz file."""
    renamed = {f"{9 - number}.yaml": text for number, text in enumerate(toy.FILES.values())}
    one = build(toy.write(tmp_path / "a"), tmp_path / "one", tmp_path)
    other = build(toy.write(tmp_path / "b", renamed), tmp_path / "other", tmp_path)

    assert [
        name
        for name in ("tree.svg", "tree.gv", "family-tree.svg", "family-tree.gv", *PICTURES)
        if one[name] != other[name]
    ] == []
