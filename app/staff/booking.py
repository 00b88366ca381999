"""/staff/reservations/new: reserve for a member or a guest who calls, or who stands in the shop.

The form finds the member as the counter does and keeps what was typed meanwhile; on a time that is
taken it offers the nearest free ones, one tap each.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, request

from app import clock
from app.domain.audit import service as audit
from app.domain.counter import queries as counter
from app.domain.counter.queries import Found
from app.domain.hours import queries as hours
from app.domain.members import queries as members
from app.domain.reservations import limits, queries, service
from app.domain.reservations.asker import Guest
from app.domain.reservations.errors import BadReservation
from app.domain.reservations.offer import Wanted
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.i18n import in_language
from app.staff import booked, forms, words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told
from app.staff.reservations import KEEP, PAGE, cause, nearest, note, number, read_day, start

bp = Blueprint("staff_booking", __name__, url_prefix=f"{PAGE}/new")

_GRID: Final = timedelta(minutes=limits.LEAST_GRID)


@bp.get("")
@as_staff(KEEP)
def blank(actor: Actor) -> Response:
    """The form, with the day, the time and the resource that were tapped on the calendar."""
    return _form(actor)


@bp.post("")
@as_staff(KEEP)
def book(actor: Actor) -> Response:
    """Look for the member who is named, or reserve; who walks in has arrived as well."""
    store_id = booked.place(actor, request.values.get("store", ""))
    if request.form.get("act") == "search":
        return _search(actor)
    try:
        code = forms.submit(actor, "book", lambda key: _book(actor, store_id, key))
    except TsunaguError as refusal:
        if refusal.status >= 500:
            raise
        return _form(actor, refusal=refusal)
    return found(f"{PAGE}/{code}?done=booked")


def _book(actor: Actor, store_id: int, key: str) -> str:
    because, walked_in = cause(actor, key), _walks_in()
    starts_at = start(store_id)
    made = service.book(
        actor,
        _wanted(store_id),
        starts_at,
        cause=because,
        origin="counter",
        guest=_guest(),
        note=request.form.get("note", ""),
        tell=not walked_in,
    )
    if walked_in:
        made = service.arrive(actor, made.code, cause=f"{because}/arrive")
    note(actor, "reservations.booked", made)
    return made.code


def _wanted(store_id: int) -> Wanted:
    service_id = number("service") or 0
    mine = f"{service_id}:"
    chosen = [each for each in request.form.getlist("option") if each.startswith(mine)]
    options = tuple(each.removeprefix(mine) for each in chosen)
    return Wanted(store_id, service_id, number("party") or 0, options, number("resource"))


def _guest() -> Guest:
    """Whom the form names; raises BadReservation for nobody."""
    name, phone = request.form.get("name", "").strip(), request.form.get("phone", "").strip()
    chosen = number("member")
    if chosen:
        return Guest(member_id=chosen)
    if not name and not _walks_in():
        raise BadReservation("guest: needs a member or a name")
    return Guest(name=name or words.say("booking.walked_in"), phone=phone)


def _walks_in() -> bool:
    return request.values.get("walk_in", "") == "1"


def _search(actor: Actor) -> Response:
    """Members by number, phone or name; noted as every search is."""
    written = request.form.get("q", "").strip()[:100]
    some = counter.find_members(written) if written and actor.may("members.look_up") else []
    audit.note("members.searched", actor=actor, network=browser().network, found=len(some))
    return _form(actor, some=some)


def _form(
    actor: Actor, *, refusal: TsunaguError | None = None, some: Sequence[Found] | None = None
) -> Response:
    code = request.values.get("store", "")
    store_id = booked.place(actor, code)
    what: dict[str, Any] = {"some": some, "walk_in": _walks_in(), "key": forms.new_key()}
    return page(
        "booking",
        actor,
        status=refusal.status if refusal else 200,
        here="reservations",
        error=told(refusal) if refusal else "",
        nearest=nearest(refusal),
        store=code,
        store_name=booked.store_name(store_id),
        services=queries.services(store_id),
        resources={
            each.id: in_language(each.name, words.language())
            for each in queries.resources(store_id)
            if each.active
        },
        day=read_day(store_id),
        time=_time(store_id),
        form=request.values,
        chosen=request.values.getlist("option"),
        member=_member_name(),
        script="booking.js",
        **what,
    )


def _member_name() -> str | None:
    """Of the member who was chosen before the form came back."""
    chosen = number("member") or 0
    return members.names([chosen]).get(chosen)


def _time(store_id: int) -> str:
    """The time that is asked for; for who is here, the last five minutes that have begun."""
    asked = request.values.get("time", "")
    if asked or not _walks_in():
        return asked[:5]
    now = clock.now().astimezone(hours.zone_of(store_id))
    begun = now.minute - now.minute % (_GRID // timedelta(minutes=1))
    return f"{now.replace(minute=begun):%H:%M}"
