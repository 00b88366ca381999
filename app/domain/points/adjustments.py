"""Corrections by staff: within a role's limit at once, above it with a second person."""

from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.domain.members import queries
from app.domain.members import service as members
from app.domain.points import rules, service
from app.domain.points.errors import (
    AboveLimit,
    AdjustmentDecided,
    NoSuchAdjustment,
    OwnAdjustment,
    PointsKeyReused,
)
from app.domain.points.ledger import By, Key
from app.domain.points.models import PointAdjustment
from app.domain.points.queries import Asked


def ask_adjustment(
    member_id: int,
    points: int,
    *,
    reason: str,
    staff_id: int,
    own_member_id: int | None,
    limit: int,
    key: Key,
    store_id: int | None = None,
) -> Asked:
    """Correct a balance at once where the points are within `limit`, else ask for it.

    `own_member_id` is who the asker is among the members. Raises OwnAdjustment, BadPoints,
    NoSuchMember, NotEnough and PointsKeyReused.
    """
    _not_own(member_id, own_member_id)
    rules.whole(abs(points))
    words = rules.worded(reason)
    queries.member(member_id)
    with transaction():
        members.lock([member_id])  # Who asks twice at once shall find the first request.
        row = _known(key)
        if row is None:
            row = PointAdjustment(
                member_id=member_id,
                points=points,
                reason=words,
                asked_by=staff_id,
                store_id=store_id,
                idem_scope=key.scope,
                idem_key=key.key,
            )
            db.session.add(row)
            db.session.flush()  # Its id is the key of the transfer.
            if abs(points) <= limit:
                _do(row, staff_id)
        elif (row.member_id, row.points, row.reason) != (member_id, points, words):
            raise PointsKeyReused(key.scope)
        return _asked(row)


def approve_adjustment(
    adjustment_id: int, *, staff_id: int, own_member_id: int | None, limit: int
) -> Asked:
    """The second person agrees, and the balance is corrected.

    Raises OwnAdjustment for the asker and for their own points, AboveLimit, AdjustmentDecided,
    NoSuchAdjustment and NotEnough.
    """
    with transaction():
        row = _pending(adjustment_id)
        _not_own(row.member_id, own_member_id)
        if row.asked_by == staff_id:
            raise OwnAdjustment(f"adjustment {adjustment_id} is their own request")
        if abs(row.points) > limit:
            raise AboveLimit(limit)
        _do(row, staff_id)
        return _asked(row)


def refuse_adjustment(adjustment_id: int, *, staff_id: int) -> Asked:
    """Nothing is corrected; the asker may take it back so too. Raises AdjustmentDecided and
    NoSuchAdjustment."""
    with transaction():
        row = _pending(adjustment_id)
        row.state, row.decided_by, row.decided_at = "refused", staff_id, clock.now()
        return _asked(row)


def _not_own(member_id: int, own_member_id: int | None) -> None:
    if member_id == own_member_id:
        raise OwnAdjustment(f"member {member_id} is the asker")


def _known(key: Key) -> PointAdjustment | None:
    ours = select(PointAdjustment).filter_by(idem_scope=key.scope, idem_key=key.key)
    return db.session.scalar(ours)


def _pending(adjustment_id: int) -> PointAdjustment:
    row = db.session.get(
        PointAdjustment, adjustment_id, with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NoSuchAdjustment(f"adjustment {adjustment_id}")
    if row.state != "pending":
        raise AdjustmentDecided(f"adjustment {adjustment_id} is {row.state}")
    return row


def _do(row: PointAdjustment, staff_id: int) -> None:
    posted = service.adjust(
        row.member_id,
        row.points,
        reason=row.reason,
        key=Key("points.adjustment", str(row.id)),
        by=By(row.asked_by, row.store_id),
    )
    row.state, row.decided_by, row.decided_at = "done", staff_id, clock.now()
    row.transfer_id = posted.transfer_id


def _asked(row: PointAdjustment) -> Asked:
    values: Any = {name: getattr(row, name) for name in Asked.__dataclass_fields__}
    return Asked(**values)
