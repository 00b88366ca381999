"""Tables: which LINE user is which member, and what leads to such a link."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.vault import Sealed

_ACTIVE = text("ended_at IS NULL")


class Link(Base):
    """That a LINE user is a member. At most one is active per LINE user, and per provider and
    member; ended ones stay as history."""

    __tablename__ = "link"
    __table_args__ = (
        Index(
            "uq_link_one_per_person",
            "person_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index(
            "uq_link_one_per_member",
            "provider_id",
            "member_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    # The account through which it was made; it tells the person.
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # How the member was proved: code, password, joined or login.
    proof: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # "member" (their own wish) or "relinked" (their new LINE took over).
    end_reason: Mapped[str | None] = mapped_column(String(10))


class LinkClaim(Base):
    """One attempt of one person to prove something, within ten minutes.

    `purpose` is "link", "login" (the member site's login, from the talk) or "email" (a new
    address). `member_ids` are those it can be about; none where nobody has that number or address,
    which the person is not told.
    """

    __tablename__ = "link_claim"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    member_ids: Mapped[list[int]] = mapped_column(JSON)
    # Of what was typed in, so that wrong tries count also where there is no such member.
    who_hash: Mapped[str] = mapped_column(String(64), default="")
    # The new address, or LINE's link token.
    secret: Mapped[str | None] = mapped_column(Sealed)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    # LINE brings it back in the accountLink event.
    nonce_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # "code" or "password", once it was proved.
    proof: Mapped[str | None] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkTry(Base):
    """One try that counts: a wrong proof, or a code that was sent.

    A row is written before the proof is looked at, and taken away if it was right, so that tries
    at the same moment all count. `subject` is "person/ID", "member/ID" or "who/HASH".
    """

    __tablename__ = "link_try"
    __table_args__ = (Index("ix_link_try_subject", "subject", "kind", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    # "wrong" or "sent".
    kind: Mapped[str] = mapped_column(String(5))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class MemberPassword(Base):
    """The password of the shop's member site, as its hash: argon2, or scrypt as Werkzeug has it."""

    __tablename__ = "member_password"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class WebSession(Base):
    """A person who logged in with LINE in a browser outside of LINE."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("line_user.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    # LINE's access token of this login, and the address that LINE has verified.
    access_token: Mapped[str] = mapped_column(Sealed)
    email: Mapped[str | None] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
