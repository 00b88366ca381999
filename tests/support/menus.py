"""Rich menus for tests: small ones, put up at a LINE beside the desk, and what people then see."""

from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.links import queries as link_queries
from app.domain.links import service as links
from app.domain.links.asker import Asker
from app.domain.members import service as members
from app.domain.menus import boards
from app.domain.menus import queries as menus
from app.domain.menus.models import PersonMenu
from app.domain.shops import service as shops
from app.richmenu import apply as applying
from app.richmenu.apply import Account, Applied
from app.richmenu.layout import When
from app.richmenu.marks import name_with_mark, read_mark
from app.richmenu.picture import Packed
from app.richmenu.wanted import Wanted
from sandbox.richmenus import RichMenu
from sandbox.world import Person
from tests.support.desk import Desk

OTHERS = "another tool's"
"""The name of menus that are not ours."""


@cache
def picture() -> Packed:
    """The smallest picture that LINE takes."""
    file = BytesIO()
    Image.new("RGB", (800, 300)).save(file, "PNG")
    return Packed("image/png", file.getvalue())


def menu(slug: str, *, look: str = "0", alias: str | None = None, **more: Any) -> Wanted:
    """A menu as it should be: `look` tells its versions apart, `more` are fields of When.

    `leads_to` and `priority` as in Wanted.
    """
    leads_to, priority = more.pop("leads_to", ()), more.pop("priority", 0)
    hash = (slug + look).encode().hex()[-12:].rjust(12, "0")
    body = {
        "size": {"width": 800, "height": 300},
        "selected": False,
        "name": name_with_mark(slug, hash, slug),
        "chatBarText": look,
        "areas": [],
    }
    when = When.model_validate(more)
    return Wanted(slug, hash, body, picture(), alias, when, priority, leads_to)


WELCOME = menu("welcome", person="unlinked")
MEMBER = menu("member", person="linked")
GOLD = menu("gold", tier=["gold"], priority=1)


class Counter:
    """The shop's account with its menus, beside the desk's LINE."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.shown = desk.line.world.rich_menus
        shops.set_company("こもれび珈琲")
        self._members: dict[str, int] = {}

    def apply(self, *wanted: Wanted) -> Applied:
        """Put these menus up, without moving anybody yet."""
        return applying.apply(Account(self.desk.account, "main", None), wanted)

    def put_up(self, *wanted: Wanted) -> None:
        """Put these menus up, and let everybody see theirs."""
        self.apply(*wanted)
        self.settle()

    def settle(self, *, after: float = 0.0) -> None:
        """Let time pass, then do all that is due; twice, for what waits for others to be done."""
        for seconds in (after, 3.0):
            self.desk.send("menus", after=seconds)

    def recover(self, *, tries: int = 6) -> None:
        """LINE is well again: a minute passes."""
        for _ in range(tries):
            self.desk.send("menus", after=10.0)

    def joins(self, name: str, number: int = 0) -> None:
        """Somebody more becomes a friend at LINE, and we hear of them."""
        world = self.desk.line.world
        world.add_person(Person(name, f"お客 {number}"))
        world.talk(name, "main").status = "friend"
        self.desk.person(name)

    def links(self, name: str, **written: str) -> int:
        """The person links a membership of their own; answers the member's id."""
        member_id = self.member(name, **written)
        links.link(self._asker(name), member_id, proof="code")
        return member_id

    def member(self, name: str, **written: str) -> int:
        """The id of the person's membership, linked or not."""
        if name not in self._members:
            self._members[name] = members.add({"name": name, **written})
        return self._members[name]

    def linked(self, name: str) -> bool:
        """Whether the person is linked."""
        return link_queries.member_of(self.person_id(name)) is not None

    def unlinks(self, name: str) -> None:
        """The person ends the link."""
        links.unlink(self.person_id(name))

    def person_id(self, name: str) -> int:
        """Our id of the person."""
        return self.desk.person(name).person_id or 0

    def sees(self, *names: str) -> list[str | None]:
        """Slug and look of the menus that these people see, such as "member 0"."""
        return [self._named(self.shown.shown("main", self.desk.user_id(name))) for name in names]

    def own(self, name: str) -> str | None:
        """The same for the menu that is linked to a person."""
        linked = self.shown.linked("main", self.desk.user_id(name))
        return self._named(self.shown.menus.get(linked)) if linked else None

    def at_line(self) -> list[str | None]:
        """All menus that LINE has."""
        return sorted(map(self._named, self.shown.of("main")), key=str)

    def aliases(self) -> dict[str, str | None]:
        """Alias -> the menu it leads to."""
        found = self.shown.aliases_of("main")
        return {alias.id: self._named(self.shown.menus.get(alias.menu)) for alias in found}

    def calls(self) -> list[str]:
        """The endpoints of all calls about menus that reached LINE, without mere looks."""
        asked = [(call["endpoint"], call["method"]) for call in self.desk.calls()]
        return [name for name, method in asked if "richmenu" in name and method != "GET"]

    def rows(self) -> list[tuple[str, int]]:
        """State and tries of everybody's row, in the order of their ids."""
        db.session.rollback()
        db.session.expire_all()
        found = db.session.scalars(select(PersonMenu).order_by(PersonMenu.person_id))
        return [(row.state, row.attempts) for row in found]

    def others(self) -> RichMenu:
        """A menu that another tool has made."""
        made = self.shown.create("main", {**WELCOME.body, "name": OTHERS, "chatBarText": "x"})
        self.shown.set_picture(made, "image/png", picture().data)
        return made

    def drifted(self, name: str, to: RichMenu | None) -> None:
        """Somebody else gives the person another menu."""
        user_id = self.desk.user_id(name)
        if to is None:
            self.shown.unlink("main", user_id)
        else:
            self.shown.link("main", user_id, to.id)

    def verify(self) -> None:
        """The day's comparison."""
        boards.verify(self.desk.account)
        self.settle()

    def states(self) -> list[str]:
        """Slug and state of our menus."""
        db.session.rollback()
        return [f"{made.slug} {made.state}" for made in menus.at_line(self.desk.account)]

    def _asker(self, name: str) -> Asker:
        account = self.desk.account
        provider = accounts.provider_of(account)
        return Asker(self.person_id(name), self.desk.user_id(name), account, provider)

    def _named(self, made: RichMenu | None) -> str | None:
        if made is None:
            return None
        mark = read_mark(made.body["name"])
        return f"{mark[0]} {made.body['chatBarText']}" if mark else OTHERS
