"""/staff/reservations/day-off: the emergency notice. A store closes for a day, and all concerned
are told why and which times are free instead: two taps from the calendar.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, request

from app.domain.audit import service as audit
from app.domain.hours import limits
from app.domain.hours import queries as hours
from app.domain.hours.errors import BadHours
from app.domain.reservations import closing
from app.domain.staff.actor import Actor
from app.i18n import LANGUAGES
from app.staff import booked, words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told
from app.staff.reservations import PAGE, read_day

bp = Blueprint("staff_day_off", __name__, url_prefix=f"{PAGE}/day-off")

REASONS: Final = ("weather", "trouble", "staff", "other")
_CLOSE: Final = "reservations.close_day"
_MORE: Final = 100


@bp.get("")
@as_staff(_CLOSE)
def ask(actor: Actor) -> Response:
    """How many are concerned, and the reason that they will read."""
    return _ask(actor, *_place(actor))


@bp.post("")
@as_staff(_CLOSE)
def close(actor: Actor) -> Response:
    """Close the day. Sent again, it cancels and tells what is still there, so nothing twice."""
    code, store_id, day = _place(actor)
    try:
        count = closing.close_day(actor, store_id, day, _reason())
    except BadHours as refusal:
        return _ask(actor, code, store_id, day, told(refusal), refusal.status)
    _note(actor, "reservations.day_closed", store_id, day, cancelled=count)
    return found(f"{PAGE}?store={code}&day={day.isoformat()}&done=closed")


@bp.post("/end")
@as_staff(_CLOSE)
def reopen(actor: Actor) -> Response:
    """Open on that day after all; what was cancelled stays cancelled."""
    code, store_id, day = _place(actor)
    closing.reopen_day(actor, store_id, day)
    _note(actor, "reservations.day_opened", store_id, day)
    return found(f"{PAGE}?store={code}&day={day.isoformat()}&done=opened")


def _place(actor: Actor) -> tuple[str, int, date]:
    code = request.values.get("store", "")
    store_id = booked.place(actor, code)
    return code, store_id, read_day(store_id)


def _ask(
    actor: Actor, code: str, store_id: int, day: date, error: str = "", status: int = 200
) -> Response:
    special = hours.calendar(store_id, day, day).days.get(day)
    return page(
        "day_off",
        actor,
        status=status,
        here="reservations",
        error=error,
        store=code,
        store_name=booked.store_name(store_id),
        day=day,
        off=special is not None and not special.opens,
        concerned=closing.concerned(actor, store_id, day),
        reasons=REASONS,
        form=request.form,
        most=_MORE,
    )


def _reason() -> Mapping[str, str]:
    """The chosen words in every language, with what was typed besides; raises BadHours."""
    chosen, more = request.form.get("reason", ""), request.form.get("more", "").strip()
    if chosen not in REASONS or len(more) > _MORE:
        raise BadHours(f"a reason that we know, and up to {_MORE} characters more")
    known = {each: words.TEXTS[each][f"day_off.reason_{chosen}"] for each in LANGUAGES}
    return {each: f"{text} {more}".strip()[: limits.REASON] for each, text in known.items()}


def _note(actor: Actor, action: str, store_id: int, day: date, **what: Any) -> None:
    audit.note(
        action,
        actor=actor,
        about=f"store/{store_id}",
        store_id=store_id,
        network=browser().network,
        day=day.isoformat(),
        **what,
    )
