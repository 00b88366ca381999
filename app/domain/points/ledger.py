"""Double entry: every movement is a transfer with two legs, the member's and the house's.

Locks are taken in one order: the member (by those who touch the member besides), the member's
account, the house's. Whoever waits sees what was committed before. Every till waits for this, so
the statements are prepared, and those that need nothing of each other share a round trip.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app import clock
from app.db import db, insert_once, insertion, run, run_together, transaction
from app.domain.members import queries as member_queries
from app.domain.points import limits, rules
from app.domain.points.errors import BadPoints, NotEnough, PointsKeyReused
from app.domain.points.models import (
    OPEN,
    PointAccount,
    PointEntry,
    PointLot,
    PointLotUse,
    PointTransfer,
)
from app.domain.points.rules import Lot
from app.facts.record import record
from app.faults import crash_point, unsafe
from app.prepared import Prepared, Ran, Values

Step = tuple[Prepared, Values]


@dataclass(frozen=True)
class Key:
    """Names one intention of one caller: asked again, it is answered the same and moves nothing."""

    scope: str
    key: str


@dataclass(frozen=True)
class By:
    """Who of the staff did it, and where."""

    staff_id: int | None = None
    store_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """A transfer that is in the ledger: points of the member's side, and their balance after it."""

    transfer_id: int
    points: int
    balance: int


@dataclass(frozen=True)
class Ask:
    """What is wanted of the ledger; `values` tells it from another wish under the same key."""

    kind: str
    member_id: int
    key: Key
    values: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """What is kept of it."""
        return rules.fingerprint(kind=self.kind, member=self.member_id, **self.values)


@dataclass(frozen=True)
class Head:
    """Where an account stands: its balance, and number and hash of its newest entry."""

    id: int
    balance: int
    seq: int
    head_hash: str


@dataclass(frozen=True)
class Purse:
    """A member's account, which nobody else changes meanwhile, and the lots that are left."""

    account: Head
    member_id: int
    rolls_until: datetime | None
    tier_id: int | None
    tier_until: datetime | None
    lots: Sequence[Lot]

    def need(self, points: int) -> None:
        """Raise NotEnough unless there are so many points."""
        if self.account.balance < points:
            raise NotEnough(self.account.balance)


@dataclass(frozen=True)
class Move:
    """What to write: the points, what they take out of lots (below zero: give back), and why.

    Points that come and are not given back become a lot, which ends at `ends_at`; None: it rolls.
    """

    points: int
    uses: Sequence[tuple[int, int]] = ()
    ends_at: datetime | None = None
    rolls_until: datetime | None = None
    by: By = field(default_factory=By)
    reason: str | None = None
    voids_id: int | None = None
    paid: int | None = None
    rule: dict[str, Any] | None = None


def once(ask: Ask, work: Callable[[Purse], Move]) -> Posted:
    """Move points as `work` says, once for the ask's key; a repeated one is answered the same.

    `work` sees the purse with everything gone that has expired. Raises what it raises,
    NoSuchMember, PointsKeyReused, and BadPoints for a key that is empty or too long.
    """
    if not all(0 < len(part) <= limits.KEY for part in (ask.key.scope, ask.key.key)):
        raise BadPoints(f"a key has 1 to {limits.KEY} characters")
    glance = _glance(ask.member_id) if unsafe("rmw_balance") else None
    with transaction():
        purse, [done] = _purse(ask.member_id, (_BY_KEY, _named(ask.key)))
        if done.rows and not unsafe("no_points_key"):
            return _again(ask, done.rows[0])
        purse = _stale(purse, glance) if glance else _swept(purse)
        return _post(ask, purse, work(purse))


def sweep(member_id: int) -> int:
    """Let what has expired go; answers how many points."""
    with transaction():
        before, _ = _purse(member_id)
        return before.account.balance - _swept(before).account.balance


def _swept(purse: Purse) -> Purse:
    gone = rules.ended(purse.lots, clock.now())
    if not gone:
        return purse
    total = sum(points for _, points in gone)
    key = Key("points.expire", f"{purse.account.id}/{purse.account.seq}")
    ask = Ask("expire", purse.member_id, key, {"points": total})
    _post(ask, purse, Move(-total, gone))
    return _purse(purse.member_id)[0]


def _again(ask: Ask, row: Any) -> Posted:
    if row.asked != ask.fingerprint:
        raise PointsKeyReused(ask.key.scope)
    return Posted(row.id, row.points, row.balance_after)


def _purse(member_id: int, *also: Step) -> tuple[Purse, list[Ran]]:
    """The member's purse, locked from here on, and what else is asked for in the same round trip.

    What is read after the lock was waited for is what was committed before it.
    """
    whose = {"member_id": member_id}
    account, lots, *told = run_together((_ACCOUNT, whose), (_OPEN_LOTS, whose), *also)
    if not account.rows:
        member_queries.member(member_id)  # Raises NoSuchMember.
        insert_once(PointAccount, member_id=member_id, shard=None, **_EMPTY)
        return _purse(member_id, *also)
    row = account.rows[0]
    purse = Purse(
        account=Head(row.id, row.balance, row.seq, row.head_hash),
        member_id=member_id,
        rolls_until=row.rolls_until,
        tier_id=row.tier_id,
        tier_until=row.tier_until,
        lots=[Lot(lot.id, lot.left, lot.expires_at or row.rolls_until) for lot in lots.rows],
    )
    return purse, told


def _glance(member_id: int) -> Purse | None:
    """The purse as it is before the lock: what must never be written from."""
    found = db.session.scalar(select(PointAccount.id).filter_by(member_id=member_id))
    purse = _purse(member_id)[0] if found else None
    db.session.rollback()
    return purse


def _stale(purse: Purse, glance: Purse) -> Purse:
    account = replace(purse.account, balance=glance.account.balance)
    return replace(purse, account=account, lots=glance.lots)


def _post(ask: Ask, purse: Purse, move: Move) -> Posted:
    transfer_id = _transfer(ask, purse, move)
    cause = f"points/{transfer_id}"
    record(f"points.{ask.kind}", cause=cause, member_id=purse.member_id, points=move.points)
    balance = purse.account.balance + move.points
    rolls = {} if move.rolls_until is None else {"rolls_until": move.rolls_until}
    house = _house(
        purse.member_id,
        *_leg(purse.account, transfer_id, move.points, **rolls),
        *_lots(purse, transfer_id, move),
    )
    if unsafe("ledger_in_steps"):
        db.session.commit()
    crash_point("ledger.between_legs")
    run_together(*_leg(house, transfer_id, -move.points))
    return Posted(transfer_id, move.points, balance)


def _transfer(ask: Ask, purse: Purse, move: Move) -> int:
    named = _named(ask.key)
    made = run(
        _inserting_transfer(db.engine.dialect.name),
        {
            "kind": ask.kind,
            "account_id": purse.account.id,
            "points": move.points,
            "balance_after": purse.account.balance + move.points,
            **(named | {"idem_key": secrets.token_hex()} if unsafe("no_points_key") else named),
            "asked": ask.fingerprint,
            "voids_id": move.voids_id,
            "at": clock.now(),
            "store_id": move.by.store_id,
            "staff_id": move.by.staff_id,
            "reason": move.reason,
            "paid": move.paid,
            "rule": move.rule,
        },
    ).first()
    if made is None:
        raise PointsKeyReused(ask.key.scope)  # By another member at this very moment.
    transfer_id: int = made.id
    return transfer_id


def _house(member_id: int, *before: Step) -> Head:
    """Where the house's account for this member stands, locked; after these steps, as it is the
    one that others wait for."""
    shard = member_id % limits.SHARDS
    *_, found = run_together(*before, (_HOUSE, {"shard": shard}))
    if not found.rows:
        insert_once(PointAccount, member_id=None, shard=shard, **_EMPTY)
        found = run(_HOUSE, {"shard": shard})
    return Head(*found.rows[0])


def _leg(account: Head, transfer_id: int, amount: int, **more: Any) -> list[Step]:
    """The account's new entry, and where it stands with it."""
    seq, balance = account.seq + 1, account.balance + amount
    entry_hash = rules.chained(account.head_hash, account.id, seq, transfer_id, amount, balance)
    entry = {
        "account_id": account.id,
        "transfer_id": transfer_id,
        "seq": seq,
        "amount": amount,
        "balance_after": balance,
        "at": clock.now(),
        "prev_hash": account.head_hash,
        "hash": entry_hash,
    }
    head = {"balance": balance, "seq": seq, "head_hash": entry_hash, **more}
    return [(_ADD_ENTRY, entry), (_SET_HEAD, {"which": account.id, **head})]


def _lots(purse: Purse, transfer_id: int, move: Move) -> list[Step]:
    steps: list[Step] = []
    for lot_id, points in move.uses:
        use = {"lot_id": lot_id, "transfer_id": transfer_id, "points": points}
        steps += [(_TAKE, {"which": lot_id, "taken": points}), (_ADD_USE, use)]
    new = move.points + sum(points for _, points in move.uses)
    if new:
        whose = {"account_id": purse.account.id, "transfer_id": transfer_id}
        lot = {**whose, "points": new, "left": new, "expires_at": move.ends_at}
        steps.append((_ADD_LOT, lot))
    return steps


def _named(key: Key) -> dict[str, str]:
    return {"idem_scope": key.scope, "idem_key": key.key}


_EMPTY = {"balance": 0, "seq": 0, "head_hash": ""}

_A, _T, _L = PointAccount, PointTransfer, PointLot
_WHOSE = _A.member_id == bindparam("member_id")
_ACCOUNT = Prepared(
    select(*(_A.id, _A.balance, _A.seq, _A.head_hash, _A.rolls_until, _A.tier_id, _A.tier_until))
    .where(_WHOSE)
    .with_for_update()
)
_HOUSE = Prepared(
    select(_A.id, _A.balance, _A.seq, _A.head_hash)
    .where(_A.shard == bindparam("shard"))
    .with_for_update()
)
_SET_HEAD = Prepared(update(_A).where(_A.id == bindparam("which")))
_BY_KEY = Prepared(
    select(_T.id, _T.points, _T.balance_after, _T.asked).where(
        _T.idem_scope == bindparam("idem_scope"), _T.idem_key == bindparam("idem_key")
    )
)
_OPEN_LOTS = Prepared(
    select(_L.id, _L.left, _L.expires_at).where(
        _L.account_id == select(_A.id).where(_WHOSE).scalar_subquery(), OPEN
    )
)
_ADD_ENTRY = Prepared(insert(PointEntry).inline())
_ADD_USE = Prepared(insert(PointLotUse).inline())
_ADD_LOT = Prepared(insert(_L).inline())
_TAKE = Prepared(
    update(_L).where(_L.id == bindparam("which")).values(left=_L.left - bindparam("taken"))
)


@cache
def _inserting_transfer(_dialect: str) -> Prepared:
    # Of two members under one key at once, the index lets one win.
    return Prepared(insertion(PointTransfer).on_conflict_do_nothing().returning(PointTransfer.id))
