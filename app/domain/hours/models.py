"""Tables: when a store is open in a usual week, and the days on which it is otherwise."""

from datetime import date

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.domain.hours import limits


class StoreWeek(Base):
    """A store's usual week in wall-clock times of its zone; `weekly` is as rules.Week reads it."""

    __tablename__ = "store_week"

    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), primary_key=True)
    # NULL: that of the whole shop (TIME_ZONE).
    zone: Mapped[str | None] = mapped_column(String(limits.ZONE))
    weekly: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON)
    # What a Japanese public holiday is: "as_usual", "closed" or "as_sunday".
    holidays: Mapped[str] = mapped_column(String(9))
    # So long before it closes nothing begins any more.
    last_order_minutes: Mapped[int]


class StoreDay(Base):
    """One day that is not like its week."""

    __tablename__ = "store_day"
    __table_args__ = (UniqueConstraint("store_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    day: Mapped[date]
    # Pairs of times; none: closed.
    opens: Mapped[list[list[str]]] = mapped_column(JSON)
    # "ja" and "en" -> why, as people read it.
    reason: Mapped[dict[str, str] | None] = mapped_column(JSON)
