"""Reads and repairs of the outbox for staff: what waits, what failed and why, try again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app import clock
from app.db import changed, db, transaction, wake_after_commit
from app.errors import NotFound
from app.outbox.models import OutboxItem


@dataclass(frozen=True)
class Entry:
    """A call as the list shows it; nothing in it is personal."""

    id: int
    account_id: int
    route: str
    notice: str
    state: str
    attempts: int
    created_at: datetime
    http_status: int | None
    request_id: str | None
    outcome: str | None


def counts() -> dict[str, int]:
    """State -> number of calls."""
    rows = db.session.execute(
        select(OutboxItem.state, func.count().label("number")).group_by(OutboxItem.state)
    )
    return {row.state: row.number for row in rows}


def listed(state: str | None, limit: int) -> list[Entry]:
    """The newest calls, of one state or of all."""
    columns = [getattr(OutboxItem, name) for name in Entry.__dataclass_fields__]
    found = select(*columns).order_by(OutboxItem.id.desc()).limit(limit)
    if state:
        found = found.where(OutboxItem.state == state)
    return [Entry(*row) for row in db.session.execute(found)]


def body(item_id: int) -> bytes:
    """The exact JSON of a call, personal data included; empty before its first try."""
    found = db.session.get(OutboxItem, item_id)
    if found is None:
        raise NotFound(f"outbox {item_id}")
    return found.body or b""


def retry(item_id: int | None = None, *, unknown: bool = False) -> int:
    """Send a failed call, or all of them, again as a new push; answers how many.

    `unknown` includes those that LINE may have taken: the person may then read it twice.
    """
    states = ("failed", "unknown") if unknown else ("failed",)
    ended = update(OutboxItem).where(OutboxItem.state.in_(states))
    if item_id is not None:
        ended = ended.where(OutboxItem.id == item_id)
    with transaction():
        wake_after_commit("outbox")
        wake_after_commit("bulk")
        replies = ended.where(OutboxItem.route == "reply", OutboxItem.recipient.is_not(None))
        return changed(replies.values(route="push", **_anew())) + changed(ended.values(**_anew()))


def _anew() -> dict[str, object]:
    return {
        "state": "pending",
        "attempts": 0,
        "due_at": clock.now(),
        "body": None,
        "retry_key": None,
        "first_try_at": None,
        "unsure": False,
        "finished_at": None,
    }
