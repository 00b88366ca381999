"""Tables: who saw or changed what, in one chain that cannot be changed unseen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, BigId, UtcDateTime


class AuditEntry(Base):
    """One thing that somebody did. Triggers of the database refuse UPDATE and DELETE.

    Ids have no gaps. Staff, stores and accounts are named by id without a foreign key: an entry
    outlives what it is about.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(60), index=True)
    # None: the system itself, a command, or somebody who has not logged in.
    staff_id: Mapped[int | None] = mapped_column(index=True)
    role: Mapped[str | None] = mapped_column(String(10))
    session_id: Mapped[int | None] = mapped_column(BigId)
    # What it was done to: "member/12", "staff/3".
    about: Mapped[str | None] = mapped_column(String(60), index=True)
    store_id: Mapped[int | None]
    account_id: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(300))
    # The address it was done from.
    network: Mapped[str | None] = mapped_column(String(45))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The one row that says where the chain ends; whoever adds to it holds this row."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(String(64))
