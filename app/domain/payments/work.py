"""Payments as work: taken by the lane, asked of the provider by it, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from app import clock
from app.claims import LeaseLost, any_due, backoff, claim, claiming
from app.db import db
from app.domain.payments import limits
from app.domain.payments.models import Payment
from app.domain.payments.provider import Begun
from app.facts.record import record
from app.faults import lease

LANE: Final = "payments"
LEASE: Final = lease(timedelta(seconds=60))  # Longer than a call to a slow provider.

_LONGEST_WAIT: Final = 3600.0
_AFTER: Final[Mapping[str, str]] = {
    "begin": "begun", "capture": "paid", "cancel": "cancelled", "refund": "refunded"
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A payment as the lane has taken it."""

    id: int
    fence: int
    attempts: int
    about: str
    provider: str
    yen: int
    key: str
    ref: str | None
    asks: str


@dataclass(frozen=True)
class Came:
    """What came of a call: `again` and why, or for good; `agreed` False: not paid yet."""

    begun: Begun | None = None
    agreed: bool = True
    again: bool = False
    refused: bool = False
    why: str | None = None


_COLUMNS = [field.name for field in fields(Item)]
_DUE = claiming(Payment.__table__, busy="asking", columns=_COLUMNS)


def waiting() -> bool:
    """Whether `take` would find a row."""
    return any_due(_DUE)


def take(limit: int) -> list[Item]:
    """Claim up to `limit` due rows."""
    rows: Sequence[Any] = claim(_DUE, lease=LEASE, limit=limit)
    return [Item(**row._asdict()) for row in rows]


def save(item: Item, came: Came) -> None:
    """Save what became of a row we hold, inside of a transaction; raises LeaseLost.

    Where the money is not wanted any more by now, that is asked for next.
    """
    wanted = select(Payment).filter_by(id=item.id, fence=item.fence).with_for_update()
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None or row.state != "asking":
        raise LeaseLost(f"payment {item.id}")
    row.outcome, row.finished_at = came.why, clock.now()
    if came.begun is not None:
        row.ref, row.url = came.begun.ref, came.begun.url
    if came.again:
        _again(row)
    elif came.refused:
        row.state = "dead"
    else:
        row.state = "rest"
        if came.agreed:
            _stands(row, _AFTER[row.asks])
    if row.back_at is not None and row.asks not in ("cancel", "refund"):
        _ask_back(row)
    db.session.flush()


def _again(row: Payment) -> None:
    row.state = "pending" if row.attempts < limits.TRIES else "dead"
    row.due_at = clock.now() + backoff(row.attempts, longest=_LONGEST_WAIT)


def _ask_back(row: Payment) -> None:
    row.asks = "refund" if row.stands == "paid" else "cancel"
    row.state, row.attempts, row.due_at = "pending", 0, clock.now()


def _stands(row: Payment, stands: str) -> None:
    row.stands = stands
    if stands != "begun":
        record(f"payment.{stands}", cause=row.cause, slot=str(row.id), yen=row.yen)
