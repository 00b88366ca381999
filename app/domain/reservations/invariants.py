"""What must hold for reservations (P9)."""

from typing import Any

from sqlalchemy import Integer, Select, and_, case, func, or_, select

from app.domain.reservations.models import (
    Reservation,
    ReservationUnit,
    ReservationUse,
    Resource,
    WaitlistEntry,
)
from app.domain.reservations.states import LIVE, STATES
from app.invariants import Invariant, repeated

Rows = Select[*tuple[Any, ...]]


def invariants() -> list[Invariant]:
    """Nothing is overfull, and units are taken by what is live: all of its time, and no more."""
    seats = select(ReservationUnit.resource_id, ReservationUnit.unit, ReservationUnit.seat).join(
        Resource, Resource.id == ReservationUnit.resource_id
    )
    return [
        Invariant("reservation.overfull", "P9", _overfull()),
        Invariant("reservation.seat", "P9", seats.where(ReservationUnit.seat > Resource.capacity)),
        Invariant("reservation.units", "P9", _units_amiss()),
        Invariant("reservation.stray_units", "P9", _stray_units()),
        Invariant("reservation.live", "P9", _live_amiss()),
        Invariant("reservation.state", "P9", _odd_state()),
        Invariant("reservation.cause", "P8", repeated(Reservation.cause)),
        Invariant("waitlist.offer", "P9", _offers_amiss()),
    ]


def _overfull() -> Rows:
    """Resources of which more seats are reserved at a moment than there are.

    Reckoned from the reservations' times, not from the units: where one begins, all that have begun
    and have not ended count.
    """
    mine, other = ReservationUse, ReservationUse.__table__.alias("other")
    return (
        select(mine.resource_id, mine.first_unit)
        .join(Resource, Resource.id == mine.resource_id)
        .join(
            other,
            and_(
                other.c.resource_id == mine.resource_id,
                other.c.live,
                other.c.first_unit <= mine.first_unit,
                other.c.end_unit > mine.first_unit,
            ),
        )
        .where(mine.live)
        .group_by(mine.resource_id, mine.first_unit, mine.reservation_id, Resource.capacity)
        .having(func.sum(other.c.seats) > Resource.capacity)
    )


def _units_amiss() -> Rows:
    """A live use has a unit for each five minutes and seat, within its time; an ended one none."""
    use, unit = ReservationUse, ReservationUnit
    within = and_(unit.unit >= use.first_unit, unit.unit < use.end_unit)
    due = case((use.live, (use.end_unit - use.first_unit) * use.seats), else_=0)
    return (
        select(use.reservation_id, use.resource_id)
        .outerjoin(
            unit,
            and_(unit.reservation_id == use.reservation_id, unit.resource_id == use.resource_id),
        )
        .group_by(
            *(use.reservation_id, use.resource_id, use.live),
            *(use.first_unit, use.end_unit, use.seats),
        )
        .having(
            or_(
                func.count(unit.unit) != due,
                func.coalesce(func.sum(within.cast(Integer)), 0) != due,
            )
        )
    )


def _stray_units() -> Rows:
    """A unit without the use it belongs to."""
    use, unit = ReservationUse, ReservationUnit
    its = and_(use.reservation_id == unit.reservation_id, use.resource_id == unit.resource_id)
    both = select(unit.resource_id, unit.unit, unit.seat).outerjoin(use, its)
    return both.where(use.reservation_id.is_(None))


def _live_amiss() -> Rows:
    """A use is live if and only if its reservation is."""
    both = select(Reservation.id).outerjoin(
        ReservationUse, ReservationUse.reservation_id == Reservation.id
    )
    alive = Reservation.state.in_(LIVE)
    has_none = and_(alive, ReservationUse.reservation_id.is_(None))
    return both.where(or_(has_none, ReservationUse.live != alive))


def _odd_state() -> Rows:
    """A state that is none, a hold without its end, or an end without a hold."""
    held = Reservation.state == "held"
    return select(Reservation.id).where(
        or_(
            Reservation.state.not_in(STATES),
            and_(held, Reservation.hold_until.is_(None)),
            and_(Reservation.state != "held", Reservation.hold_until.is_not(None)),
            Reservation.ends_at <= Reservation.starts_at,
        )
    )


def _offers_amiss() -> Rows:
    """An open offer has a hold, and what was accepted was a reservation once."""
    entry = WaitlistEntry
    both = select(entry.id).outerjoin(Reservation, Reservation.id == entry.reservation_id)
    no_hold = and_(entry.state == "offered", Reservation.state.is_distinct_from("held"))
    lost = and_(
        entry.state == "accepted",
        or_(Reservation.id.is_(None), Reservation.state.in_(("held", "expired"))),
    )
    return both.where(or_(no_hold, lost))
