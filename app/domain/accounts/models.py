"""Tables: who may speak at LINE in the company's name."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Base, UtcDateTime
from app.vault import Sealed


class Provider(Base):
    """LINE's own grouping of channels: one person has one userId inside it, another outside."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)


class Account(Base):
    """One official account: its Messaging API channel, its Login channel and its LIFF app."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    bot_user_id: Mapped[str] = mapped_column(String(33), unique=True)
    channel_secret: Mapped[str] = mapped_column(Sealed)
    # While a secret is being changed at LINE, both are accepted.
    next_channel_secret: Mapped[str | None] = mapped_column(Sealed)
    access_token: Mapped[str] = mapped_column(Sealed)
    login_channel_id: Mapped[str | None] = mapped_column(String(20))
    login_channel_secret: Mapped[str | None] = mapped_column(Sealed)
    liff_id: Mapped[str | None] = mapped_column(String(40))
    # "paid" stops what counts to LINE's monthly quota, "all" every call; NULL is normal work.
    paused: Mapped[str | None] = mapped_column(String(4))
    pause_reason: Mapped[str | None] = mapped_column(String(300))
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    provider: Mapped[Provider] = relationship()
