"""Which times are free: a month of all resources with a handful of statements.

A start is free if, for each kind of resource the service needs, one of them is there and not taken,
buffers included. Starts are offered on the grid of the first kind.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, or_, select

from app import clock
from app.db import UtcDateTime, run
from app.domain.hours import queries as hours
from app.domain.reservations import limits, units
from app.domain.reservations.errors import BadReservation
from app.domain.reservations.known import Resourced
from app.domain.reservations.models import Reservation, ReservationUse, Resource
from app.domain.reservations.offer import Offer, Wanted, offer
from app.domain.reservations.units import Taken
from app.prepared import Prepared

DayState = Literal["free", "few", "full", "closed"]

_DAY = timedelta(days=1)
_FEW = 4  # A day has few free times while less than every fourth one is left.
_BACK, _AHEAD = 2, 7  # Days around a wish in which the nearest free times are looked for.


def free_times(
    wanted: Wanted, first: date, last: date, *, staff: bool = False, moving: int | None = None
) -> dict[date, list[datetime]]:
    """Day of the store -> the free starts, aware in the store's time zone.

    `staff`: also too soon and too far ahead for customers, and at every five minutes. `moving`: the
    id of a reservation whose own time counts as free. Raises NoSuchService, NoSuchResource, and
    BadReservation for more than limits.RANGE days or an unknown option.
    """
    found = _offer(wanted, first, last)
    return {day: starts for day, _, starts in _days(found, staff, moving)}


def month(
    wanted: Wanted, first: date, last: date, *, moving: int | None = None
) -> dict[date, DayState]:
    """Day of the store -> free, few (less than a quarter left), full, or closed (nothing offered).

    `moving` as in free_times; raises what that raises.
    """
    found = _offer(wanted, first, last)
    return {day: _state(offered, len(free)) for day, offered, free in _days(found, False, moving)}


def nearest(wanted: Wanted, moment: datetime) -> list[datetime]:
    """The free starts before and after a moment, up to limits.NEAREST each, in order."""
    zone = hours.zone_of(wanted.store_id)
    day = moment.astimezone(zone).date()
    found = free_times(wanted, day - _BACK * _DAY, day + _AHEAD * _DAY)
    starts = sorted(start for of_day in found.values() for start in of_day)
    before = [start for start in starts if start < moment][-limits.NEAREST :]
    return before + [start for start in starts if start > moment][: limits.NEAREST]


def is_taken(found: Offer, moment: datetime) -> bool:
    """Whether a start is plainly taken, as a look without a lock says: nothing to wait for then.

    `found` is what is offered at this start.
    """
    first, end = units.of(moment) - found.before, units.of(moment) + found.taken
    taken = _taken(found, first, end, None)
    party = found.wanted.party
    return not all(
        any(
            not units.busy(taken.get(each.id, ()), each.capacity, each.seats(party), first)
            & units.run(0, end - first)
            for each in kind
        )
        for kind in found.resources
    )


def _offer(wanted: Wanted, first: date, last: date) -> Offer:
    if not 0 <= (last - first).days < limits.RANGE:
        raise BadReservation(f"days: 1 to {limits.RANGE} at once")
    return offer(wanted, first, last)


def _days(found: Offer, staff: bool, moving: int | None) -> list[tuple[date, int, list[datetime]]]:
    """(day, how many starts are offered, those that are free)."""
    origin = units.of(found.calendar.span(found.days[0])[0]) - units.count(limits.BUFFER)
    end = units.of(found.calendar.span(found.days[-1])[1]) + units.count(2 * limits.MINUTES)
    taken = _taken(found, origin, end, moving)
    allowed = _allowed(found, staff, origin, end)
    obstacles = {
        each.id: _obstacles(found, each, taken.get(each.id, ()), origin)
        for kind in found.resources
        for each in kind
    }
    made = []
    for day in found.days:
        offered, free = _of_day(found, day, origin, obstacles, staff=staff)
        bits = units.bits(free & allowed)
        starts = [units.begin(origin + bit).astimezone(found.calendar.zone) for bit in bits]
        made.append((day, (offered & allowed).bit_count(), starts))
    return made


def _of_day(
    found: Offer, day: date, origin: int, obstacles: Mapping[int, int], *, staff: bool
) -> tuple[int, int]:
    """The starts of a day that are offered, and those of them that are free, as sets."""
    offered = free = -1  # The set of all.
    for place, kind in enumerate(found.resources):
        there = free_of_kind = 0
        grid = found.grid(place, staff=staff)
        for each in kind:
            starts = found.starts(each, day, origin, grid=grid, staff=staff)
            there |= starts
            free_of_kind |= starts & ~obstacles[each.id]
        offered, free = offered & there, free & free_of_kind
    return offered, free


def _obstacles(found: Offer, resource: Resourced, taken: Sequence[Taken], origin: int) -> int:
    seats = resource.seats(found.wanted.party)
    busy = units.busy(taken, resource.capacity, seats, origin)
    return units.blocked(busy, found.before, found.taken)


def _allowed(found: Offer, staff: bool, origin: int, end: int) -> int:
    """From when to when one may reserve."""
    if staff:
        return units.run(0, end - origin)
    first = clock.now() + timedelta(minutes=found.rules.lead_minutes)
    last = clock.now() + timedelta(days=found.rules.horizon_days)
    # A start in a unit that has begun by then is too soon.
    soonest = units.of(first) + (not units.whole(first))
    return units.run(soonest - origin, units.of(last) + 1 - origin)


def _taken(found: Offer, origin: int, end: int, moving: int | None) -> dict[int, list[Taken]]:
    """Resource -> what is taken of it; a hold that has ended takes nothing."""
    values = {
        "store": found.wanted.store_id,
        "origin": origin,
        "last": end,
        "now": clock.now(),
        "moving": moving or 0,
    }
    made: dict[int, list[Taken]] = {}
    for row in run(_TAKEN, values).rows:
        made.setdefault(row.resource_id, []).append(row)
    return made


def _state(offered: int, free: int) -> DayState:
    if not offered:
        return "closed"
    if not free:
        return "full"
    return "few" if free * _FEW < offered else "free"


_uses, _reservations = ReservationUse.__table__, Reservation.__table__
_OF_STORE = select(Resource.id).where(Resource.store_id == bindparam("store"))
_TAKEN = Prepared(
    select(
        _uses.c.resource_id,
        _uses.c.first_unit.label("first"),
        _uses.c.end_unit.label("end"),
        _uses.c.seats,
    )
    .join(_reservations, _reservations.c.id == _uses.c.reservation_id)
    .where(
        _uses.c.live,
        _uses.c.resource_id.in_(_OF_STORE),
        _uses.c.end_unit > bindparam("origin"),
        _uses.c.first_unit < bindparam("last"),
        or_(
            _reservations.c.state != "held",
            _reservations.c.hold_until > bindparam("now", type_=UtcDateTime),
        ),
        _uses.c.reservation_id != bindparam("moving"),
    )
)
