"""What a store offers of a service on some days: who serves, when, and what a start needs.

An Offer is read once, with a few statements, and then answers every question about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.hours import queries as hours
from app.domain.hours.queries import Calendar
from app.domain.hours.rules import Interval
from app.domain.reservations import known, units
from app.domain.reservations.definition import NewRules
from app.domain.reservations.errors import (
    BadReservation,
    NoSuchResource,
    NoSuchService,
    NotOpen,
)
from app.domain.reservations.known import Offered, Resourced

Words = Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to reserve, but for the time.

    `options` are codes of the service's options, `resource_id` is whom or what they wish for.
    """

    store_id: int
    service_id: int
    party: int = 1
    options: tuple[str, ...] = ()
    resource_id: int | None = None


@dataclass(frozen=True)
class Served:
    """A service as it is reserved: minutes of the customer and of the buffers, yen or None."""

    id: int
    code: str
    name: Words
    minutes: int
    before_minutes: int
    after_minutes: int
    grid_minutes: int
    price: int | None
    audience: str
    party_min: int
    party_max: int
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """`resources`: those that fit, one list for each kind the service needs, by their ids.

    `largest`: the largest party that something has room for. Days are those of the calendar; a
    start on another one is not offered.
    """

    wanted: Wanted
    service: Served
    rules: NewRules
    calendar: Calendar
    days: Sequence[date]
    resources: tuple[tuple[Resourced, ...], ...]
    largest: int
    _known: dict[Any, int] = field(default_factory=dict, compare=False)

    @property
    def length(self) -> timedelta:
        """The customer's time."""
        return timedelta(minutes=self.service.minutes)

    @property
    def before(self) -> int:
        """Units that are taken before the start."""
        return units.count(self.service.before_minutes)

    @property
    def taken(self) -> int:
        """Units that are taken from the start on."""
        return units.count(self.service.minutes + self.service.after_minutes)

    def windows(self, resource: Resourced, day: date) -> list[Interval]:
        """When the resource is there on a day, while the store is open."""
        return self.calendar.of(resource.weekly, day)

    def starts(self, resource: Resourced, day: date, origin: int, *, grid: int, staff: bool) -> int:
        """The set of starts in its windows, `grid` units apart.

        A customer's time ends within the window and begins before the last order; staff may let
        anything begin while the window is open.
        """
        if resource.weekly is not None:
            return self._starts(self.windows(resource, day), origin, grid, staff)
        # Most resources have the store's hours, so these starts are reckoned once.
        key = (day, origin, grid, staff)
        if key not in self._known:
            self._known[key] = self._starts(self.calendar.opens(day), origin, grid, staff)
        return self._known[key]

    def _starts(self, windows: list[Interval], origin: int, grid: int, staff: bool) -> int:
        made = 0
        for window in windows:
            first, last = self._bounds(window, staff)
            made |= units.steps(first - origin, last - origin, grid)
        return made

    def at(self, moment: datetime, *, staff: bool) -> "Offer":
        """What is offered at a start: the resources that are there. Raises NotOpen."""
        if not units.whole(moment):
            raise NotOpen("not at whole five minutes")
        there = tuple(
            tuple(each for each in kind if self._is_there(each, moment, place, staff))
            for place, kind in enumerate(self.resources)
        )
        if not all(there):
            raise NotOpen("nobody is there")
        return replace(self, resources=there)

    def grid(self, place: int, *, staff: bool) -> int:
        """How many units apart starts are for the kind at this place of the service's needs."""
        return 1 if staff or place else units.count(self.service.grid_minutes)

    def _is_there(self, each: Resourced, moment: datetime, place: int, staff: bool) -> bool:
        grid = self.grid(place, staff=staff)
        windows = (window for day in self.days for window in self.windows(each, day))
        return any(self._begins(window, moment, grid, staff) for window in windows)

    def _begins(self, window: Interval, moment: datetime, grid: int, staff: bool) -> bool:
        first, last = self._bounds(window, staff)
        unit = units.of(moment)
        return first <= unit <= last and (unit - first) % grid == 0

    def _bounds(self, window: Interval, staff: bool) -> tuple[int, int]:
        """The first and the last unit that may begin something in a window."""
        end = units.of(window.end) - 1
        if not staff:
            end = units.of(min(window.last, window.end - self.length))
        return units.of(window.begin), end


def offer(wanted: Wanted, first: date, last: date) -> Offer:
    """What a store offers of a service from `first` to `last`.

    Raises NoSuchService, NoSuchResource (one that was wished for), and BadReservation for an option
    the service does not have.
    """
    service = known.service(wanted.service_id)
    if service is None:
        raise NoSuchService(f"service {wanted.service_id}")
    of_kinds = [_of_kind(_resources(wanted), kind, wanted) for kind in service.needs]
    return Offer(
        wanted,
        _served(service, wanted),
        known.rules(wanted.store_id),
        hours.calendar(wanted.store_id, first, last),
        hours.days_between(first, last),
        tuple(tuple(each for each in kind if each.fits(wanted.party)) for kind in of_kinds),
        min(max((each.size for each in kind), default=0) for kind in of_kinds),
    )


def _served(service: Offered, wanted: Wanted) -> Served:
    added = {option["code"]: option for option in service.options}
    if unknown := set(wanted.options) - set(added):
        raise BadReservation(f"options: there is no {sorted(unknown)[0][:20]}")
    chosen = [added[code] for code in sorted(set(wanted.options))]
    price = service.price
    if price is not None:
        people = wanted.party if service.per_person else 1
        price = (price + sum(option["price"] for option in chosen)) * people
    return Served(
        **{name: getattr(service, name) for name in _SAME},
        minutes=service.minutes + sum(option["minutes"] for option in chosen),
        price=price,
        needs=tuple(service.needs),
    )


_SAME = (
    *("id", "code", "name", "before_minutes", "after_minutes", "grid_minutes"),
    *("audience", "party_min", "party_max"),
)


def _resources(wanted: Wanted) -> list[Resourced]:
    of_store = known.resources(wanted.store_id)
    found = [each for each in of_store if wanted.service_id in each.services]
    if not found:
        raise NoSuchService(f"service {wanted.service_id} at store {wanted.store_id}")
    if wanted.resource_id not in (None, *(resource.id for resource in found)):
        raise NoSuchResource(f"resource {wanted.resource_id}")
    return found


def _of_kind(found: list[Resourced], kind: str, wanted: Wanted) -> list[Resourced]:
    """Those of a kind; of the kind of the one that was wished for that one alone."""
    wished = [each for each in found if each.kind == kind and each.id == wanted.resource_id]
    return wished or [each for each in found if each.kind == kind]


def day_of(calendar: Calendar, moment: datetime) -> date:
    """Which of the store's days a moment belongs to."""
    day = moment.astimezone(calendar.zone).date()
    return day if calendar.span(day)[0] <= moment else day - timedelta(days=1)
