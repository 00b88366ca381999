"""Taking resources for a reservation, and giving them back.

Whoever takes locks the rows of the resources that come into question, in the order of their ids,
looks at the units that are taken, and inserts its own. Should two get past that (there is no such
way known), the key of the units refuses the second one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.db import db, run, run_together, transaction
from app.domain.hours import queries as hours
from app.domain.reservations import units
from app.domain.reservations.errors import NotOpen, SlotTaken
from app.domain.reservations.known import Resourced
from app.domain.reservations.models import ReservationUnit, ReservationUse, Resource
from app.domain.reservations.offer import Offer, day_of
from app.faults import crash_point, unsafe
from app.prepared import IsOneOf, Prepared, Values

Pair = tuple[int, int]
Triple = tuple[int, int, int]

_units = cast(Table, ReservationUnit.__table__)
_uses = cast(Table, ReservationUse.__table__)


@dataclass(frozen=True)
class Place:
    """A resource that was chosen, with the (unit, seat) pairs to take of it."""

    resource: Resourced
    first: int
    end: int
    seats: int
    pairs: Sequence[Pair]


def choose(offer: Offer, starts_at: datetime, *, mine: int | None = None) -> list[Place]:
    """One free resource of each kind; locks them all until the open transaction ends.

    Of several the smallest that has room is chosen, then the one with the fewest reservations of
    that day, then the oldest; a reservation that moves (`mine`) stays where it is if it can.
    Raises SlotTaken without the nearest times, and NotOpen, before anything was written.
    """
    first = units.of(starts_at) - offer.before
    end = units.of(starts_at) + offer.taken
    ids = sorted(each.id for kind in offer.resources for each in kind)
    capacities, taken, number = _looked(offer, ids, starts_at, first, end, mine)
    order = _order(offer, number, mine)
    chosen = []
    for kind in offer.resources:
        now = [replace(each, capacity=capacities[each.id]) for each in kind]
        in_order = sorted(now, key=lambda each: order[each.id])
        places = (_place(each, offer, first, end, taken.get(each.id, set())) for each in in_order)
        place = next((place for place in places if place), None)
        if place is None:
            raise SlotTaken
        chosen.append(place)
    crash_point("booking.after_check")
    return chosen


def await_all(store_id: int) -> None:
    """Wait until everybody who is taking something of a store has it, or has given up."""
    if unsafe("no_wait"):
        return
    with transaction():
        of_store = select(Resource.id).filter_by(store_id=store_id).order_by(Resource.id)
        db.session.execute(of_store.with_for_update())


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """A savepoint, for whoever goes on in the same transaction after a SlotTaken from inside."""
    with db.session.begin_nested():
        yield


@contextmanager
def refusing() -> Iterator[None]:
    """Raises SlotTaken where somebody else has a unit that is taken inside."""
    try:
        yield
    except IntegrityError as error:
        raise SlotTaken from error


def take(reservation_id: int, places: Sequence[Place]) -> None:
    """Let a new reservation have these places; call it within `refusing`."""
    new = [(each.resource.id, unit, seat) for each in places for unit, seat in each.pairs]
    units_of_it = [] if unsafe("no_units") else [_row(reservation_id, each) for each in new]
    uses = _noted(reservation_id, places)
    run_together(*((_TAKE, row) for row in units_of_it), *((_NOTE, row) for row in uses))
    crash_point("booking.taken")


def take_instead(reservation_id: int, places: Sequence[Place]) -> None:
    """Let a reservation have these places and no others; call it within `refusing`.

    What it has of them it keeps, and its new units are there before the old ones go.
    """
    old = _units_of(reservation_id)
    new = {(each.resource.id, unit, seat) for each in places for unit, seat in each.pairs}
    _insert(reservation_id, sorted(new - old))
    if unsafe("move_in_steps"):
        db.session.commit()
    crash_point("booking.both_taken")
    _delete(reservation_id, sorted(old - new))
    ours = delete(ReservationUse).where(ReservationUse.reservation_id == reservation_id)
    db.session.execute(ours)
    run(_NOTE, _noted(reservation_id, places))


def give_back(reservation_id: int) -> None:
    """Free the units of a reservation that ends. Which resources it had stays known."""
    ours = delete(ReservationUnit).where(ReservationUnit.reservation_id == reservation_id)
    db.session.execute(ours)
    uses = update(ReservationUse).where(ReservationUse.reservation_id == reservation_id)
    db.session.execute(uses.values(live=False))


def _looked(
    offer: Offer, ids: list[int], starts_at: datetime, first: int, end: int, mine: int | None
) -> tuple[dict[int, int], dict[int, set[Pair]], dict[int, int]]:
    """Lock resources until the open transaction ends, and look at them.

    Answers resource -> its seats, the (unit, seat) pairs that somebody else has, and how many
    reservations it has on the day of the start. Raises NotOpen where the day was changed since the
    offer was read.
    """
    begin, over = offer.calendar.span(day_of(offer.calendar, starts_at))
    these, day = {"ids": ids}, {"begin": units.of(begin), "over": units.of(over)}
    lock = _SEATS if unsafe("no_resource_lock") else _LOCK
    # What the lock had to wait for, the statements after it see.
    locked, left, of_day, days = run_together(
        (lock, these),
        (_LEFT, these | {"first": first, "end": end, "mine": mine or 0}),
        (_OF_DAY, these | day),
        hours.look(offer.wanted.store_id, offer.days[0], offer.days[-1]),
    )
    if hours.exceptions(days) != offer.calendar.days and not unsafe("no_second_look"):
        raise NotOpen("the day was changed a moment ago")
    taken: dict[int, set[Pair]] = {}
    for row in left.rows:
        taken.setdefault(row.resource_id, set()).add((row.unit, row.seat))
    seats = {row.id: row.capacity for row in locked.rows}
    return seats, taken, {row.resource_id: row.number for row in of_day.rows}


def _order(
    offer: Offer, number: dict[int, int], mine: int | None
) -> dict[int, tuple[bool, int, int, int]]:
    """Resource -> its place among those that are free, smallest first."""
    own: set[int] = set()
    if mine is not None:
        of_mine = select(ReservationUse.resource_id).where(ReservationUse.reservation_id == mine)
        own = set(db.session.scalars(of_mine))
    return {
        each.id: (each.id not in own, each.size, number.get(each.id, 0), each.id)
        for kind in offer.resources
        for each in kind
    }


def _place(each: Resourced, offer: Offer, first: int, end: int, taken: set[Pair]) -> Place | None:
    seats = each.seats(offer.wanted.party)
    pairs = units.pick(first, end, seats, taken, each.capacity)
    return None if pairs is None else Place(each, first, end, seats, pairs)


def _noted(reservation_id: int, places: Sequence[Place]) -> list[Values]:
    return [
        {
            "reservation_id": reservation_id,
            "resource_id": place.resource.id,
            "first_unit": place.first,
            "end_unit": place.end,
            "seats": place.seats,
            "live": True,
        }
        for place in places
    ]


def _units_of(reservation_id: int) -> set[Triple]:
    columns = (_units.c.resource_id, _units.c.unit, _units.c.seat)
    wanted = select(*columns).where(_units.c.reservation_id == reservation_id)
    return {(row.resource_id, row.unit, row.seat) for row in db.session.execute(wanted)}


def _insert(reservation_id: int, triples: list[Triple]) -> None:
    if triples and not unsafe("no_units"):
        run(_TAKE, [_row(reservation_id, each) for each in triples])


def _delete(reservation_id: int, triples: list[Triple]) -> None:
    if triples:
        run(_LET_GO, [_row(reservation_id, each, "the_") for each in triples])


def _row(reservation_id: int, triple: Triple, prefix: str = "") -> dict[str, int]:
    names = ("resource_id", "unit", "seat", "reservation_id")
    values = (*triple, reservation_id)
    return {prefix + name: value for name, value in zip(names, values, strict=True)}


_resources = cast(Table, Resource.__table__)
_SEATS = Prepared(
    select(_resources.c.id, _resources.c.capacity).where(IsOneOf(_resources.c.id, "ids"))
)
_LOCK = Prepared(
    select(_resources.c.id, _resources.c.capacity)
    .where(IsOneOf(_resources.c.id, "ids"))
    .order_by(_resources.c.id)
    .with_for_update()
)
_LEFT = Prepared(
    select(_units.c.resource_id, _units.c.unit, _units.c.seat).where(
        IsOneOf(_units.c.resource_id, "ids"),
        _units.c.unit >= bindparam("first"),
        _units.c.unit < bindparam("end"),
        _units.c.reservation_id != bindparam("mine"),
    )
)
_OF_DAY = Prepared(
    select(_uses.c.resource_id, func.count().label("number"))
    .where(
        IsOneOf(_uses.c.resource_id, "ids"),
        _uses.c.live,
        _uses.c.end_unit > bindparam("begin"),
        _uses.c.first_unit < bindparam("over"),
    )
    .group_by(_uses.c.resource_id)
)
_TAKE, _NOTE = Prepared(insert(_units)), Prepared(insert(_uses))
_LET_GO = Prepared(
    delete(_units).where(*(column == bindparam(f"the_{column.name}") for column in _units.c))
)
