"""A member's record from another system: whoever it is of is changed, else a member is added."""

from collections.abc import Mapping
from typing import Any

from app.db import transaction
from app.domain.files.errors import Problem
from app.domain.members import queries, rules, service
from app.domain.members.errors import BadMember, BadValue, MemberTaken
from app.domain.members.form import EXTERNAL_ID
from app.domain.members.transfer.objects import flat
from app.domain.shops import service as shops


def put(record: Mapping[str, Any]) -> tuple[int, bool]:
    """Save a record as `members import` reads it in JSON; answers the id, and whether it is new.

    It is the member with one of its external ids, else the one with its number, else a new one. A
    field that is not there stays as it is, an empty one is emptied. Raises BadMember, MemberTaken
    where number and ids are of different members, and NoCompany.
    """
    written = words(record)
    with transaction():
        # Two records of the same new member, sent at the same moment, come one after the other.
        shops.lock()
        found = _owners(written)
        if len(found) > 1:
            raise MemberTaken("number and external ids are of different members")
        if not found:
            return service.add(written), True
        member_id = found.pop()
        service.change(member_id, written)
        return member_id, False


def change(member_id: int, record: Mapping[str, Any]) -> None:
    """Change the fields of a record; raises BadMember, MemberTaken and NoSuchMember."""
    service.change(member_id, words(record))


def words(record: Mapping[str, Any]) -> dict[str, str]:
    """The record as the form reads it: field -> what was written; raises BadMember."""
    found = flat(dict(record))
    if found is None:
        raise BadMember(
            [Problem("", "会員のオブジェクトではありません", "is no object of a member")]
        )
    return dict(found)


def _owners(written: Mapping[str, str]) -> set[int]:
    ids = [(name, value) for name, value in written.items() if name.startswith(EXTERNAL_ID)]
    by_ids = {_by_external_id(name, value.strip()) for name, value in ids}
    owners = by_ids | ({_by_number(written["number"])} if written.get("number") else set())
    return {owner for owner in owners if owner is not None}


def _by_external_id(name: str, value: str) -> int | None:
    card = queries.by_external_id(name.removeprefix(EXTERNAL_ID), value) if value else None
    return card.id if card else None


def _by_number(value: str) -> int | None:
    try:
        card = queries.by_number(rules.number(value))
    except BadValue:
        return None  # The form says what is wrong with it.
    return card.id if card else None
