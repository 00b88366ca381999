"""Days as people type them: 12/5, 12月5日, 5日, 2026-12-05, 5 Dec."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from app.i18n import plain

_WEEKDAY = r"\s*(?:\([月火水木金土日祝]\))?"
_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + _WEEKDAY)
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?" + _WEEKDAY)
_DAY = re.compile(r"(\d{1,2})日" + _WEEKDAY)
_ENGLISH = re.compile(r"(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3})[a-z]*")
_AMERICAN = re.compile(r"(?:[a-z]{3,9},? )?([a-z]{3})[a-z]* (\d{1,2})(?:st|nd|rd|th)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_ONE = timedelta(days=1)


def read(said: str, first: date, last: date) -> date | None:
    """The first day from `first` to `last` that was meant; None if it is none of them."""
    parts = _parts(plain(said))
    if parts is None:
        return None
    day = first
    while day <= last:
        if all(getattr(day, name) == number for name, number in parts.items()):
            return day
        day += _ONE
    return None


def _parts(said: str) -> Mapping[str, int] | None:
    for form, names in (
        (_FULL, ("year", "month", "day")),
        (_MONTH_DAY, ("month", "day")),
        (_DAY, ("day",)),
    ):
        if found := form.fullmatch(said):
            return dict(zip(names, map(int, found.groups()), strict=True))
    if found := _ENGLISH.fullmatch(said):
        return _named(found[2], found[1])
    if found := _AMERICAN.fullmatch(said):
        return _named(found[1], found[2])
    return None


def _named(month: str, day: str) -> Mapping[str, int] | None:
    return {"month": _MONTHS.index(month) + 1, "day": int(day)} if month in _MONTHS else None
