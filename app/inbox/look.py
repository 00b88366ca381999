"""Reads and repairs of the inbox for staff: what waits, what is dead and why, try again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app import clock
from app.db import changed, db, transaction, wake_after_commit
from app.errors import NotFound
from app.inbox.models import InboxEvent


@dataclass(frozen=True)
class Entry:
    """An event as the list shows it; nothing in it is personal."""

    id: int
    account_id: int
    kind: str
    state: str
    attempts: int
    received_at: datetime
    outcome: str | None


def counts() -> dict[str, int]:
    """State -> number of events."""
    rows = db.session.execute(
        select(InboxEvent.state, func.count().label("number")).group_by(InboxEvent.state)
    )
    return {row.state: row.number for row in rows}


def listed(state: str | None, limit: int) -> list[Entry]:
    """The newest events, of one state or of all."""
    columns = [getattr(InboxEvent, name) for name in Entry.__dataclass_fields__]
    found = select(*columns).order_by(InboxEvent.id.desc()).limit(limit)
    if state:
        found = found.where(InboxEvent.state == state)
    return [Entry(*row) for row in db.session.execute(found)]


def payload(event_id: int) -> str:
    """LINE's JSON of an event, personal data included; raises NotFound."""
    found = db.session.get(InboxEvent, event_id)
    if found is None:
        raise NotFound(f"inbox {event_id}")
    return found.payload


def retry(event_id: int | None = None) -> int:
    """Make a dead event, or all of them, due again; stale ones stay dead. Answers how many."""
    dead = update(InboxEvent).where(InboxEvent.state == "dead", InboxEvent.outcome != "stale")
    if event_id is not None:
        dead = dead.where(InboxEvent.id == event_id)
    with transaction():
        wake_after_commit("inbox")
        again = {"state": "pending", "attempts": 0, "due_at": clock.now(), "finished_at": None}
        return changed(dead.values(**again))
