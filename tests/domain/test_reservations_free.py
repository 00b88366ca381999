"""What can be reserved: seats, tables, staff, lengths and options, and what is free of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from app.db import db
from app.domain.hours import service as hours
from app.domain.links import queries as links
from app.domain.reservations import free, queries, service, setup
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import (
    BadReservation,
    NoSuchReservation,
    NoSuchResource,
    NoSuchService,
    NotForYou,
    NotOpen,
    SlotTaken,
    WrongParty,
)
from app.domain.reservations.offer import Wanted
from app.facts.models import Fact
from tests.support.members import a_member, a_shop
from tests.support.reservations import (
    DAY,
    NOW,
    a_cause,
    a_customer,
    a_resource,
    a_salon,
    a_service,
    a_store,
    at,
    problems,
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


def test_a_course_is_full_when_its_seats_are_taken(account):
    wanted = replace(a_salon(capacity=6, party_max=4), party=2)
    hanako = a_customer(account)
    for party in (4, 1):
        book(hanako, replace(wanted, party=party), "10:00")

    with pytest.raises(SlotTaken):
        book(hanako, wanted, "10:00")
    assert free_on(wanted)[0] == "11:00"
    assert free_on(replace(wanted, party=1))[0] == "10:00"
    book(hanako, replace(wanted, party=1), "10:00")
    with pytest.raises(WrongParty) as wrong:
        book(hanako, replace(wanted, party=5), "14:00")
    assert wrong.value.extra == {"least": 1, "most": 4}
    assert problems() == []


def test_seats_of_a_party_may_change_where_others_come_and_go(account):
    wanted = a_salon(capacity=2)
    hanako = a_customer(account)
    # Seat 1 until noon and seat 2 from noon on: whoever stays over noon has both in turn.
    first = book(hanako, wanted, "10:30")
    book(hanako, wanted, "11:00")
    service.cancel(hanako, first.code, cause=a_cause())
    book(hanako, wanted, "12:00")

    assert book(hanako, wanted, "11:30").state == "confirmed"
    assert problems() == []


def test_buffers_keep_time_free_before_and_after(account):
    wanted = a_salon(before_minutes=15, after_minutes=30, grid_minutes=15)
    book(a_customer(account), wanted, "12:00")

    # Until 11:45 somebody may be there whose tidying up ends then, and from 13:45 again.
    assert free_on(wanted)[:3] == ["10:00", "10:15", "13:45"]
    assert free_on(wanted)[-1] == "17:00"  # Tidying up may last beyond closing time.


def test_two_resources_must_be_free_at_once(account):
    store_id = a_store()
    service_id = a_service("spa", needs=["room", "staff"])
    room = {"kind": "room", "name": {"ja": "個室"}, "services": ["spa"]}
    a_resource(store_id, "room", **room)
    for code in ("aoi", "midori"):
        a_resource(store_id, code, services=["spa"], weekly={"wed": [["10:00", "12:00"]]})
    wanted, hanako = Wanted(store_id, service_id), a_customer(account)

    assert free_on(wanted) == ["10:00", "10:30", "11:00"]
    made = book(hanako, wanted, "10:00")
    assert [used.kind for used in made.resources] == ["room", "staff"]
    assert free_on(wanted) == ["11:00"]
    with pytest.raises(NotOpen):
        book(hanako, wanted, "12:00")


def test_the_least_busy_serves_or_whom_one_wishes_for(account):
    store_id, service_id = a_store(), a_service()
    aoi, midori = (a_resource(store_id, code) for code in ("aoi", "midori"))
    wanted, hanako = Wanted(store_id, service_id), a_customer(account)

    made = [book(hanako, wanted, time) for time in ("10:00", "11:00", "12:00")]
    assert [booking.resources[0].id for booking in made] == [aoi, midori, aoi]
    wish = replace(wanted, resource_id=aoi)
    with pytest.raises(SlotTaken):
        book(hanako, wish, "10:00")
    assert book(hanako, replace(wanted, resource_id=midori), "10:00").resources[0].id == midori
    # Who moves stays with whom they are, if they are free.
    moved = service.move(hanako, made[0].code, at("13:00"), version=1, cause=a_cause())
    assert moved.resources[0].id == aoi
    with pytest.raises(NoSuchResource):
        book(hanako, replace(wanted, resource_id=99), "10:00")


def test_the_smallest_table_that_has_room_is_given(account):
    store_id, service_id = a_store(), a_service("table", needs=["seat"], party_max=6)
    names = {"name": {"ja": "席"}, "kind": "seat", "services": ["table"]}
    ids = {size: a_resource(store_id, f"t{size}", **names, party_max=size) for size in (6, 2, 4)}
    hanako = a_customer(account)

    def table(party):
        wanted = Wanted(store_id, service_id, party)
        return book(hanako, wanted, "10:00").resources[0].id

    assert [table(party) for party in (2, 1, 2)] == [ids[2], ids[4], ids[6]]
    assert free_on(Wanted(store_id, service_id, 5))[0] == "11:00"


def test_options_make_it_longer_and_dearer(account):
    options = [
        {"code": "color", "name": {"ja": "カラー"}, "minutes": 30, "price": 4000},
        {"code": "tea", "name": {"ja": "お茶"}, "price": 500},
    ]
    wanted = replace(a_salon(3, price=5000, per_person=True, party_max=2, options=options), party=2)
    made = book(a_customer(account), replace(wanted, options=("tea", "color")), "10:00")

    assert (made.price, made.ends_at - made.starts_at) == (19_000, timedelta(minutes=90))
    assert [option.code for option in made.options] == ["color", "tea"]
    assert free_on(replace(wanted, options=("color",)))[0] == "11:30"
    with pytest.raises(BadReservation, match="there is no wine"):
        book(a_customer(account), replace(wanted, options=("wine",)), "14:00")


def test_a_month_is_free_nearly_full_full_or_closed(account):
    wanted = a_salon(grid_minutes=60)  # Eight starts a day.
    hours.set_day(wanted.store_id, DAY + timedelta(days=1), [])
    hanako, days = a_customer(account), [DAY + timedelta(days=n) for n in range(-8, 4)]
    for number in range(8):
        book(hanako, wanted, f"{10 + number}:00")
        if number:
            service.book(
                hanako,
                wanted,
                at(f"{10 + number}:00", DAY + timedelta(days=2)),
                cause=a_cause(),
                origin="liff",
            )

    found = free.month(wanted, days[0], days[-1])
    states = [found[DAY + timedelta(days=n)] for n in (-8, 0, 1, 2, 3)]
    assert states == ["closed", "full", "closed", "few", "free"]


def test_some_services_are_for_members(account, monkeypatch):
    a_shop()
    wanted, hanako, member_id = a_salon(audience="linked"), a_customer(account), a_member()
    with pytest.raises(NotForYou) as refusal:
        book(hanako, wanted, "10:00")
    assert refusal.value.extra == {"audience": "linked"}

    monkeypatch.setattr(links, "member_of", lambda _person_id: member_id)
    made = book(hanako, wanted, "10:00")
    assert made.member_id == member_id
    # Another LINE user of the same member sees it too.
    assert queries.booking(a_customer(account), made.code).code == made.code
    gold = setup.put_service({**_service(), "audience": "gold"})
    with pytest.raises(NotForYou):
        book(hanako, replace(wanted, service_id=gold), "12:00")


def _service():
    return {"code": "cut", "name": {"ja": "カット"}, "minutes": 60, "needs": ["staff"]}


def test_what_is_unknown_or_makes_no_sense_is_refused(account):
    wanted, hanako = a_salon(), a_customer(account)
    with pytest.raises(NoSuchService):
        book(hanako, replace(wanted, service_id=99), "10:00")
    with pytest.raises(NoSuchService):
        free_on(replace(wanted, store_id=a_store("kobe")))
    with pytest.raises(BadReservation, match="note"):
        book(hanako, wanted, "10:00", note="あ" * 201)
    with pytest.raises(BadReservation, match="days"):
        free.free_times(wanted, DAY, DAY + timedelta(days=62))
    for code in ("", "0" * 10, "x" * 500, "七"):
        with pytest.raises(NoSuchReservation):
            queries.booking(Customer(hanako.person_id, account), code)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 7}, "minutes"),
        ({"minutes": 725}, "minutes"),
        ({"grid_minutes": 125}, "grid_minutes"),
        ({"needs": []}, "needs"),
        ({"needs": ["staff", "staff"]}, "needs"),
        ({"needs": ["robot"]}, "needs"),
        ({"party_min": 3}, "party_max is below"),
        ({"name": {"en": "Cut"}}, "name"),
        ({"color": "red"}, "color"),
        ({"options": [{"code": "a", "name": {"ja": "甲"}}] * 2}, "same code"),
    ],
)
def test_a_service_that_cannot_be_is_refused(changes, field):
    with pytest.raises(BadReservation, match=field):
        setup.put_service(_service() | changes)
    assert queries.service_ids() == {}


def test_a_capacity_stays_while_something_is_reserved(account):
    wanted, hanako = a_salon(2), a_customer(account)
    made = book(hanako, wanted, "10:00")

    with pytest.raises(BadReservation, match="capacity"):
        a_resource(wanted.store_id, capacity=1)
    service.cancel(hanako, made.code, cause=a_cause())
    a_resource(wanted.store_id, capacity=1)
    book(hanako, wanted, "10:00")
    with pytest.raises(SlotTaken):
        book(hanako, wanted, "10:00")
