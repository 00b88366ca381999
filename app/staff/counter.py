"""/staff/api/counter: a member before the counter, and what is done for them.

Every write but the end of a session has an Idempotency-Key. What it changed, the answer to it and
its line in the audit log are one transaction; asked again, it answers the same and does nothing.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from flask import Blueprint, request
from pydantic import Field, StrictInt

from app import clock, once
from app.domain.audit import service as audit
from app.domain.cards import scans
from app.domain.counter import acts, queries, service
from app.domain.counter.errors import WrongFactor
from app.domain.counter.service import Session
from app.domain.coupons import queries as coupons
from app.domain.coupons.codes import KIND as COUPON
from app.domain.coupons.rules import last_day
from app.domain.links import queries as links
from app.domain.members import queries as members
from app.domain.people import queries as people
from app.domain.points import queries as points
from app.domain.shops import queries as shops
from app.domain.staff import roles
from app.domain.staff.actor import Actor
from app.errors import NotFound
from app.i18n import in_language
from app.staff import reservations_today as reservations
from app.staff import words
from app.staff.identity import as_staff, browser
from app.web.bodies import Body, read

bp = Blueprint("staff_counter", __name__, url_prefix="/staff/api/counter")

Json = dict[str, Any]
_ONE = "<int(max=9223372036854775807):session_id>"
_Whole = Annotated[StrictInt, Field(gt=0, lt=2**63)]  # As much as a column holds.


class Scan(Body):
    code: Annotated[str, Field(max_length=200)]
    store: str


class Search(Body):
    who: Annotated[str, Field(max_length=100)]


class LookUp(Body):
    member: _Whole
    who: Annotated[str, Field(max_length=100)]  # By what they were found.
    factor: Annotated[str, Field(max_length=20)]
    reason: str
    store: str


class Paid(Body):
    paid: _Whole


class Spend(Body):
    points: _Whole


class Coupon(Body):
    grant: _Whole


class Nothing(Body):
    pass


Asked = TypeVar("Asked", bound=Body)


@bp.post("/scans")
@as_staff("counter.scan")
def scan(actor: Actor) -> tuple[Json, int]:
    """Have the member before one whose code this is; the code of a coupon is used as well."""
    wanted = read(Scan)
    at = {"staff_id": actor.staff_id, "store_id": _store(actor, wanted.store)}
    coupon = wanted.code.strip().upper().startswith(COUPON)
    opening = service.open_by_coupon if coupon else service.open_by_scan
    key = _key()

    def arrive() -> Json:
        session = opening(wanted.code, **at, account_ids=actor.account_ids)
        if coupon:
            acts.use_shown(session, wanted.code, key=key)
        figures = _figures(actor, session, {"kind": "coupon"} if coupon else None)
        this.prove()
        _note(actor, "counter.scanned", session)
        return figures

    with scans.counted(_subjects(actor)) as this:
        return _once(actor, "scan", wanted.model_dump(), arrive, status=201)


@bp.post("/members")
@as_staff("members.look_up")
def search(actor: Actor) -> Json:
    """Members by number, phone or name, with as much of them as tells them apart.

    A POST, because addresses are kept in logs and histories (P16).
    """
    found = queries.find_members(read(Search).who)
    audit.note("members.searched", actor=actor, network=browser().network, found=len(found))
    return {
        "members": [
            {"id": one.member_id, "name": one.name, "kana": one.kana, "number": one.number}
            for one in found
        ]
    }


@bp.post("/look-ups")
@as_staff("members.look_up")
def look_up(actor: Actor) -> tuple[Json, int]:
    """Have a member before one who cannot show a code, but knows their second factor."""
    wanted = read(LookUp)
    at = {"staff_id": actor.staff_id, "store_id": _store(actor, wanted.store)}

    def arrive() -> Json:
        if not queries.second_factor(wanted.member, wanted.who, wanted.factor):
            raise WrongFactor(f"member {wanted.member}")
        session = service.open_by_look_up(wanted.member, **at, reason=wanted.reason)
        figures = _figures(actor, session)
        this.prove()
        _note(actor, "counter.looked_up", session, reason=wanted.reason)
        return figures

    try:
        with scans.counted([*_subjects(actor), f"member/{wanted.member}"]) as this:
            return _once(actor, "look-up", wanted.model_dump(), arrive, status=201)
    except WrongFactor:
        # Who tries one proof after the other shall be seen doing so.
        audit.note(
            "counter.wrong_factor",
            actor=actor,
            about=f"member/{wanted.member}",
            store_id=at["store_id"],
            network=browser().network,
        )
        raise


@bp.post(f"/{_ONE}/visit")
@as_staff("counter.scan")
def visit(actor: Actor, session_id: int) -> tuple[Json, int]:
    """Check the member in."""

    def work(session: Session, _wanted: Nothing, _key: str) -> Json:
        visit_id = acts.check_in(session)
        theirs = (session.member_id, session.store_id)
        arrived = reservations.arrive_next(actor, *theirs, cause=f"visit/{visit_id}")
        return {"kind": "visit", "visit": visit_id, "reservation": arrived}

    return _act(actor, session_id, "visit", Nothing, work)


@bp.post(f"/{_ONE}/earn")
@as_staff("counter.scan")
def earn(actor: Actor, session_id: int) -> tuple[Json, int]:
    """Give points for the yen that were paid."""

    def work(session: Session, wanted: Paid, key: str) -> Json:
        posted = acts.earn(session, wanted.paid, key=key)
        return {"kind": "earn", "points": posted.points, "paid": wanted.paid}

    return _act(actor, session_id, "earn", Paid, work)


@bp.post(f"/{_ONE}/redeem")
@as_staff("counter.redeem")
def redeem(actor: Actor, session_id: int) -> tuple[Json, int]:
    """Spend points; of a member who was looked up only so many as the role may."""

    def work(session: Session, wanted: Spend, key: str) -> Json:
        posted = acts.redeem(session, wanted.points, key=key, most=_most(actor, session))
        return {"kind": "redeem", "points": -posted.points}

    return _act(actor, session_id, "redeem", Spend, work)


@bp.post(f"/{_ONE}/coupon")
@as_staff("counter.redeem")
def use_coupon(actor: Actor, session_id: int) -> tuple[Json, int]:
    """Use one of the member's coupons."""

    def work(session: Session, wanted: Coupon, key: str) -> Json:
        used = acts.use_coupon(session, wanted.grant, key=key)
        return {"kind": "coupon", "use": used.use_id}

    return _act(actor, session_id, "coupon", Coupon, work)


@bp.post(f"/{_ONE}/undo")
@as_staff("counter.scan")
def undo(actor: Actor, session_id: int) -> tuple[Json, int]:
    """Undo what was done last."""

    def work(session: Session, _wanted: Nothing, _key: str) -> Json:
        act = acts.undo_last(session)
        if act.kind == "visit":
            reservations.undo_arrival(actor, cause=f"visit/{act.ref}")
        return {"kind": "undo", "undone": act.kind, "act": act.id}

    return _act(actor, session_id, "undo", Nothing, work, find=service.theirs)


@bp.post(f"/{_ONE}/end")
@as_staff("counter.scan")
def end(actor: Actor, session_id: int) -> Json:
    """The member leaves the counter; asked again, nothing changes."""
    session = _theirs(actor, session_id)
    read(Nothing)
    service.end(session)
    return {}


def _act(
    actor: Actor,
    session_id: int,
    what: str,
    asks: type[Asked],
    work: Callable[[Session, Asked, str], Json],
    *,
    find: Callable[..., Session] = service.living,
) -> tuple[Json, int]:
    """Do one thing in a session, once; answers how the member stands after it."""
    _theirs(actor, session_id)
    wanted, key = read(asks), _key()

    def act() -> Json:
        session = find(session_id, staff_id=actor.staff_id)
        said = work(session, wanted, key)
        figures = _figures(actor, session, said)
        _note(actor, f"counter.{what}", session, **said)
        return figures

    return _once(actor, what, {"session": session_id, **wanted.model_dump()}, act)


def _theirs(actor: Actor, session_id: int) -> Session:
    """The session, for its staff member and within their scope; anybody else is told nothing."""
    session = service.theirs(session_id, staff_id=actor.staff_id)
    if not actor.sees_store(session.store_id):
        raise NotFound("a store that is not theirs any more")
    return session


def _once(
    actor: Actor, what: str, asked: Json, work: Callable[[], Json], status: int = 200
) -> tuple[Json, int]:
    """The answer, kept without what is personal: that is added as it is at this moment."""
    key = _key()
    answered = once.once(f"staff/{actor.staff_id}/{what}", key, asked, work, status=status)
    session = _theirs(actor, answered.body["session"])
    member = _member(session)
    member["tier"] = answered.body["tier"] or member["tier"]
    return {**answered.body, "member": member}, answered.status


def _figures(actor: Actor, session: Session, said: Json | None = None) -> Json:
    """How the member stands, in ids and figures; `said` is what was just done."""
    stands = points.standing(session.member_id)
    most = _most(actor, session)
    left = stands.balance if most is None else max(most - _unshown(session), 0)
    done = queries.acts(session.id)
    return {
        "session": session.id,
        "how": session.how,
        "said": said,
        "visited": any(act.kind == "visit" and not act.undone for act in done),
        "visits": queries.visits(session.member_id),
        "tier": in_language(stands.tier.name, words.language()) if stands.tier else None,
        "points": {
            "balance": stands.balance,
            "spendable": min(stands.balance, left),
            "expiring": [
                {"date": one.day.isoformat(), "points": one.points} for one in stands.expiring
            ],
        },
        "reservations": reservations.today(session.member_id, session.store_id),
        "coupons": _coupons(session),
        "acts": _acts(done),
    }


def _coupons(session: Session) -> list[Json]:
    zone = clock.zone()
    usable = coupons.usable(session.member_id, _code_of(session.store_id))
    return [
        {
            "grant": card.id,
            "title": in_language(card.title, words.language()),
            "until": last_day(card.until, zone).isoformat() if card.until else None,
        }
        for card in usable
    ]


def _acts(done: list[queries.ActCard]) -> list[Json]:
    moved = points.points_of([act.ref for act in done if act.kind in ("earn", "redeem")])
    titles = coupons.titles_of_uses([act.ref for act in done if act.kind == "coupon"])
    said = words.language()
    return [
        {
            "kind": act.kind,
            "undone": act.undone,
            "points": moved.get(act.ref) if act.kind in ("earn", "redeem") else None,
            "title": in_language(titles[act.ref], said) if act.kind == "coupon" else None,
        }
        for act in done
    ]


def _member(session: Session) -> Json:
    card = members.member(session.member_id)
    person_id = session.person_id or next(iter(links.people_of(session.member_id)), None)
    month = card.birthday.month if card.birthday else None
    return {
        "name": card.name,
        "kana": card.kana,
        "number": card.number,
        "tier": card.tier,
        "picture": people.profile(person_id).picture_url if person_id else None,
        "birthday_month": month,
        "birthday_now": month == clock.now().astimezone(clock.zone()).month,
    }


def _key() -> str:
    return once.read_key(dict(request.headers))


def _most(actor: Actor, session: Session) -> int | None:
    """Points that may be spent within a day of look-ups; None: as many as there are."""
    return roles.REDEEM_AFTER_LOOK_UP[actor.role] if session.how == "look_up" else None


def _unshown(session: Session) -> int:
    return queries.redeemed_unshown(session.member_id, session.store_id)


def _store(actor: Actor, code: str) -> int:
    store_id = shops.store_ids().get(code)
    if store_id is None or not actor.sees_store(store_id):
        raise NotFound("no such store, or not theirs")
    return store_id


def _code_of(store_id: int) -> str:
    return next(code for code, known in shops.store_ids().items() if known == store_id)


def _subjects(actor: Actor) -> list[str]:
    return [f"staff/{actor.staff_id}", f"device/{actor.session_id}"]


def _note(
    actor: Actor, action: str, session: Session, reason: str | None = None, **what: Any
) -> None:
    audit.note(
        action,
        actor=actor,
        about=f"member/{session.member_id}",
        store_id=session.store_id,
        reason=reason,
        network=browser().network,
        session=session.id,
        how=session.how,
        **what,
    )
