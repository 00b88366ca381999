"""Writing a new reservation with its units, facts included: for the verbs and for the waitlist."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app import clock
from app.db import inserted, run
from app.domain.hours import queries as hours
from app.domain.reservations import rules, taking
from app.domain.reservations.errors import KeyTaken, SlotTaken
from app.domain.reservations.models import Reservation
from app.domain.reservations.offer import Offer, Wanted, offer
from app.prepared import Prepared

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Whose:
    """Whose a reservation is: a LINE user at an account, a member, or somebody by name."""

    person_id: int | None = None
    account_id: int | None = None
    member_id: int | None = None
    guest_name: str | None = None
    guest_phone: str | None = None


def offered(wanted: Wanted, starts_at: datetime, *, staff: bool) -> Offer:
    """What a store offers at a start. Raises what `offer` raises, WrongParty and NotOpen."""
    day = starts_at.astimezone(hours.zone_of(wanted.store_id)).date()
    # A start after midnight may belong to the day before.
    found = offer(wanted, day - _DAY, day)
    rules.check_party(found, wanted.party)
    return found.at(starts_at, staff=staff)


def reserve(found: Offer, starts_at: datetime, whose: Whose, *, cause: str, **columns: Any) -> int:
    """A new reservation at a start that is offered; the same cause answers the one it made.

    Answers its id. `columns`: state, origin, and what else is not usual. Raises SlotTaken, and
    KeyTaken where the cause has reserved something else; what was written then must be undone.
    """
    try:
        places = taking.choose(found, starts_at)
    except SlotTaken:
        earlier = caused(cause, found.wanted, starts_at, whose.person_id)
        if earlier is None:
            raise
        return earlier  # The same request, which came a moment before.
    with taking.refusing():
        row = inserted(Reservation, **_values(found, starts_at, whose, cause) | columns)
        if row is not None:
            taking.take(row.id, places)
            return int(row.id)
    earlier = caused(cause, found.wanted, starts_at, whose.person_id)
    if earlier is None:
        raise KeyTaken("its number from outside is there already")
    return earlier


def caused(cause: str, wanted: Wanted, starts_at: datetime, person_id: int | None) -> int | None:
    """What a cause has reserved, however it stands now; raises KeyTaken for something else."""
    row = run(_CAUSED, {"of_cause": cause}).first()
    if row is None:
        return None
    asked = (wanted.store_id, wanted.service_id, person_id)
    made = (row.store_id, row.service_id, row.person_id)
    # What was changed since may stand at another time, with other people.
    asked_now = (starts_at, wanted.party, set(wanted.options))
    made_then = (row.starts_at, row.party, set(row.options))
    if made != asked or (row.version == 1 and made_then != asked_now):
        raise KeyTaken("the cause has reserved something else")
    return int(row.id)


def _values(found: Offer, starts_at: datetime, whose: Whose, cause: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "code": rules.new_code(),
        "store_id": found.wanted.store_id,
        "service_id": found.service.id,
        **vars(whose),
        "starts_at": starts_at,
        "ends_at": starts_at + found.length,
        "party": found.wanted.party,
        "options": sorted(set(found.wanted.options)),
        "note": "",
        "price": found.service.price,
        "version": 1,
        "cause": cause,
        "changed_at": now,
        "created_at": now,
    }


_reservations = Reservation.__table__
_CAUSED = Prepared(
    select(
        *(_reservations.c[name] for name in ("id", "store_id", "service_id", "person_id")),
        *(_reservations.c[name] for name in ("starts_at", "party", "options", "version")),
    ).where(_reservations.c.cause == bindparam("of_cause"))
)
