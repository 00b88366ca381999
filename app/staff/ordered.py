"""Orders as the counter sees them: in words, with what may come next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app import clock
from app.domain.members import queries as members
from app.domain.orders import queries, states
from app.domain.orders.errors import NoSuchOrder
from app.domain.orders.queries import OrderCard
from app.domain.orders.worded import worded
from app.domain.payments import service as payments
from app.domain.staff.actor import Actor
from app.i18n import in_language
from app.staff import scope, words

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "new": ("placed",),
    "making": ("accepted", "preparing"),
    "leaving": ("ready", "out"),
}
"""Columns of the board -> the states in them."""

_ONWARD: Final = ("accepted", "preparing", "ready", "out", "done")


@dataclass(frozen=True)
class Piece:
    """A line of an order: what it is, and yen of all its pieces."""

    name: str
    options: str
    pieces: int
    amount: int
    tax: int
    tax_included: bool


@dataclass(frozen=True)
class Seen:
    """An order and, beside it, what the page says of it; moments are the shop's."""

    card: OrderCard
    name: str
    slot: datetime | None
    placed: datetime
    ready: datetime | None
    late: bool
    pieces: Sequence[Piece]
    onward: Sequence[str]
    may_refuse: bool
    may_cancel: bool
    online: str | None

    @property
    def to_pay(self) -> int:
        """Yen at the counter or the door."""
        return 0 if self.online == "paid" else self.card.total - self.card.points


def places(actor: Actor) -> dict[str, int]:
    """Code -> id of the stores in the actor's scope that take orders."""
    return scope.stores(actor, queries.stores_that_take())


def place(actor: Actor, code: str) -> int:
    """The id of one of them; raises NotFound."""
    return scope.store(actor, queries.stores_that_take(), code)


def theirs(actor: Actor, number: str) -> OrderCard:
    """An order in the actor's scope, by its number; raises NoSuchOrder."""
    card = queries.find(number)
    if card is None or not sees(actor, card):
        raise NoSuchOrder("no such order, or not theirs")
    return card


def sees(actor: Actor, card: OrderCard) -> bool:
    """Whether it is in the actor's scope; what no store has is the whole company's."""
    if card.store_id is None:
        return actor.store_ids is None
    return actor.sees_store(card.store_id)


def seen(cards: Sequence[OrderCard]) -> list[Seen]:
    """The orders in words."""
    nameless = {card.member_id for card in cards if card.member_id and not card.name}
    names = members.names(nameless)
    return [_seen(card, card.name or names.get(card.member_id or 0)) for card in cards]


def _seen(card: OrderCard, name: str | None) -> Seen:
    slot, now = _local(card.slot_at), clock.now()
    online = _online(card)
    return Seen(
        card,
        name or words.say("orders.nameless"),
        slot,
        card.placed_at.astimezone(clock.zone()),
        _local(card.ready_at),
        late=slot is not None and slot < now and card.state not in states.ENDED,
        pieces=_pieces(card),
        onward=[] if online == "waiting" else _next(card),
        may_refuse=states.may(card.state, "refused", card.way),
        online=online,
        may_cancel=card.state != "placed" and states.may(card.state, "cancelled", card.way),
    )


def _next(card: OrderCard) -> list[str]:
    return [each for each in _ONWARD if states.may(card.state, each, card.way)]


def _online(card: OrderCard) -> str | None:
    """How it stands with what is paid online; None where nothing is."""
    if card.pay != "provider":
        return None
    found = payments.standing(f"order/{card.id}")
    return "waiting" if found is None or found.waits else found.stands


def _pieces(card: OrderCard) -> list[Piece]:
    said = words.language()
    return [
        Piece(
            " ".join(in_language(part, said) for part in (line.name, line.size) if part),
            " / ".join(in_language(each, said) for each in line.options),
            *(line.pieces, line.amount, line.tax, line.tax_included),
        )
        for line in worded(card.lines)
    ]


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(clock.zone()) if moment else None
