"""Reads about people."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.db import db, run
from app.domain.people.errors import NoSuchPerson
from app.domain.people.models import Friendship, LineUser, spoken
from app.prepared import IsOneOf, Prepared


@dataclass(frozen=True)
class Addressee:
    """How to speak to a person: their name on LINE and their language, where known."""

    name: str | None
    language: str | None


@dataclass(frozen=True)
class Profile:
    """A person as LINE names and shows them; `language` is what they chose, else LINE's word."""

    user_id: str
    name: str | None
    picture_url: str | None
    language: str | None


def addressees(person_ids: Collection[int]) -> dict[int, Addressee]:
    """Person id -> how to speak to them."""
    found = [row for some in _by_ids(sorted(person_ids)) for row in run(_ADDRESSEES, some).rows]
    return {row.id: Addressee(row.display_name, row.language) for row in found}


def _by_ids(person_ids: Sequence[int]) -> Iterator[dict[str, int]]:
    """Values for _ADDRESSEES; the last id also fills the places that are left."""
    for start in range(0, len(person_ids), _AT_ONCE):
        some = person_ids[start : start + _AT_ONCE]
        filled = [*some, *[some[-1]] * (_AT_ONCE - len(some))]
        yield dict(zip(_ID_NAMES, filled, strict=True))


def find(provider_id: int, user_id: str) -> int | None:
    """The person with this id at LINE, or None."""
    wanted = select(LineUser.id).filter_by(provider_id=provider_id, user_id=user_id)
    return db.session.scalar(wanted)


def following(account_id: int, person_id: int) -> bool | None:
    """Whether the person follows the account; None while nothing has told us."""
    return db.session.scalar(
        select(Friendship.following).filter_by(account_id=account_id, line_user_id=person_id)
    )


def profile(person_id: int) -> Profile:
    """What is known of a person; raises NoSuchPerson."""
    person = db.session.get(LineUser, person_id)
    if person is None:
        raise NoSuchPerson(f"person {person_id}")
    language = person.chosen_language or person.language
    return Profile(person.user_id, person.display_name, person.picture_url, language)


def friends(account_id: int, *, after: int, limit: int) -> list[int]:
    """Ids of people who have not blocked the account, by id, from the one after `after` on."""
    known = select(Friendship.line_user_id).filter_by(account_id=account_id)
    known = known.where(Friendship.line_user_id > after, Friendship.following.is_not(False))
    return list(db.session.scalars(known.order_by(Friendship.line_user_id).limit(limit)))


def user_ids(person_ids: Collection[int]) -> dict[int, str]:
    """Person id -> LINE's userId."""
    return {row.id: row.user_id for row in run(_USER_IDS, {"ids": list(person_ids)}).rows}


_people = LineUser.__table__
_USER_IDS = Prepared(select(_people.c.id, _people.c.user_id).where(IsOneOf(_people.c.id, "ids")))
_AT_ONCE = 16
_ID_NAMES = [f"person_{number}" for number in range(_AT_ONCE)]
_ADDRESSEES = Prepared(
    select(_people.c.id, _people.c.display_name, spoken.label("language")).where(
        _people.c.id.in_([bindparam(name, type_=_people.c.id.type) for name in _ID_NAMES])
    )
)
