"""Rich menus, their pictures and aliases, and who sees which: the state behind the endpoints.

The caller holds the world's lock. LINE's rules: the fact sheet on rich menus, and
https://developers.line.biz/en/docs/messaging-api/rich-menus-overview/
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from pydantic import ConfigDict

from sandbox.persistence import Shelf, Store

# LINE: an account can make this many menus, and as many aliases, with the Messaging API.
MOST_MENUS = MOST_ALIASES = 1000
# LINE: progress and resume key of a batch are kept for 14 days.
BATCH_LIFE_MS = 14 * 24 * 60 * 60 * 1000
# LINE gives no time; here a batch is under way for this long, in virtual milliseconds.
BATCH_MS = 1000


@dataclass
class RichMenu:
    """`body` is what was created: size, selected, name, chatBarText, areas."""

    id: str
    account: str
    body: dict[str, Any]
    image: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The menu as LINE's API shows it."""
        return {"richMenuId": self.id, **self.body}


@dataclass
class Picture:
    """The picture of a menu, under the menu's id, with its MIME type."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    id: str
    kind: str
    data: bytes


@dataclass
class Alias:
    account: str
    id: str
    menu: str

    def as_json(self) -> dict[str, str]:
        """The alias as LINE's API shows it."""
        return {"richMenuAliasId": self.id, "richMenuId": self.menu}


@dataclass
class Link:
    """The menu of one user; of everybody where `user_id` is empty."""

    account: str
    user_id: str
    menu: str


@dataclass
class Batch:
    """`unfinished`: the users it did not get to, where it is one that `fails`."""

    account: str
    request_id: str
    accepted_at: int
    resume_key: str | None
    fails: bool = False
    unfinished: list[str] = field(default_factory=list)


class RichMenus:
    """All menus of all accounts."""

    def __init__(self, store: Store) -> None:
        self.menus: Shelf[str, RichMenu] = Shelf(store, "richmenu", RichMenu, lambda menu: menu.id)
        self.pictures: Shelf[str, Picture] = Shelf(
            store, "richmenu_picture", Picture, lambda picture: picture.id
        )
        self.aliases: Shelf[tuple[str, str], Alias] = Shelf(
            store, "richmenu_alias", Alias, lambda alias: (alias.account, alias.id)
        )
        self._links: Shelf[tuple[str, str], Link] = Shelf(
            store, "richmenu_link", Link, lambda link: (link.account, link.user_id)
        )
        self._batches: Shelf[str, Batch] = Shelf(
            store, "richmenu_batch", Batch, lambda batch: batch.request_id
        )

    def clear(self) -> None:
        for shelf in (self.menus, self.pictures, self.aliases, self._links, self._batches):
            shelf.clear()

    def of(self, account: str) -> list[RichMenu]:
        """The account's menus, the oldest first."""
        return [menu for menu in self.menus.values() if menu.account == account]

    def find(self, account: str, menu_id: str) -> RichMenu | None:
        """Return the account's menu with this id."""
        menu = self.menus.get(menu_id)
        return menu if menu and menu.account == account else None

    def create(self, account: str, body: dict[str, Any]) -> RichMenu:
        """Add a menu."""
        return self.menus.put(RichMenu(f"richmenu-{secrets.token_hex(16)}", account, body))

    def set_picture(self, menu: RichMenu, kind: str, data: bytes) -> None:
        """Give a menu its picture."""
        self.pictures.put(Picture(menu.id, kind, data))
        menu.image = kind
        self.menus.put(menu)

    def delete(self, menu: RichMenu) -> None:
        """Remove a menu and every link to it. Aliases go on pointing to what is no more."""
        self.menus.drop(menu.id)
        self.pictures.drop(menu.id)
        for key in [key for key, link in self._links.items() if link.menu == menu.id]:
            self._links.drop(key)

    def aliases_of(self, account: str) -> list[Alias]:
        return [alias for alias in self.aliases.values() if alias.account == account]

    def link(self, account: str, user_id: str, menu_id: str) -> None:
        """Give a user a menu, or everybody (empty id) a default one, in place of the one before."""
        self._links.put(Link(account, user_id, menu_id))

    def unlink(self, account: str, user_id: str) -> None:
        self._links.drop((account, user_id))

    def linked(self, account: str, user_id: str) -> str | None:
        """Return the id of the menu linked to a user, or of the default one (empty id)."""
        found = self._links.get((account, user_id))
        return found.menu if found else None

    def shown(self, account: str, user_id: str) -> RichMenu | None:
        """LINE: a user's own menu comes before the default one."""
        menu_id = self.linked(account, user_id) or self.linked(account, "")
        return self.menus.get(menu_id) if menu_id else None

    def start_batch(self, batch: Batch, operations: list[dict[str, str]]) -> list[str]:
        """Move users from menu to menu; return those that were moved.

        All operations look at the links as they were before: they run side by side. With a resume
        key that was accepted before only the users that batch left unfinished are taken. A batch
        that fails gets to the first half of its users.
        """
        to = {step.get("from", ""): step.get("to") for step in operations}
        everybody = any(step["type"] == "unlinkAll" for step in operations)
        earlier = self._earlier(batch)
        moved = [
            link
            for link in self._links.values()
            if link.account == batch.account and link.user_id
            if everybody or link.menu in to
            if earlier is None or link.user_id in earlier.unfinished
        ]
        done = moved[: len(moved) // 2] if batch.fails else moved
        batch.unfinished = [link.user_id for link in moved[len(done) :]]
        self._batches.put(batch)
        for link in done:
            self._move(link, to.get(link.menu))
        return [link.user_id for link in done]

    def _earlier(self, batch: Batch) -> Batch | None:
        """The last batch with the same resume key, if LINE still knows it."""
        known = (
            other
            for other in reversed(self._batches.values())
            if other.account == batch.account and other.resume_key == batch.resume_key
            if batch.accepted_at - other.accepted_at < BATCH_LIFE_MS
        )
        return next(known, None) if batch.resume_key else None

    def _move(self, link: Link, menu_id: str | None) -> None:
        self.unlink(link.account, link.user_id)
        if menu_id:
            self.link(link.account, link.user_id, menu_id)

    def batch(self, account: str, request_id: str, now: int) -> Batch | None:
        """Return a batch of the last 14 days."""
        found = self._batches.get(request_id)
        alive = found and found.account == account and now - found.accepted_at < BATCH_LIFE_MS
        return found if alive else None
