"""/staff/members: find a member, see what is known of them, and act on it.

Who looked at whom is noted as well as what they did. Each act is one transaction with its line in
the audit log and its notice to the member, and counts once (forms.py).
"""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, request

from app import clock
from app.domain.audit import service as audit
from app.domain.counter import limits
from app.domain.counter import queries as counter
from app.domain.coupons import linking, service
from app.domain.coupons import queries as coupons
from app.domain.coupons import rules as days
from app.domain.coupons.errors import CouponOver, OwnCoupon
from app.domain.links import queries as links
from app.domain.members import queries as members
from app.domain.members import rules
from app.domain.members import service as membership
from app.domain.orders import queries as orders
from app.domain.points import adjustments
from app.domain.points import queries as points
from app.domain.points.errors import AboveLimit, BadPoints
from app.domain.points.ledger import Key
from app.domain.staff import queries as staff
from app.domain.staff import roles
from app.domain.staff.actor import Actor
from app.errors import TsunaguError
from app.i18n import in_language, plain
from app.outbox import put as outbox
from app.outbox.put import Notice
from app.staff import forms, ordered, words
from app.staff.adjustments import limit, waiting_for
from app.staff.identity import as_staff, browser, found
from app.staff.pages import page, told

bp = Blueprint("staff_members", __name__, url_prefix="/staff/members")

_ONE: Final = "/<int(max=2147483647):member_id>"
_LOOK_UP: Final = "members.look_up"
_MOST: Final = max(roles.ADJUSTMENT.values())
_DIGITS: Final = 9
_ORDERS: Final = 10


@bp.get("")
@as_staff(_LOOK_UP)
def look(actor: Actor) -> Response:
    """The field to search with."""
    return _search(actor, "")


@bp.post("")
@as_staff(_LOOK_UP)
def search(actor: Actor) -> Response:
    """Members by number, phone or name, with as much of them as tells them apart.

    A POST, because addresses are kept in logs and histories (P16).
    """
    return _search(actor, request.form.get("q", "").strip()[:100])


def _search(actor: Actor, written: str) -> Response:
    some = counter.find_members(written) if written else []
    if written:
        audit.note("members.searched", actor=actor, network=browser().network, found=len(some))
    what: dict[str, Any] = {"q": written, "found": some, "waiting": waiting_for(actor)}
    return page("members", actor, here="members", most=limits.FOUND, **what)


@bp.get(_ONE)
@as_staff(_LOOK_UP)
def one(actor: Actor, member_id: int) -> Response:
    """What is known of a member, and what the actor may do."""
    return _one(actor, member_id)


@bp.post(f"{_ONE}/suspend")
@as_staff("members.suspend")
def suspend(actor: Actor, member_id: int) -> Response:
    """Stop the membership at the counter."""

    def work(_key: str) -> str:
        membership.suspend(member_id, _reason())
        _note(actor, "members.suspended", member_id, _reason())
        return "suspended"

    return _do(actor, member_id, "suspend", work)


@bp.post(f"{_ONE}/resume")
@as_staff("members.suspend")
def resume(actor: Actor, member_id: int) -> Response:
    """End a suspension."""

    def work(_key: str) -> str:
        membership.resume(member_id)
        _note(actor, "members.resumed", member_id, _reason())
        return "resumed"

    return _do(actor, member_id, "resume", work)


@bp.post(f"{_ONE}/coupon")
@as_staff("coupons.issue")
def issue(actor: Actor, member_id: int) -> Response:
    """Give the member a coupon, and tell them in the talk."""

    def work(key: str) -> str:
        code = request.form.get("coupon", "")
        if code not in {each.code for each in coupons.issuable()}:
            raise CouponOver("not to be given out")
        if staff.member_of(actor.staff_id) == member_id:
            raise OwnCoupon(f"member {member_id}")
        reason = _reason()
        grant_id = service.issue(code, member_id, cause=f"staff/{actor.staff_id}/{key}")
        _tell(member_id, grant_id)
        _note(actor, "coupons.issued", member_id, reason, grant=grant_id)
        return "issued"

    return _do(actor, member_id, "coupon", work)


@bp.post(f"{_ONE}/points")
@as_staff("points.adjust")
def adjust(actor: Actor, member_id: int) -> Response:
    """Correct the balance, or ask for it above the role's limit."""

    def work(key: str) -> str:
        asked = adjustments.ask_adjustment(
            member_id,
            _points(),
            reason=_reason(),
            staff_id=actor.staff_id,
            own_member_id=staff.member_of(actor.staff_id),
            limit=limit(actor),
            key=Key(f"staff/{actor.staff_id}/adjust", key),
        )
        what = {"adjustment": asked.id, "points": asked.points}
        if asked.state == "pending":
            _note(actor, "points.adjustment_asked", member_id, asked.reason, **what)
            return "asked"
        _note(actor, "points.adjusted", member_id, asked.reason, **what)
        return "adjusted"

    return _do(actor, member_id, "points", work)


def _do(actor: Actor, member_id: int, act: str, work: Callable[[str], str]) -> Response:
    members.member(member_id)  # Who is not there is not found, whatever the form says.
    try:
        said = forms.submit(actor, act, work)
    except TsunaguError as refusal:
        if refusal.status >= 500:
            raise
        return _one(actor, member_id, refusal)
    return found(f"/staff/members/{member_id}?done={said}")


def _one(actor: Actor, member_id: int, refusal: TsunaguError | None = None) -> Response:
    known = _known(member_id) | {"orders": _orders(actor, member_id)}
    what: dict[str, Any] = {
        "own": staff.member_of(actor.staff_id) == member_id,
        "limit": limit(actor),
        "most": _MOST,
    }
    _note(actor, "members.seen", member_id)
    return page(
        "member",
        actor,
        status=refusal.status if refusal else 200,
        here="members",
        error=told(refusal) if refusal else "",
        done=request.args.get("done", ""),
        form=request.form if refusal else {},
        key=forms.new_key,
        zone=clock.zone(),
        **what,
        **known,
    )


def _known(member_id: int) -> dict[str, Any]:
    said = words.language()
    card, stands = members.member(member_id), points.standing(member_id)
    return {
        "card": card,
        "tier": in_language(stands.tier.name, said) if stands.tier else card.tier,
        "visits": counter.visits(member_id),
        "linked": bool(links.people_of(member_id)),
        "stands": stands if points.kept() else None,
        "history": points.history(member_id).rows[:10],
        "pending": [each for each in points.adjustments() if each.member_id == member_id],
        "coupons": _coupons(member_id),
        "issuable": [(each.code, in_language(each.title, said)) for each in coupons.issuable()],
    }


def _orders(actor: Actor, member_id: int) -> list[dict[str, Any]]:
    """The last ones, wherever they were made; the order itself is for who keeps its store's."""
    may = actor.may("orders.keep")
    return [
        {
            "card": card,
            "placed": card.placed_at.astimezone(clock.zone()),
            "opens": may and ordered.sees(actor, card),
        }
        for card in orders.of_member(member_id, _ORDERS)
    ]


def _coupons(member_id: int) -> list[dict[str, Any]]:
    has = coupons.wallet(member_id)
    return [
        {
            "title": in_language(card.title, words.language()),
            "state": card.state,
            "until": days.last_day(card.until, clock.zone()) if card.until else None,
        }
        for card in (*has.usable, *has.soon, *has.used[:5], *has.expired[:5])
    ]


def _reason() -> str:
    return rules.reason(request.form.get("reason", ""))


def _points() -> int:
    """The points of the form, below zero where they are taken; raises BadPoints and AboveLimit."""
    written = plain(request.form.get("points", "")).replace(",", "")
    if not (written.isascii() and written.isdigit() and len(written) <= _DIGITS):
        raise BadPoints("no whole number")
    if int(written) > _MOST:
        raise AboveLimit(_MOST)  # A request that nobody could approve would wait for ever.
    return -int(written) if request.form.get("way") == "take" else int(written)


def _tell(member_id: int, grant_id: int) -> None:
    cause = f"coupon_grant/{grant_id}"
    news = Notice(
        "coupons.granted", {"coupons": [linking.shown(coupons.card(grant_id, member_id))]}
    )
    for to in links.recipients_of(member_id):
        outbox.say([news], to, dedupe=f"{cause}/{to.person_id}", cause=cause)


def _note(actor: Actor, action: str, member_id: int, reason: str = "", **what: Any) -> None:
    audit.note(
        action,
        actor=actor,
        about=f"member/{member_id}",
        reason=reason,
        network=browser().network,
        **what,
    )
