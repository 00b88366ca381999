"""When something is sold, how it is searched for, and which options go together: pure rules.

Times of sale are written `mon-fri 07:30-11:00; sat,sun 09:00-11:00`. Days are mon to sun or 月 to
日, or `daily`; a window may go on until 30:00, which is six in the morning of the next day.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

from app.domain.catalogue.errors import BadOptions
from app.i18n import plain

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY_MINUTES = 24 * 60
_LATEST = 30 * 60
_KNOWN_DAYS = {
    **{name: number for number, name in enumerate(DAYS)},
    **{name: number for number, name in enumerate("月火水木金土日")},
}
_EVERY = {"daily", "毎日"}
_WINDOW = re.compile(r"([0-9]{1,2}):([0-5][0-9])\s*[-~\u301c\u2013]\s*([0-9]{1,2}):([0-5][0-9])")
# Small kana and hiragana are written for one another; katakana are their fold.
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


@dataclass(frozen=True)
class Window:
    """From `start` until before `end`, minutes from midnight, on these days; 0 is Monday."""

    days: frozenset[int]
    start: int
    end: int


@lru_cache(1000)
def windows(times: str) -> tuple[Window, ...]:
    """The windows of times of sale; raises ValueError where they make no sense."""
    found: dict[tuple[int, int], set[int]] = {}
    for entry in filter(None, (each.strip() for each in re.split("[;\n]", plain(times)))):
        days, _, window = entry.partition(" ")
        found.setdefault(_window(window.strip()), set()).update(_days(days))
    if not found:
        raise ValueError("no window")
    made = [Window(frozenset(days), *bounds) for bounds, days in found.items()]
    return tuple(sorted(made, key=lambda window: (min(window.days), window.start, window.end)))


def canonical_times(times: str) -> str:
    """Times of sale as they are kept, whatever spelling they came in; raises ValueError."""
    return "; ".join(
        f"{_spelt(window.days)} {_clock(window.start)}-{_clock(window.end)}"
        for window in windows(times)
    )


def on_sale(times: str | None, local: datetime) -> bool:
    """Whether something with these times is sold at this local time; None: always."""
    if times is None:
        return True
    minute, today = local.hour * 60 + local.minute, local.weekday()
    return any(
        (today in window.days and window.start <= minute < window.end)
        or ((today - 1) % 7 in window.days and minute + _DAY_MINUTES < window.end)
        for window in windows(times)
    )


def next_sale(times: str, local: datetime) -> datetime:
    """When it is sold next: the first beginning of a window after this local time."""
    begins = []
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        for window in windows(times):
            if day.weekday() in window.days:
                begins.append(_moment(day, window.start, local))
    return min(moment for moment in begins if moment > local)


def search_words(text: str) -> str:
    """Text as searches compare it: width, case, and hiragana or katakana make no difference."""
    return plain(text).translate(_KATAKANA)


class Chosen(Protocol):
    """What `surcharge` needs of a group of options, see definition.OptionGroup."""

    @property
    def code(self) -> str: ...
    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int: ...
    @property
    def choices(self) -> Sequence[Any]: ...


def surcharge(groups: Sequence[Chosen], chosen: Mapping[str, Sequence[str]]) -> int:
    """The yen that choices add to one piece: group -> codes of choices. Raises BadOptions.

    Every group gets between its `min` and `max` choices, each once; nothing else may be named.
    """
    known = {group.code: group for group in groups}
    for code in chosen:
        if code not in known:
            raise BadOptions(code[:60])
    return sum(_added(group, chosen.get(group.code, ())) for group in groups)


def _added(group: Chosen, chosen: Sequence[str]) -> int:
    prices = {choice.code: choice.price for choice in group.choices}
    fits = group.min <= len(chosen) <= group.max and len(set(chosen)) == len(chosen)
    if not fits or not prices.keys() >= set(chosen):
        raise BadOptions(group.code)
    return sum(prices[code] for code in chosen)


def _window(written: str) -> tuple[int, int]:
    found = _WINDOW.fullmatch(written)
    if found is None:
        raise ValueError("no window")
    hour, minute, last_hour, last_minute = map(int, found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    if not start < end <= _LATEST or start >= _DAY_MINUTES:
        raise ValueError("a window that ends before it begins, or too late")
    return start, end


def _days(written: str) -> set[int]:
    if written in _EVERY:
        return set(range(7))
    days: set[int] = set()
    for part in written.split(","):
        first, dash, last = part.partition("-")
        if first not in _KNOWN_DAYS or (dash and last not in _KNOWN_DAYS):
            raise ValueError("no day")
        begin = _KNOWN_DAYS[first]
        length = (_KNOWN_DAYS[last] - begin) % 7 if dash else 0
        days.update((begin + ahead) % 7 for ahead in range(length + 1))
    return days


def _spelt(days: frozenset[int]) -> str:
    if len(days) == len(DAYS):
        return "daily"
    inside = sorted(days)
    if len(inside) > 2 and inside[-1] - inside[0] == len(inside) - 1:
        return f"{DAYS[inside[0]]}-{DAYS[inside[-1]]}"
    return ",".join(DAYS[day] for day in inside)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _moment(day: Any, minutes: int, local: datetime) -> datetime:
    at = time(minutes // 60, minutes % 60, tzinfo=local.tzinfo)
    return datetime.combine(day, at)
