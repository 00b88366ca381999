"""`flask doctor --deep` finds what the invariants forbid, and tells it by its exit status."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock
from app.cli.invariants import SOUND, UNKNOWN, UNSOUND
from app.db import db, transaction
from app.domain.accounts import service as accounts
from app.domain.accounts.service import NewAccount
from app.domain.hooks import service as hooks
from app.domain.hooks import work as hook_work
from app.domain.hooks.service import NewEndpoint
from app.facts import feed
from app.facts.record import record
from app.inbox import put
from app.outbox import put as outbox
from app.outbox.mail import Letter, send_mail
from app.outbox.put import Notice, Recipient

LONG_AGO = timedelta(days=2)

# What breaks which invariant: the table and the columns that are set on its one row.
BROKEN = {
    "inbox.state": ("inbox", {"state": "lost"}),
    "inbox.lease": ("inbox", {"state": "running", "due_at": -LONG_AGO}),
    "inbox.ended": ("inbox", {"state": "done"}),
    "inbox.dead_without_reason": ("inbox", {"state": "dead", "finished_at": -LONG_AGO}),
    "inbox.answer_lost": (
        "inbox",
        {"state": "done", "outcome": "answered", "finished_at": -LONG_AGO},
    ),
    "outbox.state": ("outbox", {"state": "lost"}),
    "outbox.lease": ("outbox", {"state": "sending", "due_at": -LONG_AGO}),
    "outbox.ended": ("outbox", {"state": "sent"}),
    "outbox.failed_without_reason": ("outbox", {"state": "failed", "finished_at": -LONG_AGO}),
    "outbox.not_fixed": ("outbox", {"first_try_at": -timedelta(hours=1)}),
    "outbox.failed_but_unsure": (
        "outbox",
        {"state": "failed", "finished_at": -LONG_AGO, "outcome": "x", "unsure": True},
    ),
    "outbox.too_old": ("outbox", {"first_try_at": -LONG_AGO, "body": b"{}", "retry_key": "x"}),
    "mail.state": ("mail", {"state": "lost"}),
    "mail.lease": ("mail", {"state": "sending", "due_at": -LONG_AGO}),
    "mail.ended": ("mail", {"state": "sent"}),
    "mail.failed_without_reason": (
        "mail",
        {"state": "dead", "finished_at": -LONG_AGO, "address": None, "data": None},
    ),
    "mail.kept": ("mail", {"state": "sent", "finished_at": -LONG_AGO}),
    "hook.state": ("hook_delivery", {"state": "lost"}),
    "hook.lease": ("hook_delivery", {"state": "sending", "due_at": -LONG_AGO}),
    "hook.ended": ("hook_delivery", {"state": "done"}),
    "hook.dead_without_reason": ("hook_delivery", {"state": "dead", "finished_at": -LONG_AGO}),
    "hook.stray": ("hook_endpoint", {"cursor": 0}),
    "hook.cursor": ("hook_endpoint", {"cursor": 1_000_000}),
}


@pytest.fixture
def rows(app: Flask) -> Flask:
    """One event, one call, one e-mail, and one fact on its way to an endpoint, all sound."""
    with app.app_context():
        account = accounts.add(NewAccount("main", "店", "U" + "0" * 32, "only-a", "test"))
        put.put(account, [{"type": "message", "webhookEventId": "e1"}])
        recipient = Recipient(account, "U" + "1" * 32)
        outbox.say([Notice("greeting.hello")], recipient, dedupe="d1", cause="c1")
        send_mail(Letter("mail.relinked"), "a@example.jp", language="ja", dedupe="m1")
        hooks.add(NewEndpoint("https://pos.example/", ["*"]))
        record("friend.added", cause="c1", account_id=account)
        hook_work.spread(feed.newest())
    return app


def doctor(app: Flask, *options: str) -> tuple[int, dict[str, object]]:
    result = app.test_cli_runner().invoke(args=["doctor", "--json", *options])
    return result.exit_code, json.loads(result.output)


def test_a_sound_installation_is_told_so(rows: Flask) -> None:
    assert doctor(rows, "--deep") == (SOUND, {"sound": True, "reason": None, "broken": []})


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_and_nothing_else(name: str, rows: Flask) -> None:
    table, values = BROKEN[name]
    with rows.app_context(), transaction():
        target = db.metadata.tables[table]
        now = clock.now()
        moved = {
            column: now + value if isinstance(value, timedelta) else value
            for column, value in values.items()
        }
        db.session.execute(sa.update(target).values(**moved))
    status, said = doctor(rows, "--deep")
    assert status == UNSOUND
    assert [broken["name"] for broken in said["broken"]] == [name]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_twice_recorded_fact_is_found(rows: Flask) -> None:
    file = sa.make_url(rows.config["SQLALCHEMY_DATABASE_URI"]).database or ""
    # Only without its unique index can the row be there twice, as in a broken file.
    with closing(sqlite3.connect(file)) as broken:
        broken.executescript(
            "CREATE TABLE copy AS SELECT * FROM fact; DROP TABLE fact;"
            "ALTER TABLE copy RENAME TO fact; INSERT INTO fact SELECT * FROM fact;"
        )
    assert doctor(rows, "--deep")[1]["broken"][0]["name"] == "fact.twice"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_old_schema_cannot_be_checked(rows: Flask) -> None:
    with rows.app_context(), transaction():
        db.session.execute(sa.text("DELETE FROM alembic_version"))
    status, said = doctor(rows, "--deep")
    assert (status, said["sound"]) == (UNKNOWN, False)
    assert "migrate up" in str(said["reason"])
