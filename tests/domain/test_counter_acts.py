"""What a clerk does for the member before them: points, coupons, and the last of it undone."""

import pytest

from app.cli.invariants import check
from app.db import transaction
from app.domain.counter import acts, queries, service
from app.domain.counter.errors import NothingToUndo, RedeemCapped
from app.domain.counter.service import Session
from app.domain.coupons import codes
from app.domain.coupons import queries as coupons
from app.domain.coupons import service as coupon_service
from app.domain.coupons.errors import CouponUsed, NoSuchGrant
from app.domain.points import queries as points
from app.domain.points.errors import NotEnough
from tests.support.cards import CLERK, Holder, a_holder
from tests.support.cast import add_store
from tests.support.coupons import a_coupon
from tests.support.points import a_shop_with_points


@pytest.fixture
def store(account: int) -> int:
    a_shop_with_points()
    return add_store("kichijoji")


@pytest.fixture
def hanako(store: int, account: int) -> Holder:
    return a_holder(account)


@pytest.fixture
def served(hanako: Holder, store: int) -> Session:
    """Hanako before the counter."""
    return service.open_by_scan(hanako.shows(), staff_id=CLERK, store_id=store, account_ids=None)


def kinds(session: Session) -> list[tuple[str, bool]]:
    return [(act.kind, act.undone) for act in queries.acts(session.id)]


def test_points_are_given_for_what_was_paid_and_taken_back(served, hanako):
    posted = acts.earn(served, 1250, key="a")
    assert (posted.points, points.balance(hanako.member_id)) == (12, 12)
    assert kinds(served) == [("earn", False)]

    assert acts.undo_last(served).kind == "earn"
    assert points.balance(hanako.member_id) == 0
    assert kinds(served) == [("earn", True)]
    with pytest.raises(NothingToUndo):
        acts.undo_last(served)
    assert check() == []


def test_points_are_spent_and_given_back(served, hanako):
    acts.earn(served, 10_000, key="a")
    acts.redeem(served, 60, key="b")
    assert points.balance(hanako.member_id) == 40
    with pytest.raises(NotEnough):
        acts.redeem(served, 41, key="c")

    acts.undo_last(served)
    assert points.balance(hanako.member_id) == 100
    assert kinds(served) == [("redeem", True), ("earn", False)]
    assert check() == []


def test_given_points_that_were_spent_cannot_be_undone_before_those(served, hanako):
    acts.earn(served, 10_000, key="a")
    acts.redeem(served, 60, key="b")
    acts.undo_last(served)
    acts.undo_last(served)
    assert points.balance(hanako.member_id) == 0


def test_without_a_code_only_so_many_points_are_spent(hanako, store):
    session = service.open_by_look_up(
        hanako.member_id, staff_id=CLERK, store_id=store, reason="電波なし"
    )
    acts.earn(session, 100_000, key="a")
    acts.redeem(session, 300, key="b", most=500)
    with pytest.raises(RedeemCapped) as refused:
        acts.redeem(session, 201, key="c", most=500)
    assert refused.value.extra == {"most": 500}
    acts.redeem(session, 200, key="d", most=500)
    assert points.balance(hanako.member_id) == 500


def test_a_coupon_is_used_and_comes_back(served, hanako):
    grant = coupon_service.issue(a_coupon(), hanako.member_id, cause="test/1")
    acts.use_coupon(served, grant, key="a")
    with pytest.raises(CouponUsed):
        acts.use_coupon(served, grant, key="b")
    assert coupons.count_usable(hanako.member_id) == 0

    acts.undo_last(served)
    assert coupons.count_usable(hanako.member_id) == 1
    assert check() == []


def test_nobody_elses_coupon_is_used(served, account):
    other = a_holder(account, 2)
    grant = coupon_service.issue(a_coupon(), other.member_id, cause="test/2")
    with pytest.raises(NoSuchGrant):
        acts.use_coupon(served, grant, key="a")
    assert kinds(served) == []


def test_the_code_of_a_coupon_brings_its_member_and_is_used_with_them(hanako, store):
    grant = coupon_service.issue(a_coupon(), hanako.member_id, cause="test/3")
    person = hanako.asker
    ids = {"person_id": person.person_id, "account_id": person.account_id}
    with transaction():
        code = codes.mint(grant, member_id=hanako.member_id, **ids).code
    session = service.open_by_coupon(code, staff_id=CLERK, store_id=store, account_ids=None)
    acts.use_shown(session, code, key="a")

    assert (session.member_id, session.how) == (hanako.member_id, "coupon")
    assert kinds(session) == [("coupon", False)]
    assert coupons.count_usable(hanako.member_id) == 0


def test_a_repeated_key_moves_points_once(served, hanako):
    first = acts.earn(served, 1000, key="a")
    assert acts.earn(served, 1000, key="a") == first
    assert points.balance(hanako.member_id) == 10
