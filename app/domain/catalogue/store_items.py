"""What stores make of variants: one item or a million of them, by the same statements.

Items are staged in a table of their own, some thousand in each short transaction; then one
transaction compares them with what is there, writes the history and applies what differs, by some
statements over all of them. Nothing is seen before all of it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import UtcDateTime, db, run, transaction
from app.domain.catalogue import queries
from app.domain.catalogue.definition import NewStoreItem
from app.domain.catalogue.errors import BadCatalogue, CatalogueChanged
from app.domain.catalogue.models import PriceChange, StockChange, StoreItem, StoreItemRow
from app.domain.catalogue.service import Saved, check_cause
from app.domain.files.errors import Problem
from app.domain.shops import queries as shops
from app.forget import forget
from app.prepared import Prepared

_ABANDONED = timedelta(days=1)
_STAGED_AT_ONCE = 1000  # Rows; keeps each staging transaction short.
_FIELDS = ("offered", "price", "stock", "times")


@dataclass(frozen=True)
class Codes:
    """Ids of stores and of variants by their codes."""

    stores: Mapping[str, int]
    variants: Mapping[str, int]

    @classmethod
    def known(cls) -> "Codes":
        """All of them."""
        return cls(shops.store_ids(), queries.variant_ids())

    def problems(self, item: NewStoreItem) -> list[Problem]:
        """What of an item is not there."""
        found = []
        if item.store not in self.stores:
            found.append(Problem("store", "そのコードの店舗はありません", "is no store"))
        if item.variant not in self.variants:
            found.append(Problem("variant", "その商品はありません", "is no variant"))
        return found


def put_store_items(items: Sequence[NewStoreItem], *, cause: str) -> Saved:
    """Save what stores make of variants, all of it or nothing, in one transaction.

    What an item leaves out stays as it is, and is that of NewStoreItem where the store had nothing
    of its own. `cause` (120 characters) names what brings it about: under one cause the stock of an
    item changes once. Raises BadCatalogue, whose problems' fields are `0.store`, for unknown codes
    or an item that is there twice, and CatalogueChanged.
    """
    codes = Codes.known()
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(items):
        for problem in codes.problems(item):
            problems.append(Problem(f"{number}.{problem.field}", problem.ja, problem.en))
        if (item.store, item.variant) in seen:
            problems.append(Problem(f"{number}.variant", "前にもあります", "is there twice"))
        seen.add((item.store, item.variant))
    if problems:
        raise BadCatalogue(problems)
    with transaction():
        staging = Staging(cause)
        staging.put(items, codes)
        return staging.apply()


class Staging:
    """Items on their way into the stores; as a context it clears what is staged."""

    def __init__(self, cause: str) -> None:
        self._cause = check_cause(cause)
        self._import_id = uuid4().hex

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        forget(StoreItemRow, StoreItemRow.import_id == self._import_id)

    def put(self, items: Iterable[NewStoreItem], codes: Codes) -> None:
        """Stage these, whose codes are all known and none of which is there twice."""
        mine = {"import_id": self._import_id, "staged_at": clock.now()}
        rows = [mine | _staged(item, codes) for item in items]
        for first in range(0, len(rows), _STAGED_AT_ONCE):
            with transaction():
                run(_STAGE, rows[first : first + _STAGED_AT_ONCE])

    def count(self) -> Saved:
        """What applying them would do at this moment."""
        differs = or_(*(_differs(name) for name in _FIELDS))
        added = func.coalesce(func.sum(case((StoreItem.id.is_(None), 1), else_=0)), 0)
        known = and_(StoreItem.id.is_not(None), differs)
        changes = func.coalesce(func.sum(case((known, 1), else_=0)), 0)
        counted = self._beside(select(func.count(StoreItemRow.id), added, changes))
        total, new, other = db.session.execute(counted).one()
        return Saved(new, other, total - new - other)

    def apply(self) -> Saved:
        """Put all staged items into the stores and clear them; raises CatalogueChanged."""
        try:
            with transaction():
                self._lock()
                saved = self.count()
                db.session.execute(self._history(PriceChange, "price"))
                db.session.execute(self._history(StockChange, "stock"))
                db.session.execute(self._changes())
                db.session.execute(self._additions())
                db.session.execute(delete(StoreItemRow).where(self._mine()))
                return saved
        except IntegrityError as error:
            raise CatalogueChanged("added at the same moment") from error

    def _lock(self) -> None:
        # In the order in which orders take them, so that nobody waits for each other.
        both = select(StoreItem.id).join(StoreItemRow, _SAME).where(self._mine())
        ordered = both.order_by(StoreItem.variant_id, StoreItem.store_id)
        if db.engine.dialect.name != "sqlite":  # There the transaction itself is the lock.
            locked = ordered.with_for_update(of=StoreItem).subquery()
            db.session.execute(select(func.count()).select_from(locked))

    def _beside(self, wanted: Any) -> Select[Any]:
        """The staged rows, each with the item it is about, if that is there."""
        both: Select[Any] = wanted.select_from(StoreItemRow).outerjoin(StoreItem, _SAME)
        return both.where(self._mine())

    def _history(self, table: type[PriceChange] | type[StockChange], name: str) -> Any:
        row, old = StoreItemRow, getattr(StoreItem, name)
        same = (literal(clock.now(), UtcDateTime), literal(self._cause))
        new = self._beside(
            select(row.variant_id, row.store_id, old, getattr(row, name), *same)
        ).where(_differs(name))
        names = ["variant_id", "store_id", "old", "new", "at", "cause"]
        return insert(table).from_select(names, new.order_by(row.id), include_defaults=False)

    def _changes(self) -> Any:
        values = {
            name: case((_said(name), getattr(StoreItemRow, name)), else_=getattr(StoreItem, name))
            for name in _FIELDS
        }
        differs = or_(*(_differs(name) for name in _FIELDS))
        statement = update(StoreItem).where(_SAME, self._mine(), differs).values(values)
        return statement.execution_options(synchronize_session=False)

    def _additions(self) -> Any:
        row = StoreItemRow
        offered = func.coalesce(row.offered, true())
        new = self._beside(
            select(row.store_id, row.variant_id, offered, row.price, row.stock, row.times)
        )
        names = ["store_id", "variant_id", *_FIELDS]
        new = new.where(StoreItem.id.is_(None)).order_by(StoreItemRow.id)
        return insert(StoreItem).from_select(names, new, include_defaults=False)

    def _mine(self) -> ColumnElement[bool]:
        return StoreItemRow.import_id == self._import_id


_SAME = and_(
    StoreItem.variant_id == StoreItemRow.variant_id, StoreItem.store_id == StoreItemRow.store_id
)
_STAGE = Prepared(insert(cast(Table, StoreItemRow.__table__)))


def forget_abandoned() -> int:
    """Delete what an import left behind that was killed; answers how many rows."""
    return forget(StoreItemRow, StoreItemRow.staged_at < clock.now() - _ABANDONED)


def _staged(item: NewStoreItem, codes: Codes) -> dict[str, Any]:
    # Spelled out, for a file has a million of them.
    said = item.model_fields_set
    return {
        "store_id": codes.stores[item.store],
        "variant_id": codes.variants[item.variant],
        "offered": item.offered if "offered" in said else None,
        "sets_price": "price" in said,
        "price": item.price,
        "sets_stock": "stock" in said,
        "stock": item.stock,
        "sets_times": "times" in said,
        "times": item.times,
    }


def _said(name: str) -> ColumnElement[bool]:
    if name == "offered":
        return StoreItemRow.offered.is_not(None)
    said: ColumnElement[bool] = getattr(StoreItemRow, f"sets_{name}")
    return said


def _differs(name: str) -> ColumnElement[bool]:
    """What is staged of this field is said, and is not what is there."""
    return and_(_said(name), getattr(StoreItemRow, name).is_distinct_from(getattr(StoreItem, name)))
