"""/api/v1/members/ID/points: balances, and points given, spent and taken back."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, StrictInt

from app.api.bodies import Code, Line, Page, PageQuery, Shown, cursor
from app.api.members import ONE
from app.api.places import code_of, store_of
from app.api.resource import Call, Kept, Resource
from app.domain.cards.errors import MemberSuspended
from app.domain.members import queries as members
from app.domain.points import limits, queries, service
from app.domain.points.errors import NoSuchTransfer
from app.domain.points.ledger import By, Key, Posted
from app.domain.points.queries import Happened
from app.web.bodies import Body

resource = Resource("points", "Members' points: a ledger, in which nothing is changed or deleted.")

_POINTS = f"{ONE}/points"
_TRANSFER = "/points/transfers/<int:transfer_id>"
_MOVED = {404: "no_such_member", 403: "member_suspended"}


class Expiring(Shown):
    day: date
    points: int


class PointsShown(Shown):
    balance: int
    expiring: list[Expiring]
    tier: Annotated[str | None, Field(description="code of the tier")]
    next_tier: str | None
    to_next: Annotated[int, Field(description="points or yen that are missing for the next tier")]


class Transfer(Shown):
    id: int
    kind: str
    points: Annotated[int, Field(description="below zero where they were spent")]
    balance: Annotated[int, Field(description="after it")]
    at: datetime
    store: str | None
    paid: Annotated[int | None, Field(description="yen")]
    undone: bool


class Moved(Shown):
    transfer: int
    points: int
    balance: int


class Paid(Body):
    paid: Annotated[StrictInt, Field(ge=0, le=limits.PAID, description="yen")]
    store: Code | None = None


class Spent(Body):
    points: Annotated[StrictInt, Field(ge=1, le=limits.POINTS)]
    store: Code | None = None


class Undone(Body):
    reason: Annotated[Line, Field(min_length=1, max_length=limits.REASON)]


@resource.read(_POINTS, "points.read", PointsShown, refusals={404: "no_such_member"})
def balance(call: Call, member_id: int) -> Any:
    """How a member stands."""
    members.member(member_id)
    stands = queries.standing(member_id)
    return {
        "balance": stands.balance,
        "expiring": [vars(each) for each in stands.expiring],
        "tier": stands.tier.code if stands.tier else None,
        "next_tier": stands.next_tier.code if stands.next_tier else None,
        "to_next": stands.to_next,
    }


@resource.read(
    f"{_POINTS}/transfers", "points.read", Page[Transfer], query=PageQuery,
    refusals={404: "no_such_member"},
)  # fmt: skip
def history(call: Call, member_id: int) -> Any:
    """What happened to a member's points, newest first; at most 20 at once."""
    members.member(member_id)
    query: PageQuery = call.asked
    found = queries.history(member_id, cursor=query.after())
    rows = found.rows[: query.limit]
    more = found.older is not None or len(rows) < len(found.rows)
    return {"items": [_shown(row) for row in rows], "next": cursor(rows[-1].id if more else None)}


@resource.write(
    "POST", f"{_POINTS}/earnings", "points.write", Moved, takes=Paid, statuses=(201,),
    refusals=_MOVED,
)  # fmt: skip
def earn(call: Call, member_id: int) -> Kept:
    """Give the points for an amount of yen, by the shop's rules; little may earn none."""
    asked: Paid = call.asked
    _refuse_suspended(member_id)
    store_id = store_of(call.caller, asked.store)
    return _kept(service.earn(member_id, paid=asked.paid, store_id=store_id, key=_key(call)))


@resource.write(
    "POST", f"{_POINTS}/redemptions", "points.write", Moved, takes=Spent, statuses=(201,),
    refusals=_MOVED | {409: "not_enough_points"},
)  # fmt: skip
def redeem(call: Call, member_id: int) -> Kept:
    """Spend points, those that end first."""
    asked: Spent = call.asked
    _refuse_suspended(member_id)
    store_id = store_of(call.caller, asked.store)
    by = By(None, store_id)
    key = _key(call)
    return _kept(service.redeem(member_id, asked.points, key=key, store_id=store_id, by=by))


@resource.write(
    "POST", f"{_TRANSFER}/reversals", "points.write", Moved, takes=Undone, statuses=(201,),
    refusals={404: "no_such_transfer", 409: "already_reversed"},
)  # fmt: skip
def reverse(call: Call, transfer_id: int) -> Kept:
    """Undo an earning or a redemption, at most once, by a new entry."""
    asked: Undone = call.asked
    if not call.caller.sees_store(queries.store_of(transfer_id)):
        raise NoSuchTransfer("of a store that is not this key's")
    by = By(None, call.caller.store_id)
    return _kept(service.reverse(transfer_id, key=_key(call), by=by, reason=asked.reason))


def _kept(posted: Posted) -> Kept:
    moved = {"transfer": posted.transfer_id, "points": posted.points, "balance": posted.balance}
    return Kept(moved, 201)


def _key(call: Call) -> Key:
    # The ledger tells by it which key did it; a caller's own key may be longer than the ledger's.
    return Key(f"api/{call.caller.key_id}", hashlib.sha256(call.key.encode()).hexdigest())


def _refuse_suspended(member_id: int) -> None:
    if members.member(member_id).suspended_at is not None:
        raise MemberSuspended(f"member {member_id}")


def _shown(row: Happened) -> dict[str, Any]:
    return vars(row) | {"store": code_of(row.store_id)}
