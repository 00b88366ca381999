"""What must hold in the database at any moment, as queries that find no row.

Each feature states its own (inbox/invariants.py, outbox/invariants.py, facts/invariants.py);
`flask doctor --deep` asks them all, and so do the fault tests after every kill.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app import clock
from app.db import db

_LATE = 60.0  # Seconds after its lease by which some worker must have taken up a row again.
_EXAMPLES = 5


@dataclass(frozen=True)
class Invariant:
    """`rows` selects the ids of what breaks it; nothing personal. `promise`: P1, P3 ..."""

    name: str
    promise: str
    rows: Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Broken:
    """An invariant that does not hold, how many rows break it, and the first few of them."""

    name: str
    promise: str
    count: int
    examples: list[str]


def broken(invariants: Iterable[Invariant]) -> list[Broken]:
    """Those that do not hold."""
    checked = (_checked(invariant) for invariant in invariants)
    return [found for found in checked if found.count]


def late(table: Any, busy: str) -> ColumnElement[bool]:
    """A row whose worker died and that nobody has taken up again."""
    return and_(table.state == busy, table.due_at < clock.after(-_LATE))


def repeated(*columns: Any) -> Select[Any]:
    """What is there more than once, though these columns are its key."""
    return select(*columns).group_by(*columns).having(func.count() > 1)


def _checked(invariant: Invariant) -> Broken:
    count = db.session.scalar(select(func.count()).select_from(invariant.rows.subquery())) or 0
    first = db.session.execute(invariant.rows.limit(_EXAMPLES)).all() if count else []
    examples = ["/".join(map(str, row)) for row in first]
    return Broken(invariant.name, invariant.promise, count, examples)
