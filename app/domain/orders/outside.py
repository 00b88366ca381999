"""Orders of the web shop and of registers: they come as they stand, again and in any order."""

import secrets
from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert, select

from app import clock
from app.db import db, insert_once, transaction
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import tax
from app.domain.catalogue.tax import Amount
from app.domain.files.errors import Problem
from app.domain.members import queries as members
from app.domain.orders import moves, rules
from app.domain.orders.definition import OutsideLine, OutsideOrder, read
from app.domain.orders.errors import BadOrder, NoSuchOrder
from app.domain.orders.models import Order, OrderLine
from app.domain.orders.moves import Word
from app.domain.shops import queries as shops

_RANK: Final = {
    state: rank
    for rank, state in enumerate(("new", "placed", "accepted", "preparing", "out", "ready", "done"))
}
_OVER: Final = frozenset({"refused", "cancelled", "refunded"})


def put(written: Mapping[str, Any], *, store_id: int | None = None) -> int:
    """Save another system's order as it stands now (see OutsideOrder); answers its id.

    `store_id`: the store whose order it has to be; raises NoSuchOrder for somebody else's.

    The same again changes nothing. A state that comes late (paid after shipped) does not lead
    back, and what is cancelled or refunded stays so. What was done and is cancelled is refunded.
    Whose it is may be told after it was done; it earns then.
    Raises BadOrder, also for a member or store that is not there.
    """
    new = read(OutsideOrder, written)
    ids = _ids(new)
    with transaction():
        insert_once(Order, **_fresh(new, ids))
        order = db.session.scalars(
            select(Order)
            .filter_by(origin=new.origin, external_id=new.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if store_id not in (None, order.store_id):
            raise NoSuchOrder("somebody else's")
        nobodys = order.member_id is None
        _bring_up(order, new, ids)
        state = _next(order.state, new.state)
        if state is not None:
            moves.carry_out(order, state, word=Word(carrier=new.carrier, tracking=new.tracking))
        elif nobodys and order.state == "done" and new.earns:
            moves.earn(order)
        return order.id


def _ids(new: OutsideOrder) -> dict[str, int | None]:
    """The ids of the store and the member."""
    problems = []
    store_id = shops.store_ids().get(new.store) if new.store else None
    member = members.by_number(new.member) if new.member else None
    if new.store and store_id is None:
        problems.append(Problem("store", "そのコードの店舗はありません", "is no store"))
    if new.member and member is None:
        problems.append(Problem("member", "その会員はありません", "is no member"))
    if problems:
        raise BadOrder(problems)
    return {"store_id": store_id, "member_id": member.id if member else None}


def _fresh(new: OutsideOrder, ids: Mapping[str, int | None]) -> dict[str, Any]:
    """The row of an order that is not known yet; its state comes with _bring_up."""
    now = clock.now()
    nobody = dict.fromkeys(
        (
            *("account_id", "person_id", "slot_at", "spent_id", "earned_id", "coupon_use_id"),
            *("name", "phone", "postal_code", "address", "note", "carrier", "tracking"),
            *("ready_at", "reason", "pay"),
        )
    )
    return nobody | {
        "number": rules.new_number(),
        "origin": new.origin,
        "external_id": new.id,
        "scope": f"outside/{new.origin}",
        "key": secrets.token_hex(),
        "asked": "",
        **ids,
        "way": "other",
        "state": "new",
        "version": 0,
        "total": new.total,
        "fee": 0,
        "taxes": [],
        "points": 0,
        "earns": new.earns,
        "placed_at": new.placed_at,
        "updated_at": now,
    }


def _bring_up(order: Order, new: OutsideOrder, ids: Mapping[str, int | None]) -> None:
    """What may still change: total and lines until it is done, the member while there is none."""
    order.member_id = order.member_id or ids["member_id"]
    order.store_id = order.store_id or ids["store_id"]
    if order.state in ("done", *_OVER):
        return
    order.carrier, order.tracking = new.carrier or order.carrier, new.tracking or order.tracking
    order.total, order.earns = new.total, new.earns
    if new.lines:
        amounts = [Amount(line.price * line.pieces, line.tax, True) for line in new.lines]
        order.taxes = [vars(group) for group in tax.invoice(amounts).groups]
        _put_lines(order.id, new.lines)


def _put_lines(order_id: int, lines: list[OutsideLine]) -> None:
    known = catalogue.ids_of([line.code for line in lines])
    db.session.execute(delete(OrderLine).where(OrderLine.order_id == order_id))
    rows = [
        {
            "order_id": order_id,
            "position": position,
            "variant_id": known.get(line.code),
            "code": line.code,
            "name": dict(line.name.items()),
            "size": None,
            "options": {},
            "pieces": line.pieces,
            "price": line.price,
            "tax": line.tax,
            "tax_included": True,
        }
        for position, line in enumerate(lines)
    ]
    db.session.execute(insert(cast(Table, OrderLine.__table__)), rows)


def _next(old: str, new: str) -> str | None:
    """The state to go to, or None to stay."""
    if old in _OVER or old == new:
        return None
    if new in _OVER:
        return "refunded" if old == "done" else new
    return new if _RANK[new] > _RANK[old] else None
