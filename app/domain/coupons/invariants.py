"""What must hold for coupons and gift codes."""

from sqlalchemy import Select, func, or_, select

from app.domain.coupons.models import Coupon, CouponGrant, CouponUse, GiftCode, GiftPool
from app.invariants import Invariant, repeated


def invariants() -> list[Invariant]:
    """Issued within the stock and the limit, used once, and counted right."""
    over = select(Coupon.id).where(Coupon.issued > Coupon.stock)
    too_many = select(CouponGrant.id).join(Coupon, Coupon.id == CouponGrant.coupon_id)
    return [
        Invariant("coupon.over_stock", "P9", over),
        Invariant("coupon.issued", "P9", _miscounted()),
        Invariant(
            "coupon.over_limit", "P9", too_many.where(CouponGrant.number > Coupon.per_member)
        ),
        Invariant("coupon.mark", "P8", _marked_wrong()),
        Invariant("coupon.used_twice", "P8", _living(repeated(CouponUse.grant_id))),
        Invariant("gift.free", "P9", _free_miscounted()),
        Invariant("gift.twice", "P9", _given(repeated(GiftCode.pool_id, GiftCode.member_id))),
    ]


def _miscounted() -> Select[int]:
    grants = select(Coupon.id).outerjoin(CouponGrant, CouponGrant.coupon_id == Coupon.id)
    return grants.group_by(Coupon.id, Coupon.issued).having(
        func.count(CouponGrant.id) != Coupon.issued
    )


def _free_miscounted() -> Select[int]:
    free = (GiftCode.pool_id == GiftPool.id) & GiftCode.member_id.is_(None)
    pools = select(GiftPool.id).outerjoin(GiftCode, free)
    return pools.group_by(GiftPool.id, GiftPool.free).having(
        func.count(GiftCode.id) != GiftPool.free
    )


def _marked_wrong() -> Select[int]:
    """A grant is marked as used if and only if a living use of it is there."""
    living = (CouponUse.grant_id == CouponGrant.id) & CouponUse.undone_at.is_(None)
    both = select(CouponGrant.id).outerjoin(CouponUse, living)
    only_use = CouponGrant.used_at.is_(None) & CouponUse.id.is_not(None)
    only_mark = CouponGrant.used_at.is_not(None) & CouponUse.id.is_(None)
    return both.where(or_(only_use, only_mark))


def _living(uses: Select[int]) -> Select[int]:
    return uses.where(CouponUse.undone_at.is_(None))


def _given(codes: Select[int]) -> Select[int]:
    return codes.where(GiftCode.member_id.is_not(None))
