"""The clock of the embedded engine: a thread that looks every second what is due."""

import logging
import threading

from flask import Flask

from app.errors import Unavailable
from app.jobs.due import run_due

log = logging.getLogger(__name__)

_TICK = 1.0


class Clock(threading.Thread):
    """Runs the jobs; a failing one is logged and comes again at its next time."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="clock", daemon=True)
        self._app = app
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(_TICK):
            with self._app.app_context():
                self._tick()

    def stop(self) -> None:
        """End after the job in hand."""
        self._ending.set()
        self.join()

    def _tick(self) -> None:
        try:
            run_due()
        except Unavailable as error:
            log.warning("database unavailable", extra={"action": "job.wait", "why": str(error)})
        except Exception:  # The clock must outlive a faulty job.
            log.exception("job failed", extra={"action": "job.failed"})
