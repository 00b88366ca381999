"""The staff's pages about members over HTTP: who was seen, what was done, once and by whom."""

import pytest
from sqlalchemy import select

from app import clock
from app.db import db
from app.domain.audit import queries as audit
from app.domain.coupons import queries as coupons
from app.domain.links import service as links
from app.domain.members import queries as members
from app.domain.orders import outside
from app.domain.orders import queries as orders
from app.domain.points import program
from app.domain.points import queries as points
from app.domain.points.rules import Program
from app.domain.staff import team
from app.domain.staff.actor import Actor
from app.outbox.models import OutboxItem
from tests.support.cast import add_account, add_store
from tests.support.coupons import a_coupon
from tests.support.members import a_member, asker
from tests.support.pages import desk
from tests.support.staff import an_owner, hired

WAITING = "/staff/adjustments"

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("inside"),
]


@pytest.fixture
def owner() -> Actor:
    made = an_owner()
    program.set_program(Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365))
    return made


@pytest.fixture
def member_id(owner: Actor) -> int:
    return a_member(phone="090-1234-5678", kana="ヤマダ ハナコ")


def log(count: int) -> list[tuple[str, str | None]]:
    """What the audit log holds last, newest first, with the reasons."""
    return [(entry.action, entry.reason) for entry in audit.listed(limit=count)]


def test_a_member_is_found_and_seen_and_both_are_noted(app, owner, member_id):
    clerk = desk(app, hired(owner, "clerk"))
    number = members.member(member_id).number
    for written in ("090-1234-5678", "ヤマダ", number):
        _, found = clerk.send("/staff/members", clerk.hidden("/staff/members"), q=written)
        assert f'href="/staff/members/{member_id}"' in found
        assert "5678" not in found.replace(written, "")

    shown = clerk.open(f"/staff/members/{member_id}")
    assert number in shown
    assert "<form" not in shown
    assert log(2) == [("members.seen", None), ("members.searched", None)]


def test_the_orders_of_a_member_are_shown_and_open_for_who_keeps_them(app, owner, member_id):
    _, ueno = add_store("ginza"), add_store("ueno")
    bought = {"origin": "register", "id": "R-1", "state": "done", "total": 1250, "store": "ginza"}
    bought |= {"placed_at": clock.now(), "member_id": member_id}
    number = orders.order(outside.put(bought)).number
    page, link = f"/staff/members/{member_id}", f'href="/staff/orders/{number}"'
    assert link in desk(app, owner).open(page)
    assert "1,250円" in desk(app, owner).open(page)
    elsewhere = desk(app, hired(owner, "clerk", store_ids=[ueno])).open(page)
    assert (number in elsewhere, link in elsewhere) == (True, False)


def test_a_search_that_no_database_could_read_finds_nobody(app, owner, member_id):
    owners = desk(app, owner)
    status, found = owners.send("/staff/members", owners.hidden("/staff/members"), q="花\0子")
    assert (status, "見つかりませんでした" in found) == (200, True)


def test_a_membership_is_suspended_for_a_reason_and_resumed(app, owner, member_id):
    manager = desk(app, hired(owner, "manager"))
    status, told = manager.do("suspend", member_id, reason=" ")
    assert (status, "理由を" in told) == (422, True)
    assert manager.do("suspend", member_id, reason="不正利用")[0] == 303
    assert members.member(member_id).suspended_at is not None
    assert "不正利用" in manager.open(f"/staff/members/{member_id}")
    assert manager.do("resume", member_id, reason="確認できた")[0] == 303
    assert members.member(member_id).suspended_at is None
    acts = [entry for entry in log(10) if entry[0] != "members.seen"][:2]
    assert acts == [("members.resumed", "確認できた"), ("members.suspended", "不正利用")]


def test_points_are_adjusted_once_however_often_the_form_is_sent(app, owner, member_id):
    operator = desk(app, hired(owner, "operator"))
    page = f"/staff/members/{member_id}"
    hidden = operator.hidden(page)
    form = {"points": "１，０００", "way": "give", "reason": "付け忘れ"}
    first = operator.send(f"{page}/points", hidden, **form)
    assert first == (303, f"{page}?done=adjusted")
    assert operator.send(f"{page}/points", hidden, **form) == first
    assert points.balance(member_id) == 1000
    assert log(1) == [("points.adjusted", "付け忘れ")]

    status, told = operator.send(f"{page}/points", hidden, **form | {"points": "999"})
    assert (status, "古くなりました" in told) == (422, True)
    short = {"points": "1001", "way": "take", "reason": "訂正"}
    assert operator.do("points", member_id, **short | {"points": "1000"})[0] == 303
    status, told = operator.do("points", member_id, **short | {"points": "1"})
    assert (status, "残高は 0 pt" in told) == (409, True)
    assert points.balance(member_id) == 0


def test_above_the_limit_a_second_person_agrees(app, owner, member_id):
    operator, manager = desk(app, hired(owner, "operator")), desk(app, hired(owner, "manager"))
    form = {"points": "1001", "way": "give", "reason": "大口のお詫び"}
    assert operator.do("points", member_id, **form)[1].endswith("?done=asked")
    assert points.balance(member_id) == 0
    assert "+1,001 pt の調整が承認を待っています" in operator.open(f"/staff/members/{member_id}")
    for path in ("/staff/", "/staff/members"):
        assert ("1件あります" in manager.open(path), "件あります" in operator.open(path)) == (
            True,
            False,
        )

    (asked,) = points.adjustments()
    approve, hidden = f"{WAITING}/{asked.id}/approve", manager.hidden(WAITING)
    assert log(1) == [("adjustments.seen", None)]
    agreed = manager.send(approve, hidden)
    assert agreed == (303, f"{WAITING}?done=approved") == manager.send(approve, hidden)
    assert points.balance(member_id) == 1001
    assert log(1) == [("points.adjustment_approved", "大口のお詫び")]
    status, told = manager.send(approve, {**hidden, "key": "another"})
    assert (status, "すでに" in told) == (409, True)


def test_nobody_agrees_to_their_own_request_or_beyond_their_limit(app, owner, member_id):
    manager, other = (desk(app, hired(owner, "manager")) for _ in range(2))
    form = {"points": "10001", "way": "give", "reason": "お詫び"}
    assert manager.do("points", member_id, **form)[0] == 303
    (asked,) = points.adjustments()
    approve = f"{WAITING}/{asked.id}/approve"
    assert manager.send(approve, manager.hidden(WAITING))[0] == 403
    status, told = other.send(approve, other.hidden(WAITING))
    assert (status, "10000 pt を超える" in told) == (403, True)
    assert "承認する</button>" not in manager.open(WAITING) + other.open(WAITING)

    taken_back = manager.send(f"{WAITING}/{asked.id}/refuse", manager.hidden(WAITING))
    assert taken_back == (303, f"{WAITING}?done=refused")
    assert (points.balance(member_id), points.adjustments()) == (0, [])
    status, told = other.do("points", member_id, **form | {"points": "100001"})
    assert (status, "100000 pt を超える" in told) == (403, True)
    assert points.adjustments() == []


def test_nobody_adjusts_their_own_points(app, owner, member_id):
    manager = hired(owner, "manager")
    team.set_member(owner, manager.staff_id, member_id)
    theirs = desk(app, manager)
    status, told = theirs.do("points", member_id, points="1", way="give", reason="x")
    assert (status, "ご自身のポイント" in told) == (403, True)
    assert points.balance(member_id) == 0


def test_a_coupon_is_given_once_and_told_in_the_talk(app, owner, member_id):
    person = asker(add_account())
    links.link(person, member_id, proof="code")
    a_coupon(stock=1)
    operator = desk(app, hired(owner, "operator"))
    page = f"/staff/members/{member_id}"
    hidden = operator.hidden(page)
    form = {"coupon": "HARU2026", "reason": "お待たせしたお詫び"}
    for _ in range(2):
        given = operator.send(f"{page}/coupon", hidden, **form)
        assert given == (303, f"{page}?done=issued")
    assert coupons.count_usable(member_id) == 1
    told = db.session.scalars(select(OutboxItem).filter_by(notice="coupons.granted")).all()
    assert [row.recipient for row in told] == [person.user_id]
    assert log(1) == [("coupons.issued", "お待たせしたお詫び")]

    status, page_again = operator.send(f"{page}/coupon", {**hidden, "key": "another"}, **form)
    assert (status, "もう渡せません" in page_again) == (410, True)


def test_nobody_gives_themselves_a_coupon(app, owner, member_id):
    a_coupon()
    clerk = hired(owner, "operator")
    team.set_member(owner, clerk.staff_id, member_id)
    status, told = desk(app, clerk).do("coupon", member_id, coupon="HARU2026", reason="x")
    assert (status, "自分の会員証には" in told) == (403, True)
    assert coupons.count_usable(member_id) == 0
