"""/staff/reservations: what is reserved on a day or in a week, and one reservation in full.

Each act is one transaction with its line in the audit log and its notice to the customer, and
counts once (forms.py). The calendar's own moves come in as JSON (reservation_calls.py).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, Response, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from app import clock
from app.domain.audit import service as audit
from app.domain.hours import queries as hours
from app.domain.hours import rules as wall
from app.domain.hours.errors import BadHours
from app.domain.reservations import limits, queries, service, waitlist
from app.domain.reservations.errors import BadReservation
from app.domain.reservations.queries import Booking
from app.domain.shops import queries as shops
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.i18n import in_language, plain
from app.staff import assets, booked, forms, words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told

bp = Blueprint("staff_reservations", __name__, url_prefix="/staff/reservations")

PAGE: Final = "/staff/reservations"
KEEP: Final = "reservations.keep"
_ONE: Final = "/<string(length=10):code>"
_SCRIPT: Final = "reservations.js"
_DAY = timedelta(days=1)
_WEEK: Final = 7
_AHEAD: Final = 2 * 366  # Days to either side that the calendar leads to.


@bp.get("")
@as_staff(KEEP)
def calendar(actor: Actor) -> Response:
    """A day of a store, a lane for each resource; or a week, a row for each."""
    code = request.args.get("store") or next(iter(booked.places(actor)), "")
    if not code:
        return page("reservations_none", actor, here="reservations")
    store_id = booked.place(actor, code)
    day = read_day(store_id)
    if request.args.get("view") == "week":
        days = hours.days_between(_monday(day), _monday(day) + (_WEEK - 1) * _DAY)
        bookings = queries.between(store_id, days[0], days[-1])
        rows = booked.week(store_id, days, bookings)
        return _calendar("week", actor, code, day, days, bookings, rows=rows)
    bookings = queries.of_day(store_id, day)
    board = booked.board(store_id, day, bookings)
    return _calendar("day", actor, code, day, [day], bookings, board=board)


def _calendar(
    view: str,
    actor: Actor,
    code: str,
    day: date,
    days: Sequence[date],
    bookings: Sequence[Booking],
    **shown: Any,
) -> Response:
    places = booked.places(actor)
    store_id, first, last = places[code], days[0], days[-1]
    over = booked.over(bookings)
    return page(
        f"reservations_{view}",
        actor,
        here="reservations",
        done=request.args.get("done", ""),
        view=view,
        store=code,
        stores={each: booked.store_name(places[each]) for each in places},
        days=days,
        day=day,
        before=first - len(days) * _DAY,
        after=last + _DAY,
        today=hours.today(store_id),
        zone=hours.zone_of(store_id),
        special=hours.calendar(store_id, first, last).days,
        waits=waitlist.count(store_id, first, last),
        over=over,
        names=booked.names(over),
        now=clock.now(),
        script=_SCRIPT,
        modules=assets.modules(_SCRIPT),
        spoken=_words(),
        **shown,
    )


@bp.get(_ONE)
@as_staff(KEEP)
def one(actor: Actor, code: str) -> Response:
    """Everything about a reservation, and what can be done with it."""
    return _one(actor, code)


@bp.post(f"{_ONE}/arrive")
@as_staff(KEEP)
def arrive(actor: Actor, code: str) -> Response:
    """The customer is there."""

    def work(key: str) -> str:
        done = service.arrive(actor, code, cause=cause(actor, key))
        note(actor, "reservations.arrived", done)
        return "arrived"

    return _do(actor, code, work)


@bp.post(f"{_ONE}/finish")
@as_staff(KEEP)
def finish(actor: Actor, code: str) -> Response:
    """The visit is over."""

    def work(key: str) -> str:
        done = service.finish(actor, code, cause=cause(actor, key))
        note(actor, "reservations.finished", done)
        return "finished"

    return _do(actor, code, work)


@bp.post(f"{_ONE}/no-show")
@as_staff(KEEP)
def no_show(actor: Actor, code: str) -> Response:
    """The customer did not come."""

    def work(key: str) -> str:
        done = service.no_show(actor, code, cause=cause(actor, key))
        note(actor, "reservations.missed", done)
        return "missed"

    return _do(actor, code, work)


@bp.post(f"{_ONE}/cancel")
@as_staff(KEEP)
def cancel(actor: Actor, code: str) -> Response:
    """Cancel it; the customer is told why, and which times are free instead."""

    def work(key: str) -> str:
        reason = request.form.get("reason", "").strip()
        if not 0 < len(reason) <= limits.REASON:
            raise BadReservation("reason: needs 1 to 200 characters")
        done = service.cancel(actor, code, cause=cause(actor, key), reason=reason)
        note(actor, "reservations.cancelled", done, reason)
        return "cancelled"

    return _do(actor, code, work)


@bp.post(f"{_ONE}/move")
@as_staff(KEEP)
def move(actor: Actor, code: str) -> Response:
    """Another time, resource, party or note."""

    def work(key: str) -> str:
        booking = queries.booking(actor, code)
        done = service.move(
            actor,
            code,
            start(booking.store_id),
            version=number("version") or 0,
            cause=cause(actor, key),
            resource_id=number("resource"),
            party=number("party"),
            options=tuple(request.form.getlist("option")),
            note=request.form.get("note", ""),
        )
        note(actor, "reservations.moved", done)
        return "moved"

    return _do(actor, code, work)


def cause(actor: Actor, key: str) -> str:
    """What brings a change about: one form, or one call, of somebody of the staff."""
    return f"staff/{actor.staff_id}/{key}"


def note(actor: Actor, action: str, booking: Booking, reason: str = "") -> None:
    """Note in the audit log what was done to a reservation."""
    audit.note(
        action,
        actor=actor,
        about=f"reservation/{booking.id}",
        store_id=booking.store_id,
        reason=reason,
        network=browser().network,
        version=booking.version,
    )


def read_day(store_id: int) -> date:
    """The day that the address names; today for anything else."""
    today = hours.today(store_id)
    try:
        wanted = date.fromisoformat(request.values.get("day", ""))
    except ValueError:
        return today
    return wanted if abs((wanted - today).days) <= _AHEAD else today


def start(store_id: int) -> datetime:
    """The start that a form asks for: one of the times we offered, or day and time as typed.

    Raises BadReservation.
    """
    try:
        if offered := request.form.get("at", ""):
            moment = datetime.fromisoformat(offered)
            if moment.tzinfo is None:
                raise BadReservation("at: needs its time zone")
            return moment
        day = date.fromisoformat(request.form.get("day", ""))
        minutes = wall.minutes(plain(request.form.get("time", "")))
        return wall.moment(day, minutes, hours.zone_of(store_id))
    except (ValueError, BadHours):
        raise BadReservation("day and time: cannot be read") from None


def number(name: str) -> int | None:
    """A whole number of the form; None for anything else."""
    written = plain(request.form.get(name, ""))
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None


def nearest(refusal: TsunaguError | None) -> list[datetime]:
    """The free times that a refusal offers instead."""
    offered = refusal.extra.get("nearest", []) if refusal else []
    return [datetime.fromisoformat(each) for each in offered]


def _do(actor: Actor, code: str, work: Callable[[str], str]) -> Response:
    queries.booking(actor, code)  # What is not theirs is not found, whatever the form says.
    try:
        said = forms.submit(actor, "reservation", work)
    except TsunaguError as refusal:
        if refusal.status >= 500:
            raise
        return _one(actor, code, refusal)
    return found(f"{PAGE}/{code}?done={said}")


def _one(actor: Actor, code: str, refusal: TsunaguError | None = None) -> Response:
    booking = queries.booking(actor, code)
    note(actor, "reservations.seen", booking)
    return page(
        "reservation",
        actor,
        status=refusal.status if refusal else 200,
        here="reservations",
        error=told(refusal) if refusal else "",
        nearest=nearest(refusal),
        done=request.args.get("done", ""),
        booking=booking,
        name=booked.names([booking])[booking.id],
        store=_code_of(booking.store_id),
        service=queries.service(booking.service_id),
        resources=_for(booking),
        form=request.form if refusal else None,
        key=forms.new_key,
        begun=booking.starts_at <= clock.now(),
    )


def _for(booking: Booking) -> dict[int, str]:
    """Id -> name of the resources that serve for what is reserved."""
    return {
        each.id: in_language(each.name, words.language())
        for each in queries.resources(booking.store_id)
        if each.active and booking.service_id in each.services
    }


def _code_of(store_id: int) -> str:
    return next(code for code, known in shops.store_ids().items() if known == store_id)


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _words() -> Markup:
    known = words.TEXTS[words.language()]
    return htmlsafe_json_dumps(
        {key: text for key, text in known.items() if key.startswith("week.")}
    )
