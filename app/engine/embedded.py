"""The engine of one machine: dispatcher threads, woken inside the process or by a local socket."""

import logging
import threading
from collections.abc import Collection, Iterable

from flask import Flask

from app.engine.lanes import Lane
from app.engine.post import Post
from app.errors import Unavailable

log = logging.getLogger(__name__)

_SWEEP = 1.0  # Seconds between looks at what became due without a wake-up.
_REST = 0.01  # Seconds after some work in which more may gather: a few at once cost half as much.
_STOP = 10.0  # Seconds a lane has to finish what is under way.


class Dispatcher(threading.Thread):
    """Runs one lane: whenever it is woken, until nothing is due, and at each sweep."""

    def __init__(self, app: Flask, lane: Lane) -> None:
        super().__init__(name=f"lane-{lane.name}", daemon=True)
        self._app = app
        self._lane = lane
        self._woken = threading.Event()
        self._stopping = threading.Event()
        lane.when_ready(self._woken.set)

    def wake(self) -> None:
        """There is work."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is under way and end."""
        self._stopping.set()
        self._woken.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(_SWEEP)
            self._woken.clear()
            self._work()
        with self._app.app_context():
            self._lane.close()

    def _work(self) -> None:
        # No rest after a run that found nothing: what comes then has rested long enough.
        while self._some() and not self._stopping.wait(_REST):
            pass

    def _some(self) -> bool:
        try:
            with self._app.app_context():
                return self._lane.run() > 0
        except Unavailable as error:
            log.warning("database unavailable", extra={"action": "lane.wait", "why": str(error)})
        except Exception:  # A dispatcher must outlive any fault; the rows are due again.
            log.exception("lane failed", extra={"action": "lane.failed", "lane": self._lane.name})
        return False


class EmbeddedEngine:
    """Wakes lanes in this process directly, those of other processes through the post."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._dispatchers: dict[str, Dispatcher] = {}
        self._post = Post(app.config["SQLALCHEMY_DATABASE_URI"])

    def wake(self, lane: str) -> None:
        here = self._dispatchers.get(lane)
        if here:
            here.wake()
        else:
            self._post.send(lane)

    def start(self, lanes: Iterable[Lane]) -> None:
        """Run these lanes in threads of this process."""
        self._dispatchers = {lane.name: Dispatcher(self._app, lane) for lane in lanes}
        self._post.receive(self._arrived)
        for dispatcher in self._dispatchers.values():
            dispatcher.start()

    def stop(self) -> None:
        """Stop the threads; what they had claimed and not begun is due again after its lease."""
        for dispatcher in self._dispatchers.values():
            dispatcher.stop()
            dispatcher.join(_STOP)  # One after the other: the inbox begins calls of the outbox.
        self._post.close()

    def running(self) -> Collection[str]:
        """Names of the lanes whose threads are alive."""
        return [name for name, thread in self._dispatchers.items() if thread.is_alive()]

    def _arrived(self, lane: str) -> None:
        if lane in self._dispatchers:
            self._dispatchers[lane].wake()
