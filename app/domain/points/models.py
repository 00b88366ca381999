"""Tables: the ledger of points, and the shop's rules for them.

Transfers, entries and uses of lots are only added: triggers refuse UPDATE and DELETE (migration
0007). Accounts and lots hold what is derived from them, so that no read has to add up.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.domain.points import limits

_OPEN = text('"left" > 0')  # LEFT is a word of SQL.


class PointProgram(Base):
    """The shop's rules. Days are whole days of the shop's time zone."""

    __tablename__ = "point_program"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    # For each full `earn_yen` paid there are `earn_points`.
    earn_yen: Mapped[int]
    earn_points: Mapped[int]
    # "fixed": each earning lives `expiry_days`. "rolling": all live so long after the last visit.
    expiry: Mapped[str] = mapped_column(String(10))
    expiry_days: Mapped[int]
    link_points: Mapped[int]
    birthday_points: Mapped[int]
    # "points" or "spend" (yen) of the last `tier_days`; a lower tier comes `grace_days` later.
    tier_basis: Mapped[str] = mapped_column(String(10))
    tier_days: Mapped[int]
    grace_days: Mapped[int]


class PointTier(Base):
    """A tier: from `threshold` on, earnings count `percent` (100 is once)."""

    __tablename__ = "point_tier"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        UniqueConstraint("company_id", "threshold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    code: Mapped[str] = mapped_column(String(limits.TIER_CODE))
    # "ja" and "en" -> words; the Japanese ones are the member's `tier`.
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    threshold: Mapped[int]
    percent: Mapped[int]


class PointBonus(Base):
    """Days or a store for which earnings count `percent`; what is empty does not restrict."""

    __tablename__ = "point_bonus"
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    code: Mapped[str] = mapped_column(String(limits.TIER_CODE))
    from_day: Mapped[date | None]
    until_day: Mapped[date | None]
    # 0 is Monday, 6 is Sunday.
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))
    percent: Mapped[int]


class PointAccount(Base):
    """A member's points, or one of the house's shards, which are below zero by what it gave."""

    __tablename__ = "point_account"
    __table_args__ = (
        CheckConstraint("(member_id IS NULL) <> (shard IS NULL)", name="whose"),
        CheckConstraint("balance >= 0 OR member_id IS NULL", name="never_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), unique=True)
    shard: Mapped[int | None] = mapped_column(unique=True)
    balance: Mapped[int] = mapped_column(BigId)
    # Of the newest entry, 0 and empty without one.
    seq: Mapped[int]
    head_hash: Mapped[str] = mapped_column(String(64))
    # When the lots without an expiry of their own end.
    rolls_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("point_tier.id"))
    # Since the member has less than the tier asks for: when it ends.
    tier_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PointTransfer(Base):
    """Points that moved between a member and the house, once for each key."""

    __tablename__ = "point_transfer"
    __table_args__ = (
        UniqueConstraint("idem_scope", "idem_key"),
        Index("ix_point_transfer_account", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # earn, redeem, expire, adjust, reverse, void, incentive, birthday
    kind: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[int] = mapped_column(ForeignKey("point_account.id"))
    # Of the member's side; 0 where little was paid.
    points: Mapped[int]
    balance_after: Mapped[int] = mapped_column(BigId)
    idem_scope: Mapped[str] = mapped_column(String(limits.KEY))
    idem_key: Mapped[str] = mapped_column(String(limits.KEY))
    # Of what was asked: the same key with something else is refused.
    asked: Mapped[str] = mapped_column(String(64))
    voids_id: Mapped[int | None] = mapped_column(ForeignKey("point_transfer.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    store_id: Mapped[int | None]
    staff_id: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(limits.REASON))
    # Yen.
    paid: Mapped[int | None]
    # How the points came about: rate, tier and bonus in percent.
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class PointEntry(Base):
    """One leg of a transfer. `hash` chains it to the account's entry before (rules.chained)."""

    __tablename__ = "point_entry"
    __table_args__ = (
        UniqueConstraint("account_id", "seq"),
        UniqueConstraint("transfer_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("point_account.id"))
    transfer_id: Mapped[int] = mapped_column(ForeignKey("point_transfer.id"))
    seq: Mapped[int]
    amount: Mapped[int]
    balance_after: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class PointLot(Base):
    """Points that came at once. `left` are not spent; without `expires_at` they roll."""

    __tablename__ = "point_lot"
    __table_args__ = (
        CheckConstraint('"left" >= 0 AND "left" <= points', name="left_of_points"),
        Index(
            "ix_point_lot_open",
            "account_id",
            "expires_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_point_lot_expiry", "expires_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("point_account.id"))
    transfer_id: Mapped[int] = mapped_column(ForeignKey("point_transfer.id"), unique=True)
    points: Mapped[int]
    left: Mapped[int]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


OPEN = PointLot.left > literal_column("0")
"""Lots with points left; a bound 0 would not let the indexes over them be used."""


class PointLotUse(Base):
    """What a transfer took out of a lot; below zero, what it gave back."""

    __tablename__ = "point_lot_use"
    __table_args__ = (UniqueConstraint("transfer_id", "lot_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("point_lot.id"), index=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("point_transfer.id"))
    points: Mapped[int]


class PointAdjustment(Base):
    """A correction that one of the staff asks for. `state`: pending, done or refused."""

    __tablename__ = "point_adjustment"
    __table_args__ = (UniqueConstraint("idem_scope", "idem_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(String(limits.REASON))
    store_id: Mapped[int | None]
    asked_by: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("point_transfer.id"))
    idem_scope: Mapped[str] = mapped_column(String(limits.KEY))
    idem_key: Mapped[str] = mapped_column(String(limits.KEY))
