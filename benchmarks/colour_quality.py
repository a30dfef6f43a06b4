"""How well the colours of a picture can be told apart, read back from its SVG: ``python benchmarks/colour_quality.py FILE``.

Not the palette is measured but what the style sheet of the file gives to the elements that are in it, in each theme that the
file has: text against every ground that it is written on, marks against the ground that they stand on, and the marks of the
architectures against each other as people see them whose eyes tell fewer colours. The exit status is 1 if anything is too near.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from lineage.forest import BAND_LABELS, text_width

TEXT: Final = 4.5
MARK: Final = 3.0
APART: Final = 12.0
_SVG: Final = "{http://www.w3.org/2000/svg}"
_MEDIA: Final = re.compile(r"@media \(prefers-color-scheme:dark\)\{(?:[^{}]*\{[^{}]*\})*\s*\}")
_DARK: Final = ":root[data-theme=dark]"
_LINES: Final = frozenset({"twig", "weights", "outputs", "architecture", "succession", "since", "axis"})
_OUTLINED: Final = frozenset({"fill", "hollow", "over", "open", "pill", "ring", "badge"})
_SOLID: Final = frozenset({"limb", "dot", "gem", "bar"})
VISION: Final = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""

Rect = tuple[float, float, float, float]
Sheet = Sequence[tuple[frozenset[str], Mapping[str, str]]]
Lab = tuple[float, float, float]


@dataclass(frozen=True)
class ColourQuality:
    """The least of everything in one theme."""

    text_contrast: float
    """As WCAG defines it, of any text on any ground under it."""
    mark_contrast: float
    """Of any line, limb, dot or outline of a box on the ground that it stands on."""
    distance: float
    """CIEDE2000 of the marks of two architectures, in the vision in which they are nearest; infinite if there is only one."""

    @property
    def good(self) -> bool:
        """Whether all of it is enough."""
        return self.text_contrast >= TEXT and self.mark_contrast >= MARK and self.distance >= APART


def measure(svg_text: str) -> dict[str, ColourQuality]:
    """The quality of the colours of a picture of ours, by theme: ``light`` and ``dark``, or ``forced`` where it has one only.

    Raises:
        xml.etree.ElementTree.ParseError: if the text is not XML.
    """
    root = ET.fromstring(svg_text)  # noqa: S314 - our own picture; expat knows no external entities
    style = root.findtext(f".//{_SVG}style") or ""
    if _DARK not in style:
        return {"forced": _measured(root, list(_sheet(style, dark=False)))}
    return {theme: _measured(root, list(_sheet(style, dark=theme == "dark"))) for theme in ("light", "dark")}


def _sheet(style: str, *, dark: bool) -> Iterator[tuple[frozenset[str], dict[str, str]]]:
    """The rules of one theme: the classes that an element must have, and what then holds; the dark ones come last."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", _MEDIA.sub("", style))
    for after in (False, True):
        for selectors, body in rules:
            held = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
            for selector in map(str.strip, selectors.split(",")):
                last = selector.split()[-1] if selector.split() else ""
                if (
                    selector.startswith(_DARK) is after
                    and (dark or not after)
                    and re.fullmatch(r"(stop)?(\.[\w-]+)+", last)
                ):
                    yield frozenset(last.removeprefix("stop").split(".")[1:]), held


def _painted(element: ET.Element, sheet: Sheet) -> dict[str, str]:
    classes = set((element.get("class") or "").split())
    found: dict[str, str] = {}
    for _, held in sorted(
        ((len(wanted), held) for wanted, held in sheet if wanted <= classes), key=lambda each: each[0]
    ):
        found |= held
    return found


def _measured(root: ET.Element, sheet: Sheet) -> ColourQuality:
    linked = {id(each) for link in root.iter(f"{_SVG}a") for each in link.iter()}
    filled: list[tuple[Rect, str]] = []
    page: list[tuple[Rect, str]] = []
    for each in root.iter(f"{_SVG}rect"):
        found = _ground(each, sheet) if id(each) not in linked else None
        filled += [found] if found else []
        page += [found] if found and {"page", "ground", "panel"} & set((each.get("class") or "").split()) else []
    texts, marks = [math.inf], [math.inf]
    bands: dict[str, str] = {}
    for group in (root, *root.iter(f"{_SVG}a")):
        below = list(filled)
        for element in group.iter():
            if group is root and id(element) in linked:
                continue
            classes = (element.get("class") or "").split()
            paint = _painted(element, sheet)
            if element.tag == f"{_SVG}text":
                texts += [contrast(paint["fill"], ground) for ground in _under(_written(element), below)]
                continue
            inks = []
            if set(classes) & _LINES or set(classes) & _OUTLINED:
                inks.append(paint.get("stroke", "none"))
            elif set(classes) & _SOLID:
                inks.append(paint.get("fill", "none"))
            place = _place(element)
            if place:
                marks += [
                    contrast(ink, ground) for ink in inks if ink.startswith("#") for ground in _under(place, page)
                ]
            for band in set(classes) & set(BAND_LABELS):
                bands.update((band, ink) for ink in inks if ink.startswith("#"))
            if group is not root and place and paint.get("fill", "none").startswith("#"):
                below.append((place, paint["fill"]))
    apart = [
        distance(lab(one, vision), lab(other, vision))
        for one, other in combinations(sorted(bands.values()), 2)
        for vision in VISION
    ]
    return ColourQuality(round(min(texts), 2), round(min(marks), 2), round(min(apart, default=math.inf), 2))


def _ground(element: ET.Element, sheet: Sheet) -> tuple[Rect, str] | None:
    """A rectangle that is filled with a colour."""
    fill = _painted(element, sheet).get("fill", "none")
    place = _place(element)
    return (place, fill) if place and fill.startswith("#") else None


def _under(place: Rect, shapes: Sequence[tuple[Rect, str]]) -> Iterator[str]:
    """The colours of what lies under a place, from the top down to the first thing that is under all of it."""
    for (left, top, right, bottom), colour in reversed(shapes):
        if left < place[2] and place[0] < right and top < place[3] and place[1] < bottom:
            yield colour
            if left <= place[0] and top <= place[1] and right >= place[2] and bottom >= place[3]:
                return


def _place(element: ET.Element) -> Rect | None:
    """The rectangle around a shape."""
    if element.tag == f"{_SVG}rect":
        x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
        return x, y, x + width, y + height
    if element.tag != f"{_SVG}path":
        return None
    xs, ys, here = [], [], (0.0, 0.0)
    for command, values in re.findall(r"([MLHVCQZ])([^MLHVCQZ]*)", element.get("d") or ""):
        numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", values)]
        if numbers:
            here = (
                (numbers[0], here[1])
                if command == "H"
                else (here[0], numbers[0])
                if command == "V"
                else (numbers[-2], numbers[-1])
            )
            xs.append(here[0])
            ys.append(here[1])
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def _written(element: ET.Element) -> Rect:
    x, y, size = (float(element.get(name, "0")) for name in ("x", "y", "font-size"))
    # Not every reader of SVG fits a text into the length that is asked for.
    width = max(float(element.get("textLength", "0")), text_width("".join(element.itertext()), size))
    classes = (element.get("class") or "").split()
    left = x - width / 2 if "mid" in classes else x - width if "end" in classes else x
    return left, y - 0.73 * size, left + width, y


# -- what eyes see -----------------------------------------------------------------------------------------------------


def linear(colour: str) -> tuple[float, ...]:
    """Linear RGB from 0 to 1 of ``#RRGGBB``."""
    parts = (byte / 255 for byte in bytes.fromhex(colour[1:]))
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it."""
    light, dark = sorted(
        (
            sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(each), strict=True))
            for each in (one, other)
        ),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> Lab:
    """CIELAB (D65) of a colour as someone with this vision sees it."""
    rgb = [min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True)))) for row in VISION[vision]]
    x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: Lab, other: Lab) -> float:
    """CIEDE2000."""
    chroma = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    g = 0.5 * (1 - sqrt(chroma**7 / (chroma**7 + 25**7)))
    c1, c2 = hypot(one[1] * (1 + g), one[2]), hypot(other[1] * (1 + g), other[2])
    h1 = degrees(atan2(one[2], one[1] * (1 + g))) % 360
    h2 = degrees(atan2(other[2], other[1] * (1 + g))) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    hue = (h1 + turn / 2) % 360
    big_h = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2)
    mean_l, mean_c = (one[0] + other[0]) / 2, (c1 + c2) / 2
    t = (
        1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6)) - 0.2 * cos(radians(4 * hue - 63))
    )  # fmt: skip
    l_part = (other[0] - one[0]) / (1 + 0.015 * (mean_l - 50) ** 2 / sqrt(20 + (mean_l - 50) ** 2))
    c_part = (c2 - c1) / (1 + 0.045 * mean_c)
    h_part = big_h / (1 + 0.015 * mean_c * t)
    rotation = -2 * sqrt(mean_c**7 / (mean_c**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(l_part**2 + c_part**2 + h_part**2 + rotation * c_part * h_part)


def main(arguments: Iterable[str]) -> int:
    """Measure files and print what was found."""
    bad = 0
    for name in arguments:
        for theme, quality in measure(Path(name).read_text(encoding="utf-8")).items():
            bad += not quality.good
            print(
                name, theme, *(f"{key.replace('_', ' ')} {value}" for key, value in asdict(quality).items()), sep="  "
            )
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["output/tree.svg", "output/family-tree.svg"]))
