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
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import urllib3

from sandbox.clock import ticks
from sandbox.events import Event
from sandbox.postings import Posting
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
class Sent:
    """One event that was posted, as it was at first, and whether a server took it."""

    account: str
    event: Event
    taken: bool


def sign(secret: str, body: bytes) -> str:
    """LINE: Base64 of the HMAC-SHA256 of the raw body under the channel secret."""
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return base64.b64encode(digest).decode()


class Webhooks:
    """Takes events and brings them to the accounts' webhook addresses.

    What a restart finds held back, queued or due later goes on from there. An event that was under
    way when the sandbox ended may be sent twice; LINE does not rule that out either.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._pool = urllib3.PoolManager(num_pools=20, maxsize=_THREADS, retries=False)
        self._lock = threading.Lock()
        self._ready: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lanes: dict[str, deque[Posting]] = {}
        self._under_way = 0
        self._numbers = itertools.count(max(world.postings, default=0) + 1)
        self._sent: dict[str, Sent] = {}
        self._later = Schedule(world.clock, world.stopping)
        self._go_on()
        for number in range(_THREADS):
            name = f"webhook-{number}"
            threading.Thread(target=self._run, name=name, daemon=True).start()

    def enqueue(self, account: Account, event: Event, *, lane: str) -> None:
        """Send an event soon, unless the account takes no webhooks or holds them back."""
        if account.webhook_active:
            held = account.hold
            self._send(Posting(account.slug, [event], f"{account.slug}/{lane}", held=held))

    def release(
        self, account: str, *, order: Order = "as_is", seed: int = 0, together: bool = False
    ) -> list[str]:
        """Send what was held back for an account, in this order; return the event ids.

        `together` puts all events into one body; else each has its own, sent one after the other.
        """
        kept = self._world.postings
        with self._world.lock:
            held = [one for one in kept.values() if one.held and one.account == account]
            for posting in held:
                kept.drop(posting.id)
        arrange(held, order, seed)
        bodies = [posting.events for posting in held]
        if together and held:
            bodies = [[event for body in bodies for event in body]]
        for body in bodies:
            self._send(Posting(account, body, f"{account}/released"))
        return [event["webhookEventId"] for body in bodies for event in body]

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
            lane = f"{sent.account}/again"
            self._send(Posting(sent.account, [sent.event], lane, redelivery=not duplicate))
        return wanted

    def post(self, posting: Posting, account: Account) -> dict[str, Any]:
        """Post one body now to the account's server and return the record of the try."""
        world = self._world
        self._start_reply_tokens(posting)
        body = _body(posting, account)
        headers = _headers(posting, account, body)
        posting.tries += 1
        started = ticks()
        url = posting.url or account.webhook_url
        status, reason, error = self._request(url, body, headers)
        record = world.deliveries.add(
            {
                "at": world.clock.now(),
                "account": account.slug,
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
        self._remember(record)
        world.hub.publish("delivery", record)
        return record

    def idle(self) -> bool:
        """Tell whether no webhook is queued or under way; those held or due later do not count."""
        with self._lock:
            return self._under_way == 0

    def waiting(self) -> dict[str, int]:
        """How many webhooks are under way, held back, and due for another try."""
        with self._world.lock:
            held = sum(posting.held for posting in self._world.postings.values())
        with self._lock:
            return {"under_way": self._under_way, "held": held, "later": len(self._later)}

    def clear(self) -> None:
        """Forget what is due later or could be sent again; the world forgets what is held back."""
        self._later.clear()
        with self._lock:
            self._sent.clear()

    def close(self) -> None:
        """Stop; what is under way ends by itself within the time limit."""
        self._later.close()
        for _ in range(_THREADS):
            self._ready.put(None)
        self._pool.clear()

    def _go_on(self) -> None:
        for record in self._world.deliveries.since(0)["items"]:
            self._remember(record)
        for posting in list(self._world.postings.values()):
            if posting.due is not None:
                self._later.add(posting.due, self._again(posting))
            elif not posting.held:
                self._queue(posting)

    def _send(self, posting: Posting) -> None:
        with self._world.lock:
            posting.id = next(self._numbers)
            self._world.postings.put(posting)
        if not posting.held:
            self._queue(posting)

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
        world = self._world
        with world.lock:
            account = world.accounts.get(posting.account)
            # A reset has taken it away.
            if account is None or posting.id not in world.postings:
                return
        taken = self.post(posting, account)["reason"] is None
        with world.lock:
            if taken or not account.redelivery or posting.tries > len(REDELIVERY_SECONDS):
                world.postings.drop(posting.id)
            elif posting.id in world.postings:
                self._plan(posting)

    def _plan(self, posting: Posting) -> None:
        wait = REDELIVERY_SECONDS[posting.tries - 1]
        posting.redelivery = True
        posting.due = self._world.clock.now() + int(wait * 1000)
        self._world.postings.put(posting)
        self._later.add(posting.due, self._again(posting))

    def _remember(self, record: dict[str, Any]) -> None:
        """Note what can be sent again; after a restart the records of the file tell it."""
        taken = record["reason"] is None
        with self._lock:
            for event in record["events"]:
                # A test may have posted anything; only what LINE could have sent is sent again.
                key, context = event.get("webhookEventId"), event.get("deliveryContext")
                if isinstance(key, str) and isinstance(context, dict):
                    first = event
                    if record["redelivery"]:
                        first = event | {"deliveryContext": context | {"isRedelivery": False}}
                    self._sent[key] = Sent(record["account"], first, taken)
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


def _body(posting: Posting, account: Account) -> bytes:
    """The exact bytes that are posted and signed."""
    if posting.raw is not None:
        return posting.raw
    destination = posting.destination or account.bot_user_id
    return orjson.dumps({"destination": destination, "events": posting.sent_events()})


def _headers(posting: Posting, account: Account, body: bytes) -> dict[str, str]:
    headers: dict[str, str | None] = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "LineBotWebhook/2.0",
        "x-line-signature": sign(account.channel_secret, body),
    }
    headers |= posting.headers
    return {name: value for name, value in headers.items() if value is not None}


def arrange(postings: list[Posting], order: Order, seed: int) -> None:
    """Bring postings into the wanted order, in place."""
    if order == "reverse":
        postings.reverse()
    elif order == "shuffle":
        random.Random(seed).shuffle(postings)
