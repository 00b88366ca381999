"""Verbs about points. Each is done once for its key, and each is a new entry of the ledger."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from app import clock
from app.db import db, transaction
from app.domain.members import service as members
from app.domain.points import ledger, limits, program, rules, tiers
from app.domain.points.errors import AlreadyReversed, BadPoints, NoSuchTransfer, NotReversible
from app.domain.points.ledger import Ask, By, Key, Move, Posted, Purse
from app.domain.points.models import PointAccount, PointLot, PointLotUse, PointTransfer
from app.domain.points.rules import Lot
from app.faults import unsafe

Gift = Literal["incentive", "birthday"]
Undoing = Literal["reverse", "void"]

_KEPT = ("expire", "reverse", "void")  # Kinds that are not undone.


def earn(
    member_id: int, *, paid: int, store_id: int | None, key: Key, by: By | None = None
) -> Posted:
    """Points for an amount of yen, by the rules, the member's tier and the day (rules.earned).

    Little may earn 0 points; the amount still counts for the tier. Raises BadPoints, NoSuchMember
    and PointsKeyReused.
    """
    rules.yen(paid)
    who = By(by.staff_id if by else None, store_id)

    def work(purse: Purse) -> Move:
        points, rule = _worth(paid, purse.tier_id, store_id)
        rolls = _rolling(purse, visit=True)
        return Move(points, (), _end(), rolls, by=who, paid=paid, rule=rule)

    with transaction():
        members.lock([member_id])  # Before the ledger's locks, for the look at the tier.
        posted = ledger.once(Ask("earn", member_id, key, {"paid": paid, "store": store_id}), work)
        tiers.look(member_id)
        return posted


def turn(member_id: int | None) -> tuple[int, int]:
    """Whoever moves points of several members in one transaction sorts them by this, after they
    have locked them all: so nobody holds a house account while waiting for another's."""
    return (-1, -1) if member_id is None else (member_id % limits.SHARDS, member_id)


def redeem(
    member_id: int, points: int, *, key: Key, store_id: int | None = None, by: By | None = None
) -> Posted:
    """Spend points, those that end first. Raises NotEnough, BadPoints, NoSuchMember and
    PointsKeyReused."""
    rules.whole(points)
    who = By(by.staff_id if by else None, store_id)

    def work(purse: Purse) -> Move:
        purse.need(points)
        taken = rules.spent(purse.lots, points)
        return Move(-points, taken, rolls_until=_rolling(purse, visit=True), by=who)

    return ledger.once(Ask("redeem", member_id, key, {"points": points, "store": store_id}), work)


def give(member_id: int, points: int, kind: Gift, *, key: Key, reason: str | None = None) -> Posted:
    """Points for something else than a purchase. Raises BadPoints, NoSuchMember and
    PointsKeyReused."""
    rules.whole(points)

    def work(purse: Purse) -> Move:
        return Move(points, (), _end(), _rolling(purse, visit=False), reason=reason)

    return ledger.once(Ask(kind, member_id, key, {"points": points}), work)


def give_for_linking(member_id: int) -> Posted | None:
    """The points for linking, where the shop gives any: once for a member, for ever."""
    points = program.rules().program.link_points
    return _give_once(member_id, points, "incentive", Key("points.link", f"member/{member_id}"))


def give_for_birthday(member_id: int, year: int) -> Posted | None:
    """The points for the birthday of a year, where the shop gives any, once."""
    points = program.rules().program.birthday_points
    return _give_once(member_id, points, "birthday", Key("points.birthday", f"{member_id}/{year}"))


def _give_once(member_id: int, points: int, kind: Gift, key: Key) -> Posted | None:
    """None where there is nothing to give, or it was given: maybe another number, back then."""
    if not points:
        return None
    with transaction():
        members.lock([member_id])
        given = select(PointTransfer.id).filter_by(idem_scope=key.scope, idem_key=key.key)
        if db.session.scalar(given) is not None and not unsafe("no_points_key"):
            return None
        return give(member_id, points, kind, key=key)


def adjust(member_id: int, points: int, *, reason: str, key: Key, by: By | None = None) -> Posted:
    """Correct a balance, upwards or downwards; adjustments.py says who may. Raises NotEnough,
    BadPoints, NoSuchMember and PointsKeyReused."""
    rules.whole(abs(points))
    words = rules.worded(reason)
    who = by or By()

    def work(purse: Purse) -> Move:
        if points > 0:
            rolls = _rolling(purse, visit=False)
            return Move(points, (), _end(), rolls, by=who, reason=words)
        purse.need(-points)
        return Move(points, rules.spent(purse.lots, -points), by=who, reason=words)

    return ledger.once(Ask("adjust", member_id, key, {"points": points, "why": words}), work)


def reverse(
    transfer_id: int, *, key: Key, by: By | None = None, reason: str, kind: Undoing = "reverse"
) -> Posted:
    """Undo a transfer by a new one, at most once; `void` is the same, said of a slip at the till.

    What had been spent goes back to its lots and ends when they end. What had been given is taken
    from its own lot first, then as if spent. Raises NotEnough where it has been spent meanwhile,
    NoSuchTransfer, NotReversible, AlreadyReversed, BadPoints and PointsKeyReused.
    """
    words = rules.worded(reason)
    found = db.session.get(PointTransfer, transfer_id)
    if found is None:
        raise NoSuchTransfer(f"transfer {transfer_id}")
    if found.kind in _KEPT:
        raise NotReversible(f"transfer {transfer_id} is of kind {found.kind}")
    member_id = db.session.scalars(
        select(PointAccount.member_id).filter_by(id=found.account_id)
    ).one()
    points = found.points

    def work(purse: Purse) -> Move:
        voids = select(PointTransfer.id).filter_by(voids_id=transfer_id)
        if db.session.scalar(voids) is not None:
            raise AlreadyReversed(f"transfer {transfer_id}")
        uses = _taken_back(purse, transfer_id, points) if points > 0 else _given_back(transfer_id)
        return Move(-points, uses, by=by or By(), reason=words, voids_id=transfer_id)

    if member_id is None:
        raise BadPoints("a transfer belongs to a member")
    with transaction():
        members.lock([member_id])  # As in `earn`.
        posted = ledger.once(Ask(kind, member_id, key, {"voids": transfer_id}), work)
        tiers.look(member_id)
        return posted


def _worth(paid: int, tier_id: int | None, store_id: int | None) -> tuple[int, dict[str, Any]]:
    """The points for an amount, and how they came about."""
    now = program.rules()
    today = clock.now().astimezone(clock.zone()).date()
    tier, bonus = now.percent(tier_id), rules.bonus_percent(now.bonuses, today, store_id)
    rate = {"yen": now.program.earn_yen, "points": now.program.earn_points}
    points = rules.earned(paid, now.program, tier, bonus)
    return rules.whole(points, least=0), {**rate, "tier": tier, "bonus": bonus}


def _end() -> datetime | None:
    """When points of now end; None where they roll."""
    now = program.rules().program
    if now.expiry == "rolling":
        return None
    return rules.end_of(clock.now(), now.expiry_days, clock.zone())


def _rolling(purse: Purse, *, visit: bool) -> datetime | None:
    """When the rolling lots end from now on: a visit moves it, a gift only begins it."""
    now = program.rules().program
    going = purse.rolls_until is not None and purse.rolls_until > clock.now()
    if now.expiry != "rolling" or (going and not visit):
        return purse.rolls_until
    return rules.end_of(clock.now(), now.expiry_days, clock.zone())


def _given_back(transfer_id: int) -> list[tuple[int, int]]:
    uses = select(PointLotUse.lot_id, PointLotUse.points).filter_by(transfer_id=transfer_id)
    return [(row.lot_id, -row.points) for row in db.session.execute(uses.order_by(PointLotUse.id))]


def _taken_back(purse: Purse, transfer_id: int, points: int) -> list[tuple[int, int]]:
    purse.need(points)
    own = db.session.scalar(select(PointLot.id).filter_by(transfer_id=transfer_id))
    first: list[Lot] = [lot for lot in purse.lots if lot.id == own]
    others = [lot for lot in purse.lots if lot.id != own]
    from_own = min(points, sum(lot.left for lot in first))
    return rules.spent(first, from_own) + rules.spent(others, points - from_own)
