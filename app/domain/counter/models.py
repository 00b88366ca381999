"""Tables: sessions at a counter, what was done in them, and visits."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, BigId, UtcDateTime
from app.domain.counter import limits


class CounterSession(Base):
    """That a staff member has a member before them: by a scan, or by a look-up with its reason.

    `how` is "code", "coupon" or "look_up"; only a scan knows the person who showed the code.
    """

    __tablename__ = "counter_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(index=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("line_user.id"))
    how: Mapped[str] = mapped_column(String(7))
    reason: Mapped[str | None] = mapped_column(String(limits.REASON))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CounterAct(Base):
    """One thing done in a session, so that the last one can be undone.

    `kind` is visit, earn, redeem or coupon; `ref` is the id of what it made, in that feature.
    """

    __tablename__ = "counter_act"
    __table_args__ = (Index("ix_counter_act_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("counter_session.id"))
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Visit(Base):
    """That a member was in a store; at most one for each session, while it is not undone."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_member", "member_id", "at"),
        Index("ix_visit_store", "store_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    staff_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(ForeignKey("counter_session.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
