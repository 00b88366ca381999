"""Tables: what can be reserved, by which rules, what is reserved, and who waits.

The guarantee is ReservationUnit: one row for each seat of a resource and each five minutes, so the
database itself refuses whoever comes second (docs/decisions/0009).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.domain.reservations import limits

# Written as SQLAlchemy asks for it, or the databases would not use the index.
_LIVE, _LIVE_SQLITE = text("live"), text("live = 1")
_HELD = text("state = 'held'")
_WAITS = text("state = 'waiting'")


class Service(Base):
    """What a customer reserves (definition.NewService). Texts map "ja" and "en" to words."""

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(limits.CODE), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    text: Mapped[dict[str, str] | None] = mapped_column(JSON)
    minutes: Mapped[int]
    before_minutes: Mapped[int]
    after_minutes: Mapped[int]
    # Starts are offered so many minutes apart, from the begin of each opening on.
    grid_minutes: Mapped[int]
    # Yen, for a person or for the whole party; NULL: not told.
    price: Mapped[int | None]
    per_person: Mapped[bool]
    # "anyone", "linked", or the code of the lowest tier that may.
    audience: Mapped[str] = mapped_column(String(40))
    deposit: Mapped[dict[str, str] | None] = mapped_column(JSON)
    party_min: Mapped[int]
    party_max: Mapped[int]
    # [{"code", "name": {"ja", "en"}, "minutes", "price"}]
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # One or two kinds of resources, one of each.
    needs: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool]


class Resource(Base):
    """Somebody or something of a store that is reserved.

    With a capacity of 1 the whole of it is taken, by a party of `party_max` at the most; else a
    party takes as many of its seats as it has people.
    """

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("store_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    code: Mapped[str] = mapped_column(String(limits.CODE))
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    # "staff", "seat", "room" or "course".
    kind: Mapped[str] = mapped_column(String(6))
    capacity: Mapped[int]
    party_max: Mapped[int | None]
    # As a store's week; NULL: the store's own hours.
    weekly: Mapped[dict[str, list[list[str]]] | None] = mapped_column(JSON)
    active: Mapped[bool]
    # Of the secret address of its calendar; NULL: it has none.
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)


class ResourceService(Base):
    """That a resource serves for a service."""

    __tablename__ = "resource_service"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True, index=True)


class BookingRules(Base):
    """By which rules a store takes reservations; definition.NewRules has the usual values."""

    __tablename__ = "booking_rules"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), primary_key=True)
    lead_minutes: Mapped[int]
    horizon_days: Mapped[int]
    change_minutes: Mapped[int]
    cancel_minutes: Mapped[int]
    hold_minutes: Mapped[int]
    open_limit: Mapped[int]
    # The hour of the day before, in the store's time; NULL: no such reminder.
    remind_hour: Mapped[int | None]
    remind_hours: Mapped[int | None]
    # Hours between which nothing is said that nobody asked for; the same hour twice: none.
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]
    thanks_minutes: Mapped[int | None]
    no_show_limit: Mapped[int | None]
    no_show_days: Mapped[int]


class Reservation(Base):
    """One reservation. Its states and the ways between them are in states.py.

    `starts_at` to `ends_at` is the customer's time; the resources are taken for the buffers too.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        Index("ix_reservation_store_id_starts_at", "store_id", "starts_at"),
        Index("ix_reservation_person_id_starts_at", "person_id", "starts_at"),
        Index("ix_reservation_member_id_starts_at", "member_id", "starts_at"),
        Index("ix_reservation_held", "hold_until", sqlite_where=_HELD, postgresql_where=_HELD),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("line_user.id"))
    # The account at which they reserved; it tells them what comes.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    guest_name: Mapped[str | None] = mapped_column(String(limits.GUEST_NAME))
    guest_phone: Mapped[str | None] = mapped_column(String(limits.GUEST_PHONE))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    party: Mapped[int]
    # Codes of the service's options.
    options: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(limits.NOTE))
    # As it was when it was reserved; NULL: not told.
    price: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    hold_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # "talk", "liff", "counter", "import" or "waitlist".
    origin: Mapped[str] = mapped_column(String(10))
    # "customer", "staff" or "shop" (a day that was closed).
    cancelled_by: Mapped[str | None] = mapped_column(String(10))
    cancel_reason: Mapped[str | None] = mapped_column(String(limits.REASON))
    # Counts the changes of time, so that nobody changes what they did not see.
    version: Mapped[int] = mapped_column(default=1)
    # What brought it about; the same cause makes no second one.
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    external_id: Mapped[str | None] = mapped_column(String(limits.EXTERNAL_ID), unique=True)
    # When it was confirmed or moved last: nothing is told that was due before.
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When there may be something to remind of or to thank for; NULL: nothing more to say.
    tell_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class ReservationUse(Base):
    """Which resource a reservation has: from one unit up to but without another, so many seats.

    `live`: the units are taken. What has ended stays, for the calendars of the staff.
    """

    __tablename__ = "reservation_use"
    __table_args__ = (
        Index(
            "ix_reservation_use_live",
            "resource_id",
            "end_unit",
            sqlite_where=_LIVE_SQLITE,
            postgresql_where=_LIVE,
        ),
    )

    reservation_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("reservation.id"), primary_key=True
    )
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    first_unit: Mapped[int]
    end_unit: Mapped[int]
    seats: Mapped[int]
    live: Mapped[bool]


class ReservationUnit(Base):
    """That one seat of a resource is taken for five minutes, by whom. `unit` counts from 1970."""

    __tablename__ = "reservation_unit"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True)
    seat: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(BigId, ForeignKey("reservation.id"), index=True)


class WaitlistEntry(Base):
    """That somebody waits for a free time; states in states.py. The day is the store's."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        Index(
            "ix_waitlist_entry_waits",
            "store_id",
            "day",
            "id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    day: Mapped[date]
    # Wall-clock times such as "09:00" between which a start suits them.
    from_time: Mapped[str] = mapped_column(String(5))
    to_time: Mapped[str] = mapped_column(String(5))
    party: Mapped[int]
    options: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    # Of what was offered last.
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"), index=True)
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class DayClosing(Base):
    """That a store closes for a day and all who reserved are told; `done_at` once all are."""

    __tablename__ = "day_closing"
    __table_args__ = (UniqueConstraint("store_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    day: Mapped[date]
    reason: Mapped[dict[str, str]] = mapped_column(JSON)
    staff_id: Mapped[int]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
