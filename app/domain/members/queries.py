"""Reads about members, handed out as plain values."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from app import clock
from app.db import db
from app.domain.members.attributes import Attribute
from app.domain.members.errors import NoSuchMember
from app.domain.members.form import Form
from app.domain.members.models import Member, MemberAttribute, MemberConsent, MemberExternalId
from app.domain.shops import queries as shops

_AHEAD = timedelta(hours=14)  # Where the day begins first, in Kiribati.


@dataclass(frozen=True)
class MemberCard:
    """What is known of a member; `phone` is E.164, `postal_code` seven digits."""

    id: int
    number: str
    name: str
    kana: str | None
    birthday: date | None
    gender: str | None
    phone: str | None
    email: str | None
    postal_code: str | None
    prefecture: str | None
    city: str | None
    street: str | None
    store_id: int | None
    tier: str | None
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Consent:
    """What a member last said to a purpose, and to which version of its words."""

    purpose: str
    version: str
    given: bool
    at: datetime


def member(member_id: int) -> MemberCard:
    """The member with this id; raises NoSuchMember."""
    found = _first(Member.id == member_id)
    if found is None:
        raise NoSuchMember(f"member {member_id}")
    return found


def by_number(number: str) -> MemberCard | None:
    """The member with this number, as rules.number writes it, or None."""
    return _first(Member.company_id == shops.company_id(), Member.number == number)


def by_email(email: str) -> list[MemberCard]:
    """The members with this address, as rules.email writes it, oldest first."""
    wanted = _wanted(Member.company_id == shops.company_id(), Member.email == email)
    return [MemberCard(*row) for row in db.session.execute(wanted)]


def by_external_id(system: str, external_id: str) -> MemberCard | None:
    """The member whom another system knows by this id, or None."""
    which = select(MemberExternalId.member_id).filter_by(
        company_id=shops.company_id(), system=system, external_id=external_id
    )
    return _first(Member.id.in_(which))


def external_ids(member_id: int) -> dict[str, str]:
    """System -> the member's id there."""
    wanted = select(MemberExternalId.system, MemberExternalId.external_id)
    found = db.session.execute(wanted.filter_by(member_id=member_id))
    return {row.system: row.external_id for row in found}


def consents(member_id: int) -> dict[str, Consent]:
    """Purpose -> what the member last said to it."""
    return {consent.purpose: consent for consent in consent_history(member_id)}


def consent_history(member_id: int) -> list[Consent]:
    """All that a member ever said to any purpose, oldest first."""
    columns = (MemberConsent.purpose, MemberConsent.version, MemberConsent.given, MemberConsent.at)
    wanted = select(*columns).filter_by(member_id=member_id).order_by(MemberConsent.id)
    return [Consent(*row) for row in db.session.execute(wanted)]


def attributes() -> dict[str, Attribute]:
    """Key -> definition of the shop's own fields, oldest first."""
    wanted = select(MemberAttribute).filter_by(company_id=shops.company_id())
    found = db.session.scalars(wanted.order_by(MemberAttribute.id))
    return {row.key: Attribute(row.key, row.type, row.label, tuple(row.choices)) for row in found}


def form() -> Form:
    """What a member's record may hold now; raises NoCompany."""
    return Form(attributes(), shops.store_ids(), (clock.now() + _AHEAD).date())


def _first(*which: ColumnElement[bool]) -> MemberCard | None:
    row = db.session.execute(_wanted(*which)).first()
    return MemberCard(*row) if row else None


def _wanted(*which: ColumnElement[bool]) -> Any:
    columns = [getattr(Member, name) for name in MemberCard.__dataclass_fields__]
    return select(*columns).where(*which).order_by(Member.id)
