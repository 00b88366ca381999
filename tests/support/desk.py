"""The sender beside a LINE Platform, moved by the test alone: no thread wakes it by itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from app import clock
from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.people import service as people
from app.domain.people.service import Sighting
from app.line import client, sdk
from app.outbox import put
from app.outbox.models import OutboxItem
from app.outbox.put import Notice, Recipient, ReplyToken
from sandbox.reply_tokens import ReplyToken as GivenToken
from sandbox.server import Handle
from sandbox.world import Account, Person, World
from tests.support import http
from tests.support.cast import SECRET, TOKEN, add_account

BOT = "U" + "b" * 32
PUSHED = Notice("greeting.welcome_back")
ONLY_REPLIED = Notice("dialogs.cancelled")


class Desk:
    """One account and its friends 花子 and 太郎; `time` is frozen, for LINE as well."""

    def __init__(self, app: Flask, line: Handle, time: FrozenDateTimeFactory) -> None:
        self.app = app
        self.line = line
        self.time = time
        self.account = add_account(bot_user_id=BOT)
        self._intentions = 0

    def user_id(self, person: str) -> str:
        """The person's id at LINE."""
        world = self.line.world
        return world.user_id(world.accounts["main"], world.person(person))

    def person(self, name: str) -> Recipient:
        """The person, known to us by an event; LINE has not been asked for the profile yet."""
        user_id = self.user_id(name)
        provider, now_ms = accounts.provider_of(self.account), clock.to_ms(clock.now())
        seen = people.seen(Sighting(provider, self.account, user_id, now_ms, name))
        return Recipient(self.account, user_id, seen.id)

    def say(self, route: str = "push", to: str = "hanako", notice: Notice = PUSHED) -> int:
        """Queue a reply or a push; answers the row's id."""
        reply = self.token(to) if route == "reply" else None
        self._intentions += 1
        dedupe = f"test/{self._intentions}"
        assert put.say([notice], self.person(to), dedupe=dedupe, reply=reply)
        return db.session.scalars(select(OutboxItem.id).filter_by(dedupe=dedupe)).one()

    def token(self, person: str) -> ReplyToken:
        """A reply token that LINE has given out just now."""
        world = self.line.world
        now, token = world.clock.now(), f"{self._intentions:032x}"
        given = GivenToken(token, "main", person, to=self.user_id(person), event_at=now)
        with world.lock:
            world.reply_tokens.add(given)
        return ReplyToken(token, clock.after(50))

    def send(self, lane: str = "outbox", *, after: float = 0.0) -> None:
        """Let time pass, then send all that is due and save what came of it."""
        self.time.tick(after)
        self.app.extensions["lanes"][lane].drain()

    def settle(self, row_id: int, *, tries: int = 8) -> OutboxItem:
        """Send until the row has ended; fails if it needs more tries."""
        for _ in range(tries):
            self.send(after=10)
            if (row := self.row(row_id)).finished_at:
                return row
        raise AssertionError(f"still {self.row(row_id).state} after {tries} tries")

    def row(self, row_id: int) -> OutboxItem:
        """A row of the outbox as it stands now."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(OutboxItem, row_id)

    def goes_wrong(self, kind: str, endpoint: str = "*", **more: Any) -> None:
        """Program a fault of LINE's, as sandbox/faults.py has them."""
        fault = {"kind": kind, "endpoint": endpoint, **more}
        answer = http.request("POST", f"{self.line.url}/control/faults", json=fault)
        assert answer.status == 201, answer.data.decode()

    def accepted(self) -> list[dict[str, Any]]:
        """What LINE has accepted: the outside truth."""
        log = http.request("GET", f"{self.line.url}/control/accepted").json()
        accepted: list[dict[str, Any]] = log["items"]
        return accepted

    def calls(self) -> list[dict[str, Any]]:
        """Every call that reached LINE."""
        log = http.request("GET", f"{self.line.url}/control/calls").json()
        calls: list[dict[str, Any]] = log["items"]
        return calls


@contextmanager
def open_desk(app: Flask, line: Handle, time: FrozenDateTimeFactory) -> Iterator[Desk]:
    """A desk in this app, which speaks to this LINE; its threads end with the block."""
    with app.app_context():
        yield Desk(app, line, time)
        for lane in app.extensions["lanes"].values():
            lane.close()
        client.close()
        sdk.close()


def world() -> World:
    """A world with the account and two friends of it."""
    made = World()
    account = Account("main", "こもれび珈琲", "http://127.0.0.1:9/", bot_user_id=BOT)
    account.channel_secret, account.access_token = SECRET, TOKEN
    made.add_account(account)
    for person in (Person("hanako", "山田 花子"), Person("taro", "佐藤 太郎")):
        made.add_person(person)
        made.talk(person.key, "main").status = "friend"
    return made


@contextmanager
def locked(table: str = "outbox") -> Iterator[None]:
    """Somebody else holds the table, so that nothing can be written."""
    with db.engine.connect().execution_options(writes=True) as other:
        lock = "SELECT 1" if db.engine.dialect.name == "sqlite" else f"LOCK TABLE {table}"
        other.exec_driver_sql(lock)
        yield


def wait_until_ended(lane: Any) -> None:
    """Wait until a call of the lane has ended and waits to be saved."""
    ended = threading.Event()
    lane.when_ready(ended.set)
    assert ended.wait(10)
