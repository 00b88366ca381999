"""The QR code of the card is read by somebody else's reader, in poor light too."""

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from qrcode.exceptions import DataOverflowError

from app.domain.cards import rules
from app.web import qr
from tests.support.drawn import RUN, picture


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def test_a_reader_reads_every_code():
    codes = [rules.new_code() for _ in range(30)]

    assert [read(picture(qr.drawing(code))) for code in codes] == [[code] for code in codes]


def test_the_path_is_runs_inside_the_quiet_zone():
    drawn = qr.drawing(rules.new_code())
    runs = [tuple(map(int, run)) for run in RUN.findall(drawn.path)]

    assert drawn.size == 25 + 2 * qr.QUIET
    assert "".join(f"M{x} {y}h{w}v1h-{b}z" for x, y, w, b in runs) == drawn.path
    assert min(min(x, y) for x, y, _, _ in runs) == qr.QUIET
    assert max(max(x + w, y + 1) for x, y, w, _ in runs) == drawn.size - qr.QUIET


@pytest.mark.parametrize("tilt", [0, 20])
def test_a_dirty_and_blurred_code_is_read(tilt):
    code = rules.new_code()
    image = picture(qr.drawing(code), module=8)
    ImageDraw.Draw(image).rectangle((140, 140, 170, 170), fill=255)
    image = image.filter(ImageFilter.GaussianBlur(2)).rotate(tilt, expand=True, fillcolor=255)

    assert read(image) == [code]


def test_what_does_not_fit_is_refused():
    for text in ("T1" + "0" * 28, "small letters"):
        with pytest.raises((DataOverflowError, ValueError)):
            qr.drawing(text)
