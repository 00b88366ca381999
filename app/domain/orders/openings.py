"""Where orders can be placed, and how much is left of each moment: reads for those who choose."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.db import db
from app.domain.orders import slots
from app.domain.orders.models import OrderRules, OrderSlot


def ways() -> dict[int, list[str]]:
    """Store -> the ways in which it hands out, of the stores that take orders."""
    columns = (OrderRules.store_id, OrderRules.pickup_times, OrderRules.delivery_times)
    rows = db.session.execute(select(*columns).order_by(OrderRules.store_id))
    found = {
        row.store_id: [
            way
            for way, times in (("pickup", row.pickup_times), ("delivery", row.delivery_times))
            if times is not None
        ]
        for row in rows
    }
    return {store_id: taken for store_id, taken in found.items() if taken}


def left(store_id: int, way: str) -> Sequence[tuple[datetime, int]]:
    """The moments that can be ordered for, and how many orders each still takes."""
    free = slots.free(store_id, way)
    rules = db.session.get(OrderRules, store_id)
    capacity = rules.slot_capacity if rules else 0
    wanted = select(OrderSlot.starts_at, OrderSlot.taken).where(
        OrderSlot.store_id == store_id, OrderSlot.starts_at >= clock.now()
    )
    taken = {row.starts_at: row.taken for row in db.session.execute(wanted)}
    return [(moment, capacity - taken.get(moment, 0)) for moment in free]
