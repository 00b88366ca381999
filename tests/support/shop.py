"""A shop that is open: the product and a LINE Platform, both served over HTTP in this process."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from app.config import Settings
from app.db import db
from app.domain.menus import queries as menus
from app.factory import create_app
from app.inbox import look as inbox
from app.outbox import look as outbox
from app.outbox import mail_look as mails
from sandbox.logins import LiffApp, LoginChannel
from sandbox.server import Handle, run_in_thread
from sandbox.world import Account, Person, World
from tests.support import http
from tests.support.phone import Phone

_PATIENCE = 20.0
_LOOKS_UP = 0.02  # Seconds after which a server notices that it is to stop.
KEY = Fernet.generate_key().decode()
CHANNEL = "2000000001"
LIFF = f"{CHANNEL}-Komorebi"
SCOPES = ["openid", "profile", "chat_message.write"]

PEOPLE = (Person("hanako", "山田 花子", "ja"), Person("taro", "佐藤 太郎", "ja"),
          Person("emma", "Emma Wilson", "en"))  # fmt: skip


class Shop:
    """The demo shop, running. `expected` names the end states a story has asked for."""

    def __init__(self, app: Flask, line: Handle, url: str) -> None:
        self.app = app
        self.line = line
        self.url = url
        self.expected: set[str] = set()
        self._mails_read: dict[str, int] = {}

    def phone(self, person: str, account: str = "main") -> Phone:
        """The phone of a person of the world."""
        return Phone(self.line.url, person, account, self.settle)

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Use the sandbox's control API; answers its JSON."""
        json = body if method != "GET" else None
        answer = http.request(method, f"{self.line.url}/control/{path}", json=json)
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

    def mail_to(self, address: str) -> str:
        """The next mail to this address that was not read yet, its subject and text."""
        asked = {"to": address, "since": str(self._mails_read.get(address, 0))}
        path = f"mails?{urlencode(asked)}"
        self.until(lambda: bool(self.control("GET", path)["items"]))
        mail = self.control("GET", path)["items"][0]
        self._mails_read[address] = mail["n"]
        return f"{mail['subject']}\n\n{mail['text']}"

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
        waiting |= self.mails().keys() & {"pending", "sending"} - self.expected
        return bool(idle) and not waiting and not self.moving()

    def states(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many rows of the inbox and of the outbox are in which state."""
        with self.app.app_context():
            return inbox.counts(), outbox.counts()

    def moving(self) -> bool:
        """Whether somebody is still to see another menu."""
        with self.app.app_context():
            return any(menus.moving(board.account_id) for board in menus.boards())

    def mails(self) -> dict[str, int]:
        """How many e-mails are in which state."""
        with self.app.app_context():
            return mails.counts()

    def leaks(self) -> list[str]:
        """Rows that a finished story must not leave behind."""
        events, calls = self.states()
        left = {f"inbox {state}": number for state, number in events.items() if state != "done"}
        left |= {
            f"outbox {state}": number
            for state, number in calls.items()
            if state != "sent" and state not in self.expected
        }
        # A mail to nobody, so that an answer takes as long as for somebody, is born expired.
        left |= {
            f"mail {state}": number
            for state, number in self.mails().items()
            if state not in {"sent", "expired", *self.expected}
        }
        return [f"{number} x {what}" for what, number in left.items()]


@contextmanager
def open_shop(database_url: str, world: World | None = None, **changes: Any) -> Iterator[Shop]:
    """The demo shop on this database, until the block ends. `world`: LINE goes on as it was."""
    with _platform(world or _new_world()) as line:
        account = line.world.accounts["main"]
        app = create_app(_settings(database_url, line, account, **changes))
        with _served(app) as url:
            _publish(app, line.world, url)
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
    world.logins.channels.put(
        LoginChannel("こもれび珈琲", channel_id=CHANNEL, linked_account="main")
    )
    world.logins.apps.put(LiffApp(CHANNEL, "http://127.0.0.1:9/", "会員証", LIFF, scopes=SCOPES))
    return world


def _publish(app: Flask, world: World, url: str) -> None:
    """Tell the product, and LINE, where the product is."""
    settings: Settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"base_url": url})
    app.extensions["lanes"]["payments"].base_url = url
    world.accounts["main"].webhook_url = f"{url}/webhook/main"
    for channel in world.logins.channels.values():
        channel.redirect_uris = [f"{url}/login/callback"]
    for liff in world.logins.apps.values():
        liff.endpoint = f"{url}/liff/"


@contextmanager
def _platform(world: World) -> Iterator[Handle]:
    handle = run_in_thread(world, smtp_port=0)
    try:
        yield handle
    finally:
        handle.stop()


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(
        target=server.serve_forever, args=(_LOOKS_UP,), name="shop", daemon=True
    )
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
        "smtp_host": "127.0.0.1",
        "smtp_port": line.smtp_port,
        "smtp_security": "none",
        "mail_from": "shop@komorebi.example",
    } | _login(line.world)
    return Settings.model_validate(given | changes)


def _login(world: World) -> dict[str, Any]:
    """The login channel and LIFF app of a world that has them."""
    channel = world.logins.channels.get(CHANNEL)
    if channel is None:
        return {}
    return {
        "line_login_channel_id": CHANNEL,
        "line_login_channel_secret": channel.channel_secret,
        "liff_id": LIFF,
    }
