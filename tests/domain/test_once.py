"""P8: a request with a key does its work once, and is always answered the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import func, select

from app import once
from app.db import db
from app.errors import NotFound, TsunaguError, Unavailable
from app.facts.models import Fact
from app.facts.record import record
from app.once import Answered, InFlight, KeyMissing, KeyReused, RefusedAgain

ASKED = {"points": 100, "member": 7}
pytestmark = pytest.mark.usefixtures("inside")


class TooFew(TsunaguError):
    """A refusal with something to tell."""

    status = 409
    code = "not_enough_points"
    extra = {"balance": 40}  # noqa: RUF012


def work(slot: str = "", fails: TsunaguError | None = None) -> Callable[[], Any]:
    """Notes a fact, then answers or fails."""

    def run() -> Any:
        record("test.done", cause="test", slot=slot or str(done()))
        if fails:
            raise fails
        return {"done": done()}

    return run


def done() -> int:
    """How often the work was done."""
    return db.session.scalar(select(func.count()).select_from(Fact)) or 0


def ask(key: str = "k1", asked: Any = ASKED, run: Any = None, scope: str = "staff/1") -> Answered:
    return once.once(scope, key, asked, run or work())


def test_a_repeated_request_gets_the_first_answer_and_does_nothing():
    assert ask() == Answered(200, {"done": 1}, again=False)
    assert ask(asked=dict(reversed(ASKED.items()))) == Answered(200, {"done": 1}, again=True)
    assert done() == 1


def test_another_body_under_the_same_key_is_refused():
    ask()
    with pytest.raises(KeyReused) as refused:
        ask(asked=ASKED | {"points": 200})
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")
    assert done() == 1


def test_a_key_belongs_to_its_caller():
    ask()
    assert not ask(scope="staff/2").again
    assert done() == 2


def test_a_refusal_is_undone_kept_and_told_again():
    with pytest.raises(TooFew):
        ask(run=work(fails=TooFew("had 40")))
    with pytest.raises(RefusedAgain) as again:
        ask()
    told = again.value
    assert (told.status, told.code, told.extra) == (409, "not_enough_points", {"balance": 40})
    assert done() == 0


def test_what_failed_for_our_own_reasons_may_be_tried_again():
    with pytest.raises(Unavailable):
        ask(run=work(fails=Unavailable("away")))
    assert ask() == Answered(200, {"done": 1}, again=False)


def test_a_key_is_known_for_thirty_days():
    with freeze_time("2026-11-22T00:00:00Z") as time:
        ask()
        time.tick(timedelta(days=30))
        assert once.forget_old() == 0
        time.tick(1)
        assert once.forget_old() == 1
        assert not ask().again


@pytest.mark.parametrize("key", [None, "", " ", "x" * 201, "a\x00b", "鍵"])
def test_a_request_without_a_usable_key_is_refused(key):
    with pytest.raises(KeyMissing):
        once.read_key({} if key is None else {"Idempotency-Key": key})


def test_a_key_is_read_from_its_header():
    assert once.read_key({"Idempotency-Key": " 8e03978e-40d5 "}) == "8e03978e-40d5"


def at_once(app: Flask, threads: int = 8) -> list[bool]:
    """The same request from several threads; answers who was told an earlier answer."""
    start = Barrier(threads)

    def press(number: int) -> bool:
        with app.app_context():
            start.wait()
            return ask(run=work(f"thread {number}")).again

    with ThreadPoolExecutor(threads) as pool:
        told = list(pool.map(press, range(threads)))
    db.session.rollback()
    return told


def test_pressed_in_parallel_the_work_is_done_once(app: Flask):
    assert sorted(at_once(app)) == [False] + [True] * 7
    assert done() == 1


def test_without_the_guarantee_it_is_done_each_time(app: Flask, monkeypatch):
    monkeypatch.setattr("app.faults._UNSAFE", "no_once")
    at_once(app)
    assert done() == 8


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_who_waits_too_long_for_the_first_is_told_to_come_again(app: Flask):
    def second() -> str:
        with app.app_context(), pytest.raises(InFlight) as told:
            ask(run=work("second"))
        return told.value.code

    def first() -> Any:
        record("test.done", cause="test", slot="first")
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(second).result()

    assert ask(run=first).body == "request_in_flight"
    assert done() == 1


def test_a_refusal_of_another_kind_is_not_mistaken_for_ours():
    with pytest.raises(NotFound):
        ask(run=work(fails=NotFound("nobody")))
