"""Tables: the people we talk with, and which of our accounts each of them follows."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, UtcDateTime


class LineUser(Base):
    """A person on LINE, known once per provider; may be linked to no member."""

    __tablename__ = "line_user"
    __table_args__ = (UniqueConstraint("provider_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    user_id: Mapped[str] = mapped_column(String(80))
    display_name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(20))
    # What they chose themselves; goes before what LINE tells.
    chosen_language: Mapped[str | None] = mapped_column(String(2))
    picture_url: Mapped[str | None] = mapped_column(String(2000))
    profile_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Friendship(Base):
    """How a person stands to one account. Blocking one account says nothing about another."""

    __tablename__ = "friendship"
    __table_args__ = (UniqueConstraint("account_id", "line_user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    line_user_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), index=True)
    # NULL until a follow or unfollow has told us.
    following: Mapped[bool | None]
    # The event that decided `following`: LINE's time (ms), and its id where two have the same time.
    decided_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    first_seen_ms: Mapped[int] = mapped_column(BigInteger)
    last_seen_ms: Mapped[int] = mapped_column(BigInteger)


spoken = func.coalesce(LineUser.chosen_language, LineUser.language)
"""The language to speak with a person."""
