"""Delivery of webhooks: signed, with LINE's time limit, redelivered where the account wants that.

Events of one person go out in order, those of different people at the same time. A test can hold
events back and release them in any order, and send any event again.
"""

import base64
import hashlib
import hmac
import itertools
import queue
import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
import urllib3

from sandbox import events
from sandbox.clock import ticks
from sandbox.events import Event
from sandbox.schedule import Schedule
from sandbox.world import Account, Refused, World

# LINE: a webhook must be answered within two seconds, else it counts as request_timeout.
ANSWER_SECONDS = 2.0
# LINE does not publish when it sends again; these are the sandbox's own waits, in virtual seconds.
REDELIVERY_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0)
_THREADS = 16
_REMEMBERED = 20_000

Order = Literal["as_is", "reverse", "shuffle"]


@dataclass
class Posting:
    """One webhook body on its way; `lane` keeps the events of one person in order."""

    account: Account
    events: list[Event]
    lane: str
    redelivery: bool = False
    tries: int = 0
    raw: bytes | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    destination: str | None = None
    url: str | None = None
    test: bool = False

    def sent_events(self) -> list[Event]:
        """The events as this try sends them."""
        if self.redelivery:
            return [events.redelivered(event) for event in self.events]
        return self.events

    def body(self) -> bytes:
        """The exact bytes that are posted and signed."""
        if self.raw is not None:
            return self.raw
        destination = self.destination or self.account.bot_user_id
        return orjson.dumps({"destination": destination, "events": self.sent_events()})


@dataclass
class Sent:
    """One event that was posted, and whether a server took it."""

    account: Account
    event: Event
    lane: str
    taken: bool


def sign(secret: str, body: bytes) -> str:
    """LINE: Base64 of the HMAC-SHA256 of the raw body under the channel secret."""
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return base64.b64encode(digest).decode()


class Webhooks:
    """Takes events and brings them to the accounts' webhook addresses."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pool = urllib3.PoolManager(num_pools=20, maxsize=_THREADS, retries=False)
        self._lock = threading.Lock()
        self._ready: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lanes: dict[str, deque[Posting]] = {}
        self._under_way = 0
        self._held: list[Posting] = []
        self._sent: dict[str, Sent] = {}
        self._later = Schedule(world.clock, world.stopping)
        for number in range(_THREADS):
            name = f"webhook-{number}"
            threading.Thread(target=self._run, name=name, daemon=True).start()

    def enqueue(self, account: Account, event: Event, *, lane: str) -> None:
        """Send an event soon, unless the account takes no webhooks or holds them back."""
        if not account.webhook_active:
            return
        posting = Posting(account, [event], f"{account.slug}/{lane}")
        if account.hold:
            with self._lock:
                self._held.append(posting)
        else:
            self._queue(posting)

    def release(
        self, account: str, *, order: Order = "as_is", seed: int = 0, together: bool = False
    ) -> list[str]:
        """Send what was held back for an account, in this order; return the event ids.

        `together` puts all events into one body; else each has its own, sent one after the other.
        """
        with self._lock:
            held = [posting for posting in self._held if posting.account.slug == account]
            self._held = [posting for posting in self._held if posting.account.slug != account]
        arrange(held, order, seed)
        if together and held:
            held = [Posting(held[0].account, [e for p in held for e in p.events], "")]
        for posting in held:
            posting.lane = f"{account}/released"
            self._queue(posting)
        return [event["webhookEventId"] for posting in held for event in posting.events]

    def redeliver(self, event_ids: list[str] | None, *, duplicate: bool) -> list[str]:
        """Send events again that were sent before (None: those no server took); return their ids.

        As a redelivery (isRedelivery true), or as a plain `duplicate`: LINE does not rule that out.
        Raises Refused for ids that were never sent.
        """
        with self._lock:
            wanted = event_ids or [key for key, sent in self._sent.items() if not sent.taken]
            unknown = [key for key in wanted if key not in self._sent]
            again = [self._sent[key] for key in wanted if key in self._sent]
        if unknown:
            raise Refused(404, f"These events were never sent: {', '.join(unknown)}")
        for sent in again:
            self._queue(Posting(sent.account, [sent.event], sent.lane, redelivery=not duplicate))
        return wanted

    def post(self, posting: Posting) -> dict[str, Any]:
        """Post one body now and return the record of the try."""
        world = self._world
        self._start_reply_tokens(posting)
        body = posting.body()
        headers = self._headers(posting, body)
        posting.tries += 1
        started = ticks()
        url = posting.url or posting.account.webhook_url
        status, reason, error = self._request(url, body, headers)
        record = world.deliveries.add(
            {
                "at": world.clock.now(),
                "account": posting.account.slug,
                "url": url,
                "test": posting.test,
                "event_ids": [event.get("webhookEventId") for event in posting.events],
                "events": posting.sent_events(),
                "redelivery": posting.redelivery,
                "try": posting.tries,
                "status": status,
                "reason": reason,
                "error": error,
                "ms": round((ticks() - started) * 1000, 2),
            }
        )
        world.hub.publish("delivery", record)
        return record

    def idle(self) -> bool:
        """Tell whether no webhook is queued or under way; those held or due later do not count."""
        with self._lock:
            return self._under_way == 0

    def waiting(self) -> dict[str, int]:
        """How many webhooks are under way, held back, and due for another try."""
        with self._lock:
            return {
                "under_way": self._under_way,
                "held": len(self._held),
                "later": len(self._later),
            }

    def clear(self) -> None:
        """Forget what is held back, due later or could be sent again."""
        self._later.clear()
        with self._lock:
            self._held.clear()
            self._sent.clear()

    def close(self) -> None:
        """Stop; what is under way ends by itself within the time limit."""
        self._later.close()
        for _ in range(_THREADS):
            self._ready.put(None)
        self._pool.clear()

    def _queue(self, posting: Posting) -> None:
        with self._lock:
            self._under_way += 1
            lane = self._lanes.setdefault(posting.lane, deque())
            lane.append(posting)
            if len(lane) == 1:
                self._ready.put(posting.lane)

    def _run(self) -> None:
        while (lane := self._ready.get()) is not None:
            try:
                self._deliver(self._lanes[lane][0])
            finally:
                self._leave(lane)

    def _leave(self, name: str) -> None:
        with self._lock:
            self._under_way -= 1
            lane = self._lanes[name]
            lane.popleft()
            if lane:
                self._ready.put(name)
            else:
                del self._lanes[name]

    def _deliver(self, posting: Posting) -> None:
        taken = self.post(posting)["reason"] is None
        self._remember(posting, taken)
        if not taken and posting.account.redelivery and posting.tries <= len(REDELIVERY_SECONDS):
            posting.redelivery = True
            wait = REDELIVERY_SECONDS[posting.tries - 1]
            self._later.add(self._world.clock.now() + int(wait * 1000), self._again(posting))

    def _remember(self, posting: Posting, taken: bool) -> None:
        with self._lock:
            for event in posting.events:
                sent = Sent(posting.account, event, posting.lane, taken)
                self._sent[event["webhookEventId"]] = sent
            for old in list(itertools.islice(self._sent, max(0, len(self._sent) - _REMEMBERED))):
                del self._sent[old]

    def _again(self, posting: Posting) -> Callable[[], None]:
        return lambda: self._queue(posting)

    def _start_reply_tokens(self, posting: Posting) -> None:
        world = self._world
        with world.lock:
            for event in posting.events:
                token = event.get("replyToken")
                if token:
                    now = world.clock.now()
                    world.reply_tokens.delivered(token, now, again=posting.redelivery)

    def _headers(self, posting: Posting, body: bytes) -> dict[str, str]:
        headers: dict[str, str | None] = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(posting.account.channel_secret, body),
        }
        headers |= posting.headers
        return {name: value for name, value in headers.items() if value is not None}

    def _request(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int | None, str | None, str | None]:
        """Post and return (status, LINE's reason for a failure, error text)."""
        timeout = urllib3.Timeout(total=ANSWER_SECONDS)
        try:
            answer = self._pool.request(
                "POST", url, body=body, headers=headers, timeout=timeout, redirect=False
            )
        except urllib3.exceptions.ReadTimeoutError as error:
            return None, "request_timeout", str(error)
        except urllib3.exceptions.ProtocolError as error:
            # It was reached, but did not answer in HTTP, or hung up.
            return None, "unclassified", str(error)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            return None, "could_not_connect", str(error)
        failed = not 200 <= answer.status < 300
        return answer.status, "error_status_code" if failed else None, None


def arrange(postings: list[Posting], order: Order, seed: int) -> None:
    """Bring postings into the wanted order, in place."""
    if order == "reverse":
        postings.reverse()
    elif order == "shuffle":
        random.Random(seed).shuffle(postings)
