"""Tables: what was ordered, how it went, when a store hands out, where it delivers, and baskets."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.domain.catalogue import limits as catalogue
from app.domain.orders import limits

_OUTSIDE = text("external_id IS NOT NULL")


class OrderRules(Base):
    """When a store takes orders; without a row it takes none."""

    __tablename__ = "order_rules"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), primary_key=True)
    # As catalogue's rules.canonical_times writes them; NULL: not at all.
    pickup_times: Mapped[str | None] = mapped_column(String(catalogue.TIMES))
    delivery_times: Mapped[str | None] = mapped_column(String(catalogue.TIMES))
    slot_minutes: Mapped[int]
    # Orders of one slot, pick-up and delivery together.
    slot_capacity: Mapped[int]
    lead_minutes: Mapped[int]
    horizon_days: Mapped[int]
    # What 「いつもの」 is: "last", or "often" of the last five.
    usual: Mapped[str] = mapped_column(String(5))


class DeliveryArea(Base):
    """Where a store delivers: postcodes that begin so; of several the longest counts. Yen."""

    __tablename__ = "delivery_area"
    __table_args__ = (UniqueConstraint("store_id", "prefix"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    prefix: Mapped[str] = mapped_column(String(limits.POSTCODE))
    minimum: Mapped[int]
    fee: Mapped[int]


class OrderSlot(Base):
    """How many orders a store has for a moment; a row is there once it has one."""

    __tablename__ = "order_slot"
    __table_args__ = (
        UniqueConstraint("store_id", "starts_at"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken: Mapped[int]


class Order(Base):
    """One order, of LINE, of the web shop or of a register."""

    __tablename__ = "shop_order"
    __table_args__ = (
        UniqueConstraint("scope", "key"),
        Index(
            "uq_shop_order_external",
            "origin",
            "external_id",
            unique=True,
            sqlite_where=_OUTSIDE,
            postgresql_where=_OUTSIDE,
        ),
        Index("ix_shop_order_member_id", "member_id", "id"),
        Index("ix_shop_order_person_id", "person_id", "id"),
        Index("ix_shop_order_store_id", "store_id", "state", "slot_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What people call it by; tells nothing to whoever guesses.
    number: Mapped[str] = mapped_column(String(12), unique=True)
    # line, ec, register
    origin: Mapped[str] = mapped_column(String(10))
    external_id: Mapped[str | None] = mapped_column(String(limits.EXTERNAL_ID))
    scope: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(limits.KEY))
    # Of what was asked: the same key with something else is refused. Of another system's: of its
    # lines, which are written anew only when they change.
    asked: Mapped[str] = mapped_column(String(64))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("line_user.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    # pickup, delivery, other
    way: Mapped[str] = mapped_column(String(8))
    slot_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    # Yen: all with tax, of it the fee, and the tax of each rate as tax.Group has it.
    total: Mapped[int]
    fee: Mapped[int]
    taxes: Mapped[list[dict[str, int]]] = mapped_column(JSON)
    points: Mapped[int]
    # "provider": online; NULL: at the counter, at the door, or elsewhere, as `way` says.
    pay: Mapped[str | None] = mapped_column(String(8))
    # Whether being done earns points here.
    earns: Mapped[bool]
    # Ids of what the ledger and the coupons hold for the order.
    spent_id: Mapped[int | None] = mapped_column(BigId)
    earned_id: Mapped[int | None] = mapped_column(BigId)
    coupon_use_id: Mapped[int | None] = mapped_column(BigId)
    # Whom it is for and where it goes; empty for orders of other systems.
    name: Mapped[str | None] = mapped_column(String(limits.NAME))
    phone: Mapped[str | None] = mapped_column(String(20))
    postal_code: Mapped[str | None] = mapped_column(String(limits.POSTCODE))
    address: Mapped[str | None] = mapped_column(String(limits.ADDRESS))
    note: Mapped[str | None] = mapped_column(String(limits.NOTE))
    carrier: Mapped[str | None] = mapped_column(String(limits.TRACKING))
    tracking: Mapped[str | None] = mapped_column(String(limits.TRACKING))
    # When the store says that it will be ready.
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(limits.NOTE))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class OrderLine(Base):
    """Some pieces of one variant with the same options, at the price of that moment."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("pieces > 0", name="pieces_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("shop_order.id"))
    position: Mapped[int]
    # NULL: something that is not in the catalogue.
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variant.id"), index=True)
    code: Mapped[str] = mapped_column(String(catalogue.CODE))
    # "ja" and "en" -> words, of product and variant.
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    size: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # Group -> choices, as codes.
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    pieces: Mapped[int]
    # Yen of one piece with its options, as it is written; with tax or without.
    price: Mapped[int]
    tax: Mapped[int]
    tax_included: Mapped[bool]


class OrderStep(Base):
    """That an order came into a state; each once."""

    __tablename__ = "order_step"
    __table_args__ = (UniqueConstraint("order_id", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("shop_order.id"))
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None]


class Basket(Base):
    """What a person has picked and not ordered yet."""

    __tablename__ = "basket"

    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    # As definition.NewLine has them.
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
