"""/staff/team: who works here, what they may do and where."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, request

from app.domain.accounts import queries as accounts
from app.domain.members import queries as members
from app.domain.members import rules as fields
from app.domain.members.errors import BadValue
from app.domain.shops import queries as shops
from app.domain.staff import queries, roles, team
from app.domain.staff.actor import Actor
from app.domain.staff.errors import BadStaff, LastOwner, NotAllowed
from app.domain.staff.team import Place
from app.errors import TsunaguError
from app.i18n import in_language
from app.staff import words
from app.staff.identity import as_staff, browser, found
from app.staff.pages import address_of, page, told

bp = Blueprint("staff_team", __name__, url_prefix="/staff/team")

_TEAM: Final = "/staff/team"
_INVITED: Final = "/staff/invited"
_ONE: Final = "/<int(max=2147483647):staff_id>"
_MANAGE: Final = "team.manage"


@bp.get("")
@as_staff(_MANAGE)
def everybody(actor: Actor) -> Response:
    """Everybody inside one's scope, and the form to invite somebody."""
    return _list(actor)


@bp.post("")
@as_staff(_MANAGE)
def invite(actor: Actor) -> Response:
    """Send an invitation."""
    email, name = request.form.get("email", "")[:300], request.form.get("name", "")[:300]
    page, language = address_of(_INVITED), words.language()
    try:
        team.invite(actor, email, name, _place(), page, language, browser().network)
    except (BadStaff, NotAllowed) as refusal:
        return _list(actor, refusal)
    return found(f"{_TEAM}?done=invited")


@bp.get(_ONE)
@as_staff(_MANAGE)
def one(actor: Actor, staff_id: int) -> Response:
    """Somebody's role and scope."""
    return _one(actor, staff_id)


@bp.post(_ONE)
@as_staff(_MANAGE)
def change(actor: Actor, staff_id: int) -> Response:
    """Give somebody another role or scope."""
    return _done(actor, staff_id, lambda at: team.change(actor, staff_id, _place(), at))


@bp.post(f"{_ONE}/member")
@as_staff(_MANAGE)
def set_member(actor: Actor, staff_id: int) -> Response:
    """Note which member somebody is as a customer, by the member's number."""
    written = request.form.get("number", "").strip()[:40]
    return _done(actor, staff_id, lambda at: team.set_member(actor, staff_id, _member(written), at))


@bp.post(f"{_ONE}/suspend")
@as_staff(_MANAGE)
def suspend(actor: Actor, staff_id: int) -> Response:
    """Shut somebody out at once."""
    reason = request.form.get("reason", "")
    return _done(actor, staff_id, lambda at: team.suspend(actor, staff_id, reason, at))


@bp.post(f"{_ONE}/resume")
@as_staff(_MANAGE)
def resume(actor: Actor, staff_id: int) -> Response:
    """Let somebody in again."""
    return _done(actor, staff_id, lambda at: team.resume(actor, staff_id, at))


@bp.post(f"{_ONE}/invite")
@as_staff(_MANAGE)
def invite_again(actor: Actor, staff_id: int) -> Response:
    """Send a new link to somebody who has not accepted yet."""
    page, language = address_of(_INVITED), words.language()
    return _done(actor, staff_id, lambda at: team.invite_again(actor, staff_id, page, language, at))


def _done(actor: Actor, staff_id: int, act: Callable[[str | None], None]) -> Response:
    """Do what the form asks for, which is told the network it came from."""
    try:
        act(browser().network)
    except (BadStaff, NotAllowed, LastOwner) as refusal:
        return _one(actor, staff_id, refusal)
    return found(f"{_TEAM}/{staff_id}?done=saved")


def _list(actor: Actor, refusal: TsunaguError | None = None) -> Response:
    what = {"team": queries.team(actor), "form": request.form}
    return _page("team", actor, refusal, what)


def _one(actor: Actor, staff_id: int, refusal: TsunaguError | None = None) -> Response:
    what = {"card": queries.card(actor, staff_id), "number": number_of(staff_id)}
    return _page("team_one", actor, refusal, what)


def _page(
    template: str, actor: Actor, refusal: TsunaguError | None, what: dict[str, Any]
) -> Response:
    return page(
        template,
        actor,
        status=refusal.status if refusal else 200,
        here="team",
        error=told(refusal) if refusal else "",
        done=request.args.get("done", ""),
        makes=[role for role in roles.ROLES if role in roles.MAKES[actor.role]],
        stores=_stores(actor),
        accounts={i: name for i, name in accounts.slugs().items() if actor.sees_account(i)},
        **what,
    )


def _stores(actor: Actor) -> dict[int, str]:
    """Id -> name of the stores in one's scope."""
    ids, language = shops.store_ids(), words.language()
    named = {ids[store.code]: in_language(store.name, language) for store in shops.stores()}
    return {store_id: name for store_id, name in named.items() if actor.sees_store(store_id)}


def _member(number: str) -> int | None:
    return numbered(number) if number else None


def numbered(number: str) -> int:
    """The member with this number; raises BadStaff."""
    try:
        found = members.by_number(fields.number(number))
    except BadValue:
        found = None
    if found is None:
        raise BadStaff("number", "is nobody's")
    return found.id


def number_of(staff_id: int) -> str:
    """The number of the member that somebody of the staff is, or nothing."""
    member_id = queries.member_of(staff_id)
    return members.member(member_id).number if member_id else ""


def _place() -> Place:
    """What the form says; no store or no account chosen means all."""
    return Place(request.form.get("role", ""), _chosen("store"), _chosen("account"))


def _chosen(name: str) -> list[int] | None:
    return sorted({int(each) for each in request.form.getlist(name) if _is_id(each)}) or None


def _is_id(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) < 10
