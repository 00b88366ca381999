"""P9 under `kill -9`: a booking is there with all its units or not at all; a move has one time."""

import subprocess
import sys
from datetime import timedelta

import pytest

from app.cli import invariants
from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.hours import queries as hours
from app.domain.reservations import queries, service
from app.domain.reservations.queries import Booking
from tests.support.faults import Rig
from tests.support.reservations import a_customer, a_salon, at, problems
from tests.support.tree import ROOT

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(180),
]

_ACT = """
import sys
from datetime import datetime
from app.domain.reservations import service
from app.domain.reservations.asker import Customer
from app.domain.reservations.offer import Wanted
from app.factory import create_app

verb, person, account, start, code, *wanted = sys.argv[1:]
customer, at = Customer(int(person), int(account)), datetime.fromisoformat(start)
with create_app().app_context():
    if verb == "book":
        service.book(customer, Wanted(*map(int, wanted)), at, cause="child", origin="liff")
    else:
        service.move(customer, code, at, version=1, cause="child")
"""


class Shop:
    """A store in the rig's database, and somebody who reserves there for the day after tomorrow."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.wanted = a_salon()
        self.who = a_customer(accounts.find("main").id)
        self.day = hours.today(self.wanted.store_id) + timedelta(days=2)

    def killed(self, point: str, verb: str, time: str, code: str = "", **switches: str) -> None:
        """A process that dies there while it acts."""
        who, wanted = self.who, self.wanted
        words = [verb, who.person_id, who.account_id, at(time, self.day).isoformat(), code]
        child = subprocess.run(
            [sys.executable, "-c", _ACT, *map(str, [*words, wanted.store_id, wanted.service_id])],
            cwd=ROOT,
            env=self.rig.env | switches | {"CRASH_AT": point},
            timeout=60,
            check=False,
        )
        assert child.returncode == -9
        db.session.rollback()

    def book(self, time: str, cause: str) -> Booking:
        start = at(time, self.day)
        return service.book(self.who, self.wanted, start, cause=cause, origin="liff")

    def times(self) -> list[str]:
        found = queries.of_day(self.wanted.store_id, self.day)
        return [f"{booking.starts_at:%H:%M} {booking.state}" for booking in found]


def test_a_booking_is_whole_or_not_there_and_the_same_cause_makes_it(rig: Rig) -> None:
    with rig.app.app_context():
        shop = Shop(rig)
        for point in ("booking.after_check", "booking.taken"):
            shop.killed(point, "book", "12:00")
            assert (shop.times(), problems()) == ([], [])

        for _ in range(2):
            shop.book("12:00", "child")
        assert (shop.times(), invariants.check()) == (["12:00 confirmed"], [])


def test_a_move_that_was_cut_off_did_not_happen(rig: Rig) -> None:
    with rig.app.app_context():
        shop = Shop(rig)
        made = shop.book("12:00", "first")
        shop.killed("booking.both_taken", "move", "12:30", made.code)
        assert (shop.times(), problems()) == (["12:00 confirmed"], [])

        start = at("12:30", shop.day)
        for _ in range(2):
            service.move(shop.who, made.code, start, version=1, cause="child")
        assert (shop.times(), invariants.check()) == (["12:30 confirmed"], [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_move_in_steps_is_found(rig: Rig) -> None:
    with rig.app.app_context():
        shop = Shop(rig)
        made = shop.book("12:00", "first")
        shop.killed("booking.both_taken", "move", "14:00", made.code, UNSAFE="move_in_steps")
        assert "reservation.units" in problems()
