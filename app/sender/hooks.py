"""The lane of the shop's own systems: facts become deliveries, deliveries become signed calls.

A call that was made and whose answer could not be saved is made again after its lease, with the
same webhook-id: at least once, and the other side can tell.
"""

import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from app import clock
from app.claims import LeaseLost
from app.db import transaction
from app.domain.hooks import limits, rules, work
from app.domain.hooks.rules import Verdict
from app.domain.hooks.work import LANE, Item, Letter
from app.egress.address import BadAddress, target
from app.egress.call import CallFailed, post
from app.facts.feed import Settled
from app.faults import crash_point
from app.vault import WrongKey

log = logging.getLogger(__name__)

_SLOTS = 16  # Calls under way at a time.


@dataclass(frozen=True)
class _Came:
    """What came of one try."""

    status: int | None
    outcome: str | None
    retry_after: str | None = None


class Hooks:
    """The lane `hooks`. `local`: whether this very machine may be called, in a demo."""

    name = LANE

    def __init__(self, *, local: bool) -> None:
        self._local = local
        self._settled = Settled()
        self._pool = ThreadPoolExecutor(_SLOTS, thread_name_prefix="hook")
        self._unsaved: list[tuple[Item, _Came]] = []

    def run(self) -> int:
        """Make deliveries of new facts and send what is due; answers how many rows that moved."""
        self._save_all()
        spread = work.spread(self._settled.look())
        if not work.waiting():
            return spread
        with transaction():
            items = work.take(_SLOTS)
        crash_point("hook.claimed")
        self._send_all(items)
        self._save_all()
        return spread + len(items)

    def drain(self) -> None:
        """Send until nothing is due."""
        while self.run():
            pass

    def when_ready(self, wake: Callable[[], None]) -> None:
        """No call is ever under way outside of `run`."""

    def close(self) -> None:
        """Save what could not be saved yet."""
        self._save_all()
        self._pool.shutdown(wait=False)

    def _send_all(self, items: Sequence[Item]) -> None:
        ready: list[tuple[Item, Letter]] = []
        for item in items:
            try:
                ready.append((item, work.opened(item)))
            except WrongKey as error:
                self._unsaved.append((item, _Came(None, str(error))))
        came = self._pool.map(lambda each: self._sent(*each), ready)
        for (item, _letter), each in zip(ready, came, strict=True):
            self._unsaved.append((item, each))
        crash_point("hook.sent_before_saved")

    def _sent(self, item: Item, letter: Letter) -> _Came:
        """Make one call. Runs in a thread of the pool."""
        try:
            where = target(letter.url, local=self._local)
            told = rules.headers(letter.secret, letter.message_id, clock.now(), letter.body)
            answer = post(where, letter.body, told, seconds=limits.CALL_SECONDS)
        except (BadAddress, CallFailed) as failure:
            log.info("hook failed", extra=_ids(item) | {"why": str(failure)})
            return _Came(None, str(failure))
        log.info("hook called", extra=_ids(item) | {"status": answer.status})
        return _Came(answer.status, f"HTTP {answer.status}", answer.retry_after)

    def _save_all(self) -> None:
        """Save what came of calls; what cannot be saved now is kept for the next time."""
        while self._unsaved:
            item, came = self._unsaved[0]
            verdict = _verdict(item, came)
            try:
                with transaction():
                    work.save(item, verdict, status=came.status, outcome=came.outcome)
            except LeaseLost:
                # Whoever has the row by now decides what becomes of it.
                log.warning("lease lost", extra=_ids(item))
            self._unsaved.pop(0)


def _verdict(item: Item, came: _Came) -> Verdict:
    return rules.judged(item.attempts, came.status, came.retry_after, random.random())


def _ids(item: Item) -> dict[str, Any]:
    return {
        "action": "hook.send",
        "delivery_id": item.id,
        "endpoint_id": item.endpoint_id,
        "attempts": item.attempts,
    }
