"""The worker of the embedded engine: lanes in threads, and the clock."""

import signal
import threading
from collections.abc import Sequence

from flask import Flask

from app.jobs.clock import Clock
from app.line import sdk


def run(app: Flask, names: Sequence[str]) -> None:
    """Run these lanes and the clock until SIGTERM or SIGINT."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    engine, clock = app.extensions["engine"], Clock(app)
    engine.start([app.extensions["lanes"][name] for name in names])
    clock.start()
    sdk.warm_up()
    ending.wait()
    clock.stop()
    engine.stop()
