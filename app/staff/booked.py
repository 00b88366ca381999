"""Reservations as the staff's calendar shows them: a day in lanes, a week in cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.domain.hours import queries as hours
from app.domain.hours.queries import Calendar
from app.domain.members import queries as members
from app.domain.people import queries as people
from app.domain.reservations import queries
from app.domain.reservations.queries import Booking, ResourceCard, Used
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.i18n import in_language
from app.staff import scope, words

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_USUAL = 9, 18  # The hours of a day on which nothing is open and nothing reserved.
_OVER = ("cancelled", "no_show")


@dataclass(frozen=True)
class Block:
    """A reservation in a lane: minutes from the top, and minutes of the buffers around it."""

    booking: Booking
    name: str
    at: int
    minutes: int
    before: int
    after: int


@dataclass(frozen=True)
class Lane:
    """A resource and what it is reserved for."""

    resource: ResourceCard
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Board:
    """A day. `hours` are (minutes from the top, what the clock says), `shut` (from, minutes)."""

    begin: datetime
    minutes: int
    hours: Sequence[tuple[int, str]]
    shut: Sequence[tuple[int, int]]
    lanes: Sequence[Lane]


@dataclass(frozen=True)
class Row:
    """A resource and, for each day of the week, its reservations with the names."""

    resource: ResourceCard
    cells: Sequence[Sequence[tuple[Booking, str]]]


def places(actor: Actor) -> dict[str, int]:
    """Code -> id of the stores in the actor's scope that take reservations."""
    return scope.stores(actor, queries.stores_that_take())


def place(actor: Actor, code: str) -> int:
    """The id of one of them; raises NotFound."""
    return scope.store(actor, queries.stores_that_take(), code)


def store_name(store_id: int) -> str:
    """A store's name in the reader's language."""
    return in_language(shops.store_names()[store_id], words.language())


def names(bookings: Sequence[Booking]) -> dict[int, str]:
    """Reservation -> whose it is: the member, the guest, or the name at LINE."""
    of_members = members.names({each.member_id for each in bookings if each.member_id})
    strangers = {each.person_id for each in bookings if each.person_id and not each.member_id}
    at_line = people.addressees(strangers)
    found = {}
    for each in bookings:
        friend = at_line.get(each.person_id or 0)
        name = of_members.get(each.member_id or 0) or each.guest_name or (friend and friend.name)
        found[each.id] = name or words.say("reservations.nameless")
    return found


def over(bookings: Sequence[Booking]) -> list[Booking]:
    """Those that will not take place, or did not."""
    return [each for each in bookings if each.state in _OVER]


def board(store_id: int, day: date, bookings: Sequence[Booking]) -> Board:
    """A day of a store; `bookings` are those of the day."""
    shown = [each for each in bookings if each.state not in _OVER]
    calendar = hours.calendar(store_id, day, day)
    begin, end = _span(calendar, day, shown)
    named = names(shown)
    lanes = [
        Lane(
            resource,
            [
                _block(each, used, named[each.id], begin)
                for each in shown
                for used in each.resources
                if used.id == resource.id
            ],
        )
        for resource in _resources(store_id, shown)
    ]
    minutes = (end - begin) // _MINUTE
    return Board(begin, minutes, _hours(begin, end), _shut(calendar, day, begin, end), lanes)


def week(store_id: int, days: Sequence[date], bookings: Sequence[Booking]) -> list[Row]:
    """A week of a store; `bookings` are those of its days."""
    shown = [each for each in bookings if each.state not in _OVER]
    named = names(shown)
    calendar = hours.calendar(store_id, days[0], days[-1])
    spans = [calendar.span(day) for day in days]
    return [
        Row(
            resource,
            [
                [
                    (each, named[each.id])
                    for each in shown
                    if first <= each.starts_at < last and _uses(each, resource.id)
                ]
                for first, last in spans
            ],
        )
        for resource in _resources(store_id, shown)
    ]


def _resources(store_id: int, shown: Sequence[Booking]) -> list[ResourceCard]:
    """Those that can be reserved, and those that have been."""
    used = {use.id for each in shown for use in each.resources}
    return [each for each in queries.resources(store_id) if each.active or each.id in used]


def _uses(booking: Booking, resource_id: int) -> bool:
    return any(used.id == resource_id for used in booking.resources)


def _span(calendar: Calendar, day: date, shown: Sequence[Booking]) -> tuple[datetime, datetime]:
    """From the first full hour of anything to the last one."""
    uses = [used for each in shown for used in each.resources]
    opens = calendar.opens(day)
    begins = [*(each.begin for each in opens), *(used.begins_at for used in uses)]
    ends = [*(each.end for each in opens), *(used.ends_at for used in uses)]
    if not begins:
        midnight = datetime.combine(day, datetime.min.time(), calendar.zone)
        return midnight.replace(hour=_USUAL[0]), midnight.replace(hour=_USUAL[1])
    first, last = (moment.astimezone(calendar.zone) for moment in (min(begins), max(ends)))
    until = last.replace(minute=0)
    return first.replace(minute=0), until if until == last else until + _HOUR


def _hours(begin: datetime, end: datetime) -> list[tuple[int, str]]:
    zone, first = begin.tzinfo, begin.astimezone(UTC)
    count = (end - begin) // _HOUR
    return [
        (60 * number, f"{(first + number * _HOUR).astimezone(zone):%-H:%M}")
        for number in range(count)
    ]


def _shut(calendar: Calendar, day: date, begin: datetime, end: datetime) -> list[tuple[int, int]]:
    """When the store is closed between two moments."""
    found, since = [], begin
    for each in [*calendar.opens(day), None]:
        until = each.begin if each else end
        if until > since:
            found.append(((since - begin) // _MINUTE, (until - since) // _MINUTE))
        since = each.end if each else end
    return found


def _block(booking: Booking, used: Used, name: str, begin: datetime) -> Block:
    return Block(
        booking,
        name,
        (booking.starts_at - begin) // _MINUTE,
        (booking.ends_at - booking.starts_at) // _MINUTE,
        (booking.starts_at - used.begins_at) // _MINUTE,
        (used.ends_at - booking.ends_at) // _MINUTE,
    )
