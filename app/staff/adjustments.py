"""/staff/adjustments: corrections of points that wait for a second person."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from app import clock
from app.domain.audit import service as audit
from app.domain.members import queries as members
from app.domain.points import adjustments, queries
from app.domain.points.errors import NoSuchAdjustment
from app.domain.points.queries import Asked
from app.domain.staff import queries as staff
from app.domain.staff import roles
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.staff import forms
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told

bp = Blueprint("staff_adjustments", __name__, url_prefix="/staff/adjustments")

_PAGE: Final = "/staff/adjustments"
_ONE: Final = "/<int(max=2147483647):adjustment_id>"
_APPROVE: Final = "points.approve"


@bp.get("")
@as_staff(_APPROVE)
def waiting(actor: Actor) -> Response:
    """The requests of everybody inside one's scope."""
    return _list(actor)


@bp.post(f"{_ONE}/approve")
@as_staff(_APPROVE)
def approve(actor: Actor, adjustment_id: int) -> Response:
    """Agree as the second person; the balance is corrected."""

    def work(_key: str) -> str:
        asked = adjustments.approve_adjustment(
            adjustment_id,
            staff_id=actor.staff_id,
            own_member_id=staff.member_of(actor.staff_id),
            limit=limit(actor),
        )
        _note(actor, "points.adjustment_approved", asked)
        return "approved"

    return _decide(actor, adjustment_id, work)


@bp.post(f"{_ONE}/refuse")
@as_staff(_APPROVE)
def refuse(actor: Actor, adjustment_id: int) -> Response:
    """Say no, or take one's own request back; nothing is corrected."""

    def work(_key: str) -> str:
        asked = adjustments.refuse_adjustment(adjustment_id, staff_id=actor.staff_id)
        _note(actor, "points.adjustment_refused", asked)
        return "refused"

    return _decide(actor, adjustment_id, work)


def limit(actor: Actor) -> int:
    """Points that the actor's role may move with one adjustment."""
    return roles.ADJUSTMENT.get(actor.role, 0)


def theirs(actor: Actor) -> list[Asked]:
    """The requests that wait, of people inside the actor's scope, oldest first."""
    people = {card.id for card in staff.team(actor)}
    return [asked for asked in queries.adjustments() if asked.asked_by in people]


def waiting_for(actor: Actor) -> int:
    """How many requests the actor finds at /staff/adjustments."""
    return len(theirs(actor)) if actor.may(_APPROVE) else 0


def _decide(actor: Actor, adjustment_id: int, work: Callable[[str], str]) -> Response:
    asker = queries.adjustment(adjustment_id).asked_by
    if asker not in {card.id for card in staff.team(actor)}:
        raise NoSuchAdjustment(f"adjustment {adjustment_id} is asked for elsewhere")
    try:
        said = forms.submit(actor, "adjustment", work)
    except TsunaguError as refusal:
        if refusal.status >= 500:
            raise
        return _list(actor, refusal)
    return found(f"{_PAGE}?done={said}")


def _list(actor: Actor, refusal: TsunaguError | None = None) -> Response:
    asked = theirs(actor)
    # The page names members, so each look at it is noted.
    audit.note("adjustments.seen", actor=actor, network=browser().network, found=len(asked))
    return page(
        "adjustments",
        actor,
        status=refusal.status if refusal else 200,
        here="members",
        error=told(refusal) if refusal else "",
        done=request.args.get("done", ""),
        asked=asked,
        about={each.member_id: members.member(each.member_id) for each in asked},
        names=staff.names([each.asked_by for each in asked]),
        own=staff.member_of(actor.staff_id),
        limit=limit(actor),
        key=forms.new_key,
        zone=clock.zone(),
    )


def _note(actor: Actor, action: str, asked: Asked) -> None:
    audit.note(
        action,
        actor=actor,
        about=f"member/{asked.member_id}",
        reason=asked.reason,
        network=browser().network,
        adjustment=asked.id,
        points=asked.points,
    )
