"""docs/richmenus.md says everything that can be written, and its example is right."""

import re

import pytest

from app.richmenu.layout import Menu, Tab, Tile, When
from app.richmenu.picture import picture
from app.richmenu.themes import THEMES, Theme
from tests.support import tree
from tests.unit.richmenu.menus import layout_of

PAGE = (tree.ROOT / "docs" / "richmenus.md").read_text()


@pytest.mark.parametrize("part", [Menu, Tile, Tab, When, Theme])
def test_every_field_is_explained(part):
    fields = [field.alias or name for name, field in part.model_fields.items()]

    assert [name for name in fields if f"`{name}`" not in PAGE] == []


def test_every_theme_is_named():
    assert [name for name in THEMES if f"`{name}`" not in PAGE] == []


def test_the_example_can_be_drawn(tmp_path):
    example = re.search(r"```yaml\n(# assets.*?)```", PAGE, re.DOTALL)

    assert picture(layout_of(tmp_path, example[1])).kind == "image/png"
