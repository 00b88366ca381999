"""Who sees which menu: whatever changes and fails, LINE comes to what it should show (P13)."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.db import db, transaction
from app.domain.accounts import queries as accounts
from app.domain.accounts import service as account_service
from app.domain.members import queries
from app.domain.members import service as members
from app.domain.members.transfer import importing
from app.domain.menus import boards, service
from app.domain.menus.models import PersonMenu
from app.domain.people import service as people
from app.domain.people.service import Sighting
from app.richmenu import reconcile
from tests.support.cast import TOKEN, add_store
from tests.support.desk import Desk
from tests.support.menus import GOLD, MEMBER, OTHERS, WELCOME, Counter, menu


@pytest.fixture
def counter(desk: Desk) -> Counter:
    for name in ("hanako", "taro"):
        desk.person(name)
    return Counter(desk)


# A change leaves a row, and the row brings LINE along.


def test_linking_changes_the_menu_and_unlinking_changes_it_back(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    assert counter.sees("hanako", "taro") == ["welcome 0", "welcome 0"]
    counter.links("hanako")
    counter.settle()
    assert counter.sees("hanako", "taro") == ["member 0", "welcome 0"]
    counter.unlinks("hanako")
    counter.settle()
    assert (counter.sees("hanako"), counter.own("hanako")) == (["welcome 0"], None)


def test_whoever_sees_the_default_costs_no_call(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    before = counter.calls()
    service.touch_person(counter.person_id("hanako"))
    counter.settle()
    assert counter.calls() == before


def test_tier_and_store_decide_too(counter: Counter) -> None:
    add_store("ginza")
    counter.put_up(WELCOME, MEMBER, GOLD, menu("ginza", store=["ginza"], priority=2))
    member_id = counter.links("hanako")
    for written, sees in [({"tier": "gold"}, "gold 0"), ({"store": "ginza"}, "ginza 0")]:
        members.change(member_id, written)
        counter.settle()
        assert counter.sees("hanako") == [sees]


def test_a_tag_decides_too(counter: Counter) -> None:
    members.define({"key": "vip", "type": "flag", "label": {"ja": "お得意様"}})
    counter.put_up(WELCOME, MEMBER, menu("vip", person="linked", tag=["vip", "staff"]))
    counter.links("hanako")
    member_id = counter.member("hanako")
    for written, seen in (("はい", "vip 0"), ("いいえ", "member 0"), ("はい", "vip 0")):
        members.change(member_id, {"attribute:vip": written})
        counter.settle()
        assert counter.sees("hanako") == [seen]
    table = f"会員番号,attribute:vip\n{queries.member(member_id).number},\n"
    assert importing.import_members(BytesIO(table.encode())).changed == 1
    counter.settle()
    assert counter.sees("hanako") == ["member 0"]


def test_a_change_that_means_nothing_to_menus_leaves_no_row(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    member_id = counter.links("hanako")
    counter.settle()
    before = touched()
    members.change(member_id, {"name": "山田 花"})
    counter.settle()
    assert touched() == before


def test_an_account_without_menus_leaves_no_row(counter: Counter) -> None:
    counter.links("hanako")
    counter.settle()
    assert (counter.rows(), counter.calls()) == ([], [])


def test_a_returning_friend_gets_the_menu_again(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    counter.drifted("hanako", None)  # LINE does not say whether a link outlives a block.
    comes_back(counter, "hanako")
    counter.settle()
    assert counter.sees("hanako") == ["member 0"]


def test_a_change_of_everybody_is_told_in_bulk(counter: Counter) -> None:
    for number in range(4):
        counter.joins(f"p{number}", number)
        counter.links(f"p{number}")
    counter.put_up(WELCOME, MEMBER)
    assert counter.sees("p0", "p3", "taro") == ["member 0", "member 0", "welcome 0"]
    assert counter.calls().count("richmenu_bulk_link") == 1
    assert [row[0] for row in counter.rows()] == ["done"] * len(counter.rows())


def test_a_menu_begins_and_ends_by_itself(counter: Counter) -> None:
    winter = {"from": "2026-11-21T13:00+00:00", "until": "2026-11-21T14:00+00:00"}
    counter.put_up(WELCOME, menu("winter", priority=1, **winter))
    assert counter.sees("hanako") == ["welcome 0"]
    counter.settle(after=3601)
    assert counter.sees("hanako") == ["winter 0"]
    counter.settle(after=3600)
    assert counter.sees("hanako") == ["welcome 0"]


# The last change wins.


def test_a_change_while_line_is_told_is_told_again(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.links("hanako")
    during = iter([lambda: counter.unlinks("hanako")])

    def passing(point: str) -> None:
        # LINE has answered, and nothing is saved yet.
        if point == "menus.answered_before_saved":
            next(during, lambda: None)()

    monkeypatch.setattr(reconcile, "crash_point", passing)
    counter.settle()
    assert (counter.sees("hanako"), counter.own("hanako")) == (["welcome 0"], None)


def test_without_counting_changes_the_last_would_be_lost(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(service, "touching", lambda **_: {"urgent": True})
    counter.put_up(WELCOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    counter.unlinks("hanako")
    counter.settle()
    assert counter.sees("hanako") == ["member 0"]


def test_while_line_is_told_nobody_else_tells_it(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.links("hanako")
    with transaction():
        (row,) = reconcile.work.take(10, urgent=True, stopped=[])
    counter.unlinks("hanako")
    with transaction():
        assert reconcile.work.take(10, urgent=True, stopped=[]) == []
    counter.settle(after=21)
    assert (counter.sees("hanako"), row.attempts) == (["welcome 0"], 1)


def test_whoever_lost_the_row_saves_nothing(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.links("hanako")
    with transaction():
        rows = reconcile.work.take(10, urgent=True, stopped=[])
    counter.settle(after=21)
    with transaction():
        assert reconcile.work.told([(row, None) for row in rows]) == 0
    assert counter.own("hanako") == "member 0"


# LINE fails.


@pytest.mark.parametrize("kind", ["500_before", "500_after", "drop_before", "drop_after", "rate"])
def test_a_failed_call_is_made_again(counter: Counter, kind: str) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.desk.goes_wrong(kind)
    counter.links("hanako")
    counter.settle(after=1)
    assert counter.sees("hanako") == ["member 0"]


def test_an_outage_is_waited_for_and_over_within_a_minute(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.desk.goes_wrong("500_before", times=12)
    counter.links("hanako")
    for _ in range(30):
        counter.desk.send("menus", after=10)
    assert counter.sees("hanako") == ["member 0"]


def test_what_line_did_without_our_hearing_of_it_is_undone(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.desk.goes_wrong("drop_after")
    counter.links("hanako")
    counter.desk.send("menus")
    assert counter.own("hanako") == "member 0"  # Though we were not told so.
    counter.unlinks("hanako")
    counter.recover()
    assert counter.own("hanako") is None


def test_a_person_line_refuses_fails_with_a_reason(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.desk.goes_wrong("400", times=None)
    counter.links("hanako")
    counter.recover()
    assert counter.rows()[0][0] == "failed"
    reason = db.session.scalar(select(PersonMenu.outcome))
    assert reason is not None
    assert "400" in reason


def test_of_many_only_whom_line_refuses_fails(counter: Counter) -> None:
    for name in ("hanako", "taro"):
        counter.links(name)
    counter.apply(WELCOME, MEMBER)
    counter.desk.goes_wrong("400", "richmenu_bulk_link")
    counter.settle()
    assert counter.sees("hanako", "taro") == ["member 0", "member 0"]


def test_a_refused_token_pauses_the_account_and_its_end_goes_on(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.desk.goes_wrong("401")
    counter.links("hanako")
    counter.settle()
    assert accounts.paused_accounts() == {counter.desk.account: "all"}
    assert counter.own("hanako") is None
    account_service.change_token("main", TOKEN)
    account_service.resume("main")
    counter.settle()
    assert counter.sees("hanako") == ["member 0"]


# Drift.


def test_drift_is_found_and_mended(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.links("hanako")
    counter.settle()
    others = counter.others()
    counter.drifted("hanako", others)
    counter.drifted("taro", others)
    counter.shown.link("main", "", others.id)
    assert counter.sees("hanako", "taro") == [OTHERS, OTHERS]
    counter.verify()
    assert counter.sees("hanako", "taro") == ["member 0", "welcome 0"]
    assert counter.own("taro") is None
    assert OTHERS in counter.at_line()


def test_drift_is_found_though_some_calls_fail(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    others = counter.others()
    for name in ("hanako", "taro"):
        counter.drifted(name, others)
    counter.desk.goes_wrong("500_before", endpoint="richmenu_link", times=2)
    counter.verify()
    assert counter.sees("hanako", "taro") == ["welcome 0", "welcome 0"]


def test_whom_line_does_not_know_stops_no_comparison(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.drifted("taro", counter.others())
    counter.desk.goes_wrong("400", endpoint="richmenu_link", times=1)
    counter.verify()
    assert counter.sees("taro") == ["welcome 0"]


def test_the_comparison_ends_where_line_does_not_answer(counter: Counter) -> None:
    counter.put_up(WELCOME, MEMBER)
    counter.desk.goes_wrong("500_before", times=None)
    boards.verify(counter.desk.account)
    counter.recover()
    db.session.expire_all()
    assert counter.rows() == []


def test_whoever_went_elsewhere_by_a_tab_may_stay(counter: Counter) -> None:
    tabs = {"leads_to": ("home", "shops")}
    home = menu("home", alias="home", priority=1, **tabs)
    counter.put_up(home, menu("shops", alias="shops", **tabs), menu("other"))
    shops = next(made for made in counter.shown.of("main") if "shops" in made.body["name"])
    counter.drifted("hanako", shops)  # As LINE does it when a tab is tapped.
    person = counter.person_id("hanako")
    service.switched(counter.desk.account, person, "shops")
    service.touch_person(person)
    counter.settle()
    counter.verify()
    assert counter.sees("hanako", "taro") == ["shops 0", "home 0"]


def test_a_tab_of_a_menu_that_is_over_is_left(counter: Counter) -> None:
    counter.put_up(WELCOME, menu("shops", alias="shops", priority=-1))
    shops = next(made for made in counter.shown.of("main") if "shops" in made.body["name"])
    counter.drifted("hanako", shops)
    service.switched(counter.desk.account, counter.person_id("hanako"), "shops")
    service.touch_person(counter.person_id("hanako"))
    counter.settle()
    assert counter.sees("hanako") == ["welcome 0"]


def touched() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.sum(PersonMenu.touched))) or 0


def comes_back(counter: Counter, name: str) -> None:
    """The follow event, as its listener takes it."""
    desk, person = counter.desk, counter.person_id(name)
    provider = accounts.provider_of(desk.account)
    sighting = Sighting(provider, desk.account, desk.user_id(name), 2**40, "back")
    with transaction():
        people.follow(sighting, person)
        service.touch_friend(desk.account, person)
