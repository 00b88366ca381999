"""Reminders and thanks: each said once for a reservation's time, when its moment has come.

Each reservation knows when there may be something to say next (`tell_at`), so the clock looks at
those alone. That it was said is a fact, which nothing repeats.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.domain.hours import queries as hours
from app.domain.reservations import notices, queries, rules, units
from app.domain.reservations.definition import NewRules
from app.domain.reservations.models import Reservation
from app.domain.reservations.rules import Telling
from app.facts.record import record
from app.faults import unsafe

_SOME = 100
_STATES = {
    "day_before": ("confirmed",),
    "hours_before": ("confirmed",),
    "thanks": ("arrived", "done"),
}


def tell_due() -> int:
    """Queue the reminders and thanks that are due; answers how many notices."""
    count, after = 0, 0
    while ids := _due(after):
        count += sum(map(_tell, ids))
        after = ids[-1]
    return count


def _due(after: int) -> list[int]:
    due = select(Reservation.id).where(Reservation.tell_at <= clock.now(), Reservation.id > after)
    return list(db.session.scalars(due.order_by(Reservation.id).limit(_SOME)))


def _tell(reservation_id: int) -> int:
    with transaction():
        locked = select(Reservation).filter_by(id=reservation_id).with_for_update()
        row = db.session.scalars(locked.execution_options(populate_existing=True)).one()
        if row.tell_at is None:
            return 0  # It ended meanwhile.
        now = clock.now()
        zone, by = hours.zone_of(row.store_id), queries.rules(row.store_id)
        coming = rules.tellings(by, zone, row.starts_at, row.ends_at, row.changed_at)
        quiet = rules.after_quiet(by, zone, now) != now
        before = rules.next_quiet(by, zone, now)
        said = 0 if quiet else sum(_say(row, each, now, before) for each in coming)
        row.tell_at = _next(coming, now, by, zone)
        return said


def _say(row: Reservation, each: Telling, now: datetime, before: datetime | None) -> int:
    late = each.until <= now and not unsafe("remind_late")
    if not each.at <= now or late or row.state not in _STATES[each.kind]:
        return 0
    slot = f"{each.kind}/{units.of(row.starts_at)}"
    cause = f"reservation/{row.id}"
    if not record("reservation.told", cause=cause, slot=slot, store_id=row.store_id):
        return 0
    # What LINE does not take before the quiet hours begin is dropped rather than said in them.
    until = min(each.until, before) if before else each.until
    return notices.reminded(queries.by_id(row.id), each.kind, until)


def _next(coming: list[Telling], now: datetime, by: NewRules, zone: ZoneInfo) -> datetime | None:
    """When to look again: at what comes next, or at the end of quiet hours that hold it back."""
    later = [each.at for each in coming if each.at > now]
    awake = rules.after_quiet(by, zone, now)
    held_back = [awake for each in coming if awake != now and each.at <= now and awake < each.until]
    return min([*later, *held_back], default=None)
