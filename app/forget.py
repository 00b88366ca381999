"""Deleting old rows in small steps, so that nobody waits long for the database."""

from sqlalchemy import ColumnElement, delete, select

from app.db import changed, transaction

_AT_ONCE = 500  # Keeps each write transaction under 5 ms.


def forget(table: type, *which: ColumnElement[bool]) -> int:
    """Delete the rows of `table` for which all of `which` hold; answers how many."""
    total = 0
    while gone := _some(table, *which):
        total += gone
    return total


def _some(table: type, *which: ColumnElement[bool]) -> int:
    some = select(table.id).where(*which).order_by(table.id).limit(_AT_ONCE)  # type: ignore[attr-defined]
    with transaction():
        return changed(delete(table).where(table.id.in_(some)))  # type: ignore[attr-defined]
