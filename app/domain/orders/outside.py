"""Orders of the web shop and of registers: they come as they stand, again and in any order."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, delete, insert, select

from app import clock
from app.db import db, insert_once, transaction
from app.domain.catalogue import queries as catalogue
from app.domain.catalogue import tax
from app.domain.catalogue.tax import Amount
from app.domain.members import queries as members
from app.domain.members import service as locks
from app.domain.members.errors import NoSuchMember
from app.domain.orders import moves, rules
from app.domain.orders.definition import OutsideLine, OutsideOrder, read
from app.domain.orders.errors import NoSuchOrder
from app.domain.orders.models import Order, OrderLine
from app.domain.orders.moves import Word
from app.domain.points import service as points
from app.domain.shops import queries as shops

_RANK: Final = {
    state: rank
    for rank, state in enumerate(("new", "placed", "accepted", "preparing", "out", "ready", "done"))
}
_OVER: Final = frozenset({"refused", "cancelled", "refunded"})

_Key = tuple[str, str]


@dataclass(frozen=True)
class Stands:
    """An order of another system: our number, that system and its own id, and the state."""

    number: str
    origin: str
    id: str
    state: str


def put(written: Mapping[str, Any], *, store_id: int | None = None) -> int:
    """Save another system's order as it stands now (see OutsideOrder); answers its id.

    `store_id`: the store whose order it has to be; raises NoSuchOrder for somebody else's.

    The same again changes nothing. A state that comes late (paid after shipped) does not lead
    back, and what is cancelled or refunded stays so. What was done and is cancelled is refunded.
    Whose it is may be told after it was done; it earns then.
    Raises BadOrder, NoSuchStore and NoSuchMember.
    """
    new = read(OutsideOrder, written)
    with transaction():
        order = _locked([new])[_key(new)]
        if new.member_id not in (None, order.member_id):
            members.member(new.member_id)  # Raises NoSuchMember.
        _put(order, new, store_id)
        return order.id


def put_all(written: Sequence[Mapping[str, Any]], *, store_id: int | None = None) -> list[Stands]:
    """The same for several, all of them or none; answers how they stand, in the order given.

    Several events of one order count in that order.
    """
    told = [read(OutsideOrder, each) for each in written]
    # The UPDATEs go out together at the end, but for those that somebody reads before.
    with transaction(), db.session.no_autoflush:
        orders = _locked(told)
        known = _known_codes(told)
        for place in _turns(told, orders):
            _put(orders[_key(told[place])], told[place], store_id, known)
    found = [orders[_key(new)] for new in told]
    return [
        Stands(order.number, order.origin, order.external_id or "", order.state) for order in found
    ]


def _turns(told: Sequence[OutsideOrder], orders: Mapping[_Key, Order]) -> list[int]:
    """In which order to put them, so that two who tell of the same members at once do not wait for
    each other in a ring: members are locked, then what their points need, as late as may be."""
    whose = {key: order.member_id for key, order in orders.items()}
    for new in told:
        whose[_key(new)] = whose[_key(new)] or new.member_id
    named = {new.member_id for new in told if new.member_id} | {*filter(None, whose.values())}
    if missing := named - members.names(named).keys():
        raise NoSuchMember(f"members {sorted(missing)}")
    locks.lock(named)
    earning = {_key(new) for new in told if new.state == "done"}

    def turn(place: int) -> tuple[bool, tuple[int, int]]:
        key = _key(told[place])
        return key in earning, points.turn(whose[key])

    return sorted(range(len(told)), key=turn)


def _key(new: OutsideOrder) -> _Key:
    return new.origin, new.id


def _known_codes(told: Sequence[OutsideOrder]) -> dict[str, int]:
    return catalogue.ids_of({line.code for new in told for line in new.lines})


def _put(
    order: Order, new: OutsideOrder, store_id: int | None, known: Mapping[str, int] | None = None
) -> None:
    """`known`: the variants of its lines, where they have been looked up."""
    if store_id not in (None, order.store_id):
        raise NoSuchOrder("somebody else's")
    nobodys = order.member_id is None
    _bring_up(order, new, known)
    state = _next(order.state, new.state)
    if state is not None:
        moves.carry_out(order, state, word=Word(carrier=new.carrier, tracking=new.tracking))
    elif nobodys and order.state == "done" and new.earns:
        moves.earn(order)


def _locked(told: Sequence[OutsideOrder]) -> dict[_Key, Order]:
    """Their rows, locked from here on; of those that are not known yet new ones."""
    known = _known(told)
    fresh = {_key(new): new for new in told if _key(new) not in known}
    for key in sorted(fresh):
        insert_once(Order, **_fresh(fresh[key]))  # Or somebody else does, at this very moment.
    return known | _known(list(fresh.values())) if fresh else known


def _known(told: Sequence[OutsideOrder]) -> dict[_Key, Order]:
    wanted = select(Order).where(
        Order.origin.in_({new.origin for new in told}),
        Order.external_id.in_({new.id for new in told}),
    )
    wanted = wanted.order_by(Order.id).with_for_update()
    rows = db.session.scalars(wanted.execution_options(populate_existing=True))
    return {(row.origin, row.external_id or ""): row for row in rows}


def _store(new: OutsideOrder) -> int | None:
    return shops.store_id(new.store) if new.store else None


def _fresh(new: OutsideOrder) -> dict[str, Any]:
    """A row without what _bring_up sets, and in no state."""
    now = clock.now()
    nobody = dict.fromkeys(
        (
            *("account_id", "person_id", "member_id", "slot_at"),
            *("spent_id", "earned_id", "coupon_use_id"),
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
        "store_id": _store(new),
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


def _bring_up(order: Order, new: OutsideOrder, known: Mapping[str, int] | None) -> None:
    """What may still change: total and lines until it is done, the member while there is none."""
    lines = rules.fingerprint({"lines": [line.model_dump() for line in new.lines]})
    going = order.state not in ("done", *_OVER)
    if going and new.lines and lines != order.asked:
        _put_lines(order, new.lines, _known_codes([new]) if known is None else known)
        order.taxes, order.asked = _taxes(new.lines), lines
    order.member_id = order.member_id or new.member_id
    order.store_id = order.store_id or _store(new)
    if going:
        order.carrier = new.carrier or order.carrier
        order.tracking = new.tracking or order.tracking
        order.total, order.earns = new.total, new.earns


def _taxes(lines: list[OutsideLine]) -> list[dict[str, int]]:
    amounts = [Amount(line.price * line.pieces, line.tax, True) for line in lines]
    return [vars(group) for group in tax.invoice(amounts).groups]


def _put_lines(order: Order, lines: list[OutsideLine], known: Mapping[str, int]) -> None:
    if order.state != "new":
        db.session.execute(delete(OrderLine).where(OrderLine.order_id == order.id))
    rows = [
        {
            "order_id": order.id,
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
