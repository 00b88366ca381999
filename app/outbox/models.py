"""Tables: what we intend to say or do at LINE, and the e-mails we mean to send."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.claims import Work
from app.db import Base, UtcDateTime
from app.vault import Sealed

OPEN = "state IN ('pending', 'sending')"


class OutboxItem(Work, Base):
    """One call to LINE. States: pending, sending, sent, failed, unknown.

    `route` is reply, push, multicast, profile or linkToken. The body, the retry key and `unsure`
    are committed before the call: `unsure` says that LINE may already have taken it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open", "lane", "due_at", "id",
            sqlite_where=text(OPEN), postgresql_where=text(OPEN),
        ),
        Index(
            "ix_outbox_open_recipient", "recipient", "account_id", "id",
            sqlite_where=text(OPEN), postgresql_where=text(OPEN),
        ),
    )  # fmt: skip

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("line_user.id"), index=True)
    # The userId or group a call is for; calls to one recipient keep their order.
    recipient: Mapped[str | None] = mapped_column(String(80))
    recipients: Mapped[list[str] | None] = mapped_column(JSON)
    lane: Mapped[str] = mapped_column(String(10))
    route: Mapped[str] = mapped_column(String(10))
    # What to say: [{"notice": name, "data": {...}}], turned into LINE's JSON just before the call.
    notice: Mapped[str] = mapped_column(String(60))
    notices: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # Whether later calls to the same recipient wait for this one.
    holds_back: Mapped[bool] = mapped_column(Boolean, default=True)
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    cause: Mapped[str | None] = mapped_column(String(120), index=True)
    reply_token: Mapped[str | None] = mapped_column(String(100))
    reply_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    retry_key: Mapped[str | None] = mapped_column(String(36))
    first_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unsure: Mapped[bool] = mapped_column(Boolean, default=False)
    http_status: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # From this moment on it is not sent any more, such as a reminder after what it reminds of.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RateBucket(Base):
    """Tokens left for one account and endpoint, shared by all processes and machines."""

    __tablename__ = "rate_bucket"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(20), primary_key=True)
    tokens: Mapped[float]
    filled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailItem(Work, Base):
    """One e-mail. States: pending, sending, sent, failed (refused), dead (given up), expired.

    Address and data are personal and may hold a one-time code: both are sealed, and gone as soon as
    the row has ended.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index(
            "ix_mail_open", "due_at", "id",
            sqlite_where=text(OPEN), postgresql_where=text(OPEN),
        ),
    )  # fmt: skip

    letter: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    address: Mapped[str | None] = mapped_column(Sealed)
    # The letter's values as a JSON object.
    data: Mapped[str | None] = mapped_column(Sealed)
    dedupe: Mapped[str] = mapped_column(String(160), unique=True)
    # What makes the Message-ID: the same at each try, so that a repeated mail is known as one.
    mark: Mapped[str] = mapped_column(String(32))
    # After this moment, such as the end of a code's life, the mail is not sent any more.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    smtp_code: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
