"""Which rows of a file are members we have: a read for some hundred rows at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from app.db import db, fresh_look
from app.domain.files.errors import Problem
from app.domain.members import agreed, rules
from app.domain.members.agreed import New
from app.domain.members.form import EXTERNAL_ID, Draft, merged
from app.domain.members.models import Member, MemberExternalId, MemberFields

COLUMNS = tuple(MemberFields.__annotations__)
_EMPTY: Mapping[str, Any] = dict.fromkeys(COLUMNS) | {"attributes": {}}


@dataclass(frozen=True)
class Wanted:
    """A member as a row of the file wants it. Without `member_id` the member is new.

    `values` has every column of MemberFields, `columns` names those of a known member that change,
    `external_ids` and `consents` have what changes of them.
    """

    values: Mapping[str, Any]
    member_id: int | None
    seen_at: datetime | None
    columns: frozenset[str]
    external_ids: Mapping[str, str | None]
    consents: Mapping[str, New]

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.member_id is None or bool(self.columns or self.external_ids or self.consents)


@dataclass
class Matcher:
    """Finds the member of each row, and rows that are in each other's way.

    A row is the member with one of its external ids, else the one with its number. A row that has
    neither is the member who has all it says, so that a file brought again adds nobody; else new.
    """

    company_id: int
    _lines: dict[object, int] = field(default_factory=dict)

    def match(self, drafts: Sequence[tuple[int, Draft]]) -> list[Wanted | list[Problem]]:
        """For each (line, draft) the member it wants, or what is wrong with it."""
        with fresh_look():
            known = _Known(self.company_id, [draft for _line, draft in drafts])
        return [self._match(line, draft, known) for line, draft in drafts]

    def _match(self, line: int, draft: Draft, known: "_Known") -> Wanted | list[Problem]:
        found = known.owners(draft)
        if len(found) > 1:
            return [
                Problem(
                    "number",
                    "番号と外部IDが別の会員のものです",
                    "is of another member than the ids",
                )
            ]
        member = known.members[found.pop()] if found else None
        if member is None and "name" not in draft.values:
            return [Problem("name", "新しい会員の氏名がありません", "is missing for a new member")]
        values = self._values(draft, member, known)
        owned = known.external_ids.get(member.id, {}) if member else {}
        ids = {s: i for s, i in draft.external_ids.items() if owned.get(s) != i}
        if twice := self._seen_before(line, values["number"], member, draft):
            return [
                Problem(twice[0], f"{twice[1]}行目と同じ会員です", f"is of line {twice[1]} too")
            ]
        said = agreed.news(draft, known.consents.get(member.id, {}) if member else {})
        if member is None:
            return Wanted(values, None, None, frozenset(), ids, said)
        columns = frozenset(name for name in COLUMNS if values[name] != getattr(member, name))
        return Wanted(values, member.id, member.updated_at, columns, ids, said)

    def _values(self, draft: Draft, member: Any, known: "_Known") -> dict[str, Any]:
        kept = {c: getattr(member, c) for c in COLUMNS} if member else _EMPTY
        values = {**kept, **draft.values}
        values["attributes"] = merged(kept["attributes"], draft.attributes)
        values["number"] = values["number"] or known.free_number()
        return values

    def _seen_before(
        self, line: int, number: str, member: Any, draft: Draft
    ) -> tuple[str, int] | None:
        """The field and the line of an earlier row that is the same member."""
        keys: dict[object, str] = {("number", number): "number"}
        if member:
            keys[("member", member.id)] = "number"
        if draft.names_nobody:
            keys[("alike", repr(sorted(draft.said.items())))] = "name"
        for system, external_id in draft.external_ids.items():
            if external_id is not None:
                name = f"{EXTERNAL_ID}{system}"
                keys[(name, external_id)] = name
        earlier = [(name, self._lines[key]) for key, name in keys.items() if key in self._lines]
        for key in keys:
            self._lines.setdefault(key, line)
        return earlier[0] if earlier else None


class _Known:
    """What the database knows of the members that some drafts name."""

    def __init__(self, company_id: int, drafts: Sequence[Draft]) -> None:
        self._company_id = company_id
        self._spare = [rules.new_number() for draft in drafts if "number" not in draft.values]
        written = {draft.values["number"] for draft in drafts if "number" in draft.values}
        self._by_id = self._owners_of_ids(drafts)
        self.members = self._members(
            Member.company_id == company_id, Member.number.in_(written.union(self._spare))
        )
        # Of ids alone, for SQLite would go through the whole company to find them.
        self.members |= self._members(Member.id.in_({*self._by_id.values()} - {*self.members}))
        self._by_number = {member.number: key for key, member in self.members.items()}
        unnamed = [draft for draft in drafts if draft.names_nobody]
        self._unnamed = self._members(*_as_in(company_id, unnamed)) if unnamed else {}
        self.members |= self._unnamed
        systems = any(draft.external_ids for draft in drafts)
        self.external_ids = external_ids_of(self.members) if systems else {}
        asked = any(draft.consents for draft in drafts)
        self.consents = agreed.newest(self.members) if asked else {}

    def owners(self, draft: Draft) -> set[int]:
        """The ids of the members that a draft names: none, one, or more by mistake."""
        if draft.names_nobody:
            alike = (key for key, member in self._unnamed.items() if _says(draft, member))
            return set(sorted(alike)[:1])
        named = [self._by_id.get(key) for key in draft.external_ids.items()]
        named.append(self._by_number.get(draft.values.get("number", "")))
        return {member_id for member_id in named if member_id is not None}

    def free_number(self) -> str:
        """A number that no member has."""
        while (number := self._spare.pop()) in self._by_number:
            self._spare.append(rules.new_number())
        return number

    def _members(self, *which: ColumnElement[bool]) -> dict[int, Any]:
        columns = [getattr(Member, name) for name in COLUMNS]
        wanted = select(Member.id, Member.updated_at, *columns).where(*which)
        return {row.id: row for row in db.session.execute(wanted)}

    def _owners_of_ids(self, drafts: Sequence[Draft]) -> dict[tuple[str, str | None], int]:
        by_system: dict[str, list[str]] = {}
        for draft in drafts:
            for system, external_id in draft.external_ids.items():
                if external_id is not None:
                    by_system.setdefault(system, []).append(external_id)
        found: dict[tuple[str, str | None], int] = {}
        for system, ids in by_system.items():
            columns = select(MemberExternalId.external_id, MemberExternalId.member_id)
            ours = columns.filter_by(company_id=self._company_id, system=system)
            for row in db.session.execute(ours.where(MemberExternalId.external_id.in_(ids))):
                found[(system, row.external_id)] = row.member_id
        return found


def _as_in(company_id: int, drafts: Sequence[Draft]) -> tuple[ColumnElement[bool], ...]:
    """Who may be alike: by the address where there is one, for names have no index."""
    ours = Member.company_id == company_id
    addresses = {draft.values.get("email") for draft in drafts}
    if None not in addresses:
        return ours, Member.email.in_(addresses)
    return ours, Member.name.in_({draft.values.get("name") for draft in drafts})


def _says(draft: Draft, member: Any) -> bool:
    attributes = merged(member.attributes, draft.attributes) == member.attributes
    return attributes and all(getattr(member, c) == value for c, value in draft.values.items())


def external_ids_of(member_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Member id -> system -> the id there; members without any are left out."""
    columns = (MemberExternalId.member_id, MemberExternalId.system, MemberExternalId.external_id)
    found: dict[int, dict[str, str]] = {}
    wanted = select(*columns).where(MemberExternalId.member_id.in_(member_ids))
    for member_id, system, external_id in db.session.execute(wanted):
        found.setdefault(member_id, {})[system] = external_id
    return found
