"""Verbs and reads of points, on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from freezegun import freeze_time

from app.db import db, transaction
from app.domain.members import queries as members
from app.domain.members.errors import NoSuchMember
from app.domain.points import adjustments, housekeeping, program, queries, service
from app.domain.points.errors import (
    AboveLimit,
    AdjustmentDecided,
    AlreadyReversed,
    BadPoints,
    NotEnough,
    NotReversible,
    OwnAdjustment,
    PointsKeyReused,
)
from app.domain.points.ledger import By, Key, Posted
from app.domain.points.queries import Expiring
from app.domain.points.rules import Bonus
from app.domain.points.verify import verify
from tests.support.cast import add_store
from tests.support.members import a_member
from tests.support.points import a_key, a_shop_with_points, problems, tiers, total

NOON = "2026-11-22 03:00:00"  # A Sunday in Tokyo.


@pytest.fixture
def now(app: Flask) -> Iterator[object]:
    """A shop with points, at a noon that stands still."""
    with app.app_context(), freeze_time(NOON) as frozen:
        a_shop_with_points()
        yield frozen
        assert (problems(), total()) == ([], 0)


def earn(member_id: int, points: int) -> Posted:
    return service.earn(member_id, paid=points * 100, store_id=None, key=a_key())


def test_points_are_earned_spent_and_read(now: object) -> None:
    member_id, store_id = a_member(), add_store("kichijoji")
    assert queries.balance(member_id) == 0
    first = service.earn(
        member_id, paid=1980, store_id=store_id, key=a_key(), by=By(staff_id=3, store_id=9)
    )
    assert (first.points, first.balance) == (19, 19)
    assert service.redeem(member_id, 5, key=a_key()).balance == 14
    rows = queries.history(member_id).rows
    assert [(row.kind, row.points, row.balance) for row in rows] == [
        ("redeem", -5, 14),
        ("earn", 19, 19),
    ]
    assert (rows[1].paid, rows[1].store_id) == (1980, store_id)
    assert queries.balance(member_id) == 14
    assert queries.standing(member_id).expiring == [Expiring(date(2027, 11, 22), 14)]


def test_a_repeated_key_is_answered_the_same_and_another_wish_under_it_is_refused(
    now: object,
) -> None:
    member_id, other = a_member(), a_member()
    key = a_key()
    first = service.earn(member_id, paid=1000, store_id=None, key=key)
    earn(member_id, 3)
    assert service.earn(member_id, paid=1000, store_id=None, key=key) == first
    for wish in (
        lambda: service.earn(member_id, paid=1001, store_id=None, key=key),
        lambda: service.earn(other, paid=1000, store_id=None, key=key),
        lambda: service.redeem(member_id, 1, key=key),
    ):
        with pytest.raises(PointsKeyReused):
            wish()
    assert (queries.balance(member_id), queries.balance(other)) == (13, 0)


def test_bad_wishes_leave_nothing(now: object) -> None:
    member_id = a_member()
    earn(member_id, 10)
    with pytest.raises(NotEnough) as refused:
        service.redeem(member_id, 11, key=a_key())
    assert refused.value.extra == {"balance": 10}
    for bad in (0, -1, 2_000_000):
        with pytest.raises(BadPoints):
            service.redeem(member_id, bad, key=a_key())
    with pytest.raises(BadPoints):
        service.earn(member_id, paid=-1, store_id=None, key=a_key())
    with pytest.raises(BadPoints):
        service.redeem(member_id, 1, key=Key("", "x"))
    with pytest.raises(NoSuchMember):
        service.redeem(999_999, 1, key=a_key())
    assert queries.balance(member_id) == 10


def test_what_was_spent_comes_back_to_its_lots_once(now: object) -> None:
    member_id = a_member()
    earn(member_id, 10)
    now.tick(timedelta(days=30))  # type: ignore[attr-defined]
    earn(member_id, 10)
    before = queries.standing(member_id).expiring
    spent = service.redeem(member_id, 15, key=a_key())
    key = a_key()
    back = service.reverse(spent.transfer_id, key=key, by=By(1), reason="返品")
    assert (back.points, queries.standing(member_id).expiring) == (15, before)
    assert service.reverse(spent.transfer_id, key=key, reason="返品") == back
    with pytest.raises(AlreadyReversed):
        service.reverse(spent.transfer_id, key=a_key(), reason="again", kind="void")
    with pytest.raises(NotReversible):
        service.reverse(back.transfer_id, key=a_key(), reason="back and forth")


def test_what_was_earned_goes_back_from_its_own_lot_first(now: object) -> None:
    member_id = a_member()
    earn(member_id, 10)
    now.tick(timedelta(days=30))  # type: ignore[attr-defined]
    second = earn(member_id, 10)
    service.reverse(second.transfer_id, key=a_key(), reason="返品")
    assert [each.points for each in queries.standing(member_id).expiring] == [10]
    third = earn(member_id, 10)
    service.redeem(member_id, 15, key=a_key())
    with pytest.raises(NotEnough):
        service.reverse(third.transfer_id, key=a_key(), reason="spent meanwhile")


def test_points_expire_with_their_day_before_and_after_the_job(now: object) -> None:
    member_id = a_member()
    earn(member_id, 10)
    now.move_to("2027-11-22 14:59:59")  # type: ignore[attr-defined]
    assert queries.balance(member_id) == 10
    earn(member_id, 7)
    now.move_to("2027-11-22 15:00:00")  # type: ignore[attr-defined]
    assert queries.balance(member_id) == 7
    with pytest.raises(NotEnough):
        service.redeem(member_id, 8, key=a_key())
    assert housekeeping.expire_due() == 1
    assert housekeeping.expire_due() == 0
    newest = queries.history(member_id).rows[0]
    assert (newest.kind, newest.points, newest.balance) == ("expire", -10, 7)


def test_rolling_points_live_on_with_each_visit(now: object) -> None:
    a_shop_with_points(expiry="rolling", expiry_days=10)
    member_id = a_member()
    earn(member_id, 10)
    now.tick(timedelta(days=9))  # type: ignore[attr-defined]
    service.redeem(member_id, 1, key=a_key())
    now.tick(timedelta(days=9))  # type: ignore[attr-defined]
    service.give(member_id, 5, "birthday", key=a_key())  # A gift is no visit.
    assert queries.standing(member_id).expiring == [Expiring(date(2026, 12, 11), 14)]
    now.tick(timedelta(days=2))  # type: ignore[attr-defined]
    assert queries.balance(member_id) == 0
    assert housekeeping.expire_due() == 1


def test_days_and_stores_multiply(now: object) -> None:
    member_id, store_id = a_member(), add_store("ginza")
    program.put_bonus(Bonus("sunday", 200, weekdays=(6,)))
    program.put_bonus(Bonus("ginza", 300, store_id=store_id))
    assert earn(member_id, 10).points == 20
    assert service.earn(member_id, paid=1000, store_id=store_id, key=a_key()).points == 30
    program.end_bonus("sunday")
    assert earn(member_id, 10).points == 10


def test_tiers_follow_what_was_earned_and_fall_after_the_grace(now: object) -> None:
    a_shop_with_points(tier_days=100, grace_days=30)
    tiers()
    member_id = a_member()
    assert queries.standing(member_id).tier.code == "bronze"  # type: ignore[union-attr]
    big = earn(member_id, 1000)
    standing = queries.standing(member_id)
    assert (members.member(member_id).tier, standing.next_tier) == ("ゴールド", None)
    assert earn(member_id, 10).points == 15
    service.reverse(big.transfer_id, key=a_key(), reason="返品")
    assert members.member(member_id).tier == "ゴールド"
    standing = queries.standing(member_id)  # In its grace, a tier has to be earned to be kept.
    assert (standing.keeping, standing.next_tier, standing.to_next) == (True, standing.tier, 985)
    now.tick(timedelta(days=31))  # type: ignore[attr-defined]
    assert housekeeping.look_at_tiers() == 1
    standing = queries.standing(member_id)
    assert (members.member(member_id).tier, standing.to_next) == ("ブロンズ", 485)
    assert (standing.progress, standing.score, standing.keeping) == (3, 15, False)


def test_tiers_may_ask_for_yen(now: object) -> None:
    a_shop_with_points(tier_basis="spend")
    tiers()
    member_id = a_member()
    service.earn(member_id, paid=650, store_id=None, key=a_key())
    assert members.member(member_id).tier == "シルバー"


def test_the_history_turns_pages_and_filters(now: object) -> None:
    member_id = a_member()
    for _ in range(21):
        earn(member_id, 2)
    service.redeem(member_id, 3, key=a_key())
    first = queries.history(member_id)
    rest = queries.history(member_id, cursor=first.older)
    assert (len(first.rows), len(rest.rows), rest.older) == (20, 2, None)
    assert len({row.id for row in [*first.rows, *rest.rows]}) == 22
    assert [row.points for row in queries.history(member_id, ["redeem", "expire"]).rows] == [-3]
    assert queries.history(a_member()).rows == []


def test_linking_and_birthdays_are_rewarded_once(now: object) -> None:
    a_shop_with_points(link_points=50, birthday_points=30)
    member_id = a_member()
    assert service.give_for_linking(member_id).points == 50  # type: ignore[union-attr]
    a_shop_with_points(link_points=80, birthday_points=30)
    assert service.give_for_linking(member_id) is None
    years = [service.give_for_birthday(member_id, year) for year in (2026, 2026, 2027)]
    assert [given and given.points for given in years] == [30, None, 30]


def test_adjustments_need_a_second_person_above_the_limit(now: object) -> None:
    member_id, key = a_member(), a_key()
    wish = {"reason": "お詫び", "staff_id": 1, "own_member_id": None, "limit": 100}
    small = adjustments.ask_adjustment(member_id, 100, key=key, **wish)
    again = adjustments.ask_adjustment(member_id, 100, key=key, **wish)
    assert (small.state, again, queries.balance(member_id)) == ("done", small, 100)
    large = adjustments.ask_adjustment(member_id, -101, key=a_key(), **wish)
    assert (large.state, queries.adjustments()) == ("pending", [large])
    judge = {"own_member_id": None, "limit": 1000}
    with pytest.raises(OwnAdjustment):
        adjustments.approve_adjustment(large.id, staff_id=1, **judge)
    with pytest.raises(AboveLimit):
        adjustments.approve_adjustment(large.id, staff_id=2, own_member_id=None, limit=100)
    with pytest.raises(NotEnough):
        adjustments.approve_adjustment(large.id, staff_id=2, **judge)
    earn(member_id, 1)
    assert adjustments.approve_adjustment(large.id, staff_id=2, **judge).state == "done"
    assert queries.balance(member_id) == 0
    with pytest.raises(AdjustmentDecided):
        adjustments.refuse_adjustment(large.id, staff_id=3)


def test_nobody_adjusts_their_own_points(now: object) -> None:
    member_id = a_member()
    wish = {"reason": "x", "staff_id": 1, "limit": 100, "key": a_key()}
    with pytest.raises(OwnAdjustment):
        adjustments.ask_adjustment(member_id, 1, own_member_id=member_id, **wish)
    asked = adjustments.ask_adjustment(
        member_id, 500, own_member_id=None, **(wish | {"key": a_key()})
    )
    with pytest.raises(OwnAdjustment):
        adjustments.approve_adjustment(asked.id, staff_id=2, own_member_id=member_id, limit=999)
    assert adjustments.refuse_adjustment(asked.id, staff_id=2).state == "refused"


@pytest.mark.parametrize("table", ["point_transfer", "point_entry", "point_lot_use"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_ledger(now: object, table: str, change: str) -> None:
    member_id = a_member()
    earn(member_id, 5)
    service.redeem(member_id, 2, key=a_key())
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), transaction():
        db.session.execute(sa.text(change.format(table)))
    db.session.rollback()


def test_a_forged_entry_and_a_missing_end_are_found(now: object) -> None:
    member_id = a_member()
    earn(member_id, 5)
    earn(member_id, 1)
    assert (verify().entries, verify().wrong, verify().cut) == (4, [], [])
    on = " ON point_entry" if db.engine.dialect.name == "postgresql" else ""
    with transaction():
        for act in ("update", "delete"):
            db.session.execute(sa.text(f"DROP TRIGGER point_entry_keeps_{act}{on}"))
        db.session.execute(sa.text("UPDATE point_entry SET amount = 500 WHERE amount = 5"))
        assert (len(verify().wrong), verify().cut) == (1, [])
        db.session.execute(sa.text("DELETE FROM point_entry WHERE amount = 1"))
        assert len(verify().cut) == 1
        db.session.rollback()
