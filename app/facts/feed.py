"""The facts in order, for whoever tells them on: what comes after a place, and how far is safe.

PostgreSQL hands out ids before a transaction commits, so a lower id can appear after a higher one.
A reader that remembers the last id it saw would miss it. Up to the settled id none can appear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, cast, func, select

from app.db import db, fresh_look
from app.facts.models import Fact


@dataclass(frozen=True)
class Happened:
    """One fact, as it is kept."""

    id: int
    kind: str
    at: datetime
    account_id: int | None
    person_id: int | None
    data: dict[str, Any]


class Settled:
    """Looks up to which id every fact is there, or will never be; one for each reader.

    On PostgreSQL the newest id is settled once all transactions have ended that ran when it was
    seen. SQLite has one writer at a time: there it is settled at once.
    """

    def __init__(self) -> None:
        self._settled = 0
        self._seen: tuple[int, int] | None = None

    def look(self) -> int:
        """The settled id, 0 if there is none; each look may find a later one."""
        with fresh_look():
            if db.engine.dialect.name == "sqlite":
                return newest()
            last, oldest_running, next_one = db.session.execute(_SNAPSHOT).one()
        if self._seen is None:
            self._seen = last, next_one
        before, then_next = self._seen
        if oldest_running >= then_next:
            self._settled, self._seen = before, (last, next_one)
        if oldest_running == next_one:
            self._settled, self._seen = last, None  # Nothing runs that could add a lower one.
        return self._settled


def newest() -> int:
    """The newest fact's id, 0 before the first; a lower one may still appear."""
    return db.session.scalar(select(func.max(Fact.id))) or 0


def after(place: int, upto: int, limit: int) -> Sequence[Happened]:
    """The facts after a place, up to a settled id, in order."""
    columns = [getattr(Fact, name) for name in Happened.__dataclass_fields__]
    wanted = select(*columns).where(Fact.id > place, Fact.id <= upto).order_by(Fact.id)
    return [Happened(*row) for row in db.session.execute(wanted.limit(limit))]


def one(fact_id: int) -> Happened:
    """The fact with this id."""
    columns = [getattr(Fact, name) for name in Happened.__dataclass_fields__]
    return Happened(*db.session.execute(select(*columns).where(Fact.id == fact_id)).one())


def _number(xid: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(cast(xid, String), BigInteger)  # The driver does not know the type xid8.


_NOW = func.pg_current_snapshot()
_SNAPSHOT = select(
    select(func.coalesce(func.max(Fact.id), 0)).scalar_subquery(),
    _number(func.pg_snapshot_xmin(_NOW)),
    _number(func.pg_snapshot_xmax(_NOW)),
)
"""In one statement, so of one moment: the newest fact, the oldest transaction that still runs, and
the first that has not begun; these two are equal when none runs."""
