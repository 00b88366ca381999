"""Tables: what coupons there are, who has which, what was used, and gift codes in their pools."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.domain.coupons import limits
from app.vault import Sealed

_LIVING = text("undone_at IS NULL")
_FREE = text("member_id IS NULL")


class Coupon(Base):
    """What a coupon promises and how it is given out. Texts map "ja" and "en" to words."""

    __tablename__ = "coupon"

    id: Mapped[int] = mapped_column(primary_key=True)
    # As rules.canonical writes it.
    code: Mapped[str] = mapped_column(String(limits.CODE), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    picture: Mapped[str | None] = mapped_column(String(limits.PICTURE))
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Good from its issue until the end of so many days, none of them beyond ends_at.
    days: Mapped[int | None]
    # NULL: as many as are wanted.
    stock: Mapped[int | None]
    issued: Mapped[int] = mapped_column(default=0)
    per_member: Mapped[int]
    # Codes of the stores that take it; none: all of them.
    stores: Mapped[list[str]] = mapped_column(JSON)
    combinable: Mapped[bool]
    # Who may type the code: "off" nobody, "word" with the word coupon before it, "bare" also alone.
    typed: Mapped[str] = mapped_column(String(5))
    # Given to whoever links their LINE for the first time.
    on_link: Mapped[bool]
    # Given to each member on their birthday, as often as their limit allows.
    on_birthday: Mapped[bool]
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class CouponGrant(Base):
    """One coupon of one member. `number` counts the member's coupons of this kind from 1."""

    __tablename__ = "coupon_grant"
    __table_args__ = (UniqueConstraint("member_id", "coupon_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupon.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    number: Mapped[int]
    # Names what brought it about; the same cause grants it once.
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of the living use; NULL while there is none.
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CouponUse(Base):
    """That a coupon was used at a counter. One lives for a grant; undone ones stay."""

    __tablename__ = "coupon_use"
    __table_args__ = (
        Index(
            "uq_coupon_use_one_per_grant",
            "grant_id",
            unique=True,
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("coupon_grant.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))
    # Of the member of staff and of their session at the counter.
    staff_id: Mapped[int | None]
    session_id: Mapped[int | None] = mapped_column(BigId, index=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[int | None]


class CouponGuess(Base):
    """A code that somebody typed and that is none. A row is written before the code is looked up
    and taken away if it was right."""

    __tablename__ = "coupon_guess"
    __table_args__ = (Index("ix_coupon_guess_person_id_at", "person_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class GiftPool(Base):
    """Codes of somebody else's, such as of a gift service; each member gets one, once for ever."""

    __tablename__ = "gift_pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(limits.CODE), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    # With it the codes' hashes are made; sealed, so that it outlives a change of keys.
    hash_key: Mapped[str] = mapped_column(Sealed)
    # How many codes are free; always their count.
    free: Mapped[int] = mapped_column(default=0)
    # The owner is told once when so few are left, and once when none is.
    low_at: Mapped[int]
    low_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    empty_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    on_link: Mapped[bool]
    active: Mapped[bool]


class GiftCode(Base):
    """One code of a pool; a member's once it was taken."""

    __tablename__ = "gift_code"
    __table_args__ = (
        UniqueConstraint("pool_id", "code_hash"),
        UniqueConstraint("pool_id", "member_id"),
        Index("ix_gift_code_free", "pool_id", "id", sqlite_where=_FREE, postgresql_where=_FREE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("gift_pool.id"))
    code: Mapped[str] = mapped_column(Sealed)
    code_hash: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CouponCode(Base):
    """The code by which a coupon is shown to the counter: 30 seconds, once."""

    __tablename__ = "coupon_code"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("coupon_grant.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # With the seconds of grace: from here on it is refused.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
