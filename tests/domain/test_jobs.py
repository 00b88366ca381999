"""The clock: however many there are, a job runs once each time it is due."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from app import schedule
from app.db import db
from app.inbox import look
from app.inbox.put import RETENTION, put
from app.inbox.run import Inbox
from app.jobs.clock import Clock
from app.jobs.due import run_due
from app.jobs.table import JOBS
from tests.support.cast import message
from tests.support.waiting import wait_for


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time("2026-11-21T12:00:00Z") as frozen:
        yield frozen


def test_a_job_is_due_at_first_and_then_every_so_often(inside, time) -> None:
    assert [schedule.take("test", 60) for _ in range(3)] == [True, False, False]
    time.tick(59)
    assert not schedule.take("test", 60)
    time.tick(1)
    assert [schedule.take("test", 60) for _ in range(2)] == [True, False]


def test_jobs_do_not_wait_for_each_other(inside, time) -> None:
    assert schedule.take("one", 60)
    assert schedule.take("two", 60)


def test_after_a_long_stop_a_job_runs_once_not_for_each_time_it_missed(inside, time) -> None:
    schedule.take("test", 60)
    time.tick(86_400)
    assert [schedule.take("test", 60) for _ in range(2)] == [True, False]


def test_of_many_clocks_one_runs_the_job(app: Flask) -> None:
    taken: list[bool] = []
    start = threading.Barrier(4)

    def clock() -> None:
        with app.app_context():
            start.wait()
            taken.append(schedule.take("test", 3600))

    threads = [threading.Thread(target=clock) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]


def test_names_of_jobs_are_unique_and_fit() -> None:
    names = [name for name, _, _ in JOBS]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 60 for name in names)


def test_running_what_is_due_forgets_what_is_old(account: int, time) -> None:
    put(account, [message()])
    Inbox(lambda _incoming: "noted").drain()
    time.tick(RETENTION)
    time.tick(1)
    run_due()
    assert look.counts() == {}


def test_the_clock_runs_until_it_is_stopped(app: Flask) -> None:
    clock = Clock(app)
    clock.start()
    wait_for(lambda: _next_run(app))
    clock.stop()
    assert not clock.is_alive()


def _next_run(app: Flask) -> object:
    with app.app_context():
        return db.session.get(schedule.JobRun, JOBS[-1][0])
