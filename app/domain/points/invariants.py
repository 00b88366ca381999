"""What must hold for the ledger (P7)."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from app.domain.points.models import (
    PointAccount,
    PointEntry,
    PointLot,
    PointLotUse,
    PointTransfer,
)
from app.invariants import Invariant, repeated


def invariants() -> list[Invariant]:
    """Balances are what was entered, and nothing was entered on one side alone."""
    found = {
        "balance": _wrong_balances(),
        "negative": select(PointAccount.id).where(
            PointAccount.balance < 0, PointAccount.member_id.is_not(None)
        ),
        "lots": _wrong_lot_sums(),
        "lot_left": _wrong_lots(),
        "legs": _lame(),
        "sum": _not_nothing(),
        "key": repeated(PointTransfer.idem_scope, PointTransfer.idem_key),
        "voided_twice": repeated(PointTransfer.voids_id).where(PointTransfer.voids_id.is_not(None)),
        "chain": _torn(),
        "head": _wrong_heads(),
    }
    return [Invariant(f"points.{name}", "P7", rows) for name, rows in found.items()]


def _wrong_balances() -> Select[Any]:
    entered = select(func.coalesce(func.sum(PointEntry.amount), 0)).where(
        PointEntry.account_id == PointAccount.id
    )
    return select(PointAccount.id).where(PointAccount.balance != entered.scalar_subquery())


def _wrong_lot_sums() -> Select[Any]:
    left = select(func.coalesce(func.sum(PointLot.left), 0)).where(
        PointLot.account_id == PointAccount.id
    )
    return select(PointAccount.id).where(
        PointAccount.member_id.is_not(None), PointAccount.balance != left.scalar_subquery()
    )


def _wrong_lots() -> Select[Any]:
    used = select(func.coalesce(func.sum(PointLotUse.points), 0)).where(
        PointLotUse.lot_id == PointLot.id
    )
    return select(PointLot.id).where(PointLot.left != PointLot.points - used.scalar_subquery())


def _lame() -> Select[Any]:
    """Transfers without two legs that make nothing together."""
    return (
        select(PointTransfer.id)
        .outerjoin(PointEntry, PointEntry.transfer_id == PointTransfer.id)
        .group_by(PointTransfer.id)
        .having(
            or_(func.count(PointEntry.id) != 2, func.coalesce(func.sum(PointEntry.amount), 1) != 0)
        )
    )


def _not_nothing() -> Select[Any]:
    total = func.sum(PointAccount.balance)
    return select(total).having(total != 0)


def _torn() -> Select[Any]:
    before = aliased(PointEntry)
    same = (before.account_id == PointEntry.account_id) & (before.seq == PointEntry.seq - 1)
    expected = func.coalesce(before.hash, "")
    gap = (PointEntry.seq > 1) & before.id.is_(None)
    return (
        select(PointEntry.id)
        .outerjoin(before, same)
        .where(or_(PointEntry.prev_hash != expected, gap))
    )


def _wrong_heads() -> Select[Any]:
    newest = (PointEntry.account_id == PointAccount.id) & (PointEntry.seq == PointAccount.seq)
    return (
        select(PointAccount.id)
        .outerjoin(PointEntry, newest)
        .where(PointAccount.head_hash != func.coalesce(PointEntry.hash, ""))
    )
