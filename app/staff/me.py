"""/staff/me: one's own sessions, password and second factor."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from app.config import Settings
from app.domain.staff import queries, service, sessions, team
from app.domain.staff.actor import Actor
from app.domain.staff.errors import BadStaff, NotAllowed, TooOften, WrongCode, WrongLogin
from app.errors import TsunaguError
from app.staff import devices
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told
from app.staff.team import number_of, numbered
from app.web import qr

bp = Blueprint("staff_me", __name__, url_prefix="/staff/me")

_ME = "/staff/me"


@bp.get("")
@as_staff()
def me(actor: Actor) -> Response:
    """What there is."""
    return _shown(actor)


@bp.post("/password")
@as_staff()
def change_password(actor: Actor) -> Response:
    """Change the password; every other session ends."""
    present, new = request.form.get("present", ""), request.form.get("password", "")
    try:
        service.change_password(actor, present, new, browser().network)
    except (BadStaff, WrongLogin, TooOften) as refusal:
        return _shown(actor, "password", refusal)
    return found(f"{_ME}?done=password")


@bp.post("/member")
@as_staff()
def set_member(actor: Actor) -> Response:
    """Note which member one is as a customer, where nobody has; one does not take it back."""
    try:
        member_id = numbered(request.form.get("number", "").strip()[:40])
        team.set_own_member(actor, member_id, browser().network)
    except (BadStaff, NotAllowed) as refusal:
        return _shown(actor, "member", refusal)
    return found(f"{_ME}?done=member")


@bp.post("/sessions/<int(max=9223372036854775807):session_id>/end")
@as_staff()
def end_session(actor: Actor, session_id: int) -> Response:
    """End another session of one's own."""
    sessions.end(actor, session_id, browser().network)
    return found(f"{_ME}?done=session")


@bp.post("/totp")
@as_staff()
def begin_totp(actor: Actor) -> Response:
    """Show a new secret to the app on the phone."""
    return _setup(actor, *service.begin_totp(actor))


@bp.post("/totp/confirm")
@as_staff()
def confirm_totp(actor: Actor) -> Response:
    """Turn the second factor on, and show the recovery codes this once."""
    try:
        codes = service.confirm_totp(actor, request.form.get("code", ""), browser().network)
    except (WrongCode, TooOften) as refusal:
        return _setup(actor, *service.pending_totp(actor), refusal=refusal)
    return page("recovery", actor, here="me", codes=codes)


@bp.post("/totp/off")
@as_staff()
def drop_totp(actor: Actor) -> Response:
    """Turn the second factor off."""
    try:
        service.drop_totp(actor, request.form.get("present", ""), browser().network)
    except (WrongLogin, TooOften) as refusal:
        return _shown(actor, "totp", refusal)
    return found(f"{_ME}?done=totp")


def _setup(
    actor: Actor, secret: str, address: str, refusal: TsunaguError | None = None
) -> Response:
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    picture = qr.drawing_of(address)
    error = told(refusal) if refusal else ""
    status = refusal.status if refusal else 200
    what: dict[str, Any] = {"groups": groups, "picture": picture, "error": error}
    return page("totp_setup", actor, status=status, here="me", **what)


def _shown(actor: Actor, part: str = "", refusal: TsunaguError | None = None) -> Response:
    settings: Settings = current_app.extensions["settings"]
    return page(
        "me",
        actor,
        status=refusal.status if refusal else 200,
        here="me",
        card=queries.own(actor),
        seats=queries.seats(actor.staff_id),
        left=queries.recovery_left(actor),
        number=number_of(actor.staff_id),
        zone=settings.zone,
        device=devices.named,
        done=request.args.get("done", ""),
        errors={part: told(refusal)} if refusal else {},
    )
