"""Tables: the menus we have made at LINE, and which of them each person sees."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.claims import Work
from app.db import Base, BigId, UtcDateTime

OPEN = "state IN ('pending', 'telling')"
_AT_LINE = text("state <> 'gone'")


class RichMenu(Base):
    """One version of a menu at LINE, where a version never changes.

    States: creating (LINE may have it), created (without its picture), uploaded, live, retiring
    (people still see it, or did a moment ago), gone.
    """

    __tablename__ = "rich_menu"
    __table_args__ = (
        Index(
            "uq_rich_menu_version",
            "account_id",
            "slug",
            "hash",
            unique=True,
            sqlite_where=_AT_LINE,
            postgresql_where=_AT_LINE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # The name of the layout's file, and what tells its versions apart.
    slug: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(12))
    # LINE's richMenuId.
    line_id: Mapped[str | None] = mapped_column(String(80))
    alias: Mapped[str | None] = mapped_column(String(32))
    # Who sees it, as app/richmenu reads it: {"when": {...}, "priority": n, "leads_to": [alias]}.
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    shown_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="creating")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class MenuBoard(Base):
    """What is to be done about an account's menus; there is one once menus were applied."""

    __tablename__ = "menu_board"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    # Everybody is being looked at: the last person that was; NULL when all were.
    sweep_after: Mapped[int | None]
    # Raised whenever the looking begins anew.
    sweep_round: Mapped[int] = mapped_column(default=0)
    # The same, for the comparison with LINE.
    verify_after: Mapped[int | None]
    # When aliases, default and deletions are to be looked at; NULL when all is as it should be.
    settle_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settle_tries: Mapped[int] = mapped_column(default=0)
    # When the next menu begins or ceases to be shown.
    turns_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who is changing the account's menus at LINE, and until when nobody else may.
    held_by: Mapped[str | None] = mapped_column(String(32))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PersonMenu(Work, Base):
    """What LINE was last told about a person's own menu. States: pending, telling, done, failed.

    `told_id` is NULL where the person sees the account's default menu.
    """

    __tablename__ = "person_menu"
    __table_args__ = (
        UniqueConstraint("account_id", "person_id"),
        Index(
            "ix_person_menu_open", "urgent", "due_at", "id",
            sqlite_where=text(OPEN), postgresql_where=text(OPEN),
        ),
    )  # fmt: skip

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"))
    told_id: Mapped[int | None] = mapped_column(ForeignKey("rich_menu.id"))
    # False: LINE may show something else, so it is told even what it was told before.
    sure: Mapped[bool] = mapped_column(default=True)
    # The person went there by a tab, and may stay there.
    switched: Mapped[bool] = mapped_column(default=False)
    # A change of this one person, who does not wait for the many.
    urgent: Mapped[bool] = mapped_column(default=False)
    # Raised with each change: what changed while LINE was being told is told again.
    touched: Mapped[int] = mapped_column(default=0)


class MenuMember(Base):
    """A member of whom something changed; who that is at LINE is not known here."""

    __tablename__ = "menu_member"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int]
