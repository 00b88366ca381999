"""Many tills at once: no point is made or lost, none is spent twice, and no read sees a half."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import TimeoutError

from app.db import db
from app.domain.points import queries, service
from app.domain.points.errors import NotEnough
from app.domain.points.models import PointAccount
from app.errors import Unavailable
from tests.support.members import a_member
from tests.support.points import a_key, a_shop_with_points, problems

pytestmark = pytest.mark.chance

CI = os.environ.get("CI") == "true"
SECONDS = 20.0 if CI else 3.0
PATIENCE = 90.0  # On a busy machine it takes longer until enough has happened.
ENOUGH = Counter(moved=50, read=20)
THREADS, READERS, MEMBERS = 32, 4, 6


class Bank:
    """Threads that move points among a few members, and threads that add everything up."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.seen: Counter[str] = Counter()
        with app.app_context():
            a_shop_with_points()
            self.member_ids = [a_member() for _ in range(MEMBERS)]
            for member_id in self.member_ids:
                service.earn(member_id, paid=50_000, store_id=None, key=a_key())

    def open(self, seconds: float, enough: Counter[str] | None = None) -> None:
        """Let everybody in for so long, and until enough has happened."""
        self.until, self.enough = time.monotonic() + seconds, enough or Counter()
        work = [self._till] * (THREADS - READERS) + [self._auditor] * READERS
        in_threads(self.app, work, self.seen)

    def _open(self) -> bool:
        late = time.monotonic() - self.until
        return late < 0 or (late < PATIENCE and not self.seen >= self.enough)

    def _till(self, number: int) -> None:
        dice = random.Random(number)
        while self._open():
            member_id, points = dice.choice(self.member_ids), dice.randint(1, 60)
            try:
                if dice.random() < 0.5:
                    service.redeem(member_id, points, key=a_key())
                else:
                    service.earn(member_id, paid=points * 100, store_id=None, key=a_key())
                self.seen["moved"] += 1
            except NotEnough:
                self.seen["refused"] += 1
            except Unavailable:
                self.seen["came again"] += 1  # As a till does; SQLite has one turn for all.

    def _auditor(self, _number: int) -> None:
        of_members = func.min(PointAccount.balance).filter(PointAccount.member_id.is_not(None))
        while self._open():
            try:
                total, lowest = db.session.execute(
                    select(func.sum(PointAccount.balance), of_members)
                ).one()
            except TimeoutError:
                continue  # There are more threads than connections.
            finally:
                db.session.rollback()
            self.seen["read"] += 1
            self.seen["wrong sums"] += total != 0
            self.seen["below zero"] += lowest < 0


def in_threads(app: Flask, work: list[Callable[[int], None]], seen: Counter[str]) -> None:
    """Run all at once; what they raise is counted by its class."""

    def run(number: int, task: Callable[[int], None]) -> None:
        with app.app_context():
            try:
                task(number)
            except Exception as error:  # noqa: BLE001 - All count.
                seen[type(error).__name__] += 1

    threads = [threading.Thread(target=run, args=each) for each in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wrong(app: Flask, seen: Counter[str]) -> list[str]:
    """What nobody may ever see, and the invariants that do not hold."""
    fine = {"moved", "refused", "came again", "read"}
    with app.app_context():
        return [name for name, times in seen.items() if times and name not in fine] + problems()


def test_no_read_sees_points_made_or_lost(app: Flask) -> None:
    bank = Bank(app)
    bank.open(SECONDS, ENOUGH)
    assert wrong(app, bank.seen) == []
    assert bank.seen >= ENOUGH


def test_reading_before_the_lock_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = Bank(app)
    monkeypatch.setattr("app.faults._UNSAFE", "rmw_balance")
    bank.open(2.0)
    assert "points.balance" in wrong(app, bank.seen)


def race(app: Flask) -> Counter[str]:
    """200 redeems of one point at once, of a balance of 100; who gets no turn comes again."""
    outcomes: Counter[str] = Counter()
    with app.app_context():
        a_shop_with_points()
        member_id = a_member()
        service.earn(member_id, paid=10_000, store_id=None, key=a_key())

    def redeem(_number: int) -> None:
        key = a_key()
        while True:
            try:
                service.redeem(member_id, 1, key=key)
                outcomes["spent"] += 1
                return
            except NotEnough:
                outcomes["refused"] += 1
                return
            except Unavailable:
                continue  # The same key again.

    in_threads(app, [redeem] * 200, outcomes)
    with app.app_context():
        outcomes["left"] = queries.balance(member_id)
        outcomes["problems"] = len(problems())
    return outcomes


def test_of_200_redeems_for_100_points_100_win(app: Flask) -> None:
    assert race(app) == {"spent": 100, "refused": 100, "left": 0, "problems": 0}


def test_the_race_finds_reading_before_the_lock(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.faults._UNSAFE", "rmw_balance")
    outcomes = race(app)
    assert (outcomes["spent"], outcomes["problems"]) != (100, 0)
