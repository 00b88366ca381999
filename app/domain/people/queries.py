"""Reads about people."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.domain.people.models import Friendship, LineUser


@dataclass(frozen=True)
class Addressee:
    """How to speak to a person: their name on LINE and their language, where known."""

    name: str | None
    language: str | None


def addressees(person_ids: Collection[int]) -> dict[int, Addressee]:
    """Person id -> how to speak to them."""
    if not person_ids:
        return {}
    rows = db.session.execute(
        select(LineUser.id, LineUser.display_name, LineUser.language).where(
            LineUser.id.in_(person_ids)
        )
    )
    return {row.id: Addressee(row.display_name, row.language) for row in rows}


def following(account_id: int, person_id: int) -> bool | None:
    """Whether the person follows the account; None while nothing has told us."""
    return db.session.scalar(
        select(Friendship.following).filter_by(account_id=account_id, line_user_id=person_id)
    )
