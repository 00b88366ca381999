"""Serves the sandbox with gunicorn, one process with many threads: for people and benchmarks."""

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from sandbox.world import World

# One process holds the world, so threads are all it has; an open phone page keeps one busy.
_THREADS = 256
_LAST_SECONDS = 0.3


@dataclass(frozen=True)
class Place:
    """Where to listen, and what callers must know; without `smtp_port` no e-mail is taken."""

    host: str
    port: int
    secret: str | None = None
    smtp_port: int | None = None


def serve(make_world: Callable[[], World], place: Place) -> None:
    """Serve until SIGTERM or SIGINT. The world is made in the worker, so its threads live there."""
    _Gunicorn(make_world, place).run()


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(self, make_world: Callable[[], World], place: Place) -> None:
        self._make_world = make_world
        self._place = place
        super().__init__()

    def load_config(self) -> None:
        host, port = self._place.host, self._place.port
        settings: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": _THREADS,
            "worker_connections": 4 * _THREADS,
            "keepalive": 75,
            "graceful_timeout": 1,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # Only the worker needs the SDK's models, which take a second to load and half to drop.
        from sandbox.app import create_app, stop
        from sandbox.smtp import MailServer

        world, place = self._make_world(), self._place
        mails = MailServer(world, place.host, place.smtp_port) if place.smtp_port else None
        app = create_app(world, place.secret, mails)
        _end_on_signals(lambda: stop(app, world))
        # The SDK's models live for ever: without this each full collection walks through them.
        gc.freeze()
        return app


def _end_on_signals(stop: Callable[[], None]) -> None:
    """Make the worker end soon after a signal; gunicorn itself would wait for open streams."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _ending(stop, signal.getsignal(number)))


def _ending(stop: Callable[[], None], before: Any) -> Callable[[int, FrameType | None], None]:
    def handler(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=_end, args=(stop,), name="end").start()
        before(number, frame)

    return handler


def _end(stop: Callable[[], None]) -> None:
    stop()
    # Calls under way have this long to be answered; nothing else is worth waiting for.
    time.sleep(_LAST_SECONDS)
    os._exit(0)
