"""A store whose staff look at their week: two people who cut, a table, and who reserved them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain.hours import queries as hours
from app.domain.hours import service as calendars
from app.domain.hours.rules import WEEKDAYS, Week, minutes, moment
from app.domain.reservations import service, setup
from app.domain.reservations.asker import Guest
from app.domain.reservations.offer import Wanted
from app.domain.reservations.queries import Booking
from app.domain.staff.actor import Actor
from tests.support.reservations import STAFF, a_cause, a_resource, a_service

SUZUKI = Guest(name="鈴木 一郎", phone="03-0000-0009")
_SPA = {"code": "spa", "name": {"ja": "ヘッドスパ"}, "minutes": 30, "price": 2000}


@dataclass(frozen=True)
class Salon:
    """The store and the ids of what can be reserved there."""

    store_id: int
    cut: int
    table: int
    aoi: int
    ren: int
    seats: int

    def at(self, time: str, day: date | None = None) -> datetime:
        """A moment by the store's clock, tomorrow unless a day is given."""
        zone = hours.zone_of(self.store_id)
        return moment(day or self.tomorrow, minutes(time), zone).astimezone(zone)

    @property
    def tomorrow(self) -> date:
        """The store's next day."""
        return hours.today(self.store_id) + timedelta(days=1)

    def reserved(
        self,
        time: str,
        resource_id: int,
        guest: Guest = SUZUKI,
        *,
        day: date | None = None,
        party: int = 1,
        note: str = "",
        actor: Actor = STAFF,
    ) -> Booking:
        """What staff have reserved for somebody: a cut, or seats at the table."""
        service_id = self.table if resource_id == self.seats else self.cut
        wanted = Wanted(self.store_id, service_id, party, (), resource_id)
        return service.book(
            actor,
            wanted,
            self.at(time, day),
            cause=a_cause(),
            origin="counter",
            guest=guest,
            note=note,
        )


def a_salon_at(store_id: int) -> Salon:
    """Let a store take reservations, every day from nine to seven."""
    calendars.put_week(store_id, Week({day: [["09:00", "19:00"]] for day in WEEKDAYS}))
    setup.put_rules(store_id, {"lead_minutes": 0})
    cut = a_service(price=5500, options=[_SPA])
    name = {"ja": "お席", "en": "A table"}
    table = a_service("seats", name=name, minutes=90, party_max=8, needs=["seat"])
    seats = {"kind": "seat", "capacity": 8, "services": ["seats"]}
    return Salon(
        store_id,
        cut,
        table,
        a_resource(store_id),
        a_resource(store_id, "ren", name={"ja": "蓮", "en": "Ren"}),
        a_resource(store_id, "seats", name={"ja": "テーブル席", "en": "Seats"}, **seats),
    )
