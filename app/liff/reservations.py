"""Reservations as the page /liff/reserve makes, shows and changes them (docs/reservations.md)."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from flask import Blueprint, request
from pydantic import AwareDatetime, Field

from app import once
from app.domain.hours import queries as hours
from app.domain.links.asker import Asker
from app.domain.reservations import free, limits, offers, queries, service, waitlist
from app.domain.reservations.asker import Customer
from app.domain.reservations.offer import Wanted
from app.domain.reservations.queries import Booking, ServiceCard
from app.domain.shops import queries as shops
from app.liff import calendars
from app.liff.identity import as_person
from app.liff.stores import map_of
from app.web.bodies import Body, read

bp = Blueprint("liff_reservations", __name__, url_prefix="/liff/api")

Json = dict[str, Any]

_ONE: Final = "/reservations/<string(maxlength=20):code>"
_PLACE: Final = "/waitlist/<string(maxlength=20):code>"
_Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
_Wall = Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")]
_Note = Annotated[str, Field(max_length=limits.NOTE)]


class Wish(Body):
    """What somebody wants, but for the time; `resource`: whom or what they wish for."""

    store: _Id
    service: _Id
    party: Annotated[int, Field(ge=1, le=limits.PARTY)]
    options: Annotated[tuple[str, ...], Field(max_length=limits.OPTIONS)] = ()
    resource: _Id | None = None

    def wanted(self) -> Wanted:
        return Wanted(self.store, self.service, self.party, self.options, self.resource)


class Days(Wish):
    """The days that are looked at; `moving`: the reservation whose own time counts as free."""

    first: date
    last: date
    moving: Annotated[str, Field(max_length=20)] | None = None


class Hold(Wish):
    starts_at: AwareDatetime


class Confirm(Body):
    note: _Note


class Move(Body):
    """`version` is what the page has shown."""

    starts_at: AwareDatetime
    version: _Id
    party: Annotated[int, Field(ge=1, le=limits.PARTY)]
    options: Annotated[tuple[str, ...], Field(max_length=limits.OPTIONS)]
    resource: _Id | None = None
    note: _Note


class Wait(Wish):
    day: date
    from_time: _Wall
    to_time: _Wall


class Nothing(Body):
    pass


@bp.get("/reserve")
@as_person
def offered(asker: Asker) -> Json:
    """Where and what can be reserved, and what the person has reserved."""
    names = shops.store_names()
    stores = [_store(store_id) for store_id in queries.stores_that_take() if store_id in names]
    return {"stores": stores, "limits": {"note": limits.NOTE}, **_own(_customer(asker))}


@bp.post("/reserve/month")
@as_person
def month(asker: Asker) -> Json:
    """Day -> free, few, full or closed; a look, written as a POST for the length of the wish."""
    wanted = read(Days)
    own = _own_time(_customer(asker), wanted)
    found = free.month(wanted.wanted(), wanted.first, wanted.last, moving=own)
    return {"days": {day.isoformat(): state for day, state in found.items()}}


@bp.post("/reserve/times")
@as_person
def times(asker: Asker) -> Json:
    """Day -> the starts that are free, in the store's time."""
    wanted = read(Days)
    own = _own_time(_customer(asker), wanted)
    found = free.free_times(wanted.wanted(), wanted.first, wanted.last, moving=own)
    return {
        "times": {
            day.isoformat(): [start.isoformat() for start in starts]
            for day, starts in found.items()
        }
    }


def _own_time(customer: Customer, wanted: Days) -> int | None:
    """Whose time counts as free: the reservation that is moved, else what they hold themselves."""
    if wanted.moving:
        return queries.booking(customer, wanted.moving).id
    return queries.held_by(customer)


@bp.post("/reservations/holds")
@as_person
def hold(asker: Asker) -> tuple[Json, int]:
    """Hold a time while the customer looks it over."""
    wanted = read(Hold)

    def work(cause: str) -> Booking:
        wish = wanted.wanted()
        return service.hold(_customer(asker), wish, wanted.starts_at, cause=cause, origin="liff")

    return _once(asker, "hold", wanted, work, status=201)


@bp.post(f"{_ONE}/confirm")
@as_person
def confirm(asker: Asker, code: str) -> tuple[Json, int]:
    """Make what is held a reservation."""
    wanted = read(Confirm)

    def work(cause: str) -> Booking:
        return service.confirm(_customer(asker), code, cause=cause, note=wanted.note)

    return _once(asker, f"confirm/{code}", wanted, work)


@bp.post(f"{_ONE}/move")
@as_person
def move(asker: Asker, code: str) -> tuple[Json, int]:
    """Change the time of a reservation, or its party, options or note."""
    wanted = read(Move)

    def work(cause: str) -> Booking:
        return service.move(
            _customer(asker),
            code,
            wanted.starts_at,
            version=wanted.version,
            cause=cause,
            resource_id=wanted.resource,
            party=wanted.party,
            options=wanted.options,
            note=wanted.note,
        )

    return _once(asker, f"move/{code}", wanted, work)


@bp.post(f"{_ONE}/cancel")
@as_person
def cancel(asker: Asker, code: str) -> tuple[Json, int]:
    """Cancel a reservation."""

    def work(cause: str) -> Booking:
        return service.cancel(_customer(asker), code, cause=cause)

    return _once(asker, f"cancel/{code}", read(Nothing), work)


@bp.post("/waitlist")
@as_person
def wait(asker: Asker) -> tuple[Json, int]:
    """Wait for a free time of a day that is full."""
    wanted, customer = read(Wait), _customer(asker)
    cause = f"liff/{asker.person_id}/wait/{_key()}"[:120]
    span = (wanted.day, wanted.from_time, wanted.to_time)
    waitlist.join(customer, wanted.wanted(), *span, cause=cause)
    return _own(customer), 201


@bp.post(f"{_PLACE}/leave")
@as_person
def leave(asker: Asker, code: str) -> Json:
    """Wait no more."""
    read(Nothing)
    waitlist.leave(_customer(asker), code)
    return _own(_customer(asker))


@bp.post(f"{_PLACE}/accept")
@as_person
def accept(asker: Asker, code: str) -> Json:
    """Take what is offered; pressed twice it is taken once."""
    read(Nothing)
    offers.accept(_customer(asker), code, cause=f"waitlist/{code}/accept")
    return _own(_customer(asker))


@bp.post(f"{_PLACE}/decline")
@as_person
def decline(asker: Asker, code: str) -> Json:
    """Leave what is offered to the next."""
    read(Nothing)
    offers.decline(_customer(asker), code, cause=f"waitlist/{code}/decline")
    return _own(_customer(asker))


def _once(
    asker: Asker, what: str, wanted: Body, work: Callable[[str], Booking], *, status: int = 200
) -> tuple[Json, int]:
    """Do it once for the request's key, and answer with the reservation (P8)."""
    key = _key()
    scope = f"liff/{asker.person_id}/{what}"
    done = once.once(
        scope,
        key,
        wanted.model_dump(mode="json"),
        lambda: {"reservation": _shown(work(f"{scope}/{key}"[:120]))},
        status=status,
    )
    return done.body, done.status


def _key() -> str:
    return once.read_key(dict(request.headers))


def _customer(asker: Asker) -> Customer:
    return Customer(asker.person_id, asker.account_id)


def _own(customer: Customer) -> Json:
    return {
        "open": [_shown(booking) for booking in queries.own(customer)],
        "past": [_shown(booking) for booking in queries.past(customer)],
        "waiting": [_waiting(entry) for entry in waitlist.waiting(customer)],
    }


def _store(store_id: int) -> Json:
    card = shops.card(store_id)
    wishes = [each for each in queries.resources(store_id) if each.kind == "staff" and each.active]
    last = queries.rules(store_id).horizon_days
    return {
        "id": store_id,
        "code": card.code,
        "name": dict(card.name),
        "today": hours.today(store_id).isoformat(),
        "horizon": last,
        "services": [_service(each) for each in queries.services(store_id)],
        "staff": [
            {"id": each.id, "name": dict(each.name), "services": list(each.services)}
            for each in wishes
        ],
    }


def _service(card: ServiceCard) -> Json:
    plain = ("id", "name", "text", "minutes", "price", "per_person", "audience", "deposit")
    options = ("code", "name", "minutes", "price")
    return {
        **{name: getattr(card, name) for name in (*plain, "party_min", "party_max")},
        "options": [{name: getattr(each, name) for name in options} for each in card.options],
    }


def _shown(booking: Booking) -> Json:
    """A reservation in both languages; moments have the store's own offset."""
    same = ("code", "state", "version", "store_id", "store", "service_id", "service", "party")
    staff = [used for used in booking.resources if used.kind == "staff"]
    return {
        **{name: getattr(booking, name) for name in (*same, "note", "price", "deposit")},
        **{name: getattr(booking, name) for name in ("may_change", "may_cancel")},
        "hold_until": booking.hold_until.isoformat() if booking.hold_until else None,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "options": [{"code": each.code, "name": each.name} for each in booking.options],
        "staff": [{"id": each.id, "name": each.name} for each in staff],
        "cancelled_by": booking.cancelled_by,
        "calendar": calendars.address(booking),
        "map": map_of(shops.card(booking.store_id).address["ja"]),
    }


def _waiting(entry: waitlist.Entry) -> Json:
    """A place in a waitlist, with what is offered to it now."""
    offered = entry.state == "offered" and entry.reservation_id is not None
    offer = queries.by_id(entry.reservation_id or 0) if offered else None
    return {
        **{name: getattr(entry, name) for name in ("code", "service", "party", "state")},
        **{name: getattr(entry, name) for name in ("from_time", "to_time")},
        "day": entry.day.isoformat(),
        "until": offer.hold_until.isoformat() if offer and offer.hold_until else None,
        "offer": _shown(offer) if offer else None,
    }
