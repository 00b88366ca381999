"""The only loop that talks to LINE: claim and commit, call, save what came of it."""

import logging
import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from zoneinfo import ZoneInfo

from flask import current_app

from app.db import transaction
from app.domain.accounts import queries as accounts
from app.faults import crash_point
from app.line import client, sdk
from app.line.channel import Channel
from app.line.errors import LineError
from app.outbox import work
from app.sender.prepare import Call, Taken, take
from app.sender.settle import Done, Result, settle

log = logging.getLogger(__name__)

_PATIENCE = 8.0  # Seconds for one call to end: LINE's time-outs are 2 s and 5 s.


class Sender:
    """A lane of the outbox. At most `slots` calls are under way at a time."""

    def __init__(self, name: str, *, slots: int, zone: ZoneInfo) -> None:
        self.name = name
        self._slots = slots
        self._zone = zone
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix=f"send-{name}")
        self._under_way: dict[Future[Result], tuple[Call, Channel]] = {}
        self._ended: queue.SimpleQueue[Future[Result]] = queue.SimpleQueue()
        self._ready: Callable[[], None] = _nobody

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever a call has ended, so that `run` can save it."""
        self._ready = wake

    def run(self) -> int:
        """Save what has ended and begin what is due; answers how many rows that moved."""
        ended = self._now_ended()
        if not ended and not (self._free() and self._any_due()):
            return 0
        taken, calls = self._turn_over(ended)
        if not taken and not ended:  # What is due may stand behind many that wait for others.
            taken, calls = take(self.name, self._free(), self._zone, everywhere=True)
        self._begin_all(calls)
        return len(ended) + taken

    def take_along(self, limit: int) -> Callable[[], None]:
        """Inside an open transaction: take what is due, without a wait in line of its own.

        Answers what begins the calls, for after the commit. Takes nothing where nobody runs us.
        """
        free = min(limit, self._free())
        if self._ready is _nobody or free <= 0:
            return _nobody
        _taken, calls = take(self.name, free, self._zone)
        return partial(self._begin_all, calls)

    def drain(self) -> None:
        """Send until nothing is due and no call is under way."""
        while self.run() or self._under_way:
            self._await_one()

    def close(self) -> None:
        """Begin nothing more; save the calls that are under way."""
        self._ready = _nobody
        while self._under_way and self._await_one():
            self._turn_over(self._now_ended(), begin=False)
        self._pool.shutdown(wait=False)

    def _begin_all(self, calls: Sequence[Call]) -> None:
        crash_point("send.before_http")
        for call in calls:
            self._begin(call)

    def _begin(self, call: Call) -> None:
        channel = _channel(call.item.account_id)
        future = self._pool.submit(_made, call, channel)
        self._under_way[future] = call, channel
        future.add_done_callback(self._note)

    def _note(self, future: Future[Result]) -> None:
        self._ended.put(future)
        self._ready()

    def _await_one(self) -> bool:
        if not self._under_way:
            return False
        try:
            self._ended.put(self._ended.get(timeout=_PATIENCE))
        except queue.Empty:
            return False
        return True

    def _turn_over(self, ended: list[Future[Result]], *, begin: bool = True) -> Taken:
        """Save what has ended and take what is due, in one transaction; one wait in line."""
        if ended:
            crash_point("send.answered_before_saved")
        saved = False
        try:
            with transaction():
                ended += self._now_ended()  # What ended while we waited for our turn.
                settle(list(self._done(ended)))
                free = self._free() + len(ended)
                taken = take(self.name, free, self._zone) if begin and free else (0, [])
            saved = True
        finally:
            for future in ended:
                if saved:
                    del self._under_way[future]
                else:
                    self._ended.put(future)  # What LINE answered is kept until it can be saved.
        return taken

    def _now_ended(self) -> list[Future[Result]]:
        return [self._ended.get() for _ in range(self._ended.qsize())]

    def _free(self) -> int:
        return self._slots - len(self._under_way)

    def _any_due(self) -> bool:
        return work.waiting(self.name, accounts.paused_accounts())

    def _done(self, ended: Sequence[Future[Result]]) -> Iterator[Done]:
        for future in ended:
            call, channel = self._under_way[future]
            if error := future.exception():
                # Not LINE's word but our own fault; the lease ends and the row is tried again.
                log.error("call broke", exc_info=error, extra={"outbox_id": call.item.id})
            else:
                yield Done(call, future.result(), channel.access_token)


def _channel(account_id: int) -> Channel:
    token = accounts.known_speaker(account_id).access_token
    return Channel(account_id, current_app.config["LINE_API_BASE"], token)


def _made(call: Call, channel: Channel) -> Result:
    """Make the call; a refusal is a result like any other."""
    try:
        if call.route == "profile":
            return sdk.profile(channel, call.item.recipient or "")
        if call.route == "linkToken":
            return sdk.link_token(channel, call.item.recipient or "")
        return client.send(channel, call.route, call.body, call.retry_key)
    except LineError as refusal:
        return refusal
    finally:
        crash_point("send.after_http")


def _nobody() -> None:
    """Nobody waits for this lane."""
