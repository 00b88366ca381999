"""Giving times back: what ends a reservation, and who gets what became free."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, literal_column, select

from app import clock
from app.db import db, run, transaction
from app.domain.reservations import notices, states, taking, waitlist
from app.domain.reservations.models import Reservation
from app.domain.reservations.queries import Booking
from app.domain.reservations.states import Step
from app.facts.record import record
from app.prepared import Prepared

_SOME = 50


def end(row: Reservation, step: Step, *, cause: str, staff_id: int | None = None) -> None:
    """Take a step that ends a locked reservation: its units go, and whoever waits is offered them.

    Raises WrongState.
    """
    row.state = states.after(row.state, step)  # type: ignore[arg-type]
    row.hold_until = None
    db.session.flush()
    taking.give_back(row.id)
    notices.take_back_reminders(row.id)
    note(row, cause, staff_id=staff_id)
    waitlist.offer_freed(row.store_id, row.starts_at)


def note(
    row: Reservation | Booking, cause: str, *, kind: str | None = None, staff_id: int | None
) -> None:
    """Record the fact of what a reservation has become, or of `kind`."""
    record(
        f"reservation.{kind or row.state}",
        cause=cause,
        slot=str(row.id),
        account_id=row.account_id,
        person_id=row.person_id,
        reservation_id=row.id,
        member_id=row.member_id,
        store_id=row.store_id,
        service_id=row.service_id,
        party=row.party,
        starts_at=row.starts_at.astimezone(UTC).isoformat(),
        staff_id=staff_id,
    )


def let_go(person_id: int, *, cause: str) -> None:
    """End what a person holds on the page but for this cause: who looks at another time lets go."""
    with transaction():
        held = select(Reservation).filter_by(person_id=person_id, state="held", origin="liff")
        others = held.where(Reservation.cause != cause).order_by(Reservation.id)
        for row in db.session.scalars(
            others.with_for_update().execution_options(populate_existing=True)
        ):
            end(row, "expire", cause=cause)


def expire_due() -> int:
    """End all holds and offers whose time is over; answers how many."""
    count = 0
    while ids := _over(clock.now()):
        count += sum(map(_expire, ids))
    return count + waitlist.expire_past()


def expire_some() -> None:
    """End a few holds whose time is over, in the caller's transaction, so that they are in nobody's
    way until the clock's next round."""
    with transaction():
        for reservation_id in _over(clock.now()):
            _expire(reservation_id)


def _over(now: datetime) -> list[int]:
    return [row.id for row in run(_OVER, {"now": now}).rows]


def _expire(reservation_id: int) -> bool:
    with transaction():
        held = select(Reservation).filter_by(id=reservation_id, state="held")
        row = db.session.scalar(
            held.where(Reservation.hold_until <= clock.now())
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if row is None:
            return False  # Another clock was quicker, or the customer was.
        waitlist.offer_ended(row.id, "expire")
        end(row, "expire", cause=f"reservation/{row.id}/expire")
        return True


_reservations = Reservation.__table__
_OVER = Prepared(
    select(_reservations.c.id)
    .where(
        _reservations.c.state == literal_column("'held'"),
        _reservations.c.hold_until <= bindparam("now"),
    )
    .order_by(_reservations.c.id)
    .limit(literal_column(str(_SOME)))
)
