"""What an account's menus should be at LINE: its layouts, drawn and put into LINE's words."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from app.richmenu.layout import Layout, Menu, When
from app.richmenu.marks import name_with_mark
from app.richmenu.mistakes import BadLayout, Mistake
from app.richmenu.objects import line_object
from app.richmenu.picture import Packed, picture

Drawn = tuple[Layout, Packed]


@dataclass(frozen=True)
class Wanted:
    """One menu as it should be. `hash` tells its looks and tap areas from other versions of it."""

    slug: str
    hash: str
    body: dict[str, Any]
    picture: Packed
    alias: str | None
    when: When
    priority: int
    leads_to: tuple[str, ...]

    @property
    def rule(self) -> dict[str, Any]:
        """Who sees it, as RichMenu keeps it."""
        when = self.when.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"when": when, "priority": self.priority, "leads_to": list(self.leads_to)}


def drawn(layouts: Iterable[Layout]) -> list[Drawn]:
    """All layouts with their pictures; raises BadLayout with the mistakes of all of them."""
    pictures: list[Drawn] = []
    mistakes: list[Mistake] = []
    for layout in layouts:
        try:
            pictures.append((layout, picture(layout)))
        except BadLayout as error:
            mistakes += error.mistakes
    if mistakes:
        raise BadLayout(mistakes)
    return pictures


def wanted(drawn: Iterable[Drawn], slug: str, liff: str | None) -> list[Wanted]:
    """The menus of the account of this slug; raises NoLiffApp. `liff` is its app's address."""
    ours = ((layout, packed) for layout, packed in drawn if _is_for(layout.menu, slug))
    return [_wanted(layout, packed, liff) for layout, packed in ours]


def _is_for(menu: Menu, slug: str) -> bool:
    return not menu.when.account or slug in menu.when.account


def _wanted(layout: Layout, packed: Packed, liff: str | None) -> Wanted:
    menu = layout.menu
    body = line_object(menu, liff)
    hash = hashlib.sha256(orjson.dumps(body) + packed.data).hexdigest()[:12]
    body["name"] = name_with_mark(layout.slug, hash, menu.name)
    return Wanted(
        layout.slug, hash, body, packed, menu.alias, menu.when, menu.priority, _leads_to(menu)
    )


def _leads_to(menu: Menu) -> tuple[str, ...]:
    switches = [t.action.value for t in menu.tiles.values() if t.action.kind == "switch"]
    return tuple(sorted({*switches, *(tab.alias for tab in menu.tabs)}))
