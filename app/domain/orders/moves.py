"""Moving an order from state to state: once each, with all that hangs on it.

Points are earned when it is done. What is refused or cancelled gives stock, slot, points and coupon
back; what is refunded gives points and coupon back, and takes back what was earned.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select

from app import clock
from app.db import db, run, transaction
from app.domain.catalogue import stock
from app.domain.coupons import counter as coupons
from app.domain.files.errors import Problem
from app.domain.orders import limits, notices, queries, slots
from app.domain.orders.errors import BadOrder, NoSuchOrder, NotPaid, WrongState
from app.domain.orders.models import Order, OrderStep
from app.domain.orders.service import Customer
from app.domain.orders.states import UNDONE, may
from app.domain.payments import service as payments
from app.domain.points import queries as balances
from app.domain.points import service as points
from app.domain.points.errors import NotEnough
from app.domain.points.ledger import By, Key
from app.facts.record import record
from app.faults import crash_point, unsafe
from app.prepared import Prepared

_LONGEST_WAIT = 24 * 60
_SOME = 100
_UNPAID = "お支払いの期限を過ぎました / not paid in time"
_ADD_STEP = Prepared(insert(OrderStep).inline())


@dataclass(frozen=True)
class Word:
    """What staff say with a move: minutes until it is ready, a reason, who carries it."""

    minutes: int | None = None
    reason: str | None = None
    carrier: str | None = None
    tracking: str | None = None

    def check(self) -> None:
        """Raises BadOrder for words that are too long, or minutes that make no sense."""
        longest = {
            "reason": limits.NOTE,
            "carrier": limits.TRACKING,
            "tracking": limits.TRACKING,
        }
        problems = [
            Problem(name, "長すぎます", "is too long")
            for name, most in longest.items()
            if len(getattr(self, name) or "") > most
        ]
        problems += [
            Problem(name, "使えない文字があります", "has a sign that cannot be kept")
            for name in longest
            if "\x00" in (getattr(self, name) or "")
        ]
        if self.minutes is not None and not 0 <= self.minutes <= _LONGEST_WAIT:
            problems.append(Problem("minutes", "使えない値です", "is out of bounds"))
        if problems:
            raise BadOrder(problems)


def move(
    order_id: int,
    state: str,
    *,
    staff_id: int | None = None,
    store_id: int | None = None,
    word: Word | None = None,
) -> bool:
    """Bring an order into a state; False if it is there already, which is no mistake.

    `store_id`: the store whose order it has to be. Raises NoSuchOrder, BadOrder, and WrongState for
    what states.MOVES does not allow.
    """
    (word or Word()).check()
    with transaction():
        order = _locked(Order.id == order_id)
        if order is None or store_id not in (None, order.store_id):
            raise NoSuchOrder("no such order")
        return _move(order, state, staff_id=staff_id, word=word or Word())


def cancel(number: str, customer: Customer) -> bool:
    """A customer cancels their own order, until the store has accepted it; False: it was before.

    Raises NoSuchOrder, also for somebody else's, and WrongState.
    """
    with transaction():
        order = _locked(Order.number == number)
        if order is None or not _is_theirs(order, customer):
            raise NoSuchOrder("no such order")
        return _move(order, "cancelled", customer=True)


def end_unpaid() -> int:
    """Cancel orders that should have been paid online long ago; answers how many."""
    late = clock.now() - queries.TO_PAY
    due = select(Order.id).where(
        Order.state == "placed", Order.pay == "provider", Order.placed_at < late
    )
    return sum(map(_end_unpaid, db.session.scalars(due.limit(_SOME)).all()))


def _end_unpaid(order_id: int) -> bool:
    with transaction():
        order = _locked(Order.id == order_id)
        if order is None or order.state != "placed" or payments.paid(f"order/{order_id}"):
            return False
        return _move(order, "cancelled", word=Word(reason=_UNPAID))


def carry_out(
    order: Order,
    state: str,
    *,
    staff_id: int | None = None,
    word: Word,
    customer: bool = False,
) -> None:
    """Note a locked order's new state, do what it means, and tell whoever ordered.

    Call it inside of a transaction. `customer`: it is the customer who wants it so.
    """
    order.state, order.version, order.updated_at = state, order.version + 1, clock.now()
    order.reason = word.reason or order.reason
    order.carrier, order.tracking = word.carrier or order.carrier, word.tracking or order.tracking
    if word.minutes is not None:
        order.ready_at = clock.now() + timedelta(minutes=word.minutes)
    step = {"order_id": order.id, "state": state, "at": order.updated_at, "staff_id": staff_id}
    run(_ADD_STEP, step)
    if state in UNDONE:
        _return_goods(order)
    if state in UNDONE or state == "refunded":
        _return_held(order)
        _take_back(order)
        if order.pay == "provider":
            payments.take_back(f"order/{order.id}")
    if unsafe("order_in_steps"):
        db.session.commit()
    crash_point("order.noted")
    if state == "done":
        earn(order)
    record(
        f"order.{state}",
        cause=f"order/{order.id}",
        account_id=order.account_id,
        person_id=order.person_id,
        order_id=order.id,
        member_id=order.member_id,
        store_id=order.store_id,
        staff_id=staff_id,
    )
    notices.tell(order, by_customer=customer)


def earn(order: Order) -> None:
    """A locked order that is done earns for its member what was paid, once."""
    paid = order.total - order.points
    if order.member_id is None or not paid or not order.earns:
        return
    key = Key("order.earn", str(order.id))
    posted = points.earn(order.member_id, paid=paid, store_id=order.store_id, key=key)
    order.earned_id = posted.transfer_id


def _move(
    order: Order,
    state: str,
    *,
    staff_id: int | None = None,
    word: Word | None = None,
    customer: bool = False,
) -> bool:
    if order.state == state:
        return False
    if not may(order.state, state, order.way, customer=customer):
        raise WrongState(order.state)
    if state == "accepted" and order.pay == "provider" and not payments.paid(f"order/{order.id}"):
        raise NotPaid("not paid yet")
    carry_out(order, state, staff_id=staff_id, word=word or Word(), customer=customer)
    return True


def _locked(which: object) -> Order | None:
    wanted = select(Order).where(which).with_for_update()  # type: ignore[arg-type]
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def _is_theirs(order: Order, customer: Customer) -> bool:
    """Of the person who ordered, or of the member, whichever of their people asks."""
    if order.member_id is not None:
        return order.member_id == customer.member_id
    return order.person_id is not None and order.person_id == customer.person_id


def _return_goods(order: Order) -> None:
    if order.store_id is not None and order.slot_at is not None:
        slots.give_back(order.store_id, order.slot_at)
    stock.give_back(f"order/{order.id}", cause=f"order/{order.id}/back")


def _return_held(order: Order) -> None:
    if order.spent_id is not None:
        key = Key("order.return", str(order.id))
        points.reverse(order.spent_id, key=key, reason="order taken back")
    if order.coupon_use_id is not None:
        coupons.undo(order.coupon_use_id, late=True)


def _take_back(order: Order) -> None:
    """Take back what was earned, or as much of it as is left: money is not kept for points."""
    if order.earned_id is None or order.member_id is None:
        return
    key = Key("order.refund", str(order.id))
    try:
        points.reverse(order.earned_id, key=key, reason="order refunded")
    except NotEnough:
        if left := balances.balance(order.member_id):
            reason = "order refunded; the rest had been spent"
            points.adjust(order.member_id, -left, reason=reason, key=key, by=By())
