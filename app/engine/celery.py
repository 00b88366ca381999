"""The engine of many machines: Celery messages say "lane X has work", and nothing else.

Truth stays in the tables: a lost message costs latency until beat's next sweep, never work.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery
from flask import Flask
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

RUN = "tsunagu.run"
_FORGET = 60.0  # Seconds after which an unread wake-up is of no use.


class CeleryEngine:
    """Sends wake-ups from a thread of its own, so that nobody ever waits for the broker."""

    def __init__(self, app: Flask, broker_url: str) -> None:
        self.celery = _celery(app, broker_url)
        self._waiting: set[str] = set()
        self._news = threading.Condition()
        self._teller: threading.Thread | None = None
        self._at_hand: str | None = None

    @contextmanager
    def at_hand(self, lane: str) -> Iterator[None]:
        """Send no wake-ups for this lane: the caller runs it itself before this ends."""
        self._at_hand = lane
        try:
            yield
        finally:
            self._at_hand = None

    def wake(self, lane: str) -> None:
        if lane == self._at_hand:
            return
        with self._news:
            self._waiting.add(lane)
            self._news.notify()
            # Asked each time, because a forked child has none of its parent's threads.
            if self._teller is None or not self._teller.is_alive():
                self._teller = threading.Thread(target=self._tell, name="wake-ups", daemon=True)
                self._teller.start()

    def _tell(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting)
                lanes, self._waiting = self._waiting, set()
            for lane in sorted(lanes):
                self._publish(lane)

    def _publish(self, lane: str) -> None:
        try:
            self.celery.send_task(RUN, (lane,), queue=lane, retry=False, expires=_FORGET)
        except OperationalError as error:
            # The rows are saved; the next sweep finds them.
            why = type(error.__cause__ or error).__name__
            log.warning("broker away", extra={"action": "engine.wake", "why": why})


def _celery(app: Flask, broker_url: str) -> Celery:
    celery = Celery(app.name, broker=broker_url, set_as_current=False)
    celery.conf.update(
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=2.0,
        broker_transport_options={"socket_connect_timeout": 2.0, "socket_timeout": 5.0},
        # In memory: what is due is kept in the tables, so beat has nothing to remember.
        beat_scheduler="celery.beat:Scheduler",
        beat_max_loop_interval=1,
        timezone="UTC",
    )
    return celery
