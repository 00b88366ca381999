"""/staff/reservations/feeds: secret addresses at which other calendars subscribe to a resource's.

Whoever knows an address reads when the resource is reserved and for what, with the first letter of
the customer's name and the reservation's code; so an address can be taken back at any moment.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, request

from app import access, clock
from app.domain.audit import service as audit
from app.domain.reservations import feeds, ical, queries
from app.domain.reservations.ical import Event
from app.domain.reservations.queries import Booking
from app.domain.staff.actor import Actor
from app.i18n import in_language
from app.staff import booked, words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import address_of, page
from app.staff.reservations import PAGE

bp = Blueprint("staff_feeds", __name__, url_prefix=f"{PAGE}/feeds")
public = Blueprint("feeds", __name__, url_prefix="/feeds")

_SHARE: Final = "reservations.share"
_ONE: Final = "/<int(max=2147483647):resource_id>"
_BACK, _AHEAD = timedelta(days=30), timedelta(days=366)


@bp.get("")
@as_staff(_SHARE)
def everything(actor: Actor) -> Response:
    """The resources of a store, and whether their calendars have an address."""
    return _list(actor, request.args.get("store", ""))


@bp.post(f"{_ONE}/make")
@as_staff(_SHARE)
def make(actor: Actor, resource_id: int) -> Response:
    """A new address in place of the one before; it is shown once, here."""
    token = feeds.make(actor, resource_id)
    _note(actor, "reservations.feed_made", resource_id)
    return _list(actor, request.form.get("store", ""), resource_id, f"/feeds/{token}.ics")


@bp.post(f"{_ONE}/revoke")
@as_staff(_SHARE)
def revoke(actor: Actor, resource_id: int) -> Response:
    """Take the address back."""
    feeds.revoke(actor, resource_id)
    _note(actor, "reservations.feed_revoked", resource_id)
    return found(f"{PAGE}/feeds?store={request.form.get('store', '')[:40]}&done=revoked")


def _list(actor: Actor, code: str, made: int | None = None, path: str = "") -> Response:
    store_id = booked.place(actor, code)
    return page(
        "feeds",
        actor,
        here="reservations",
        done=request.args.get("done", ""),
        store=code,
        store_name=booked.store_name(store_id),
        resources=queries.resources(store_id),
        made=_name(made) if made else "",
        address=address_of(path) if path else "",
    )


def _name(resource_id: int) -> str:
    return in_language(queries.resource(resource_id).name, words.language())


@public.get("/<string(length=43):secret>.ics")
@access.anyone
def feed(secret: str) -> Response:
    """A resource's calendar for whoever knows its address; 404 for any other."""
    resource_id, now = feeds.resource_of(secret), clock.now()
    reserved = queries.of_resource(resource_id, now - _BACK, now + _AHEAD)
    events = [_event(each, name) for each, name in _named(reserved)]
    answer = Response(ical.calendar(_name(resource_id), events, now=now), content_type=ical.TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _named(reserved: Sequence[Booking]) -> list[tuple[Booking, str]]:
    names = booked.names(reserved)
    return [(each, names[each.id]) for each in reserved]


def _event(booking: Booking, name: str) -> Event:
    said = words.language()
    summary = words.say("feeds.event").format(
        service=in_language(booking.service, said), initial=name[:1], party=booking.party
    )
    return Event(
        f"{booking.code}@tsunagu",
        booking.starts_at,
        booking.ends_at,
        summary,
        in_language(booking.store, said),
        booking.code,
        booking.version,
    )


def _note(actor: Actor, action: str, resource_id: int) -> None:
    store_id = queries.resource(resource_id).store_id
    network = browser().network
    audit.note(
        action, actor=actor, about=f"resource/{resource_id}", store_id=store_id, network=network
    )
