"""Reads about codes, handed out as plain values."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.cards import rules
from app.domain.cards.models import CardCode


@dataclass(frozen=True)
class Use:
    """That a code was used, and in which store."""

    at: datetime
    store_id: int


def used(person_id: int, since: datetime) -> list[Use]:
    """The uses of the person's codes after a moment, oldest first; for the page that shows them."""
    wanted = select(CardCode.used_at, CardCode.store_id).filter_by(person_id=person_id)
    # A use is at most a life later than the making, by which the index finds it.
    recent = wanted.where(CardCode.issued_at > since - rules.DEAD_AFTER, CardCode.used_at > since)
    found = db.session.execute(recent.order_by(CardCode.used_at))
    return [Use(at, store_id) for at, store_id in found if at and store_id]
