"""Table: where each person stands in the dialog that is open with them."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class DialogState(Base):
    """The open dialog of a person at an account. It is gone when the dialog has ended."""

    __tablename__ = "dialog_state"
    __table_args__ = (UniqueConstraint("account_id", "line_user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    line_user_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), index=True)
    dialog: Mapped[str] = mapped_column(String(60))
    step: Mapped[str] = mapped_column(String(60))
    # Step -> value, in the order of the steps.
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    # Wrong answers to the present step.
    wrong: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
