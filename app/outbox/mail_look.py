"""Reads and repairs of the mails for staff: what waits, what failed and why, try at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app import clock
from app.db import changed, db, transaction, wake_after_commit
from app.outbox.mail import LANE
from app.outbox.models import MailItem


@dataclass(frozen=True)
class Entry:
    """A mail as the list shows it; nothing in it is personal."""

    id: int
    letter: str
    state: str
    attempts: int
    created_at: datetime
    outcome: str | None


def counts() -> dict[str, int]:
    """State -> number of mails."""
    rows = db.session.execute(
        select(MailItem.state, func.count().label("number")).group_by(MailItem.state)
    )
    return {row.state: row.number for row in rows}


def listed(state: str | None, limit: int) -> list[Entry]:
    """The newest mails, of one state or of all."""
    columns = [getattr(MailItem, name) for name in Entry.__dataclass_fields__]
    found = select(*columns).order_by(MailItem.id.desc()).limit(limit)
    if state:
        found = found.where(MailItem.state == state)
    return [Entry(*row) for row in db.session.execute(found)]


def retry(mail_id: int | None = None) -> int:
    """Try a waiting mail, or all of them, at once with all its tries; answers how many.

    One that has ended cannot be sent again: its contents are gone.
    """
    waiting = update(MailItem).where(MailItem.state == "pending")
    if mail_id is not None:
        waiting = waiting.where(MailItem.id == mail_id)
    with transaction():
        wake_after_commit(LANE)
        return changed(waiting.values(attempts=0, due_at=clock.now()))
