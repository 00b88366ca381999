"""Colours that people can tell apart."""

import pytest

from app.richmenu import themes
from app.richmenu.themes import THEMES, contrast, rgb, themed, unreadable, veiled


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("#000000", "#FFFFFF", 21),
        ("#FFFFFF", "#FFFFFF", 1),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#FFFFFF", 4.54),
        ("#0000FF", "#FFFFFF", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one, other, found):
    assert contrast(rgb(one), rgb(other)) == pytest.approx(found, abs=0.01)
    assert contrast(rgb(other), rgb(one)) == contrast(rgb(one), rgb(other))


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_can_be_read(name):
    assert list(unreadable(THEMES[name])) == []


@pytest.mark.parametrize(
    ("colour", "value"),
    [
        ("ink", "#999999"),
        ("sub", "#8A8A8A"),
        ("badge", "#FF6655"),
        ("accent", "#99CCAA"),
        ("warm", "#E0A070"),
        ("cool", "#99BBDD"),
        ("filled", "#12994F"),
        ("filled_end", "#12994F"),
    ],
)
def test_a_shops_own_colour_must_be_readable_too(colour, value):
    reason, *_ = unreadable(themed("komorebi", {colour: value}))

    assert value in reason or colour in reason


def test_a_veil_lies_between_its_colours():
    assert veiled((0, 0, 0), (255, 255, 255), 0.5) == (128, 128, 128)
    assert themes.as_hex(veiled((16, 32, 64), (0, 0, 0), 0)) == "#102040"
