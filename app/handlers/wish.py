"""What somebody wishes to reserve, read from the answers they have given in the talk so far."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from app.dialogs.steps import Answers, Talk, placed, several
from app.domain.hours import queries as hours
from app.domain.members import queries as members
from app.domain.reservations import free, queries
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import NoSuchService
from app.domain.reservations.offer import Offer, Wanted, offer
from app.domain.reservations.queries import Booking, ServiceCard
from app.domain.shops import queries as shops
from app.domain.shops.queries import StoreCard

WAIT: Final = "wait"
"""The answer to "when" of whoever waits for a place."""
NO_NOTE: Final = "-"

SPANS: Final[Mapping[str, tuple[str, str]]] = {
    "all": ("00:00", "24:00"),
    "morning": ("00:00", "12:00"),
    "afternoon": ("12:00", "17:00"),
    "evening": ("17:00", "24:00"),
}
"""Parts of a day, between wall-clock times."""

_EARTH_KM: Final = 6371.0


@dataclass(frozen=True)
class Wish:
    """The answers of one dialog; what they do not say yet has its usual value.

    `moving` among them is the reservation that is changed, as "code/version".
    """

    talk: Talk
    answers: Answers

    @property
    def customer(self) -> Customer:
        """Who wishes it."""
        return Customer(self.talk.person_id, self.talk.account_id)

    @cached_property
    def moving(self) -> Booking | None:
        """The reservation that is changed. Raises NoSuchReservation."""
        code, _, _version = self.answers.get("moving", "").partition("/")
        return queries.booking(self.customer, code) if code else None

    @property
    def version(self) -> int:
        """What the reservation's version was when the change began."""
        return int(self.answers["moving"].partition("/")[2])

    @cached_property
    def store_id(self) -> int:
        """Raises NoSuchService where the store is gone."""
        found = shops.store_ids().get(self.answers["store"])
        if found is None:
            raise NoSuchService("the store is gone")
        return found

    @cached_property
    def store(self) -> StoreCard:
        return shops.card(self.store_id)

    @cached_property
    def service(self) -> ServiceCard:
        """Raises NoSuchService where it is offered no more."""
        for each in queries.services(self.store_id):
            if each.code == self.answers["service"]:
                return each
        raise NoSuchService("it is offered no more")

    @property
    def day(self) -> date:
        return date.fromisoformat(self.answers["day"])

    @property
    def waits(self) -> bool:
        """Whether they join the waitlist."""
        return self.answers.get("time") == WAIT

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.answers["time"])

    @property
    def span(self) -> tuple[str, str]:
        return SPANS[self.answers["span"]]

    @property
    def party(self) -> int:
        """As many as were said, as far as the service takes them; it may be another one by now."""
        of = self.service
        return min(max(int(self.answers.get("party", 0)), of.party_min), of.party_max)

    @property
    def options(self) -> tuple[str, ...]:
        """Those that were chosen and that the service has."""
        offered = {option.code for option in self.service.options}
        return tuple(one for one in several(self.answers.get("options", "")) if one in offered)

    @property
    def note(self) -> str:
        note = self.answers.get("note", NO_NOTE)
        return "" if note == NO_NOTE else note

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.store_id, self.service.id, self.party, self.options)

    @property
    def today(self) -> date:
        """Which day it is in the store."""
        return hours.today(self.store_id)

    @property
    def last_day(self) -> date:
        """The last one that can be reserved."""
        return self.today + timedelta(days=queries.rules(self.store_id).horizon_days)

    @property
    def offered(self) -> Offer:
        """What the store offers of it on its day."""
        return offer(self.wanted, self.day, self.day)

    def starts(self, day: date) -> list[datetime]:
        """The free starts of a day; the time of a reservation that is changed counts as free."""
        moving = self.moving.id if self.moving else None
        return free.free_times(self.wanted, day, day, moving=moving)[day]

    @property
    def changes_nothing(self) -> bool:
        """Whether the reservation that is changed would be as it was."""
        was = self.moving
        if was is None:
            return False
        before = (was.starts_at, was.party, {option.code for option in was.options}, was.note)
        return before == (self.start, self.party, set(self.options), self.note)

    def shown(self) -> dict[str, Any]:
        """It as messages show a reservation, though it is none yet."""
        found, of = self.offered, self.service
        begin = self.start
        return {
            "code": "",
            "store": dict(self.store.name),
            "address": dict(self.store.address),
            "service": dict(of.name),
            "starts_at": begin.isoformat(),
            "ends_at": (begin + found.length).isoformat(),
            "party": self.party,
            "options": [
                dict(each.name) for each in self.service.options if each.code in self.options
            ],
            "price": found.service.price,
            "deposit": of.deposit and dict(of.deposit),
            "note": self.note,
        }

    def waiting(self) -> dict[str, Any]:
        """It as messages show a place in a waitlist, though it is none yet."""
        from_time, to_time = self.span
        return {
            "entry": "",
            "store": dict(self.store.name),
            "service": dict(self.service.name),
            "day": self.answers["day"],
            "from_time": from_time,
            "to_time": to_time,
            "party": self.party,
        }


def again(booking: Booking) -> dict[str, str]:
    """The answers that would reserve the same, but for the time."""
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    return {
        "store": codes[booking.store_id],
        "service": booking.service_code,
        "party": str(booking.party),
        "options": ",".join(option.code for option in booking.options),
        "note": NO_NOTE,
    }


def stores(talk: Talk, answers: Answers) -> list[tuple[StoreCard, float | None]]:
    """The stores that take reservations with their distance in kilometres, where it is known.

    The nearest come first if the person has told where they are, else the one they usually go to.
    """
    taking = [shops.card(store_id) for store_id in queries.stores_that_take()]
    here = placed(answers.get("near"))
    if here:
        far = [(store, _distance(here, store)) for store in taking]
        return sorted(far, key=lambda each: (each[1] is None, each[1] or 0.0))
    usual = _usual(Customer(talk.person_id, talk.account_id))
    return [(store, None) for store in sorted(taking, key=lambda store: store.code != usual)]


def option_cards(service: ServiceCard) -> list[dict[str, Any]]:
    """The options of a service as their card shows them."""
    return [asdict(option) for option in service.options]


def _usual(customer: Customer) -> str | None:
    """The code of the store they usually go to: the member's own, else that of the last visit."""
    member_id = customer.member_id
    if member_id is None:
        return None
    told = members.standings([member_id])[member_id].store
    if told is not None:
        return told
    before = [*queries.past(customer)[:1], *queries.own(customer)[:1]]
    codes = {store_id: code for code, store_id in shops.store_ids().items()}
    return codes[before[0].store_id] if before else None


def _distance(here: tuple[float, float], store: StoreCard) -> float | None:
    """Along the globe, in kilometres (haversine formula)."""
    if store.latitude is None or store.longitude is None:
        return None
    north, east = map(radians, here)
    other_north, other_east = radians(store.latitude), radians(store.longitude)
    lift = sin((other_north - north) / 2) ** 2
    turn = cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(lift + turn))
