"""Table: what happened in the business, in order, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, BigId, UtcDateTime


class Fact(Base):
    """One thing that happened. `cause` is the event or request behind it; the same cause, kind and
    slot make the same fact, so a repeated event adds nothing."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("cause", "kind", "slot"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("line_user.id"), index=True)
    cause: Mapped[str] = mapped_column(String(120))
    slot: Mapped[str] = mapped_column(String(40), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
