"""Verbs about others: inviting them, changing what they may do, suspending them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import clock, passwords
from app.db import db, transaction
from app.domain.accounts import queries as accounts
from app.domain.audit.service import note
from app.domain.shops import queries as shops
from app.domain.staff import letters, queries, roles, rules, sessions
from app.domain.staff.actor import Actor
from app.domain.staff.errors import BadStaff, LastOwner, NotAllowed
from app.domain.staff.models import Staff


@dataclass(frozen=True)
class Place:
    """What somebody is and where; None means all stores, all accounts."""

    role: str
    store_ids: Collection[int] | None = None
    account_ids: Collection[int] | None = None

    def told(self) -> dict[str, object]:
        """As the audit log has it."""
        scope = {"stores": _ids(self.store_ids), "accounts": _ids(self.account_ids)}
        return {"role": self.role, **scope}


def invite(
    actor: Actor,
    email: str,
    name: str,
    place: Place,
    page: str,
    language: str | None = None,
    network: str | None = None,
) -> int:
    """Invite somebody by a link to `page`; answers their id. `network`: where the actor sits.

    Raises BadStaff (also for an address that is known) and NotAllowed.
    """
    _check(actor, place)
    with transaction():
        staff = _added(email, name, place)
        letters.send("invite", staff, page, language)
        about, told = f"staff/{staff.id}", place.told()
        note("staff.invited", actor=actor, about=about, network=network, place=told)
        return staff.id


def hire(actor: Actor, email: str, name: str, place: Place, password: str) -> int:
    """Add somebody with a password that is known already, for commands; raises as `invite`."""
    _check(actor, place)
    hashed = passwords.hashed(rules.password(password, rules.email(email)))
    with transaction():
        staff = _added(email, name, place, hashed)
        note("staff.hired", actor=None, about=f"staff/{staff.id}", place=place.told())
        return staff.id


def invite_again(
    actor: Actor,
    staff_id: int,
    page: str,
    language: str | None = None,
    network: str | None = None,
) -> None:
    """Send a new link to somebody who has not accepted yet; raises NoSuchStaff, NotAllowed."""
    with transaction():
        staff = _other(actor, staff_id)
        if staff.password_hash is not None:
            raise NotAllowed("they have accepted already")
        letters.send("invite", staff, page, language)
        note("staff.invited", actor=actor, about=f"staff/{staff_id}", network=network)


def change(actor: Actor, staff_id: int, place: Place, network: str | None = None) -> None:
    """Give somebody another role or scope, which counts from their next request on.

    Raises NoSuchStaff, NotAllowed, BadStaff and LastOwner.
    """
    _check(actor, place)
    with transaction():
        owners = _owners()
        staff = _other(actor, staff_id)
        before = Place(staff.role, staff.store_ids, staff.account_ids)
        if place.role != roles.OWNER:
            _keep_another(owners, staff_id)
        _put(staff, place)
        told: dict[str, Any] = {"before": before.told(), "after": place.told()}
        note("staff.changed", actor=actor, about=f"staff/{staff_id}", network=network, **told)


def set_member(
    actor: Actor, staff_id: int, member_id: int | None, network: str | None = None
) -> None:
    """Note which member somebody is as a customer: nobody adjusts their own points.

    None: they are no member. Raises NoSuchStaff and NotAllowed.
    """
    with transaction():
        staff = _other(actor, staff_id)
        staff.member_id = member_id
        about = f"staff/{staff_id}"
        note("staff.member_set", actor=actor, about=about, network=network, member_id=member_id)


def set_own_member(actor: Actor, member_id: int, network: str | None = None) -> None:
    """Note which member the actor is themselves, which a sole owner has nobody to do for.

    Once it is noted only somebody else changes it, or the rule would be no rule. Raises NotAllowed.
    """
    with transaction():
        staff = sessions.locked(actor.staff_id)
        if staff.member_id is not None:
            raise NotAllowed("it is noted already")
        staff.member_id = member_id
        about = f"staff/{actor.staff_id}"
        note("staff.member_set", actor=actor, about=about, network=network, member_id=member_id)


def suspend(actor: Actor, staff_id: int, reason: str, network: str | None = None) -> None:
    """Shut somebody out at once: their sessions and letters end. Raises as `change`."""
    with transaction():
        owners = _owners()
        staff = _other(actor, staff_id)
        _keep_another(owners, staff_id)
        staff.suspended_at = staff.suspended_at or clock.now()
        sessions.end_all(staff_id)
        letters.end_all(staff_id)
        about, why = f"staff/{staff_id}", reason.strip()
        note("staff.suspended", actor=actor, about=about, reason=why, network=network)


def resume(actor: Actor, staff_id: int, network: str | None = None) -> None:
    """Let somebody in again, with their old password. Raises NoSuchStaff and NotAllowed."""
    with transaction():
        staff = _other(actor, staff_id)
        staff.suspended_at = None
        note("staff.resumed", actor=actor, about=f"staff/{staff_id}", network=network)


def _added(email: str, name: str, place: Place, password_hash: str | None = None) -> Staff:
    address = rules.email(email)
    if queries.by_email(address):
        raise BadStaff("email", "is known already")
    staff = Staff(email=address, name=rules.named(name), recovery=[], password_hash=password_hash)
    _put(staff, place)
    db.session.add(staff)
    db.session.flush()  # Letters and the audit name its id.
    return staff


def _check(actor: Actor, place: Place) -> None:
    """Nobody gives away more than they have."""
    if not rules.may_make(actor.role, rules.role(place.role)):
        raise NotAllowed(f"{actor.role} may not make {place.role}")
    whole = place.role == roles.OWNER
    stores, spoken = (None, None) if whole else (place.store_ids, place.account_ids)
    if not set(stores or ()) <= set(shops.store_ids().values()):
        raise BadStaff("scope", "names a store that is not there")
    if not set(spoken or ()) <= set(accounts.slugs()):
        raise BadStaff("scope", "names an account that is not there")
    inside = rules.within(stores, actor.store_ids) and rules.within(spoken, actor.account_ids)
    if not inside:
        raise NotAllowed("outside of one's own scope")


def _other(actor: Actor, staff_id: int) -> Staff:
    """Somebody else, whom the actor sees and may change."""
    queries.card(actor, staff_id)
    staff = sessions.locked(staff_id)
    if staff_id == actor.staff_id or not rules.may_make(actor.role, staff.role):
        raise NotAllowed(f"{actor.role} may not change staff {staff_id}")
    return staff


def _owners() -> Sequence[int]:
    """Those who own the shop, held in one order: two cannot remove each other at once."""
    owners = select(Staff.id).where(Staff.role == roles.OWNER, Staff.suspended_at.is_(None))
    return db.session.scalars(owners.order_by(Staff.id).with_for_update()).all()


def _keep_another(owners: Sequence[int], staff_id: int) -> None:
    if list(owners) == [staff_id]:
        raise LastOwner("nobody else owns the shop")


def _put(staff: Staff, place: Place) -> None:
    whole = place.role == roles.OWNER
    staff.role = place.role
    staff.store_ids = None if whole else _ids(place.store_ids)
    staff.account_ids = None if whole else _ids(place.account_ids)


def _ids(scope: Collection[int] | None) -> list[int] | None:
    return None if scope is None else sorted(scope)
