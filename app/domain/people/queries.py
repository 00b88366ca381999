"""Reads about people."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.db import db, run
from app.domain.people.models import Friendship, LineUser
from app.prepared import Prepared


@dataclass(frozen=True)
class Addressee:
    """How to speak to a person: their name on LINE and their language, where known."""

    name: str | None
    language: str | None


def addressees(person_ids: Collection[int]) -> dict[int, Addressee]:
    """Person id -> how to speak to them."""
    found = [run(_ADDRESSEE, {"of_person": person_id}).first() for person_id in person_ids]
    return {row.id: Addressee(row.display_name, row.language) for row in found if row}


def following(account_id: int, person_id: int) -> bool | None:
    """Whether the person follows the account; None while nothing has told us."""
    return db.session.scalar(
        select(Friendship.following).filter_by(account_id=account_id, line_user_id=person_id)
    )


_people = LineUser.__table__
_ADDRESSEE = Prepared(
    select(_people.c.id, _people.c.display_name, _people.c.language).where(
        _people.c.id == bindparam("of_person")
    )
)
