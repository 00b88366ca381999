"""Verbs about reservations: holding, confirming, moving, cancelling, and what happens at the store.

Each does its work once for its `cause` (120 characters), in one transaction with its facts and its
notices. A reservation is named by its public code; somebody else's is NoSuchReservation. Customers
are bound by the store's rules, staff only by what is open and free.

Locks are taken in one order: person, reservation, waitlist, resources by their ids.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVar

from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.domain.hours import queries as hours
from app.domain.reservations import (
    admission,
    ending,
    free,
    limits,
    notices,
    queries,
    reserving,
    rules,
    states,
    taking,
    waitlist,
)
from app.domain.reservations.asker import Asker, Customer, Guest
from app.domain.reservations.errors import (
    BadReservation,
    Changed,
    HoldExpired,
    NoSuchReservation,
    NoSuchService,
    SlotTaken,
    TooSoon,
)
from app.domain.reservations.models import Reservation
from app.domain.reservations.offer import Wanted
from app.domain.reservations.queries import Booking
from app.errors import TsunaguError
from app.facts.record import recorded

Origin = Literal["talk", "liff", "counter", "import"]
Done = TypeVar("Done")

_FACTS: Final[dict[states.Step, str]] = {"arrive": "arrived", "undo_arrival": "arrival_undone"}
"""What steps that end nothing leave behind."""


def hold(
    asker: Asker,
    wanted: Wanted,
    starts_at: datetime,
    *,
    cause: str,
    origin: Origin,
    guest: Guest | None = None,
    note: str = "",
) -> Booking:
    """Keep a time for the store's minutes of holding, to be confirmed; nobody is told.

    A customer holds one time: what they held on the page before is free again.

    `guest`: for whom staff reserve; customers reserve for themselves. `starts_at` is aware, at
    whole five minutes. Raises SlotTaken with the nearest free times, NotOpen, WrongParty,
    BadReservation, NoSuchService, NoSuchResource and KeyTaken; for customers also TooSoon, TooFar,
    NotForYou, TooManyOpen and TooManyNoShows.
    """
    if isinstance(asker, Customer):
        ending.let_go(asker.person_id, cause=cause)
    until = timedelta(minutes=queries.rules(wanted.store_id).hold_minutes)
    new = {"state": "held", "hold_until": clock.now() + until, "origin": origin, "note": note}

    def reserve() -> Booking:
        _look(asker, wanted, starts_at, cause)
        return _reserve(asker, wanted, starts_at, guest, cause, new)

    return _telling_nearest(wanted, starts_at, reserve)


def book(
    asker: Asker,
    wanted: Wanted,
    starts_at: datetime,
    *,
    cause: str,
    origin: Origin,
    guest: Guest | None = None,
    note: str = "",
    external_id: str | None = None,
    tell: bool = True,
) -> Booking:
    """Reserve a time at once. Raises what `hold` raises.

    `tell`: queue the notice reservations.made; the talk says that itself, as its answer.
    `external_id`: its number where it was made before.
    """
    new = {"state": "confirmed", "origin": origin, "note": note, "external_id": external_id}

    def reserve() -> Booking:
        _look(asker, wanted, starts_at, cause)
        with transaction():
            made = _reserve(asker, wanted, starts_at, guest, cause, new)
            if tell:
                notices.made(made)
            return made

    return _telling_nearest(wanted, starts_at, reserve)


def confirm(
    asker: Asker, code: str, *, cause: str, note: str | None = None, tell: bool = True
) -> Booking:
    """Make a hold a reservation; `note` in place of the one it has.

    Raises HoldExpired at the moment the hold ends or later, and WrongState.
    """
    with transaction():
        row = _locked(asker, code)
        if row.state == "expired":
            raise HoldExpired(code)
        if (row.state, "confirm") in states.REPEATED:
            return queries.by_id(row.id)
        row.state = states.after(_state(row), "confirm")
        if row.hold_until is not None and row.hold_until <= clock.now():
            raise HoldExpired(code)
        row.hold_until = None
        row.note = row.note if note is None else _note(note)
        _stands(row)
        waitlist.offer_ended(row.id, "accept")
        return _told(row, "made", cause, asker, notices.made if tell else None)


def move(
    asker: Asker,
    code: str,
    starts_at: datetime,
    *,
    version: int,
    cause: str,
    resource_id: int | None = None,
    party: int | None = None,
    options: tuple[str, ...] | None = None,
    note: str | None = None,
    tell: bool = True,
) -> Booking:
    """Move a confirmed reservation, or change its party, options or note; None leaves as it is.

    The old time is given back only when the new one is taken. `version` is what the asker saw;
    `resource_id` whom or what they wish for, by default what it has if that is free. Raises
    Changed, WrongState, and what `hold` raises; for customers also TooLate.
    """
    booking = queries.booking(asker, code)
    wanted = Wanted(
        booking.store_id,
        booking.service_id,
        booking.party if party is None else party,
        tuple(option.code for option in booking.options) if options is None else options,
        resource_id,
    )

    def change() -> Booking:
        with transaction():
            ending.expire_some()
            row = _locked(asker, code)
            if recorded("reservation.moved", cause=cause, slot=str(row.id)):
                return queries.by_id(row.id)
            if row.version != version:
                raise Changed(row.version)
            before = row.starts_at
            _move(row, asker, wanted, starts_at, row.note if note is None else _note(note))
            waitlist.offer_freed(row.store_id, before)
            tells = (lambda moved: notices.moved(moved, before)) if tell else None
            return _told(row, "moved", cause, asker, tells)

    return _telling_nearest(wanted, starts_at, change)


def cancel(
    asker: Asker, code: str, *, cause: str, reason: str | None = None, tell: bool = True
) -> Booking:
    """Cancel a hold or a reservation; twice is as good as once.

    `reason` (limits.REASON characters) is told to the customer; what staff cancel is told with the
    nearest free times. Raises TooLate for customers, and WrongState.
    """
    booking = queries.booking(asker, code)
    by_customer = isinstance(asker, Customer)
    nearest = [] if by_customer or not tell else _instead(booking)
    with transaction():
        row = _locked(asker, code)
        if (row.state, "cancel") in states.REPEATED:
            return queries.by_id(row.id)
        held = row.state == "held"
        if by_customer and row.state == "confirmed":
            rules.check_cut_off(
                queries.rules(row.store_id).cancel_minutes, row.starts_at, clock.now()
            )
        row.cancelled_by = "customer" if by_customer else "staff"
        row.cancel_reason = reason and reason.strip()[: limits.REASON]
        row.tell_at = None
        waitlist.offer_ended(row.id, "decline")
        ending.end(row, "cancel", cause=cause, staff_id=_staff(asker))
        found = queries.by_id(row.id)
        if tell and not held:
            notices.cancelled(found, _words(row.cancel_reason), nearest)
        return found


def arrive(asker: Asker, code: str, *, cause: str) -> Booking:
    """The customer is there; twice is as good as once. For staff. Raises WrongState."""
    return _at_store(asker, code, "arrive", cause)


def undo_arrival(asker: Asker, code: str, *, cause: str) -> Booking:
    """The customer was taken for somebody else. For staff. Raises WrongState."""
    return _at_store(asker, code, "undo_arrival", cause)


def finish(asker: Asker, code: str, *, cause: str) -> Booking:
    """The visit is over: what is left of the time is free again. For staff. Raises WrongState."""
    return _at_store(asker, code, "finish", cause)


def no_show(asker: Asker, code: str, *, cause: str) -> Booking:
    """The customer did not come. For staff. Raises TooSoon before the start, and WrongState."""
    return _at_store(asker, code, "no_show", cause)


def _at_store(asker: Asker, code: str, step: states.Step, cause: str) -> Booking:
    if isinstance(asker, Customer):
        raise NoSuchReservation(code[:20])
    with transaction():
        row = _locked(asker, code)
        if (row.state, step) in states.REPEATED:
            return queries.by_id(row.id)
        if step == "no_show" and row.starts_at > clock.now():
            raise TooSoon(0)
        if step == "no_show":
            row.tell_at = None
        if step in _FACTS:
            row.state = states.after(_state(row), step)
            return _told(row, _FACTS[step], cause, asker, None)
        ending.end(row, step, cause=cause, staff_id=asker.staff_id)
        return queries.by_id(row.id)


def _look(asker: Asker, wanted: Wanted, starts_at: datetime, cause: str) -> None:
    """Raise SlotTaken for what is plainly taken, so that a rush for it holds nobody else up.

    Whether it is free the lock decides, later. What the cause has reserved already is no refusal.
    """
    staff = not isinstance(asker, Customer)
    person_id = asker.person_id if isinstance(asker, Customer) else None
    try:
        found = reserving.offered(wanted, starts_at, staff=staff)
        if not staff:
            rules.check_time(found.rules, starts_at, clock.now())
        if free.is_taken(found, starts_at):
            raise SlotTaken
    except TsunaguError:
        if reserving.caused(cause, wanted, starts_at, person_id) is None:
            raise


def _reserve(
    asker: Asker,
    wanted: Wanted,
    starts_at: datetime,
    guest: Guest | None,
    cause: str,
    new: dict[str, Any],
) -> Booking:
    new["note"] = _note(new["note"])
    staff = not isinstance(asker, Customer)
    with transaction():
        whose = admission.whose(asker, guest)
        admission.lock(whose)
        ending.expire_some()
        if (earlier := reserving.caused(cause, wanted, starts_at, whose.person_id)) is not None:
            return queries.by_id(earlier)
        found = reserving.offered(wanted, starts_at, staff=staff)
        if not staff:
            rules.check_time(found.rules, starts_at, clock.now())
            admission.check(found, whose)
        if new["state"] == "confirmed":
            ends_at = starts_at + found.length
            new |= _standing(wanted.store_id, starts_at, ends_at, clock.now())
        made = queries.by_id(reserving.reserve(found, starts_at, whose, cause=cause, **new))
        kind = "held" if made.state == "held" else "made"
        ending.note(made, cause, kind=kind, staff_id=_staff(asker))
        return made


def _move(row: Reservation, asker: Asker, wanted: Wanted, starts_at: datetime, note: str) -> None:
    states.after(_state(row), "move")
    staff = not isinstance(asker, Customer)
    found = reserving.offered(wanted, starts_at, staff=staff)
    if not staff:
        rules.check_cut_off(found.rules.change_minutes, row.starts_at, clock.now())
        rules.check_time(found.rules, starts_at, clock.now())
    places = taking.choose(found, starts_at, mine=row.id)
    with taking.refusing():
        taking.take_instead(row.id, places)
    row.starts_at, row.ends_at = starts_at, starts_at + found.length
    row.party, row.options = wanted.party, sorted(set(wanted.options))
    row.price, row.note = found.service.price, note
    row.version += 1
    notices.take_back_reminders(row.id)
    _stands(row)


def _standing(
    store_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> dict[str, Any]:
    """What a reservation is given when it is confirmed for a time: when to remind of it."""
    zone, told_by = hours.zone_of(store_id), queries.rules(store_id)
    coming = rules.tellings(told_by, zone, starts_at, ends_at, now)
    return {"changed_at": now, "tell_at": coming[0].at if coming else None}


def _stands(row: Reservation) -> None:
    for name, value in _standing(row.store_id, row.starts_at, row.ends_at, clock.now()).items():
        setattr(row, name, value)


def _told(
    row: Reservation, kind: str, cause: str, asker: Asker, tell: Callable[[Booking], None] | None
) -> Booking:
    """Note what was done, tell it, and answer how the reservation stands."""
    db.session.flush()
    ending.note(row, cause, kind=kind, staff_id=_staff(asker))
    found = queries.by_id(row.id)
    if tell is not None:
        tell(found)
    return found


def _telling_nearest(wanted: Wanted, starts_at: datetime, work: Callable[[], Done]) -> Done:
    """Do the work; a SlotTaken names the nearest free times, which are read after it was undone."""
    try:
        return work()
    except SlotTaken as error:
        raise SlotTaken(free.nearest(wanted, starts_at)) from error


def _instead(booking: Booking) -> list[datetime]:
    """Free times to offer for a reservation that the store cancels."""
    options = tuple(option.code for option in booking.options)
    wanted = Wanted(booking.store_id, booking.service_id, booking.party, options)
    try:
        return free.nearest(wanted, booking.starts_at)[-limits.NEAREST :]
    except (NoSuchService, BadReservation):
        return []  # The service, or an option of it, is offered no more.


def _locked(asker: Asker, code: str) -> Reservation:
    wanted = select(Reservation).where(Reservation.code == code, queries.seen_by(asker))
    row = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NoSuchReservation(code[:20])
    return row


def _state(row: Reservation) -> states.State:
    return row.state  # type: ignore[return-value]


def _staff(asker: Asker) -> int | None:
    return None if isinstance(asker, Customer) else asker.staff_id


def _note(written: str) -> str:
    note = written.replace("\x00", "").strip()
    if len(note) > limits.NOTE:
        raise BadReservation(f"note: longer than {limits.NOTE} characters")
    return note


def _words(reason: str | None) -> dict[str, str] | None:
    return {"ja": reason} if reason else None
