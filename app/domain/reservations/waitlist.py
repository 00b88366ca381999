"""Waiting for a free time: whoever waits longest and is suited gets it offered, held for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.hours import queries as hours
from app.domain.hours.errors import BadHours
from app.domain.hours.rules import minutes
from app.domain.links import queries as links
from app.domain.people import service as people
from app.domain.reservations import (
    admission,
    free,
    limits,
    notices,
    queries,
    reserving,
    rules,
    states,
    taking,
)
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import (
    BadReservation,
    KeyTaken,
    NoSuchEntry,
    NoSuchService,
    NotOpen,
    SlotTaken,
    TooManyWaiting,
)
from app.domain.reservations.models import WaitlistEntry
from app.domain.reservations.offer import Wanted, offer
from app.domain.reservations.reserving import Whose
from app.domain.reservations.states import Waiting, WaitingStep
from app.facts.record import record

OFFER: Final = timedelta(minutes=limits.OFFER_MINUTES)

_DAY = timedelta(days=1)
_MINUTES_OF_DAY = 24 * 60
_LOOKED_AT = 50  # So many of those who wait for a day are looked at when a time becomes free.


@dataclass(frozen=True)
class Entry:
    """A place in a waitlist: between which wall-clock times of the store's day a start suits."""

    code: str
    store_id: int
    service_id: int
    service: Mapping[str, str]
    day: date
    from_time: str
    to_time: str
    party: int
    state: Waiting
    offer_until: datetime | None
    reservation_id: int | None


def join(
    customer: Customer, wanted: Wanted, day: date, from_time: str, to_time: str, *, cause: str
) -> Entry:
    """Wait for a start of the day between two times ("10:00", the later one included).

    The same cause makes one place. A time that is free already is offered at once. Raises what
    `offer` raises, WrongParty, BadReservation for times that are none or a day that is over or too
    far, TooManyWaiting, KeyTaken, and what keeps this person from reserving: NotForYou, TooManyOpen
    and TooManyNoShows.
    """
    _check(wanted, day, from_time, to_time)
    with transaction():
        people.lock(customer.person_id)
        row = db.session.scalar(select(WaitlistEntry).filter_by(cause=cause))
        if row is not None and row.person_id != customer.person_id:
            raise KeyTaken("the cause is somebody else's")
        if row is None:
            admission.may_reserve(customer, wanted)
            _check_number(customer.person_id)
            row = _add(customer, wanted, day, from_time, to_time, cause)
            _note(row)
            offer_day(wanted.store_id, day)
        return _entry(row)


def leave(customer: Customer, code: str) -> None:
    """Wait no more; twice is as good as once.

    Raises NoSuchEntry, and WrongState where something is offered, which `offers.decline` lets go.
    """
    with transaction():
        row = locked(customer, code)
        if row.state != "cancelled":
            step(row, "cancel")


def waiting(customer: Customer) -> list[Entry]:
    """Where a customer waits, or has an offer, the nearest day first."""
    wanted = select(WaitlistEntry).filter_by(person_id=customer.person_id)
    open_ones = wanted.where(WaitlistEntry.state.in_(("waiting", "offered")))
    order = (WaitlistEntry.day, WaitlistEntry.id)
    return [_entry(row) for row in db.session.scalars(open_ones.order_by(*order))]


def entry(customer: Customer, code: str) -> Entry:
    """A customer's place in a waitlist; raises NoSuchEntry."""
    row = db.session.scalar(
        select(WaitlistEntry).filter_by(code=code, person_id=customer.person_id)
    )
    if row is None:
        raise NoSuchEntry(code[:20])
    return _entry(row)


def count(store_id: int, first: date, last: date) -> dict[date, int]:
    """Day -> how many wait for it, for the staff."""
    number = select(WaitlistEntry.day, func.count()).filter_by(store_id=store_id, state="waiting")
    of_days = number.where(WaitlistEntry.day.between(first, last))
    return dict(db.session.execute(of_days.group_by(WaitlistEntry.day)).all())


def offer_freed(store_id: int, moment: datetime) -> None:
    """Something became free: offer it to who waits, in the caller's transaction."""
    day = moment.astimezone(hours.zone_of(store_id)).date()
    for each in (day - _DAY, day):  # After midnight it may be the day before's.
        offer_day(store_id, each)


def offer_all() -> int:
    """Look for all who wait, as after a change of hours; answers how many got an offer."""
    days = select(WaitlistEntry.store_id, WaitlistEntry.day).filter_by(state="waiting").distinct()
    made = 0
    for store_id, day in db.session.execute(days).all():
        with transaction():
            made += offer_day(store_id, day)
    return made


def offer_ended(reservation_id: int, what: WaitingStep) -> None:
    """What was offered so has ended; call it before the reservation's time is given back."""
    offered = select(WaitlistEntry).filter_by(reservation_id=reservation_id, state="offered")
    row = db.session.scalar(offered.with_for_update().execution_options(populate_existing=True))
    if row is not None:
        step(row, what)


def expire_past() -> int:
    """Let nobody wait for a day that is over; answers how many did."""
    # The day after tomorrow in one zone may be today in none.
    past = WaitlistEntry.day < clock.now().date() - _DAY
    ended = update(WaitlistEntry).where(WaitlistEntry.state == "waiting", past)
    with transaction():
        return changed(ended.values(state="expired"))


def locked(customer: Customer, code: str) -> WaitlistEntry:
    """A customer's place, locked; raises NoSuchEntry."""
    mine = select(WaitlistEntry).filter_by(code=code, person_id=customer.person_id)
    row = db.session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NoSuchEntry(code[:20])
    return row


def step(row: WaitlistEntry, what: WaitingStep) -> None:
    """Take a step, and record it. Raises WrongState."""
    row.state = states.waiting_after(row.state, what)  # type: ignore[arg-type]
    db.session.flush()
    _note(row)


def offer_day(store_id: int, day: date) -> int:
    """Offer what is free of a day to those who wait, longest first; answers how many got one."""
    waits = select(WaitlistEntry).filter_by(store_id=store_id, day=day, state="waiting")
    rows = waits.order_by(WaitlistEntry.id).limit(_LOOKED_AT).with_for_update()
    free_of: dict[Wanted, list[datetime]] = {}
    made = 0
    for row in db.session.scalars(rows.execution_options(populate_existing=True)).all():
        wanted = Wanted(row.store_id, row.service_id, row.party, tuple(row.options))
        if wanted not in free_of:
            free_of[wanted] = _free(wanted, day)
        start = _suiting(row, free_of[wanted])
        if start is not None and _hold(row, wanted, start):
            free_of.clear()
            made += 1
    return made


def _free(wanted: Wanted, day: date) -> list[datetime]:
    try:
        return free.free_times(wanted, day, day)[day]
    except (NoSuchService, BadReservation):
        return []  # It is not offered any more, or not with these options.


def _suiting(row: WaitlistEntry, starts: Sequence[datetime]) -> datetime | None:
    """The first start between the times that suit, counted from the midnight of the day.

    One that begins before the offer would end is offered to nobody.
    """
    first, last = minutes(row.from_time), minutes(row.to_time)
    soonest = clock.now() + OFFER
    for start in starts:
        if start < soonest:
            continue
        days = (start.date() - row.day).days
        if first <= days * _MINUTES_OF_DAY + start.hour * 60 + start.minute <= last:
            return start
    return None


def _hold(row: WaitlistEntry, wanted: Wanted, start: datetime) -> bool:
    until = clock.now() + OFFER
    try:
        with taking.all_or_nothing():
            held = reserving.reserve(
                reserving.offered(wanted, start, staff=False),
                start,
                Whose(row.person_id, row.account_id, links.member_of(row.person_id)),
                cause=f"waitlist/{row.id}",
                state="held",
                hold_until=until,
                origin="waitlist",
            )
    except (SlotTaken, NotOpen):
        return False
    row.reservation_id, row.offer_until = held, until
    step(row, "offer")
    notices.offered(queries.by_id(held), row.code, until)
    return True


def _check(wanted: Wanted, day: date, from_time: str, to_time: str) -> None:
    try:
        if minutes(from_time) > minutes(to_time):
            raise BadReservation("the times are not in order")
    except BadHours as error:
        raise BadReservation(str(error)) from None
    found = offer(wanted, day, day)
    rules.check_party(found, wanted.party)
    ahead = (day - hours.today(wanted.store_id)).days
    if not 0 <= ahead <= found.rules.horizon_days:
        raise BadReservation("the day is over, or too far ahead")


def _check_number(person_id: int) -> None:
    open_ones = WaitlistEntry.state.in_(("waiting", "offered"))
    number = select(func.count()).select_from(WaitlistEntry).filter_by(person_id=person_id)
    if (db.session.scalar(number.where(open_ones)) or 0) >= limits.WAITING:
        raise TooManyWaiting(f"{limits.WAITING} places")


def _add(
    customer: Customer, wanted: Wanted, day: date, from_time: str, to_time: str, cause: str
) -> WaitlistEntry:
    row = WaitlistEntry(
        code=rules.new_code(),
        store_id=wanted.store_id,
        service_id=wanted.service_id,
        person_id=customer.person_id,
        account_id=customer.account_id,
        day=day,
        from_time=from_time,
        to_time=to_time,
        party=wanted.party,
        options=sorted(set(wanted.options)),
        state="waiting",
        cause=cause,
    )
    db.session.add(row)
    db.session.flush()  # The fact is named after its id.
    return row


def _note(row: WaitlistEntry) -> None:
    record(
        f"waitlist.{row.state}",
        cause=f"waitlist/{row.id}",
        account_id=row.account_id,
        person_id=row.person_id,
        store_id=row.store_id,
        service_id=row.service_id,
        day=row.day.isoformat(),
        reservation_id=row.reservation_id,
    )


def _entry(row: WaitlistEntry) -> Entry:
    return Entry(
        *(row.code, row.store_id, row.service_id, queries.service(row.service_id).name),
        *(row.day, row.from_time, row.to_time, row.party),
        row.state,  # type: ignore[arg-type]
        *(row.offer_until, row.reservation_id),
    )
