"""Coupons: what is issued, to whom, until when, and how often, whoever comes at once."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.coupons import counter, queries, service
from app.domain.coupons.counter import At
from app.domain.coupons.errors import (
    BadCoupon,
    CouponExpired,
    CouponNotYet,
    CouponOver,
    CouponUsed,
    KeyTaken,
    NoSuchCoupon,
    NoSuchGrant,
    NotCombinable,
    OutOfStock,
    OverLimit,
    UndoTooLate,
    WrongStore,
)
from app.facts.models import Fact
from tests.support.cast import add_store
from tests.support.coupons import TEXT, TITLE, a_coupon, a_crowd, all_at_once, broken
from tests.support.members import a_member, a_shop

TAKERS = 200
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture(autouse=True)
def shop(inside: object) -> None:
    a_shop()


def issue(code: str, member_id: int, cause: str = "test/1") -> int:
    return service.issue(code, member_id, cause=cause)


def facts() -> list[str]:
    return list(db.session.scalars(select(Fact.kind).order_by(Fact.id)))


def test_a_coupon_is_issued_used_and_its_use_undone():
    grant_id = issue(a_coupon(), member_id := a_member())
    assert [card.title for card in queries.wallet(member_id).usable] == [TITLE]

    used = counter.use(grant_id, At(add_store("ginza")), key="k")
    assert (used.code, used.member_id, used.grant_id) == ("HARU2026", member_id, grant_id)
    assert [card.id for card in queries.wallet(member_id).used] == [grant_id]
    counter.undo(used.use_id)
    counter.undo(used.use_id)

    assert [card.id for card in queries.wallet(member_id).usable] == [grant_id]
    assert facts() == ["coupon.issued", "coupon.used", "coupon.undone"]
    assert counter.use(grant_id, At(None), key="another").use_id != used.use_id
    assert broken() == []


def test_the_same_cause_grants_once_and_the_same_key_uses_once():
    a_coupon(per_member=5)
    member_id = a_member()
    grant_id = issue("HARU2026", member_id)
    assert issue("HARU2026", member_id) == grant_id
    other = issue("HARU2026", member_id, "test/2")
    with pytest.raises(KeyTaken):
        issue("HARU2026", a_member("x@example.jp"))

    used = counter.use(grant_id, At(None), key="k")
    assert counter.use(grant_id, At(None), key="k") == used
    with pytest.raises(KeyTaken):
        counter.use(other, At(None), key="k")
    assert facts() == ["coupon.issued", "coupon.issued", "coupon.used"]


def test_what_is_over_gone_or_had_is_not_issued():
    member_id = a_member()
    a_coupon("GONE", stock=0)
    a_coupon("STOPPED", active=False)
    a_coupon("ENDED", last_day="2020-01-01")
    a_coupon("ONCE")
    issue("ONCE", member_id)
    for code, refusal in {
        "GONE": OutOfStock,
        "STOPPED": CouponOver,
        "ENDED": CouponOver,
        "ONCE": OverLimit,
        "NONE": NoSuchCoupon,
    }.items():
        with pytest.raises(refusal):
            issue(code, member_id, "again")


@freeze_time("2026-03-31T14:59:59Z")  # One second before April in Tokyo.
def test_a_fixed_time_begins_and_ends_with_days_of_the_shop():
    a_coupon(first_day="2026-04-01", last_day="2026-04-01")
    grant_id = issue("HARU2026", member_id := a_member())
    assert [card.id for card in queries.wallet(member_id).soon] == [grant_id]
    with pytest.raises(CouponNotYet):
        counter.use(grant_id, At(None), key="k")
    with freeze_time("2026-03-31T15:00:00Z"):
        assert queries.count_usable(member_id) == 1
    with freeze_time("2026-04-01T15:00:00Z"):
        assert [card.id for card in queries.wallet(member_id).expired] == [grant_id]
        with pytest.raises(CouponExpired):
            counter.use(grant_id, At(None), key="k")


@freeze_time("2026-03-31T15:00:00Z")
def test_days_count_from_the_issue_but_not_beyond_the_end():
    a_coupon("WEEK", days=7)
    a_coupon("SHORT", days=7, last_day="2026-04-03")
    member_id = a_member()
    issue("WEEK", member_id, "w")
    issue("SHORT", member_id, "s")
    shown = [(card.code, str(card.until)) for card in queries.wallet(member_id).usable]
    assert shown == [
        ("SHORT", "2026-04-03 15:00:00+00:00"),
        ("WEEK", "2026-04-07 15:00:00+00:00"),
    ]


def test_a_store_that_does_not_take_it_is_refused():
    ginza, ueno = add_store("ginza"), add_store("ueno")
    a_coupon(stores=["ginza"])
    grant_id = issue("HARU2026", member_id := a_member())
    for elsewhere in (ueno, None):
        with pytest.raises(WrongStore):
            counter.use(grant_id, At(elsewhere), key="k")
    assert queries.wallet(member_id, "ueno").usable == []
    counter.use(grant_id, At(ginza), key="k")


def test_coupons_are_combined_only_where_both_allow_it():
    member_id = a_member()
    for code, combinable in (("ALONE", False), ("ALONE2", False), ("WITH", True), ("WITH2", True)):
        a_coupon(code, combinable=combinable)
        issue(code, member_id, code)
    grants = {card.code: card.id for card in queries.wallet(member_id).usable}
    here = At(None, staff_id=1, session_id=7)

    with freeze_time("2026-11-22T00:00:00Z") as time:
        counter.use(grants["WITH"], here, key="1")
        with pytest.raises(NotCombinable):
            counter.use(grants["ALONE"], here, key="2")
        last = counter.use(grants["WITH2"], here, key="3")
        counter.undo(last.use_id)
        time.tick(timedelta(minutes=10))  # Another visit, which brings another session.
        counter.use(grants["ALONE"], At(None, session_id=8), key="4")
        for session_id in (8, 9):
            with pytest.raises(NotCombinable):
                counter.use(grants["WITH2"], At(None, session_id=session_id), key="5")
        counter.use(grants["WITH2"], At(add_store("ueno"), session_id=9), key="5")


def test_what_was_used_or_taken_back_is_not_used():
    a_coupon(per_member=2)
    member_id = a_member()
    first, second = issue("HARU2026", member_id), issue("HARU2026", member_id, "test/2")
    counter.use(first, At(None), key="k")
    service.withdraw(second)
    service.withdraw(second)
    with pytest.raises(CouponUsed):
        counter.use(first, At(None), key="l")
    with pytest.raises(CouponUsed):
        service.withdraw(first)
    with pytest.raises(CouponExpired):
        counter.use(second, At(None), key="l")
    with pytest.raises(NoSuchGrant):
        counter.use(first, At(None), key="l", member_id=a_member("x@example.jp"))


def test_a_use_is_undone_within_ten_minutes():
    with freeze_time("2026-11-22T00:00:00Z") as time:
        used = counter.use(issue(a_coupon(), a_member()), At(None), key="k")
        time.tick(timedelta(minutes=10, seconds=1))
        with pytest.raises(UndoTooLate):
            counter.undo(used.use_id)


WRONG = [
    ({"code": "春"}, "code"),
    ({"title": {"en": "no Japanese"}}, "title"),
    ({"text": {"ja": " "}}, "text"),
    ({"picture": "http://example.jp/a.png"}, "picture"),
    ({"picture": "../README.md"}, "picture"),
    ({"picture": "demo/none.png"}, "picture"),
    ({"days": 0}, "days"),
    ({"first_day": "2026-04-02", "last_day": "2026-04-01"}, "last_day"),
    ({"stores": ["nowhere"]}, "stores"),
    ({"typed": "bare", "code": "HELLO-ALL"}, "bare"),
    ({"colour": "red"}, "colour"),
]


@SQLITE
def test_a_definition_that_makes_no_sense_is_refused_by_its_field():
    for wrong, field in WRONG:
        with pytest.raises(BadCoupon, match=field):
            a_coupon(**({"code": "HARU2026"} | wrong))


def test_a_definition_changes_but_not_below_what_was_issued():
    a_coupon(per_member=2, stock=2)
    member_id = a_member()
    issue("HARU2026", member_id, "1")
    issue("HARU2026", member_id, "2")
    for changes in ({"stock": 1, "per_member": 2}, {"per_member": 1}):
        with pytest.raises(BadCoupon):
            a_coupon(**changes)
    a_coupon(stock=2, per_member=2, text=TEXT | {"en": "New words."})
    assert queries.wallet(member_id).usable[0].text["en"] == "New words."
    assert [(one.code, one.issued, one.stock) for one in queries.defined()] == [("HARU2026", 2, 2)]


def crowd_takes(app: Flask, stock: int) -> dict[str, int]:
    """How it ends when 200 members take a coupon of which there are fewer."""
    a_coupon(stock=stock)
    acts = [partial(issue, "HARU2026", who, f"test/{who}") for who in a_crowd(TAKERS)]
    return dict(all_at_once(app, acts))


def test_two_hundred_at_once_take_no_more_than_there_are(app: Flask):
    assert crowd_takes(app, stock=30) == {"done": 30, "out_of_stock": 170}
    assert broken() == []


# SQLite has one writer, so that there nothing happens at the same moment.
@POSTGRES
def test_by_checking_first_they_would_take_more(app: Flask, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "check_then_insert")
    assert crowd_takes(app, stock=30) != {"done": 30, "out_of_stock": 170}
    assert "coupon.over_stock" in broken()


def test_two_hundred_tries_of_one_member_keep_to_the_limit(app: Flask):
    a_coupon(per_member=3)
    member_id = a_member()
    acts = [partial(issue, "HARU2026", member_id, f"test/{n}") for n in range(TAKERS)]
    assert all_at_once(app, acts) == {"done": 3, "over_limit": 197}
    assert broken() == []


def test_two_hundred_uses_of_one_coupon_are_one(app: Flask):
    grant_id = issue(a_coupon(), a_member())
    acts = [partial(counter.use, grant_id, At(None), key=f"k{n}") for n in range(TAKERS)]
    assert all_at_once(app, acts) == {"done": 1, "coupon_used": 199}
    assert broken() == []
