"""Reads about when stores are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from app import clock
from app.db import db, run
from app.domain.hours import limits, rules
from app.domain.hours.errors import BadHours
from app.domain.hours.models import StoreDay, StoreWeek
from app.domain.hours.rules import Interval, Opens, Week
from app.prepared import Prepared, Ran, Values
from app.remember import Remembered

_DAY = timedelta(days=1)
_CLOSED = Week({})


@dataclass(frozen=True)
class Exceptional:
    """A day that is not like its week; no `opens`: closed. `reason` maps "ja" and "en" to words."""

    opens: Opens
    reason: Mapping[str, str] | None


@dataclass(frozen=True)
class Calendar:
    """A store's calendar for a range of days, read at once: ask it as often as you like."""

    week: Week
    zone: ZoneInfo
    days: Mapping[date, Exceptional]
    _known: dict[date, list[Interval]] = field(default_factory=dict, compare=False)

    def opens(self, day: date) -> list[Interval]:
        """When the store is open on a day, the day's exceptions included."""
        if day not in self._known:
            special = self.days.get(day)
            opens = special.opens if special else self.week.on(day)
            last_order = self.week.last_order_minutes
            self._known[day] = rules.intervals(opens, day, self.zone, last_order)
        return self._known[day]

    def of(self, weekly: Mapping[str, Opens] | None, day: date) -> list[Interval]:
        """When somebody with a week of their own is there while the store is open."""
        opens = self.opens(day)
        if weekly is None:
            return opens
        own = rules.intervals(Week(weekly, self.week.holidays).on(day), day, self.zone, 0)
        both = (store.cut(theirs) for store in opens for theirs in own)
        return sorted(each for each in both if each)

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Where a day begins and ends: at midnight, or when an opening past midnight ends."""
        return self._begin(day), self._begin(day + _DAY)

    def _begin(self, day: date) -> datetime:
        midnight = rules.moment(day, 0, self.zone)
        return max([midnight, *(each.end for each in self.opens(day - _DAY))])


def calendar(store_id: int, first: date, last: date) -> Calendar:
    """The calendar of a store from `first` to `last`; without a week it is always closed.

    Raises BadHours for more than limits.RANGE days.
    """
    if (last - first).days > limits.RANGE:
        raise BadHours(f"more than {limits.RANGE} days at once")
    week = week_of(store_id) or _CLOSED
    # The day before matters too: it may have ended after midnight.
    days = exceptions(run(*look(store_id, first, last)))
    return Calendar(week, _zone(week), days)


def look(store_id: int, first: date, last: date) -> tuple[Prepared, Values]:
    """What reads the exceptions of a calendar, to be run beside other statements."""
    return _DAYS, {"store": store_id, "first": first - _DAY, "last": last}


def exceptions(found: Ran) -> dict[date, Exceptional]:
    """The exceptions of a calendar, as `look` has found them."""
    return {row.day: Exceptional(row.opens, row.reason) for row in found.rows}


def open_times(store_id: int, first: date, last: date) -> dict[date, list[Interval]]:
    """Day -> when the store is open, for each day from `first` to `last`."""
    found = calendar(store_id, first, last)
    return {day: found.opens(day) for day in days_between(first, last)}


def week_of(store_id: int) -> Week | None:
    """A store's usual week; None if it was never told. Others see a change within two seconds."""
    return week(store_id)


def _read_week(store_id: int) -> Week | None:
    columns = (
        *(StoreWeek.weekly, StoreWeek.holidays),
        *(StoreWeek.last_order_minutes, StoreWeek.zone),
    )
    row = db.session.execute(select(*columns).filter_by(store_id=store_id)).first()
    return Week(**row._mapping) if row else None


week: Final = Remembered(_read_week)


def zone_of(store_id: int) -> ZoneInfo:
    """The time zone of a store; that of the whole shop where it has none of its own."""
    return _zone(week_of(store_id))


def today(store_id: int) -> date:
    """Which day it is in a store."""
    return clock.now().astimezone(zone_of(store_id)).date()


def days_between(first: date, last: date) -> Sequence[date]:
    """Each day from `first` to `last`."""
    return [first + number * _DAY for number in range((last - first).days + 1)]


def _zone(week: Week | None) -> ZoneInfo:
    return ZoneInfo(week.zone) if week and week.zone else clock.zone()


_days = StoreDay.__table__
_DAYS = Prepared(
    select(_days.c.day, _days.c.opens, _days.c.reason).where(
        _days.c.store_id == bindparam("store"),
        _days.c.day.between(bindparam("first"), bindparam("last")),
    )
)
