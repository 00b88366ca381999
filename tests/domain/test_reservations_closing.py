"""A day that closes at the very moment at which somebody reserves a time of it (PostgreSQL)."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.db import db
from app.domain.hours import queries as hours
from app.domain.hours import service as hours_service
from app.domain.reservations import closing, queries, service, taking
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import NotOpen
from app.domain.reservations.models import Resource
from app.domain.reservations.offer import Wanted
from tests.support.reservations import STAFF, a_cause, a_customer, a_salon, at, problems
from tests.support.waiting import wait_for

# SQLite has one writer: who closes and who reserves come one after the other.
pytestmark = [
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),
    pytest.mark.usefixtures("inside"),
]
REASON = {"ja": "台風のため"}
PATIENCE = 20.0
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class Salon:
    """One place, somebody who wants it at a start, and threads to want it in."""

    app: Flask
    wanted: Wanted
    customer: Customer
    start: datetime
    pool: ThreadPoolExecutor

    def reserves(self) -> "Future[str]":
        return self.pool.submit(self._reserve)

    def closes(self) -> "Future[None]":
        return self.pool.submit(self._close)

    def state(self) -> list[str]:
        db.session.rollback()
        return [each.state for each in queries.of_day(self.wanted.store_id, self.start.date())]

    def _reserve(self) -> str:
        with self.app.app_context():
            try:
                service.book(self.customer, self.wanted, self.start, cause=a_cause(), origin="liff")
            except NotOpen:
                return "closed"
            return "booked"

    def _close(self) -> None:
        with self.app.app_context():
            closing.close_day(STAFF, self.wanted.store_id, self.start.date(), REASON)


@pytest.fixture
def salon(app: Flask, account: int) -> Iterator[Salon]:
    wanted, customer = a_salon(), a_customer(account)
    db.session.commit()
    start = at("12:00", hours.today(wanted.store_id) + timedelta(days=7))
    with ThreadPoolExecutor(2) as pool:
        yield Salon(app, wanted, customer, start, pool)


@contextmanager
def everything_locked() -> Iterator[None]:
    """Somebody else is taking something just now."""
    with db.engine.connect() as other:
        other.execute(select(Resource.id).with_for_update())
        yield


def somebody_waits() -> bool:
    db.session.rollback()
    return bool(db.session.scalar(_WAITING))


@pytest.mark.parametrize(("unsafe", "end"), [("", "closed"), ("no_second_look", "booked")])
def test_who_waited_for_a_place_meanwhile_does_not_get_it(salon, monkeypatch, unsafe, end):
    monkeypatch.setattr("app.faults._UNSAFE", unsafe)
    with everything_locked():
        asked = salon.reserves()
        wait_for(somebody_waits)
        hours_service.set_day(salon.wanted.store_id, salon.start.date(), [], REASON)

    assert asked.result(PATIENCE) == end


@pytest.mark.parametrize(("unsafe", "end"), [("", "cancelled"), ("no_wait", "confirmed")])
def test_who_had_a_place_already_is_told(salon, monkeypatch, unsafe, end):
    monkeypatch.setattr("app.faults._UNSAFE", unsafe)
    reached, go_on = Event(), Event()

    def slowly(name: str) -> None:
        if name == "booking.taken":
            reached.set()
            go_on.wait(PATIENCE)

    monkeypatch.setattr(taking, "crash_point", slowly)
    asked = salon.reserves()
    assert reached.wait(PATIENCE)
    closed = salon.closes()
    wait_for(lambda: closed.done() or somebody_waits())
    go_on.set()

    assert asked.result(PATIENCE) == "booked"
    closed.result(PATIENCE)
    assert salon.state() == [end]
    assert problems() == []
