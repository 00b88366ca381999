"""Pictures that the shop made itself: checked, and taken over as bare pixels."""

import struct
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from app.richmenu.layout import WIDTH, Layout
from app.richmenu.mistakes import BadLayout, both, wrong

_FORMATS: Final = ("PNG", "JPEG")
_MOST_BYTES: Final = 10_000_000
_MOST_SIDE: Final = 5000
_LEAST_WIDTH: Final = 1200  # LINE takes 800, but such letters blur on today's phones.
_RATIO_SLACK: Final = 0.01

# What Pillow raises for files that are not what they seem.
_BROKEN: Final = (OSError, SyntaxError, struct.error, Image.DecompressionBombError)


def load(layout: Layout, name: str) -> Image.Image:
    """The picture in the menu's exact size, without transparency; raises BadLayout."""
    try:
        return _fitted(_upright(_file(layout.path.parent, name)), layout)
    except _BROKEN:
        reason = both(
            "PNGかJPEGの画像として読めません", "cannot be read as a picture in PNG or JPEG"
        )
    except ValueError as error:
        reason = str(error)
    raise BadLayout([layout.mistake(("picture",), reason)])


def _file(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents or not path.is_file():
        raise wrong("このフォルダーにありません", "is no file in this folder")
    if path.stat().st_size > _MOST_BYTES:
        raise wrong("10 MBまでです", "must have at most 10 MB")
    return path


def _upright(path: Path) -> Image.Image:
    # Only the header is read before the size is known to be harmless.
    with Image.open(path, formats=_FORMATS) as found:
        if max(found.size) > _MOST_SIDE:
            raise wrong(
                f"{_MOST_SIDE}ピクセルまでです", f"must have at most {_MOST_SIDE} pixels a side"
            )
        if getattr(found, "is_animated", False):
            raise wrong("動く画像は使えません", "must not be animated")
        return ImageOps.exif_transpose(found).convert("RGBA")


def _fitted(found: Image.Image, layout: Layout) -> Image.Image:
    if found.width < _LEAST_WIDTH:
        least = _LEAST_WIDTH
        raise wrong(f"幅は{least}ピクセル以上です", f"must be at least {least} pixels wide")
    size = (WIDTH, layout.menu.height)
    ratio = found.width * size[1] / (found.height * size[0])
    if abs(ratio - 1) > _RATIO_SLACK:
        shape = f"{size[0]}x{size[1]}"
        raise wrong(f"縦横の比を {shape} に合わせてください", f"must have the ratio of {shape}")
    ground = Image.new("RGBA", found.size, layout.menu.palette.background)
    flat = Image.alpha_composite(ground, found).convert("RGB")
    return flat if flat.size == size else flat.resize(size, Image.Resampling.LANCZOS)
