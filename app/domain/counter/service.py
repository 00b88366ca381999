"""Verbs of the counter: have a member before one, by a scan or a look-up (acts.py: act on them).

Staff come as plain ids: who they are and what they may do is settled at the edge.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app import clock
from app.db import db, run, transaction
from app.domain.cards import service as cards
from app.domain.cards.errors import MemberSuspended
from app.domain.counter import limits, rules
from app.domain.counter.errors import NoReason, NoSuchSession, SessionOver
from app.domain.counter.models import CounterSession
from app.domain.coupons import codes
from app.domain.members import queries as members
from app.faults import crash_point
from app.prepared import Prepared


@dataclass(frozen=True)
class Session:
    """A session: whose it is, and the member it is about. `how`: code, coupon or look_up."""

    id: int
    staff_id: int
    store_id: int
    member_id: int
    person_id: int | None
    how: str


def open_by_scan(
    code: str, *, staff_id: int, store_id: int, account_ids: Collection[int] | None
) -> Session:
    """Use the code of a member's card, and have them before one; both or neither.

    Raises what cards.service.take raises. Put it inside cards.scans.counted.
    """
    with transaction():
        taken = cards.take(code, store_id=store_id, staff_id=staff_id, account_ids=account_ids)
        crash_point("qr.after_mark_before_earn")
        about = {"member_id": taken.member_id, "person_id": taken.person_id}
        return _open(staff_id=staff_id, store_id=store_id, how="code", **about)


def open_by_coupon(
    code: str, *, staff_id: int, store_id: int, account_ids: Collection[int] | None
) -> Session:
    """Have the member before one whose page shows the code of a coupon; acts.use_shown uses it.

    Raises what coupons.codes.holder raises. Put it inside cards.scans.counted.
    """
    with transaction():
        shown = codes.holder(code, account_ids)
        about = {"member_id": shown.member_id, "person_id": shown.person_id}
        return _open(staff_id=staff_id, store_id=store_id, how="coupon", **about)


def open_by_look_up(member_id: int, *, staff_id: int, store_id: int, reason: str) -> Session:
    """Have a member before one who cannot show a code. The edge notes it in the audit log.

    Raises NoReason, MemberSuspended and NoSuchMember.
    """
    why = reason.strip()
    if not 0 < len(why) <= limits.REASON:
        raise NoReason(f"{len(why)} characters")
    with transaction():
        _refuse_suspended(member_id)
        about = {"member_id": member_id, "person_id": None}
        return _open(staff_id=staff_id, store_id=store_id, how="look_up", reason=why, **about)


def living(session_id: int, *, staff_id: int) -> Session:
    """This staff member's session, within its ten minutes.

    Raises NoSuchSession, SessionOver, and MemberSuspended where that happened meanwhile.
    """
    row = _row(session_id, staff_id)
    if row.ended_at is not None or row.expires_at <= clock.now():
        raise SessionOver(f"session {row.id}")
    _refuse_suspended(row.member_id)
    return _session(row)


def theirs(session_id: int, *, staff_id: int) -> Session:
    """This staff member's session, also when it is over; raises NoSuchSession."""
    return _session(_row(session_id, staff_id))


def end(session: Session) -> None:
    """The member leaves the counter."""
    ending = update(CounterSession).where(
        CounterSession.id == session.id, CounterSession.ended_at.is_(None)
    )
    with transaction():
        db.session.execute(ending.values(ended_at=clock.now()))


def lock(session: Session) -> None:
    """Inside the open transaction: of two taps at the same moment one waits for the other."""
    run(_LOCK, {"which": session.id})


def _open(*, staff_id: int, store_id: int, how: str, **about: int | str | None) -> Session:
    now = clock.now()
    whose = {"staff_id": staff_id, "store_id": store_id, "how": how, "reason": None}
    new = whose | about | {"opened_at": now, "expires_at": now + rules.LIFE}
    return _session(run(_OPEN, new).rows[0])


def _refuse_suspended(member_id: int) -> None:
    if members.member(member_id).suspended_at is not None:
        raise MemberSuspended(f"member {member_id}")


def _row(session_id: int, staff_id: int) -> Any:
    row = run(_ROW, {"which": session_id}).first()
    if row is None or row.staff_id != staff_id:
        raise NoSuchSession(f"session {session_id}")
    return row


def _session(row: Any) -> Session:
    about = (row.staff_id, row.store_id, row.member_id, row.person_id, row.how)
    return Session(row.id, *about)


_S = CounterSession
_WHOSE = (_S.id, _S.staff_id, _S.store_id, _S.member_id, _S.person_id, _S.how)
_ONE = _S.id == bindparam("which")
_OPEN = Prepared(insert(_S).returning(*_WHOSE))
_ROW = Prepared(select(*_WHOSE, _S.expires_at, _S.ended_at).where(_ONE))
_LOCK = Prepared(select(_S.id).where(_ONE).with_for_update())
