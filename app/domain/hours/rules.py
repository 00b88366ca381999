"""When a store is open on a day, as moments: pure rules.

Times are wall-clock times of the store's zone, so a store opens at nine on the day the clocks
change too, and that day has 23 or 25 hours. An opening may end after midnight ("26:00" is two
o'clock at night, as Japanese bars write it); it belongs to the day it began on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

import jpholiday

from app.domain.hours import limits
from app.domain.hours.errors import BadHours

Holidays = Literal["as_usual", "closed", "as_sunday"]
Opens = Sequence[Sequence[str]]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The keys of a week, as datetime counts weekdays."""

_TIME = re.compile(r"([0-3][0-9]):([0-5][05])")  # Whole units of five minutes.
_LATEST = 36 * 60  # An opening ends at noon of the next day at the latest.
_MIDNIGHT = 24 * 60
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, order=True)
class Interval:
    """From `begin` up to but without `end`, in UTC. Nothing may begin after `last`."""

    begin: datetime
    end: datetime
    last: datetime

    def cut(self, other: "Interval") -> "Interval | None":
        """What both have; None for nothing."""
        begin, end = max(self.begin, other.begin), min(self.end, other.end)
        return Interval(begin, end, min(self.last, other.last)) if begin < end else None


@dataclass(frozen=True)
class Week:
    """A usual week: weekday ("mon" ... "sun") -> pairs of times; closed on a day without any."""

    weekly: Mapping[str, Opens]
    holidays: Holidays = "as_usual"
    last_order_minutes: int = 0
    zone: str | None = None

    def on(self, day: date) -> Opens:
        """The pairs of a day."""
        weekday = WEEKDAYS[day.weekday()]
        if self.holidays != "as_usual" and is_holiday(day):
            if self.holidays == "closed":
                return ()
            weekday = "sun"
        return self.weekly.get(weekday, ())


@lru_cache(maxsize=1000)
def minutes(written: str) -> int:
    """Minutes since midnight of a time such as "09:00" or "26:30"; raises BadHours."""
    found = _TIME.fullmatch(written)
    total = int(found[1]) * 60 + int(found[2]) if found else _LATEST + 1
    if total > _LATEST:
        raise BadHours(f"{written[:10]!r} is no time like 09:00, in steps of five minutes")
    return total


def check(opens: Opens) -> None:
    """Raises BadHours for openings that overlap, end before they begin, or are too many."""
    if len(opens) > limits.OPENS:
        raise BadHours(f"more than {limits.OPENS} openings on one day")
    before = 0
    for pair in opens:
        if len(pair) != 2:
            raise BadHours("an opening is a pair of times")
        begin, end = minutes(pair[0]), minutes(pair[1])
        if not before <= begin < end or begin >= _MIDNIGHT:
            raise BadHours("openings of a day stand in order and do not overlap")
        before = end


def check_week(weekly: Mapping[str, Opens]) -> None:
    """Raises BadHours for a week that cannot be."""
    if unknown := set(weekly) - set(WEEKDAYS):
        raise BadHours(f"{sorted(unknown)[0][:10]!r} is no day of the week")
    for opens in weekly.values():
        check(opens)


def intervals(opens: Opens, day: date, zone: ZoneInfo, last_order_minutes: int) -> list[Interval]:
    """The openings of a day as moments."""
    made = []
    for first, last in opens:
        begin, end = moment(day, minutes(first), zone), moment(day, minutes(last), zone, late=True)
        if begin < end:  # An opening may lie within the hour that the clocks leave out.
            made.append(Interval(begin, end, end - last_order_minutes * _MINUTE))
    return made


@lru_cache(maxsize=10_000)
def moment(day: date, minute: int, zone: ZoneInfo, *, late: bool = False) -> datetime:
    """The moment of a wall-clock time, `minute` counted from the day's midnight.

    What is there twice means the first one, with `late` the last; what is left out means the moment
    at which the clocks jump.
    """
    wall = datetime.combine(day, datetime.min.time()) + minute * _MINUTE
    found = wall.replace(tzinfo=zone, fold=int(late)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _jump(wall, zone)


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    after, before = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = before.astimezone(zone).utcoffset()
    while after.astimezone(zone).utcoffset() != offset:
        after += _MINUTE
    return after


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday in Japan, substitute holidays included."""
    return day in _holidays(day.year)


@lru_cache(maxsize=20)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(day for day, _name in jpholiday.year_holidays(year))
