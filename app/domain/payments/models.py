"""Table: what is paid with a provider, how it stands, and what the provider is to be asked next."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.claims import Work
from app.db import Base, UtcDateTime
from app.domain.payments import limits

_OPEN = text("state IN ('pending', 'asking')")


class Payment(Work, Base):
    """One payment. States of the work: pending, asking, rest (nothing to ask), dead."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    # What is paid, such as "order/12".
    cause: Mapped[str] = mapped_column(String(limits.CAUSE), unique=True)
    about: Mapped[str] = mapped_column(String(limits.CAUSE))
    provider: Mapped[str] = mapped_column(String(limits.PROVIDER))
    yen: Mapped[int]
    # Ours: the provider knows by it what it was asked before.
    key: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str | None] = mapped_column(String(limits.REF))
    url: Mapped[str | None] = mapped_column(String(limits.URL))
    # wanted, begun, paid, cancelled, refunded
    stands: Mapped[str] = mapped_column(String(10))
    # begin, capture, cancel, refund
    asks: Mapped[str] = mapped_column(String(10))
    # That the money is not wanted any more, whatever comes of the call under way.
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
