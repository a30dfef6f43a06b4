"""Renew the third-party files in ``src/lineage/vendor``: ``python3 tools/vendor.py [NAME ...]``.

Each package is fetched with npm in the version and with the digest of the table below, the files that are
needed are taken out, and ``src/lineage/vendor/README.md`` is written anew from the table. To renew a package, change
its version and digest here, run this, and look at what changed. A LICENSE file that its package does not carry is
kept by hand.

``--check`` fetches nothing and fails if a vendored file is not the one of the table.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).resolve().parent.parent / "src" / "lineage" / "vendor"

Extract = Callable[[Mapping[str, bytes]], dict[str, bytes]]
"""From the files of a package, by their path in it, to the files that are kept, by their name here."""


@dataclass(frozen=True)
class Package:
    """One package of the npm registry and what is taken from it."""

    folder: str
    npm: str
    version: str
    sha256: str
    """Of the package's tarball."""
    licence: str
    what: str
    extract: Extract
    files: Mapping[str, str]
    """The sha256 of every file that is kept."""


def _copy(names: Mapping[str, str]) -> Extract:
    """Keep files as they are: by their name here, their path in the package."""
    return lambda package: {name: package[path] for name, path in names.items()}


def _viz(package: Mapping[str, bytes]) -> dict[str, bytes]:
    """The WebAssembly module out of viz-js's backend, and what its one-letter imports and exports are called.

    The module stands in the script as a JavaScript string with one character per byte; Emscripten's loader reads it
    in ``binaryDecode``. The names stand in ``wasmImports`` and ``assignWasmExports``.
    """
    script = package["lib/backend.js"].decode()
    literal = re.search(r"binaryDecode\('((?:[^'\\]|\\.)*)'\)", script, re.DOTALL)
    imports = re.search(r"var wasmImports=\{([^}]*)\}", script)
    exports = re.search(r"function assignWasmExports\(wasmExports\)\{(.*?)\}", script, re.DOTALL)
    version = re.search(r'graphvizVersion = "([^"]+)"', package["lib/metadata.js"].decode())
    if not (literal and imports and exports and version):
        raise SystemExit("viz: the package is built in another way than it was; read lib/backend.js")
    escapes = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
    text = re.sub(
        r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))",
        lambda one: chr(int(one[1] or one[2], 16)) if one[1] or one[2] else escapes.get(one[3], one[3]),
        literal[1],
        flags=re.DOTALL,
    )
    # Emscripten writes a character above 255 where a byte would be awkward in a script, and means zero by it.
    wasm = bytes(ord(char) if ord(char) < 256 else 0 for char in text)
    if not wasm.startswith(b"\0asm\1\0\0\0"):
        raise SystemExit("viz: what was taken out is no WebAssembly; read binaryDecode in lib/backend.js")
    names = {
        "graphviz": version[1],
        "imports": {
            name: short for short, name in (pair.split(":") for pair in imports[1].replace(" ", "").split(","))
        },
        "exports": dict(re.findall(r'(?:^|[;=])(\w+)=(?:\w+=|Module\["\w+"\]=)?wasmExports\["(\w+|\$)"\]', exports[1]))
        | {"init": _found(r'wasmExports\["(\w+|\$)"\]\(\);FS\.ignorePermissions', script)},
    }
    return {"viz.wasm": wasm, "viz.json": (json.dumps(names, indent=1, sort_keys=True) + "\n").encode()}


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if not match:
        raise SystemExit(f"viz: no {pattern} in lib/backend.js")
    return match[1]


PACKAGES: Final = (
    Package(
        folder="component-emitter",
        npm="component-emitter",
        version="2.0.0",
        sha256="fbd82d6e9a762b1056e08b0774e6cc1008761cce3d3c6aa9bb82e75567bada04",
        licence="MIT",
        what="events of vis-network and vis-util",
        extract=_copy(
            {
                "component-emitter.js": "index.js",
                "LICENSE-MIT": "license",
            }
        ),
        files={
            "LICENSE-MIT": "68e112c272f0a1988f4014518abaaacdcfa9ced6830d734acfb6a28ff9172e3e",
            "component-emitter.js": "c4899b7130d577206b9f51a7a5dccd78fc40d743ff7bf4dadce580d012e64bc1",
        },
    ),
    Package(
        folder="hammerjs",
        npm="@egjs/hammerjs",
        version="2.0.17",
        sha256="d931dbb173f8028d1fe3167cd8049f4064bf268d55e9f6d374d8cea289b84cfd",
        licence="MIT",
        what="fingers on the network view",
        extract=_copy(
            {
                "hammer.min.js": "dist/hammer.min.js",
                "LICENSE-MIT": "LICENSE.md",
            }
        ),
        files={
            "LICENSE-MIT": "68e3fbc87924b2ca7f6a10d52be2ee83e86f7d2f28e74f343795e8f9e58f3ec1",
            "hammer.min.js": "c5a535ac9646b875b416b798b48128da2d3c373b5180e6dbd1a086404efdd344",
        },
    ),
    Package(
        folder="keycharm",
        npm="keycharm",
        version="0.4.0",
        sha256="1dd82923d5c1d0b507d1e4e579171a4a94afe0fdfee8354062c6594b700a043b",
        licence="Apache-2.0 or MIT",
        what="keys of vis-network",
        extract=_copy(
            {
                "keycharm.js": "keycharm.js",
                "LICENSE-APACHE-2.0": "LICENSE-APACHE-2.0",
                "LICENSE-MIT": "LICENSE-MIT",
            }
        ),
        files={
            "LICENSE-APACHE-2.0": "7a1da246f5e03ea6f987021848a3ff9d9e9a86a54adf96a216f2ee57a9a762d6",
            "LICENSE-MIT": "7909cb1efaa8bd800a6d33d73cb9538bfe56a7da61c1fd8b4afb9ddd557ec044",
            "keycharm.js": "337cc51504b1cb5393dc987e711edff2d9882744f25d12bf955c99b64aaaa4b4",
        },
    ),
    Package(
        folder="vis-data",
        npm="vis-data",
        version="8.0.6",
        sha256="7574e7aa25af2e775b3e87c59b4bbd4f1e0c015a0263d6ec78dad7d481885b38",
        licence="Apache-2.0 or MIT",
        what="the data sets of vis-network",
        extract=_copy(
            {
                "vis-data.min.js": "esnext/umd/vis-data.min.js",
                "LICENSE-APACHE-2.0": "LICENSE-APACHE-2.0",
                "LICENSE-MIT": "LICENSE-MIT",
            }
        ),
        files={
            "LICENSE-APACHE-2.0": "1509904280a272780fd69c04b858f512cf216f8e3464a0dd98d8f34416feced9",
            "LICENSE-MIT": "1f65085e54c036645082257618db2c7b787e68c3b02485e214ecd09e0834ee8f",
            "vis-data.min.js": "1e018c8079e2590b1612c85c300790c9746dfd8b28e2cab6450007a2845c4150",
        },
    ),
    Package(
        folder="vis-network",
        npm="vis-network",
        version="10.1.5",
        sha256="33178a58abef773d4f8e77425d7b74c0a250349102f4c75f4a9d170ca3f1f437",
        licence="Apache-2.0 or MIT",
        what="the network view of `explorer.html`, packed into it with the five packages that it needs",
        extract=_copy(
            {
                "vis-network.min.js": "esnext/umd/vis-network.min.js",
                "LICENSE-APACHE-2.0": "LICENSE-APACHE-2.0",
                "LICENSE-MIT": "LICENSE-MIT",
            }
        ),
        files={
            "LICENSE-APACHE-2.0": "1509904280a272780fd69c04b858f512cf216f8e3464a0dd98d8f34416feced9",
            "LICENSE-MIT": "1f65085e54c036645082257618db2c7b787e68c3b02485e214ecd09e0834ee8f",
            "vis-network.min.js": "f7296341e18ebac9144cb01c5542b41a7d357584e2e1b83e3a0df93f6504a859",
        },
    ),
    Package(
        folder="vis-util",
        npm="vis-util",
        version="6.0.3",
        sha256="35a4eddee7e7232a623be61c908d9ace5a778369126b92454d221dd4463bf734",
        licence="Apache-2.0 or MIT; a bundled part in LICENSE-BUNDLED",
        what="what vis-data and vis-network share",
        extract=_copy(
            {
                "vis-util.min.js": "esnext/umd/vis-util.min.js",
                "LICENSE-APACHE-2.0": "LICENSE-APACHE-2.0",
                "LICENSE-MIT": "LICENSE-MIT",
            }
        ),
        files={
            "LICENSE-APACHE-2.0": "1509904280a272780fd69c04b858f512cf216f8e3464a0dd98d8f34416feced9",
            "LICENSE-MIT": "b88d2c1898485a909bfd92d1a2a676c266db5384d7153f3bdb80caebb7038351",
            "vis-util.min.js": "9880f79b4366d5ecb3b3a8151737cfa7e8988a956cf7165ce44ff197f512ea30",
        },
    ),
    Package(
        folder="viz",
        npm="@viz-js/viz",
        version="3.31.0",
        sha256="7dc0189874849cca2fed7cbe88bf334cd0e6e012db16657794a812ad6f2b8c70",
        licence="MIT (Viz.js), EPL-2.0 (Graphviz), MIT (Expat)",
        what="Graphviz 16.1.0 as WebAssembly, run by `views/graphviz_wasm.py`",
        extract=_viz,
        files={
            "viz.json": "86ceafce5bdb6ab48c84b228e03f1558a725d736b5262af26af0d2a4f7863fe3",
            "viz.wasm": "b113d594ef25f4da9d12e83f7f1550f00aae8e8fa911ebc4c4417ec1293f1451",
        },
    ),
)


def main() -> int:
    """Renew the packages that are named, or all."""
    parser = argparse.ArgumentParser(description="Renew the third-party files in src/lineage/vendor.")
    parser.add_argument("name", nargs="*", help="folders to renew; all when none is named")
    parser.add_argument("--check", action="store_true", help="compare with the table and fetch nothing")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.name) - {package.folder for package in PACKAGES})
    if unknown:
        parser.error(f"not in the table: {', '.join(unknown)}")
    chosen = [package for package in PACKAGES if not arguments.name or package.folder in arguments.name]
    if not arguments.check:
        for package in chosen:
            _renew(package)
        (VENDOR / "README.md").write_text(readme(), encoding="utf-8", newline="\n")
    faults = [fault for package in chosen for fault in _faults(package)]
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


def _renew(package: Package) -> None:
    with tempfile.TemporaryDirectory() as folder:
        npm = shutil.which("npm")
        if not npm:
            raise SystemExit("npm was not found; install Node.js")
        command = [npm, "pack", "--silent", "--pack-destination", folder, f"{package.npm}@{package.version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (tarball,) = Path(folder).glob("*.tgz")
        content = tarball.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != package.sha256:
            raise SystemExit(f"{package.npm} {package.version}: sha256 is {digest}, the table says {package.sha256}")
        files = {}
        with tarfile.open(tarball) as archive:
            for member in archive.getmembers():
                reader = archive.extractfile(member) if member.isfile() else None
                if reader:
                    files[member.name.partition("/")[2]] = reader.read()
    target = VENDOR / package.folder
    target.mkdir(parents=True, exist_ok=True)
    for name, kept in sorted(package.extract(files).items()):
        (target / name).write_bytes(kept)
        print(f"{package.folder}/{name}: {len(kept):,} bytes, sha256 {hashlib.sha256(kept).hexdigest()}")


def _faults(package: Package) -> list[str]:
    folder = VENDOR / package.folder
    faults = []
    for name, wanted in package.files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{package.folder}/{name}: missing; run tools/vendor.py {package.folder}")
        elif (found := hashlib.sha256(path.read_bytes()).hexdigest()) != wanted:
            faults.append(f"{package.folder}/{name}: sha256 is {found}, the table says {wanted}")
    if not list(folder.glob("LICENSE*")):
        faults.append(f"{package.folder}: no LICENSE file; add the package's own")
    return faults


def readme() -> str:
    """The list of what is vendored, as Markdown."""
    lines = [
        "# Third-party files",
        "",
        "Other people's work, as they published it; the licences stand beside it. Written by `tools/vendor.py`, which",
        "renews the files; do not edit them here.",
        "",
        "| folder | package | version | licence | sha256 of the npm tarball | what for |",
        "|---|---|---|---|---|---|",
    ]
    for package in sorted(PACKAGES, key=lambda one: one.folder):
        cells = (
            f"`{package.folder}/`",
            f"`{package.npm}`",
            package.version,
            package.licence,
            f"`{package.sha256}`",
            package.what,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
