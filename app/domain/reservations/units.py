"""Time in units of five minutes, and sets of units as the bits of whole numbers: pure rules.

Bit n of a set is the unit `origin + n`. A month has about 9,000 units, so a set is a number of a
kilobyte, and what is free follows from a few shifts of it, however many reservations there are.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from app.domain.reservations import limits

SECONDS: Final = limits.LEAST_GRID * 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIT = timedelta(seconds=SECONDS)


class Taken(Protocol):
    """Units from `first` up to but without `end`, with so many seats."""

    @property
    def first(self) -> int: ...

    @property
    def end(self) -> int: ...

    @property
    def seats(self) -> int: ...


def of(moment: datetime) -> int:
    """The unit in which a moment lies."""
    return (moment - _EPOCH) // _UNIT


def whole(moment: datetime) -> bool:
    """Whether a unit begins at this moment."""
    return (moment - _EPOCH) % _UNIT == timedelta(0)


def begin(unit: int) -> datetime:
    """The moment at which a unit begins, in UTC."""
    return _EPOCH + unit * _UNIT


def count(minutes: int) -> int:
    """How many units so many minutes take, the last one in part."""
    return -(-minutes * 60 // SECONDS)


def run(first: int, end: int) -> int:
    """The set of the bits from `first` up to but without `end`; what is below 0 is cut off."""
    first = max(first, 0)
    return ((1 << end - first) - 1) << first if end > first else 0


def steps(first: int, last: int, step: int) -> int:
    """The set of `first`, `first + step` ... up to and with `last`."""
    made = 0
    for bit in range(first, last + 1, step):
        if bit >= 0:
            made |= 1 << bit
    return made


def busy(taken: Iterable[Taken], capacity: int, wanted: int, origin: int) -> int:
    """The units at which fewer than `wanted` of the seats are left."""
    if capacity == 1:
        whole_of_it = 0
        for each in taken:
            whole_of_it |= run(each.first - origin, each.end - origin)
        return whole_of_it
    changes: dict[int, int] = {}
    for each in taken:
        changes[each.first] = changes.get(each.first, 0) + each.seats
        changes[each.end] = changes.get(each.end, 0) - each.seats
    return _above(capacity - wanted, changes, origin)


def _above(most: int, changes: dict[int, int], origin: int) -> int:
    """The units at which more than `most` seats are taken."""
    made, seats, before = 0, 0, origin
    for unit in sorted(changes):
        if seats > most:
            made |= run(before - origin, unit - origin)
        seats += changes[unit]
        before = unit
    return made


def blocked(busy_units: int, before: int, length: int) -> int:
    """The starts at which something is in the way.

    Taken are `before` units before a start and all of `length` from there on; what lies before the
    set's origin counts as free.
    """
    total = before + length
    spread, width = busy_units << before, 1
    while width < total:
        more = min(width, total - width)
        spread |= spread >> more
        width += more
    return spread


def bits(units: int) -> Iterator[int]:
    """The bits of a set, smallest first."""
    for place, byte in enumerate(units.to_bytes((units.bit_length() + 7) // 8, "little")):
        while byte:
            low = byte & -byte
            yield place * 8 + low.bit_length() - 1
            byte ^= low


def pick(
    first: int, end: int, seats: int, taken: Collection[tuple[int, int]], capacity: int
) -> list[tuple[int, int]] | None:
    """(unit, seat) for each unit and seat to take, the lowest free ones; None if there are too few.

    A party's seats may change within its time: seats of one resource are alike.
    """
    chosen: list[tuple[int, int]] = []
    for unit in range(first, end):
        free = [seat for seat in range(1, capacity + 1) if (unit, seat) not in taken][:seats]
        if len(free) < seats:
            return None
        chosen += [(unit, seat) for seat in free]
    return chosen
