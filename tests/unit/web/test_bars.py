"""The bars of a member number are read by somebody else's reader, and say the number alone."""

import re

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.domain.members import rules
from app.web import bars

BAR = re.compile(r"M(\d+) 0h(\d+)v36h-(\d+)z")
EVERY_PAIR = "".join(f"{pair:02}" for pair in range(100))
EVERY_SIGN = "".join(map(chr, range(33, 127)))


def read(drawn: bars.Bars) -> list[tuple[str, str]]:
    image = Image.new("L", (drawn.width * 3, bars.HEIGHT * 3), 255)
    draw = ImageDraw.Draw(image)
    for x, width, _ in (map(int, bar) for bar in BAR.findall(drawn.path)):
        draw.rectangle((x * 3, 0, (x + width) * 3 - 1, bars.HEIGHT * 3), fill=0)
    return [(found.format.name, found.text) for found in zxingcpp.read_barcodes(image)]


@settings(max_examples=30)
@given(st.text(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"), min_size=3, max_size=20))
@example("KMB-0001")
def test_any_member_number_is_read(number):
    assert read(bars.drawing(number)) == [("Code128", number)]


@pytest.mark.parametrize("every", [EVERY_PAIR, EVERY_SIGN])
def test_every_sign_of_the_code_is_read(every):
    for place in range(0, len(every), 20):
        some = every[place : place + 20]
        assert read(bars.drawing(some)) == [("Code128", some)]


def test_a_number_of_ours_is_narrow_enough_for_a_phone():
    assert bars.drawing(rules.new_number()).width == 11 * 10 + 13 + 2 * bars.QUIET


@pytest.mark.parametrize("text", ["", "会員", "1\n2"])
def test_what_has_no_bars_is_refused(text):
    with pytest.raises(ValueError, match="visible ASCII"):
        bars.drawing(text)
