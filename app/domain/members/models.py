"""Tables: the company's customers, what they agreed to, and files of them on their way in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.domain.members import limits


class MemberFields:
    """What is known of a member. Lengths are those of limits.py, forms those of rules.py."""

    number: Mapped[str] = mapped_column(String(limits.NUMBER))
    name: Mapped[str] = mapped_column(String(limits.NAME))
    kana: Mapped[str | None] = mapped_column(String(limits.KANA))
    birthday: Mapped[date | None]
    gender: Mapped[str | None] = mapped_column(String(10))
    phone: Mapped[str | None] = mapped_column(String(limits.PHONE_DIGITS + 1))
    email: Mapped[str | None] = mapped_column(String(limits.EMAIL))
    postal_code: Mapped[str | None] = mapped_column(String(7))
    prefecture: Mapped[str | None] = mapped_column(String(4))
    city: Mapped[str | None] = mapped_column(String(limits.CITY))
    street: Mapped[str | None] = mapped_column(String(limits.STREET))
    tier: Mapped[str | None] = mapped_column(String(limits.TIER))
    # Key of a MemberAttribute -> text, number, ISO date, choice or true/false.
    attributes: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The store the member usually comes to.
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))


class Member(MemberFields, Base):
    """A customer of the company, who may be on LINE or not."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        # Families share an address, so it is not unique.
        Index("ix_member_email", "company_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # An import only goes through if this is still what it was when the file was read.
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # Suspended: nothing can be done at a counter with this membership until it is resumed.
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspend_reason: Mapped[str | None] = mapped_column(String(limits.SUSPEND_REASON))


class MemberAttribute(Base):
    """A field of the shop's own. `type` is text, number, date, choice or flag."""

    __tablename__ = "member_attribute"
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    key: Mapped[str] = mapped_column(String(limits.ATTRIBUTE_KEY))
    type: Mapped[str] = mapped_column(String(10))
    # "ja" and "en" -> the words people read.
    label: Mapped[dict[str, str]] = mapped_column(JSON)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)


class MemberConsent(Base):
    """That a member agreed to a purpose, or withdrew. Rows are only added; the newest counts."""

    __tablename__ = "member_consent"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(limits.CONSENT_PURPOSE))
    # Of the words that the member was shown.
    version: Mapped[str] = mapped_column(String(limits.CONSENT_VERSION))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MemberExternalId(Base):
    """Who a member is in another system of the shop, such as ec or pos; one id in each."""

    __tablename__ = "member_external_id"
    __table_args__ = (
        UniqueConstraint("company_id", "system", "external_id"),
        UniqueConstraint("member_id", "system"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    system: Mapped[str] = mapped_column(String(limits.EXTERNAL_SYSTEM))
    external_id: Mapped[str] = mapped_column(String(limits.EXTERNAL_ID))


class MemberImportRow(MemberFields, Base):
    """A member as a file wants it, checked and waiting to be applied with all others of the file.

    Without `member_id` the member is new; with it, `seen_at` is the updated_at that was seen.
    """

    __tablename__ = "member_import_row"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[str] = mapped_column(String(32), index=True)
    staged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    member_id: Mapped[int | None]
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MemberImportId(Base):
    """An external id as a file wants it; None ends the one the member has in that system."""

    __tablename__ = "member_import_id"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[str] = mapped_column(String(32), index=True)
    staged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[str] = mapped_column(String(limits.NUMBER))
    member_id: Mapped[int | None]
    system: Mapped[str] = mapped_column(String(limits.EXTERNAL_SYSTEM))
    external_id: Mapped[str | None] = mapped_column(String(limits.EXTERNAL_ID))


class MemberImportConsent(Base):
    """What a member said to a purpose as a file has it. `seen_id`: the newest row that was seen."""

    __tablename__ = "member_import_consent"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[str] = mapped_column(String(32), index=True)
    staged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    number: Mapped[str] = mapped_column(String(limits.NUMBER))
    member_id: Mapped[int | None]
    purpose: Mapped[str] = mapped_column(String(limits.CONSENT_PURPOSE))
    version: Mapped[str] = mapped_column(String(limits.CONSENT_VERSION))
    given: Mapped[bool]
    seen_id: Mapped[int] = mapped_column(BigId)
