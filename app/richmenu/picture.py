"""A menu's picture, drawn or supplied, as LINE takes it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image

from app.line import limits
from app.richmenu import supplied
from app.richmenu.arrange import arrange
from app.richmenu.draw import draw
from app.richmenu.layout import Layout
from app.richmenu.mistakes import BadLayout, both

# No PNG of 256 colours: it turns a small red badge brown. No optimized JPEG: Pillow's buffer for it
# is too small for restless pictures.
_FORMS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("PNG", {"optimize": True}),
    ("JPEG", {"quality": 92, "subsampling": 0}),
    ("JPEG", {"quality": 84}),
    ("JPEG", {"quality": 74}),
)


@dataclass(frozen=True)
class Packed:
    """A picture's content type and bytes."""

    kind: str
    data: bytes

    @property
    def ending(self) -> str:
        """How the name of its file ends."""
        return ".png" if self.kind == "image/png" else ".jpg"


def picture(layout: Layout) -> Packed:
    """The menu's picture; raises BadLayout. One release of Pillow always gives the same bytes."""
    menu = layout.menu
    if menu.picture is not None:
        found = supplied.load(layout, menu.picture)
    else:
        found = draw(arrange(layout), menu.height, menu.palette)
    return pack(layout, found)


def pack(layout: Layout, found: Image.Image, most: int = limits.RICHMENU_PICTURE_BYTES) -> Packed:
    """The picture in at most so many bytes: as PNG, else as the best JPEG; raises BadLayout."""
    for form, options in _FORMS:
        file = BytesIO()
        found.save(file, form, **options)
        if file.tell() <= most:
            return Packed(f"image/{form.lower()}", file.getvalue())
    reason = both("1 MB以下にできません", "cannot be made as small as 1 MB")
    raise BadLayout([layout.mistake(("picture",), reason)])
