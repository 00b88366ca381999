"""Reads about staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app import clock
from app.db import db, run
from app.domain.staff import roles, rules
from app.domain.staff.actor import Actor
from app.domain.staff.errors import NoSuchStaff
from app.domain.staff.models import Staff, StaffSession
from app.prepared import Prepared


@dataclass(frozen=True)
class Card:
    """A member of staff, as the team's page shows them. A scope of None means all."""

    id: int
    name: str
    email: str
    role: str
    store_ids: frozenset[int] | None
    account_ids: frozenset[int] | None
    invited: bool
    suspended: bool
    second_factor: bool


@dataclass(frozen=True)
class Seat:
    """One of somebody's living sessions."""

    id: int
    device: str
    network: str | None
    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Living:
    """A living session and whose it is."""

    session: StaffSession
    staff: Staff


@dataclass(frozen=True)
class Seated:
    """Somebody of the staff at a living session, which was used last at `seen_at`."""

    actor: Actor
    seen_at: datetime


def by_email(email: str) -> Staff | None:
    """The row with this address, which is in lower case."""
    # PostgreSQL would not even compare a text with a NUL in it.
    if "\0" in email:
        return None
    return db.session.scalar(select(Staff).filter_by(email=email))


def living(token: str) -> Living | None:
    """The session with this token and its owner, unless it has ended or they are suspended."""
    now = clock.now()
    wanted = select(StaffSession, Staff).join(Staff, Staff.id == StaffSession.staff_id)
    alive = wanted.where(
        StaffSession.token_hash == rules.fingerprint(token),
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > now,
        StaffSession.seen_at > now - rules.IDLE,
        Staff.suspended_at.is_(None),
    )
    row = db.session.execute(alive.execution_options(populate_existing=True)).first()
    return Living(*row) if row else None


def seated(token: str) -> Seated | None:
    """Who sits at the living session with this token, its second factor proved; None for nobody."""
    now = clock.now()
    wanted = {"token_hash": rules.fingerprint(token), "now": now, "idle_since": now - rules.IDLE}
    row = run(_SEATED, wanted).first()
    return Seated(actor_of(row, row.session_id), row.seen_at) if row else None


def actor_of(staff: Any, session_id: int) -> Actor:
    """The actor that a row of staff makes; an owner's scope is all, whatever the row says."""
    owner = staff.role == roles.OWNER
    stores, accounts = (
        None if owner or ids is None else frozenset(ids)
        for ids in (staff.store_ids, staff.account_ids)
    )
    return Actor(staff.id, staff.role, staff.name, stores, accounts, session_id)


def card(actor: Actor, staff_id: int) -> Card:
    """Somebody inside the actor's scope; raises NoSuchStaff for others too."""
    found = db.session.get(Staff, staff_id, populate_existing=True)
    if found is None or not _visible(actor, found):
        raise NoSuchStaff(f"staff {staff_id}")
    return _card(found)


def own(actor: Actor) -> Card:
    """The actor's own card."""
    return _card(db.session.get_one(Staff, actor.staff_id, populate_existing=True))


def team(actor: Actor) -> list[Card]:
    """Everybody inside the actor's scope, by role and then by age."""
    rows = db.session.scalars(select(Staff).order_by(Staff.id)).all()
    cards = [_card(row) for row in rows if _visible(actor, row)]
    return sorted(cards, key=lambda each: roles.ROLES.index(each.role))


def names(staff_ids: Sequence[int]) -> dict[int, str]:
    """Id -> name."""
    rows = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
    return {row.id: row.name for row in rows}


def member_of(staff_id: int) -> int | None:
    """The member that somebody of the staff is as a customer, as far as we know."""
    return db.session.scalar(select(Staff.member_id).filter_by(id=staff_id))


def recovery_left(actor: Actor) -> int:
    """How many recovery codes are left."""
    return len(db.session.get_one(Staff, actor.staff_id).recovery)


def seats(staff_id: int) -> list[Seat]:
    """Somebody's living sessions, newest first."""
    now = clock.now()
    alive = select(StaffSession).where(
        StaffSession.staff_id == staff_id,
        StaffSession.proved,
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > now,
        StaffSession.seen_at > now - rules.IDLE,
    )
    rows = db.session.scalars(alive.order_by(StaffSession.id.desc()))
    return [Seat(row.id, row.device, row.network, row.made_at, row.seen_at) for row in rows]


def owners() -> dict[str, str]:
    """Address -> name of the owners who work here now."""
    wanted = select(Staff.email, Staff.name).filter_by(role=roles.OWNER, suspended_at=None)
    joined = wanted.where(Staff.password_hash.is_not(None)).order_by(Staff.id)
    return {row.email: row.name for row in db.session.execute(joined)}


def any_owner() -> bool:
    """Whether somebody owns the shop."""
    owners = select(Staff.id).where(Staff.role == roles.OWNER, Staff.suspended_at.is_(None))
    return db.session.scalar(owners.limit(1)) is not None


def _visible(actor: Actor, staff: Staff) -> bool:
    theirs = actor_of(staff, 0)
    return staff.id == actor.staff_id or (
        rules.within(theirs.store_ids, actor.store_ids)
        and rules.within(theirs.account_ids, actor.account_ids)
    )


def _card(staff: Staff) -> Card:
    actor = actor_of(staff, 0)
    return Card(
        staff.id,
        staff.name,
        staff.email,
        staff.role,
        actor.store_ids,
        actor.account_ids,
        invited=staff.password_hash is None,
        suspended=staff.suspended_at is not None,
        second_factor=staff.totp_secret is not None,
    )


_SEATED = Prepared(
    select(
        *(Staff.id, Staff.role, Staff.name, Staff.store_ids, Staff.account_ids),
        *(StaffSession.id.label("session_id"), StaffSession.seen_at),
    )
    .join(Staff, Staff.id == StaffSession.staff_id)
    .where(
        StaffSession.token_hash == bindparam("token_hash"),
        StaffSession.proved,
        StaffSession.ended_at.is_(None),
        StaffSession.expires_at > bindparam("now"),
        StaffSession.seen_at > bindparam("idle_since"),
        Staff.suspended_at.is_(None),
    )
)
