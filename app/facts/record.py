"""The business log: what happened is recorded with what caused it, once."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db, insert_once, transaction
from app.facts.models import Fact


def record(
    kind: str,
    *,
    cause: str,
    account_id: int | None = None,
    person_id: int | None = None,
    at: datetime | None = None,
    slot: str = "",
    **data: Any,
) -> bool:
    """Note that `kind` happened because of `cause`; answers False if that was noted before.

    `at` is when it happened (default: now). `slot` tells apart several facts of one kind that one
    cause has. `data` holds ids and figures, no personal data.
    """
    with transaction():
        return insert_once(
            Fact,
            kind=kind,
            at=at or clock.now(),
            account_id=account_id,
            person_id=person_id,
            cause=cause,
            slot=slot,
            data=data,
        )


def recorded(kind: str, *, cause: str, slot: str = "") -> bool:
    """Whether this was noted: what this cause should bring about, it has brought about."""
    this = select(Fact.id).filter_by(kind=kind, cause=cause, slot=slot)
    return db.session.scalar(this) is not None
