"""A checked file waits in tables of its own; then one transaction makes it the members' data.

Staging is many short transactions. Applying is one, of some statements over whole tables: nothing
of a file is seen before all of it is. On SQLite, which has one writer, others wait for that one
(docs/runbook.md says how long).
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Table, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import UtcDateTime, changed, db, transaction
from app.domain.members.errors import MembersChanged
from app.domain.members.models import (
    Member,
    MemberConsent,
    MemberExternalId,
    MemberImportConsent,
    MemberImportId,
    MemberImportRow,
)
from app.domain.members.transfer.matching import COLUMNS, Wanted
from app.domain.menus import service as menus
from app.forget import forget

_ABANDONED = timedelta(days=1)
_ON_MENUS = {"tier", "store_id", "attributes"}  # What decides about a member's rich menu.


_Staged = type[MemberImportRow | MemberImportId | MemberImportConsent]


class Staging:
    """The rows of one file on their way to the members; use as a context, which clears them."""

    def __init__(self, company_id: int) -> None:
        self._company_id = company_id
        self._import_id = uuid4().hex
        self._changes = 0
        self._columns: set[str] = set()  # An index whose column is not set costs nothing.

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        forget(MemberImportRow, MemberImportRow.import_id == self._import_id)
        forget(MemberImportId, MemberImportId.import_id == self._import_id)
        forget(MemberImportConsent, MemberImportConsent.import_id == self._import_id)

    def put(self, wanted: Sequence[Wanted]) -> None:
        """Keep what changes of these, in one short transaction."""
        mine = {"import_id": self._import_id, "staged_at": clock.now()}
        new = [each for each in wanted if each.changes]
        if not new:
            return
        rows = [
            {**mine, **each.values, "member_id": each.member_id, "seen_at": each.seen_at}
            for each in new
        ]
        ids = [{**mine, **_named(each), **one} for each in new for one in _pairs(each)]
        said = [{**mine, **_named(each), **one} for each in new for one in _said(each)]
        self._changes += sum(each.member_id is not None for each in new)
        self._columns.update(*(each.columns for each in new))
        with transaction():
            staged = ((MemberImportRow, rows), (MemberImportId, ids), (MemberImportConsent, said))
            for table, values in staged:
                if values:
                    db.session.execute(insert(cast(Table, table.__table__)), values)

    def apply(self) -> None:
        """Put all staged rows into the members' tables, or none; raises MembersChanged."""
        try:
            with transaction():
                others = changed(self._change_members()) != self._changes
                if others or db.session.execute(self._said_meanwhile()).first():
                    raise MembersChanged("members were changed meanwhile; please import again")
                self._touch_menus()
                db.session.execute(self._end_ids())
                db.session.execute(self._add_members())
                db.session.execute(self._add_ids())
                db.session.execute(self._add_consents())
        except IntegrityError as error:
            raise MembersChanged("members were added meanwhile; please import again") from error

    def _change_members(self) -> Any:
        row = MemberImportRow
        same = (Member.id == row.member_id, Member.updated_at == row.seen_at)
        values = {name: getattr(row, name) for name in self._columns}
        values["updated_at"] = clock.now()
        statement = update(Member).where(self._mine(row), *same).values(values)
        return statement.execution_options(synchronize_session=False)

    def _touch_menus(self) -> None:
        if self._columns & _ON_MENUS:
            row = MemberImportRow
            known = select(row.member_id).where(self._mine(row), row.member_id.is_not(None))
            menus.touch_members(known)

    def _end_ids(self) -> Any:
        staged, known = MemberImportId, MemberExternalId
        same = (known.member_id == staged.member_id) & (known.system == staged.system)
        ending = select(known.id).join(staged, same).where(self._mine(staged))
        return (
            delete(known).where(known.id.in_(ending)).execution_options(synchronize_session=False)
        )

    def _add_members(self) -> Any:
        row, now = MemberImportRow, literal(clock.now(), UtcDateTime)
        columns = [getattr(row, name) for name in COLUMNS]
        new = select(literal(self._company_id), now, now, *columns)
        new = new.where(self._mine(row), row.member_id.is_(None)).order_by(row.id)
        names = ["company_id", "created_at", "updated_at", *COLUMNS]
        return insert(Member).from_select(names, new, include_defaults=False)

    def _add_ids(self) -> Any:
        staged = MemberImportId
        ours = (Member.company_id == self._company_id) & (Member.number == staged.number)
        new = select(Member.company_id, Member.id, staged.system, staged.external_id)
        new = new.select_from(staged).join(Member, ours)
        new = new.where(self._mine(staged), staged.external_id.is_not(None)).order_by(staged.id)
        names = ["company_id", "member_id", "system", "external_id"]
        return insert(MemberExternalId).from_select(names, new, include_defaults=False)

    def _said_meanwhile(self) -> Any:
        """What members themselves said since the file was read: theirs is newer."""
        staged, said = MemberImportConsent, MemberConsent
        same = (said.member_id == staged.member_id) & (said.purpose == staged.purpose)
        newer = select(said.id).join(staged, same).where(said.id > staged.seen_id)
        return newer.where(self._mine(staged)).limit(1)

    def _add_consents(self) -> Any:
        staged, now = MemberImportConsent, literal(clock.now(), UtcDateTime)
        ours = (Member.company_id == self._company_id) & (Member.number == staged.number)
        new = select(Member.id, staged.purpose, staged.version, staged.given, now)
        new = new.select_from(staged).join(Member, ours)
        new = new.where(self._mine(staged)).order_by(staged.id)
        names = ["member_id", "purpose", "version", "given", "at"]
        return insert(MemberConsent).from_select(names, new, include_defaults=False)

    def _mine(self, table: _Staged) -> ColumnElement[bool]:
        return table.import_id == self._import_id


def forget_abandoned() -> int:
    """Delete what an import left behind that was killed; answers how many rows."""
    old = clock.now() - _ABANDONED
    tables: tuple[_Staged, ...] = (MemberImportRow, MemberImportId, MemberImportConsent)
    return sum(forget(table, table.staged_at < old) for table in tables)


def _pairs(wanted: Wanted) -> list[dict[str, Any]]:
    named = wanted.external_ids.items()
    return [{"system": system, "external_id": known} for system, known in named]


def _said(wanted: Wanted) -> list[dict[str, Any]]:
    return [{"purpose": purpose, **asdict(new)} for purpose, new in wanted.consents.items()]


def _named(wanted: Wanted) -> dict[str, Any]:
    """Whose row of another table it is; a new member has a number, but no id yet."""
    return {"number": wanted.values["number"], "member_id": wanted.member_id}
