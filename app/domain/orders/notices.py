"""What customers are told about orders, queued in the transaction of the step they are told of.

Each step is one notice, once: its name, the order and the person are the outbox's key. Names and
data, which app/messages/receipts.py puts into words; moments are ISO 8601 with the shop's offset:

- orders.placed: the receipt, with `lines`.
- orders.accepted: `ready_at` where the store said minutes.
- orders.ready, orders.out.
- orders.paid for orders of the web shop; orders.shipped for those of registers too.
- orders.refused, orders.cancelled (`by`: customer or shop), orders.refunded: `reason` or None.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from app import clock
from app.domain.links import queries as links
from app.domain.orders import queries
from app.domain.orders.models import Order
from app.domain.orders.queries import OrderCard
from app.domain.orders.worded import Worded, worded
from app.domain.people import queries as people
from app.domain.shops import queries as shops
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient

Json = dict[str, Any]

_STEPS: Final[Mapping[str, str]] = {
    "placed": "orders.placed",
    "accepted": "orders.accepted",
    "ready": "orders.ready",
    "out": "orders.out",
    "refused": "orders.refused",
    "cancelled": "orders.cancelled",
    "refunded": "orders.refunded",
}
_OTHERS: Final[Mapping[tuple[str, str], str]] = {
    ("ec", "accepted"): "orders.paid",
    ("ec", "ready"): "orders.ready",
    ("ec", "out"): "orders.shipped",
    ("register", "ready"): "orders.ready",
    ("register", "out"): "orders.shipped",
}
"""Of other systems' orders; who has just paid at a register need not be told so."""

_PASSING: Final = frozenset({"orders.accepted", "orders.ready", "orders.out"})
_FRESH: Final = timedelta(hours=12)
"""So long what passes is worth saying; half a day later it would only confuse."""


def tell(order: Order, *, by_customer: bool = False) -> None:
    """Tell whoever ordered of the state that the order has just come into, if they need to know."""
    name = _name(order)
    if name is None or not (to := recipients(order)):
        return
    card = queries.order(order.id)
    said = shown(card) | {"by": "customer" if by_customer else "shop"}
    told = receipt(card) if name == _STEPS["placed"] else Notice(name, said)
    cause = f"order/{order.id}"
    until = clock.now() + _FRESH if name in _PASSING else None
    for each in to:
        dedupe = f"{cause}/{name}/{each.person_id}"
        outbox.say([told], each, dedupe=dedupe, cause=cause, until=until)


def receipt(card: OrderCard) -> Notice:
    """What is said of an order that has just been placed."""
    lines = [_line(each) for each in worded(card.lines)]
    return Notice(_STEPS["placed"], shown(card) | {"by": "customer", "lines": lines})


def recipients(order: Order) -> list[Recipient]:
    """Who hears of it: who ordered, at the account they did it at; else all that the member is."""
    if order.person_id is not None and order.account_id is not None:
        user_id = people.user_ids([order.person_id])[order.person_id]
        return [Recipient(order.account_id, user_id, order.person_id)]
    return links.recipients_of(order.member_id) if order.member_id is not None else []


def shown(card: OrderCard) -> Json:
    """An order as every notice has it; nothing of it says who it is for or where they live."""
    store = shops.card(card.store_id) if card.store_id is not None else None
    return {
        "number": card.external_id or card.number,  # What their customers know it by.
        "origin": card.origin,
        "way": card.way,
        "store": dict(store.name) if store else None,
        "address": dict(store.address) if store else None,
        "phone": store.phone if store else None,
        "slot_at": _written(card.slot_at),
        "ready_at": _written(card.ready_at),
        "fee": card.fee,
        "taxes": card.taxes,
        "total": card.total,
        "points": card.points,
        "pay": card.pay,
        "reason": card.reason,
        "carrier": card.carrier,
        "tracking": card.tracking,
    }


def _name(order: Order) -> str | None:
    if order.origin == "line":
        return _STEPS.get(order.state)
    return _OTHERS.get((order.origin, order.state))


def _line(each: Worded) -> Json:
    return {
        "name": dict(each.name),
        "size": dict(each.size) if each.size else None,
        "options": [dict(choice) for choice in each.options],
        "pieces": each.pieces,
        "amount": each.amount,
        "tax_included": each.tax_included,
    }


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.zone()).isoformat() if moment else None
