"""The outbox as work: rows taken by the sender, and what it saves about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, FromClause, and_, false, not_, or_

from app.claims import Claiming, any_due, claim, claiming, finish, finish_all
from app.faults import lease
from app.outbox.models import OutboxItem

LEASE = lease(timedelta(seconds=10))  # Longer than a call can take (connect 2 s, read 5 s).
PAID = ("push", "multicast")  # What counts to LINE's monthly quota.


Route = Literal["reply", "push", "multicast", "profile", "linkToken"]


@dataclass(frozen=True)
class Item:
    """A row as the sender has taken it: `unsure` is how it stood before."""

    id: int
    fence: int
    attempts: int
    account_id: int
    person_id: int | None
    recipient: str | None
    recipients: list[str] | None
    route: Route
    notices: list[dict[str, Any]]
    reply_token: str | None
    reply_until: datetime | None
    body: bytes | None
    retry_key: str | None
    first_try_at: datetime | None
    expires_at: datetime | None
    unsure: bool


_COLUMNS = [field.name for field in fields(Item)]


def waiting(lane: str, paused: Mapping[int, str]) -> bool:
    """Whether `take` would find a row."""
    return any_due(_due(lane, frozenset(paused.items())))


def take(
    lane: str, limit: int, paused: Mapping[int, str], *, everywhere: bool = False
) -> list[Item]:
    """Claim up to `limit` due rows. `paused`: account id -> "paid" or "all", left alone.

    `everywhere`: as in `claims.claim`.
    """
    due = _due(lane, frozenset(paused.items()))
    rows = claim(due, lease=LEASE, limit=limit, everywhere=everywhere)
    return [Item(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows]


def save(item: Item, **values: Any) -> None:
    """Change a row we hold; raises LeaseLost when it is no longer ours."""
    finish(OutboxItem, item.id, item.fence, **values)


def save_all(changes: Sequence[tuple[Item, dict[str, Any]]]) -> None:
    """Change rows we hold, each in the same columns; raises LeaseLost if one is no longer ours."""
    finish_all(OutboxItem, [(item.id, item.fence, values) for item, values in changes])


@lru_cache(maxsize=100)
def _due(lane: str, paused: frozenset[tuple[int, str]]) -> Claiming:
    stopped = [account for account, what in paused if what == "all"]
    unpaid = [account for account, what in paused if what == "paid"]
    table = OutboxItem.__table__
    return claiming(
        table,
        busy="sending",
        turn=("recipient", "account_id"),
        wanted=[table.c.lane == lane, not_(_rests(table, stopped, unpaid))],
        # A push that waits for the pause to end must not cost the person a free reply.
        waits_for=lambda earlier: and_(
            earlier.c.holds_back.is_(True), not_(_rests(earlier, [], unpaid))
        ),
    )


def _rests(table: FromClause, stopped: list[int], unpaid: list[int]) -> ColumnElement[bool]:
    of_unpaid = [table.c.account_id == account for account in unpaid]
    paid = [table.c.route == route for route in PAID]
    return or_(
        false(),
        *[table.c.account_id == account for account in stopped],
        *[and_(of_this, or_(*paid)) for of_this in of_unpaid],
    )
