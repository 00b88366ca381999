"""Baskets: what a person has picked, kept between visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from app import clock
from app.db import changed, db, insertion, transaction
from app.domain.files.errors import Problem
from app.domain.orders import limits
from app.domain.orders.definition import NewLine, read
from app.domain.orders.errors import BadOrder
from app.domain.orders.models import Basket
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore


@dataclass(frozen=True)
class Kept:
    """A basket as it was kept: the store's id, and lines as NewLine has them."""

    store_id: int
    lines: list[NewLine]


def keep(person_id: int, store: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Keep a basket for a store (its code) in place of the one before; none of them clears it.

    Prices and stock are no concern of a basket. Raises BadOrder and NoSuchStore.
    """
    read_lines = [read(NewLine, line).model_dump() for line in lines]
    if len(read_lines) > limits.LINES:
        raise BadOrder([Problem("lines", "多すぎます", "has too many")])
    store_id = shops.store_ids().get(store)
    if store_id is None:
        raise NoSuchStore("no such store")
    if not read_lines:
        clear(person_id)
        return
    values = {"store_id": store_id, "lines": read_lines, "updated_at": clock.now()}
    with transaction():
        inserting = insertion(Basket).values(person_id=person_id, **values)
        db.session.execute(
            inserting.on_conflict_do_update(index_elements=["person_id"], set_=values)
        )


def basket(person_id: int) -> Kept | None:
    """What a person has picked, or None."""
    row = db.session.get(Basket, person_id, populate_existing=True)
    if row is None:
        return None
    return Kept(row.store_id, [NewLine.model_validate(line) for line in row.lines])


def ordered(person_id: int, lines: Sequence[NewLine]) -> None:
    """These lines are ordered: a basket of just them is empty, one of other things stays."""
    kept = basket(person_id)
    if kept is not None and kept.lines == list(lines):
        clear(person_id)


def clear(person_id: int) -> None:
    """The basket is empty."""
    with transaction():
        this = delete(Basket).where(Basket.person_id == person_id)
        changed(this.execution_options(synchronize_session="fetch"))
