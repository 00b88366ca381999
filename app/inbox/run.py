"""Handle what is in the inbox: each event in one transaction with all it causes."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any

import orjson

from app import clock
from app.claims import MAX_TRIES, LeaseLost, any_due, backoff, claim, claiming, finish, finish_all
from app.db import transaction, turns
from app.errors import TsunaguError
from app.faults import crash_point, unsafe
from app.inbox.handed import LEASE, Handed
from app.inbox.models import InboxEvent

log = logging.getLogger(__name__)

_BATCH = 32
# Seconds of our own work in one transaction: under load a limit in passed time would make them
# smaller just when there is most to share their cost. SQLite has one writer, for whom others wait.
_SHORT, _ALONE = 0.05, 0.006
_LONGEST_WAIT = 60.0
_DUE = claiming(InboxEvent.__table__, busy="running", turn=("account_id", "source"))


@dataclass(frozen=True)
class Incoming:
    """One event as handlers get it: LINE's own JSON and what the inbox knows about it."""

    account_id: int
    event_id: str
    kind: str
    source: str | None
    message_id: str | None
    occurred_ms: int
    received_at: Any
    event: dict[str, Any]


Along = Callable[[int], Callable[[], None]]
"""Inside the open transaction, takes up to so many calls to LINE along; begins them after it."""

Handle = Callable[[Incoming], str]
"""Handles one event inside the open transaction and answers a word for the log."""


class Inbox:
    """The lane that works off the inbox; `handle` is what the handlers layer offers."""

    name = "inbox"

    def __init__(
        self, handle: Handle, handed: Handed | None = None, along: Along = lambda _: _nobody
    ) -> None:
        self._handle = handle
        self._handed = handed or Handed()
        self._along = along
        self._look_next = False

    def run(self) -> int:
        """Handle what was handed over or is due; answers how many events were taken."""
        taken: Sequence[Any] = [] if self._look_next else self._handed.take()
        self._look_next = bool(taken)  # What waits in the table must have its turn as well.
        taken = taken or self._claimed()
        waiting = deque(taken)
        while waiting:
            self._run_some(waiting)
        return len(taken)

    def drain(self) -> None:
        """Handle until nothing is due."""
        while self.run():
            pass

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Nothing of the inbox is ever under way outside of `run`; a thread of ours will run it."""
        self._handed.open = True

    def close(self) -> None:
        """Nothing is under way between two runs."""
        self._handed.open = False

    def _claimed(self) -> Sequence[Any]:
        if not any_due(_DUE):
            return []
        with transaction():
            taken = claim(_DUE, lease=LEASE, limit=_BATCH)
            taken = taken or claim(_DUE, lease=LEASE, limit=_BATCH, everywhere=True)
        crash_point("inbox.claimed")
        return taken

    def _run_some(self, waiting: deque[Any]) -> None:
        """Handle as many events as fit into one short transaction. No two are of one person.

        If one of several fails, nothing of them was saved, and each is handled on its own.
        """
        some: list[Any] = []
        done: list[tuple[int, int, dict[str, Any]]] = []
        try:
            with nullcontext() if unsafe("effects_outside_tx") else transaction():
                short = _ALONE if turns().one_at_a_time else _SHORT
                until = time.thread_time() + short  # The wait for our turn is behind us.
                while waiting and time.thread_time() < until:
                    some.append(waiting.popleft())
                    done.append(self._effects(some[-1]))
                finish_all(InboxEvent, done)
                begin_calls = self._along(len(done))
        except LeaseLost as error:
            log.warning("lease lost", extra={"action": "inbox.lease_lost", "what": str(error)})
            self._run_apart(some)
        except Exception as error:  # The one edge where any fault of a handler becomes a retry.
            log.exception("event failed", extra=_ids(some[-1]))
            if not self._run_apart(some):
                _failed(some[0], type(error).__name__)
        else:
            begin_calls()  # Whatever happens to them now, the events are done.

    def _run_apart(self, some: list[Any]) -> bool:
        """Handle each of several events on its own; False if there is but one."""
        if len(some) == 1:
            return False
        for row in some:
            self._run_some(deque([row]))
        return True

    def _effects(self, row: Any) -> tuple[int, int, dict[str, Any]]:
        """All that an event causes; answers its `done`, as finish_all takes it."""
        if row.attempts > MAX_TRIES:
            raise KilledItsWorker
        outcome = self._handle(_incoming(row))
        crash_point("inbox.effects_before_done")
        log.info("event handled", extra={**_ids(row), "kind": row.kind, "outcome": outcome})
        done = {"state": "done", "outcome": outcome, "finished_at": clock.now()}
        return row.id, row.fence, done


class KilledItsWorker(TsunaguError):
    """Each try of this event ended with the death of the process."""


def _nobody() -> None:
    """No call to LINE was taken along."""


def _ids(row: Any) -> dict[str, Any]:
    return {"action": "inbox.handle", "inbox_id": row.id, "account": row.account_id}


def _incoming(row: Any) -> Incoming:
    return Incoming(
        row.account_id,
        row.event_id,
        row.kind,
        row.source,
        row.message_id,
        row.occurred_ms,
        row.received_at,
        orjson.loads(row.payload),
    )


def _failed(row: Any, reason: str) -> None:
    # Whoever has the row by now decides what becomes of it.
    with suppress(LeaseLost), transaction():
        finish(InboxEvent, row.id, row.fence, **after_failure(row.attempts, reason))


def after_failure(attempts: int, reason: str) -> dict[str, Any]:
    """What a row becomes after its n-th failed try: due again later, or dead."""
    if attempts >= MAX_TRIES:
        return {"state": "dead", "outcome": reason, "finished_at": clock.now()}
    wait = backoff(attempts, longest=_LONGEST_WAIT)
    return {"state": "pending", "outcome": reason, "due_at": clock.now() + wait}
