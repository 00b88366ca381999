"""The menus that an account shows, and which of them somebody should see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.domain.links import queries as links
from app.domain.members import queries as members
from app.domain.menus import queries as menus
from app.domain.menus.queries import Made
from app.richmenu.choose import Onlooker, choose
from app.richmenu.layout import When


@dataclass(frozen=True)
class Shown:
    """A live menu, with its rule as the layout had it."""

    id: int
    slug: str
    line_id: str
    alias: str | None
    when: When
    priority: int
    leads_to: tuple[str, ...]


class Shelf:
    """An account's menus at one moment."""

    def __init__(self, account_id: int, slug: str, at: datetime) -> None:
        made = menus.at_line(account_id)
        self.live = [_shown(menu) for menu in made if menu.state == "live"]
        self.line_ids = {menu.id: menu.line_id for menu in made}
        self._at = at
        self._chosen: dict[Onlooker, Shown | None] = {}
        # Whoever has no menu of their own sees the default: that of people who are not linked.
        self.default = choose(self.live, Onlooker(slug, linked=False), at)

    def wanted(self, person: Onlooker) -> int | None:
        """The id of the menu to link to this person; None where the default is the right one."""
        chosen = self._choose(person)
        return None if chosen is None or chosen == self.default else chosen.id

    def right(self, person: Onlooker, menu_id: int | None, *, switched: bool) -> bool:
        """Whether a person to whom this menu is linked may keep it.

        `switched`: they went there by a tab, so any menu will do to which theirs leads.
        """
        here = menu_id if menu_id in self.line_ids else None
        if here == self.wanted(person):
            return True
        return switched and here in self._reached(self._choose(person))

    def _choose(self, person: Onlooker) -> Shown | None:
        if person not in self._chosen:
            self._chosen[person] = choose(self.live, person, self._at)
        return self._chosen[person]

    def _reached(self, start: Shown | None) -> set[int]:
        by_alias = {menu.alias: menu for menu in self.live if menu.alias}
        reached: set[int] = set()
        ahead = [start] if start else []
        while ahead:
            menu = ahead.pop()
            if menu.id not in reached:
                reached.add(menu.id)
                ahead += [by_alias[alias] for alias in menu.leads_to if alias in by_alias]
        return reached


def onlookers(slug: str, person_ids: Collection[int]) -> dict[int, Onlooker]:
    """Person id -> what decides about their menu at the account of this slug."""
    linked = links.links_of(list(person_ids))
    known = members.standings({link.member_id for link in linked.values()})
    found = {}
    for person_id in person_ids:
        if person_id not in linked:
            found[person_id] = Onlooker(slug, linked=False)
        else:
            standing = known[linked[person_id].member_id]
            found[person_id] = Onlooker(slug, True, standing.tier, standing.store, standing.tags)
    return found


def _shown(menu: Made) -> Shown:
    rule = menu.rule
    when, leads_to = When.model_validate(rule["when"]), tuple(rule["leads_to"])
    assert menu.line_id  # Without one a menu cannot be live.
    return Shown(menu.id, menu.slug, menu.line_id, menu.alias, when, rule["priority"], leads_to)
