"""Tables: what LINE told us, and what it told us that we could not read."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.claims import Work
from app.db import Base, UtcDateTime

OPEN = "state IN ('pending', 'running')"


class InboxEvent(Work, Base):
    """One webhook event, saved before LINE had its 200. States: pending, running, done, dead."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("account_id", "event_id"),
        Index(
            "ix_inbox_open", "due_at", "id",
            sqlite_where=text(OPEN), postgresql_where=text(OPEN),
        ),
        Index(
            "ix_inbox_open_source", "source", "account_id", "id",
            sqlite_where=text(OPEN), postgresql_where=text(OPEN),
        ),
        Index("ix_inbox_message", "message_id"),
    )  # fmt: skip

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    # Whose turn it is: the userId, else the group or room; events of one source keep their order.
    source: Mapped[str | None] = mapped_column(String(80))
    message_id: Mapped[str | None] = mapped_column(String(80))
    occurred_ms: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[str] = mapped_column(Text)


class Quarantine(Base):
    """A body with a good signature that is no list of events; kept for a person to look at."""

    __tablename__ = "quarantine"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    reason: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes] = mapped_column(LargeBinary)
