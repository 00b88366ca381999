"""Two hundred people want the last places at once, in four processes (P9).

BOOKING_STORMS says how many storms (50 in CI, on each database); before a release a thousand.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.config import Settings
from app.db import db
from app.domain.reservations import queries, service, setup, waitlist
from app.domain.reservations.asker import Customer
from app.domain.reservations.offer import Wanted
from tests.support.bookers import Bookers, bookers
from tests.support.cast import add_account
from tests.support.reservations import (
    a_cause,
    a_customer,
    a_resource,
    a_service,
    a_store,
    at,
    problems,
)
from tests.support.waiting import wait_for

CI = os.environ.get("CI") == "true"
STORMS = int(os.environ.get("BOOKING_STORMS", "50" if CI else "3"))
PEOPLE, FEWER = 200, 60
CAPACITIES = (1, 3, 10)
# All of them have the half hour from noon on in common: service, start.
OVERLAPPING = (("short", "12:00"), ("cut", "11:30"), ("cut", "12:00"), ("long", "11:00"))
LENGTHS = {"short": 30, "cut": 60, "long": 90}
RULES = {"open_limit": 50, "lead_minutes": 0, "horizon_days": 366}
FIRST = datetime.now(UTC).date() + timedelta(days=7)

pytestmark = [pytest.mark.slow, pytest.mark.chance, pytest.mark.timeout(900)]


class Town:
    """Stores of one resource, each with another capacity, and two hundred customers."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.settings = app, settings
        with app.app_context():
            account_id = add_account()
            self.services = {
                code: a_service(code, minutes=length) for code, length in LENGTHS.items()
            }
            self.stores = {}
            for capacity in CAPACITIES:
                store_id = a_store(f"store-{capacity}")
                setup.put_rules(
                    store_id, {"open_limit": 50, "lead_minutes": 0, "horizon_days": 366}
                )
                a_resource(store_id, capacity=capacity, services=list(LENGTHS))
                self.stores[capacity] = store_id
            self.people = [a_customer(account_id) for _ in range(PEOPLE)]
            db.session.remove()
        self._days = count()

    def day(self) -> Any:
        """One on which nobody has reserved anything."""
        return FIRST + timedelta(days=next(self._days))

    def wanted(self, capacity: int, kind: str = "cut") -> Wanted:
        return Wanted(self.stores[capacity], self.services[kind])

    def ask(self, what: str, person: Customer, **more: Any) -> dict[str, Any]:
        customer = (person.person_id, person.account_id)
        return {"do": what, "customer": customer, "cause": a_cause(), **more}

    def all_want(self, capacity: int, day: Any, people: int = PEOPLE) -> list[dict[str, Any]]:
        """Everybody, or so many of them, want a time that has noon in it."""
        wishes = zip(self.people, OVERLAPPING * (PEOPLE // len(OVERLAPPING)), strict=True)
        return [
            self.ask(
                "book",
                person,
                wanted=asdict(self.wanted(capacity, kind)),
                start=at(time, day).isoformat(),
            )
            for person, (kind, time) in islice(wishes, people)
        ]

    def held_until_soon(
        self, holder: Customer, day: Any, monkeypatch: pytest.MonkeyPatch
    ) -> queries.Booking:
        """A hold of the one place at noon that ends in two seconds."""
        wanted = self.wanted(1)
        with self.app.app_context(), monkeypatch.context() as patch:
            before = clock.now() - timedelta(seconds=598)
            patch.setattr("app.clock.now", lambda: before)
            return service.hold(holder, wanted, at("12:00", day), cause=a_cause(), origin="liff")

    def problems(self) -> list[str]:
        with self.app.app_context():
            return problems()

    def reserved(self, capacity: int, day: Any) -> list[queries.Booking]:
        with self.app.app_context():
            db.session.rollback()
            return [
                found
                for found in queries.of_day(self.stores[capacity], day)
                if found.state in ("held", "confirmed")
            ]


@pytest.fixture
def town(app: Flask, settings: Settings) -> Town:
    return Town(app, settings)


@pytest.fixture
def crowd(town: Town) -> Iterator[Bookers]:
    with bookers(town.settings) as crowd:
        yield crowd


def storms(
    town: Town, crowd: Bookers, number: int, people: int = PEOPLE
) -> list[tuple[int, Counter[str]]]:
    """So many storms, in turn for the last one, three and ten places."""
    found = []
    for turn in range(number):
        capacity = CAPACITIES[turn % len(CAPACITIES)]
        found.append((capacity, crowd.rush(town.all_want(capacity, town.day(), people))))
    return found


def test_of_200_as_many_win_as_there_are_places_and_the_rest_hear_so(town, crowd):
    for capacity, outcomes in storms(town, crowd, STORMS):
        assert outcomes == {"booked": capacity, "SlotTaken": PEOPLE - capacity}
    assert town.problems() == []


def test_what_needs_two_takes_both_or_neither(town, crowd):
    with town.app.app_context():
        store_id, both = a_store("pairs"), a_service("both", needs=["staff", "seat"])
        for number in range(3):
            a_resource(store_id, f"staff-{number}", services=["both", "cut"])
        for number in range(2):
            a_resource(store_id, f"seat-{number}", kind="seat", services=["both"])
        db.session.remove()
    # For each of the three there is somebody who needs no seat, of which there are only two.
    wishes = [Wanted(store_id, both), Wanted(store_id, town.services["cut"])]
    for _ in range(5 if CI else 1):
        noon = at("12:00", town.day()).isoformat()
        asks = [
            town.ask("book", person, wanted=asdict(wishes[number % 2]), start=noon)
            for number, person in enumerate(town.people[:FEWER])
        ]
        assert crowd.rush(asks) == {"booked": 3, "SlotTaken": FEWER - 3}
    assert town.problems() == []


@pytest.mark.parametrize("unsafe", ["no_units"])
def test_the_storms_find_units_that_are_not_written(town, unsafe):
    with bookers(town.settings, unsafe=unsafe) as crowd:
        [(capacity, outcomes)] = storms(town, crowd, 1, people=40)
    assert outcomes["booked"] > capacity
    assert {"reservation.overfull", "reservation.units"} <= set(town.problems())


def test_the_keys_hold_even_where_nobody_locks(town):
    with bookers(town.settings, unsafe="no_resource_lock") as crowd:
        for capacity, outcomes in storms(town, crowd, len(CAPACITIES), FEWER):
            # Of several places some may stay empty: two chose the same seat and one was refused.
            assert 1 <= outcomes["booked"] <= capacity
            assert outcomes["booked"] + outcomes["SlotTaken"] == FEWER
    assert town.problems() == []


def test_who_gives_back_and_takes_again_while_others_want_it_leaves_it_full(town, crowd):
    for capacity in CAPACITIES:
        day = town.day()
        crowd.rush(town.all_want(capacity, day, FEWER))
        reserved = town.reserved(capacity, day)
        again = [
            town.ask(
                "rebook",
                Customer(found.person_id, found.account_id),
                code=found.code,
                wanted=asdict(Wanted(found.store_id, found.service_id)),
                start=found.starts_at.isoformat(),
            )
            for found in reserved
        ]
        outcomes = crowd.rush([*again, *town.all_want(capacity, day, FEWER)])

        assert set(outcomes) <= {"booked", "lost", "SlotTaken"}
        # Those who were cancelled had their places, and as many have them now.
        assert outcomes["booked"] >= capacity - outcomes["lost"]
        assert len(town.reserved(capacity, day)) == capacity
    assert town.problems() == []


def test_one_of_cancel_move_and_confirm_wins_over_the_other(town, crowd):
    wanted = town.wanted(10)
    for _ in range(4 if CI else 1):
        day = town.day()
        with town.app.app_context():
            held = [
                service.hold(person, wanted, at("12:00", day), cause=a_cause(), origin="liff")
                for person in town.people[:10]
            ]
        asks = [
            town.ask(verb, person, code=hold.code, start=at("14:00", day).isoformat())
            for person, hold in zip(town.people[:10], held, strict=True)
            for verb in ("confirm", "cancel", "confirm", "move", "cancel") * 2
        ]
        outcomes = crowd.rush(asks)

        assert set(outcomes) <= {"confirmed", "cancelled", "moved", "WrongState", "Changed"}
        assert town.reserved(10, day) == []  # Somebody's cancelling came after all else, or first.
    assert town.problems() == []


def test_at_the_end_of_a_hold_one_gets_the_place(town, crowd, monkeypatch):
    for _ in range(4 if CI else 1):
        day, holder = town.day(), town.people[0]
        held = town.held_until_soon(holder, day, monkeypatch)
        wait_for(lambda: clock.now() > held.hold_until - timedelta(seconds=0.3))  # noqa: B023
        want = town.all_want(1, day)
        confirm = [town.ask("confirm", holder, code=held.code) for _ in range(8)]
        outcomes = crowd.rush([*want[:100], *confirm, *want[100:]])
        while not town.reserved(1, day):
            outcomes += crowd.rush(town.all_want(1, day))  # The rush was over before the hold.

        assert set(outcomes) <= {"booked", "confirmed", "SlotTaken", "HoldExpired"}
        assert outcomes["booked"] + min(outcomes["confirmed"], 1) == 1
        assert len(town.reserved(1, day)) == 1
    assert town.problems() == []


def test_freed_places_go_to_those_who_wait_and_to_nobody_else(town, crowd):
    for capacity in CAPACITIES:
        day = town.day()
        crowd.rush(town.all_want(capacity, day, FEWER))
        reserved = town.reserved(capacity, day)
        with town.app.app_context():
            waits = [
                waitlist.join(
                    person, town.wanted(capacity, "short"), day, "12:00", "12:00", cause=a_cause()
                )
                for person in town.people[: 2 * capacity]
            ]
            assert {entry.state for entry in waits} == {"waiting"}
        cancels = [
            town.ask("cancel", Customer(found.person_id, found.account_id), code=found.code)
            for found in reserved
        ]
        outcomes = crowd.rush([*cancels, *town.all_want(capacity, day, FEWER)])
        assert outcomes["cancelled"] == capacity
        with town.app.app_context():
            db.session.rollback()
            people = town.people[: 2 * capacity]
            now = [waitlist.entry(who, each.code) for who, each in zip(people, waits, strict=True)]
        assert [entry.state for entry in now] == ["offered"] * capacity + ["waiting"] * capacity
        answers = [
            town.ask(verb, who, code=entry.code)
            for number, (who, entry) in enumerate(zip(people, now, strict=True))
            for verb in ("accept", "decline")
            if number < capacity
        ]
        outcomes = crowd.rush([*answers, *town.all_want(capacity, day, FEWER)])
        assert outcomes["accepted"] + outcomes["declined"] == capacity
        assert len(town.reserved(capacity, day)) == capacity
    assert town.problems() == []
