"""Pictures can be read, are the same every time, and are small enough for LINE."""

import hashlib
import subprocess
import sys
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops

from app.line import limits
from app.richmenu import fonts, grid, read, themes
from app.richmenu.arrange import arrange
from app.richmenu.checks import ASSETS, characters, icons
from app.richmenu.draw import draw
from app.richmenu.layout import WIDTH
from app.richmenu.mistakes import BadLayout
from app.richmenu.picture import pack, picture
from app.richmenu.shapes import Icon, Words
from sandbox import richmenu_check
from tests.unit.richmenu.menus import PLAIN, changed, layout_of
from tests.unit.richmenu.test_read import SHOPS, TABBED

DEMO = read.read_folder()
THIRD = "  c: {label: お店, icon: map-pin, action: liff:stores}\n"
by_name = pytest.mark.parametrize("layout", DEMO, ids=lambda layout: layout.slug)


def words_of(layout):
    return [shape for shape in arrange(layout) if isinstance(shape, Words)]


def ground_of(layout):
    """The picture without its words."""
    shapes = [shape for shape in arrange(layout) if not isinstance(shape, Words)]
    return draw(shapes, layout.menu.height, layout.menu.palette)


def least_contrast(ground, words):
    """The contrast of a text with what lies under it, where it is least."""
    ink = words.ink
    below = ground.crop((ink.x, ink.y, ink.right, ink.bottom)).getcolors(ink.width * ink.height)
    return min(themes.contrast(themes.rgb(words.colour), colour) for _, colour in below)


def apart(one, other):
    return (
        one.right <= other.x or other.right <= one.x
        or one.bottom <= other.y or other.bottom <= one.y
    )  # fmt: skip


# Words


@by_name
def test_no_text_is_clipped(layout):
    boxes = grid.tile_boxes(layout.menu)

    for words in words_of(layout):
        assert boxes[words.tile].holds(words.ink), words


@by_name
def test_no_text_lies_over_another_or_an_icon(layout):
    icons = [shape for shape in arrange(layout) if isinstance(shape, Icon)]
    drawn = [grid.Rect(icon.x, icon.y, icon.size, icon.size) for icon in icons]

    for one, other in combinations([*(words.ink for words in words_of(layout)), *drawn], 2):
        assert apart(one, other), (one, other)


@by_name
def test_every_text_of_the_file_is_there(layout):
    tiles = layout.menu.tiles.values()
    wanted = [text for tile in tiles for text in (tile.label, tile.sub, tile.badge) if text]

    assert sorted(words.text for words in words_of(layout)) == sorted(wanted)


@by_name
def test_texts_have_enough_contrast_in_the_picture(layout):
    ground = ground_of(layout)

    for words in words_of(layout):
        assert least_contrast(ground, words) >= themes.TEXT_CONTRAST, words


def test_the_look_at_the_contrast_finds_too_little_of_it(tmp_path):
    layout = layout_of(tmp_path)
    (pale, *_) = words_of(layout)
    on_white = Words(**{**vars(pale), "colour": "#999999"})

    assert least_contrast(ground_of(layout), on_white) < themes.TEXT_CONTRAST


@by_name
def test_the_measured_ink_is_what_is_painted(layout):
    words = words_of(layout)
    with_words = draw(arrange(layout), layout.menu.height, layout.menu.palette)
    changed_pixels = ImageChops.difference(with_words, ground_of(layout))
    for one in words:
        changed_pixels.paste(0, (one.ink.x, one.ink.y, one.ink.right, one.ink.bottom))

    assert changed_pixels.getbbox() is None


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("label: 会員証", "label: " + "長" * 20, "plain.yaml:6: tiles.b.label: 長すぎて"),
        ("sub: 空席を確認", "sub: " + "長" * 40, "plain.yaml:5: tiles.a.sub: 長すぎて"),
        ("[a b]", f"[{'a ' * 11}b]", "plain.yaml:6: tiles.b.badge: 長すぎて"),
        ("[a b]", f"[{'a, ' * 11}b]", "plain.yaml:3: grid: 「b」が小さすぎます"),
    ],
)
def test_what_does_not_fit_is_a_mistake_of_the_layout(tmp_path, old, new, where):
    layout = layout_of(tmp_path, changed(old, new))

    with pytest.raises(BadLayout) as refused:
        arrange(layout)

    assert [str(mistake) for mistake in refused.value.mistakes if str(mistake).startswith(where)]


def test_a_badge_that_hides_a_text_is_a_mistake(tmp_path):
    flat = changed("[a b]", "[a b, a c, a c, a c, a c, a c]", PLAIN + THIRD)
    long = changed("label: 会員証", "sub: 下, label: " + "長" * 14, flat)
    layout = layout_of(tmp_path, long)

    with pytest.raises(BadLayout, match=r"plain.yaml:6: tiles.b.badge: 見出しに重なります"):
        arrange(layout)


@pytest.mark.parametrize("theme", themes.THEMES)
@pytest.mark.parametrize("size", ["large", "compact"])
def test_tabs_can_be_read_in_every_theme_and_size(tmp_path, theme, size):
    look = f"theme: {theme}\nsize: {size}\n"
    (tmp_path / "shops.yaml").write_text(SHOPS)
    layout = layout_of(tmp_path, look + TABBED, "home")
    ground = ground_of(layout)

    words = [one for one in words_of(layout) if one.tile.startswith("tab ")]

    assert [one.text for one in words] == ["ホーム", "店"]
    assert all(least_contrast(ground, one) >= themes.TEXT_CONTRAST for one in words_of(layout))
    for one, box in zip(words, grid.tab_boxes(layout.menu), strict=True):
        assert box.holds(one.ink)


# Files


@by_name
def test_the_picture_is_what_line_takes(layout):
    packed = picture(layout)

    with Image.open(BytesIO(packed.data)) as image:
        assert (image.format, packed.kind) == ("PNG", "image/png")
        assert image.size == (WIDTH, layout.menu.height)
    assert len(packed.data) <= limits.RICHMENU_PICTURE_BYTES
    richmenu_check.picture(packed.kind, packed.data)  # Raises for what LINE would refuse.


def test_drawing_is_the_same_every_time_and_in_every_process():
    layout = DEMO[0]
    code = (
        "import hashlib; from app.richmenu import read; from app.richmenu.picture import picture;"
        "print(hashlib.sha256(picture(read.read_folder()[0]).data).hexdigest())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )

    first, second = picture(layout), picture(layout)

    assert first == second
    assert hashlib.sha256(first.data).hexdigest() == elsewhere.stdout.strip()


@pytest.mark.parametrize(
    ("most", "kind"),
    [
        (200_000, "image/png"),
        (120_000, "image/jpeg"),
        (50_000, "image/jpeg"),
        (34_000, "image/jpeg"),
    ],
)
def test_a_restless_picture_is_packed_more_tightly(tmp_path, most, kind):
    packed = pack(layout_of(tmp_path), noise(), most)

    assert packed.kind == kind
    assert len(packed.data) <= most
    with Image.open(BytesIO(packed.data)) as image:
        assert image.get_format_mimetype() == kind


def test_a_picture_that_cannot_be_packed_is_refused(tmp_path):
    with pytest.raises(BadLayout, match="1 MB"):
        pack(layout_of(tmp_path), noise(), 10_000)


def noise():
    """A picture that packs badly: 180 kB as PNG, 33 to 113 as JPEG."""
    return Image.merge("RGB", [Image.effect_noise((300, 200), 60) for _ in range(3)])


# What is vendored


@pytest.mark.parametrize("face", ["bold", "regular"])
def test_the_fonts_hold_every_character_of_the_list(face):
    letters = fonts.font(face, 24)
    blank = [sign for sign in sorted(characters()) if letters.getmask(sign).getbbox() is None]

    assert blank == [" ", "\u3000"]
    assert letters.getmask("龘").getbbox() is None


def test_the_icons_font_holds_every_icon_of_the_list():
    drawn = {name: bytes(fonts.font("icons", 48).getmask(fonts.icon(name))) for name in icons()}

    assert [name for name, pixels in drawn.items() if not any(pixels)] == []
    assert len(set(drawn.values())) == len(drawn)


def test_fonts_and_icons_are_small_and_have_their_licences():
    files = [file for folder in ("fonts", "icons") for file in (ASSETS / folder).iterdir()]

    assert sum(file.stat().st_size for file in files) < 1_000_000
    assert "SIL OPEN FONT LICENSE" in (ASSETS / "fonts" / "OFL.txt").read_text()
    assert "MIT License" in (ASSETS / "icons" / "LICENSE").read_text()
