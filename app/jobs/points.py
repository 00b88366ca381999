"""What the clock does about points and people hear of: warnings before points end, birthdays."""

from datetime import datetime
from typing import Any

from flask import current_app

from app import clock
from app.db import transaction
from app.domain.accounts import queries as accounts
from app.domain.links import queries as links
from app.domain.points import queries, rules, service
from app.facts.record import record
from app.jobs import birthdays
from app.outbox import put as outbox
from app.outbox.put import Notice

WARN_DAYS = (7, 30)
"""So many days before its points end, a member is told, once each; the nearer comes first."""

_SOME = 200


def warn() -> int:
    """Tell members what ends soon; answers how many notices were queued."""
    count, farther = 0, clock.now()
    for days in WARN_DAYS:
        nearer, farther = farther, rules.end_of(clock.now(), days, clock.zone())
        count += _warn_between(nearer, farther, days)
    return count


def congratulate() -> int:
    """Give the birthday's points, once a year; answers how many were given."""
    if not queries.program_now().birthday_points:
        return 0
    return sum(_congratulate(member_id, day.year) for member_id, day in birthdays.recent())


def _warn_between(begin: datetime, until: datetime, days: int) -> int:
    count, after = 0, 0
    while some := queries.ending_between(begin, until, after=after, limit=_SOME):
        count += sum(_warn(member_id, ends, points, days) for member_id, ends, points in some)
        after = some[-1][0]
    return count


def _warn(member_id: int, ends: datetime, points: int, days: int) -> bool:
    day = rules.last_day(ends, clock.zone())
    cause = f"points/{member_id}/{day.isoformat()}"
    left = (day - clock.now().astimezone(clock.zone()).date()).days
    with transaction():
        people = links.recipients_of(member_id)
        # Who has no LINE is not noted either: once they link they may still be told in time.
        if not people or not record("points.warned", cause=cause, slot=str(days), points=points):
            return False
        data = {"points": points, "day": day.isoformat(), "days": left}
        _tell(member_id, "points.expiring", f"{cause}/{days}", data)
        return True


def _congratulate(member_id: int, year: int) -> bool:
    with transaction():
        given = service.give_for_birthday(member_id, year)
        if given is not None:
            cause = f"points/{given.transfer_id}"
            _tell(member_id, "points.birthday", cause, {"points": given.points})
        return given is not None


def _tell(member_id: int, notice: str, cause: str, data: dict[str, Any]) -> None:
    balance = queries.balance(member_id)
    for to in links.recipients_of(member_id):
        liff_id = accounts.front_of(to.account_id).liff_id
        url = f"{current_app.config['LIFF_BASE']}/{liff_id}/points" if liff_id else None
        told = Notice(notice, {**data, "balance": balance, "url": url})
        outbox.say([told], to, dedupe=f"{cause}/{to.person_id}", cause=cause)
