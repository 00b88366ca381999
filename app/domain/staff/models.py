"""Tables: the shop's staff, their sessions, and the letters that let them in."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.vault import Sealed


class Staff(Base):
    """One person who works here. `role` is one of roles.ROLES; a scope of None means all."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    # As members.rules.email writes it, in lower case.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(10))
    store_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    account_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    # None until an invitation was accepted.
    password_hash: Mapped[str | None] = mapped_column(String(255))
    # The present one, and one that is being set up.
    totp_secret: Mapped[str | None] = mapped_column(Sealed)
    totp_pending: Mapped[str | None] = mapped_column(Sealed)
    # The number of the 30 seconds whose code was used last: no code works twice.
    totp_used: Mapped[int | None] = mapped_column(BigId)
    # Fingerprints of recovery codes that are left.
    recovery: Mapped[list[str]] = mapped_column(JSON)
    # Nobody adjusts their own points.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class StaffSession(Base):
    """Somebody logged in at one browser; read at every request, so ending it works at once."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    # False: the password was right, the second factor is still to come.
    proved: Mapped[bool]
    network: Mapped[str | None] = mapped_column(String(45))
    # The browser's own words.
    device: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffLetter(Base):
    """A link that was sent by mail and works once. `purpose` is "invite" or "reset"."""

    __tablename__ = "staff_letter"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(6))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffTries(Base):
    """How often something was tried since a moment. `subject`: rules.subject's word for it."""

    __tablename__ = "staff_tries"

    subject: Mapped[str] = mapped_column(String(100), primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
