"""The counter's calls over HTTP: each works once, and each refusal has a word of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from app.cli.invariants import check
from app.db import db, transaction
from app.domain.audit import queries as audit
from app.domain.cards import rules
from app.domain.counter import queries as counter
from app.domain.coupons import codes
from app.domain.coupons import service as coupons
from app.domain.members import service as members
from app.domain.people import service as people
from app.domain.staff.actor import Actor
from tests.support.cards import Holder, a_holder
from tests.support.cast import add_account, add_store
from tests.support.coupons import TITLE, a_coupon
from tests.support.points import a_shop_with_points
from tests.support.staff import an_owner
from tests.support.tills import Till, Told, a_till, balance, kinds

PAID = {"paid": 1250}
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time("2026-11-24T03:00:00Z") as time:
        yield time


@pytest.fixture
def owner(account: int, time: FrozenDateTimeFactory) -> Actor:
    owner = an_owner()
    a_shop_with_points()
    return owner


@pytest.fixture
def store(owner: Actor) -> int:
    add_store("jimbocho")
    return add_store("kichijoji")


@pytest.fixture
def till(app: Flask, owner: Actor, store: int) -> Till:
    """The clerk of Kichijoji."""
    return a_till(app, owner, store_ids=[store])


@pytest.fixture
def hanako(store: int, account: int) -> Holder:
    return a_holder(account, birthday="1990-11-03", phone="090-1234-5678")


@pytest.fixture
def served(till: Till, hanako: Holder) -> str:
    """Where the calls about Hanako go, who stands before the counter."""
    return f"/{till.scan(hanako.shows()).json['session']}"


def number(served: str) -> int:
    return int(served.removeprefix("/"))


def test_a_scan_brings_the_member_with_points_and_coupons(till, hanako):
    grant = coupons.issue(a_coupon(last_day="2026-12-31"), hanako.member_id, cause="test/1")
    told = till.scan(hanako.shows())
    assert told.status == 201
    assert told.json["member"] == {
        "name": "山田 花子",
        "kana": None,
        "number": told.json["member"]["number"],
        "tier": None,
        "picture": None,
        "birthday_month": 11,
        "birthday_now": True,
    }
    assert told.json["points"] == {"balance": 0, "spendable": 0, "expiring": []}
    assert told.json["coupons"] == [{"grant": grant, "title": TITLE["ja"], "until": "2026-12-31"}]
    assert (told.json["visited"], told.json["visits"], told.json["acts"]) == (False, 0, [])


def test_each_act_is_done_once_however_often_it_is_asked(till, hanako, served):
    grant = coupons.issue(a_coupon(), hanako.member_id, cause="test/2")
    asked = [
        ("/visit", {}, "visit"),
        ("/earn", {"paid": 50_000}, "earn"),
        ("/redeem", {"points": 60}, "redeem"),
        ("/coupon", {"grant": grant}, "coupon"),
    ]
    for path, body, kind in asked:
        first, again = (till.post(served + path, f"one{path}", **body) for _ in range(2))
        assert (first.status, first.json["said"]["kind"]) == (200, kind)
        assert again == first
    assert (balance(hanako.member_id), first.json["points"]["balance"]) == (440, 440)
    assert kinds(number(served)) == ["coupon", "redeem", "earn", "visit"]
    assert (first.json["visited"], first.json["visits"], first.json["coupons"]) == (True, 1, [])

    first, again = (till.post(f"{served}/undo", "one-undo") for _ in range(2))
    assert (first.json["said"]["undone"], again) == ("coupon", first)
    assert [till.post(f"{served}/undo").json["said"]["undone"] for _ in range(3)] == [
        "redeem",
        "earn",
        "visit",
    ]
    assert till.post(f"{served}/undo").code == "nothing_to_undo"
    assert (balance(hanako.member_id), check()) == (0, [])


def test_a_scan_that_is_sent_again_brings_the_same_member(till, hanako):
    code = hanako.shows()
    first, again = (till.scan(code, key="one") for _ in range(2))
    assert (first.status, again) == (201, first)
    assert till.scan(code).code == "qr_used"
    assert till.scan(hanako.shows(), key="one")[:2] == (422, "idempotency_key_reused")


def tapped_at_once(till: Till, path: str, times: int = 6) -> list[Told]:
    """The same tap, sent from several threads."""
    start = Barrier(times)

    def tap(_: int) -> Told:
        start.wait()
        return till.post(path, "tap", **PAID)

    with ThreadPoolExecutor(times) as pool:
        told = list(pool.map(tap, range(times)))
    db.session.rollback()
    return told


def test_taps_at_the_same_moment_make_one_entry_and_one_answer(till, hanako, served):
    first, *others = tapped_at_once(till, f"{served}/earn")
    assert (first.status, [other for other in others if other != first]) == (200, [])
    assert (balance(hanako.member_id), kinds(number(served))) == (12, ["earn"])


@sqlite
def test_without_the_key_a_double_tap_counts_twice(till, hanako, served, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "no_once")
    tapped_at_once(till, f"{served}/earn", 2)
    assert kinds(number(served)) == ["earn", "earn"]
    till.post(f"{served}/redeem", points=5)
    assert [till.post(f"{served}/undo", "tap").status for _ in range(2)] == [200, 200]
    assert kinds(number(served)) == ["(redeem)", "(earn)", "earn"]


@sqlite
def test_the_member_is_shown_with_the_picture_of_their_line(till, hanako):
    picture = "https://profile.line-scdn.net/hanako"
    people.know(hanako.asker.person_id, name="花子", language="ja", picture_url=picture)
    assert till.scan(hanako.shows()).json["member"]["picture"] == picture
    looked_up = till.post("/look-ups", member=hanako.member_id, **LOOK_UP)
    assert looked_up.json["member"]["picture"] == picture


@sqlite
def test_a_member_number_is_no_code_and_spends_nothing(till, hanako, served):
    till.post(f"{served}/earn", paid=10_000)
    number = till.scan(hanako.shows()).json["member"]["number"]
    assert till.scan(number)[:2] == (404, "qr_unknown")
    assert balance(hanako.member_id) == 100


def shown_coupon(hanako: Holder, kind: str, **changes: object) -> str:
    """The code by which Hanako's page shows a coupon of this kind."""
    grant = coupons.issue(a_coupon(kind, **changes), hanako.member_id, cause=f"test/{kind}")
    ids = {"person_id": hanako.asker.person_id, "account_id": hanako.asker.account_id}
    with transaction():
        return codes.mint(grant, member_id=hanako.member_id, **ids).code


@sqlite
def test_the_code_of_a_coupon_is_used_at_once(till, hanako):
    code = shown_coupon(hanako, "HARU2026")
    first, again = (till.scan(code, key="one") for _ in range(2))
    assert (first.status, first.json["said"], again) == (201, {"kind": "coupon"}, first)
    assert (first.json["coupons"], kinds(first.json["session"])) == ([], ["coupon"])


@sqlite
def test_two_codes_of_coupons_that_do_not_combine_are_not_both_used(till, hanako, time):
    code, other = (shown_coupon(hanako, kind, combinable=False) for kind in ("ONE", "OTHER"))
    assert till.scan(code).status == 201
    assert till.scan(other)[:2] == (409, "coupon_not_combinable")
    assert till.scan(other)[:2] == (409, "coupon_not_combinable")  # The code is not spent.


@sqlite
def test_a_code_that_leads_to_nobody_is_refused_with_its_reason(app, till, owner, hanako, time):
    old, shown = hanako.shows(), hanako.shows()
    time.tick(timedelta(seconds=36))
    assert till.scan(old)[:2] == (410, "qr_expired")
    assert till.scan(rules.new_code())[:2] == (404, "qr_unknown")
    assert till.scan("https://example.com/")[:2] == (404, "qr_unknown")

    shown = hanako.shows()
    elsewhere = a_till(app, owner, account_ids=[add_account("roastery")])
    assert elsewhere.scan(shown)[:2] == (403, "qr_other_account")
    assert till.scan(shown, store="jimbocho")[:2] == (404, "not_found")
    assert till.scan(shown, store="nowhere")[:2] == (404, "not_found")
    assert till.scan(shown).status == 201
    assert till.scan(shown)[:2] == (409, "qr_used")

    shown = hanako.shows()
    members.suspend(hanako.member_id, "不正利用")
    assert till.scan(shown)[:2] == (403, "member_suspended")


@sqlite
def test_ten_bad_scans_are_the_end_for_a_while(till, hanako, time):
    told = [till.scan(rules.new_code()).status for _ in range(11)]
    assert told == [404] * 10 + [429]
    time.tick(timedelta(seconds=61))
    assert till.scan(hanako.shows()).status == 201


@sqlite
def test_a_write_needs_a_key_and_the_token_of_its_session(till, hanako, served):
    keyed = {"Idempotency-Key": "k"}
    assert till.post_with(till.csrf(), f"{served}/earn", **PAID)[:2] == (
        400,
        "idempotency_key_missing",
    )
    for headers in (keyed, keyed | {"X-CSRF-Token": "0" * 64}):
        refused = till.post_with(headers, f"{served}/earn", **PAID)
        assert refused[:2] == (403, "foreign_write")
    assert (balance(hanako.member_id), kinds(number(served))) == (0, [])


@sqlite
def test_a_session_is_its_clerks_alone(app, till, owner, store, hanako, served):
    other = a_till(app, owner, store_ids=[store])
    for path, body in (("/earn", PAID), ("/visit", {}), ("/undo", {})):
        assert other.post(served + path, **body)[:2] == (404, "no_such_counter_session")
    viewer = a_till(app, owner, "viewer")
    assert viewer.scan(hanako.shows())[:2] == (403, "not_allowed")
    assert kinds(number(served)) == []


def test_an_amount_that_is_none_changes_nothing(till, hanako, served):
    till.post(f"{served}/earn", paid=100_000)
    for path, name in (("/earn", "paid"), ("/redeem", "points"), ("/coupon", "grant")):
        for amount in (0, -1, 10**40, "100", 1.5, True, None):
            refused = till.post(served + path, **{name: amount})
            assert refused[:2] == (422, "bad_body"), amount
    for path, body, refused in (
        ("/earn", {"paid": 2**63 - 1}, (422, "bad_points")),
        ("/redeem", {"points": 2**63 - 1}, (422, "bad_points")),
        ("/redeem", {"points": 1001}, (409, "not_enough_points")),
        ("/coupon", {"grant": 2**63 - 1}, (404, "no_such_coupon_grant")),
    ):
        assert till.post(served + path, **body)[:2] == refused
    assert (balance(hanako.member_id), kinds(number(served))) == (1000, ["earn"])


@sqlite
def test_after_ten_minutes_only_the_undo_is_left_and_only_for_a_while(till, hanako, served, time):
    time.tick(timedelta(minutes=9))
    assert till.post(f"{served}/earn", **PAID).status == 200
    time.tick(timedelta(minutes=2))
    assert till.post(f"{served}/earn", **PAID)[:2] == (410, "counter_session_over")
    undone = till.post(f"{served}/undo")
    assert (undone.status, balance(hanako.member_id)) == (200, 0)


@sqlite
def test_when_the_member_has_left_only_the_undo_is_left(till, hanako, served):
    till.post(f"{served}/earn", **PAID)
    assert [till.post(f"{served}/end")[:1] for _ in range(2)] == [(200,), (200,)]
    assert till.post(f"{served}/redeem", points=1)[:2] == (410, "counter_session_over")
    assert till.post(f"{served}/undo").status == 200


LOOK_UP = {"who": "山田", "factor": "1103", "reason": "電池が切れた", "store": "kichijoji"}


@sqlite
def test_a_look_up_needs_proof_and_reason_and_is_written_down(till, hanako):
    (found,) = till.post("/members", who="山田").json["members"]
    assert found["id"] == hanako.member_id
    who = {"member": hanako.member_id, **LOOK_UP}
    assert till.post("/look-ups", **(who | {"factor": "0401"}))[:2] == (403, "wrong_factor")
    assert till.post("/look-ups", **(who | {"factor": ""}))[:2] == (403, "wrong_factor")
    assert till.post("/look-ups", **(who | {"who": "佐藤"}))[:2] == (403, "wrong_factor")
    assert till.post("/look-ups", **(who | {"reason": " "}))[:2] == (422, "reason_needed")
    assert till.post("/look-ups", **(who | {"store": "jimbocho"}))[:2] == (404, "not_found")
    opened = till.post("/look-ups", **who)
    assert (opened.status, opened.json["how"]) == (201, "look_up")

    actions = {entry.action: entry for entry in audit.listed()}
    entry = actions["counter.looked_up"]
    assert (entry.reason, entry.about) == (LOOK_UP["reason"], f"member/{hanako.member_id}")
    assert actions["members.searched"].data == {"found": 1}
    assert actions["counter.wrong_factor"].about == f"member/{hanako.member_id}"
    assert "花子" not in str(audit.listed())


@sqlite
def test_who_was_found_by_phone_is_proved_by_the_birthday_alone(till, hanako):
    who = {"member": hanako.member_id, **LOOK_UP, "who": "090-1234-5678"}
    assert till.post("/look-ups", **(who | {"factor": "5678"}))[:2] == (403, "wrong_factor")
    assert till.post("/look-ups", **who).status == 201
    assert till.post("/look-ups", **(who | {"who": "山田", "factor": "5678"})).status == 201


@sqlite
def test_a_look_up_ends_after_ten_wrong_proofs_whoever_tries(app, till, owner, store, hanako):
    who = {"member": hanako.member_id, **LOOK_UP}
    for tries in range(10):
        assert till.post("/look-ups", **(who | {"factor": f"{tries:04}"})).status == 403
    other = a_till(app, owner, store_ids=[store])
    assert other.post("/look-ups", **who)[:2] == (429, "too_many_scans")


@sqlite
def test_who_was_looked_up_spends_only_so_much_a_day_however_often(till, hanako, store, time):
    def looked_up() -> str:
        opened = till.post("/look-ups", member=hanako.member_id, **LOOK_UP)
        return f"/{opened.json['session']}"

    at = looked_up()
    points = till.post(f"{at}/earn", paid=100_000).json["points"]
    assert (points["balance"], points["spendable"]) == (1000, 500)
    assert till.post(f"{at}/redeem", points=400).json["points"]["spendable"] == 100
    for where in (at, looked_up()):
        refused = till.post(f"{where}/redeem", points=400)
        assert (refused[:2], refused.json["most"]) == ((403, "redeem_capped"), 500)
    till.post(f"/{till.scan(hanako.shows()).json['session']}/redeem", points=200)
    assert till.post(f"{at}/redeem", points=100).status == 200  # With the card nothing counts.
    assert balance(hanako.member_id) == 300
    assert counter.redeemed_unshown(hanako.member_id, store) == 500
    time.tick(timedelta(days=1))
    assert counter.redeemed_unshown(hanako.member_id, store) == 0
