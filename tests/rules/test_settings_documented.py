"""docs/settings.md has each setting once, with its default, and no other."""

import re

from app.config import Settings
from tests.support import tree

# | `NAME` | default | ...: the default in backquotes, "required" where there is none, or "—" for
# a setting that may stay unset.
ROW = re.compile(r"^\| *`([A-Z][A-Z0-9_]*)` *\| *([^|]*?) *\|", re.MULTILINE)


def told(default):
    return "—" if default is None else f"`{default}`"


def test_each_setting_is_documented_with_its_default():
    rows = ROW.findall((tree.ROOT / "docs" / "settings.md").read_text())
    real = {
        name.upper(): "required" if field.is_required() else told(field.default)
        for name, field in Settings.model_fields.items()
    }

    assert dict(rows) == real
    assert len(rows) == len(real), "a setting has two rows"
