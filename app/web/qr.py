"""A QR code as the path of an SVG, quickly: the library's matrix, one mask, our own path.

Trying all eight masks, as the library does, costs five times as much and helps cameras little: a
random code has no pattern that a fixed mask could make worse (docs/card.md has the figures).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from qrcode.main import QRCode

QUIET: Final = 4
"""White modules around the code (ISO/IEC 18004, 5.3.8)."""

_VERSION = 2  # 25 modules: at level Q room for 29 signs of the alphanumeric mode.
_MASK = 0


@dataclass(frozen=True)
class Drawing:
    """`path` draws the black modules in a square of `size` units, quiet zone included."""

    size: int
    path: str


def drawing(text: str) -> Drawing:
    """Draw up to 29 capitals and digits; a quarter of the code may be dirty and it still reads."""
    from qrcode.constants import ERROR_CORRECT_Q  # It brings Pillow, which few processes need.
    from qrcode.main import QRCode
    from qrcode.util import MODE_ALPHA_NUM, QRData

    code: QRCode = QRCode(_VERSION, error_correction=ERROR_CORRECT_Q, mask_pattern=_MASK)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM, check_data=True), optimize=0)
    code.make(fit=False)
    return _drawn(code)


def drawing_of(text: str) -> Drawing:
    """Draw any text, such as an address, with the library's own choice of size and mask."""
    from qrcode.main import QRCode

    code: QRCode = QRCode()
    code.add_data(text)
    code.make()
    return _drawn(code)


def _drawn(code: "QRCode") -> Drawing:
    return Drawing(code.modules_count + 2 * QUIET, "".join(_runs(code.modules)))


def _runs(rows: list[list[bool | None]]) -> list[str]:
    """A rectangle for each run of black modules in a row."""
    found = []
    for y, row in enumerate(rows):
        start = None
        for x, black in enumerate([*row, False]):
            if black and start is None:
                start = x
            elif not black and start is not None:
                found.append(f"M{start + QUIET} {y + QUIET}h{x - start}v1h-{x - start}z")
                start = None
    return found
