"""Closing a store for a day: nothing more can be reserved, and all who reserved are told, once.

The day is closed first, and whoever is reserving is waited for. Then the reservations are cancelled
a few at a time, so that nobody who writes has to wait for all of them; what a crash leaves undone
the clock finishes.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app import clock
from app.db import db, insertion, transaction
from app.domain.hours import queries as hours
from app.domain.hours import service as hours_service
from app.domain.reservations import ending, free, limits, notices, queries, taking, waitlist
from app.domain.reservations.errors import BadReservation, NoSuchService
from app.domain.reservations.models import DayClosing, Reservation
from app.domain.reservations.offer import Wanted
from app.domain.reservations.states import LIVE
from app.domain.staff.actor import Actor
from app.errors import NotFound
from app.facts.record import record

_SOME = 20
_DAY = timedelta(days=1)
_AHEAD = 7  # Days after the closed one whose free times are offered instead.


def concerned(actor: Actor, store_id: int, day: date) -> int:
    """How many reservations closing the day would cancel, for the question before it."""
    _check(actor, store_id)
    return len(_live(store_id, day))


def close_day(actor: Actor, store_id: int, day: date, reason: Mapping[str, str]) -> int:
    """Close a store for a day and cancel what is reserved; answers how many were cancelled now.

    `reason` maps "ja", and "en" if it is known, to words that customers read. Asked again, it
    cancels only what is still there. Raises NotFound for a store out of the actor's scope, and
    BadHours for a reason without words.
    """
    _check(actor, store_id)
    with transaction():
        hours_service.set_day(store_id, day, [], reason)
        new = {"reason": dict(reason), "staff_id": actor.staff_id, "done_at": None}
        closing = insertion(DayClosing).values(
            store_id=store_id, day=day, begun_at=clock.now(), **new
        )
        db.session.execute(
            closing.on_conflict_do_update(index_elements=["store_id", "day"], set_=new)
        )
        cause = f"closing/{store_id}/{day.isoformat()}"
        record("store.day_closed", cause=cause, store_id=store_id, staff_id=actor.staff_id)
    return _finish(store_id, day)


def reopen_day(actor: Actor, store_id: int, day: date) -> None:
    """Let a closed day be like its week again. What was cancelled stays; who waits gets offers."""
    _check(actor, store_id)
    with transaction():
        hours_service.clear_day(store_id, day)
        cause = f"opening/{store_id}/{day.isoformat()}/{clock.now().isoformat()}"
        record("store.day_opened", cause=cause, store_id=store_id, staff_id=actor.staff_id)
        waitlist.offer_day(store_id, day)


def finish_all() -> int:
    """Finish the closings that were left undone; answers how many reservations were cancelled."""
    undone = select(DayClosing.store_id, DayClosing.day).where(DayClosing.done_at.is_(None))
    return sum(_finish(*row) for row in db.session.execute(undone).all())


def _check(actor: Actor, store_id: int) -> None:
    if not actor.sees_store(store_id):
        raise NotFound(f"store {store_id}")


def _finish(store_id: int, day: date) -> int:
    # Whoever looked at the calendar before has reserved by then; whoever comes later looks again.
    taking.await_all(store_id)
    count, instead = 0, _Instead(store_id, day)
    while ids := _live(store_id, day)[:_SOME]:
        offers = {reservation_id: instead.of(reservation_id) for reservation_id in ids}
        with transaction():
            count += sum(_cancel(store_id, day, *offer) for offer in offers.items())
    with transaction():
        this = update(DayClosing).where(DayClosing.store_id == store_id, DayClosing.day == day)
        db.session.execute(this.values(done_at=clock.now()))
    return count


def _live(store_id: int, day: date) -> list[int]:
    begin, end = hours.calendar(store_id, day, day).span(day)
    wanted = select(Reservation.id).where(
        Reservation.store_id == store_id,
        Reservation.starts_at >= begin,
        Reservation.starts_at < end,
        Reservation.state.in_(LIVE - {"arrived"}),
    )
    return list(db.session.scalars(wanted.order_by(Reservation.starts_at, Reservation.id)))


def _cancel(store_id: int, day: date, reservation_id: int, nearest: list[datetime]) -> bool:
    locked = select(Reservation).filter_by(id=reservation_id).with_for_update()
    row = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    if row.state not in ("held", "confirmed"):
        return False  # Somebody else has ended it meanwhile.
    closing = db.session.execute(
        select(DayClosing.reason, DayClosing.staff_id).filter_by(store_id=store_id, day=day)
    ).one()
    held = row.state == "held"
    row.cancelled_by, row.tell_at = "shop", None
    row.cancel_reason = closing.reason["ja"]
    waitlist.offer_ended(row.id, "decline")
    cause = f"closing/{store_id}/{day.isoformat()}"
    ending.end(row, "cancel", cause=cause, staff_id=closing.staff_id)
    # Who holds a time on the page sees it there; who was offered one in the talk is told there.
    if not held or row.origin == "waitlist":
        notices.cancelled(queries.by_id(row.id), closing.reason, nearest)
    return not held


class _Instead:
    """Free times of the days after, looked up once for each kind of wish, before anybody waits."""

    def __init__(self, store_id: int, day: date) -> None:
        self._store_id, self._day = store_id, day
        self._known: dict[Wanted, list[datetime]] = {}

    def of(self, reservation_id: int) -> list[datetime]:
        """The first free times for whoever has this reservation."""
        booking = queries.by_id(reservation_id)
        options = tuple(option.code for option in booking.options)
        wanted = Wanted(self._store_id, booking.service_id, booking.party, options)
        if wanted not in self._known:
            self._known[wanted] = self._look(wanted)
        return self._known[wanted]

    def _look(self, wanted: Wanted) -> list[datetime]:
        try:
            found = free.free_times(wanted, self._day + _DAY, self._day + _AHEAD * _DAY)
        except (NoSuchService, BadReservation):
            return []  # It is offered no more, or not with these options.
        return sorted(start for of_day in found.values() for start in of_day)[: limits.NEAREST]
