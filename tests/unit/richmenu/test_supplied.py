"""A shop's own picture is taken when LINE would take it, as pixels and nothing else."""

from io import BytesIO

import pytest
from PIL import Image

from app.richmenu import supplied
from app.richmenu.mistakes import BadLayout
from app.richmenu.picture import picture
from tests.unit.richmenu.menus import changed, layout_of, mistakes_of

SUPPLIED = changed("bar: メニュー", "bar: メニュー\nsize: compact\npicture: shop.png")


@pytest.fixture
def supply(tmp_path):
    """Puts a file beside the layout and gives the layout."""

    def supply(data):
        (tmp_path / "shop.png").write_bytes(data)
        return layout_of(tmp_path, SUPPLIED)

    return supply


def encoded(size, form="PNG", colour="#336699", **options):
    file = BytesIO()
    mode = "RGBA" if len(colour) == 9 else "RGB"
    Image.new(mode, size, colour).save(file, form, **options)
    return file.getvalue()


def animated():
    file = BytesIO()
    frames = [Image.new("RGB", (1250, 422), colour) for colour in ("red", "blue")]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


@pytest.mark.parametrize("size", [(2500, 843), (1250, 422), (1200, 405), (5000, 1686)])
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_of_the_right_ratio_is_brought_to_the_menus_size(supply, size, form):
    packed = picture(supply(encoded(size, form)))

    with Image.open(BytesIO(packed.data)) as image:
        assert image.size == (2500, 843)
        assert image.mode == "RGB"


def test_only_the_pixels_are_kept(supply):
    exif = Image.Exif()
    exif[0x010E] = "taken at home"

    packed = picture(supply(encoded((2500, 843), exif=exif)))

    assert b"taken at home" not in packed.data


def test_a_picture_that_lies_on_its_side_is_turned(supply):
    exif = Image.Exif()
    exif[0x0112] = 6

    found = supplied.load(supply(encoded((843, 2500), "JPEG", exif=exif)), "shop.png")

    assert found.size == (2500, 843)


def test_what_is_transparent_shows_the_background(supply):
    found = supplied.load(supply(encoded((2500, 843), colour="#00000000")), "shop.png")

    assert found.getpixel((0, 0)) == (0xF6, 0xF1, 0xE7)


WRONG = [
    (encoded((2500, 1686)), "縦横の比を 2500x843 に"),
    (encoded((800, 270)), "幅は1200ピクセル以上"),
    (encoded((5001, 1686)), "5000ピクセルまで"),
    (encoded((2500, 843), "GIF"), "PNGかJPEGの画像として読めません"),
    (encoded((2500, 843))[:-40], "PNGかJPEGの画像として読めません"),
    (encoded((2500, 843), "JPEG")[:-400], "PNGかJPEGの画像として読めません"),
    (b"", "PNGかJPEGの画像として読めません"),
    (b"\0" * 10_000_001, "10 MBまで"),
    (animated(), "動く画像は使えません"),
]


@pytest.mark.parametrize(("data", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_with_a_picture_is_told(supply, data, said):
    with pytest.raises(BadLayout, match=f"plain.yaml:4: picture: {said}"):
        picture(supply(data))


@pytest.mark.parametrize("name", ["other.png", "../outside.png", "/etc/passwd", "."])
def test_only_files_of_the_folder_are_read(tmp_path, name):
    folder = tmp_path / "menus"
    folder.mkdir()
    (tmp_path / "outside.png").write_bytes(encoded((2500, 843)))

    with pytest.raises(BadLayout, match="このフォルダーにありません"):
        picture(layout_of(folder, SUPPLIED.replace("shop.png", name)))


def test_tiles_of_a_supplied_picture_need_no_icons(tmp_path):
    assert mistakes_of(tmp_path, plain=SUPPLIED.replace("icon: qrcode, ", "")) == []


def test_tabs_cannot_be_drawn_into_a_supplied_picture(tmp_path):
    tabs = SUPPLIED.replace("grid:", "alias: a\ntabs: [{label: A, alias: a}]\ngrid:")

    assert "plain.yaml:6: tabs: picture と一緒には" in mistakes_of(tmp_path, plain=tabs)[0]
