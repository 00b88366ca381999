"""LINE as the fault tests know it: what it posted, what was acknowledged, what it accepted.

It lives in the test's own process, so no kill of ours can change what it has seen.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import urllib3

from sandbox import events
from sandbox.log import Log
from sandbox.reply_tokens import ReplyToken
from sandbox.server import run_in_thread
from sandbox.webhooks import sign
from sandbox.world import Account, Person, World
from tests.support import contract

Event = dict[str, Any]

PEOPLE = 300
# The demo shop answers each of these texts with one call.
WORDS = ("営業時間", "メニュー", "wifi はありますか", "ゾウは来ますか")
_PATIENCE = urllib3.Timeout(connect=2.0, read=4.0)


@dataclass(frozen=True)
class Posted:
    """An event that was posted at least once. `fact`: the kind it must be recorded as."""

    event_id: str
    token: str
    fact: str | None


class Line:
    """One account at a LINE Platform, with many people."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.account = world.accounts["main"]
        self.posted: dict[str, Posted] = {}
        self.acked: set[str] = set()
        self._people = [world.user_id(self.account, person) for person in world.people.values()]
        self._strangers = itertools.cycle(self._people)
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def text(self, said: str, *, age: float = 0.0, person: str | None = None) -> Event:
        """Somebody wrote. `age`: so many seconds ago; a token of more than 20 minutes is dead."""
        at = self.world.clock.now() - round(age * 1000)
        source = events.user(person or next(self._strangers))
        message = {"type": "text", "id": self.world.message_ids.next(), "text": said}
        sent = events.common("message", source, at, reply=True) | {"message": message}
        return self._note(sent, None)

    def follow(self, person: int) -> Event:
        """Somebody became a friend: the n-th of PEOPLE, each of them once in a test."""
        source = events.user(self._people[person])
        followed = events.follow(source, self.world.clock.now(), unblocked=False)
        return self._note(followed, "friend.added")

    def post(self, url: str, batch: Sequence[Event], *, again: bool = False) -> int | None:
        """Post a signed body; answers the status, None where there was no whole answer."""
        self.deliver(batch)
        body = self.body(batch, again=again)
        headers = {"x-line-signature": self.sign(body), "content-type": "application/json"}
        try:
            answer = self._pool.request("POST", url, body=body, headers=headers, timeout=_PATIENCE)
        except urllib3.exceptions.HTTPError:
            return None
        if answer.status == 200:
            self.acknowledged(batch)
        return answer.status

    def body(self, batch: Sequence[Event], *, again: bool = False) -> bytes:
        """The bytes of a webhook."""
        sent = [events.redelivered(event) for event in batch] if again else list(batch)
        return orjson.dumps({"destination": self.account.bot_user_id, "events": sent})

    def sign(self, body: bytes) -> str:
        """The signature of a webhook."""
        return sign(self.account.channel_secret, body)

    def acknowledged(self, batch: Sequence[Event]) -> None:
        """The server has answered 200: from now on it may lose none of these."""
        self.acked.update(event["webhookEventId"] for event in batch)

    def accepted(self) -> tuple[Counter[str], Counter[str]]:
        """How many messages LINE has accepted, by reply token and by retry key."""
        calls = {call["request_id"]: call["body"] for call in self.world.calls.since(0)["items"]}
        log = self.world.accepted.since(0)["items"]
        replies = [entry for entry in log if entry["endpoint"] == "reply"]
        tokens = Counter(calls[entry["request_id"]]["replyToken"] for entry in replies)
        return tokens, Counter(entry["retry_key"] for entry in log if entry["endpoint"] != "reply")

    def answered(self) -> int:
        """How many messages LINE has accepted."""
        last: int = self.world.accepted.since(2**60)["last"]
        return last

    def called(self, endpoint: str) -> int:
        """How many calls to an endpoint have ended, whatever LINE's answer was."""
        calls = self.world.calls.since(0)["items"]
        return sum(call["endpoint"] == endpoint for call in calls)

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        """Let the next call to this endpoint go wrong."""
        self.world.faults.add(endpoint=endpoint, kind=kind, **more)

    def deliver(self, batch: Sequence[Event]) -> None:
        """LINE: a token lives one minute from the delivery, and anew from a redelivery."""
        now = self.world.clock.now()
        with self.world.lock:
            for event in batch:
                self.world.reply_tokens.delivered(event["replyToken"], now, again=True)

    def _note(self, event: Event, fact: str | None) -> Event:
        posted = Posted(event["webhookEventId"], event["replyToken"], fact)
        self.posted[posted.event_id] = posted
        user_id = event["source"]["userId"]
        token = ReplyToken(posted.token, "main", None, to=user_id, event_at=event["timestamp"])
        with self.world.lock:
            self.world.reply_tokens.add(token)
        return event


@contextmanager
def line() -> Iterator[Line]:
    """A LINE Platform with one account and its friends, until the block ends."""
    world = World()
    world.calls = Log(keep=1_000_000)
    world.accepted = Log(keep=1_000_000)
    world.add_account(Account(slug="main", name="こもれび珈琲", webhook_url="http://127.0.0.1:9/"))
    for number in range(PEOPLE):
        world.add_person(Person(f"p{number}", f"お客 {number}"))
        world.talk(f"p{number}", "main").status = "friend"
    handle = run_in_thread(world)
    try:
        yield Line(world, handle.url)
    finally:
        handle.stop()
    contract.check(world)
