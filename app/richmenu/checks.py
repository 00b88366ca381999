"""What else must hold in a menu that has the right shape, and among the menus of one folder."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import yaml

from app.line import limits
from app.richmenu import grid, themes
from app.richmenu.layout import Layout, Menu
from app.richmenu.mistakes import Loc, Mistake, both

ASSETS = Path(__file__).parents[2] / "assets"

_Found = Iterator[tuple[Loc, str]]


@cache
def icons() -> dict[str, str]:
    """The code point, in hex, of each icon we have."""
    written: dict[str, str] = yaml.safe_load((ASSETS / "icons" / "tabler.yaml").read_text())
    return written


@cache
def characters() -> frozenset[str]:
    """The characters that our fonts hold; assets/README.md says how the fonts were cut to them."""
    written = (ASSETS / "fonts" / "characters.txt").read_text()
    return frozenset(written) - {"\n"}


def one(layout: Layout) -> list[Mistake]:
    """The mistakes inside one menu."""
    menu = layout.menu
    looks = (_grid, _areas, _tabs) if menu.picture else (_grid, _areas, _tabs, _drawn)
    return [layout.mistake(loc, reason) for look in looks for loc, reason in look(menu)]


def together(layouts: Sequence[Layout]) -> list[Mistake]:
    """The mistakes between menus: aliases that two menus claim, or that no menu has."""
    return [
        layout.mistake(loc, reason)
        for layout in layouts
        for loc, reason in [*_claimed_twice(layout, layouts), *_leading_nowhere(layout, layouts)]
    ]


def _grid(menu: Menu) -> _Found:
    try:
        placed = grid.parse(menu.grid).spans
    except ValueError as error:
        yield ("grid",), str(error)
        return
    for name in placed.keys() - menu.tiles.keys():
        yield ("grid",), both(f"「{name}」が tiles にありません", f"{name} is not among the tiles")
    for name in menu.tiles.keys() - placed.keys():
        yield ("tiles", name), both("grid に置かれていません", "has no place in the grid")


def _areas(menu: Menu) -> _Found:
    number = len(menu.tiles) + len(menu.tabs)
    most = limits.RICHMENU_AREAS
    if number > most:
        yield ("tiles",), both(f"タブと合わせて{most}個までです", f"at most {most} with the tabs")


def _tabs(menu: Menu) -> _Found:
    if not menu.tabs:
        return
    if menu.picture:
        yield ("tabs",), both("picture と一緒には使えません", "cannot be drawn into a picture")
    if menu.alias not in {tab.alias for tab in menu.tabs}:
        yield (
            ("tabs",),
            both("このメニュー自身の alias のタブが必要です", "one must have the menu's own alias"),
        )


def _drawn(menu: Menu) -> _Found:
    for reason in themes.unreadable(menu.palette):
        yield ("colors",), reason
    for name, tile in menu.tiles.items():
        if tile.icon is None:
            yield ("tiles", name, "icon"), both("アイコンが必要です", "is needed")
        elif tile.icon not in icons():
            yield (
                ("tiles", name, "icon"),
                both(f"「{tile.icon}」というアイコンはありません", f"there is no icon {tile.icon}"),
            )
    for loc, text in _texts(menu):
        for sign in sorted(set(text) - characters()):
            code = f"U+{ord(sign):04X}"
            reason = both(
                f"「{sign}」({code})の字形がありません", f"the font has no {sign} ({code})"
            )
            yield loc, reason


def _texts(menu: Menu) -> Iterator[tuple[Loc, str]]:
    for name, tile in menu.tiles.items():
        yield ("tiles", name, "label"), tile.label
        yield ("tiles", name, "sub"), tile.sub
        yield ("tiles", name, "badge"), tile.badge
    for number, tab in enumerate(menu.tabs):
        yield ("tabs", number, "label"), tab.label


def _claimed_twice(layout: Layout, layouts: Sequence[Layout]) -> _Found:
    # An alias belongs to one channel, so menus of different accounts may have the same.
    mine = layout.menu
    for other in layouts:
        theirs = other.menu
        if other is layout or mine.alias is None or mine.alias != theirs.alias:
            continue
        if _shares_account(mine, theirs):
            file = other.path.name
            yield ("alias",), both(f"{file} も同じ alias です", f"{file} has the same alias")


def _shares_account(one: Menu, other: Menu) -> bool:
    accounts = set(one.when.account), set(other.when.account)
    return not all(accounts) or not accounts[0].isdisjoint(accounts[1])


def _leading_nowhere(layout: Layout, layouts: Sequence[Layout]) -> _Found:
    for loc, alias in _switches(layout.menu):
        there = [other.menu for other in layouts if other.menu.alias == alias]
        if not _reached(layout.menu, there):
            reason = both(
                f"alias「{alias}」のメニューがありません", f"no menu has the alias {alias}"
            )
            yield loc, reason


def _switches(menu: Menu) -> Iterator[tuple[Loc, str]]:
    for name, tile in menu.tiles.items():
        if tile.action.kind == "switch":
            yield ("tiles", name, "action"), tile.action.value
    for number, tab in enumerate(menu.tabs):
        yield ("tabs", number, "alias"), tab.alias


def _reached(menu: Menu, there: Sequence[Menu]) -> bool:
    """Whether each account that has this menu has one of those."""
    if any(not other.when.account for other in there):
        return True
    having = {account for other in there for account in other.when.account}
    return bool(menu.when.account) and having.issuperset(menu.when.account)
