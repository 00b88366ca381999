"""What must hold for orders."""

from typing import Any

from sqlalchemy import Select, and_, func, select

from app.domain.orders.models import Order, OrderSlot, OrderStep
from app.domain.orders.states import UNDONE
from app.invariants import Invariant


def invariants() -> list[Invariant]:
    """Every state has its step, and slots count the orders that have a place in them."""
    step = and_(OrderStep.order_id == Order.id, OrderStep.state == Order.state)
    stepless = select(Order.id).outerjoin(OrderStep, step).where(OrderStep.id.is_(None))
    held = select(Order.id).where(
        Order.state.in_(UNDONE), Order.earned_id.is_not(None), Order.origin == "line"
    )
    return [
        Invariant("order.step", "P8", stepless),
        Invariant("order.slot", "P9", _miscounted()),
        Invariant("order.earned_undone", "P7", held),
        Invariant("order.points", "P7", select(Order.id).where(Order.points > Order.total)),
    ]


def _miscounted() -> Select[Any]:
    same = and_(
        Order.store_id == OrderSlot.store_id,
        Order.slot_at == OrderSlot.starts_at,
        Order.state.not_in(UNDONE),
    )
    slots = select(OrderSlot.id).outerjoin(Order, same)
    return slots.group_by(OrderSlot.id, OrderSlot.taken).having(
        func.count(Order.id) != OrderSlot.taken
    )
