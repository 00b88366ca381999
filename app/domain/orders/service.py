"""Placing an order: the server's prices, stock, slot, points and coupon, all of it or nothing.

Locks are taken in one order (the person, the slot, stock by variant, the member), so that two
orders never wait for each other in a ring. A repeat of the same key waits for the person's lock and
is answered the same.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.cards.errors import MemberSuspended
from app.domain.catalogue import stock
from app.domain.coupons import counter as coupons
from app.domain.coupons.counter import At
from app.domain.files.errors import Problem
from app.domain.members import queries as members
from app.domain.orders import baskets, limits, notices, pricing, rules, slots
from app.domain.orders.definition import Contact, NewOrder, read
from app.domain.orders.errors import BadOrder, OrderKeyReused, PriceChanged, TooManyOpen
from app.domain.orders.models import Order, OrderLine, OrderStep
from app.domain.orders.pricing import Quote
from app.domain.orders.states import ENDED
from app.domain.payments import service as payments
from app.domain.people import service as people
from app.domain.points import service as points
from app.domain.points.ledger import By, Key
from app.facts.record import record
from app.faults import unsafe

_AGAIN = 600  # Seconds after which somebody with too many open orders may look again.


@dataclass(frozen=True)
class Customer:
    """Who orders, at which official account; `member_id` of the link that was active then."""

    person_id: int
    account_id: int
    member_id: int | None = None


@dataclass(frozen=True)
class Placed:
    """An order that is in the books; yen. `to_pay` is what the points leave."""

    id: int
    number: str
    state: str
    total: int
    points: int

    @property
    def to_pay(self) -> int:
        """Yen at the counter or the door; a point is a yen."""
        return self.total - self.points


def place(written: Mapping[str, Any], customer: Customer, *, key: str, tell: bool = True) -> Placed:
    """Place an order (see NewOrder), once for the customer's `key` (120 characters).

    `tell`: queue the receipt; the talk says it itself, as its answer.

    Raises BadOrder, OrderKeyReused, TooManyOpen, SlotClosed, SlotFull, PriceChanged,
    MemberSuspended (points and coupons of whoever is), and what pricing.quote, take_stock,
    points.redeem and coupons.use raise. Nothing is changed then.
    """
    wanted = read(NewOrder, written)
    if not 0 < len(key) <= limits.KEY:
        raise BadOrder([Problem("key", "1〜120文字です", "has 1 to 120 characters")])
    asked = rules.fingerprint(wanted.model_dump(mode="json"))
    with transaction():
        people.lock(customer.person_id)
        earlier = None if unsafe("no_order_key") else _of_key(customer, key)
        if earlier is not None:
            if earlier.asked != asked:
                raise OrderKeyReused("the key has placed another order")
            return Placed(
                *(earlier.id, earlier.number, earlier.state, earlier.total, earlier.points)
            )
        order = _place(wanted, customer, _Row(key, asked))
        if tell:
            notices.tell(order)
        return Placed(order.id, order.number, order.state, order.total, order.points)


@dataclass(frozen=True)
class _Row:
    key: str
    asked: str


def _place(wanted: NewOrder, customer: Customer, row: _Row) -> Order:
    contact = _contact(wanted, customer)
    found = pricing.quote(
        *(wanted.store, wanted.way, wanted.slot_at, wanted.lines, contact.postal_code)
    )
    slots.check(found.store_id, wanted.way, wanted.slot_at)
    if found.invoice.total != wanted.total:
        raise PriceChanged(found.invoice.total)
    _check(wanted, customer, found.invoice.total)
    order = _order(wanted, customer, found, contact, row)
    db.session.add(order)
    db.session.flush()  # All that follows is named after its id.
    _add_lines(order.id, found)
    slots.take(found.store_id, wanted.way, wanted.slot_at)
    stock.take_stock(found.store_id, _pieces(found), cause=f"order/{order.id}")
    _hold(order, wanted)
    if order.pay == "provider":
        payments.want(f"order/{order.id}", order.total - order.points, about=order.number)
    db.session.add(OrderStep(order_id=order.id, state="placed", at=order.placed_at))
    baskets.ordered(customer.person_id, wanted.lines)
    record(
        "order.placed",
        cause=f"order/{order.id}",
        account_id=customer.account_id,
        person_id=customer.person_id,
        order_id=order.id,
        member_id=customer.member_id,
        store_id=found.store_id,
        total=order.total,
    )
    return order


def _of_key(customer: Customer, key: str) -> Any:
    wanted = select(Order.id, Order.number, Order.state, Order.total, Order.points, Order.asked)
    scope = f"person/{customer.person_id}"
    return db.session.execute(wanted.filter_by(scope=scope, key=key)).first()


def _contact(wanted: NewOrder, customer: Customer) -> Contact:
    """Whom it is for: as written, else as the member's data says."""
    contact = wanted.contact
    if contact is None and customer.member_id is not None:
        card = members.member(customer.member_id)
        place = "".join(filter(None, (card.prefecture, card.city, card.street)))
        contact = Contact.model_construct(
            name=card.name, phone=card.phone, postal_code=card.postal_code, address=place or None
        )
    if contact is None or not contact.phone:
        words = ("お名前と電話番号が必要です", "needs name and telephone")
        raise BadOrder([Problem("contact", *words)])
    if wanted.way == "delivery" and not (contact.postal_code and contact.address):
        words = ("お届け先が必要です", "needs an address")
        raise BadOrder([Problem("contact.address", *words)])
    return contact


def _check(wanted: NewOrder, customer: Customer, total: int) -> None:
    """What a customer may: so many open orders, and points and coupons of their own."""
    running = select(func.count()).select_from(Order).filter_by(person_id=customer.person_id)
    if (db.session.scalar(running.where(Order.state.not_in(ENDED))) or 0) >= limits.OPEN:
        raise TooManyOpen(_AGAIN)
    if wanted.pay == "provider" and not payments.offered():
        words = ("オンラインでのお支払いは、ご利用いただけません", "is not offered")
        raise BadOrder([Problem("pay", *words)])
    if not wanted.points and wanted.coupon is None:
        return
    if customer.member_id is None:
        words = ("会員の方だけがお使いになれます", "are for members")
        raise BadOrder([Problem("points", *words)])
    if members.member(customer.member_id).suspended_at is not None:
        raise MemberSuspended(f"member {customer.member_id}")
    if wanted.points > total:
        raise BadOrder([Problem("points", "合計より多くなっています", "are more than the total")])


def _order(
    wanted: NewOrder, customer: Customer, found: Quote, contact: Contact, row: _Row
) -> Order:
    now = clock.now()
    return Order(
        number=rules.new_number(),
        origin="line",
        scope=f"person/{customer.person_id}",
        key=secrets.token_hex() if unsafe("no_order_key") else row.key,
        asked=row.asked,
        store_id=found.store_id,
        **vars(customer),
        way=wanted.way,
        slot_at=wanted.slot_at,
        state="placed",
        version=1,
        total=found.invoice.total,
        fee=found.fee,
        taxes=[vars(group) for group in found.invoice.groups],
        points=wanted.points,
        pay=_pay(wanted, found.invoice.total),
        earns=True,
        **contact.model_dump(),
        note=wanted.note,
        placed_at=now,
        updated_at=now,
    )


def _pay(wanted: NewOrder, total: int) -> str | None:
    """Where the points pay for all of it, there is nothing to pay online."""
    return "provider" if wanted.pay == "provider" and total > wanted.points else None


def _add_lines(order_id: int, found: Quote) -> None:
    rows = [
        {
            "order_id": order_id,
            "position": position,
            "variant_id": line.offer.variant_id,
            "code": line.offer.code,
            "name": name,
            "size": line.offer.name,
            "options": dict(line.options),
            "pieces": line.pieces,
            "price": line.price,
            "tax": line.offer.tax,
            "tax_included": line.offer.tax_included,
        }
        for position, (line, name) in enumerate(zip(found.lines, found.names, strict=True))
    ]
    db.session.execute(insert(cast(Table, OrderLine.__table__)), rows)


def _pieces(found: Quote) -> dict[int, int]:
    pieces: dict[int, int] = {}
    for line in found.lines:
        pieces[line.offer.variant_id] = pieces.get(line.offer.variant_id, 0) + line.pieces
    return pieces


def _hold(order: Order, wanted: NewOrder) -> None:
    """Spend the points and use the coupon for the order; cancelling gives both back."""
    held: dict[str, int] = {}
    if order.member_id is not None and wanted.points:
        key = Key("order.spend", str(order.id))
        by = By(None, order.store_id)
        spent = points.redeem(
            order.member_id, wanted.points, key=key, store_id=order.store_id, by=by
        )
        held["spent_id"] = spent.transfer_id
    if order.member_id is not None and wanted.coupon is not None:
        at = At(order.store_id)
        used = coupons.use(wanted.coupon, at, key=f"order/{order.id}", member_id=order.member_id)
        held["coupon_use_id"] = used.use_id
    if held:
        changed(update(Order).where(Order.id == order.id).values(**held))
