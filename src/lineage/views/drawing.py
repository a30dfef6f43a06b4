"""What a picture that one of our views wrote as SVG is made of: what its style sheet says of an element, and its paths.

It knows the pictures of :mod:`lineage.views.tree` and no more: rules that name classes, paths of M, L, H, V, C, Q and Z.
Colours are those of the first rules, so a picture of one theme is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final
from xml.etree import ElementTree as ET

from lineage.errors import ToolError

SVG: Final = "{http://www.w3.org/2000/svg}"
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PATH: Final = re.compile(r"([MLHVCQZ])([^MLHVCQZ]*)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")

Step = tuple[str, tuple[float, ...]]


class Drawing:
    """A picture as it was written.

    Raises:
        ToolError: if the text is no SVG with a size.
    """

    def __init__(self, svg_text: str) -> None:
        try:
            self.root = ET.fromstring(svg_text)  # noqa: S314 - our own picture; expat knows no external entities
            self.size = (float(self.root.attrib["width"]), float(self.root.attrib["height"]))
            _, _, self.width, self.height = map(float, self.root.attrib["viewBox"].split())
        except (ET.ParseError, KeyError, ValueError) as error:
            raise ToolError(f"this is no picture of a tree: {error}") from error

    @cached_property
    def _rules(self) -> list[tuple[frozenset[str], dict[str, str]]]:
        """The classes that an element must have, and what then holds; the later goes before the earlier."""
        text = self.root.findtext(f".//{SVG}style") or ""
        found = []
        for selectors, body in _RULE.findall(text):
            held = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
            for selector in selectors.split(","):
                last = selector.split()[-1] if selector.split() else ""
                if ":" not in selector and re.fullmatch(r"(stop)?(\.[\w-]+)+", last):
                    found.append((frozenset(last.removeprefix("stop").split(".")[1:]), held))
        return found

    @cached_property
    def gradients(self) -> dict[str, ET.Element]:
        """By what a shape calls them."""
        return {each.get("id", ""): each for each in self.root.iter(f"{SVG}linearGradient")}

    def gradient(self, fill: str) -> ET.Element | None:
        """The gradient of a fill, if it is one."""
        return self.gradients.get(fill.removeprefix("url(#").removesuffix(")"))

    def paint(self, element: ET.Element) -> dict[str, str]:
        """What the style sheet and the element itself say."""
        classes = set((element.get("class") or "").split())
        found: dict[str, str] = {}
        # Who asks for more classes goes before who asks for less, as in any style sheet.
        for _, held in sorted(
            ((len(wanted), held) for wanted, held in self._rules if wanted <= classes), key=lambda each: each[0]
        ):
            found |= held
        found |= dict(part.split(":", 1) for part in (element.get("style") or "").split(";") if ":" in part)
        return found


def numbers(element: ET.Element, *names: str) -> tuple[float, ...]:
    """Attributes that are lengths; what is not there is nothing."""
    return tuple(float(element.get(name, "0")) for name in names)


def steps(text: str) -> Iterator[Step]:
    """The steps of a path with y up: M, L, C and Z; a level or upright line is an L, a quadratic curve a C."""
    x = y = 0.0
    for letter, rest in _PATH.findall(text):
        command = letter if letter in "MCZ" else "C" if letter == "Q" else "L"
        values = [float(each) for each in _NUMBER.findall(rest)]
        match letter:
            case "H":
                values = [values[0], y]
            case "V":
                values = [x, values[0]]
            case "Q":
                cx, cy, to_x, to_y = values
                values = [x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, to_x + (cx - to_x) * 2 / 3]
                values += [to_y + (cy - to_y) * 2 / 3, to_x, to_y]
        yield command, tuple(-each if place % 2 else each for place, each in enumerate(values))
        if values:
            x, y = values[-2:]
