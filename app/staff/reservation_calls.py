"""/staff/api/reservations: what the calendar itself asks for, as JSON, with an Idempotency-Key."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any

from flask import Blueprint, request
from pydantic import AwareDatetime, Field, StrictInt

from app import once
from app.domain.hours import queries as hours
from app.domain.hours import rules as wall
from app.domain.reservations import queries, service
from app.domain.reservations.queries import Booking
from app.domain.staff.actor import Actor
from app.staff.identity import as_staff
from app.staff.reservations import KEEP, cause, note
from app.web.bodies import Body, read
from app.web.errors import BadBody

bp = Blueprint("staff_reservation_calls", __name__, url_prefix="/staff/api/reservations")

Json = dict[str, Any]
_MINUTES = 60


class Move(Body):
    """Where a reservation was put: at a moment, or at its own time of another day."""

    version: StrictInt
    resource: Annotated[StrictInt, Field(gt=0, lt=2**31)] | None = None
    starts_at: AwareDatetime | None = None
    day: date | None = None


@bp.post("/<string(length=10):code>/move")
@as_staff(KEEP)
def move(actor: Actor, code: str) -> tuple[Json, int]:
    """Move a reservation; a refusal names the nearest free times."""
    booking = queries.booking(actor, code)
    wanted, key = read(Move), once.read_key(dict(request.headers))
    starts_at = _start(booking, wanted)

    def work() -> Json:
        # A caller's key may be longer than a cause.
        because = cause(actor, hashlib.sha256(key.encode()).hexdigest())
        moved = service.move(
            actor,
            code,
            starts_at,
            version=wanted.version,
            cause=because,
            resource_id=wanted.resource,
        )
        note(actor, "reservations.moved", moved)
        return {"version": moved.version, "starts_at": moved.starts_at.isoformat()}

    asked = {"code": code, **wanted.model_dump(mode="json")}
    answered = once.once(f"staff/{actor.staff_id}/move", key, asked, work)
    return answered.body, answered.status


def _start(booking: Booking, wanted: Move) -> datetime:
    if wanted.starts_at is not None and wanted.day is None:
        return wanted.starts_at
    if wanted.day is None or wanted.starts_at is not None:
        raise BadBody(["starts_at", "day"])
    own = booking.starts_at
    minute = own.hour * _MINUTES + own.minute
    return wall.moment(wanted.day, minute, hours.zone_of(booking.store_id))
