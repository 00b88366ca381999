"""Reads about reservations, handed out as plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, or_, select

from app import clock
from app.db import db, run_together
from app.domain.hours import queries as hours
from app.domain.links import queries as links
from app.domain.reservations import known, units
from app.domain.reservations.asker import Asker, Customer
from app.domain.reservations.definition import NewRules
from app.domain.reservations.errors import (
    NoSuchReservation,
    NoSuchResource,
    NoSuchService,
)
from app.domain.reservations.models import (
    Reservation,
    ReservationUse,
    Resource,
    ResourceService,
    Service,
)
from app.domain.reservations.states import LIVE, State
from app.domain.shops import queries as shops
from app.facts.models import Fact
from app.prepared import Prepared

Words = Mapping[str, str]

_MOST = 50  # Past reservations that are shown to a person.


@dataclass(frozen=True)
class Option:
    """Something that can be added to a service, for so many minutes and yen more."""

    code: str
    name: Words
    minutes: int
    price: int


@dataclass(frozen=True)
class ServiceCard:
    """A service as people see it; `minutes` are the customer's, `price` in yen or None: not told.

    `audience`: "anyone", "linked", or the code of the lowest tier that may reserve it.
    """

    id: int
    code: str
    name: Words
    text: Words | None
    minutes: int
    price: int | None
    per_person: bool
    audience: str
    deposit: Words | None
    party_min: int
    party_max: int
    options: tuple[Option, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class ResourceCard:
    """A resource of a store; `kind` is staff, seat, room or course, `services` are ids."""

    id: int
    store_id: int
    code: str
    name: Words
    kind: str
    capacity: int
    party_max: int | None
    active: bool
    has_feed: bool
    services: tuple[int, ...]


@dataclass(frozen=True)
class Used:
    """A resource that a reservation has, with the units of the buffers; `seats` of its capacity."""

    id: int
    name: Words
    kind: str
    begins_at: datetime
    ends_at: datetime
    seats: int


@dataclass(frozen=True)
class Booking:
    """A reservation. Moments are aware, in the store's time zone; `price` in yen or None.

    `may_change` and `may_cancel`: whether a customer still can.
    """

    id: int
    code: str
    state: State
    version: int
    store_id: int
    store: Words
    service_id: int
    service: Words
    service_code: str
    deposit: Words | None
    starts_at: datetime
    ends_at: datetime
    party: int
    options: tuple[Option, ...]
    note: str
    price: int | None
    hold_until: datetime | None
    origin: str
    cancelled_by: str | None
    cancel_reason: str | None
    person_id: int | None
    account_id: int | None
    member_id: int | None
    guest_name: str | None
    guest_phone: str | None
    resources: tuple[Used, ...]
    may_change: bool
    may_cancel: bool


def services(store_id: int) -> list[ServiceCard]:
    """What can be reserved at a store, oldest first."""
    at_store = (
        select(ResourceService.service_id)
        .join(Resource, Resource.id == ResourceService.resource_id)
        .where(Resource.store_id == store_id, Resource.active)
    )
    wanted = select(Service).where(Service.active, Service.id.in_(at_store))
    return [_service(row) for row in db.session.scalars(wanted.order_by(Service.id))]


def service(service_id: int) -> ServiceCard:
    """A service, also one that is not offered any more; raises NoSuchService."""
    row = db.session.get(Service, service_id)
    if row is None:
        raise NoSuchService(f"service {service_id}")
    return _service(row)


def service_ids() -> dict[str, int]:
    """Code -> id of every service."""
    return dict(db.session.execute(select(Service.code, Service.id)).all())


def resource(resource_id: int) -> ResourceCard:
    """A resource; raises NoSuchResource."""
    row = db.session.get(Resource, resource_id)
    if row is None:
        raise NoSuchResource(f"resource {resource_id}")
    serving = select(ResourceService.service_id).filter_by(resource_id=resource_id)
    return _resource(row, db.session.scalars(serving).all())


def resources(store_id: int) -> list[ResourceCard]:
    """The resources of a store, oldest first."""
    rows = db.session.scalars(select(Resource).filter_by(store_id=store_id).order_by(Resource.id))
    found = list(rows)
    serving: dict[int, list[int]] = {}
    pairs = select(ResourceService.resource_id, ResourceService.service_id)
    of_these = pairs.where(ResourceService.resource_id.in_([row.id for row in found]))
    for resource_id, service_id in db.session.execute(of_these):
        serving.setdefault(resource_id, []).append(service_id)
    return [_resource(row, serving.get(row.id, [])) for row in found]


def rules(store_id: int) -> NewRules:
    """The rules of a store; the usual ones where it has set none."""
    return known.rules(store_id)


def stores_that_take() -> list[int]:
    """Ids of the stores where something can be reserved."""
    wanted = select(Resource.store_id).where(Resource.active).distinct()
    return list(db.session.scalars(wanted.order_by(Resource.store_id)))


def booking(asker: Asker, code: str) -> Booking:
    """A reservation by its public code; raises NoSuchReservation, also for somebody else's."""
    found = _bookings([Reservation.code == code, seen_by(asker)])
    if not found:
        raise NoSuchReservation(code[:20])
    return found[0]


def by_id(reservation_id: int) -> Booking:
    """A reservation by its id, for whoever may see all; raises NoSuchReservation."""
    this = {"this": reservation_id}
    found, used = run_together((_BY_ID, this), (_USED_BY, this))
    row = found.first()
    if row is None:
        raise NoSuchReservation(f"reservation {reservation_id}")
    return _booking(row, shops.card(row.store_id).name, used.rows, _Place(row.store_id))


def by_external_id(external_id: str) -> int | None:
    """The id of the reservation that was imported with this number, or None."""
    return db.session.scalar(select(Reservation.id).filter_by(external_id=external_id))


def held_by(customer: Customer) -> int | None:
    """The id of what a customer holds on the page, or None."""
    held = select(Reservation.id).filter_by(person_id=customer.person_id, state="held")
    return db.session.scalar(held.filter_by(origin="liff").order_by(Reservation.id.desc()))


def arrived_by(cause: str) -> Booking | None:
    """The reservation whose customer was noted as there for this cause."""
    noted = select(Fact.data).filter_by(cause=cause, kind="reservation.arrived")
    data = db.session.scalar(noted)
    return by_id(data["reservation_id"]) if data else None


def own(customer: Customer) -> list[Booking]:
    """What a customer has reserved and what has not ended, the nearest first; no holds."""
    which = [Reservation.state.in_(("confirmed", "arrived")), Reservation.ends_at > clock.now()]
    return _bookings([seen_by(customer), *which])


def past(customer: Customer) -> list[Booking]:
    """What a customer had reserved, the newest first, cancelled ones included."""
    over = or_(
        Reservation.state.in_(("cancelled", "done", "no_show")),
        Reservation.ends_at <= clock.now(),
    )
    shown = Reservation.state.not_in(("held", "expired"))
    found = _bookings([seen_by(customer), shown, over], newest=_MOST)
    return found[::-1]


def of_day(store_id: int, day: date) -> list[Booking]:
    """What is reserved at a store on one of its days, in the order of time; no holds that ended.

    Cancelled ones are there too.
    """
    return between(store_id, day, day)


def between(store_id: int, first: date, last: date) -> list[Booking]:
    """What is reserved at a store from one of its days to another; see `of_day`."""
    calendar = hours.calendar(store_id, first, last)
    begin, end = calendar.span(first)[0], calendar.span(last)[1]
    living = or_(Reservation.state != "held", Reservation.hold_until > clock.now())
    which = [
        Reservation.store_id == store_id,
        Reservation.starts_at >= begin,
        Reservation.starts_at < end,
    ]
    return _bookings([*which, living, Reservation.state != "expired"])


def of_member(member_id: int, store_id: int, day: date) -> list[Booking]:
    """What a member or one of their LINE users has reserved at a store on a day, cancelled not."""
    people = links.people_of(member_id)
    kept = [found for found in of_day(store_id, day) if found.state != "cancelled"]
    return [each for each in kept if each.member_id == member_id or each.person_id in people]


def of_resource(resource_id: int, first: datetime, last: datetime) -> list[Booking]:
    """What a resource is reserved for between two moments, for its calendar; no holds."""
    its = select(ReservationUse.reservation_id).filter_by(resource_id=resource_id)
    kept = Reservation.state.in_(("confirmed", "arrived", "done"))
    when = [Reservation.ends_at > first, Reservation.starts_at < last]
    return _bookings([Reservation.id.in_(its), kept, *when])


def seen_by(asker: Asker) -> ColumnElement[bool]:
    """Which reservations an asker may see: their own, or those of their stores."""
    if isinstance(asker, Customer):
        theirs = Reservation.person_id == asker.person_id
        member_id = asker.member_id
        return theirs if member_id is None else or_(theirs, Reservation.member_id == member_id)
    if asker.store_ids is None:
        return Reservation.id.is_not(None)
    return Reservation.store_id.in_(asker.store_ids)


def _bookings(which: Sequence[ColumnElement[bool]], newest: int | None = None) -> list[Booking]:
    wanted = _WITH_SERVICE.where(*which)
    if newest is not None:
        latest = wanted.order_by(*(column.desc() for column in _IN_ORDER)).limit(newest)
        rows = list(db.session.execute(latest))[::-1]
    else:
        rows = list(db.session.execute(wanted.order_by(*_IN_ORDER)))
    names = shops.store_names() if rows else {}
    used = _used([row.id for row in rows])
    places = {row.store_id: _Place(row.store_id) for row in rows}
    return [
        _booking(row, names[row.store_id], used.get(row.id, ()), places[row.store_id])
        for row in rows
    ]


class _Place:
    """Zone and rules of a store."""

    def __init__(self, store_id: int) -> None:
        self.zone: ZoneInfo = hours.zone_of(store_id)
        self.rules: NewRules = known.rules(store_id)


def _booking(row: Any, store: Words, used: Sequence[Any], at: _Place) -> Booking:
    ahead = row.starts_at - clock.now()
    open_now = row.state == "confirmed"
    chosen = set(row.options)
    local = {
        name: getattr(row, name) and getattr(row, name).astimezone(at.zone)
        for name in ("starts_at", "ends_at", "hold_until")
    }
    same = {name: getattr(row, name) for name in _SAME}
    return Booking(
        **same,
        **local,
        store=store,
        options=tuple(Option(**option) for option in row.added if option["code"] in chosen),
        resources=tuple(_use(each, at.zone) for each in used),
        may_change=open_now and ahead >= timedelta(minutes=at.rules.change_minutes),
        may_cancel=row.state in LIVE - {"arrived"}
        and ahead >= timedelta(minutes=at.rules.cancel_minutes),
    )


_SAME = (
    *("id", "code", "state", "version", "store_id", "service_id", "service", "service_code"),
    *("deposit", "party", "note", "price", "origin", "cancelled_by", "cancel_reason"),
    *("person_id", "account_id", "member_id", "guest_name", "guest_phone"),
)


def _used(ids: Collection[int]) -> dict[int, list[Any]]:
    wanted = _USED.where(ReservationUse.reservation_id.in_(ids)).order_by(Resource.id)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(wanted):
        found.setdefault(row.reservation_id, []).append(row)
    return found


def _use(row: Any, zone: ZoneInfo) -> Used:
    begin, end = (units.begin(unit).astimezone(zone) for unit in (row.first_unit, row.end_unit))
    return Used(row.id, row.name, row.kind, begin, end, row.seats)


def _service(row: Service) -> ServiceCard:
    return ServiceCard(
        *(row.id, row.code, row.name, row.text, row.minutes, row.price, row.per_person),
        *(row.audience, row.deposit, row.party_min, row.party_max),
        tuple(Option(**option) for option in row.options),
        tuple(row.needs),
    )


def _resource(row: Resource, serving: Sequence[int]) -> ResourceCard:
    return ResourceCard(
        *(row.id, row.store_id, row.code, row.name, row.kind, row.capacity, row.party_max),
        *(row.active, row.feed_hash is not None, tuple(sorted(serving))),
    )


_reservations, _uses = Reservation.__table__, ReservationUse.__table__
_services, _resources = Service.__table__, Resource.__table__
_IN_ORDER = (Reservation.starts_at, Reservation.id)
_WITH_SERVICE = select(
    *_reservations.c,
    _services.c.name.label("service"),
    _services.c.code.label("service_code"),
    _services.c.deposit,
    _services.c.options.label("added"),
).join(_services, _services.c.id == _reservations.c.service_id)
_USED = select(
    *(_uses.c.reservation_id, _uses.c.first_unit, _uses.c.end_unit, _uses.c.seats),
    *(_resources.c.id, _resources.c.name, _resources.c.kind),
).join(_resources, _resources.c.id == _uses.c.resource_id)
_BY_ID = Prepared(_WITH_SERVICE.where(_reservations.c.id == bindparam("this")))
_USED_BY = Prepared(
    _USED.where(_uses.c.reservation_id == bindparam("this")).order_by(_resources.c.id)
)
