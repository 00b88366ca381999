"""Reads about orders, handed out as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from app.db import db, run_together
from app.domain.catalogue.favourites import Whose
from app.domain.orders import limits, rules
from app.domain.orders.errors import NoSuchOrder
from app.domain.orders.models import Order, OrderLine, OrderRules, OrderStep
from app.domain.orders.rules import Past
from app.domain.orders.states import ENDED
from app.domain.payments import limits as paying
from app.i18n import plain
from app.prepared import Prepared

Words = dict[str, str]

TO_PAY: Final = timedelta(minutes=paying.TO_PAY_MINUTES)
"""How long there is to pay an order online."""


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
    pay: str | None
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
    updated_at: datetime
    external_id: str | None
    account_id: int | None
    person_id: int | None
    member_id: int | None
    lines: list[Line]

    @property
    def pay_until(self) -> datetime | None:
        """Until when it is to be paid online; None for what is paid elsewhere."""
        return self.placed_at + TO_PAY if self.pay == "provider" else None


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
    db.session.flush()  # Prepared statements do not.
    which = {"of": order_id}
    found, lines = run_together((_ORDER, which), (_ITS_LINES, which))
    if not found.rows:
        raise NoSuchOrder("no such order")
    return OrderCard(*[*found.rows[0], [Line(*row[1:]) for row in lines.rows]])


def find(written: str) -> OrderCard | None:
    """The order with this number, however it is written, or with this id at another system."""
    written = written.replace("\x00", "")
    signs = "".join(sign for sign in plain(written).upper() if sign.isalnum())
    number = f"{signs[:4]}-{signs[4:]}" if len(signs) == rules.SIGNS else ""
    wanted = select(Order).where(or_(Order.number == number, Order.external_id == written.strip()))
    found = _cards(wanted.order_by(Order.id.desc()).limit(1))
    return found[0] if found else None


@dataclass(frozen=True)
class Some:
    """Which orders are meant; what is None narrows nothing down."""

    origin: str | None = None
    external_id: str | None = None
    state: str | None = None
    store_id: int | None = None
    account_id: int | None = None
    member_id: int | None = None


def listed(some: Some, *, after: int, limit: int) -> list[OrderCard]:
    """Orders by age, those with an id above `after`; an account sees what has none, too."""
    wanted = select(Order).where(Order.id > after).order_by(Order.id).limit(limit)
    for name, value in vars(some).items():
        if value is not None and name != "account_id":
            wanted = wanted.where(getattr(Order, name) == value)
    if some.account_id is not None:
        ours = or_(Order.account_id == some.account_id, Order.account_id.is_(None))
        wanted = wanted.where(ours)
    return _cards(wanted)


def open_of(store_id: int) -> list[OrderCard]:
    """A store's orders that are not done, what is wanted soonest first."""
    wanted = _open(select(Order), store_id)
    return _cards(wanted.order_by(Order.slot_at, Order.id).limit(limits.BOARD))


def ended_of(store_id: int, since: datetime) -> list[OrderCard]:
    """A store's orders that have ended since then, the last one first."""
    ended = and_(Order.store_id == store_id, Order.state.in_(ENDED), Order.updated_at >= since)
    wanted = select(Order).where(ended).order_by(Order.updated_at.desc(), Order.id.desc())
    return _cards(wanted.limit(limits.BOARD))


def pulse(store_id: int) -> tuple[int, str]:
    """The newest order that waits to be accepted, and a word that changes when a store's do."""
    newest = func.max(case((Order.state == "placed", Order.id), else_=0))
    sums = (newest, func.count(), func.sum(Order.version), func.max(Order.id))
    row = db.session.execute(_open(select(*sums), store_id)).one()
    return row[0] or 0, "-".join(str(figure or 0) for figure in row)


def stores_that_take() -> set[int]:
    """Ids of the stores that take orders, or have some that are not done."""
    open_at = select(Order.store_id).where(Order.state.not_in(ENDED), Order.store_id.is_not(None))
    ruled = set(db.session.scalars(select(OrderRules.store_id)))
    return ruled | {each for each in db.session.scalars(open_at.distinct()) if each is not None}


def by_its_number(number: str) -> OrderCard:
    """An order, whosever it is, by its number; raises NoSuchOrder."""
    found = _cards(select(Order).where(Order.number == number))
    if not found:
        raise NoSuchOrder("no such order")
    return found[0]


def history(whose: Whose, before: int | None = None) -> list[OrderCard]:
    """A page of somebody's orders wherever they were made, what was ordered last first.

    `before`: the id of the last one of the page before.
    """
    wanted = _newest(_of(whose)).limit(limits.PAGE)
    if before is not None:
        at = select(Order.placed_at).where(Order.id == before).scalar_subquery()
        same = and_(Order.placed_at == at, Order.id < before)
        wanted = wanted.where(or_(Order.placed_at < at, same))
    return _cards(wanted)


def of_member(member_id: int, limit: int) -> list[OrderCard]:
    """A member's last orders wherever they were made, what was ordered last first."""
    return _cards(_newest(Order.member_id == member_id).limit(limit))


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


def _newest(which: ColumnElement[bool]) -> Any:
    return select(Order).where(which).order_by(Order.placed_at.desc(), Order.id.desc())


def _open(wanted: Any, store_id: int) -> Any:
    return wanted.where(Order.store_id == store_id, Order.state.not_in(ENDED))


def _of(whose: Whose) -> ColumnElement[bool]:
    """Orders of the member, and those that the person made without being one."""
    guest = and_(Order.person_id == whose.person_id, Order.member_id.is_(None))
    if whose.member_id is None:
        return guest
    return or_(Order.member_id == whose.member_id, guest)


def _cards(wanted: Any) -> list[OrderCard]:
    rows = db.session.execute(wanted.with_only_columns(*_COLUMNS)).all()
    lines = _lines([row.id for row in rows])
    return [OrderCard(*[*row, lines.get(row.id, [])]) for row in rows]


def _lines(order_ids: Sequence[int]) -> dict[int, list[Line]]:
    wanted = _LINES.where(OrderLine.order_id.in_(order_ids))
    found: dict[int, list[Line]] = {}
    for order_id, *values in db.session.execute(wanted):
        found.setdefault(order_id, []).append(Line(*values))
    return found


_COLUMNS = [getattr(Order, name) for name in OrderCard.__dataclass_fields__ if name != "lines"]
_LINES = select(
    OrderLine.order_id, *(getattr(OrderLine, name) for name in Line.__dataclass_fields__)
).order_by(OrderLine.position)
_ORDER = Prepared(select(*_COLUMNS).where(Order.id == bindparam("of")))
_ITS_LINES = Prepared(_LINES.where(OrderLine.order_id == bindparam("of")))
