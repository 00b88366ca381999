"""Films for Chromium's fake camera: a phone with a QR code on it, held before the counter.

Chromium plays one film for each start of the browser, again and again. Motion JPEG has to be 4:2:0:
it shows 4:4:4 as noise, in which nothing is found.
"""

import math
from pathlib import Path

from PIL import Image, ImageDraw

from app.web import qr
from tests.support.drawn import picture

SIZE = (640, 480)
_FRAMES = 20
_DESK, _PHONE, _BAR = "#7d6b58", "#f6f8f7", "#0a7a3c"


def film(file: Path, code: str) -> Path:
    """A film of two seconds: the phone comes into view, tilts, and goes."""
    phone = _phone(code)
    with file.open("wb") as out:
        for number in range(_FRAMES):
            _frame(phone, number / _FRAMES).save(out, "JPEG", quality=85, subsampling=2)
    return file


def photo(file: Path, code: str) -> Path:
    """A photo of the same phone."""
    _frame(_phone(code), 0.5).save(file, "PNG")
    return file


def argument(film: Path) -> str:
    """What Chromium is started with, besides its other arguments, so that its camera shows it."""
    return f"--use-file-for-fake-video-capture={film}"


def _phone(code: str) -> Image.Image:
    drawn = picture(qr.drawing(code), module=7).convert("RGB")
    phone = Image.new("RGBA", (drawn.width + 40, drawn.height + 120), (0, 0, 0, 0))
    draw = ImageDraw.Draw(phone)
    draw.rounded_rectangle((0, 0, phone.width - 1, phone.height - 1), 30, fill=_PHONE)
    draw.rectangle((0, 30, phone.width - 1, 70), fill=_BAR)
    phone.paste(drawn, (20, 90))
    return phone


def _frame(phone: Image.Image, moment: float) -> Image.Image:
    """How the desk looks at a moment from 0 to 1."""
    near = math.sin(moment * math.pi)
    side = 0.6 + 0.4 * near
    shown = phone.resize((int(phone.width * side), int(phone.height * side)))
    shown = shown.rotate(20 * math.sin(moment * 2 * math.pi), expand=True)
    desk = Image.new("RGB", SIZE, _DESK)
    middle = (SIZE[0] / 2 + SIZE[0] * (1 - near) / 2, SIZE[1] / 2)
    desk.paste(shown, (int(middle[0] - shown.width / 2), int(middle[1] - shown.height / 2)), shown)
    return desk
