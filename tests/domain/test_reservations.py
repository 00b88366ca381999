"""Reservations: who gets a time, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.reservations import ending, free, housekeeping, queries, service, setup
from app.domain.reservations.asker import Guest
from app.domain.reservations.errors import (
    BadReservation,
    Changed,
    HoldExpired,
    KeyTaken,
    NoSuchReservation,
    NotOpen,
    SlotTaken,
    TooFar,
    TooLate,
    TooManyNoShows,
    TooManyOpen,
    TooSoon,
    WrongState,
)
from app.facts.models import Fact
from tests.support.members import a_member, a_shop
from tests.support.reservations import (
    DAY,
    NOW,
    STAFF,
    a_cause,
    a_customer,
    a_salon,
    a_store,
    at,
    problems,
    told,
)


@pytest.fixture(autouse=True)
def now(inside: object) -> Iterator[Any]:
    with freeze_time(NOW) as time:
        yield time


def clock_times(starts):
    return [start.strftime("%H:%M") for start in starts]


def free_on(wanted, day=DAY, **how):
    return clock_times(free.free_times(wanted, day, day, **how)[day])


def book(customer, wanted, time, **more):
    new = {"cause": a_cause(), "origin": "liff"} | more
    return service.book(customer, wanted, at(time), **new)


def facts() -> list[str]:
    kinds = select(Fact.kind).where(Fact.kind.startswith("reservation.")).order_by(Fact.id)
    return [kind.removeprefix("reservation.") for kind in db.session.scalars(kinds)]


def test_a_time_is_booked_moved_and_cancelled(account):
    wanted = a_salon()
    hanako, taro = a_customer(account), a_customer(account)
    made = book(hanako, wanted, "10:00")

    assert (made.state, made.version, made.store["ja"]) == ("confirmed", 1, "ginza店")
    with pytest.raises(SlotTaken) as taken:
        book(taro, wanted, "10:30")
    nearest = ["16:00", "16:30", "17:00", "11:00", "11:30", "12:00"]
    assert clock_times(taken.value.nearest) == nearest
    assert taken.value.extra["nearest"][3] == "2030-05-08T11:00:00+09:00"
    moved = service.move(hanako, made.code, at("10:30"), version=1, cause=a_cause())
    assert (clock_times([moved.starts_at]), moved.version) == (["10:30"], 2)
    assert free_on(wanted)[:2] == ["11:30", "12:00"]
    assert free_on(wanted, moving=moved.id)[:2] == ["10:00", "10:30"]
    assert service.cancel(hanako, made.code, cause=a_cause()).state == "cancelled"
    assert len(free_on(wanted)) == 15
    assert (facts(), problems()) == (["made", "moved", "cancelled"], [])
    assert [data["starts_at"][11:16] for data in told("reservations.made")] == ["10:00"]
    assert [data["before"][11:16] for data in told("reservations.moved")] == ["10:00"]
    assert [data["by"] for data in told("reservations.cancelled")] == ["customer"]


def test_every_verb_does_its_work_once_for_its_cause(account):
    wanted, hanako = a_salon(capacity=3), a_customer(account)
    verbs = (service.arrive, service.finish)
    for _ in range(2):
        made = book(hanako, wanted, "10:00", cause="c/1")
        service.move(hanako, made.code, at("11:00"), version=1, cause="c/2")
        if made.version == 1:
            for verb in verbs * 2:
                if (made.state, verb) != ("done", service.arrive):
                    made = verb(STAFF, made.code, cause=f"c/{verb.__name__}")
    gone = book(hanako, wanted, "10:00", cause="c/3")
    for _ in range(2):
        service.cancel(hanako, gone.code, cause="c/4")

    assert facts() == ["made", "moved", "arrived", "done", "made", "cancelled"]
    assert len(told()) == 4
    with pytest.raises(KeyTaken):
        book(hanako, wanted, "13:00", cause="c/3")
    with pytest.raises(KeyTaken):
        book(a_customer(account), wanted, "10:00", cause="c/3")


def test_a_hold_is_confirmed_until_it_ends_and_then_no_more(account, now):
    wanted, hanako = a_salon(), a_customer(account)
    held = service.hold(hanako, wanted, at("10:00"), cause=a_cause(), origin="liff")
    assert (held.state, held.hold_until - NOW) == ("held", timedelta(minutes=10))
    assert (told(), "10:00" in free_on(wanted)) == ([], False)

    now.move_to(held.hold_until - timedelta(seconds=1))
    for _ in range(2):
        kept = service.confirm(hanako, held.code, cause=a_cause(), note="窓側を希望")
        assert (kept.state, kept.note, kept.hold_until) == ("confirmed", "窓側を希望", None)
    assert len(told("reservations.made")) == 1

    late = service.hold(hanako, wanted, at("12:00"), cause=a_cause(), origin="liff")
    now.move_to(late.hold_until)
    assert "12:00" in free_on(wanted)  # Before anybody has looked after it.
    with pytest.raises(HoldExpired):
        service.confirm(hanako, late.code, cause=a_cause())
    assert book(a_customer(account), wanted, "12:00").state == "confirmed"
    assert (ending.expire_due(), queries.booking(hanako, late.code).state) == (0, "expired")
    with pytest.raises(HoldExpired):
        service.confirm(hanako, late.code, cause=a_cause())
    assert (facts(), problems()) == (["held", "made", "held", "expired", "made"], [])


def test_a_customer_holds_one_time_which_is_free_to_nobody_else(account):
    wanted = a_salon()
    hanako, taro = a_customer(account), a_customer(account)
    for _ in range(2):
        first = service.hold(hanako, wanted, at("10:00"), cause="h/1", origin="liff")
    assert (first.state, queries.held_by(hanako), queries.held_by(taro)) == ("held", first.id, None)
    assert free_on(wanted)[0] == "11:00"
    assert free_on(wanted, moving=queries.held_by(hanako))[0] == "10:00"
    with pytest.raises(SlotTaken):
        book(taro, wanted, "10:00")

    second = service.hold(hanako, wanted, at("10:30"), cause="h/2", origin="liff")
    assert queries.held_by(hanako) == second.id
    assert (queries.own(hanako), facts()) == ([], ["held", "expired", "held"])
    with pytest.raises(SlotTaken):
        service.hold(taro, wanted, at("10:30"), cause="h/3", origin="liff")
    assert (told(), problems()) == ([], [])


def test_holds_that_nobody_confirmed_are_forgotten_after_thirty_days(account, now):
    wanted, hanako = a_salon(), a_customer(account)
    held = service.hold(hanako, wanted, at("10:00"), cause=a_cause(), origin="liff")
    now.tick(timedelta(minutes=10))
    assert (ending.expire_due(), housekeeping.forget_old()) == (1, 0)
    kept = book(hanako, wanted, "10:00")
    now.tick(timedelta(days=30))

    assert (housekeeping.forget_old(), housekeeping.forget_old()) == (1, 0)
    with pytest.raises(NoSuchReservation):
        queries.booking(hanako, held.code)
    assert (queries.booking(hanako, kept.code).code, problems()) == (kept.code, [])


def test_customers_keep_to_the_rules_and_staff_do_not(account):
    wanted = a_salon(grid_minutes=60)
    rules = {"lead_minutes": 60, "horizon_days": 7, "change_minutes": 120, "cancel_minutes": 60}
    setup.put_rules(wanted.store_id, rules)
    hanako, today = a_customer(account), NOW.date()

    def wants(asker, time, day=DAY, **more):
        new = {"cause": a_cause(), "origin": "liff"} | more
        return service.book(asker, wanted, at(time, day), **new)

    guest = {"guest": Guest(name="佐藤", phone="03-0000-0000"), "origin": "counter"}
    for time, day, refusal in (
        ("09:55", today, NotOpen),
        ("10:30", today, NotOpen),
        ("10:01", today, NotOpen),
        ("18:00", today, NotOpen),
        ("10:00", today - timedelta(days=1), TooSoon),
        ("11:00", DAY, TooFar),
    ):
        with pytest.raises(refusal):
            wants(hanako, time, day)
    assert wants(STAFF, "11:00", DAY, **guest).guest_name == "佐藤"
    assert wants(STAFF, "17:30", today, **guest).ends_at == at("18:30", today)
    made = wants(hanako, "12:00", today)
    assert (made.may_change, made.may_cancel) == (True, True)
    with freeze_time(at("10:30", today)):
        assert [queries.booking(hanako, made.code).may_change] == [False]
        with pytest.raises(TooLate):
            service.move(hanako, made.code, at("13:00", today), version=1, cause=a_cause())
        moved = service.move(STAFF, made.code, at("12:35", today), version=1, cause=a_cause())
    with freeze_time(at("12:00", today)):
        with pytest.raises(TooLate):
            service.cancel(hanako, moved.code, cause=a_cause())
        service.cancel(STAFF, moved.code, cause=a_cause(), reason="機械の故障")
    [notice] = told("reservations.cancelled")
    assert (notice["by"], notice["reason"], len(notice["nearest"])) == (
        "staff",
        {"ja": "機械の故障"},
        3,
    )
    assert problems() == []


def test_somebody_elses_reservation_is_not_there(account):
    wanted, hanako = a_salon(), a_customer(account)
    made = book(hanako, wanted, "10:00")
    elsewhere = replace(STAFF, store_ids=frozenset({a_store("kobe")}))

    for stranger in (a_customer(account), elsewhere):
        for act in (
            lambda who: queries.booking(who, made.code),
            lambda who: service.cancel(who, made.code, cause=a_cause()),
            lambda who: service.confirm(who, made.code, cause=a_cause()),
            lambda who: service.move(who, made.code, at("12:00"), version=1, cause=a_cause()),
            lambda who: service.arrive(who, made.code, cause=a_cause()),
        ):
            with pytest.raises(NoSuchReservation):
                act(stranger)
    with pytest.raises(NoSuchReservation):
        service.arrive(hanako, made.code, cause=a_cause())
    assert queries.booking(hanako, made.code).state == "confirmed"


def test_nobody_changes_what_they_did_not_see(account):
    wanted, hanako = a_salon(), a_customer(account)
    made = book(hanako, wanted, "10:00")
    service.move(STAFF, made.code, at("11:00"), version=1, cause=a_cause())

    with pytest.raises(Changed) as changed:
        service.move(hanako, made.code, at("12:00"), version=1, cause=a_cause())
    assert changed.value.extra == {"version": 2}
    book(hanako, wanted, "13:00")
    with pytest.raises(SlotTaken):
        service.move(hanako, made.code, at("12:30"), version=2, cause=a_cause())
    assert clock_times([queries.booking(hanako, made.code).starts_at]) == ["11:00"]
    assert (len(told("reservations.moved")), problems()) == (1, [])


def test_a_change_of_people_needs_their_seats(account):
    wanted, hanako = a_salon(3, party_max=3, price=100, per_person=True), a_customer(account)
    made = book(hanako, wanted, "10:00")
    more = service.move(hanako, made.code, at("10:00"), version=1, cause=a_cause(), party=2)
    assert (more.party, more.price, more.resources[0].seats) == (2, 200, 2)
    book(hanako, wanted, "10:00")

    with pytest.raises(SlotTaken):
        service.move(hanako, made.code, at("10:00"), version=2, cause=a_cause(), party=3)
    fewer = service.move(hanako, made.code, at("10:00"), version=2, cause=a_cause(), party=1)
    assert (fewer.party, problems()) == (1, [])
    book(hanako, wanted, "10:00")


def test_who_comes_is_marked_and_who_does_not(account, now):
    wanted, hanako = a_salon(), a_customer(account)
    setup.put_rules(wanted.store_id, {"no_show_limit": 2, "lead_minutes": 0})
    came, missed, again = (book(hanako, wanted, time) for time in ("10:00", "12:00", "14:00"))
    with pytest.raises(TooSoon):
        service.no_show(STAFF, missed.code, cause=a_cause())
    now.move_to(at("12:00"))

    service.arrive(STAFF, came.code, cause=a_cause())
    with pytest.raises(WrongState):
        service.cancel(STAFF, came.code, cause=a_cause())
    assert service.finish(STAFF, came.code, cause=a_cause()).state == "done"
    assert service.no_show(STAFF, missed.code, cause=a_cause()).state == "no_show"
    assert free_on(wanted)[0] == "12:00"  # What was missed is free again.
    now.move_to(at("14:00"))
    book(hanako, wanted, "16:00")
    service.no_show(STAFF, again.code, cause=a_cause())
    with pytest.raises(TooManyNoShows):
        book(hanako, wanted, "15:00")
    assert problems() == []


def test_one_person_has_so_many_open_at_a_store(account, now):
    wanted, hanako = a_salon(), a_customer(account)
    setup.put_rules(wanted.store_id, {"open_limit": 2, "lead_minutes": 0})
    book(hanako, wanted, "10:00")
    held = service.hold(hanako, wanted, at("12:00"), cause=a_cause(), origin="liff")

    with pytest.raises(TooManyOpen) as many:
        book(hanako, wanted, "14:00")
    assert many.value.extra == {"retry_after": 600}
    book(a_customer(account), wanted, "14:00")
    now.move_to(held.hold_until)
    book(hanako, wanted, "15:00")


def test_staff_reserve_for_members_and_for_guests_by_name(account):
    a_shop()
    wanted, member_id = a_salon(3), a_member()
    made = book(STAFF, wanted, "10:00", guest=Guest(member_id), origin="counter")

    assert (made.member_id, made.person_id, told()) == (member_id, None, [])
    assert [found.code for found in queries.of_member(member_id, wanted.store_id, DAY)] == [
        made.code
    ]
    for guest in (Guest(), Guest(name=" "), Guest(name="あ" * 101), None):
        with pytest.raises(BadReservation, match="guest"):
            book(STAFF, wanted, "12:00", guest=guest, origin="counter")


def test_lists_show_what_is_whose(account, now):
    wanted, hanako = a_salon(3), a_customer(account)
    kept, gone = book(hanako, wanted, "12:00"), book(hanako, wanted, "10:00")
    service.hold(hanako, wanted, at("14:00"), cause=a_cause(), origin="liff")
    book(a_customer(account), wanted, "16:00")
    service.cancel(hanako, gone.code, cause=a_cause())

    assert [found.code for found in queries.own(hanako)] == [kept.code]
    assert [found.code for found in queries.past(hanako)] == [gone.code]
    day = queries.of_day(wanted.store_id, DAY)
    assert [(clock_times([found.starts_at])[0], found.state) for found in day] == [
        ("10:00", "cancelled"),
        ("12:00", "confirmed"),
        ("14:00", "held"),
        ("16:00", "confirmed"),
    ]
    now.move_to(at("13:00"))
    assert [found.code for found in queries.past(hanako)] == [kept.code, gone.code]
    feed = queries.of_resource(kept.resources[0].id, at("00:00"), at("23:00"))
    assert clock_times(found.starts_at for found in feed) == ["12:00", "16:00"]
