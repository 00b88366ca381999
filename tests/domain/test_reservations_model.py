"""Reservations do what a list of intervals does, whatever people and the clock do (P9)."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from app.domain.reservations import ending, free, queries, service
from app.domain.reservations.asker import Customer, Guest
from app.domain.reservations.errors import (
    Changed,
    HoldExpired,
    SlotTaken,
    TooSoon,
    WrongState,
)
from app.domain.reservations.offer import Wanted
from app.errors import TsunaguError
from tests.support.cast import add_account
from tests.support.reservations import (
    DAY,
    NOW,
    STAFF,
    a_cause,
    a_customer,
    a_resource,
    a_service,
    a_store,
    at,
    problems,
)

pytestmark = pytest.mark.chance

SEQUENCES = 60 if os.environ.get("CI") == "true" else 8
CAPACITY, PARTIES = 3, 3
LENGTHS = {"short": 30, "cut": 60, "long": 90}
BEFORE, AFTER = timedelta(minutes=10), timedelta(minutes=15)
STARTS = [at("10:00") + timedelta(minutes=30 * number) for number in range(8)]
LIVE = ("held", "confirmed", "arrived")
PICK = st.integers(0, 100)


@dataclass
class Mine:
    """A reservation as the model has it."""

    code: str
    service: str
    start: datetime
    party: int
    state: str
    version: int = 1
    until: datetime | None = None
    on_page: bool = False

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the buffer before to the buffer after."""
        end = self.start + timedelta(minutes=LENGTHS[self.service])
        return self.start - BEFORE, end + AFTER


class Model(RuleBasedStateMachine):
    """One resource with some seats, beside a list. `now`: the clock, frozen by `play`."""

    now: Any
    account: int
    stores: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.now.move_to(NOW)
        type(self).stores += 1
        self.store_id = a_store(f"store-{self.stores}")
        buffers = {"before_minutes": 10, "after_minutes": 15, "party_max": PARTIES}
        self.services = {
            code: a_service(code, minutes=length, **buffers) for code, length in LENGTHS.items()
        }
        a_resource(self.store_id, capacity=CAPACITY, services=list(LENGTHS))
        self.who = a_customer(self.account)
        self.all: list[Mine] = []

    def time(self) -> datetime:
        return NOW + (datetime.now(NOW.tzinfo) - NOW)

    def alive(self, mine: Mine) -> bool:
        held = mine.state == "held" and mine.until is not None and mine.until <= self.time()
        return mine.state in LIVE and not held

    def fits(self, wish: Mine, but: Mine | None = None) -> bool:
        """Whether at every instant of its time enough seats are left."""
        first, last = wish.span
        others = [each for each in self.all if each is not but and self.alive(each)]
        edges = [first, *(each.span[0] for each in others)]
        return all(
            sum(each.party for each in others if each.span[0] <= edge < each.span[1]) + wish.party
            <= CAPACITY
            for edge in edges
            if first <= edge < last
        )

    def wanted(self, kind: str, party: int) -> Wanted:
        return Wanted(self.store_id, self.services[kind], party)

    def one(self, number: int) -> Mine:
        return self.all[number % len(self.all)]

    def expect(self, right: bool, refusal: type[TsunaguError], act: Callable[[], Any]) -> Any:
        """What the act answers; it must be refused so where it is not right."""
        if right:
            return act()
        try:
            act()
        except refusal:
            return None
        raise AssertionError(f"was not refused as {refusal.__name__}")

    @rule(
        kind=st.sampled_from(sorted(LENGTHS)),
        start=st.sampled_from(STARTS),
        party=st.integers(1, PARTIES),
        staff=st.booleans(),
        hold=st.booleans(),
    )
    def reserves(self, kind: str, start: datetime, party: int, staff: bool, hold: bool) -> None:
        wish = Mine("", kind, start, party, "held" if hold else "confirmed")
        asker: Customer | Any = STAFF if staff else self.who
        how = {"cause": a_cause(), "guest": Guest(name="佐藤") if staff else None}
        verb = service.hold if hold else service.book
        wish.on_page = hold and not staff
        if wish.on_page:
            self.lets_go()
        too_soon = not staff and start < self.time()
        right, refusal = (False, TooSoon) if too_soon else (self.fits(wish), SlotTaken)
        made = self.expect(
            right,
            refusal,
            lambda: verb(asker, self.wanted(kind, party), start, origin="liff", **how),
        )
        if made:
            wish.code, wish.until = made.code, made.hold_until
            self.all.append(wish)

    def lets_go(self) -> None:
        """A customer holds one time: whoever asks for another one has let go of the first."""
        for mine in self.all:
            if mine.on_page and mine.state == "held":
                mine.state = "expired"

    @precondition(lambda self: self.all)
    @rule(number=PICK)
    def confirms(self, number: int) -> None:
        mine = self.one(number)
        over = mine.state == "expired" or (mine.state == "held" and not self.alive(mine))
        refusal = HoldExpired if over else WrongState
        right = mine.state == "confirmed" or (mine.state == "held" and not over)
        if self.expect(right, refusal, lambda: service.confirm(STAFF, mine.code, cause=a_cause())):
            mine.state, mine.until = "confirmed", None

    @precondition(lambda self: self.all)
    @rule(number=PICK, start=st.sampled_from(STARTS), party=st.integers(1, PARTIES), old=PICK)
    def moves(self, number: int, start: datetime, party: int, old: int) -> None:
        mine = self.one(number)
        version = mine.version - (old == 0)
        wish = Mine("", mine.service, start, party, "confirmed")
        if version != mine.version:
            right, refusal = False, Changed
        elif mine.state != "confirmed":
            right, refusal = False, WrongState
        else:
            right, refusal = self.fits(wish, but=mine), SlotTaken
        if self.expect(
            right,
            refusal,
            lambda: service.move(
                STAFF, mine.code, start, version=version, cause=a_cause(), party=party
            ),
        ):
            mine.start, mine.party, mine.version = start, party, mine.version + 1
        self.look_after()

    @precondition(lambda self: self.all)
    @rule(number=PICK)
    def cancels(self, number: int) -> None:
        mine = self.one(number)
        right = mine.state in ("held", "confirmed", "cancelled")
        if self.expect(
            right, WrongState, lambda: service.cancel(STAFF, mine.code, cause=a_cause())
        ):
            mine.state = "cancelled"

    @precondition(lambda self: self.all)
    @rule(number=PICK, finish=st.booleans())
    def comes_and_goes(self, number: int, finish: bool) -> None:
        mine = self.one(number)
        before, after = ("arrived", "done") if finish else ("confirmed", "arrived")
        verb = service.finish if finish else service.arrive
        right = mine.state in (before, after)
        if self.expect(right, WrongState, lambda: verb(STAFF, mine.code, cause=a_cause())):
            mine.state = after

    @precondition(lambda self: self.all)
    @rule(number=PICK)
    def was_somebody_else(self, number: int) -> None:
        mine = self.one(number)
        right = mine.state in ("arrived", "confirmed")
        if self.expect(
            right, WrongState, lambda: service.undo_arrival(STAFF, mine.code, cause=a_cause())
        ):
            mine.state = "confirmed"

    @rule(minutes=st.sampled_from([1, 5, 10, 300, -60]))
    def time_passes(self, minutes: int) -> None:
        """Also backwards: a clock that is set back brings no hold to life that has ended."""
        self.now.tick(timedelta(minutes=minutes))

    @rule()
    def clock_looks(self) -> None:
        ending.expire_due()
        self.look_after()

    def look_after(self) -> None:
        """Holds that have ended are ended for good by whoever comes by."""
        for mine in self.all:
            if mine.state == "held" and queries.booking(STAFF, mine.code).state == "expired":
                assert not self.alive(mine)
                mine.state = "expired"

    @invariant()
    def everything_is_as_in_the_list(self) -> None:
        self.look_after()
        for mine in self.all:
            found = queries.booking(STAFF, mine.code)
            assert (found.state, found.starts_at, found.party, found.version) == (
                *(mine.state, mine.start, mine.party),
                mine.version,
            )

    @invariant()
    def what_is_free_is_what_fits(self) -> None:
        for party in (1, PARTIES):
            found = free.free_times(self.wanted("cut", party), DAY, DAY, staff=False)[DAY]
            assert [start for start in STARTS if start in found] == [
                start
                for start in STARTS
                if start >= self.time() and self.fits(Mine("", "cut", start, party, "held"))
            ]


def play(sequences: int, *, shrink: bool = True) -> None:
    bounds = settings(
        max_examples=sequences,
        stateful_step_count=20,
        deadline=None,
        phases=set(Phase) - (set() if shrink else {Phase.shrink, Phase.explain}),
        suppress_health_check=list(HealthCheck),
    )
    with freeze_time(NOW) as now:
        bounded = {"now": now, "account": add_account()}
        run_machine(type("Bounded", (Model,), bounded), settings=bounds)


@pytest.mark.timeout(300)  # 60 sequences take some 20 seconds on an idle machine.
def test_reservations_are_the_model(app: Flask) -> None:
    with app.app_context():
        play(SEQUENCES)
        assert problems() == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_model_finds_units_that_are_not_written(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.faults._UNSAFE", "no_units")
    with app.app_context(), pytest.raises((AssertionError, BaseExceptionGroup)):
        play(400, shrink=False)  # It ends with the first that is found.
