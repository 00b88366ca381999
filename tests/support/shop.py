"""A shop that is open: the product and a LINE Platform, both served over HTTP in this process."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from app.config import Settings
from app.db import db
from app.factory import create_app
from app.inbox import look as inbox
from app.outbox import look as outbox
from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.support.phone import Phone

_PATIENCE = 20.0
KEY = Fernet.generate_key().decode()

PEOPLE = (Person("hanako", "山田 花子", "ja"), Person("taro", "佐藤 太郎", "ja"),
          Person("emma", "Emma Wilson", "en"))  # fmt: skip


class Shop:
    """The demo shop, running. `expected` names the end states a story has asked for."""

    def __init__(self, app: Flask, line: Handle, url: str) -> None:
        self.app = app
        self.line = line
        self.url = url
        self.expected: set[str] = set()

    def phone(self, person: str, account: str = "main") -> Phone:
        """The phone of a person of the world."""
        return Phone(self.line.url, person, account, self.settle)

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Use the sandbox's control API; answers its JSON."""
        json = body if method != "GET" else None
        answer = urllib3.request(method, f"{self.line.url}/control/{path}", json=json)
        assert answer.status < 300, answer.data.decode()
        return answer.json() if answer.data else None

    def accepted(self) -> list[dict[str, Any]]:
        """What LINE has accepted: the outside truth."""
        log: list[dict[str, Any]] = self.control("GET", "accepted")["items"]
        return log

    def command(self, *arguments: str) -> str:
        """Run one of the product's commands; answers what it printed."""
        ran = self.app.test_cli_runner().invoke(args=list(arguments), catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return str(ran.output)

    def stored(self) -> str:
        """Everything the inbox keeps of what people sent."""
        with self.app.app_context():
            return "\n".join(inbox.payload(entry.id) for entry in inbox.listed(None, 1000))

    def user_id(self, person: str, account: str = "main") -> str:
        """The userId of a person as this account sees it."""
        world = self.line.world
        return world.user_id(world.accounts[account], world.person(person))

    def settle(self) -> None:
        """Wait until every webhook is posted, handled and answered."""
        self.until(self.quiet)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain: {self.states()}")
            time.sleep(0.005)

    def quiet(self) -> bool:
        """Whether nothing is under way or due, here or at LINE."""
        idle = self.control("GET", "idle")["idle"]
        inbox_states, outbox_states = self.states()
        waiting = inbox_states.keys() & {"pending", "running"}
        waiting |= outbox_states.keys() & {"pending", "sending"} - self.expected
        return bool(idle) and not waiting

    def states(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many rows of the inbox and of the outbox are in which state."""
        with self.app.app_context():
            return inbox.counts(), outbox.counts()

    def leaks(self) -> list[str]:
        """Rows that a finished story must not leave behind."""
        events, calls = self.states()
        left = {f"inbox {state}": number for state, number in events.items() if state != "done"}
        left |= {
            f"outbox {state}": number
            for state, number in calls.items()
            if state != "sent" and state not in self.expected
        }
        return [f"{number} x {what}" for what, number in left.items()]


@contextmanager
def open_shop(database_url: str, world: World | None = None, **changes: Any) -> Iterator[Shop]:
    """The demo shop on this database, until the block ends. `world`: LINE goes on as it was."""
    with _platform(world or _new_world()) as line:
        account = line.world.accounts["main"]
        app = create_app(_settings(database_url, line, account, **changes))
        with _served(app) as url:
            line.world.accounts["main"].webhook_url = f"{url}/webhook/main"
            shop = Shop(app, line, url)
            seeded = app.test_cli_runner().invoke(args=["seed"], catch_exceptions=False)
            assert seeded.exit_code == 0, seeded.output
            app.extensions["engine"].start(app.extensions["lanes"].values())
            try:
                yield shop
            finally:
                app.extensions["engine"].stop()
                with app.app_context():
                    db.engine.dispose()


def _new_world() -> World:
    world = World()
    world.add_account(Account(slug="main", name="こもれび珈琲", webhook_url="http://127.0.0.1:9/"))
    for person in PEOPLE:
        world.add_person(Person(person.key, person.name, person.language))
    return world


@contextmanager
def _platform(world: World) -> Iterator[Handle]:
    handle = run_in_thread(world)
    try:
        yield handle
    finally:
        handle.stop()


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="shop", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _settings(database_url: str, line: Handle, account: Account, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "database_url": database_url,
        "secret_key": "only-for-tests-only-for-tests",
        "encryption_keys": KEY,
        "line_api_base": line.url,
        "line_channel_secret": account.channel_secret,
        "line_channel_access_token": account.access_token,
    }
    return Settings.model_validate(given | changes)
