"""Reads about links, handed out as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from app import clock
from app.db import db, run
from app.domain.links import rules
from app.domain.links.models import Link, MemberPassword, WebSession
from app.domain.people import queries as people
from app.outbox.put import Recipient
from app.prepared import Prepared


@dataclass(frozen=True)
class Linked:
    """An active link."""

    id: int
    person_id: int
    member_id: int
    made_at: datetime


@dataclass(frozen=True)
class WebLogin:
    """Who logged in with LINE outside of LINE, with LINE's access token of that login."""

    session_id: int
    person_id: int
    account_id: int
    access_token: str
    email: str | None


def member_of(person_id: int) -> int | None:
    """The member this person is, or None."""
    row = run(_MEMBER_OF, {"person_id": person_id}).first()
    return None if row is None else int(row.member_id)


def links_of(person_ids: Sequence[int]) -> dict[int, Linked]:
    """Person id -> the active link, for those who have one."""
    columns = (Link.id, Link.person_id, Link.member_id, Link.made_at)
    wanted = select(*columns).where(Link.person_id.in_(person_ids), Link.ended_at.is_(None))
    return {row.person_id: Linked(*row) for row in db.session.execute(wanted)}


def people_of(member_id: int) -> list[int]:
    """The LINE users this member is, one for each provider."""
    wanted = select(Link.person_id).filter_by(member_id=member_id, ended_at=None)
    return list(db.session.scalars(wanted.order_by(Link.id)))


def recipients_of(member_id: int) -> list[Recipient]:
    """Where the member can be told something: at the accounts where they linked."""
    rows = run(_LINKED, {"of": member_id}).rows
    user_ids = people.user_ids([row.person_id for row in rows]) if rows else {}
    return [Recipient(row.account_id, user_ids[row.person_id], row.person_id) for row in rows]


def web_login(token: str) -> WebLogin | None:
    """The living session with this token, or None."""
    row = db.session.scalar(
        select(WebSession).where(
            WebSession.token_hash == rules.fingerprint(token),
            WebSession.ended_at.is_(None),
            WebSession.expires_at > clock.now(),
        )
    )
    if row is None:
        return None
    return WebLogin(row.id, row.person_id, row.account_id, row.access_token, row.email)


def any_passwords() -> bool:
    """Whether the shop's members have passwords."""
    return db.session.scalar(select(MemberPassword.member_id).limit(1)) is not None


_LINKED = Prepared(
    select(Link.account_id, Link.person_id)
    .where(Link.member_id == bindparam("of"), Link.ended_at.is_(None))
    .order_by(Link.id)
)
_MEMBER_OF = Prepared(
    select(Link.member_id).where(Link.person_id == bindparam("person_id"), Link.ended_at.is_(None))
)
