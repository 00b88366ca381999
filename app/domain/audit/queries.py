"""Reading the audit log, and checking that it is whole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.db import db, fresh_look
from app.domain.audit import rules
from app.domain.audit.models import AuditEntry, AuditHead

PAGE = 50
_AT_ONCE = 1000


@dataclass(frozen=True)
class Entry:
    """One entry, as a page shows it."""

    id: int
    at: datetime
    action: str
    staff_id: int | None
    role: str | None
    about: str | None
    store_id: int | None
    account_id: int | None
    reason: str | None
    network: str | None
    data: dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """How many entries were checked, the hash the chain ends with, and what is wrong."""

    entries: int
    head: str
    problems: Sequence[str]


def listed(
    *,
    before: int | None = None,
    about: str | None = None,
    staff_id: int | None = None,
    stores: frozenset[int] | None = None,
    accounts: frozenset[int] | None = None,
    people: Collection[int] | None = None,
    limit: int = PAGE,
) -> list[Entry]:
    """Entries, newest first, those with ids below `before` (the cursor).

    `about` ("member/12") and `staff_id` narrow it down. With `stores` or `accounts` nothing
    is shown that happened elsewhere; of what belongs to no place, only what `people` (ids) did.
    """
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(AuditEntry.id < before)
    if about is not None:
        wanted = wanted.where(AuditEntry.about == about)
    if staff_id is not None:
        wanted = wanted.where(AuditEntry.staff_id == staff_id)
    for column, scope in ((AuditEntry.store_id, stores), (AuditEntry.account_id, accounts)):
        if scope is not None:
            wanted = wanted.where(column.in_(scope) | column.is_(None))
    if people is not None:
        scopes = ((AuditEntry.store_id, stores), (AuditEntry.account_id, accounts))
        placed = [column.is_not(None) for column, scope in scopes if scope is not None]
        wanted = wanted.where(or_(AuditEntry.staff_id.in_(people), *placed))
    return [_entry(row) for row in db.session.scalars(wanted)]


def verify() -> Verdict:
    """Go through the whole chain: no gap, no changed entry, no end that was cut off.

    Who may write to the tables could make a whole new chain; note the last hash elsewhere to see
    that too (docs/staff.md).
    """
    problems: list[str] = []
    last, told = 0, rules.BEGINNING
    with fresh_look():
        head = db.session.scalar(select(AuditHead))
        while rows := _after(last):
            for row in rows:
                problems += _wrong(row, last, told)
                last, told = row.id, row.hash
    ends = (head.entry_id, head.hash) if head else (0, rules.BEGINNING)
    if ends != (last, told):
        problems.append(f"the chain ends at {last}, not at {ends[0]}")
    return Verdict(last, told, problems)


def _after(last: int) -> Sequence[AuditEntry]:
    wanted = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id)
    fresh = wanted.limit(_AT_ONCE).execution_options(populate_existing=True)
    rows = db.session.scalars(fresh).all()
    db.session.expunge_all()  # A long chain must not fill the memory.
    return rows


def _wrong(row: AuditEntry, last: int, told: str) -> list[str]:
    found = []
    if row.id != last + 1:
        found.append(f"entries {last + 1} to {row.id - 1} are missing")
    if row.prev_hash != told:
        found.append(f"entry {row.id} does not follow the one before it")
    columns = {column.key: getattr(row, column.key) for column in AuditEntry.__table__.columns}
    if rules.link(row.prev_hash, columns) != row.hash:
        found.append(f"entry {row.id} was changed")
    return found


def _entry(row: AuditEntry) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})
