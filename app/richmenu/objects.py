"""LINE's rich menu object of a menu (REF: Rich menu object)."""

from typing import Any

from app.richmenu import grid
from app.richmenu.actions import Action, line_action
from app.richmenu.grid import Rect
from app.richmenu.layout import WIDTH, Menu


def line_object(menu: Menu, liff: str | None) -> dict[str, Any]:
    """What to create at LINE; raises NoLiffApp where a tile needs the account's LIFF app.

    `liff` is that app's address.
    """
    return {
        "size": {"width": WIDTH, "height": menu.height},
        "selected": menu.open,
        "name": menu.name,
        "chatBarText": menu.bar,
        "areas": [*_tabs(menu), *_tiles(menu, liff)],
    }


def _tabs(menu: Menu) -> list[dict[str, Any]]:
    # The tab of the menu itself is only drawn: tapping it changes nothing.
    return [
        _area(rect, line_action(Action("switch", tab.alias), tab.label, None))
        for tab, rect in zip(menu.tabs, grid.tab_areas(menu), strict=True)
        if tab.alias != menu.alias
    ]


def _tiles(menu: Menu, liff: str | None) -> list[dict[str, Any]]:
    return [
        _area(rect, line_action(menu.tiles[name].action, menu.tiles[name].label, liff))
        for name, rect in grid.tap_areas(menu).items()
    ]


def _area(rect: Rect, action: dict[str, Any]) -> dict[str, Any]:
    bounds = {"x": rect.x, "y": rect.y, "width": rect.width, "height": rect.height}
    return {"bounds": bounds, "action": action}
