"""Pictures of dots made of PNG: one of half the size, and WebP."""

from __future__ import annotations

import io
import struct
from typing import Final

from lineage.errors import ToolError

_LARGEST: Final = 16_383
"""The sides of a WebP have 14 bits."""


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in its own dots.

    Raises:
        ToolError: if it is no PNG.
    """
    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) < 24:
        raise ToolError("the picture is no PNG")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def halved(png: bytes) -> bytes:
    """The same picture as PNG with half as many dots each way, each the mean of four: 1x of 2x.

    Raises:
        ToolError: if it is no PNG.
    """
    from PIL import Image

    size(png)
    content = io.BytesIO()
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            opened.convert("RGB").reduce(2).save(content, "PNG", compress_level=6)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ToolError(f"the picture could not be drawn smaller: {error}") from error
    return content.getvalue()


def webp(png: bytes) -> bytes:
    """The same dots as WebP without loss: for lines and letters smaller than with loss, and a third of the PNG.

    Nothing but the dots is taken over: no profile, no date. The same PNG gives the same bytes as long as Pillow is the
    same; another version may pack the same dots in another way.

    Raises:
        ToolError: if it is no PNG, or one too large for WebP.
    """
    from PIL import Image  # 60 ms

    if max(size(png)) > _LARGEST:
        raise ToolError(f"a WebP is at most {_LARGEST} dots wide and high")
    content = io.BytesIO()
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            opaque = opened.mode == "RGB" or opened.getextrema()[-1] == (255, 255)
            dots = opened.convert("RGB" if opaque else "RGBA")
        dots.save(content, "WEBP", lossless=True, quality=50, method=4, exact=True)
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ToolError(f"the picture could not be written as WebP: {error}") from error
    return content.getvalue()
