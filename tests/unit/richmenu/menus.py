"""Menus written for a test."""

from pathlib import Path

from app.richmenu import read
from app.richmenu.layout import Layout
from app.richmenu.mistakes import BadLayout

PLAIN = """\
name: Plain
bar: メニュー
grid: [a b]
tiles:
  a: {label: 予約, sub: 空席を確認, icon: calendar, action: say:予約}
  b: {label: 会員証, icon: qrcode, tone: filled, badge: NEW, action: liff:card}
"""


def changed(old: str, new: str, text: str = PLAIN) -> str:
    """The plain menu with one piece of it replaced."""
    assert old in text
    return text.replace(old, new, 1)


def layout_of(folder: Path, text: str = PLAIN, slug: str = "plain") -> Layout:
    """The menu that a file with this text describes."""
    (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")
    return read.named(read.read_folder(folder), slug)


def mistakes_of(folder: Path, **texts: str) -> list[str]:
    """What is wrong with files of these names and texts, as a user reads it."""
    for slug, text in texts.items():
        (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")
    try:
        read.read_folder(folder)
    except BadLayout as error:
        return [str(mistake) for mistake in error.mistakes]
    return []
