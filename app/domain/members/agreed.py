"""What members last said to a purpose, and what a written record adds to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.domain.members.form import Draft
from app.domain.members.models import Member, MemberConsent

IMPORTED = "import"
"""The version of the words where a record tells none."""


@dataclass(frozen=True)
class Said:
    """The newest row of a member and a purpose."""

    id: int
    version: str
    given: bool


@dataclass(frozen=True)
class New:
    """A row to add, and the id of the newest one that was seen, 0 if there was none."""

    version: str
    given: bool
    seen_id: int


def newest(member_ids: Collection[int]) -> dict[int, dict[str, Said]]:
    """Member id -> purpose -> what the member last said; who never said anything is left out."""
    row = MemberConsent
    wanted = select(row.member_id, row.purpose, row.id, row.version, row.given)
    found: dict[int, dict[str, Said]] = {}
    for each in db.session.execute(wanted.where(row.member_id.in_(member_ids)).order_by(row.id)):
        found.setdefault(each.member_id, {})[each.purpose] = Said(*each[2:])
    return found


def news(draft: Draft, known: Mapping[str, Said]) -> dict[str, New]:
    """Purpose -> the row to add, for what the record says otherwise than the newest row."""
    found = {}
    for purpose, given in draft.consents.items():
        last, version = known.get(purpose), draft.versions.get(purpose)
        same = last is not None and last.given == given and version in (None, last.version)
        if not same:
            found[purpose] = New(version or IMPORTED, given, last.id if last else 0)
    return found


def purposes_of(company_id: int) -> list[str]:
    """The purposes that members of a company ever said something to, by name."""
    asked = select(MemberConsent.purpose).join(Member, Member.id == MemberConsent.member_id)
    return sorted(db.session.scalars(asked.where(Member.company_id == company_id).distinct()))
