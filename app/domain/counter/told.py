"""Visits that another system tells us of, such as a till with its own screen.

They have a session like every visit, so that what counts visits need not know the difference. It is
nobody's to act in: it is over as soon as it is made.
"""

from typing import Final

from app import clock
from app.db import db, transaction
from app.domain.cards.errors import MemberSuspended
from app.domain.counter import acts
from app.domain.counter.models import CounterSession
from app.domain.counter.service import Session
from app.domain.members import queries as members

NOBODY: Final = 0
"""The staff member of such a session; no one of the staff has this id."""

_HOW: Final = "told"


def visit(member_id: int, *, store_id: int) -> int:
    """Note that a member was in a store; answers the visit's id.

    Raises NoSuchMember and MemberSuspended. That it counts once is for app.once at the edge.
    """
    with transaction():
        if members.member(member_id).suspended_at is not None:
            raise MemberSuspended(f"member {member_id}")
        return acts.check_in(_session(member_id, store_id))


def _session(member_id: int, store_id: int) -> Session:
    now = clock.now()
    row = CounterSession(
        staff_id=NOBODY,
        store_id=store_id,
        member_id=member_id,
        how=_HOW,
        opened_at=now,
        expires_at=now,
        ended_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return Session(row.id, NOBODY, store_id, member_id, None, _HOW)
