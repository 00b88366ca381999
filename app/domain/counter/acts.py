"""What is done for the member before the counter: visits, points, coupons, and the last undone.

Each act and the note of it are one transaction. That a button pressed twice acts once is for
app.once at the edge, whose key comes down to the ledger and the coupons as well.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.counter import queries, rules, service
from app.domain.counter.errors import AlreadyVisited, NothingToUndo, RedeemCapped, TooLateToUndo
from app.domain.counter.models import CounterAct, Visit
from app.domain.counter.service import Session
from app.domain.coupons import codes
from app.domain.coupons import counter as coupons
from app.domain.coupons.counter import At, Used
from app.domain.members import service as members
from app.domain.points import service as points
from app.domain.points.ledger import By, Key, Posted
from app.facts.record import record

_UNDONE = "counter: undone"  # The reason in the ledger, for auditors.


@dataclass(frozen=True)
class Act:
    """One thing done. `kind`: visit, earn, redeem or coupon; `ref`: the id of what it made."""

    id: int
    kind: str
    ref: str


def check_in(session: Session) -> int:
    """Note the member's visit, once a session; answers its id. Raises AlreadyVisited."""
    with transaction():
        service.lock(session)
        visit = db.session.scalar(select(Visit).filter_by(session_id=session.id))
        if visit is not None and visit.undone_at is None:
            raise AlreadyVisited(f"visit {visit.id}")
        if visit is None:
            places = {"member_id": session.member_id, "store_id": session.store_id}
            visit = Visit(session_id=session.id, staff_id=session.staff_id, **places)
            db.session.add(visit)
        visit.at, visit.undone_at = clock.now(), None
        db.session.flush()  # A new visit has its id only now.
        act_id = _note(session, "visit", visit.id)
        _record("visit.made", session, act_id, visit.id)
        return visit.id


def earn(session: Session, paid: int, *, key: str) -> Posted:
    """Give the points for an amount of yen; raises what points.service.earn raises."""
    by = By(session.staff_id, session.store_id)
    with transaction():
        service.lock(session)
        once = _key(session, key)
        posted = points.earn(
            session.member_id, paid=paid, store_id=session.store_id, key=once, by=by
        )
        _note(session, "earn", posted.transfer_id)
        return posted


def redeem(session: Session, wanted: int, *, key: str, most: int | None = None) -> Posted:
    """Spend points; where `most` is given, in this store no more of them within a day of look-ups.

    Raises RedeemCapped and what points.service.redeem raises.
    """
    by = By(session.staff_id, session.store_id)
    with transaction():
        service.lock(session)
        if most is not None:
            _check_capped(session, wanted, most)
        once = _key(session, key)
        posted = points.redeem(
            session.member_id, wanted, key=once, store_id=session.store_id, by=by
        )
        _note(session, "redeem", posted.transfer_id)
        return posted


def _check_capped(session: Session, wanted: int, most: int) -> None:
    # Two look-ups of one member at once would not see what the other spends.
    members.lock([session.member_id])
    if queries.redeemed_unshown(session.member_id, session.store_id) + wanted > most:
        raise RedeemCapped(most)


def use_coupon(session: Session, grant_id: int, *, key: str) -> Used:
    """Use one of the member's coupons; raises what coupons.counter.use raises."""
    with transaction():
        service.lock(session)
        member_id = session.member_id
        used = coupons.use(grant_id, _at(session), key=_text(session, key), member_id=member_id)
        _note(session, "coupon", used.use_id)
        return used


def use_shown(session: Session, code: str, *, key: str) -> Used:
    """Use the coupon whose code the member's page shows; raises what codes.use_by_code raises."""
    with transaction():
        service.lock(session)
        used = codes.use_by_code(code, _at(session), key=_text(session, key))
        _note(session, "coupon", used.use_id)
        return used


def undo_last(session: Session) -> Act:
    """Undo the last act of a session within ten minutes of it, also when the session is over.

    Raises NothingToUndo, TooLateToUndo, and NotEnough where given points have been spent.
    """
    with transaction():
        service.lock(session)
        row = _last(session.id)
        if row is None:
            raise NothingToUndo(f"session {session.id}")
        if row.at <= clock.now() - rules.UNDO:
            raise TooLateToUndo(f"act {row.id}")
        row.undone_at = clock.now()
        act = Act(row.id, row.kind, row.ref)
        db.session.flush()  # Reads of the counter are prepared statements, which do not flush.
        _UNDO[act.kind](session, act)
        return act


def _undo_visit(session: Session, act: Act) -> None:
    undoing = update(Visit).where(Visit.id == int(act.ref), Visit.undone_at.is_(None))
    if changed(undoing.values(undone_at=clock.now())) == 1:
        _record("visit.undone", session, act.id, int(act.ref))


def _undo_points(session: Session, act: Act) -> None:
    by, key = By(session.staff_id, session.store_id), Key("counter.undo", f"act/{act.id}")
    points.reverse(int(act.ref), key=key, by=by, reason=_UNDONE, kind="void")


def _undo_coupon(session: Session, act: Act) -> None:
    coupons.undo(int(act.ref), staff_id=session.staff_id)


_UNDO: Final[Mapping[str, Callable[[Session, Act], None]]] = {
    "visit": _undo_visit,
    "earn": _undo_points,
    "redeem": _undo_points,
    "coupon": _undo_coupon,
}
"""How each kind of act is undone, inside the transaction that marks it so."""


def _note(session: Session, kind: str, ref: int) -> int:
    act = CounterAct(session_id=session.id, kind=kind, ref=str(ref), at=clock.now())
    db.session.add(act)
    db.session.flush()
    return act.id


def _last(session_id: int) -> CounterAct | None:
    wanted = select(CounterAct).filter_by(session_id=session_id, undone_at=None)
    return db.session.scalar(wanted.order_by(CounterAct.id.desc()).limit(1))


def _key(session: Session, key: str) -> Key:
    return Key(f"counter/{session.id}", _short(key))


def _text(session: Session, key: str) -> str:
    return f"counter/{session.id}/{_short(key)}"


def _short(key: str) -> str:
    # A caller's key may be longer than the ledger's.
    return hashlib.sha256(key.encode()).hexdigest()


def _at(session: Session) -> At:
    return At(session.store_id, session.staff_id, session.id)


def _record(kind: str, session: Session, act_id: int, visit_id: int) -> None:
    record(
        kind,
        cause=f"act/{act_id}",
        person_id=session.person_id,
        visit_id=visit_id,
        member_id=session.member_id,
        store_id=session.store_id,
    )
