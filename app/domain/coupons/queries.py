"""Reads about coupons, handed out as plain values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from app import clock
from app.db import db
from app.domain.coupons import limits, rules
from app.domain.coupons.errors import NoSuchGift, NoSuchGrant, NoSuchPicture
from app.domain.coupons.models import Coupon, CouponGrant, CouponUse, GiftCode, GiftPool
from app.domain.pictures import ASSETS

Words = dict[str, str]


@dataclass(frozen=True)
class CouponCard:
    """A member's coupon as people see it; `stores` are codes, none for all. `until`: when it ends,
    None for never; `starts_at` the same for its begin."""

    id: int
    code: str
    title: Words
    text: Words
    picture: str | None
    stores: list[str]
    combinable: bool
    state: rules.State
    starts_at: datetime | None
    until: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class GiftCard:
    """A member's gift code without the code itself."""

    id: int
    title: Words
    text: Words
    taken_at: datetime | None


@dataclass(frozen=True)
class Wallet:
    """All coupons of a member: usable ones by when they end, those that begin later after them;
    used and expired ones newest first; gift codes newest first."""

    usable: list[CouponCard] = field(default_factory=list)
    soon: list[CouponCard] = field(default_factory=list)
    used: list[CouponCard] = field(default_factory=list)
    expired: list[CouponCard] = field(default_factory=list)
    gifts: list[GiftCard] = field(default_factory=list)


@dataclass(frozen=True)
class Defined:
    """A coupon with how many were issued."""

    code: str
    title: Words
    active: bool
    stock: int | None
    issued: int
    ends_at: datetime | None


@dataclass(frozen=True)
class Pool:
    """A pool of gift codes with how many are free."""

    id: int
    name: str
    title: Words
    free: int
    on_link: bool
    active: bool


def wallet(member_id: int, store: str | None = None) -> Wallet:
    """A member's coupons; with `store` (its code) only those that this store takes."""
    return _sorted(_cards(member_id), store, _gifts(member_id))


def usable(member_id: int, store: str | None = None) -> list[CouponCard]:
    """The coupons of a wallet that can be used now."""
    return _sorted(_cards(member_id), store, []).usable


def _sorted(cards: list[CouponCard], store: str | None, gifts: list[GiftCard]) -> Wallet:
    made = Wallet(gifts=gifts)
    for card in cards:
        if store is None or not card.stores or store in card.stores:
            getattr(made, card.state).append(card)
    made.usable.sort(key=lambda card: (card.until is None, card.until or card.id, card.id))
    made.soon.sort(key=lambda card: (card.starts_at, card.id))
    made.used.sort(key=lambda card: card.used_at or clock.now(), reverse=True)
    return made


def count_usable(member_id: int) -> int:
    """How many coupons a member can use now."""
    return len(usable(member_id))


def card(grant_id: int, member_id: int) -> CouponCard:
    """A member's coupon; raises NoSuchGrant, also for somebody else's."""
    found = _cards(member_id, grant_id)
    if not found:
        raise NoSuchGrant(f"grant {grant_id}")
    return found[0]


def titles_of_uses(use_ids: Collection[int]) -> dict[int, Words]:
    """Use of a coupon -> the coupon's title."""
    if not use_ids:
        return {}
    wanted = (
        select(CouponUse.id, Coupon.title)
        .join(CouponGrant, CouponGrant.id == CouponUse.grant_id)
        .join(Coupon, Coupon.id == CouponGrant.coupon_id)
        .where(CouponUse.id.in_(use_ids))
    )
    return {row.id: row.title for row in db.session.execute(wanted)}


def gift_code(gift_id: int, member_id: int) -> str:
    """A member's gift code itself; raises NoSuchGift, also for somebody else's."""
    wanted = select(GiftCode.code).filter_by(id=gift_id, member_id=member_id)
    code = db.session.scalar(wanted)
    if code is None:
        raise NoSuchGift(f"gift {gift_id}")
    return code


def defined() -> Sequence[Defined]:
    """All coupons, oldest first."""
    columns = [getattr(Coupon, name) for name in Defined.__dataclass_fields__]
    rows = db.session.execute(select(*columns).order_by(Coupon.id))
    return [Defined(*row) for row in rows]


def issuable() -> list[Defined]:
    """The coupons that can be given out at this moment, oldest first."""
    now = clock.now()
    return [
        each
        for each in defined()
        if each.active
        and (each.ends_at is None or each.ends_at > now)
        and (each.stock is None or each.issued < each.stock)
    ]


def picture_urls() -> list[str]:
    """Addresses of pictures that lie elsewhere."""
    wanted = select(Coupon.picture).where(Coupon.picture.startswith("https://"))
    return [url for url in db.session.scalars(wanted.distinct().order_by(Coupon.picture)) if url]


def picture_file(name: str) -> Path:
    """The file below assets that a coupon names as its picture; raises NoSuchPicture."""
    named = db.session.scalar(select(Coupon.picture).filter_by(picture=name).limit(1))
    if named is None or not (ASSETS / named).is_file():
        raise NoSuchPicture("no coupon has this picture")
    return ASSETS / named


def held(member_id: int) -> set[int]:
    """Ids of all that a member was ever granted."""
    return set(db.session.scalars(select(CouponGrant.id).filter_by(member_id=member_id)))


def pools() -> list[Pool]:
    """All pools of gift codes, oldest first."""
    columns = [getattr(GiftPool, name) for name in Pool.__dataclass_fields__]
    return [Pool(*row) for row in db.session.execute(select(*columns).order_by(GiftPool.id))]


def on_birthday() -> list[str]:
    """The codes of the coupons that members get on their birthday."""
    wanted = select(Coupon.code).filter_by(on_birthday=True, active=True)
    return list(db.session.scalars(wanted.order_by(Coupon.id)))


def on_link() -> list[str]:
    """Codes of the coupons that linking gives, oldest first."""
    wanted = select(Coupon.code).filter_by(on_link=True, active=True)
    return list(db.session.scalars(wanted.order_by(Coupon.id)))


def _cards(member_id: int, grant_id: int | None = None) -> list[CouponCard]:
    wanted = (
        select(CouponGrant.__table__, *_OF_COUPON)
        .join(Coupon, Coupon.id == CouponGrant.coupon_id)
        .where(CouponGrant.member_id == member_id)
        .order_by(CouponGrant.id.desc())
        .limit(4 * limits.WALLET)
    )
    if grant_id is not None:
        wanted = wanted.where(CouponGrant.id == grant_id)
    now = clock.now()
    return [_card(row, now) for row in db.session.execute(wanted)]


_OF_COUPON = (
    *(Coupon.code, Coupon.title, Coupon.text, Coupon.picture, Coupon.stores),
    *(Coupon.combinable, Coupon.starts_at),
)


def _card(row: Row[Any], now: datetime) -> CouponCard:
    moments = ("starts_at", "expires_at", "used_at", "withdrawn_at")
    state = rules.state(now, **{name: getattr(row, name) for name in moments})
    return CouponCard(
        *(row.id, row.code, row.title, row.text, row.picture, row.stores, row.combinable),
        *(state, row.starts_at, row.expires_at, row.used_at),
    )


def _gifts(member_id: int) -> list[GiftCard]:
    columns = (GiftCode.id, GiftPool.title, GiftPool.text, GiftCode.taken_at)
    wanted = select(*columns).join(GiftPool, GiftPool.id == GiftCode.pool_id)
    rows = db.session.execute(
        wanted.where(GiftCode.member_id == member_id).order_by(GiftCode.id.desc())
    )
    return [GiftCard(*row) for row in rows]
