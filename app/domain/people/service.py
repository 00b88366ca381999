"""Verbs about people. Arrival order means nothing here: LINE's own time of an event decides."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import BigInteger, Table, bindparam, case, select, update

from app import clock
from app.db import db, insert_once, run, transaction
from app.domain.people.models import Friendship, LineUser, spoken
from app.faults import unsafe
from app.i18n import Language
from app.prepared import Prepared


@dataclass(frozen=True)
class Sighting:
    """A sign of life of a person at an account: `at_ms` is LINE's time, `event_id` breaks ties."""

    provider_id: int
    account_id: int
    user_id: str
    at_ms: int
    event_id: str


@dataclass(frozen=True)
class Person:
    """A person as a conversation needs them. `known` is False until a profile was fetched."""

    id: int
    name: str | None
    language: str | None
    known: bool


def seen(sighting: Sighting) -> Person:
    """Note that a person wrote or acted, and answer who it is."""
    with transaction():
        found = _find(sighting)
        if found is None:
            found = _meet(sighting)
        if not found.first_seen_ms <= sighting.at_ms <= found.last_seen_ms:
            run(_STRETCH, {"friendship_id": found.friendship_id, "at_ms": sighting.at_ms})
        return Person(found.id, found.display_name, found.language, found.profile_at is not None)


def follow(sighting: Sighting, person_id: int) -> bool:
    """The person added or unblocked the account; answers False if a later event says otherwise."""
    return _decide(sighting, person_id, following=True)


def unfollow(sighting: Sighting, person_id: int) -> bool:
    """The person blocked the account; answers False if a later event says otherwise."""
    return _decide(sighting, person_id, following=False)


def meet(provider_id: int, user_id: str, *, name: str | None, picture_url: str | None) -> int:
    """Somebody whom LINE has named to us, a friend of an account or not; answers who it is."""
    with transaction():
        insert_once(LineUser, provider_id=provider_id, user_id=user_id, created_at=clock.now())
        who = select(LineUser).filter_by(provider_id=provider_id, user_id=user_id)
        person = db.session.scalars(who).one()
        if name and person.profile_at is None:
            person.display_name = _storable(name)[:200]
            person.picture_url = _picture(picture_url)
        return person.id


def lock(person_id: int) -> None:
    """Let nobody else change what hangs on this person until the open transaction ends."""
    run(_LOCK, {"person_id": person_id})


def speak(person_id: int, language: Language) -> None:
    """The person chose a language."""
    with transaction():
        db.session.get_one(LineUser, person_id).chosen_language = language


def know(person_id: int, *, name: str, language: str | None, picture_url: str | None) -> None:
    """Keep what LINE's profile says."""
    with transaction():
        person = db.session.get_one(LineUser, person_id)
        person.display_name = _storable(name)[:200]
        person.language = _storable(language or "")[:20] or None
        person.picture_url = _picture(picture_url)
        person.profile_at = clock.now()


def _picture(url: str | None) -> str | None:
    return _storable(url) if url and len(url) <= 2000 else None


def _storable(text: str) -> str:
    # PostgreSQL keeps every character but this one.
    return text.replace("\x00", "")


def _decide(sighting: Sighting, person_id: int, *, following: bool) -> bool:
    with transaction():
        friendship = _friendship(sighting, person_id)
        decided = (friendship.decided_ms, friendship.decided_by)
        if (sighting.at_ms, sighting.event_id) < decided and not unsafe("arrival_order"):
            return False
        friendship.following = following
        friendship.decided_ms, friendship.decided_by = sighting.at_ms, sighting.event_id
        return True


def _find(sighting: Sighting) -> Any | None:
    return run(
        _SEEN,
        {
            "at_provider": sighting.provider_id,
            "at_account": sighting.account_id,
            "line_id": sighting.user_id,
        },
    ).first()


def _meet(sighting: Sighting) -> Any:
    """Remember somebody new, or somebody known who is new to this account."""
    insert_once(
        LineUser,
        provider_id=sighting.provider_id,
        user_id=sighting.user_id,
        created_at=clock.now(),
    )
    who = select(LineUser.id).filter_by(provider_id=sighting.provider_id, user_id=sighting.user_id)
    insert_once(
        Friendship,
        account_id=sighting.account_id,
        line_user_id=db.session.scalars(who).one(),
        decided_ms=0,
        decided_by="",
        first_seen_ms=sighting.at_ms,
        last_seen_ms=sighting.at_ms,
    )
    found = _find(sighting)
    assert found is not None  # We have just put both rows there.
    return found


def _friendship(sighting: Sighting, person_id: int) -> Friendship:
    # Locked, because two workers may hold events of one person that name different sources.
    wanted = select(Friendship).filter_by(account_id=sighting.account_id, line_user_id=person_id)
    return db.session.scalars(wanted.with_for_update()).one()


_people, _friends = LineUser.__table__, Friendship.__table__

_SEEN = Prepared(
    select(
        _people.c.id,
        _people.c.display_name,
        spoken.label("language"),
        _people.c.profile_at,
        _friends.c.id.label("friendship_id"),
        _friends.c.first_seen_ms,
        _friends.c.last_seen_ms,
    )
    .join_from(_people, _friends, _friends.c.line_user_id == _people.c.id)
    .where(
        _people.c.provider_id == bindparam("at_provider"),
        _people.c.user_id == bindparam("line_id"),
        _friends.c.account_id == bindparam("at_account"),
    )
)

_LOCK = Prepared(select(LineUser.id).where(LineUser.id == bindparam("person_id")).with_for_update())
_AT = bindparam("at_ms", type_=BigInteger)
_STRETCH = Prepared(
    update(cast(Table, _friends))
    .where(_friends.c.id == bindparam("friendship_id"))
    .values(
        first_seen_ms=case((_friends.c.first_seen_ms > _AT, _AT), else_=_friends.c.first_seen_ms),
        last_seen_ms=case((_friends.c.last_seen_ms < _AT, _AT), else_=_friends.c.last_seen_ms),
    )
)
