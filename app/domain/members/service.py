"""Verbs about members. Records come as they were written: field -> words (see form.py)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import db, run, transaction
from app.domain.cards import service as cards
from app.domain.files.errors import Problem
from app.domain.members import agreed, limits, queries, rules
from app.domain.members.attributes import NewAttribute, tags
from app.domain.members.errors import (
    BadAttribute,
    BadMember,
    MemberTaken,
    NoSuchMember,
)
from app.domain.members.form import Draft, merged
from app.domain.members.models import Member, MemberAttribute, MemberConsent, MemberExternalId
from app.domain.menus import service as menus
from app.domain.shops import queries as shops
from app.prepared import IsOneOf, Prepared, Values


def add(written: Mapping[str, str]) -> int:
    """Add a member, with a new number unless one is written; answers the id.

    Raises BadMember, MemberTaken, and NoCompany before `flask seed`.
    """
    draft = _read({"name": "", **written})
    member = Member(company_id=shops.company_id(), number=rules.new_number(), attributes={})
    return _save(member, draft)


def change(member_id: int, written: Mapping[str, str]) -> None:
    """Change the fields that are written; raises BadMember, MemberTaken or NoSuchMember."""
    draft = _read(written)
    with transaction():
        member = _locked(member_id)
        before = _on_menus(member)
        _save(member, draft)
        if _on_menus(member) != before:
            menus.touch_member(member_id)


def consent(
    member_id: int, purpose: str, version: str, *, given: bool, at: datetime | None = None
) -> None:
    """Note that a member agreed to a purpose, in these words, or withdrew; earlier rows stay."""
    if len(purpose) > limits.CONSENT_PURPOSE or len(version) > limits.CONSENT_VERSION:
        raise ValueError("purpose and version are our own short names")
    said = {"purpose": purpose, "version": version, "given": given, "at": at or clock.now()}
    with transaction():
        if db.session.get(Member, member_id) is None:
            raise NoSuchMember(f"member {member_id}")
        db.session.add(MemberConsent(member_id=member_id, **said))


def suspend(member_id: int, reason: str) -> None:
    """Stop a membership at the counter: codes that are shown end at once, and no new ones are made.

    Whoever is suspended already stays so, for the first reason. Raises NoReason and NoSuchMember.
    """
    words = rules.reason(reason)
    with transaction():
        member = _locked(member_id)
        if member.suspended_at is None:
            member.suspended_at = clock.now()
            member.suspend_reason = words
            cards.end_of_member(member_id)


def resume(member_id: int) -> None:
    """End a suspension; codes that it has ended stay dead. Raises NoSuchMember."""
    with transaction():
        member = _locked(member_id)
        member.suspended_at = member.suspend_reason = None


def lock(member_ids: Collection[int]) -> None:
    """Let nobody else change what hangs on these members until the open transaction ends."""
    run(*locking(member_ids))


def locking(member_ids: Collection[int]) -> tuple[Prepared, Values]:
    """What `lock` runs, for who looks at something of theirs in the same round trip."""
    return _LOCK, {"ids": list(member_ids)}


def define(written: Mapping[str, Any]) -> None:
    """Define a field of the shop's own (see NewAttribute), or change its label and choices.

    Its type stays, because members have values of it. Raises BadAttribute.
    """
    try:
        new = NewAttribute.model_validate(written)
    except ValidationError as error:
        raise BadAttribute("; ".join(problem["msg"] for problem in error.errors())) from None
    with transaction():
        row = _definition(new)
        row.label, row.choices = {**new.model_dump()["label"]}, new.choices
        db.session.add(row)


def _on_menus(member: Member) -> tuple[object, ...]:
    """What of a member decides about their rich menu."""
    return member.tier, member.store_id, tags(member.attributes)


def _locked(member_id: int) -> Member:
    member = db.session.get(Member, member_id, with_for_update=True, populate_existing=True)
    if member is None:
        raise NoSuchMember(f"member {member_id}")
    return member


def _definition(new: NewAttribute) -> MemberAttribute:
    ours = select(MemberAttribute).filter_by(company_id=shops.company_id())
    row = db.session.scalar(ours.filter_by(key=new.key))
    if row is not None and row.type != new.type:
        raise BadAttribute(f"{new.key}: the type stays {row.type}")
    count = db.session.scalar(select(func.count()).select_from(ours.subquery())) or 0
    if row is None and count >= limits.ATTRIBUTES:
        raise BadAttribute(f"there are {limits.ATTRIBUTES} attributes already")
    return row or MemberAttribute(company_id=shops.company_id(), key=new.key, type=new.type)


def problems(written: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a new member's record."""
    return queries.form().read({"name": "", **written}).problems


def _read(written: Mapping[str, str]) -> Draft:
    draft = queries.form().read(written)
    if draft.problems:
        raise BadMember(draft.problems)
    return draft


def _save(member: Member, draft: Draft) -> int:
    try:
        with transaction():
            for name, value in draft.values.items():
                setattr(member, name, value)
            member.attributes = merged(member.attributes, draft.attributes)
            member.updated_at = clock.now()
            db.session.add(member)
            db.session.flush()  # A new member has its id only now.
            _set_external_ids(member, draft.external_ids)
            _add_consents(member.id, draft)
            return member.id
    except IntegrityError as error:
        raise MemberTaken("the number or an external id is another member's") from error


def _set_external_ids(member: Member, written: Mapping[str, str | None]) -> None:
    of_member = delete(MemberExternalId).where(MemberExternalId.member_id == member.id)
    db.session.execute(of_member.where(MemberExternalId.system.in_(written)))
    for system, known in written.items():
        if known is not None:
            key = {"company_id": member.company_id, "member_id": member.id, "system": system}
            db.session.add(MemberExternalId(**key, external_id=known))
    db.session.flush()


def _add_consents(member_id: int, draft: Draft) -> None:
    if draft.consents:
        known = agreed.newest([member_id]).get(member_id, {})
        for purpose, new in agreed.news(draft, known).items():
            consent(member_id, purpose, new.version, given=new.given)


# In one order, so that two who lock the same ones cannot wait for each other.
_LOCK = Prepared(
    select(Member.id)
    .where(IsOneOf(Member.__table__.c.id, "ids"))
    .order_by(Member.id)
    .with_for_update()
)
