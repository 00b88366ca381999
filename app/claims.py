"""Work as rows: how a row is claimed, finished and never lost.

A claim is one conditional UPDATE. It raises the fence, which the finishing UPDATE checks, and moves
`due_at` to the end of the lease: when a process dies, the row is simply due again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    String,
    Table,
    bindparam,
    exists,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import BigId, UtcDateTime, fresh_look, run
from app.errors import TsunaguError
from app.faults import unsafe
from app.prepared import Prepared

MAX_TRIES = 8


class LeaseLost(TsunaguError):
    """Somebody else has claimed the row since; what we did with it must not be saved."""

    code = "lease_lost"


class Work:
    """Columns of a table whose rows are work to do."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    # When the row may be taken; while somebody holds it, the end of the lease.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    fence: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(300))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Claiming:
    """What takes due rows of one table, and what looks whether there are any."""

    take: Prepared
    look: Prepared


def open_state(state: ColumnElement[str], busy: str) -> ColumnElement[bool]:
    """`state IN ('pending', busy)`, spelled out so that the partial indexes are used."""
    words: list[ColumnElement[str]] = [literal_column(f"'{word}'") for word in ("pending", busy)]
    return state.in_(words)


def claiming(
    table: FromClause,
    *,
    busy: str,
    turn: Sequence[str],
    wanted: Sequence[ColumnElement[bool]] = (),
    waits_for: Callable[[FromClause], ColumnElement[bool]] = lambda earlier: true(),
) -> Claiming:
    """How due rows of `table` are taken, to be used by `claim` and `any_due`.

    A row waits while an earlier unfinished one agrees with it in the `turn` columns, if `waits_for`
    holds for that earlier one. `wanted` narrows what may be taken.
    """
    rows, earlier = table.c, table.alias("earlier")
    before = [earlier.c[column] == rows[column] for column in turn]
    held_back = exists(1).where(
        *before, earlier.c.id < rows.id, open_state(earlier.c.state, busy), waits_for(earlier)
    )
    now, until, most = _moment("now"), _moment("until"), bindparam("most", type_=Integer)
    due = [open_state(rows.state, busy), rows.due_at <= now, ~held_back, *wanted]
    # In the order of the index: sorting by id would read everything that is due for each claim.
    picked = select(rows.id).where(*due).order_by(rows.due_at, rows.id).limit(most)
    looking = picked.limit(1)
    chosen = picked.with_for_update(skip_locked=True, of=table).cte("picked")
    taking = update(cast(Table, table)).where(rows.id.in_(select(chosen.c.id)))
    counted = {"fence": rows.fence + 1, "attempts": rows.attempts + 1}
    claimed = taking.values(state=busy, due_at=until, **counted).returning(*rows)
    return Claiming(Prepared(claimed), Prepared(looking))


def any_due(claiming: Claiming) -> bool:
    """Whether a claim would find something: a read, for which nobody waits in line."""
    with fresh_look():
        return run(claiming.look, {"now": clock.now()}).first() is not None


def claim(claiming: Claiming, *, lease: timedelta, limit: int) -> Sequence[Any]:
    """Take up to `limit` rows, longest due first, for the lease; answers all columns, by id."""
    now = clock.now()
    taken = run(claiming.take, {"now": now, "until": now + lease, "most": limit})
    return sorted(taken.rows, key=lambda row: row.id)


def finish(table: type[Any], row_id: int, fence: int, **values: Any) -> None:
    """Save the end of our work on a row; raises LeaseLost when it is no longer ours."""
    ours = run(_finishing(table.__table__), {**values, "row_id": row_id, "held_fence": fence})
    if ours.count != 1:
        raise LeaseLost(f"{table.__tablename__} {row_id}")


def finish_all(table: type[Any], ours: Sequence[tuple[int, int, dict[str, Any]]]) -> None:
    """As `finish`, for several rows (id, fence, values of the same columns) in one statement."""
    values = [{**values, "row_id": row_id, "held_fence": fence} for row_id, fence, values in ours]
    if values and run(_finishing(table.__table__), values).count != len(values):
        raise LeaseLost(f"some of {len(values)} rows of {table.__tablename__}")


@cache
def _finishing(table: Table) -> Prepared:
    still_ours = true() if unsafe("no_fence") else table.c.fence == bindparam("held_fence")
    return Prepared(update(table).where(table.c.id == bindparam("row_id"), still_ours))


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime)


def backoff(attempts: int, *, longest: float) -> timedelta:
    """How long to wait after the n-th failed try: 1, 2, 4 ... seconds, at most `longest`."""
    doublings = min(max(attempts - 1, 0), 60)  # Beyond that a float would overflow some day.
    return timedelta(seconds=min(2.0**doublings, longest))
