"""People whose menu is to be told to LINE, as work: taken by the lane, and what it saves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Boolean, Integer, String, Table, bindparam, case, true, update

from app import clock
from app.claims import Claiming, any_due, claim, claiming
from app.db import UtcDateTime, run
from app.domain.menus.models import PersonMenu
from app.faults import lease, unsafe
from app.prepared import Prepared

LEASE = lease(timedelta(seconds=20))


@dataclass(frozen=True)
class Row:
    """A row as the lane has taken it, until `due_at`, and what LINE was last told."""

    id: int
    fence: int
    attempts: int
    touched: int
    account_id: int
    person_id: int
    told_id: int | None
    sure: bool
    switched: bool
    urgent: bool
    due_at: datetime

    @property
    def certain(self) -> bool:
        """Whether LINE shows what it was last told: no later call can have changed that."""
        return self.sure and (self.attempts <= 1 or unsafe("trust_told"))


_COLUMNS = [field.name for field in fields(Row)]


def waiting(*, urgent: bool, stopped: Iterable[int]) -> bool:
    """Whether `take` would find a row."""
    return any_due(_due(urgent, frozenset(stopped)))


def take(limit: int, *, urgent: bool, stopped: Iterable[int]) -> list[Row]:
    """Claim up to `limit` due rows, either the urgent ones or the others.

    `stopped`: ids of accounts that are left alone.
    """
    rows = claim(_due(urgent, frozenset(stopped)), lease=LEASE, limit=limit)
    return [Row(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows]


def told(rows: Sequence[tuple[Row, int | None]], *, rest: float = 0.0) -> int:
    """LINE shows these people these menus (None: the default); answers how many were still ours.

    What was touched meanwhile is due again, in `rest` seconds at the soonest.
    """
    end = _done(rest)
    return _run(_TOLD, [_key(row) | end | {"menu": menu, "stayed": False} for row, menu in rows])


def stay(rows: Sequence[Row]) -> int:
    """These people see what they should see already; answers how many were still ours."""
    end = _done(0.0)
    same = [{"menu": row.told_id, "stayed": row.switched} for row in rows]
    return _run(_TOLD, [_key(row) | end | kept for row, kept in zip(rows, same, strict=True)])


def again(rows: Sequence[Row], *, wait: float, why: str, counted: bool, urgent: bool) -> int:
    """Try these again in `wait` seconds; `counted` where LINE may have taken the call."""
    due = {"due": clock.after(wait), "end_state": "pending", "ended": None, "why": why[:300]}
    return _run(_AGAIN, [_key(row) | due | _as(row, counted, urgent) for row in rows])


def failed(rows: Sequence[Row], *, why: str) -> int:
    """LINE will never take this for these people."""
    now = clock.now()
    end = {"due": now, "end_state": "failed", "ended": now, "why": why[:300]}
    return _run(_AGAIN, [_key(row) | end | _as(row, True, row.urgent) for row in rows])


def _done(rest: float) -> dict[str, Any]:
    end = {"end_state": "done", "end_attempts": 0, "ended": clock.now(), "why": None}
    return {**end, "due": clock.after(rest)}


def _as(row: Row, counted: bool, urgent: bool) -> dict[str, Any]:
    return {"end_attempts": row.attempts - (not counted), "is_urgent": urgent}


def _key(row: Row) -> dict[str, Any]:
    return {"row_id": row.id, "held_fence": row.fence, "seen": row.touched}


def _run(statement: Prepared, values: list[dict[str, Any]]) -> int:
    return run(statement, values).count if values else 0


@lru_cache(maxsize=100)
def _due(urgent: bool, stopped: frozenset[int]) -> Claiming:
    rows = PersonMenu.__table__.c
    left_alone = [rows.account_id != account for account in stopped]
    wanted = [rows.urgent.is_(urgent), *left_alone]
    return claiming(PersonMenu.__table__, busy="telling", wanted=wanted, columns=_COLUMNS)


_rows = PersonMenu.__table__.c
_SAME = _rows.touched == bindparam("seen", type_=Integer)
_OURS = (
    _rows.id == bindparam("row_id", type_=Integer),
    _rows.fence == bindparam("held_fence", type_=Integer),
)


def _ending(**more: Any) -> Prepared:
    """Save how a row ended, unless it was touched meanwhile: then it is due again."""
    untouched = true() if unsafe("no_touch") else _SAME
    state = bindparam("end_state", type_=String)
    ended = bindparam("ended", type_=UtcDateTime)
    statement = update(cast(Table, PersonMenu.__table__)).where(*_OURS)
    return Prepared(
        statement.values(
            state=case((untouched, state), else_="pending"),
            finished_at=case((untouched, ended), else_=None),
            due_at=bindparam("due", type_=UtcDateTime),
            attempts=bindparam("end_attempts", type_=Integer),
            outcome=bindparam("why", type_=String),
            **more,
        )
    )


_TOLD = _ending(
    told_id=bindparam("menu", type_=Integer),
    sure=case((_SAME, True), else_=_rows.sure),
    switched=bindparam("stayed", type_=Boolean),
    urgent=case((_SAME, False), else_=_rows.urgent),
)
_AGAIN = _ending(urgent=case((_SAME, bindparam("is_urgent", type_=Boolean)), else_=_rows.urgent))
