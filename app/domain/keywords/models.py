"""Tables: the words an account answers by itself, and when it last answered whom."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class KeywordRule(Base):
    """What an account answers to which words. `kind` is exact, contains, regex or fallback."""

    __tablename__ = "keyword_rule"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(60))
    # The highest goes first; of two equal ones the older rule.
    priority: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(10))
    pattern: Mapped[str] = mapped_column(String(200), default="")
    # The blocks of the answer, in the form that app/messages reads.
    answer: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # Digits of the days it speaks on, 0 is Monday; NULL is every day.
    weekdays: Mapped[str | None] = mapped_column(String(7))
    # Shop time. The window may go over midnight and then belongs to the day it began on.
    from_time: Mapped[time | None] = mapped_column(Time)
    to_time: Mapped[time | None] = mapped_column(Time)
    # For so long it is silent towards a person it has answered.
    cooldown_seconds: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)


class KeywordAnswered(Base):
    """When a rule with a cool-down last answered a person."""

    __tablename__ = "keyword_answered"

    rule_id: Mapped[int] = mapped_column(
        ForeignKey("keyword_rule.id", ondelete="CASCADE"), primary_key=True
    )
    line_user_id: Mapped[int] = mapped_column(
        ForeignKey("line_user.id"), primary_key=True, index=True
    )
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
