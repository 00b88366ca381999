"""Verbs about the codes of member cards: made for a person, taken once, ended in time.

This feature knows neither links nor members. Who makes a code says for whom (links/cards.py); who
ends a link or suspends a member ends its codes in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update

from app import clock
from app.db import db, run, run_together, transaction
from app.domain.cards import limits, rules
from app.domain.cards.errors import (
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    MemberSuspended,
    OtherAccount,
    Refused,
    TooManyCodes,
)
from app.domain.cards.models import CardCode
from app.domain.people import service as people
from app.faults import unsafe
from app.prepared import Prepared

_MINUTE = 60


@dataclass(frozen=True)
class Holder:
    """For whom a code is made: a person who is linked, at one account."""

    person_id: int
    link_id: int
    member_id: int
    account_id: int


@dataclass(frozen=True)
class Minted:
    """A new code, when it was made, and until when the page may show it."""

    code: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Taken:
    """Whose code it was."""

    member_id: int
    person_id: int
    link_id: int
    account_id: int


def mint(holder: Holder) -> Minted:
    """Make a code inside the caller's transaction, which holds the person's lock and has seen the
    link alive. Earlier codes stay good until they expire or one of them is used.

    Raises TooManyCodes.
    """
    now = clock.now()
    wanted = select(CardCode.issued_at).filter_by(person_id=holder.person_id)
    issued = db.session.scalars(wanted.where(CardCode.issued_at > clock.after(-_MINUTE))).all()
    if again := rules.wait(issued, now, most=limits.CODES_A_MINUTE, seconds=_MINUTE):
        raise TooManyCodes(again)
    code = rules.new_code()
    row = CardCode(**vars(holder), code_hash=rules.fingerprint(code))
    row.issued_at, row.expires_at = now, now + rules.DEAD_AFTER
    db.session.add(row)
    db.session.flush()
    return Minted(code, now, clock.after(limits.LIFE_SECONDS))


def take(
    written: str, *, store_id: int, staff_id: int, account_ids: Collection[int] | None
) -> Taken:
    """Use a code, once; `account_ids` are those the staff member may serve, None for all.

    The person's other codes end with it. Raises CodeUnknown, CodeUsed, CodeExpired, OtherAccount
    and MemberSuspended.
    """
    code = rules.read(written)
    with transaction():
        row = run(_BY_HASH, {"of": rules.fingerprint(code)}).first() if code else None
        if row is None:
            raise CodeUnknown("no such code")
        if account_ids is not None and row.account_id not in account_ids:
            raise OtherAccount(f"account {row.account_id}")
        # Unlinking and making codes hold it too, so that each happens before this or after.
        people.lock(row.person_id)
        if not _mark(row, store_id, staff_id):
            raise _refusal(row.id)
        if not unsafe("qr_no_mark"):
            run(_END_OTHERS, {"of": row.person_id, "ended_at": clock.now(), "end_reason": "used"})
        return Taken(row.member_id, row.person_id, row.link_id, row.account_id)


def end_of_link(link_id: int) -> None:
    """The link ends inside the open transaction, and its codes with it."""
    _lock_living(CardCode.link_id == link_id)
    _end(CardCode.link_id == link_id, "unlinked")


def end_of_member(member_id: int) -> None:
    """The member is suspended inside the open transaction; codes that are shown end."""
    _lock_living(CardCode.member_id == member_id)
    _end(CardCode.member_id == member_id, "suspended")


def _lock_living(which: ColumnElement[bool]) -> None:
    # In one order, so that a scan and a suspension cannot wait for each other.
    wanted = select(CardCode.id).where(which, CardCode.ended_at.is_(None)).order_by(CardCode.id)
    db.session.execute(wanted.with_for_update())


def _mark(row: Any, store_id: int, staff_id: int) -> bool:
    # One conditional UPDATE: of two counters at the same moment one meets a row.
    now = clock.now()
    alive = datetime.min.replace(tzinfo=UTC) if unsafe("qr_no_expiry") else now
    if unsafe("qr_no_mark"):
        return row.ended_at is None and row.expires_at > alive
    used = {"used_at": now, "used_by": staff_id, "store_id": store_id}
    using = {"ended_at": now, "end_reason": "used", **used}
    _, marked = run_together(
        (_LIVING, {"of": row.person_id}),
        (_MARK, {"which": row.id, "alive_at": alive, **using}),
    )
    return marked.count == 1


def _end(which: ColumnElement[bool], reason: str) -> None:
    ending = update(CardCode).where(which, CardCode.ended_at.is_(None))
    db.session.execute(ending.values(ended_at=clock.now(), end_reason=reason))


def _refusal(code_id: int) -> Refused:
    reason = run(_REASON, {"which": code_id}).rows[0].end_reason
    if reason in (None, "unlinked"):
        return CodeExpired(f"code {code_id}")
    if reason == "suspended":
        return MemberSuspended(f"code {code_id}")
    return CodeUsed(f"code {code_id}")


_C = CardCode
_ONE, _ALIVE = _C.id == bindparam("which"), _C.ended_at.is_(None)
_OF_PERSON = (_C.person_id == bindparam("of"), _ALIVE)
_BY_HASH = Prepared(
    select(
        *(_C.id, _C.person_id, _C.link_id, _C.member_id, _C.account_id),
        *(_C.expires_at, _C.ended_at),
    ).where(_C.code_hash == bindparam("of"))
)
_LIVING = Prepared(select(_C.id).where(*_OF_PERSON).order_by(_C.id).with_for_update())
_MARK = Prepared(update(_C).where(_ONE, _ALIVE, _C.expires_at > bindparam("alive_at")))
_END_OTHERS = Prepared(update(_C).where(*_OF_PERSON))
_REASON = Prepared(select(_C.end_reason).where(_ONE))
