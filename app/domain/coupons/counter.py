"""Using a member's coupon at a counter, and undoing that within ten minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.coupons import rules
from app.domain.coupons.errors import (
    CouponExpired,
    CouponNotYet,
    CouponUsed,
    KeyTaken,
    NoSuchGrant,
    NoSuchUse,
    NotCombinable,
    UndoTooLate,
    WrongStore,
)
from app.domain.coupons.models import Coupon, CouponGrant, CouponUse
from app.domain.members import service as members
from app.domain.shops import queries as shops
from app.facts.record import record
from app.faults import unsafe


@dataclass(frozen=True)
class At:
    """Where and by whom something is used: ids of the store, of staff and of their session."""

    store_id: int | None
    staff_id: int | None = None
    session_id: int | None = None


@dataclass(frozen=True)
class Used:
    """That a coupon was used; `title` maps "ja" and "en" to words."""

    use_id: int
    grant_id: int
    member_id: int
    code: str
    title: dict[str, str]
    at: datetime


def use(grant_id: int, at: At, *, key: str, member_id: int | None = None) -> Used:
    """Use a member's coupon; the same `key` (120 characters) uses it once and answers the same.

    `member_id`: whose coupon it has to be. Raises NoSuchGrant, CouponExpired, CouponUsed,
    CouponNotYet, WrongStore, NotCombinable, and KeyTaken where the key has used another one.
    """
    with transaction():
        grant = _locked(grant_id)
        if grant is None or member_id not in (None, grant.member_id):
            raise NoSuchGrant(f"grant {grant_id}")
        if (earlier := of_key(key)) is not None:
            if earlier.grant_id != grant_id:
                raise KeyTaken("the key has used another coupon")
            return earlier
        now = clock.now()
        _check(grant, at, now)
        _mark(grant_id, now)
        row = CouponUse(grant_id=grant_id, key=key, at=now, **vars(at))
        db.session.add(row)
        db.session.flush()  # The fact is named after its id.
        what = {"coupon_id": grant.coupon_id, "member_id": grant.member_id}
        cause = f"coupon_use/{row.id}"
        record("coupon.used", cause=cause, **what, store_id=at.store_id, staff_id=at.staff_id)
        return Used(row.id, grant_id, grant.member_id, grant.code, grant.title, now)


def undo(use_id: int, *, staff_id: int | None = None, late: bool = False) -> None:
    """The coupon was not used after all; twice is as good as once.

    Raises NoSuchUse, and UndoTooLate after ten minutes unless it may be `late`, as for an order
    that is cancelled.
    """
    with transaction():
        wanted = select(CouponUse.grant_id, CouponUse.at, CouponUse.undone_at)
        row = db.session.execute(wanted.filter_by(id=use_id).with_for_update()).first()
        if row is None:
            raise NoSuchUse(f"use {use_id}")
        if row.undone_at is not None:
            return
        if not late and clock.now() - row.at > rules.UNDO:
            raise UndoTooLate(f"use {use_id}")
        this = update(CouponUse).where(CouponUse.id == use_id)
        db.session.execute(this.values(undone_at=clock.now(), undone_by=staff_id))
        again = update(CouponGrant).where(CouponGrant.id == row.grant_id)
        db.session.execute(again.values(used_at=None))
        record("coupon.undone", cause=f"coupon_use/{use_id}", staff_id=staff_id)


def of_key(key: str) -> Used | None:
    """What this key has used, or None."""
    columns = (CouponUse.id, CouponUse.grant_id, CouponGrant.member_id)
    wanted = (
        select(*columns, Coupon.code, Coupon.title, CouponUse.at)
        .join(CouponGrant, CouponGrant.id == CouponUse.grant_id)
        .join(Coupon, Coupon.id == CouponGrant.coupon_id)
        .where(CouponUse.key == key)
    )
    row = db.session.execute(wanted).first()
    return Used(*row) if row else None


def _locked(grant_id: int) -> Row[Any] | None:
    """The grant with what its coupon says, after its member was locked."""
    owner = db.session.scalar(select(CouponGrant.member_id).filter_by(id=grant_id))
    if owner is None:
        return None
    # Two coupons of one member at once would not see each other, and combine unseen.
    if not unsafe("check_then_insert"):
        members.lock([owner])
    of_coupon = (Coupon.code, Coupon.title, Coupon.starts_at, Coupon.stores, Coupon.combinable)
    wanted = select(CouponGrant.__table__, *of_coupon).where(CouponGrant.id == grant_id)
    both = wanted.join(Coupon, Coupon.id == CouponGrant.coupon_id)
    return db.session.execute(both).first()


def _check(grant: Row[Any], at: At, now: datetime) -> None:
    what = f"coupon {grant.code}"
    moments = ("starts_at", "expires_at", "used_at", "withdrawn_at")
    match rules.state(now, **{name: getattr(grant, name) for name in moments}):
        case "used":
            raise CouponUsed(what)
        case "expired":
            raise CouponExpired(what)
        case "soon":
            raise CouponNotYet(what)
    if grant.stores and at.store_id not in _ids(grant.stores):
        raise WrongStore(what)
    if at.session_id is not None and not all(_combine(grant, at, now)):
        raise NotCombinable(what)


def _ids(codes: list[str]) -> set[int]:
    return {store_id for code, store_id in shops.store_ids().items() if code in codes}


def _combine(grant: Row[Any], at: At, now: datetime) -> list[bool]:
    """For each coupon the member used in this store just now: whether it and this one go together.

    Not only of one session: each code of a coupon that is scanned opens another one.
    """
    others = (
        select(Coupon.combinable)
        .join(CouponGrant, CouponGrant.coupon_id == Coupon.id)
        .join(CouponUse, CouponUse.grant_id == CouponGrant.id)
        .where(CouponGrant.member_id == grant.member_id, CouponUse.store_id == at.store_id)
        .where(CouponUse.session_id.is_not(None), CouponUse.undone_at.is_(None))
        .where(CouponUse.at > now - rules.VISIT)
    )
    return [grant.combinable and other for other in db.session.scalars(others)]


def _mark(grant_id: int, now: datetime) -> None:
    """Note on the grant that it is used: one conditional UPDATE; raises CouponUsed."""
    good = or_(CouponGrant.expires_at.is_(None), CouponGrant.expires_at > now)
    this = update(CouponGrant).where(
        CouponGrant.id == grant_id, CouponGrant.used_at.is_(None), good
    )
    if changed(this.where(CouponGrant.withdrawn_at.is_(None)).values(used_at=now)) != 1:
        raise CouponUsed(f"grant {grant_id}")
