"""What is offered of a store's day: grids, the last order, clocks that change, and for whom."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from freezegun import freeze_time

from app.domain.links import service as links
from app.domain.points import service as points
from app.domain.reservations import free, service, setup
from app.domain.reservations.asker import Customer, Guest
from app.domain.reservations.errors import NotForYou, NotOpen, TooManyOpen
from app.domain.reservations.offer import Wanted
from tests.support.members import a_member, asker
from tests.support.points import TIERS, a_key, a_shop_with_points, tiers
from tests.support.reservations import (
    DAY,
    NOW,
    STAFF,
    a_cause,
    a_customer,
    a_resource,
    a_salon,
    a_service,
    a_store,
    at,
    problems,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def now(inside: object) -> Iterator[Any]:
    with freeze_time(NOW) as time:
        yield time


def starts(wanted: Wanted, day: date = DAY) -> list[str]:
    return [start.strftime("%H:%M") for start in free.free_times(wanted, day, day)[day]]


@pytest.mark.parametrize(
    ("grid", "second", "count"),
    [(5, "10:05", 85), (45, "10:45", 10), (120, "12:00", 4)],
)
def test_any_grid_is_offered(grid: int, second: str, count: int) -> None:
    found = starts(a_salon(grid_minutes=grid))
    assert (found[:2], len(found)) == (["10:00", second], count)


def test_after_the_last_order_nothing_begins_but_for_staff(account: int) -> None:
    store_id = a_store(last_order_minutes=90)
    wanted = Wanted(store_id, a_service(grid_minutes=30))
    a_resource(store_id)
    assert starts(wanted)[-1] == "16:30"
    new = {"cause": a_cause(), "guest": Guest(name="佐藤")}
    with pytest.raises(NotOpen):
        service.hold(a_customer(account), wanted, at("17:00"), cause=a_cause(), origin="liff")
    assert service.book(STAFF, wanted, at("17:00"), origin="counter", **new).state == "confirmed"


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2030, 3, 31), ["00:00", "01:00", "03:00", "04:00"]),
        (date(2030, 10, 27), ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]),
    ],
)
def test_a_day_on_which_the_clocks_change_has_the_hours_it_has(
    day: date, found: list[str], now: Any, account: int
) -> None:
    night = {weekday: [["00:00", "05:00"]] for weekday in ("mon", "sun")}
    store_id = a_store(weekly=night, zone="Europe/Berlin")
    wanted = Wanted(store_id, a_service(grid_minutes=60))
    a_resource(store_id)
    now.move_to(f"{day.isoformat()[:8]}01T00:00:00Z")
    assert starts(wanted, day) == found
    hanako = a_customer(account)
    every = free.free_times(wanted, day, day)[day]
    for start in every:
        service.book(hanako, wanted, start, cause=a_cause(), origin="liff")
    assert starts(wanted, day) == []
    assert problems() == []


def test_a_tier_may_and_those_below_it_may_not(account: int) -> None:
    a_shop_with_points()
    tiers()
    wanted = a_salon(audience=TIERS[1][0])
    person, member_id = asker(account), a_member()
    links.link(person, member_id, proof="code")
    customer = Customer(person.person_id, account)
    with pytest.raises(NotForYou):
        service.book(customer, wanted, at("10:00"), cause=a_cause(), origin="liff")
    points.earn(member_id, paid=TIERS[1][2] * 100, store_id=None, key=a_key())
    assert service.book(customer, wanted, at("10:00"), cause=a_cause(), origin="liff").member_id


def test_too_many_open_ones_say_when_to_come_again(account: int) -> None:
    wanted, hanako = a_salon(), a_customer(account)
    setup.put_rules(wanted.store_id, {"open_limit": 1, "lead_minutes": 0})
    service.book(hanako, wanted, at("10:00"), cause=a_cause(), origin="liff")
    with pytest.raises(TooManyOpen) as refused:
        service.book(hanako, wanted, at("12:00"), cause=a_cause(), origin="liff")
    assert (refused.value.status, refused.value.code) == (429, "too_many_holds")
    assert refused.value.extra["retry_after"] == (at("11:00") - NOW).total_seconds()
