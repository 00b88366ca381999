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
    ARRAY,
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    String,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import BigId, UtcDateTime, fresh_look, run, unnests
from app.errors import TsunaguError
from app.faults import unsafe
from app.prepared import Prepared

MAX_TRIES = 8
_FRONT = 4  # A claim looks at so many times the rows it may take: who is ahead of each costs most.
_WHOLE_LINE = 2**31 - 1


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
    turn: Sequence[str] = (),
    wanted: Sequence[ColumnElement[bool]] = (),
    waits_for: Callable[[FromClause], ColumnElement[bool]] = lambda earlier: true(),
    columns: Sequence[str] | None = None,
) -> Claiming:
    """How due rows of `table` are taken, to be used by `claim` and `any_due`.

    A row waits while an earlier unfinished one agrees with it in the `turn` columns, if `waits_for`
    holds for that earlier one; without such columns none waits. `wanted` narrows what may be taken.
    `columns`: what a claim answers, by default all there are.
    """
    rows = table.c
    now, until, most = _moment("now"), _moment("until"), bindparam("most", type_=Integer)
    due = [open_state(rows.state, busy), rows.due_at <= now, *wanted]

    def free(row: Any) -> ColumnElement[bool]:
        ahead = table.alias("ahead")
        before = [ahead.c[column] == row[column] for column in turn]
        before += [ahead.c.id < row.id, open_state(ahead.c.state, busy), waits_for(ahead)]
        # As NOT EXISTS, PostgreSQL may compare each row with all that are open.
        nobody = select(ahead.c.id).where(*before).limit(1).scalar_subquery().is_(None)
        return nobody if turn else true()

    line = select(*[rows[name] for name in ("id", "state", "fence", "due_at", *turn)]).where(*due)
    # In the order of the index: sorting by id would read everything that is due for each claim.
    line = line.order_by(rows.due_at, rows.id)
    front = line.limit(bindparam("front", type_=Integer)).cte("front")
    # Until a row is locked, somebody else can claim or finish it.
    unchanged = [rows[name] == front.c[name] for name in ("id", "state", "fence")]
    picked = select(rows.id).select_from(front, table).where(*unchanged, free(front.c))
    picked = picked.order_by(front.c.due_at, front.c.id).limit(most)
    chosen = picked.with_for_update(skip_locked=True, of=table).cte("picked")
    taking = update(cast(Table, table)).where(rows.id.in_(select(chosen.c.id)))
    counted = {"fence": rows.fence + 1, "attempts": rows.attempts + 1}
    answered = [rows[column] for column in columns] if columns else list(rows)
    claimed = taking.values(state=busy, due_at=until, **counted).returning(*answered)
    looking = select(rows.id).where(*due, free(rows)).limit(1)
    return Claiming(Prepared(claimed), Prepared(looking))


def any_due(claiming: Claiming) -> bool:
    """Whether a claim would find something: a read, for which nobody waits in line."""
    with fresh_look():
        return run(claiming.look, {"now": clock.now()}).first() is not None


def claim(
    claiming: Claiming, *, lease: timedelta, limit: int, everywhere: bool = False
) -> Sequence[Any]:
    """Take up to `limit` rows, longest due first, for the lease; answers all columns, by id.

    Of a long line only the front is looked at, unless `everywhere`: there all may wait for others.
    """
    now = clock.now()
    front = _WHOLE_LINE if everywhere else _FRONT * limit
    values = {"now": now, "until": now + lease, "most": limit, "front": front}
    return sorted(run(claiming.take, values).rows, key=lambda row: row.id)


def finish(table: type[Any], row_id: int, fence: int, **values: Any) -> None:
    """Save the end of our work on a row; raises LeaseLost when it is no longer ours."""
    ours = run(_finishing(table.__table__), {**values, "row_id": row_id, "held_fence": fence})
    if ours.count != 1:
        raise LeaseLost(f"{table.__tablename__} {row_id}")


def finish_all(table: type[Any], ours: Sequence[tuple[int, int, dict[str, Any]]]) -> None:
    """As `finish`, for several rows (id, fence, values of the same columns) in one statement."""
    rows = [{**values, "row_id": row_id, "held_fence": fence} for row_id, fence, values in ours]
    if rows and _finished(table.__table__, rows) != len(rows):
        raise LeaseLost(f"some of {len(rows)} rows of {table.__tablename__}")


def _finished(table: Table, rows: Sequence[dict[str, Any]]) -> int:
    if not unnests():
        return run(_finishing(table), rows).count
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return run(_finishing_many(table, tuple(columns)), columns).count


@cache
def _finishing(table: Table) -> Prepared:
    given: dict[str, BindParameter[int]] = {
        name: bindparam(name) for name in ("row_id", "held_fence")
    }
    return Prepared(update(table).where(*_still_ours(table, given)))


@cache
def _finishing_many(table: Table, names: Sequence[str]) -> Prepared:
    kinds = {"row_id": table.c.id.type, "held_fence": table.c.fence.type}
    kinds |= {name: table.c[name].type for name in names if name not in kinds}
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items()]
    given = func.unnest(*arrays).table_valued(*kinds, name="given").render_derived().c
    changes = {name: given[name] for name in names if name in table.c}
    return Prepared(update(table).values(changes).where(*_still_ours(table, given)))


def _still_ours(table: Table, given: Any) -> Sequence[ColumnElement[bool]]:
    fence = true() if unsafe("no_fence") else table.c.fence == given["held_fence"]
    return table.c.id == given["row_id"], fence


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime)


def backoff(attempts: int, *, longest: float) -> timedelta:
    """How long to wait after the n-th failed try: 1, 2, 4 ... seconds, at most `longest`."""
    doublings = min(max(attempts - 1, 0), 60)  # Beyond that a float would overflow some day.
    return timedelta(seconds=min(2.0**doublings, longest))
