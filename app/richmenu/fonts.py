"""The fonts of assets/, and how large texts become in them. Sizes and lengths are in pixels."""

from functools import cache
from typing import Final

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

from app.richmenu.checks import ASSETS, icons
from app.richmenu.grid import Rect

_FILES: Final = {
    "bold": "fonts/NotoSansJP-Bold.woff2",
    "regular": "fonts/NotoSansJP-Regular.woff2",
    "icons": "icons/tabler.woff2",
}
_RULER: Final = 200  # The size at which texts are measured; their length grows with the size.


@cache
def font(face: str, size: int) -> FreeTypeFont:
    """One of "bold", "regular" and "icons"."""
    # The basic engine is in every Pillow; the other one depends on what the system has.
    return ImageFont.truetype(ASSETS / _FILES[face], size, layout_engine=ImageFont.Layout.BASIC)


def length(text: str, face: str, size: int) -> float:
    """How far the text runs."""
    return font(face, _RULER).getlength(text) * size / _RULER


def fitting(text: str, face: str, largest: int, space: int) -> int:
    """The size at which the text is no longer than `space`, at most `largest`."""
    needed = length(text, face, largest)
    return largest if needed <= space else int(largest * space / needed)


def ink(text: str, face: str, size: int, x: int, baseline: int) -> Rect:
    """What the text covers when it starts at this point."""
    left, top, right, bottom = font(face, size).getbbox(text, anchor="ls")
    return Rect(x + round(left), baseline + round(top), round(right - left), round(bottom - top))


def icon(name: str) -> str:
    """The character that the icons' font draws as this icon."""
    return chr(int(icons()[name], 16))
