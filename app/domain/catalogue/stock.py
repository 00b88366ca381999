"""How much there is at a store: set, taken for an order, given back, sold out for today.

A stock is taken by one conditional UPDATE, so it is never below zero however many come at once.
Several variants are taken in the order of their ids, so that two orders never wait for each other.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from app import clock
from app.db import changed, db, insert_once, transaction
from app.domain.catalogue import limits
from app.domain.catalogue.errors import BadCatalogue, NoSuchVariant, SoldOut
from app.domain.catalogue.models import StockChange, StoreItem, Variant
from app.domain.catalogue.service import check_cause
from app.domain.files.errors import Problem
from app.faults import unsafe

_FRESH: Mapping[str, Any] = {
    "offered": True,
    "price": None,
    "stock": None,
    "times": None,
    "sold_out_on": None,
}


def set_stock(store_id: int, variant_id: int, stock: int | None, *, cause: str) -> None:
    """Say how many there are, None for unlimited; once for each `cause` (120 characters).

    Raises NoSuchVariant, and BadCatalogue for a number out of bounds.
    """
    if stock is not None and not 0 <= stock <= limits.STOCK:
        raise BadCatalogue([Problem("stock", "使えない値です", "is out of bounds")])
    with transaction():
        old = _own(store_id, variant_id).stock
        if old != stock and _note(store_id, variant_id, old, stock, cause):
            _change(store_id, variant_id, stock=stock)


def take_stock(store_id: int, wanted: Mapping[int, int], *, cause: str) -> None:
    """Take pieces (variant id -> number, each at least 1) for an order, all of them or none.

    Unlimited ones are passed over. The same `cause` takes once. Raises SoldOut, which names what is
    short and how much there is of it. Whether something is offered, or sold out for today, is
    looked at by queries.offers before.
    """
    if any(pieces < 1 for pieces in wanted.values()):
        raise ValueError("pieces are 1 or more")
    with transaction():
        if _has_taken(cause):
            return
        short = [
            variant_id
            for variant_id in sorted(wanted)
            if not _take(store_id, variant_id, wanted[variant_id], cause)
        ]
        if short:
            raise SoldOut(_left(store_id, short))


def give_back(taken_by: str, *, cause: str) -> None:
    """Give back what was taken by that cause, once for `cause`; what is unlimited now stays so."""
    with transaction():
        for store_id, variant_id, pieces in _taken(taken_by):
            old = _own(store_id, variant_id).stock
            if old is not None and _note(store_id, variant_id, old, old + pieces, cause):
                _change(store_id, variant_id, stock=old + pieces)


def sold_out_today(store_id: int, variant_id: int) -> None:
    """It is sold out until the end of the day in the shop's time zone. Raises NoSuchVariant."""
    _mark(store_id, variant_id, clock.now().astimezone(clock.zone()).date())


def on_sale_again(store_id: int, variant_id: int) -> None:
    """It is not sold out for today after all. Raises NoSuchVariant."""
    _mark(store_id, variant_id, None)


def _mark(store_id: int, variant_id: int, day: date | None) -> None:
    with transaction():
        _own(store_id, variant_id)
        _change(store_id, variant_id, sold_out_on=day)


def _own(store_id: int, variant_id: int) -> Any:
    """What the store makes of a variant, which nobody else changes meanwhile."""
    if db.session.get(Variant, variant_id) is None:
        raise NoSuchVariant("no such variant")
    insert_once(StoreItem, store_id=store_id, variant_id=variant_id, **_FRESH)
    columns = select(StoreItem.stock).where(*_this(store_id, variant_id))
    return db.session.execute(columns.with_for_update()).one()


def _take(store_id: int, variant_id: int, pieces: int, cause: str) -> bool:
    """Take pieces of one variant; answers whether there were so many, or no end of them."""
    enough = () if unsafe("take_unchecked") else (StoreItem.stock >= pieces,)
    taking = update(StoreItem).where(*_this(store_id, variant_id), *enough)
    left = db.session.scalar(
        taking.where(StoreItem.stock.is_not(None))
        .values(stock=StoreItem.stock - pieces)
        .returning(StoreItem.stock)
        .execution_options(synchronize_session=False)
    )
    if left is None:
        limited = select(StoreItem.id).where(*_this(store_id, variant_id))
        return db.session.scalar(limited.where(StoreItem.stock.is_not(None))) is None
    _note(store_id, variant_id, left + pieces, left, cause)
    return True


def _has_taken(cause: str) -> bool:
    taken = select(StockChange.id).filter_by(cause=cause).limit(1)
    return db.session.scalar(taken) is not None


def _taken(cause: str) -> list[tuple[int, int, int]]:
    """What a cause has taken: stores, variants and pieces, in the order in which they are taken."""
    pieces = StockChange.old - StockChange.new
    taken = select(StockChange.store_id, StockChange.variant_id, pieces)
    mine = taken.where(StockChange.cause == cause, pieces > 0)
    ordered = mine.order_by(StockChange.variant_id)
    return [(store, variant, count or 0) for store, variant, count in db.session.execute(ordered)]


def _left(store_id: int, variant_ids: list[int]) -> dict[str, int]:
    wanted = select(Variant.code, StoreItem.stock).join(
        StoreItem, StoreItem.variant_id == Variant.id
    )
    here = wanted.where(StoreItem.store_id == store_id, Variant.id.in_(variant_ids))
    return {row.code: row.stock for row in db.session.execute(here)}


def _note(store_id: int, variant_id: int, old: int | None, new: int | None, cause: str) -> bool:
    what = {"store_id": store_id, "variant_id": variant_id, "old": old, "new": new}
    return insert_once(StockChange, at=clock.now(), cause=check_cause(cause), **what)


def _change(store_id: int, variant_id: int, **values: Any) -> None:
    this = update(StoreItem).where(*_this(store_id, variant_id))
    changed(this.values(**values).execution_options(synchronize_session=False))


def _this(store_id: int, variant_id: int) -> tuple[Any, Any]:
    return StoreItem.store_id == store_id, StoreItem.variant_id == variant_id
