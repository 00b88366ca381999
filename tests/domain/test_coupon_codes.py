"""The code that shows one coupon to the counter: half a minute, once, and dead with the link."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from freezegun import freeze_time

from app.db import db
from app.domain.cards.errors import (
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    MemberSuspended,
    OtherAccount,
)
from app.domain.coupons import codes, queries, service
from app.domain.coupons.counter import At, undo
from app.domain.coupons.errors import CouponUsed, NoSuchGrant, WrongStore
from app.domain.coupons.models import CouponGrant
from app.domain.links import coupons as showing
from app.domain.links import service as links
from app.domain.links.asker import Asker
from app.domain.links.errors import NotLinked
from app.domain.links.queries import member_of
from app.domain.members import service as members
from tests.support.cast import add_store
from tests.support.coupons import a_coupon, all_at_once, broken
from tests.support.members import a_member, a_shop, asker

TARO = "U" + "2" * 32
HERE = At(None)


@pytest.fixture
def hanako(account: int) -> Asker:
    """Somebody linked, with a coupon; its id is that of the wallet's only one."""
    a_shop()
    add_store("ginza")
    a_coupon(stores=["ginza"])
    a_coupon("OPEN2026")
    who = asker(account)
    member_id = a_member()
    links.link(who, member_id, proof="joined")
    service.issue("OPEN2026", member_id, cause="open")
    return who


def grant_of(who: Asker) -> int:
    return queries.wallet(member_of(who.person_id) or 0).usable[0].id


def test_a_code_is_good_once_and_ends_the_others(hanako: Asker):
    first, second = (showing.mint(hanako, grant_of(hanako)).code for _ in range(2))
    assert first.startswith("T2")
    used = codes.use_by_code(f" {first.lower()} ", HERE, key="k")
    assert codes.use_by_code(first, HERE, key="k") == used
    for code in (first, second):
        with pytest.raises(CodeUsed):
            codes.use_by_code(code, HERE, key="l")
    with pytest.raises(CouponUsed):
        showing.mint(hanako, used.grant_id)
    undo(used.use_id)
    again = showing.mint(hanako, used.grant_id).code
    assert codes.use_by_code(again, HERE, key="m").grant_id == used.grant_id
    assert broken() == []


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (29, True), (36, False)])
def test_a_code_lives_half_a_minute(hanako: Asker, seconds: int, good: bool):
    with freeze_time("2026-11-22T00:00:00Z") as time:
        code = showing.mint(hanako, grant_of(hanako)).code
        time.tick(timedelta(seconds=seconds))
        if good:
            assert codes.use_by_code(code, HERE, key="k")
        else:
            with pytest.raises(CodeExpired):
                codes.use_by_code(code, HERE, key="k")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_the_look_at_the_time_it_would_live_on(hanako: Asker, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "qr_no_expiry")
    with freeze_time("2026-11-22T00:00:00Z") as time:
        code = showing.mint(hanako, grant_of(hanako)).code
        time.tick(timedelta(seconds=36))
        assert codes.use_by_code(code, HERE, key="k")


def test_a_code_dies_with_the_link_and_for_who_is_suspended(hanako: Asker, account: int):
    grant_id = grant_of(hanako)
    code = showing.mint(hanako, grant_id).code
    links.unlink(hanako.person_id)
    with pytest.raises(CodeExpired):
        codes.use_by_code(code, HERE, key="k")
    with pytest.raises(NotLinked):
        showing.mint(hanako, grant_id)

    member_id = owner_of(grant_id)
    links.link(hanako, member_id, proof="code")
    code = showing.mint(hanako, grant_id).code
    members.suspend(member_id, "test")
    for refused in (
        partial(codes.use_by_code, code, HERE, key="k"),
        partial(showing.mint, hanako, grant_id),
    ):
        with pytest.raises(MemberSuspended):
            refused()


def owner_of(grant_id: int) -> int:
    return db.session.get_one(CouponGrant, grant_id).member_id


def test_nobody_elses_code_account_or_store(hanako: Asker, account: int):
    grant_id = grant_of(hanako)
    taro = asker(account, TARO)
    links.link(taro, a_member("taro2@example.jp"), proof="joined")
    with pytest.raises(NoSuchGrant):
        showing.mint(taro, grant_id)
    code = showing.mint(hanako, grant_id).code
    with pytest.raises(OtherAccount):
        codes.use_by_code(code, HERE, key="k", account_ids=[account + 1])
    for nonsense in ("", "T2" + "0" * 26, "T1" + code[2:], "x" * 5000):
        with pytest.raises(CodeUnknown):
            codes.use_by_code(nonsense, HERE, key="k")


def test_a_code_whose_coupon_is_refused_is_not_spent(hanako: Asker):
    member_id = owner_of(grant_of(hanako))
    code = showing.mint(hanako, service.issue("HARU2026", member_id, cause="haru")).code
    with pytest.raises(WrongStore):
        codes.use_by_code(code, HERE, key="k")
    ginza = add_store("ginza")
    assert codes.use_by_code(code, At(ginza), key="k").code == "HARU2026"


def test_of_two_hundred_scans_at_once_one_uses_the_coupon(app: Flask, hanako: Asker):
    code = showing.mint(hanako, grant_of(hanako)).code
    acts = [partial(codes.use_by_code, code, HERE, key=f"k{n}") for n in range(200)]
    assert all_at_once(app, acts) == {"done": 1, "qr_used": 199}
    assert broken() == []
