"""Old rows are deleted in steps; young ones and unfinished ones stay."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select

from app import clock
from app.db import db, transaction
from app.forget import forget
from app.inbox import housekeeping as inbox_keeping
from app.inbox import look
from app.inbox.models import InboxEvent, Quarantine
from app.inbox.put import put
from app.inbox.run import Inbox
from app.outbox import housekeeping as outbox_keeping
from app.outbox.models import OutboxItem
from app.outbox.put import Notice, Recipient, say
from tests.support.cast import message

DAY = timedelta(days=1)
LONG = timedelta(days=400)


@pytest.mark.parametrize("number", [0, 1, 499, 500, 501])
def test_every_row_meant_goes_and_no_other(account: int, number: int) -> None:
    with transaction():
        rows = [{"account_id": account, "reason": "old", "body": b""}] * number
        rows.append({"account_id": account, "reason": "young", "body": b""})
        db.session.execute(Quarantine.__table__.insert(), rows)
    assert forget(Quarantine, Quarantine.reason == "old") == number
    assert db.session.scalars(select(Quarantine.reason)).all() == ["young"]


@pytest.mark.parametrize(("age", "gone"), [(LONG - DAY, 0), (LONG + DAY, 1)])
def test_finished_events_are_kept_as_long_as_promised(
    account: int, age: timedelta, gone: int
) -> None:
    with freeze_time(clock.now() - age):
        put(account, [message()])
        Inbox(lambda _incoming: "noted").drain()
    assert inbox_keeping.forget_old() == gone


def test_an_event_that_still_waits_is_never_forgotten(account: int) -> None:
    with freeze_time(clock.now() - 2 * LONG):
        put(account, [message()])
    assert inbox_keeping.forget_old() == 0
    assert look.counts() == {"pending": 1}


def test_dead_events_go_with_their_time(account: int) -> None:
    long_ago = clock.now() - 2 * LONG
    with freeze_time(long_ago):
        put(account, [message(timestamp=clock.to_ms(long_ago - 2 * LONG))])
    assert inbox_keeping.forget_old() == 1


@pytest.mark.parametrize(
    ("state", "gone"),
    [("sent", 1), ("failed", 1), ("unknown", 1), ("pending", 0), ("sending", 0)],
)
def test_calls_that_ended_long_ago_go(account: int, state: str, gone: int) -> None:
    with freeze_time(clock.now() - LONG - DAY):
        say([Notice("greeting.hello")], Recipient(account, "U1"), dedupe="hello")
    with transaction():
        db.session.execute(OutboxItem.__table__.update().values(state=state))
    assert outbox_keeping.forget_old() == gone


def test_forgetting_needs_nothing_to_be_there(inside) -> None:
    assert inbox_keeping.forget_old() == 0
    assert db.session.scalar(select(func.count()).select_from(InboxEvent)) == 0
