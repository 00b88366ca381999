"""Tiers follow what was earned: up at once, down after the shop's grace.

The member's `tier` is the tier's Japanese word, set by the members' own verb, which also touches
the rich menu.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import aliased

from app import clock
from app.db import changed, run, run_together, transaction
from app.domain.members import service as members
from app.domain.points import program, rules
from app.domain.points.models import PointAccount, PointTransfer
from app.domain.points.rules import Rank
from app.prepared import Prepared, Values


def score(member_id: int) -> int:
    """What counts for the tier: points earned by purchases, or yen, without what was undone."""
    return int(run(*_scoring(member_id)).rows[0].score)


def look(member_id: int) -> bool:
    """Bring the member's tier up to date; answers whether it changed."""
    now = program.rules()
    if not now.tiers:
        return False
    with transaction():
        _, account, scored = run_together(
            members.locking([member_id]), (_ACCOUNT, {"of": member_id}), _scoring(member_id)
        )
        row = account.first()
        if row is None:
            return False
        before = Rank(now.place(row.tier_id), row.tier_until)
        grace = timedelta(days=now.program.grace_days)
        reached = rules.place_of(now.tiers, int(scored.rows[0].score))
        after = rules.ranked(before, reached, clock.now(), grace)
        if after != before:
            _save(row.id, after)
        if after.place == before.place:
            return False
        name = "" if after.place is None else now.tiers[after.place].name["ja"]
        members.change(member_id, {"tier": name})
        return True


def _scoring(member_id: int) -> tuple[Prepared, Values]:
    now = program.rules().program
    since = clock.after(-86_400 * now.tier_days)
    return _SCORE[now.tier_basis], {"of": member_id, "since": since}


def _save(account_id: int, rank: Rank) -> None:
    tier_id = None if rank.place is None else program.rules().tier_ids[rank.place]
    ours = update(PointAccount).where(PointAccount.id == account_id)
    changed(ours.values(tier_id=tier_id, tier_until=rank.until))


def _summed(what: Any) -> Prepared:
    undone = aliased(PointTransfer)
    account = select(PointAccount.id).where(PointAccount.member_id == bindparam("of"))
    of_member = account.scalar_subquery()
    return Prepared(
        select(func.coalesce(func.sum(what), 0).label("score"))
        .select_from(PointTransfer)
        .outerjoin(undone, undone.voids_id == PointTransfer.id)
        .where(PointTransfer.account_id == of_member, PointTransfer.kind == "earn")
        .where(PointTransfer.at >= bindparam("since"), undone.id.is_(None))
    )


_ACCOUNT = Prepared(
    select(PointAccount.id, PointAccount.tier_id, PointAccount.tier_until).where(
        PointAccount.member_id == bindparam("of")
    )
)
_SCORE = {"points": _summed(PointTransfer.points), "spend": _summed(PointTransfer.paid)}
