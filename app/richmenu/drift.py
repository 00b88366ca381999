"""How what LINE has of an account differs from what we have noted."""

from dataclasses import dataclass

from app import clock
from app.domain.accounts import queries as accounts
from app.domain.menus import queries as menus
from app.richmenu.marks import Found, read_mark
from app.richmenu.shelf import Shelf


@dataclass(frozen=True)
class Default:
    """The default menu's id as it should be, and as LINE has it."""

    wanted: str | None
    found: str | None


@dataclass(frozen=True)
class Drift:
    """What is wrong at LINE. Nothing of another tool's menus is in it.

    `aliases`: alias -> id of the menu it should lead to. `orphans`: id -> name of menus of ours
    that nobody knows, because we died between creating and noting them. `missing`: slugs of menus
    that somebody deleted there; only `apply` can bring them back.
    """

    aliases: dict[str, str]
    extra_aliases: list[str]
    default: Default | None
    orphans: dict[str, str]
    missing: list[str]

    def any(self) -> bool:
        """Whether anything is wrong."""
        return any(bool(part) for part in vars(self).values())


def drift(account_id: int, found: Found) -> Drift:
    """Hold what LINE has against what we have noted."""
    shelf = Shelf(account_id, accounts.slugs()[account_id], clock.now())
    ours = menus.ever(account_id) | {i for i, name in found.menus.items() if read_mark(name)}
    claimed = {menu.alias: menu.line_id for menu in shelf.live if menu.alias}
    return Drift(
        aliases=_wrong_aliases(claimed, found, ours),
        extra_aliases=[a for a, to in found.aliases.items() if to in ours and a not in claimed],
        default=_default(shelf, found, ours),
        orphans=_orphans(account_id, found),
        missing=[menu.slug for menu in shelf.live if menu.line_id not in found.menus],
    )


def _wrong_aliases(claimed: dict[str, str], found: Found, ours: set[str]) -> dict[str, str]:
    # An alias that leads to another tool's menu is that tool's; one to a missing menu cannot be.
    return {
        alias: line_id
        for alias, line_id in claimed.items()
        if line_id in found.menus
        and found.aliases.get(alias) != line_id
        and found.aliases.get(alias) in {None, *ours}
    }


def _default(shelf: Shelf, found: Found, ours: set[str]) -> Default | None:
    wanted = shelf.default.line_id if shelf.default else None
    nobodys = wanted is None and found.default not in ours
    missing = wanted is not None and wanted not in found.menus
    right = wanted == found.default or nobodys or missing
    return None if right else Default(wanted, found.default)


def _orphans(account_id: int, found: Found) -> dict[str, str]:
    known = menus.at_line(account_id)
    ids = {menu.line_id for menu in known}
    # Of a version that is being created, the next `apply` takes it over.
    coming = {(menu.slug, menu.hash) for menu in known if menu.state == "creating"}
    marks = {line_id: read_mark(name) for line_id, name in found.menus.items()}
    return {
        line_id: found.menus[line_id]
        for line_id, mark in marks.items()
        if mark and mark not in coming and line_id not in ids
    }
