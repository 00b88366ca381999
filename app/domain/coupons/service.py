"""Verbs about coupons: defining one, issuing it to a member, taking it back.

Whoever issues to a member holds the member's lock, so that their limit is counted by one at a time;
the stock is taken by a conditional UPDATE, whose row is locked after the member's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.coupons import rules
from app.domain.coupons.definition import NewCoupon, read
from app.domain.coupons.errors import (
    BadCoupon,
    CouponOver,
    CouponUsed,
    KeyTaken,
    NoSuchCoupon,
    NoSuchGrant,
    OutOfStock,
    OverLimit,
)
from app.domain.coupons.models import Coupon, CouponGrant
from app.domain.members import service as members
from app.domain.shops import queries as shops
from app.facts.record import record
from app.faults import unsafe

_coupons = Coupon.__table__


def put(written: Mapping[str, Any]) -> int:
    """Define a coupon (see NewCoupon), or change the one with its code; answers its id.

    What members have keeps the day it ends on. Raises BadCoupon, also where a stock or limit would
    be below what was issued.
    """
    new = read(NewCoupon, written)
    new.check_stores(shops.store_ids())
    with transaction():
        row = db.session.scalar(
            select(Coupon)
            .filter_by(code=new.code)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is None:
            row = Coupon(code=new.code, issued=0)
        else:
            _check_issued(row, new)
        for name, value in _columns(new).items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()  # A new coupon has its id only now.
        return row.id


def issue(code: str, member_id: int, *, cause: str) -> int:
    """Give a member a coupon; answers the grant's id, for the same `cause` always the same one.

    `cause` (120 characters) names what brings it about. Raises NoSuchCoupon, CouponOver,
    OutOfStock, OverLimit, and KeyTaken where the cause has granted something else.
    """
    with transaction():
        if not unsafe("check_then_insert"):
            members.lock([member_id])
        coupon = db.session.execute(select(_coupons).filter_by(code=code)).first()
        if coupon is None:
            raise NoSuchCoupon(code)
        earlier = _caused(cause, coupon.id, member_id)
        return earlier or _grant(coupon, member_id, cause)


def withdraw(grant_id: int) -> None:
    """Take a coupon back from a member; twice is as good as once. The stock does not grow again.

    Raises NoSuchGrant, and CouponUsed for one that was used.
    """
    with transaction():
        row = db.session.execute(
            select(CouponGrant.member_id, CouponGrant.used_at, CouponGrant.withdrawn_at)
            .filter_by(id=grant_id)
            .with_for_update()
        ).first()
        if row is None:
            raise NoSuchGrant(f"grant {grant_id}")
        if row.used_at is not None:
            raise CouponUsed(f"grant {grant_id}")
        if row.withdrawn_at is None:
            this = update(CouponGrant).where(CouponGrant.id == grant_id)
            db.session.execute(this.values(withdrawn_at=clock.now()))
            cause = f"coupon_grant/{grant_id}"
            record("coupon.withdrawn", cause=cause, member_id=row.member_id)


def check_issuable(coupon: Row[Any], now: datetime) -> None:
    """Raises CouponOver for a coupon that is not given out any more."""
    if not coupon.active or (coupon.ends_at is not None and coupon.ends_at <= now):
        raise CouponOver(coupon.code)


def _grant(coupon: Row[Any], member_id: int, cause: str) -> int:
    now = clock.now()
    check_issuable(coupon, now)
    held = select(func.max(CouponGrant.number))
    number = db.session.scalar(held.filter_by(coupon_id=coupon.id, member_id=member_id)) or 0
    if number >= coupon.per_member:
        raise OverLimit(coupon.code)
    _take_one(coupon)
    grant = CouponGrant(
        coupon_id=coupon.id,
        member_id=member_id,
        number=number + 1,
        cause=cause,
        granted_at=now,
        expires_at=rules.expiry(now, coupon.ends_at, coupon.days, clock.zone()),
    )
    db.session.add(grant)
    db.session.flush()  # The fact is named after its id.
    what = {"coupon_id": coupon.id, "member_id": member_id}
    record("coupon.issued", cause=f"coupon_grant/{grant.id}", **what)
    return grant.id


def _take_one(coupon: Row[Any]) -> None:
    """Take one of the stock; raises OutOfStock."""
    one = update(Coupon).where(Coupon.id == coupon.id).values(issued=Coupon.issued + 1)
    if unsafe("check_then_insert"):
        if coupon.stock is not None and coupon.issued >= coupon.stock:
            raise OutOfStock(coupon.code)
        db.session.execute(one)
    # Of many at once the last one in stock goes to whoever's UPDATE comes first.
    elif changed(one.where(or_(Coupon.stock.is_(None), Coupon.issued < Coupon.stock))) != 1:
        raise OutOfStock(coupon.code)


def _caused(cause: str, coupon_id: int, member_id: int) -> int | None:
    columns = (CouponGrant.id, CouponGrant.coupon_id, CouponGrant.member_id)
    row = db.session.execute(select(*columns).filter_by(cause=cause)).first()
    if row is None:
        return None
    if (row.coupon_id, row.member_id) != (coupon_id, member_id):
        raise KeyTaken("the cause has granted something else")
    return int(row.id)


def _check_issued(row: Coupon, new: NewCoupon) -> None:
    if new.stock is not None and new.stock < row.issued:
        raise BadCoupon(f"stock: {row.issued} have been issued")
    most = db.session.scalar(select(func.max(CouponGrant.number)).filter_by(coupon_id=row.id)) or 0
    if new.per_member < most:
        raise BadCoupon(f"per_member: somebody has had {most}")


def _columns(new: NewCoupon) -> dict[str, Any]:
    zone = clock.zone()
    kept = new.model_dump(exclude={"first_day", "last_day"})
    return kept | {
        "starts_at": rules.begins(new.first_day, zone) if new.first_day else None,
        "ends_at": rules.ends(new.last_day, zone) if new.last_day else None,
    }
