"""Reads of the counter: members to choose from when no code can be scanned."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from app import clock
from app.db import run
from app.domain.counter import limits, rules
from app.domain.counter.models import CounterAct, CounterSession, Visit
from app.domain.members import queries as members
from app.domain.members import rules as fields
from app.domain.members.errors import BadValue
from app.domain.members.queries import MemberCard
from app.domain.points import queries as points
from app.i18n import plain
from app.prepared import Prepared


@dataclass(frozen=True)
class Found:
    """As much of a member as tells them from others; `number` and `phone`: the last four digits."""

    member_id: int
    name: str
    kana: str | None
    number: str
    phone: str | None
    suspended: bool


@dataclass(frozen=True)
class ActCard:
    """One thing that was done in a session; `kind` and `ref` as acts.Act has them."""

    kind: str
    ref: int
    at: datetime
    undone: bool


def acts(session_id: int) -> list[ActCard]:
    """What was done in a session, newest first."""
    rows = run(_ACTS, {"in_session": session_id}).rows
    return [ActCard(row.kind, int(row.ref), row.at, row.undone_at is not None) for row in rows]


def redeemed_unshown(member_id: int, store_id: int) -> int:
    """How many of a member's points this store has spent after look-ups within the last day."""
    since = clock.now() - rules.CAPPED
    rows = run(_UNSHOWN, {"of": member_id, "in_store": store_id, "since": since}).rows
    return -sum(points.points_of([int(row.ref) for row in rows]).values())


def visits(member_id: int) -> int:
    """How often a member has been here."""
    return int(run(_VISITS, {"of": member_id}).rows[0].many)


def find_members(written: str) -> list[Found]:
    """Members by number or phone, exactly, or by a part of name or kana; at most twenty."""
    exact = [*_by_number(written), *_by_phone(written)]
    if exact:
        return [_found(card) for card in {card.id: card for card in exact}.values()]
    name = written.strip()
    # PostgreSQL would not even compare a text with a NUL in it.
    if len(name) < limits.SHORTEST_NAME or "\0" in name:
        return []
    return [_found(card) for card in members.named(name, limit=limits.FOUND)]


def second_factor(member_id: int, who: str, written: str) -> bool:
    """Whether a member who is found by `who` said their day of birth, as four digits of month and
    day, or the last four digits of their phone; False where neither is known.

    Whoever has found them by their phone knows its digits: then only the birthday tells.
    """
    if member_id not in {found.member_id for found in find_members(who)}:
        return False
    card = members.member(member_id)
    known = {f"{card.birthday:%m%d}"} if card.birthday else set()
    if card.phone and member_id not in {found.id for found in _by_phone(who)}:
        known.add(card.phone[-4:])
    return "".join(sign for sign in plain(written) if sign.isdecimal()) in known


def _by_number(written: str) -> list[MemberCard]:
    try:
        card = members.by_number(fields.number(written))
    except BadValue:
        return []
    return [card] if card else []


def _by_phone(written: str) -> list[MemberCard]:
    try:
        return members.by_phone(fields.phone(written))[: limits.FOUND]
    except BadValue:
        return []


def _found(card: MemberCard) -> Found:
    phone = card.phone[-4:] if card.phone else None
    suspended = card.suspended_at is not None
    return Found(card.id, card.name, card.kana, card.number[-4:], phone, suspended)


_ACTS = Prepared(
    select(CounterAct.kind, CounterAct.ref, CounterAct.at, CounterAct.undone_at)
    .where(CounterAct.session_id == bindparam("in_session"))
    .order_by(CounterAct.id.desc())
)
_UNSHOWN = Prepared(
    select(CounterAct.ref)
    .join(CounterSession, CounterSession.id == CounterAct.session_id)
    .where(CounterSession.member_id == bindparam("of"), CounterSession.how == "look_up")
    .where(CounterSession.store_id == bindparam("in_store"), CounterAct.kind == "redeem")
    .where(CounterAct.undone_at.is_(None), CounterAct.at > bindparam("since"))
)
_VISITS = Prepared(
    select(func.count().label("many"))
    .select_from(Visit)
    .where(Visit.member_id == bindparam("of"), Visit.undone_at.is_(None))
)
