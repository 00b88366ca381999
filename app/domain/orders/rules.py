"""Slots, delivery areas, what an order costs and what is usual: pure rules."""

import hashlib
import json
import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from app.domain.catalogue import rules as catalogue
from app.domain.catalogue import tax
from app.domain.catalogue.queries import Offer
from app.domain.catalogue.tax import Amount, Invoice
from app.domain.hours.rules import Interval
from app.domain.orders import limits

FEE_TAX: Final[tax.Rate] = 10
"""A delivery is a service of its own, at the full rate (消費税法)."""

SIGNS: Final = 8
"""Of a number; those of 40 bits are guessed by nobody."""

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # None that are read for one another.


@dataclass(frozen=True)
class Hours:
    """When a store hands out in one way, see models.OrderRules; `times` None: not at all."""

    times: str | None
    slot_minutes: int
    lead_minutes: int
    horizon_days: int


@dataclass(frozen=True)
class Area:
    """Where it is delivered to; yen."""

    prefix: str
    minimum: int
    fee: int


@dataclass(frozen=True)
class Priced:
    """A line with the price of one piece with its options, as it is written."""

    offer: Offer
    pieces: int
    options: Mapping[str, Sequence[str]]
    price: int

    @property
    def amount(self) -> Amount:
        """The line as the invoice wants it."""
        return Amount(self.price * self.pieces, self.offer.tax, self.offer.tax_included)


@dataclass(frozen=True)
class Past:
    """An order as the choice of the usual one sees it; newest have the highest id."""

    id: int
    store_id: int
    way: str
    lines: tuple[tuple[int, int, str], ...]
    """Of each line the variant's id, the pieces, and the options as one word."""


def slots(hours: Hours, now: datetime) -> list[datetime]:
    """The moments at which a store hands out, soonest first; `now` is local to the shop."""
    found: set[datetime] = set()
    if hours.times is None:
        return []
    first = now + timedelta(minutes=hours.lead_minutes)
    for ahead in range(-1, hours.horizon_days + 1):  # Yesterday's may go on beyond midnight.
        day = now.date() + timedelta(days=ahead)
        midnight = datetime.combine(day, time.min, now.tzinfo)
        for window in catalogue.windows(hours.times):
            if day.weekday() in window.days:
                minutes = range(window.start, window.end, hours.slot_minutes)
                found.update(midnight + timedelta(minutes=each) for each in minutes)
    return sorted(moment for moment in found if moment >= first)


def during(moments: Sequence[datetime], opens: Sequence[Interval]) -> list[datetime]:
    """Those of the moments at which the store is open; both stand in order of time."""
    begins = [each.begin for each in opens]
    found = []
    for moment in moments:
        place = bisect_right(begins, moment)
        if place and moment < opens[place - 1].end:
            found.append(moment)
    return found


def nearest(free: Sequence[datetime], wanted: datetime) -> list[datetime]:
    """Up to three free moments before one that is taken, and three after."""
    before = [moment for moment in free if moment < wanted][-3:]
    return before + [moment for moment in free if moment > wanted][:3]


def area_of(areas: Sequence[Area], postal_code: str) -> Area | None:
    """The area of a postcode: of those it begins with the longest."""
    fitting = [area for area in areas if postal_code.startswith(area.prefix)]
    return max(fitting, key=lambda area: len(area.prefix), default=None)


def bill(lines: Sequence[Priced], fee: int) -> Invoice:
    """What an order costs with its tax, the fee of a delivery with it."""
    amounts = [line.amount for line in lines]
    return tax.invoice([*amounts, Amount(fee, FEE_TAX, True)] if fee else amounts)


def usual(past: Sequence[Past], mode: str) -> Past | None:
    """The usual order: the last one, or ("often") the most frequent of the last five.

    Of those that are equally frequent the one that was ordered last.
    """
    newest = sorted(past, key=lambda order: -order.id)[: limits.USUAL_OF]
    if not newest or mode == "last":
        return newest[0] if newest else None
    counts = Counter(map(_same, newest))
    return max(newest, key=lambda order: (counts[_same(order)], order.id))


def substitute(
    offer: Offer, others: Sequence[tuple[Offer, str | None]], category: str | None, pieces: int
) -> Offer | None:
    """What comes nearest to something that cannot be had, of what can, each with its category.

    Another size of the same product, else the nearest in price of the same category, of which
    there are so many pieces.
    """
    had = [(other, theirs) for other, theirs in others if _can_be_had(other, pieces)]
    sizes = [other for other, _ in had if other.product == offer.product]
    same = [other for other, theirs in had if category is not None and theirs == category]
    near = sizes or same
    return min(
        near, key=lambda other: (abs(other.shown - offer.shown), other.variant_id), default=None
    )


def word(options: Mapping[str, Sequence[str]]) -> str:
    """Options as one word, the same for the same choices."""
    return json.dumps({group: sorted(chosen) for group, chosen in options.items()}, sort_keys=True)


def fingerprint(wanted: Mapping[str, Any]) -> str:
    """Tells one wish from another under the same key."""
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def new_number() -> str:
    """An order's number: eight signs, 40 bits, in two halves."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(SIGNS))
    return f"{signs[:4]}-{signs[4:]}"


def _can_be_had(offer: Offer, pieces: int) -> bool:
    return offer.state == "on_sale" and (offer.left is None or offer.left >= pieces)


def _same(order: Past) -> tuple[int, str, tuple[tuple[int, int, str], ...]]:
    return order.store_id, order.way, tuple(sorted(order.lines))
