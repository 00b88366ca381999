"""Reads about members, handed out as plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, extract, func, or_, select

from app import clock
from app.db import db, run
from app.domain.members.attributes import Attribute, tags
from app.domain.members.errors import NoSuchMember
from app.domain.members.form import Form
from app.domain.members.models import Member, MemberAttribute, MemberConsent, MemberExternalId
from app.domain.shops import queries as shops
from app.prepared import Prepared

_NAMES = (Member.name, Member.kana)
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
    suspended_at: datetime | None
    suspend_reason: str | None


@dataclass(frozen=True)
class Standing:
    """What of a member decides about what they are shown.

    `store` is the usual store's code, `tags` are the keys of the flags they have.
    """

    tier: str | None
    store: str | None
    tags: frozenset[str]


@dataclass(frozen=True)
class Consent:
    """What a member last said to a purpose, and to which version of its words."""

    purpose: str
    version: str
    given: bool
    at: datetime


def member(member_id: int) -> MemberCard:
    """The member with this id; raises NoSuchMember."""
    db.session.flush()  # A prepared statement does not.
    row = run(_BY_ID, {"of": member_id}).first()
    if row is None:
        raise NoSuchMember(f"member {member_id}")
    return MemberCard(*row)


def by_number(number: str) -> MemberCard | None:
    """The member with this number, as rules.number writes it, or None."""
    return _first(Member.company_id == shops.company_id(), Member.number == number)


def by_email(email: str) -> list[MemberCard]:
    """The members with this address, as rules.email writes it, oldest first."""
    wanted = _wanted(Member.company_id == shops.company_id(), Member.email == email)
    return [MemberCard(*row) for row in db.session.execute(wanted)]


def most_of_one_email(member_ids: Select[tuple[int]]) -> int:
    """How many of these members share an address, where most do; `member_ids` is a SELECT."""
    sharing = select(func.count().label("number")).where(Member.id.in_(member_ids))
    shared = sharing.where(Member.email.is_not(None)).group_by(Member.company_id, Member.email)
    return db.session.scalar(select(func.max(shared.subquery().c.number))) or 0


def by_phone(phone: str) -> list[MemberCard]:
    """The members with this phone, as rules.phone writes it, oldest first."""
    wanted = _wanted(Member.company_id == shops.company_id(), Member.phone == phone)
    return [MemberCard(*row) for row in db.session.execute(wanted)]


def some(*, after: int, limit: int) -> list[MemberCard]:
    """Members, oldest first, whose ids come after this one."""
    wanted = _wanted(Member.company_id == shops.company_id(), Member.id > after).limit(limit)
    return [MemberCard(*row) for row in db.session.execute(wanted)]


def named(part: str, *, limit: int) -> list[MemberCard]:
    """Members with this in their name or kana, spaces aside, oldest first."""
    looked_for = "".join(part.split())
    fields = [func.replace(func.replace(field, " ", ""), "\u3000", "") for field in _NAMES]
    hit = or_(*(field.contains(looked_for, autoescape=True) for field in fields))
    wanted = _wanted(Member.company_id == shops.company_id(), hit).limit(limit)
    return [MemberCard(*row) for row in db.session.execute(wanted)]


def by_external_id(system: str, external_id: str) -> MemberCard | None:
    """The member whom another system knows by this id, or None."""
    which = select(MemberExternalId.member_id).filter_by(
        company_id=shops.company_id(), system=system, external_id=external_id
    )
    return _first(Member.id.in_(which))


def names(member_ids: Collection[int]) -> dict[int, str]:
    """Member id -> name."""
    wanted = select(Member.id, Member.name).where(Member.id.in_(member_ids))
    return {row.id: row.name for row in db.session.execute(wanted)}


def standings(member_ids: Collection[int]) -> dict[int, Standing]:
    """Member id -> tier, usual store and tags."""
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    wanted = select(Member.id, Member.tier, Member.store_id, Member.attributes)
    found = db.session.execute(wanted.where(Member.id.in_(member_ids)))
    return {
        row.id: Standing(row.tier, codes.get(row.store_id), tags(row.attributes)) for row in found
    }


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


def born_on(days: Collection[tuple[int, int]]) -> list[tuple[int, date]]:
    """(member id, birthday) of those whose birthday is one of these (month, day)."""
    month, day = extract("month", Member.birthday), extract("day", Member.birthday)
    wanted = or_(*(and_(month == each[0], day == each[1]) for each in days))
    found = db.session.execute(select(Member.id, Member.birthday).where(wanted).order_by(Member.id))
    return [(row.id, row.birthday) for row in found]


def _first(*which: ColumnElement[bool]) -> MemberCard | None:
    row = db.session.execute(_wanted(*which)).first()
    return MemberCard(*row) if row else None


def _wanted(*which: ColumnElement[bool]) -> Any:
    columns = [getattr(Member, name) for name in MemberCard.__dataclass_fields__]
    return select(*columns).where(*which).order_by(Member.id)


_BY_ID = Prepared(_wanted(Member.id == bindparam("of")))
