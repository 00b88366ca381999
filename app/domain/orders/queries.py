"""Reads about orders, handed out as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from app.db import db
from app.domain.catalogue.favourites import Whose
from app.domain.orders import limits, rules
from app.domain.orders.errors import NoSuchOrder
from app.domain.orders.models import Order, OrderLine, OrderStep
from app.domain.orders.rules import Past

Words = dict[str, str]


@dataclass(frozen=True)
class Line:
    """A line as it was ordered; `price` is of one piece with its options, as it was written."""

    variant_id: int | None
    code: str
    name: Words
    size: Words | None
    options: dict[str, list[str]]
    pieces: int
    price: int
    tax: int
    tax_included: bool


@dataclass(frozen=True)
class OrderCard:
    """An order as its customer and the counter see it; yen. `taxes` are tax.Group's figures."""

    id: int
    number: str
    origin: str
    store_id: int | None
    way: str
    slot_at: datetime | None
    state: str
    version: int
    total: int
    fee: int
    taxes: list[dict[str, int]]
    points: int
    name: str | None
    phone: str | None
    postal_code: str | None
    address: str | None
    note: str | None
    carrier: str | None
    tracking: str | None
    ready_at: datetime | None
    reason: str | None
    placed_at: datetime
    lines: list[Line]


def by_number(number: str, whose: Whose) -> OrderCard:
    """Somebody's own order; raises NoSuchOrder, also for somebody else's."""
    found = _cards(select(Order).where(Order.number == number, _of(whose)))
    if not found:
        raise NoSuchOrder("no such order")
    return found[0]


def by_key(person_id: int, key: str) -> OrderCard | None:
    """The order that a person's key has placed, or None."""
    found = _cards(select(Order).filter_by(scope=f"person/{person_id}", key=key))
    return found[0] if found else None


def order(order_id: int) -> OrderCard:
    """An order, whosever it is; raises NoSuchOrder."""
    found = _cards(select(Order).where(Order.id == order_id))
    if not found:
        raise NoSuchOrder("no such order")
    return found[0]


def history(whose: Whose, before: int | None = None) -> list[OrderCard]:
    """A page of somebody's orders wherever they were made, the newest first.

    `before`: the id of the last one of the page before.
    """
    wanted = select(Order).where(_of(whose)).order_by(Order.id.desc()).limit(limits.PAGE)
    return _cards(wanted.where(Order.id < before) if before is not None else wanted)


def steps(order_id: int) -> list[tuple[str, datetime]]:
    """The states that an order came into, and when, in that order."""
    wanted = select(OrderStep.state, OrderStep.at).filter_by(order_id=order_id)
    return [(state, at) for state, at in db.session.execute(wanted.order_by(OrderStep.id))]


def past(whose: Whose) -> list[Past]:
    """The last orders of somebody that can be placed again, the newest first."""
    again = and_(_of(whose), Order.origin == "line", Order.state.not_in(("refused", "cancelled")))
    wanted = select(Order).where(again).order_by(Order.id.desc()).limit(limits.USUAL_OF)
    return [
        Past(
            card.id,
            card.store_id or 0,
            card.way,
            tuple(
                (line.variant_id or 0, line.pieces, rules.word(line.options)) for line in card.lines
            ),
        )
        for card in _cards(wanted)
    ]


def _of(whose: Whose) -> ColumnElement[bool]:
    """Orders of the member, and those that the person made without being one."""
    guest = and_(Order.person_id == whose.person_id, Order.member_id.is_(None))
    if whose.member_id is None:
        return guest
    return or_(Order.member_id == whose.member_id, guest)


def _cards(wanted: Any) -> list[OrderCard]:
    rows = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
    lines = _lines([row.id for row in rows])
    names = [name for name in OrderCard.__dataclass_fields__ if name != "lines"]
    return [
        OrderCard(*[*(getattr(row, name) for name in names), lines.get(row.id, [])]) for row in rows
    ]


def _lines(order_ids: Sequence[int]) -> dict[int, list[Line]]:
    columns = [getattr(OrderLine, name) for name in Line.__dataclass_fields__]
    wanted = select(OrderLine.order_id, *columns).where(OrderLine.order_id.in_(order_ids))
    found: dict[int, list[Line]] = {}
    for order_id, *values in db.session.execute(wanted.order_by(OrderLine.position)):
        found.setdefault(order_id, []).append(Line(*values))
    return found
