"""How points come and go: pure rules, in whole numbers only."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

from app.domain.points import limits
from app.domain.points.errors import BadPoints, NotEnough


@dataclass(frozen=True)
class Program:
    """The shop's rules, as PointProgram keeps them."""

    earn_yen: int
    earn_points: int
    expiry: Literal["fixed", "rolling"]
    expiry_days: int
    link_points: int = 0
    birthday_points: int = 0
    tier_basis: Literal["points", "spend"] = "points"
    tier_days: int = 365
    grace_days: int = 0


@dataclass(frozen=True)
class Tier:
    """A tier; `name` maps "ja" and "en" to words, `percent` 100 is once."""

    code: str
    name: Mapping[str, str]
    threshold: int
    percent: int


@dataclass(frozen=True)
class Bonus:
    """Days or a store for which earnings count more; what is empty does not restrict."""

    code: str
    percent: int
    from_day: date | None = None
    until_day: date | None = None
    weekdays: tuple[int, ...] = ()
    store_id: int | None = None

    def holds(self, day: date, store_id: int | None) -> bool:
        """Whether it is for an earning on this day at this store."""
        return (
            (self.from_day is None or self.from_day <= day)
            and (self.until_day is None or day <= self.until_day)
            and (not self.weekdays or day.weekday() in self.weekdays)
            and self.store_id in (None, store_id)
        )


@dataclass(frozen=True)
class Lot:
    """Points of one lot that are left, and when they end; None: never."""

    id: int
    left: int
    ends_at: datetime | None


@dataclass(frozen=True)
class Rank:
    """The place of a member among the tiers (None: below all), and when it ends for a lower one."""

    place: int | None
    until: datetime | None = None


def earned(paid: int, program: Program, tier_percent: int, bonus_percent: int) -> int:
    """The points for an amount of yen.

    Rounded down twice: only each full `earn_yen` counts, and of the product with the multipliers
    (in percent, both at once) only whole points.
    """
    base = paid // program.earn_yen * program.earn_points
    return base * tier_percent * bonus_percent // 10_000


def bonus_percent(bonuses: Iterable[Bonus], day: date, store_id: int | None) -> int:
    """The best multiplier of those that hold; they do not add up. 100 where none does."""
    return max((each.percent for each in bonuses if each.holds(day, store_id)), default=100)


def spent(lots: Iterable[Lot], points: int) -> list[tuple[int, int]]:
    """Lot id -> points to take: what ends first goes first, then what came first.

    Raises NotEnough.
    """
    taken, wanted = [], points
    queue = sorted(lots, key=_queue)
    for lot in queue:
        if wanted and lot.left:
            taken.append((lot.id, min(lot.left, wanted)))
            wanted -= min(lot.left, wanted)
    if wanted:
        raise NotEnough(points - wanted)
    return taken


def _queue(lot: Lot) -> tuple[bool, float, int]:
    return lot.ends_at is None, lot.ends_at.timestamp() if lot.ends_at else 0, lot.id


def ended(lots: Iterable[Lot], now: datetime) -> list[tuple[int, int]]:
    """Lot id -> the points left in those whose time is over."""
    return [(lot.id, lot.left) for lot in lots if lot.left and lot.ends_at and lot.ends_at <= now]


def end_of(at: datetime, days: int, zone: tzinfo) -> datetime:
    """When points of this moment end: with the day that is `days` later."""
    last = at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), time.min, zone)


def last_day(ends_at: datetime, zone: tzinfo) -> date:
    """The last day on which points with this end can be used."""
    return (ends_at.astimezone(zone) - timedelta(microseconds=1)).date()


def place_of(tiers: Sequence[Tier], score: int) -> int | None:
    """The highest of the tiers, which are in order, that a score reaches; None for none."""
    reached = [place for place, tier in enumerate(tiers) if tier.threshold <= score]
    return reached[-1] if reached else None


def ranked(rank: Rank, reached: int | None, now: datetime, grace: timedelta) -> Rank:
    """The rank after a look at what was reached: up at once, down when the grace is over."""
    if _height(reached) >= _height(rank.place):
        return Rank(reached)
    until = rank.until or now + grace
    return Rank(reached) if until <= now else Rank(rank.place, until)


def _height(place: int | None) -> int:
    return -1 if place is None else place


def progress(tiers: Sequence[Tier], score: int) -> tuple[Tier | None, int, int]:
    """The next tier above a score, what is missing for it, and 0 to 100 of the way from nothing.

    At the top: None, 0 and 100.
    """
    above = [tier for tier in tiers if tier.threshold > score]
    if not above:
        return None, 0, 100
    return above[0], above[0].threshold - score, score * 100 // above[0].threshold


def birthday_in(birthday: date, year: int) -> date:
    """The birthday in a year; of the 29th of February in other years it is the 28th."""
    if (birthday.month, birthday.day) != (2, 29):
        return birthday.replace(year=year)
    return date(year, 3, 1) - timedelta(days=1)


def whole(points: int, *, least: int = 1) -> int:
    """The points, if they are an amount that one entry may move; raises BadPoints."""
    return _within("points", points, least, limits.POINTS)


def yen(paid: int) -> int:
    """The amount, if one earning may be for it; raises BadPoints."""
    return _within("paid", paid, 0, limits.PAID)


def _within(name: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadPoints(f"{name} is a whole number from {least} to {most}")
    return int(value)


def worded(reason: str) -> str:
    """The reason, without what stands around it; raises BadPoints for none or a novel."""
    words = reason.strip()
    if not 1 <= len(words) <= limits.REASON:
        raise BadPoints(f"a reason has 1 to {limits.REASON} characters")
    return words


def fingerprint(**asked: Any) -> str:
    """What is kept of what was asked, to tell it from another wish under the same key."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def chained(
    prev_hash: str, account_id: int, seq: int, transfer_id: int, amount: int, balance: int
) -> str:
    """The hash of an entry over its own figures and the hash of the account's entry before."""
    figures = (prev_hash, account_id, seq, transfer_id, amount, balance)
    return hashlib.sha256("|".join(map(str, figures)).encode()).hexdigest()
