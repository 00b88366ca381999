"""What was sent by broadcast, narrowcast or with an aggregation unit, and how people took it.

LINE makes its insight figures of this; here they come from what phones really saw and tapped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.persistence import Shelf, Store

What = Literal["impression", "click", "played"]
# LINE: the figures of a message change for 14 days after it was sent.
COUNTED_MS = 14 * 24 * 60 * 60 * 1000


@dataclass
class SentRequest:
    """One accepted request; `to` holds user ids, `message_ids` one id for each message object."""

    request_id: str
    account: str
    endpoint: str
    at: int
    to: list[str]
    shown_to: int
    message_ids: list[str]
    unit: str | None = None


@dataclass
class Narrowcast:
    """One accepted narrowcast; `to` is who it goes to, or went to, by user id.

    `error` is LINE's errorCode where it fails: 1, 2, 4 or 5.
    """

    request_id: str
    account: str
    accepted_at: int
    body: dict[str, Any]
    to: list[str]
    error: int | None = None
    sent: bool = False


@dataclass
class Reaction:
    """What one person did with one message (`seq` from 1), how often, and when first.

    `detail` is the address of a click. Rich menus are counted alike: `request_id` is the menu's,
    `seq` its area from 0, `detail` the day.
    """

    request_id: str
    seq: int
    person: str
    what: What
    detail: str
    at: int
    number: int = 0


class SentRequests:
    """All requests that are counted, and all reactions. The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self.requests: Shelf[str, SentRequest] = Shelf(
            store, "sent_request", SentRequest, lambda sent: sent.request_id
        )
        self._reactions: Shelf[tuple[Any, ...], Reaction] = Shelf(
            store, "reaction", Reaction, _place
        )
        self._by_message: dict[str, tuple[SentRequest, int]] = {}
        for sent in self.requests.values():
            self._index(sent)

    def clear(self) -> None:
        self.requests.clear()
        self._reactions.clear()
        self._by_message.clear()

    def add(self, sent: SentRequest) -> None:
        """Count what happens to this request's messages from now on."""
        self.requests.put(sent)
        self._index(sent)

    def react(self, message_id: str, person: str, what: What, now: int, detail: str = "") -> None:
        """Count a reaction; messages that are not counted, or too old, are passed over."""
        sent, seq = self._by_message.get(message_id, (None, 0))
        if sent is None or now - sent.at > COUNTED_MS:
            return
        self._count(Reaction(sent.request_id, seq, person, what, detail, now))

    def react_to_menu(
        self, menu_id: str, area: int, person: str, what: What, day: str, now: int
    ) -> None:
        """Count that a rich menu was shown or an area of it tapped."""
        self._count(Reaction(menu_id, area, person, what, day, now))

    def _count(self, new: Reaction) -> None:
        found = self._reactions.get(_place(new), new)
        found.number += 1
        self._reactions.put(found)

    def reactions(self, request_ids: set[str]) -> Iterator[Reaction]:
        """Yield the reactions to these requests."""
        return (found for found in self._reactions.values() if found.request_id in request_ids)

    def _index(self, sent: SentRequest) -> None:
        for number, message_id in enumerate(sent.message_ids, start=1):
            self._by_message[message_id] = (sent, number)


def _place(reaction: Reaction) -> tuple[Any, ...]:
    return (reaction.request_id, reaction.seq, reaction.person, reaction.what, reaction.detail)
