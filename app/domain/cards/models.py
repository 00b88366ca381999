"""Tables: the codes that members' pages show, and bad scans."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, BigId, UtcDateTime


class CardCode(Base):
    """One code that a person's page has shown. It is good once, until `expires_at`.

    `end_reason` is "used", "unlinked" or "suspended". A code that was ended as "used" without a
    `used_at` is one that was shown besides the used one.
    """

    __tablename__ = "card_code"
    __table_args__ = (Index("ix_card_code_person", "person_id", "issued_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"))
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # With the seconds of grace: from here on it is refused.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(10))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The staff member and the store that have used it.
    used_by: Mapped[int | None]
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))


class CardScan(Base):
    """A scan that led to nobody, or is under way. `subject` is "staff/ID" or "device/HASH"."""

    __tablename__ = "card_scan"
    __table_args__ = (Index("ix_card_scan_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
