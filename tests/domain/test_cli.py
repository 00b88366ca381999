"""The commands: what they do, and one calm line for what they cannot do."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app import schema
from app.db import db, transaction
from app.domain.accounts import queries, service
from app.inbox.models import InboxEvent
from app.inbox.put import put
from app.outbox.models import OutboxItem
from app.outbox.put import Notice, Recipient, say
from sandbox.server import Handle, run_in_thread
from tests.support.cast import TOKEN, add_account, message
from tests.support.desk import BOT, world

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs a command as somebody types it; `typed` is what they answer."""

    def run(*arguments: object, typed: str = "") -> Result:
        runner = app.test_cli_runner(catch_exceptions=False)
        return runner.invoke(args=[str(argument) for argument in arguments], input=typed)

    return run


@pytest.fixture
def line() -> Iterator[Handle]:
    handle = run_in_thread(world())
    yield handle
    handle.stop()


def refused(result: Result, *words: str) -> bool:
    """Whether the command said why not in one line, and nothing of how it is made."""
    last = result.stderr.strip().splitlines()[-1]
    calm = result.exit_code != 0 and last.startswith("Error: ") and "Traceback" not in result.output
    return calm and all(word in last for word in words)


# Accounts


def test_an_account_is_added_by_its_secret_and_token(app: Flask, run: Run, line: Handle) -> None:
    app.config["LINE_API_BASE"] = line.url
    result = run("account", "add", "main", typed=f"secret\n{TOKEN}\n")
    assert result.exit_code == 0, result.output
    assert "/webhook/main" in result.output
    assert TOKEN not in result.output
    with app.app_context():
        account = queries.find("main")
        assert (account.name, account.bot_user_id) == ("こもれび珈琲", BOT)
        assert (account.channel_secret, account.access_token) == ("secret", TOKEN)


def test_a_token_that_line_does_not_take(app: Flask, run: Run, line: Handle) -> None:
    app.config["LINE_API_BASE"] = line.url
    result = run("account", "add", "main", typed="secret\nno-token\n")
    assert refused(result, "LINE", "401")
    assert "no-token" not in result.output


def test_a_line_that_does_not_answer(run: Run) -> None:
    assert refused(run("account", "add", "main", typed=f"secret\n{TOKEN}\n"), "LINE")


@pytest.mark.parametrize(("slug", "why"), [("main", "account_exists"), ("Ma/in", "bad_slug")])
def test_a_slug_that_cannot_be_had(app, run: Run, line: Handle, slug: str, why: str) -> None:
    app.config["LINE_API_BASE"] = line.url
    run("account", "add", "main", typed=f"secret\n{TOKEN}\n")
    assert refused(run("account", "add", slug, typed=f"secret\n{TOKEN}\n"), why)


@pytest.mark.parametrize(
    ("verb", "typed"),
    [("resume", ""), ("set-token", "t\n"), ("stage-secret", "s\n"), ("promote-secret", "")],
)
def test_nothing_can_be_done_to_an_account_that_is_not_there(run: Run, verb, typed) -> None:
    assert refused(run("account", verb, "nobody", typed=typed), "no_such_account")


def test_a_paused_account_is_listed_with_its_reason_and_resumed(run: Run, account: int) -> None:
    service.pause(account, "paid", "You have reached your monthly limit.")
    assert "paused (paid): You have reached your monthly limit." in run("account", "list").output
    assert run("account", "resume", "main").exit_code == 0
    assert "sending" in run("account", "list").output


def test_a_secret_is_changed_in_two_steps(run: Run, account: int) -> None:
    assert refused(run("account", "promote-secret", "main"), "no_secret_staged")
    assert run("account", "stage-secret", "main", typed="new-secret\n").exit_code == 0
    assert run("account", "promote-secret", "main").exit_code == 0
    assert run("account", "set-token", "main", typed="new-token\n").exit_code == 0
    db.session.expire_all()
    assert queries.find("main").channel_secret == "new-secret"
    assert queries.find("main").access_token == "new-token"


def test_keys_are_changed(run: Run, account: int) -> None:
    add_account("other")
    assert "2 accounts" in run("account", "rotate-keys").output


# Inbox


@pytest.fixture
def dead(account: int) -> int:
    """The id of an event that nobody could handle."""
    put(account, [message("合言葉")])
    with transaction():
        row = db.session.scalars(select(InboxEvent)).one()
        row.state, row.outcome, row.attempts = "dead", "ValueError", 8
    return row.id


def test_events_are_listed_without_what_they_say(run: Run, dead: int) -> None:
    listed = run("inbox", "list").output
    assert f"{dead} " in listed
    assert "ValueError" in listed
    assert "dead 1" in listed
    assert "合言葉" not in listed
    assert "ValueError" not in run("inbox", "list", "--state", "done").output


def test_an_event_is_shown_in_full_where_asked(run: Run, dead: int) -> None:
    shown = json.loads(run("inbox", "show", dead).output)
    assert shown["message"]["text"] == "合言葉"


@pytest.mark.parametrize("one", [True, False])
def test_a_dead_event_is_tried_again(run: Run, dead: int, one: bool) -> None:
    assert run("inbox", "retry", dead if one else "--all").output == "1 due again\n"
    db.session.expire_all()
    row = db.session.get_one(InboxEvent, dead)
    assert (row.state, row.attempts, row.finished_at) == ("pending", 0, None)
    assert run("inbox", "retry", "--all").output == "0 due again\n"


# Outbox


@pytest.fixture
def failed(account: int) -> int:
    """The id of a call that LINE refused."""
    say([Notice("greeting.hello")], Recipient(account, "U1"), dedupe="hello")
    with transaction():
        row = db.session.scalars(select(OutboxItem)).one()
        row.state, row.outcome, row.http_status, row.body = "failed", "refused", 400, b'{"a":1}'
    return row.id


def test_calls_are_listed_and_shown(run: Run, failed: int) -> None:
    listed = run("outbox", "list", "--state", "failed").output
    assert "greeting.hello" in listed
    assert " 400 " in listed
    assert "failed 1" in listed
    assert json.loads(run("outbox", "show", failed).output) == {"a": 1}


def test_a_failed_call_is_sent_again(run: Run, failed: int) -> None:
    assert run("outbox", "retry", failed).output == "1 due again\n"
    assert run("outbox", "retry", failed).output == "0 due again\n"


def test_an_unknown_call_is_sent_again_only_where_asked(run: Run, failed: int) -> None:
    with transaction():
        db.session.get_one(OutboxItem, failed).state = "unknown"
    assert run("outbox", "retry", "--all").output == "0 due again\n"
    assert run("outbox", "retry", "--all", "--unknown").output == "1 due again\n"


# What cannot be done


@pytest.mark.parametrize("table", ["inbox", "outbox"])
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("show", "4711"), "not_found"),
        (("show", str(2**70)), "range"),
        (("show", "first"), "integer"),
        (("show", "-1"), ""),
        (("retry",), "--all"),
        (("retry", "1", "--all"), "--all"),
        (("list", "--state", "lost"), "lost"),
        (("list", "--limit", "many"), "integer"),
        (("list", "--limit", "-5"), "range"),
    ],
)
def test_bad_words_are_refused_in_one_line(run: Run, table: str, words, why: str) -> None:
    assert refused(run(table, *words), why)


# Schema


def test_the_schema_goes_up_and_down(app: Flask, run: Run) -> None:
    with app.app_context():
        newest = schema.newest()
    assert run("migrate", "status").output == f"database {newest}, code {newest}\n"
    assert run("migrate", "down", "base").output == "schema at None\n"
    assert run("migrate", "status").output == f"database None, code {newest}\n"
    assert run("migrate", "up").output == f"schema at {newest}\n"
    assert run("migrate", "up").exit_code == 0


@pytest.mark.parametrize("revision", ["9999", "head+1", "nonsense", ""])
def test_there_is_no_way_to_a_schema_nobody_wrote(run: Run, revision: str) -> None:
    assert refused(run("migrate", "down", revision), "no_such_revision")
