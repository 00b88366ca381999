"""What people are told about reservations, queued in the transaction of what they are told about.

Names and data of the notices, which app/messages puts into words. All have what `shown` answers;
moments are ISO 8601 with the store's own offset, names map "ja" and "en" to words.

- reservations.made: nothing more.
- reservations.moved: `before`, the old start.
- reservations.cancelled: `by` (customer, staff or shop), `reason` (words or None), `nearest` (free
  starts to offer instead, may be empty).
- reservations.reminder: `kind` (day_before or hours_before).
- reservations.thanks: nothing more.
- reservations.offered: `entry` (code of the place in the waitlist), `until`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.links import queries as links
from app.domain.people import queries as people
from app.domain.reservations.queries import Booking
from app.domain.shops import queries as shops
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient

Words = Mapping[str, str]
Json = dict[str, Any]


def shown(booking: Booking) -> Json:
    """A reservation as every notice has it."""
    return {
        "code": booking.code,
        "version": booking.version,
        "store": dict(booking.store),
        "address": dict(shops.card(booking.store_id).address),
        "service": dict(booking.service),
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "party": booking.party,
        "options": [dict(option.name) for option in booking.options],
        "staff": [dict(used.name) for used in booking.resources if used.kind == "staff"],
        "price": booking.price,
        "deposit": booking.deposit and dict(booking.deposit),
    }


def made(booking: Booking) -> None:
    """The reservation is confirmed."""
    _tell(booking, "reservations.made", {})


def moved(booking: Booking, before: datetime) -> None:
    """It was moved; `before` is the old start."""
    local = before.astimezone(booking.starts_at.tzinfo)
    slot = str(booking.version)
    _tell(booking, "reservations.moved", {"before": local.isoformat()}, slot)


def cancelled(booking: Booking, reason: Words | None, nearest: Sequence[datetime]) -> None:
    """It was cancelled, with free times to offer instead."""
    more = {
        "by": booking.cancelled_by,
        "reason": dict(reason) if reason else None,
        "nearest": [start.isoformat() for start in nearest],
    }
    _tell(booking, "reservations.cancelled", more)


def offered(booking: Booking, entry: str, until: datetime) -> None:
    """A time is free for somebody in the waitlist, and is theirs until then."""
    local = until.astimezone(booking.starts_at.tzinfo)
    more = {"entry": entry, "until": local.isoformat()}
    for to in recipients(booking):
        _say(booking, "reservations.offered", more, to, until=until)


def take_back_reminders(reservation_id: int) -> None:
    """The time is not true any more: a reminder that waits to be sent is not sent."""
    outbox.withdraw(f"reservation/{reservation_id}", "reservations.reminder")


def reminded(booking: Booking, kind: str, until: datetime) -> int:
    """A reminder or thanks, of no use from `until` on; answers how many people are told.

    Whoever has blocked the account is not.
    """
    reached = [to for to in recipients(booking) if _follows(to)]
    thanks = kind == "thanks"
    name = "reservations.thanks" if thanks else "reservations.reminder"
    more = {} if thanks else {"kind": kind}
    slot = f"{kind}/{booking.version}"
    return sum(_say(booking, name, more, to, slot=slot, until=until) for to in reached)


def recipients(booking: Booking) -> list[Recipient]:
    """Who hears of it: who reserved, at the account they did it at; else all that the member is."""
    if booking.person_id is not None and booking.account_id is not None:
        user_id = people.user_ids([booking.person_id])[booking.person_id]
        return [Recipient(booking.account_id, user_id, booking.person_id)]
    return links.recipients_of(booking.member_id) if booking.member_id is not None else []


def _follows(to: Recipient) -> bool:
    known = to.person_id is not None
    return not known or people.following(to.account_id, to.person_id or 0) is not False


def _tell(booking: Booking, name: str, more: Json, slot: str = "") -> None:
    for to in recipients(booking):
        _say(booking, name, more, to, slot=slot)


def _say(
    booking: Booking,
    name: str,
    more: Json,
    to: Recipient,
    *,
    slot: str = "",
    until: datetime | None = None,
) -> bool:
    cause = f"reservation/{booking.id}"
    dedupe = f"{cause}/{name}/{slot}/{to.person_id}"
    notice = Notice(name, shown(booking) | more)
    return outbox.say([notice], to, dedupe=dedupe, cause=cause, until=until)
