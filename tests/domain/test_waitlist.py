"""Waiting for a free time: who waits longest is offered it, for half an hour."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from app.domain.hours import service as hours
from app.domain.reservations import closing, ending, free, offers, queries, service, waitlist
from app.domain.reservations.errors import (
    BadReservation,
    HoldExpired,
    KeyTaken,
    NoSuchEntry,
    NotForYou,
    SlotTaken,
    TooManyWaiting,
    WrongParty,
    WrongState,
)
from tests.support.reservations import (
    DAY,
    NOW,
    STAFF,
    a_cause,
    a_customer,
    a_salon,
    at,
    problems,
    told,
)


@pytest.fixture(autouse=True)
def now(inside: object) -> Iterator[Any]:
    with freeze_time(NOW) as time:
        yield time


@pytest.fixture
def wanted(account):
    """A course of one hour a day, for one party alone."""
    made = a_salon(capacity=4, party_max=4, grid_minutes=60)
    hours.set_day(made.store_id, DAY, [["10:00", "12:00"]])
    return made


def book(customer, wanted, time="10:00"):
    return service.book(customer, wanted, at(time), cause=a_cause(), origin="liff")


def wait(customer, wanted, first="10:00", last="11:00", **more):
    return waitlist.join(customer, wanted, DAY, first, last, **({"cause": a_cause()} | more))


def states(*pairs):
    return [waitlist.entry(who, entry.code).state for who, entry in pairs]


def test_a_freed_time_goes_to_who_waits_longest_and_is_suited(account, wanted):
    taken, full = a_customer(account), replace(wanted, party=4)
    first, second = book(taken, full, "10:00"), book(taken, full, "11:00")
    early, big, late, small = (a_customer(account) for _ in range(4))
    waits = [
        (early, wait(early, wanted, "11:00", "11:00")),
        (big, wait(big, full)),
        (late, wait(late, wanted)),
        (small, wait(small, replace(wanted, party=3))),
    ]
    service.cancel(taken, first.code, cause=a_cause())
    assert states(*waits) == ["waiting", "offered", "waiting", "waiting"]
    [offer] = told("reservations.offered")
    assert (offer["starts_at"][11:16], offer["until"][11:16]) == ("10:00", "09:30")
    assert free.free_times(wanted, DAY, DAY)[DAY] == []

    kept = offers.accept(big, waits[1][1].code, cause=a_cause())
    assert (kept.state, kept.origin, kept.hold_until) == ("confirmed", "waitlist", None)
    # One seat for who waits since the morning, three for who comes last: the other fits no more.
    service.cancel(taken, second.code, cause=a_cause())
    assert states(*waits) == ["offered", "accepted", "offered", "waiting"]
    for _ in range(2):
        offers.decline(early, waits[0][1].code, cause=a_cause())
    assert states(*waits) == ["declined", "accepted", "offered", "offered"]
    for _ in range(2):
        offers.accept(late, waits[2][1].code, cause=a_cause())
    assert states(*waits) == ["declined", "accepted", "accepted", "offered"]
    assert len(told("reservations.made")) == 4
    assert problems() == []


def test_an_offer_ends_after_half_an_hour_and_the_next_one_gets_it(account, wanted, now):
    taken, hanako, taro = (a_customer(account) for _ in range(3))
    hours.set_day(wanted.store_id, DAY, [["10:00", "11:00"]])
    full = replace(wanted, party=4)
    made = book(taken, full)
    waits = [(who, wait(who, full)) for who in (hanako, taro)]
    service.cancel(taken, made.code, cause=a_cause())
    until = waitlist.entry(hanako, waits[0][1].code).offer_until
    assert until - NOW == timedelta(minutes=30)

    now.move_to(until - timedelta(seconds=1))
    assert (ending.expire_due(), states(*waits)) == (0, ["offered", "waiting"])
    now.move_to(until)
    with pytest.raises(HoldExpired):
        offers.accept(hanako, waits[0][1].code, cause=a_cause())
    assert (ending.expire_due(), states(*waits)) == (1, ["expired", "offered"])
    for answer in (offers.accept, offers.decline):
        with pytest.raises(HoldExpired):
            answer(hanako, waits[0][1].code, cause=a_cause())
    with pytest.raises(SlotTaken):
        book(hanako, full)
    assert offers.accept(taro, waits[1][1].code, cause=a_cause()).state == "confirmed"
    assert (ending.expire_due(), problems()) == (0, [])


@pytest.mark.parametrize("way", ["move", "finish", "no_show", "expire", "hours"])
def test_whatever_frees_a_time_it_is_offered(account, wanted, now, way):
    hanako, taro = a_customer(account), a_customer(account)
    full = replace(wanted, party=4)
    hours.set_day(wanted.store_id, DAY, [["10:00", "11:00"], ["14:00", "15:00"]])
    if way == "expire":
        made = service.hold(hanako, full, at("10:00"), cause=a_cause(), origin="liff")
    else:
        made = book(hanako, full, "10:00")
    other = book(hanako, full, "14:00")
    entry = wait(taro, full, "10:00", "20:00")
    assert entry.state == "waiting"

    if way == "move":
        service.cancel(hanako, other.code, cause=a_cause())
        offers.decline(taro, entry.code, cause=a_cause())
        entry = wait(taro, full, "10:00", "11:00")
        service.move(hanako, made.code, at("14:00"), version=1, cause=a_cause())
    elif way == "hours":
        hours.set_day(wanted.store_id, DAY, [["10:00", "11:00"], ["14:00", "16:00"]])
        assert waitlist.offer_all() == 1
    elif way == "expire":
        now.move_to(made.hold_until)
        ending.expire_due()
    else:
        now.move_to(at("14:00"))
        hours.set_day(wanted.store_id, DAY, [["14:00", "16:00"]])
        if way == "finish":
            service.arrive(STAFF, other.code, cause=a_cause())
            service.finish(STAFF, other.code, cause=a_cause())
        else:
            service.no_show(STAFF, other.code, cause=a_cause())
    assert (states((taro, entry)), problems()) == (["offered"], [])


def test_who_waits_for_what_is_free_already_is_offered_it_at_once(account, wanted):
    hanako = a_customer(account)
    entry = wait(hanako, wanted, "11:00", "11:00")

    assert entry.state == "offered"
    assert queries.by_id(entry.reservation_id).starts_at == at("11:00")
    assert [found.code for found in waitlist.waiting(hanako)] == [entry.code]
    with pytest.raises(WrongState):
        waitlist.leave(hanako, entry.code)


def test_waiting_can_be_given_up_and_is_ones_own(account, wanted, now):
    hanako, taro = a_customer(account), a_customer(account)
    for time in ("10:00", "11:00"):
        book(taro, replace(wanted, party=4), time)
    entry = wait(hanako, wanted, cause="c/1")
    assert wait(hanako, wanted, cause="c/1").code == entry.code
    assert waitlist.count(wanted.store_id, DAY, DAY) == {DAY: 1}

    for act in (waitlist.entry, waitlist.leave):
        with pytest.raises(NoSuchEntry):
            act(taro, entry.code)
    for answer in (offers.accept, offers.decline):
        with pytest.raises(WrongState):
            answer(hanako, entry.code, cause=a_cause())
    with pytest.raises(KeyTaken):
        wait(taro, wanted, cause="c/1")
    for _ in range(2):
        waitlist.leave(hanako, entry.code)
    assert (states((hanako, entry)), waitlist.waiting(hanako)) == (["cancelled"], [])
    past = wait(hanako, wanted)
    now.move_to(at("09:00", DAY + timedelta(days=3)))
    assert (ending.expire_due(), states((hanako, past))) == (1, ["expired"])


def test_who_was_offered_a_time_of_a_day_that_is_closed_is_told(account, wanted):
    hanako = a_customer(account)
    waits = (hanako, wait(hanako, wanted))
    assert states(waits) == ["offered"]
    closing.close_day(STAFF, wanted.store_id, DAY, {"ja": "臨時休業"})
    assert states(waits) == ["declined"]
    assert [said["by"] for said in told("reservations.cancelled")] == ["shop"]
    assert problems() == []


def test_who_may_not_reserve_does_not_wait_either(account):
    for_members = a_salon(audience="linked")
    with pytest.raises(NotForYou):
        wait(a_customer(account), for_members)


def test_one_waits_for_what_can_be(account, wanted):
    hanako = a_customer(account)
    with pytest.raises(WrongParty):
        wait(hanako, replace(wanted, party=5))
    for first, last in (("12:00", "10:00"), ("ten", "11:00"), ("10:01", "11:00")):
        with pytest.raises(BadReservation):
            wait(hanako, wanted, first, last)
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=100)):
        with pytest.raises(BadReservation):
            waitlist.join(hanako, wanted, day, "10:00", "11:00", cause=a_cause())
    for time in ("10:00", "11:00"):
        book(hanako, replace(wanted, party=4), time)
    for _ in range(5):
        wait(hanako, wanted)
    with pytest.raises(TooManyWaiting):
        wait(hanako, wanted)
