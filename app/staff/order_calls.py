"""/staff/api/orders: what the board itself asks for, as JSON; moves with an Idempotency-Key."""

from typing import Annotated, Any, Literal

from flask import Blueprint, request
from pydantic import Field, StrictInt

from app import once
from app.domain.orders import queries
from app.domain.orders.moves import Word
from app.domain.staff.actor import Actor
from app.staff import ordered
from app.staff.identity import as_staff
from app.staff.orders import KEEP, bring
from app.web.bodies import Body, read

bp = Blueprint("staff_order_calls", __name__, url_prefix="/staff/api/orders")

Json = dict[str, Any]


class Move(Body):
    """Where an order goes, and what is said with it."""

    state: Literal["accepted", "preparing", "ready", "out", "done", "refused", "cancelled"]
    minutes: Annotated[StrictInt, Field(ge=0, le=24 * 60)] | None = None
    reason: Annotated[str, Field(max_length=200)] | None = None


@bp.get("/pulse")
@as_staff(KEEP)
def pulse(actor: Actor) -> Json:
    """Whether a store's board has changed: a stamp, and the newest order that waits."""
    newest, stamp = queries.pulse(ordered.place(actor, request.args.get("store", "")))
    return {"stamp": stamp, "newest": newest}


@bp.post("/<string(length=9):number>/move")
@as_staff(KEEP)
def move(actor: Actor, number: str) -> tuple[Json, int]:
    """Bring an order into a state; in that state already, nothing changes."""
    ordered.theirs(actor, number)
    wanted, key = read(Move), once.read_key(dict(request.headers))

    def work() -> Json:
        word = Word(minutes=wanted.minutes, reason=(wanted.reason or "").strip() or None)
        card = bring(actor, number, wanted.state, word)
        return {"number": card.number, "state": card.state, "version": card.version}

    asked = {"number": number, **wanted.model_dump()}
    answered = once.once(f"staff/{actor.staff_id}/order", key, asked, work)
    return answered.body, answered.status
