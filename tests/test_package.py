"""The package as others get it: a wheel that carries its data and works from any directory, and a true public surface."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import lineage

ROOT = Path(__file__).parent.parent


def test_the_wheel_carries_the_data_and_works_anywhere(tmp_path: Path) -> None:
    """A wheel that is unpacked elsewhere answers a question, draws with its own Graphviz, and passes its own checks."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("model_lineage-*.whl")
    place = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(place)
    environment = {**os.environ, "PYTHONPATH": str(place), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def answer(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "import lineage.cli; lineage.cli.main()", *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        return done.stdout

    where = subprocess.run(
        [sys.executable, "-c", "import lineage; print(lineage.__file__)"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert where.stdout.startswith(str(place))
    assert "llama" in answer("ancestors", "llama-2")
    assert answer("check") == ""
    assert answer("export", "svg", "+alpaca").rstrip().endswith("</svg>")
    assert (place / "lineage/py.typed").exists()


def test_what_is_public_is_documented_and_there() -> None:
    """Every public name exists, once, in order, with a docstring."""
    assert lineage.__all__ == sorted(set(lineage.__all__))
    assert [name for name in lineage.__all__ if not (getattr(lineage, name).__doc__ or "").strip()] == []


def test_the_public_methods_of_a_graph_are_documented() -> None:
    """Every question that a graph answers says what it answers."""
    methods = {name: member for name, member in vars(lineage.LineageGraph).items() if not name.startswith("_")}

    assert [name for name, member in methods.items() if not (member.__doc__ or "").strip()] == []
    assert {"ancestors", "descendants", "paths", "common_ancestors", "layout_parent", "to_networkx"} <= set(methods)


def test_the_source_distribution_makes_the_same_wheel(tmp_path: Path) -> None:
    """An sdist is built without network, holds what the tests and the documents need, and its wheel is that of the tree."""
    import tarfile

    make = "import sys; from hatchling import build; print(getattr(build, sys.argv[1])(sys.argv[2]))"

    def built(kind: str, place: Path, out: Path) -> Path:
        done = subprocess.run(
            [sys.executable, "-c", make, f"build_{kind}", str(out)],
            cwd=place,
            check=True,
            capture_output=True,
            text=True,
        )
        return out / done.stdout.splitlines()[-1]

    packed = built("sdist", ROOT, tmp_path)
    with tarfile.open(packed) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(tmp_path / "tree", filter="data")
    (tree,) = (tmp_path / "tree").iterdir()

    assert {"README.md", "LICENSE", "CITATION.cff", "run.py", "graph_data/schema.json", "docs/tour.md"} <= names
    assert {"mkdocs.yml", "tests/toy.py", "tools/crosscheck.py", "src/lineage/py.typed"} <= names
    assert {name for name in names if name.startswith((".", "node_modules"))} <= {
        ".gitignore",
        ".oxlintrc.json",
        ".pre-commit-config.yaml",
    }
    one, other = (zipfile.ZipFile(built("wheel", place, tmp_path / place.name)) for place in (ROOT, tree))
    assert one.namelist() == other.namelist()
    assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []
