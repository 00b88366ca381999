"""The Celery engine: messages only wake, so a broker that is away costs time and nothing else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from flask import Flask

from app.config import Settings
from app.domain.accounts import queries as accounts
from app.inbox import look as inbox
from app.inbox.put import put
from app.outbox import look as outbox
from sandbox.reply_tokens import ReplyToken
from sandbox.server import Handle
from tests.support.cast import TOKEN, add_account, message
from tests.support.desk import BOT
from tests.support.tree import ROOT
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.celery,
    pytest.mark.parametrize("database_url", ["postgres"], indirect=True),
]
AWAY = "redis://127.0.0.1:9/0"
START = 60.0  # Seconds a worker may take to start on a busy machine.
Opens = Callable[[Settings], Flask]


@pytest.fixture
def celery(settings: Settings, line: Handle) -> Settings:
    """Settings for the Celery engine, whose broker is away."""
    changes = {"engine": "celery", "broker_url": AWAY, "line_api_base": line.url}
    return settings.model_copy(update=changes)


@pytest.fixture
def app(celery: Settings, open_app: Opens) -> Flask:
    """An app with the account, which finds no broker."""
    app = open_app(celery)
    with app.app_context():
        add_account(bot_user_id=BOT, access_token=TOKEN)
    return app


@contextmanager
def worker(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`flask worker --beat` in a process of its own."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "LINE_API_BASE": settings.line_api_base,
        "ENGINE": settings.engine,
        "BROKER_URL": settings.broker_url,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--beat"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    family = psutil.Process(process.pid)
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, log.read_text()
    finally:
        for one in [*family.children(recursive=True), process] if process.poll() is None else []:
            one.kill()
        process.wait()


def ask(app: Flask, line: Handle, number: int) -> None:
    """Somebody writes, and LINE's webhook has been saved."""
    sandbox, token = line.world, f"{number:032x}"
    user_id = sandbox.user_id(sandbox.accounts["main"], sandbox.person("hanako"))
    given = ReplyToken(token, "main", "hanako", to=user_id, event_at=sandbox.clock.now())
    with sandbox.lock:
        sandbox.reply_tokens.add(given)
    with app.app_context():
        put(accounts.find("main").id, [message("?", user=user_id, replyToken=token)])


def answered(line: Handle) -> int:
    return len(line.world.accepted.since(0)["items"])


def test_what_is_put_in_is_handled_and_answered_by_the_worker(
    celery: Settings, app: Flask, open_app: Opens, line: Handle, redis_url: str, tmp_path: Path
) -> None:
    settings = celery.model_copy(update={"broker_url": redis_url})
    heard = open_app(settings)
    with worker(settings, tmp_path / "worker.log"):
        ask(heard, line, 1)
        wait_for(lambda: answered(line) == 1, timeout=START)
        for number in range(2, 5):
            ask(heard, line, number)
            wait_for(lambda number=number: answered(line) == number)
        wait_for(lambda: _states(heard) == ({"done": 4}, {"sent": 5}))


def _states(app: Flask) -> tuple[dict[str, int], dict[str, int]]:
    with app.app_context():
        return inbox.counts(), outbox.counts()


def test_without_a_broker_nobody_waits_and_the_sweep_finds_the_work(
    celery: Settings, app: Flask, line: Handle, redis_url: str, tmp_path: Path
) -> None:
    started = time.monotonic()
    ask(app, line, 1)
    for _ in range(100):
        app.extensions["engine"].wake("inbox")
    assert time.monotonic() - started < 2.0  # The broker's own time-out.
    with worker(celery.model_copy(update={"broker_url": redis_url}), tmp_path / "worker.log"):
        wait_for(lambda: answered(line) == 1, timeout=START)


def test_a_worker_waits_for_its_broker(
    celery: Settings, app: Flask, line: Handle, tmp_path: Path
) -> None:
    ask(app, line, 1)
    log = tmp_path / "worker.log"
    with worker(celery, log) as process:
        wait_for(lambda: "redis" in log.read_text().lower(), timeout=START)
        assert process.poll() is None
    assert _states(app) == ({"pending": 1}, {})


def test_a_worker_whose_child_stands_still_ends_all_the_same(
    celery: Settings, app: Flask, line: Handle, redis_url: str, tmp_path: Path
) -> None:
    settings = celery.model_copy(update={"broker_url": redis_url})
    with worker(settings, tmp_path / "worker.log") as process:
        ask(app, line, 1)
        wait_for(lambda: answered(line) == 1, timeout=START)
        for child in psutil.Process(process.pid).children():
            child.suspend()
