"""The colours of every picture, for light and for dark ground.

Colour never stands alone: a band also has its name in words and its place, openness is also a form of fill, and text
is always ink. The marks differ by at least 12 (CIEDE2000) under normal, protan, deutan and tritan vision, stand out
3:1 from the page, and ink stands out 4.5:1 from every ground it is written on; tests hold all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lineage.layout import BAND_LABELS, BandKey


@dataclass(frozen=True)
class Swatch:
    """The colours of one architecture band, as ``#RRGGBB``."""

    mark: str
    """Lines, dots and the borders of boxes: at least 3:1 on the page."""
    fill: str
    """The inside of a box whose weights are open; ink is written on it."""
    faint: str
    """The same for a box that stands back; muted ink is written on it."""
    tint: str
    """The ground of the band."""
    half: str
    """The foot of a small box whose weights are restricted: it has to be told from the page, and carry what of a name hangs low."""


@dataclass(frozen=True)
class Theme:
    """All colours of a picture on one ground, as ``#RRGGBB``."""

    page: str
    ink: str
    """Names and headings."""
    muted: str
    """Captions, years and chips: still text, so at least 4.5:1."""
    aside: str
    """Numbers of sources: quieter than ink, and at least 4.5:1 on every ground."""
    rule: str
    """Year rules and other lines that carry no data."""
    accent: str
    """What is chosen: selection, keyboard focus, highlight, techniques. At least 3:1."""
    bands: Mapping[BandKey, Swatch]


_LIGHT_MARKS: Final[dict[BandKey, str]] = {
    "pre-transformer": "#7A6652",
    "encoder-only": "#B0400E",
    "encoder-decoder": "#12A254",
    "decoder-only": "#095FAD",
    "state-space": "#D9689F",
    "other": "#41195F",
    "undisclosed": "#49525C",
}
_DARK_MARKS: Final[dict[BandKey, str]] = {
    "pre-transformer": "#D6CAAB",
    "encoder-only": "#F2541B",
    "encoder-decoder": "#2FA36C",
    "decoder-only": "#62B8FE",
    "state-space": "#C8689C",
    "other": "#8B68EC",
    "undisclosed": "#CAD1D7",
}


def _mixed(colour: str, ground: str, share: float) -> str:
    """``share`` of a colour over a ground, both ``#RRGGBB``."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02X}" for over, under in pairs)


def _swatches(
    marks: Mapping[BandKey, str], page: str, *, fill: float, faint: float, tint: float, half: float
) -> dict[BandKey, Swatch]:
    return {
        key: Swatch(marks[key], *(_mixed(marks[key], page, each) for each in (fill, faint, tint, half)))
        for key in BAND_LABELS
    }


LIGHT: Final = Theme(
    page="#FFFFFF",
    ink="#14181D",
    muted="#55606B",
    aside="#454F59",
    rule="#D5DAE0",
    accent="#7A3FF2",
    bands=_swatches(_LIGHT_MARKS, "#FFFFFF", fill=0.28, faint=0.14, tint=0.05, half=0.5),
)
DARK: Final = Theme(
    page="#11161D",
    ink="#F0F3F6",
    muted="#A3AFBB",
    aside="#C9D2DA",
    rule="#323B46",
    accent="#F5D547",
    bands=_swatches(_DARK_MARKS, "#11161D", fill=0.36, faint=0.16, tint=0.07, half=0.46),
)
THEMES: Final[Mapping[str, Theme]] = {"light": LIGHT, "dark": DARK}
