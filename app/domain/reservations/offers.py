"""What a customer does with a place that a waitlist offers them: take it, or let it go."""

from sqlalchemy import select

from app.db import db, transaction
from app.domain.reservations import service, waitlist
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import HoldExpired, WrongState
from app.domain.reservations.models import Reservation, WaitlistEntry
from app.domain.reservations.queries import Booking
from app.domain.reservations.states import Waiting


def accept(customer: Customer, code: str, *, cause: str, tell: bool = True) -> Booking:
    """Make the offered time a reservation; twice is as good as once.

    `code` is the place's. Raises NoSuchEntry, HoldExpired when the offer's time is over, and
    WrongState where nothing is offered.
    """
    with transaction():
        _entry, offered = _answered(customer, code, "accepted")
        return service.confirm(customer, offered, cause=cause, tell=tell)


def decline(customer: Customer, code: str, *, cause: str) -> None:
    """Let the offered time go to the next who waits, and wait no more; twice is as good as once.

    Raises NoSuchEntry, HoldExpired and WrongState.
    """
    with transaction():
        entry, offered = _answered(customer, code, "declined")
        if entry.state == "offered":
            service.cancel(customer, offered, cause=cause, tell=False)


def _answered(customer: Customer, code: str, done: Waiting) -> tuple[WaitlistEntry, str]:
    """A place and the code of what is offered, both locked: nobody else answers meanwhile.

    Raises HoldExpired or WrongState for an offer that is not open and was not answered so.
    """
    known = waitlist.entry(customer, code)
    if known.reservation_id is None:
        raise WrongState(known.state)
    # Who ends a hold locks the reservation first and the place after it.
    wanted = select(Reservation.code).filter_by(id=known.reservation_id).with_for_update()
    offered = db.session.scalars(wanted).one()
    entry = waitlist.locked(customer, code)
    if entry.state == "expired":
        raise HoldExpired(code)
    if entry.state not in ("offered", done):
        raise WrongState(entry.state)
    return entry, offered
