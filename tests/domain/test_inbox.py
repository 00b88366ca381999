"""The inbox: nothing is lost, nothing is done twice, people's events keep their order."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select

from app import clock
from app.claims import MAX_TRIES, LeaseLost, claim, claiming, finish
from app.db import db, transaction
from app.errors import NotFound
from app.facts.models import Fact
from app.facts.record import record
from app.inbox import look
from app.inbox.models import InboxEvent, Quarantine
from app.inbox.put import RETENTION, TooDeep, put, quarantine
from app.inbox.run import LEASE, Inbox, Incoming
from tests.support.cast import add_account, message

_DUE = claiming(InboxEvent.__table__, busy="running", turn=("account_id", "source"))
NOON = "2026-11-21T12:00:00Z"


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOON) as frozen:
        yield frozen


def rows() -> list[InboxEvent]:
    db.session.expire_all()
    return list(db.session.scalars(select(InboxEvent).order_by(InboxEvent.id)))


def states() -> list[str]:
    return [row.state for row in rows()]


def claimed(limit: int = 10) -> list[int]:
    with transaction():
        return [row.id for row in claim(_DUE, lease=LEASE, limit=limit)]


def facts() -> int:
    return db.session.scalar(select(func.count()).select_from(Fact)) or 0


class Handled:
    """A handler that notes what it got; the first `failures` tries fail."""

    def __init__(self, failures: int = 0) -> None:
        self.seen: list[str] = []
        self._failures = failures

    def __call__(self, incoming: Incoming) -> str:
        self.seen.append(incoming.event["message"]["text"])
        record("test.handled", cause=f"{incoming.event_id}/{len(self.seen)}")
        if len(self.seen) <= self._failures:
            raise ValueError("山田花子")
        return "answered"


# Putting


def test_an_event_is_kept_once_however_often_it_comes(account: int) -> None:
    first, second = message("1"), message("2")
    put(account, [first, second, first])
    put(account, [second])
    assert len(rows()) == 2


def test_two_accounts_may_have_events_of_the_same_id(account: int) -> None:
    other = add_account("other")
    event = message()
    put(account, [event])
    put(other, [event])


def test_a_redelivery_after_the_answer_has_no_second_effect(account: int) -> None:
    event, handled = message(), Handled()
    put(account, [event])
    Inbox(handled).drain()
    put(account, [{**event, "deliveryContext": {"isRedelivery": True}}])
    Inbox(handled).drain()
    assert handled.seen == ["営業時間"]
    assert states() == ["done"]


def test_all_events_of_a_body_or_none(account: int) -> None:
    unwritable = {**message(), "too": deep(400)}
    with pytest.raises(TooDeep):
        put(account, [message(), unwritable])
    assert rows() == []


def deep(levels: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


def test_what_is_too_old_is_kept_but_never_run(account: int) -> None:
    old = clock.to_ms(clock.now() - RETENTION - timedelta(days=1))
    put(account, [message(timestamp=old)])
    handled = Handled()
    Inbox(handled).drain()
    assert handled.seen == []
    assert [(row.state, row.outcome) for row in rows()] == [("dead", "stale")]
    assert look.retry() == 0


def test_a_body_nobody_can_read_is_kept_as_it_came(account: int) -> None:
    body = b"\x00\xff{" * 1000
    quarantine(account, body, "no JSON")
    (kept,) = db.session.scalars(select(Quarantine))
    assert (kept.body, kept.reason) == (body, "no JSON")


# Claiming


def test_each_source_has_one_event_under_way_oldest_first(account: int) -> None:
    put(account, [message(user=user) for user in ("U1", "U2", "U1", "U2", "U3")])
    assert claimed() == [rows()[0].id, rows()[1].id, rows()[4].id]
    assert claimed() == []


def test_events_without_a_source_wait_for_nobody(account: int) -> None:
    put(account, [message(source={"type": "user"}) for _ in range(3)])
    assert len(claimed()) == 3


def test_the_same_person_at_two_accounts_waits_for_nobody(account: int) -> None:
    put(account, [message()])
    put(add_account("other"), [message()])
    assert len(claimed()) == 2


def test_the_next_event_of_a_person_follows_when_the_first_is_done(account: int) -> None:
    put(account, [message(str(number)) for number in range(5)])
    handled = Handled()
    Inbox(handled).drain()
    assert handled.seen == ["0", "1", "2", "3", "4"]


def test_a_person_whose_event_fails_waits_and_others_do_not(account: int, time) -> None:
    put(account, [message("1"), message("2"), message("other", user="U2")])
    handled = Handled(failures=1)
    Inbox(handled).drain()
    assert handled.seen == ["1", "other"]
    time.tick(1)
    Inbox(handled).drain()
    assert handled.seen == ["1", "other", "1", "2"]


def test_a_long_line_that_waits_for_one_event_holds_nobody_up(account: int, time) -> None:
    put(account, [message("fails"), *[message() for _ in range(200)]])
    put(account, [message("other", user="U2")])
    handled = Handled(failures=1)
    Inbox(handled).drain()
    assert handled.seen == ["fails", "other"]


def test_a_claim_takes_no_more_than_asked(account: int) -> None:
    put(account, [message(user=f"U{number}") for number in range(5)])
    assert len(claimed(limit=2)) == 2


def test_claimers_never_share_a_row(app: Flask, account: int) -> None:
    put(account, [message(user=f"U{number}") for number in range(60)])
    db.session.remove()
    taken: list[int] = []
    start = threading.Barrier(4)

    def claimer() -> None:
        with app.app_context():
            start.wait()
            while some := claimed(limit=3):
                taken.extend(some)

    threads = [threading.Thread(target=claimer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60


def test_what_a_dead_process_had_is_due_again_after_its_lease(account: int, time) -> None:
    put(account, [message()])
    claimed()
    time.tick(LEASE.total_seconds() - 0.001)
    assert claimed() == []
    time.tick(0.001)
    assert len(claimed()) == 1
    assert (rows()[0].fence, rows()[0].attempts) == (2, 2)


# Finishing


def test_an_old_fence_finishes_nothing(account: int, time) -> None:
    put(account, [message()])
    (row_id,) = claimed()
    time.tick(LEASE.total_seconds())
    claimed()
    with pytest.raises(LeaseLost), transaction():
        finish(InboxEvent, row_id, 1, state="done")
    with transaction():
        finish(InboxEvent, row_id, 2, state="done")
    assert states() == ["done"]


def steal(incoming: Incoming) -> str:
    """A handler that is so slow that somebody else takes its event meanwhile."""
    record("test.handled", cause=incoming.event_id)
    row = db.session.scalars(select(InboxEvent).filter_by(event_id=incoming.event_id)).one()
    row.fence += 1
    db.session.flush()
    return "answered"


def test_who_lost_the_lease_leaves_no_effect_behind(account: int) -> None:
    put(account, [message()])
    Inbox(steal).run()
    assert facts() == 0
    assert states() == ["running"]


def test_who_lost_the_lease_and_fails_does_not_stop_the_others(account: int, app: Flask) -> None:
    put(account, [message("first"), message("second", user="U2")])
    handled = Handled()

    def stolen_then_broken(incoming: Incoming) -> str:
        if incoming.event["message"]["text"] == "second":
            return handled(incoming)
        _in_another_session(app, incoming.event_id)
        raise ValueError

    Inbox(stolen_then_broken).run()
    assert handled.seen == ["second"]
    assert states() == ["running", "done"]


def _in_another_session(app: Flask, event_id: str) -> None:
    """What another worker does: take the event, after the lease has ended."""
    db.session.rollback()  # SQLite has one writer.
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            InboxEvent.__table__.update().where(InboxEvent.event_id == event_id).values(fence=9)
        )


def test_all_effects_of_a_failed_try_are_undone(account: int, time) -> None:
    put(account, [message()])
    Inbox(Handled(failures=1)).run()
    assert facts() == 0
    (row,) = rows()
    assert (row.state, row.outcome, row.attempts) == ("pending", "ValueError", 1)


def test_after_eight_tries_an_event_is_dead_with_its_reason(account: int, time) -> None:
    put(account, [message("broken"), message("next")])
    handled = Handled(failures=MAX_TRIES)
    for _ in range(MAX_TRIES):
        Inbox(handled).drain()
        time.tick(60)
    assert handled.seen == ["broken"] * 8 + ["next"]
    assert [(row.state, row.outcome) for row in rows()] == [
        ("dead", "ValueError"),
        ("done", "answered"),
    ]


def test_the_reason_tells_nothing_of_what_was_said(account: int, time) -> None:
    put(account, [message()])
    Inbox(Handled(failures=1)).run()
    assert "山田" not in (rows()[0].outcome or "")


def test_a_dead_event_can_be_tried_again(account: int, time) -> None:
    put(account, [message()])
    handled = Handled(failures=MAX_TRIES)
    for _ in range(MAX_TRIES):
        Inbox(handled).drain()
        time.tick(60)
    assert look.counts() == {"dead": 1}
    assert look.retry(rows()[0].id) == 1
    Inbox(handled).drain()
    assert states() == ["done"]
    assert facts() == 1


def test_an_event_that_kills_its_worker_does_not_do_so_for_ever(account: int, time) -> None:
    put(account, [message()])
    for _ in range(MAX_TRIES):
        assert len(claimed()) == 1  # ... and the worker dies.
        time.tick(LEASE.total_seconds())
    handled = Handled()
    Inbox(handled).drain()
    assert handled.seen == []
    assert [(row.state, row.outcome) for row in rows()] == [("dead", "KilledItsWorker")]


# Looking


def test_staff_see_the_newest_first_and_by_state(account: int) -> None:
    put(account, [message(user="U1"), message(user="U2")])
    Inbox(Handled()).drain()
    put(account, [message()])
    assert [entry.state for entry in look.listed(None, 10)] == ["pending", "done", "done"]
    assert [entry.state for entry in look.listed("done", 1)] == ["done"]
    assert look.counts() == {"pending": 1, "done": 2}


def test_an_event_that_is_not_there_cannot_be_shown(account: int) -> None:
    with pytest.raises(NotFound):
        look.payload(4711)


def test_only_dead_events_are_tried_again(account: int) -> None:
    put(account, [message()])
    Inbox(Handled()).drain()
    assert look.retry() == 0
    assert states() == ["done"]
