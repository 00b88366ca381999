"""The mails as work: rows taken by the lane, what is in them, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import and_, or_, select, update

from app import clock
from app.claims import Claiming, any_due, claim, claiming, finish
from app.db import changed, db, fresh_look, transaction
from app.faults import lease
from app.outbox.models import MailItem

LEASE = lease(timedelta(seconds=20))  # Longer than a talk with the mail server can take (10 s).
ENDED = ("sent", "failed", "dead", "expired")


@dataclass(frozen=True)
class Item:
    """A row as the lane has taken it, without what is personal in it."""

    id: int
    fence: int
    attempts: int
    letter: str
    language: str
    mark: str
    expires_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Contents:
    """What is personal in a row."""

    address: str
    data: dict[str, Any]


_COLUMNS = [field.name for field in fields(Item)]
_DUE: Claiming = claiming(MailItem.__table__, busy="sending", columns=_COLUMNS)


def waiting() -> bool:
    """Whether `take` would find a row."""
    return any_due(_DUE)


def take(limit: int) -> list[Item]:
    """Claim up to `limit` due rows."""
    rows: Sequence[Any] = claim(_DUE, lease=LEASE, limit=limit)
    return [Item(**row._asdict()) for row in rows]


def opened(item: Item) -> Contents:
    """What a row says and to whom; raises WrongKey."""
    wanted = select(MailItem.address, MailItem.data).where(MailItem.id == item.id)
    with fresh_look():
        row = db.session.execute(wanted).one()
    return Contents(row.address or "", orjson.loads(row.data or "{}"))


def save(item: Item, **values: Any) -> None:
    """Change a row we hold, and forget its contents if that ends it; raises LeaseLost."""
    if values["state"] in ENDED:
        values |= {"address": None, "data": None, "finished_at": clock.now()}
    finish(MailItem, item.id, item.fence, **values)


def end_expired() -> int:
    """End the mails whose time is over and that nobody is sending; answers how many."""
    now = clock.now()
    in_no_hands = or_(
        MailItem.state == "pending", and_(MailItem.state == "sending", MailItem.due_at <= now)
    )
    over = update(MailItem).where(MailItem.expires_at <= now, in_no_hands)
    gone = {"address": None, "data": None, "fence": MailItem.fence + 1}
    with transaction():
        return changed(over.values(state="expired", finished_at=now, **gone))
