"""The door for LINE: signed and saved is 200, and nothing else is."""

import io
import json
import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from app.config import Settings
from app.db import db
from app.domain.accounts import service as accounts
from app.inbox.models import InboxEvent, Quarantine
from app.line.signature import sign
from tests.support.cast import SECRET, add_account, message

BOT = "U" + "0" * 31 + "1"
ANSWER_WITHIN = 2.0  # Seconds that LINE waits.


@pytest.fixture
def account(inside: Any) -> int:
    return add_account(bot_user_id=BOT)


@pytest.fixture
def door(app: Flask, account: int) -> FlaskClient:
    return app.test_client()


def post(door: FlaskClient, body: bytes | Any, *, slug: str = "main", **more: Any) -> TestResponse:
    """Post a body as LINE does; `secret` or `signature` may be others than right."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = more.get("signature", sign(more.get("secret", SECRET), raw))
    headers = {} if signature is None else {"x-line-signature": signature}
    return door.post(f"/webhook/{slug}", data=raw, headers=headers)


def of(*events: Any, **more: Any) -> dict[str, Any]:
    return {"destination": BOT, "events": list(events), **more}


def kept() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(InboxEvent.event_id).order_by(InboxEvent.id)))


def quarantined() -> list[tuple[str, bytes]]:
    db.session.rollback()
    rows = db.session.scalars(select(Quarantine))
    return [(row.reason, row.body) for row in rows]


def test_events_are_saved_before_the_answer(door: FlaskClient) -> None:
    events = [message(), message()]
    answer = post(door, of(*events))
    assert (answer.status_code, answer.data) == (200, b"")
    assert kept() == [event["webhookEventId"] for event in events]


def test_the_same_event_again_is_200_and_saved_once(door: FlaskClient) -> None:
    event = message()
    assert [post(door, of(event, event)).status_code for _ in range(3)] == [200] * 3
    assert len(kept()) == 1


def test_lines_own_check_has_no_events(door: FlaskClient) -> None:
    assert post(door, of()).status_code == 200
    assert kept() == []


@pytest.mark.parametrize(
    "signature", [None, "", "wrong", "署名", "=" * 44, "A" * 5000, sign("other", b""), "\xff\xfe"]
)
def test_a_signature_that_is_not_ours_lets_nothing_in(door: FlaskClient, signature) -> None:
    encoded = signature.encode().decode("latin-1") if signature else signature
    answer = post(door, of(message()), signature=encoded)
    assert (answer.status_code, answer.data) == (401, b"")
    assert kept() == []


def test_what_is_not_signed_is_not_even_read(door: FlaskClient) -> None:
    assert post(door, b"{", secret="other").status_code == 401
    assert quarantined() == []


def test_the_signature_is_of_the_very_bytes(door: FlaskClient) -> None:
    body = json.dumps(of(message())).encode()
    assert post(door, body + b" ", signature=sign(SECRET, body)).status_code == 401


@pytest.mark.parametrize("slug", ["other", "MAIN", "main%00", "%00", "%ff", "x" * 5000, "鍵"])
def test_an_account_we_do_not_have_is_404(door: FlaskClient, slug: str) -> None:
    answer = post(door, of(message()), slug=slug)
    assert answer.status_code == 404
    assert kept() == []


@pytest.mark.parametrize("destination", ["U" + "f" * 32, "", 7, [BOT], {"U": BOT}])
def test_what_is_meant_for_another_account_is_not_ours(door: FlaskClient, destination) -> None:
    assert post(door, of(message(), destination=destination)).status_code == 401
    assert kept() == []


def test_the_secret_of_one_account_opens_no_other(door: FlaskClient) -> None:
    add_account("other", channel_secret="secret-of-other")
    assert post(door, of(message()), secret="secret-of-other").status_code == 401
    assert post(door, of(message()), slug="other").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"events"',
        b"{}",
        b'{"events": null}',
        b'{"events": {}}',
        b'{"events": [1]}',
        b'{"events": [null]}',
        b'{"events": [{"a": NaN}]}',
        b'{"events": [{"message": {"text": "\\ud800"}}]}',
        b'{"events": ["\xff"]}',
        b"\x00",
        b'{"events": [' + b"[" * 5000 + b"]" * 5000 + b"]}",
        b'{"events": [{"a":' + b"[" * 500 + b"]" * 500 + b"}]}",
    ],
)
def test_what_nobody_can_read_is_kept_apart(door: FlaskClient, body: bytes) -> None:
    answer = post(door, body)
    assert (answer.status_code, answer.data) == (400, b"")
    assert [found for _, found in quarantined()] == [body]
    assert kept() == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "message": {"id": "1", "type": "text", "text": "\x00 NUL"}},
        {"type": "\x00", "source": {"type": "user", "userId": "U\x00"}},
        {"type": "brandNew", "brandNew": {"deep": [1, {"a": None}]}, "timestamp": 2**70},
        {"type": ["message"], "timestamp": -5, "webhookEventId": {"a": 1}, "source": 3},
        {"type": "message", "mode": "standby", "timestamp": 2**52},
        {"a": "b" * 100_000},
        {},
    ],
)
def test_what_we_do_not_know_yet_is_saved(door: FlaskClient, event: dict[str, Any]) -> None:
    assert post(door, of(event)).status_code == 200
    assert len(kept()) == 1


def test_what_we_do_not_know_yet_is_handled_as_ignored(app: Flask, door: FlaskClient) -> None:
    post(door, of(message(type="brandNew"), message(type="message", message={"type": "new"})))
    app.extensions["lanes"]["inbox"].drain()
    outcomes = db.session.scalars(select(InboxEvent.outcome))
    assert set(outcomes) == {"ignored"}


def test_a_talk_that_another_module_holds_is_not_answered(app: Flask, door: FlaskClient) -> None:
    post(door, of(message(mode="standby", replyToken="0" * 32)))
    app.extensions["lanes"]["inbox"].drain()
    assert db.session.scalars(select(InboxEvent.outcome)).all() == ["ignored"]


@pytest.mark.parametrize(("more", "status"), [(0, 400), (1, 413)])
def test_a_body_may_have_a_mebibyte(door: FlaskClient, more: int, status: int) -> None:
    answer = post(door, b" " * (1024 * 1024 + more))
    assert (answer.status_code, answer.data) == (status, b"")


def test_a_body_that_does_not_tell_its_size_is_capped_too(door: FlaskClient) -> None:
    body = b" " * (3 * 1024 * 1024)
    stream = io.BytesIO(body)
    answer = door.post(
        "/webhook/main",
        input_stream=stream,
        headers={"x-line-signature": sign(SECRET, body), "transfer-encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


def test_while_a_secret_is_changed_both_are_good(settings, account: int, open_app) -> None:
    accounts.stage_secret("main", "new-secret")
    fresh = open_app(settings).test_client()
    old, new = (
        post(fresh, of(message()), secret=secret).status_code for secret in (SECRET, "new-secret")
    )
    assert (old, new) == (200, 200)
    accounts.promote_secret("main")
    fresh = open_app(settings).test_client()  # Who has read the old one keeps it for a moment.
    assert post(fresh, of(message()), secret=SECRET).status_code == 401
    assert post(fresh, of(message()), secret="new-secret").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_waits_in_line_for_a_locked_file_is_told_in_time_too(
    app: Flask, door: FlaskClient
) -> None:
    file = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or ""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor(4) as threads:
            tries = [threads.submit(_timed, app.test_client(), of(message())) for _ in range(4)]
        other.execute("ROLLBACK")
    assert {answer.status_code for answer, _ in (tried.result() for tried in tries)} == {503}
    assert max(took for _, took in (tried.result() for tried in tries)) < ANSWER_WITHIN


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_locked_file_is_503_in_time_and_nothing_is_half_saved(
    app: Flask, door: FlaskClient
) -> None:
    file = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database or ""
    event = message()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answer, took = _timed(door, of(event))
        other.execute("ROLLBACK")
    assert (answer.status_code, answer.data) == (503, b"")
    assert took < ANSWER_WITHIN
    assert kept() == []
    assert post(door, of(event)).status_code == 200


def test_a_database_that_is_away_is_503_in_time(settings: Settings, open_app) -> None:
    away = settings.model_copy(update={"database_url": _away(settings.database_url)})
    answer, took = _timed(open_app(away).test_client(), of(message()))
    assert (answer.status_code, answer.data) == (503, b"")
    assert took < ANSWER_WITHIN


def _away(url: str) -> str:
    """The same database where there is none."""
    if url.startswith("sqlite:"):
        return "sqlite:////proc/nowhere/tsunagu.sqlite"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/tsunagu"


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_table_somebody_holds_is_503_in_time(app: Flask, door: FlaskClient) -> None:
    post(door, of())  # The account is known by now.
    with db.engine.connect() as other:
        other.exec_driver_sql("LOCK TABLE inbox IN EXCLUSIVE MODE")
        answer, took = _timed(door, of(message()))
    assert answer.status_code == 503
    assert took < ANSWER_WITHIN


def _timed(door: FlaskClient, body: Any) -> tuple[TestResponse, float]:
    started = time.perf_counter()
    return post(door, body), time.perf_counter() - started


FEW = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=9)
KNOWN = st.sampled_from(["type", "source", "message", "timestamp", "webhookEventId", "id"])
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KNOWN | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@FEW
@given(body=st.binary(max_size=300))
def test_no_signed_bytes_make_a_fault(door: FlaskClient, body: bytes) -> None:
    assert post(door, body).status_code == 400


@FEW
@given(events=st.lists(st.dictionaries(KNOWN | st.text(max_size=5), JSON, max_size=5), max_size=3))
def test_no_signed_events_make_a_fault(door: FlaskClient, events: list[Any]) -> None:
    assert post(door, {"events": events}).status_code == 200


@FEW
@given(signature=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
def test_no_signature_makes_a_fault(door: FlaskClient, signature: str) -> None:
    assert post(door, b"{}", signature=signature).status_code == 401
