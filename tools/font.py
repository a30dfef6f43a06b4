"""Renew the font of the pictures in ``src/lineage/assets/fonts``: ``python tools/font.py`` (needs npm, fonttools, brotli).

Inter Medium is fetched with npm in the version and with the digest below, and cut down to what a picture needs:

- ``inter.ttf``: Latin, Greek, Cyrillic and signs, for PNG and PDF;
- ``inter.woff2``: the Latin part of it, embedded in every SVG;
- ``advances.json``: the width of every character of ``inter.ttf`` in thousandths of the font size, so that a layout
  is the same on every machine and needs no font library;
- ``LICENSE``: the SIL Open Font License of the font.

Kerning and ligatures are left out, so that a line is exactly as wide as the sum of its characters. The subset is
named "Lineage Inter": it must not be taken for an Inter that is installed.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS: Final = Path(__file__).resolve().parent.parent / "src" / "lineage" / "assets" / "fonts"
PACKAGE: Final = "inter-ui@4.1.1"
SHA256: Final = "e392e4d71f18a7c1f23dfecd833d68fa05eeab41862686584e80fd2b5d87e9c0"
FACE: Final = "package/web/Inter-Medium.woff2"
FAMILY: Final = "Lineage Inter"
SIGNS: Final = "–—‘’‚“”„†•…‰′″‹›€™←↑→↓−≈≠≤≥"  # noqa: RUF001 - the signs themselves are meant
SMALL: Final = {*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, SIGNS), 0xFFFD}
LARGE: Final = {*SMALL, *range(0x100, 0x180), *range(0x370, 0x400), *range(0x400, 0x460), *range(0x1E00, 0x1F00)}


def fetch() -> dict[str, bytes]:
    """The files of the package, by their path in it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
        (packed,) = Path(folder).glob("*.tgz")
        content = packed.read_bytes()
    if (digest := hashlib.sha256(content).hexdigest()) != SHA256:
        raise SystemExit(f"{PACKAGE} has the digest {digest}, not {SHA256}; look at what changed")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {member.name: archive.extractfile(member).read() for member in members}  # type: ignore[union-attr]


def subset(face: bytes, codepoints: set[int], flavor: str | None) -> TTFont:
    """The font with these characters only, without kerning or ligatures, under its own name."""
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["GPOS", "GSUB", "GDEF", "STAT", "DSIG", "meta"]
    font = TTFont(io.BytesIO(face), recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codepoints)
    subsetter.subset(font)
    for record in list(font["name"].names):
        named = {1: FAMILY, 2: "Regular", 4: FAMILY, 6: FAMILY.replace(" ", "")}
        if record.nameID in named:
            record.string = named[record.nameID]
    font["OS/2"].usWeightClass = 400
    font.flavor = flavor
    return font


def main() -> None:
    """Fetch, cut down, write."""
    package = fetch()
    FONTS.mkdir(parents=True, exist_ok=True)
    large = subset(package[FACE], LARGE, None)
    large.save(FONTS / "inter.ttf", reorderTables=True)
    subset(package[FACE], SMALL, "woff2").save(FONTS / "inter.woff2", reorderTables=True)
    units = large["head"].unitsPerEm
    metrics = large["hmtx"].metrics
    advances = {code: round(metrics[name][0] * 1000 / units) for code, name in sorted(large.getBestCmap().items())}
    lines = ",\n".join(f'  "{code}": {advance}' for code, advance in advances.items())
    (FONTS / "advances.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8", newline="\n")
    json.loads((FONTS / "advances.json").read_text(encoding="utf-8"))
    (FONTS / "LICENSE").write_bytes(package["package/LICENSE.txt"])


if __name__ == "__main__":
    main()
