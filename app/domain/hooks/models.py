"""Tables: where the shop wants to hear of facts, and each fact on its way there."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.claims import Work
from app.db import Base, BigId, UtcDateTime
from app.domain.hooks import limits
from app.vault import Sealed

_OPEN = text("state IN ('pending', 'sending')")


class HookEndpoint(Base):
    """An address of the shop's own. Without an account it hears the facts of all."""

    __tablename__ = "hook_endpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    url: Mapped[str] = mapped_column(String(limits.URL))
    # Kinds of facts, "points.*" or "*".
    kinds: Mapped[list[str]] = mapped_column(JSON)
    # whsec_ and base64, as Standard Webhooks has them.
    secret: Mapped[str] = mapped_column(Sealed)
    # The last fact that was looked at.
    cursor: Mapped[int] = mapped_column(BigId)
    # Calls that failed one after the other, and until when nothing is tried because of them.
    failures: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Switched off, by somebody or because it answered 410.
    off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    off_reason: Mapped[str | None] = mapped_column(String(100))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HookDelivery(Work, Base):
    """One fact on its way to one endpoint. States: pending, sending, done, dead, cancelled."""

    __tablename__ = "hook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "fact_id"),
        Index("ix_hook_delivery_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_hook_delivery_finished_at", "finished_at"),
    )

    endpoint_id: Mapped[int] = mapped_column(ForeignKey("hook_endpoint.id"))
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id"))
    # Of the last answer.
    http_status: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
