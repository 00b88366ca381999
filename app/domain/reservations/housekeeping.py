"""Forgetting holds that nobody confirmed, thirty days after they ended. The facts stay."""

from typing import Final

from sqlalchemy import delete, select, update

from app import clock
from app.db import changed, db, transaction
from app.domain.reservations.models import Reservation, ReservationUse, WaitlistEntry

_DAYS: Final = 30
_SOME: Final = 200


def forget_old() -> int:
    """Delete what has ended; answers how many holds."""
    before = clock.after(-_DAYS * 86_400)
    old = select(Reservation.id).where(
        Reservation.state == "expired", Reservation.created_at < before
    )
    count = 0
    while ids := list(db.session.scalars(old.limit(_SOME))):
        with transaction():
            entries = update(WaitlistEntry).where(WaitlistEntry.reservation_id.in_(ids))
            db.session.execute(entries.values(reservation_id=None))
            db.session.execute(delete(ReservationUse).where(ReservationUse.reservation_id.in_(ids)))
            count += changed(delete(Reservation).where(Reservation.id.in_(ids)))
    return count
