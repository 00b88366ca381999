"""A checked file waits in tables of its own; then one transaction makes it the members' data.

Staging is many short transactions. Applying is one, of four statements over whole tables: nothing
of a file is seen before all of it is. On SQLite, which has one writer, others wait for that one
(docs/runbook.md says how long).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Table, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from app import clock
from app.db import UtcDateTime, changed, db, transaction
from app.domain.members.errors import MembersChanged
from app.domain.members.models import Member, MemberExternalId, MemberImportId, MemberImportRow
from app.domain.members.transfer.matching import COLUMNS, Wanted
from app.forget import forget

_ABANDONED = timedelta(days=1)


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
        ids = [
            {**mine, "number": each.values["number"], "member_id": each.member_id} | one
            for each in new
            for one in _pairs(each)
        ]
        self._changes += sum(each.member_id is not None for each in new)
        self._columns.update(*(each.columns for each in new))
        with transaction():
            for table, values in ((MemberImportRow, rows), (MemberImportId, ids)):
                if values:
                    db.session.execute(insert(cast(Table, table.__table__)), values)

    def apply(self) -> None:
        """Put all staged rows into the members' tables, or none; raises MembersChanged."""
        try:
            with transaction():
                if changed(self._change_members()) != self._changes:
                    raise MembersChanged("members were changed meanwhile; please import again")
                db.session.execute(self._end_ids())
                db.session.execute(self._add_members())
                db.session.execute(self._add_ids())
        except IntegrityError as error:
            raise MembersChanged("members were added meanwhile; please import again") from error

    def _change_members(self) -> Any:
        row = MemberImportRow
        same = (Member.id == row.member_id, Member.updated_at == row.seen_at)
        values = {name: getattr(row, name) for name in self._columns}
        values["updated_at"] = clock.now()
        statement = update(Member).where(self._mine(row), *same).values(values)
        return statement.execution_options(synchronize_session=False)

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

    def _mine(self, table: type[MemberImportRow | MemberImportId]) -> ColumnElement[bool]:
        return table.import_id == self._import_id


def forget_abandoned() -> int:
    """Delete what an import left behind that was killed; answers how many rows."""
    old = clock.now() - _ABANDONED
    tables = (MemberImportRow, MemberImportId)
    return sum(forget(table, table.staged_at < old) for table in tables)


def _pairs(wanted: Wanted) -> list[dict[str, Any]]:
    named = wanted.external_ids.items()
    return [{"system": system, "external_id": known} for system, known in named]
