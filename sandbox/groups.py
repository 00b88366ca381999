"""Groups and rooms: people and one account who talk together. They have no screen.

The caller holds the world's lock.
LINE: https://developers.line.biz/en/docs/messaging-api/group-chats/
"""

import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.persistence import Shelf, Store

Kind = Literal["group", "room"]
_LETTERS: dict[Kind, str] = {"group": "C", "room": "R"}
_ACCOUNT = {"from": "account"}


@dataclass
class Group:
    """`people` are keys; `joined` ends when the account leaves; `last` is the newest line's number.

    LINE: a group has a name and perhaps a picture, a room (multi-person chat) has neither.
    """

    account: str
    kind: Kind = "group"
    name: str = ""
    picture: str | None = None
    people: list[str] = field(default_factory=list)
    id: str = ""
    joined: bool = True
    last: int = 0

    def __post_init__(self) -> None:
        self.id = self.id or _LETTERS[self.kind] + secrets.token_hex(16)

    @property
    def source(self) -> dict[str, str]:
        """The group as the source of an event."""
        return {"type": self.kind, f"{self.kind}Id": self.id}


@dataclass
class Line:
    """One message of a group; `person` is the key of who wrote it, None for the account."""

    group: str
    n: int
    id: str
    at: int
    person: str | None
    message: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The line as the control API shows it."""
        shown = {"n": self.n, "id": self.id, "at": self.at, "message": self.message}
        return shown | ({"from": "person", "person": self.person} if self.person else _ACCOUNT)


class Groups:
    """All groups of all accounts, and what was said in them."""

    def __init__(self, store: Store) -> None:
        self.groups: Shelf[str, Group] = Shelf(store, "group", Group, lambda group: group.id)
        self._lines: Shelf[tuple[str, int], Line] = Shelf(
            store, "group_line", Line, lambda line: (line.group, line.n)
        )

    def clear(self) -> None:
        self.groups.clear()
        self._lines.clear()

    def find(self, account: str, group_id: str) -> Group | None:
        """Return the group, if the account is in it."""
        found = self.groups.get(group_id)
        return found if found and found.account == account and found.joined else None

    def say(
        self, group: Group, person: str | None, message: dict[str, Any], message_id: str, at: int
    ) -> Line:
        """Put a line into a group; `person` is a key, None for the account."""
        group.last += 1
        self.groups.put(group)
        return self._lines.put(Line(group.id, group.last, message_id, at, person, message))

    def lines(self, group: Group, after: int) -> list[Line]:
        """The lines with n > after, the oldest first."""
        return [self._lines[group.id, n] for n in range(after + 1, group.last + 1)]
