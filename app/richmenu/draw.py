"""Paints the shapes of a menu."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.richmenu import fonts
from app.richmenu.layout import WIDTH
from app.richmenu.shapes import Box, Icon, Rings, Shadow, Shape, Words
from app.richmenu.themes import Colour, Theme

_SMOOTH: Final = 4  # Masks are drawn so many times larger, for smooth edges.
_SHADOW_SPREAD: Final = 18
_SHADOW_DROP: Final = 10
_SHADOW_STRENGTH: Final = 0.22


def draw(shapes: Sequence[Shape], height: int, theme: Theme) -> Image.Image:
    """Paint the shapes, first to last, onto the theme's background, WIDTH pixels wide."""
    canvas = _blend(WIDTH, height, theme.background, theme.background_end)
    for shape in shapes:
        match shape:
            case Box():
                _box(canvas, shape)
            case Shadow():
                _shadow(canvas, shape)
            case Rings():
                _rings(canvas, shape)
            case Words():
                at = (shape.x, shape.baseline)
                face = fonts.font(shape.face, shape.size)
                ImageDraw.Draw(canvas).text(at, shape.text, shape.colour, face, anchor="ls")
            case Icon():
                face = fonts.font("icons", shape.size)
                ImageDraw.Draw(canvas).text(
                    (shape.x, shape.y), fonts.icon(shape.name), shape.colour, face, anchor="la"
                )
    return canvas


def _box(canvas: Image.Image, box: Box) -> None:
    rect = box.rect
    fill = _blend(rect.width, rect.height, box.colour, box.end or box.colour)
    mask = _rounded(rect.width, rect.height, box.radius)
    canvas.paste(fill, (rect.x, rect.y), _weakened(mask, box.strength))


def _shadow(canvas: Image.Image, shadow: Shadow) -> None:
    rect, spread = shadow.rect, _SHADOW_SPREAD
    mask = _blurred(rect.width, rect.height, shadow.radius)
    at = (rect.x - 2 * spread, rect.y - 2 * spread + _SHADOW_DROP)
    fill = Image.new("RGB", mask.size, shadow.colour)
    canvas.paste(fill, at, _weakened(mask, _SHADOW_STRENGTH))


def _rings(canvas: Image.Image, rings: Rings) -> None:
    rect = rings.rect
    mask = Image.new("L", (rect.width * 2, rect.height * 2))
    painter = ImageDraw.Draw(mask)
    side = min(rect.width, rect.height) * 2
    for x, y, radius in ((0.98, 0.02, 0.37), (0.0, 1.0, 0.29)):
        middle = (mask.width * x, mask.height * y)
        painter.circle(middle, side * radius, outline=255, width=round(side * 0.11))
    smooth = mask.reduce(2)
    inside = ImageChops.multiply(smooth, _rounded(rect.width, rect.height, rings.radius))
    fill = Image.new("RGB", inside.size, rings.colour)
    canvas.paste(fill, (rect.x, rect.y), _weakened(inside, rings.strength))


@lru_cache(maxsize=32)
def _rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask of a box with round corners."""
    mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    corner = (mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *corner), radius * _SMOOTH, fill=255)
    return mask.reduce(_SMOOTH)


@lru_cache(maxsize=8)
def _blurred(width: int, height: int, radius: int) -> Image.Image:
    """A mask of the same box with soft edges, larger by twice the spread on each side."""
    edge = 2 * _SHADOW_SPREAD
    mask = Image.new("L", (width + 2 * edge, height + 2 * edge))
    mask.paste(_rounded(width, height, radius), (edge, edge))
    return mask.filter(ImageFilter.GaussianBlur(_SHADOW_SPREAD))


def _weakened(mask: Image.Image, strength: float) -> Image.Image:
    return mask if strength == 1 else mask.point([round(n * strength) for n in range(256)])


def _blend(width: int, height: int, start: Colour, end: Colour) -> Image.Image:
    """A colour that runs into another one from the upper left to the lower right corner."""
    fill = Image.new("RGB", (width, height), start)
    if start != end:
        fill.paste(end, (0, 0), _diagonal().resize((width, height), Image.Resampling.BICUBIC))
    return fill


@cache
def _diagonal() -> Image.Image:
    down = Image.linear_gradient("L")
    return ImageChops.add(down, down.transpose(Image.Transpose.TRANSPOSE), scale=2)
