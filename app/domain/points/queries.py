"""Reads about points, handed out as plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.db import db, run
from app.domain.points import limits, program, rules, tiers
from app.domain.points.errors import NoSuchAdjustment, NoSuchTransfer
from app.domain.points.models import (
    OPEN,
    PointAccount,
    PointAdjustment,
    PointLot,
    PointTransfer,
)
from app.domain.points.rules import Tier
from app.prepared import Prepared

KINDS = ("earn", "redeem", "expire", "adjust", "reverse", "void", "incentive", "birthday")
"""What a transfer can be."""


@dataclass(frozen=True)
class Expiring:
    """Points that can be used until the end of a day."""

    day: date
    points: int


@dataclass(frozen=True)
class Standing:
    """How a member stands: `progress` is 0 to 100 of the way to the next tier, 100 at the top.

    `score` is what counts for the tier; `basis` says whether that is points or yen ("spend").
    """

    balance: int
    expiring: list[Expiring]
    tier: Tier | None
    next_tier: Tier | None
    score: int
    to_next: int
    progress: int
    basis: str

    @property
    def keeping(self) -> bool:
        """Whether the way does not lead up: the next tier is their own, which they keep for now."""
        return self.next_tier is not None and self.next_tier == self.tier


@dataclass(frozen=True)
class Happened:
    """A transfer as the member reads it; `paid` is in yen."""

    id: int
    kind: str
    points: int
    balance: int
    at: datetime
    store_id: int | None
    paid: int | None
    undone: bool


@dataclass(frozen=True)
class Page:
    """Transfers, newest first, and the cursor of what is older, None at the end."""

    rows: list[Happened]
    older: int | None


@dataclass(frozen=True)
class Asked:
    """A request for an adjustment. `state`: pending, done or refused."""

    id: int
    member_id: int
    points: int
    reason: str
    asked_by: int
    asked_at: datetime
    state: str
    decided_by: int | None
    transfer_id: int | None


def balance(member_id: int) -> int:
    """The points a member can use now; what has just expired is not counted any more."""
    row = run(_BALANCE, {"of": member_id, "now": clock.now()}).first()
    return int(row.points) if row else 0


def standing(member_id: int) -> Standing:
    """Balance, what ends when (the nearest days first), tier and the way to the next."""
    now = program.rules()
    row = run(_ACCOUNT, {"of": member_id}).first()
    score = tiers.score(member_id) if row else 0
    place = now.place(row.tier_id) if row and row.tier_id else rules.place_of(now.tiers, score)
    following, missing, progress = rules.progress(now.tiers[(place or 0) :], score)
    return Standing(
        balance=balance(member_id),
        expiring=_expiring(row.id) if row else [],
        tier=None if place is None else now.tiers[place],
        next_tier=following,
        score=score,
        to_next=missing,
        progress=progress,
        basis=now.program.tier_basis,
    )


def history(member_id: int, kinds: Collection[str] = (), cursor: int | None = None) -> Page:
    """What happened, newest first, 20 at once: only these kinds, older than the cursor."""
    newer = aliased(PointTransfer)
    undone = exists().where(newer.voids_id == PointTransfer.id)
    own = select(PointAccount.id).filter_by(member_id=member_id).scalar_subquery()
    row = PointTransfer
    columns = (row.id, row.kind, row.points, row.balance_after, row.at, row.store_id, row.paid)
    wanted = select(*columns, undone).where(row.account_id == own)
    if kinds:
        wanted = wanted.where(row.kind.in_(kinds))
    if cursor is not None:
        wanted = wanted.where(row.id < cursor)
    found = db.session.execute(wanted.order_by(row.id.desc()).limit(limits.PAGE + 1)).all()
    rows = [Happened(*each) for each in found[: limits.PAGE]]
    return Page(rows, rows[-1].id if len(found) > limits.PAGE else None)


def points_of(transfer_ids: Collection[int]) -> dict[int, int]:
    """Transfer -> points of the member's side, below zero where they were spent."""
    if not transfer_ids:
        return {}
    wanted = select(PointTransfer.id, PointTransfer.points)
    rows = db.session.execute(wanted.where(PointTransfer.id.in_(transfer_ids)))
    return {row.id: row.points for row in rows}


def store_of(transfer_id: int) -> int | None:
    """The store of a transfer, None where it has none; raises NoSuchTransfer."""
    row = db.session.execute(select(PointTransfer.store_id).filter_by(id=transfer_id)).first()
    if row is None:
        raise NoSuchTransfer(f"transfer {transfer_id}")
    store_id: int | None = row.store_id
    return store_id


def kept() -> bool:
    """Whether the shop keeps points at all."""
    return program_now() != program.NONE


def program_now() -> rules.Program:
    """The shop's rules in force."""
    return program.rules().program


def tiers_now() -> tuple[Tier, ...]:
    """The shop's tiers, lowest first."""
    return program.rules().tiers


def adjustments(state: str = "pending") -> list[Asked]:
    """The requests in this state, oldest first."""
    columns: Any = [getattr(PointAdjustment, name) for name in Asked.__dataclass_fields__]
    wanted = select(*columns).where(PointAdjustment.state == state).order_by(PointAdjustment.id)
    return [Asked(*row) for row in db.session.execute(wanted)]


def adjustment(adjustment_id: int) -> Asked:
    """The request with this id; raises NoSuchAdjustment."""
    columns: Any = [getattr(PointAdjustment, name) for name in Asked.__dataclass_fields__]
    row = db.session.execute(select(*columns).filter_by(id=adjustment_id)).first()
    if row is None:
        raise NoSuchAdjustment(f"adjustment {adjustment_id}")
    return Asked(*row)


def _expiring(account_id: int) -> list[Expiring]:
    zone = clock.zone()
    rows = run(_EXPIRING, {"of": account_id, "now": clock.now()}).rows
    return [Expiring(rules.last_day(row.ends, zone), int(row.points)) for row in rows]


def _ends() -> Any:
    """When a lot ends: by itself, or as its account rolls."""
    own = PointLot.expires_at.is_not(None)
    return case((own, PointLot.expires_at), else_=PointAccount.rolls_until)


def due_members(limit: int) -> list[int]:
    """Members with points whose time is over."""
    wanted = (
        select(PointAccount.member_id)
        .join(PointLot, PointLot.account_id == PointAccount.id)
        .where(OPEN)
        .where(
            or_(
                PointLot.expires_at <= clock.now(),
                PointLot.expires_at.is_(None) & (PointAccount.rolls_until <= clock.now()),
            )
        )
        .distinct()
        .limit(limit)
    )
    return [found for found in db.session.scalars(wanted) if found is not None]


def ending_between(
    begin: datetime, until: datetime, *, after: int, limit: int
) -> list[tuple[int, datetime, int]]:
    """(member id, moment, points) of what ends in this time, by member id above `after`."""
    ends = _ends()
    page = (
        select(PointAccount.member_id)
        .join(PointLot, PointLot.account_id == PointAccount.id)
        .where(OPEN, ends > begin, ends <= until, PointAccount.member_id > after)
        .distinct()
        .order_by(PointAccount.member_id)
        .limit(limit)
    )
    wanted = (
        select(PointAccount.member_id, ends.label("ends"), func.sum(PointLot.left))
        .join(PointLot, PointLot.account_id == PointAccount.id)
        .where(OPEN, ends > begin, ends <= until)
        .where(PointAccount.member_id.in_(page))
        .group_by(PointAccount.member_id, "ends")
        .order_by(PointAccount.member_id, "ends")
    )
    return [(row[0], row[1], int(row[2])) for row in db.session.execute(wanted)]


def members_after(member_id: int, limit: int) -> list[int]:
    """Members with an account, above this id."""
    wanted = select(PointAccount.member_id).where(PointAccount.member_id > member_id)
    found = db.session.scalars(wanted.order_by(PointAccount.member_id).limit(limit))
    return [each for each in found if each is not None]


_lot_ends = _ends()
_ACCOUNT = Prepared(
    select(PointAccount.id, PointAccount.tier_id).where(PointAccount.member_id == bindparam("of"))
)
_BALANCE = Prepared(
    select((PointAccount.balance - func.coalesce(func.sum(PointLot.left), 0)).label("points"))
    .outerjoin(
        PointLot,
        (PointLot.account_id == PointAccount.id) & OPEN & (_lot_ends <= bindparam("now")),
    )
    .where(PointAccount.member_id == bindparam("of"))
    .group_by(PointAccount.id)
)
_EXPIRING = Prepared(
    select(_lot_ends.label("ends"), func.sum(PointLot.left).label("points"))
    .join(PointAccount, PointAccount.id == PointLot.account_id)
    .where(PointLot.account_id == bindparam("of"), OPEN, _lot_ends > bindparam("now"))
    .group_by("ends")
    .order_by("ends")
    .limit(limits.AHEAD)
)
