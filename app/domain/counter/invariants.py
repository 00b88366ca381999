"""What must hold at the counter."""

from sqlalchemy import String, and_, cast, exists, or_, select

from app.domain.counter.models import CounterAct, CounterSession, Visit
from app.invariants import Invariant

_HOW = ("code", "coupon", "look_up", "told")


def invariants() -> list[Invariant]:
    """A visit is of the member and the store of its session, and an act tells of it; who was looked
    up was looked up for a reason."""
    session = CounterSession
    strange = or_(Visit.member_id != session.member_id, Visit.store_id != session.store_id)
    made = select(Visit.id).join(session, session.id == Visit.session_id)
    told = exists().where(
        CounterAct.session_id == Visit.session_id,
        CounterAct.kind == "visit",
        CounterAct.ref == cast(Visit.id, String),
        CounterAct.undone_at.is_(None),
    )
    unexplained = and_(session.how == "look_up", session.reason.is_(None))
    how = or_(session.how.not_in(_HOW), unexplained)
    return [
        Invariant("visit.of_another_session", "P10", made.where(strange)),
        Invariant("visit.untold", "P15", select(Visit.id).where(Visit.undone_at.is_(None), ~told)),
        Invariant("counter.no_reason", "P10", select(session.id).where(how)),
    ]
