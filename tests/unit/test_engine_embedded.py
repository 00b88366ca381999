"""The embedded engine: wakes its own lanes at once, other processes' by post, and ends in order."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.engine.embedded import EmbeddedEngine
from app.engine.post import Post
from app.errors import Unavailable
from tests.support.tree import ROOT
from tests.support.waiting import wait_for

SWEEP = 1.0  # Seconds; what an engine that only polls would need for a wake-up, at worst.


class Counting:
    """A lane with `todo` rows; each run does one. `block` keeps a run from ending."""

    def __init__(self, name: str, *, errors: list[Exception] | None = None) -> None:
        self.name = name
        self.todo = 0
        self.done = 0
        self.runs = 0
        self.closed = False
        self.started = threading.Event()
        self.may_end = threading.Event()
        self.may_end.set()
        self._errors = errors or []

    def run(self) -> int:
        self.runs += 1
        if self._errors:
            raise self._errors.pop()
        if not self.todo:
            return 0
        self.started.set()
        self.may_end.wait()
        self.todo -= 1
        self.done += 1
        return 1

    def drain(self) -> None:
        while self.run():
            pass

    def when_ready(self, wake: Callable[[], None]) -> None:
        self.wake = wake

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = Flask("test")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/tsunagu.sqlite"
    return app


@pytest.fixture
def lane() -> Counting:
    return Counting("inbox")


@pytest.fixture
def engine(app: Flask, lane: Counting) -> Iterator[EmbeddedEngine]:
    """An engine that runs the lane."""
    engine = EmbeddedEngine(app)
    engine.start([lane])
    wait_for(lambda: lane.runs)
    yield engine
    lane.may_end.set()
    engine.stop()


def test_a_wake_up_needs_no_look_at_the_clock(engine: EmbeddedEngine, lane: Counting) -> None:
    # Were it the sweep that found the work, each round would take half a second and more.
    rounds, started = 20, time.monotonic()
    for done in range(1, rounds + 1):
        lane.todo = 1
        engine.wake("inbox")
        wait_for(lambda done=done: lane.done == done)
    assert time.monotonic() - started < rounds * SWEEP / 4


def test_one_wake_up_is_enough_for_all_that_is_due(engine: EmbeddedEngine, lane: Counting) -> None:
    lane.todo = 50
    engine.wake("inbox")
    wait_for(lambda: lane.done == 50, timeout=0.9 * SWEEP)


def test_a_lost_wake_up_costs_a_sweep_and_no_work(engine: EmbeddedEngine, lane: Counting) -> None:
    lane.todo = 1
    wait_for(lambda: lane.done == 1)


def test_a_wake_up_during_a_run_is_not_lost(engine: EmbeddedEngine, lane: Counting) -> None:
    lane.may_end.clear()
    lane.todo = 1
    engine.wake("inbox")
    assert lane.started.wait(5)
    lane.todo = 2
    engine.wake("inbox")
    lane.may_end.set()
    wait_for(lambda: lane.done == 2)


def test_a_lane_can_wake_itself_when_a_call_has_ended(engine, lane: Counting) -> None:
    lane.todo = 1
    lane.wake()
    wait_for(lambda: lane.done == 1, timeout=5)


def test_lanes_are_woken_apart(app: Flask) -> None:
    inbox, outbox = Counting("inbox"), Counting("outbox")
    engine = EmbeddedEngine(app)
    engine.start([inbox, outbox])
    inbox.may_end.clear()
    inbox.todo = outbox.todo = 1
    engine.wake("inbox")
    engine.wake("outbox")
    wait_for(lambda: outbox.done == 1)  # Though the inbox is busy.
    assert set(engine.running()) == {"inbox", "outbox"}
    inbox.may_end.set()
    engine.stop()
    assert not engine.running()


@pytest.mark.parametrize("error", [Unavailable("OperationalError"), ValueError("broken")])
def test_a_dispatcher_outlives_a_faulty_run(app: Flask, error: Exception) -> None:
    lane = Counting("inbox", errors=[error])
    engine = EmbeddedEngine(app)
    engine.start([lane])
    lane.todo = 1
    engine.wake("inbox")
    wait_for(lambda: lane.done == 1)
    engine.stop()


def test_stopping_finishes_what_is_under_way_and_begins_nothing(
    engine: EmbeddedEngine, lane: Counting
) -> None:
    lane.may_end.clear()
    lane.todo = 3
    engine.wake("inbox")
    assert lane.started.wait(5)
    stopping = threading.Thread(target=engine.stop)
    stopping.start()
    assert not lane.closed
    lane.may_end.set()
    stopping.join()
    assert (lane.done, lane.closed) == (1, True)
    assert not engine.running()


def test_an_engine_without_that_lane_wakes_the_engine_that_has_it(
    app: Flask, engine: EmbeddedEngine, lane: Counting
) -> None:
    for done in range(1, 11):
        lane.todo = 1
        EmbeddedEngine(app).wake("inbox")
        wait_for(lambda done=done: lane.done == done, timeout=0.9 * SWEEP)


# The post


@pytest.fixture
def arrived(app: Flask) -> Iterator[list[str]]:
    """What a listening post has received."""
    names: list[str] = []
    post = Post(app.config["SQLALCHEMY_DATABASE_URI"])
    post.receive(names.append)
    yield names
    post.close()


def sending(url: str) -> subprocess.CompletedProcess[bytes]:
    """Another process that sends one wake-up."""
    code = f"from app.engine.post import Post; Post({url!r}).send('bulk')"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_other_processes_are_heard(app: Flask, arrived: list[str]) -> None:
    sending(app.config["SQLALCHEMY_DATABASE_URI"])
    wait_for(lambda: arrived == ["bulk"])


def test_another_installation_on_the_machine_is_not_heard(app: Flask, arrived: list[str]) -> None:
    sending("sqlite:///elsewhere.sqlite")
    Post(app.config["SQLALCHEMY_DATABASE_URI"]).send("last")
    wait_for(lambda: arrived)
    assert arrived == ["last"]


def test_nobody_hears_himself(app: Flask) -> None:
    names: list[str] = []
    post, other = (Post(app.config["SQLALCHEMY_DATABASE_URI"]) for _ in range(2))
    post.receive(names.append)
    post.send("own")
    other.send("other")
    wait_for(lambda: names == ["other"])
    post.close()


def test_where_nobody_listens_nothing_happens() -> None:
    Post(f"sqlite:///{os.urandom(8).hex()}").send("bulk")


def folder(app: Flask) -> Path:
    folder: Path = Post(app.config["SQLALCHEMY_DATABASE_URI"])._folder
    return folder


def test_the_box_of_a_dead_process_is_cleared_away(app: Flask, arrived: list[str]) -> None:
    dead = folder(app) / "0-dead"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box:
        box.bind(str(dead))
    Post(app.config["SQLALCHEMY_DATABASE_URI"]).send("bulk")
    wait_for(lambda: arrived == ["bulk"])
    assert not dead.exists()


def test_a_full_box_keeps_nobody_waiting(app: Flask, arrived: list[str]) -> None:
    asleep = folder(app) / "0-asleep"
    post = Post(app.config["SQLALCHEMY_DATABASE_URI"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box:
        box.bind(str(asleep))
        for _ in range(5000):  # Would block for ever at about 500.
            post.send("bulk")
    asleep.unlink()
    wait_for(lambda: arrived)


def test_others_on_the_machine_cannot_look_in(app: Flask, arrived: list[str]) -> None:
    assert folder(app).stat().st_mode & 0o077 == 0
