"""What the member before the counter has reserved for today: shown there, and arrived with them."""

from typing import Any

from app import clock
from app.domain.hours import queries as hours
from app.domain.reservations import queries, service
from app.domain.reservations.queries import Booking
from app.domain.staff.actor import Actor
from app.i18n import in_language
from app.staff import words

Json = dict[str, Any]

_SHOWN = ("confirmed", "arrived", "done")


def today(member_id: int, store_id: int) -> list[Json]:
    """Their reservations of the day at a store, by time; nothing personal but when and what."""
    said = words.language()
    return [
        {
            "code": booking.code,
            "state": booking.state,
            "time": f"{booking.starts_at:%-H:%M}",
            "service": in_language(booking.service, said),
            "with": [in_language(used.name, said) for used in booking.resources],
            "party": booking.party,
        }
        for booking in _of_today(member_id, store_id)
    ]


def arrive_next(actor: Actor, member_id: int, store_id: int, *, cause: str) -> str | None:
    """Note that they came for the reservation nearest to now; answers its code, None for none.

    Inside the transaction of their check-in. Where that one has arrived already, nothing else does.
    """
    coming = [each for each in _of_today(member_id, store_id) if each.state != "done"]
    if not coming:
        return None
    now = clock.now()
    nearest = min(coming, key=lambda each: abs(each.starts_at - now))
    return service.arrive(actor, nearest.code, cause=cause).code


def undo_arrival(actor: Actor, *, cause: str) -> str | None:
    """Undo what `arrive_next` noted for this cause; answers the code, None where there is nothing.

    Inside the transaction in which their check-in is undone. A visit that is over stays so.
    """
    booking = queries.arrived_by(cause)
    if booking is None or booking.state != "arrived":
        return None
    return service.undo_arrival(actor, booking.code, cause=cause).code


def _of_today(member_id: int, store_id: int) -> list[Booking]:
    found = queries.of_member(member_id, store_id, hours.today(store_id))
    return [each for each in found if each.state in _SHOWN]
