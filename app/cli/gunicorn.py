"""The web server: gunicorn, with the lanes' threads in its workers where that is wanted."""

import signal
import threading
from dataclasses import dataclass
from queue import SimpleQueue
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from app import db

_GRACE = 6  # Seconds for requests and calls to LINE that are under way.
_NOTICE = 0.5  # Seconds for which /readyz says 503 before new connections are refused.


@dataclass(frozen=True)
class Options:
    """How to run: `lanes` says whether the workers also handle and answer events."""

    bind: str
    workers: int
    threads: int
    lanes: bool


class _Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that breaks no connection when it ends.

    gunicorn's own stops accepting and leaves its socket open until the last request has ended. With
    reuse_port the kernel goes on giving that socket connections, which nobody would ever answer.
    """

    early: SimpleQueue[int]

    def run(self) -> None:
        """Called when all is set up; a signal may have come while it was still being set up."""
        while not self.early.empty():
            if self.early.get() == signal.SIGTERM:
                self.handle_exit(signal.SIGTERM, None)
        super().run()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called on SIGTERM: be not ready first, and end a moment later."""
        self.app.wsgi().extensions["stopping"] = True
        threading.Timer(_NOTICE, super().handle_exit, (sig, frame)).start()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called with False when the worker ends, and while it has all connections it may have."""
        super().set_accept_enabled(enabled)
        if not enabled and self.nr_conns < self.worker_connections:
            for listener in self.sockets:
                self._take_all(listener)
                listener.close()

    def _take_all(self, listener: Any) -> None:
        taken = -1
        while taken != self.nr_conns:
            taken = self.nr_conns
            self.accept(listener)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, options: Options) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn for its settings."""
        settings = {
            "bind": self._options.bind,
            "workers": self._options.workers,
            "threads": self._options.threads,
            "worker_class": _Worker,
            # Without it, kept-alive connections may all land on one worker (docs/benchmarks.md).
            "reuse_port": True,
            "preload_app": True,
            "graceful_timeout": _GRACE,
            "post_fork": self._born,
            "worker_exit": self._gone,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called by gunicorn for the app."""
        return self._app

    def _born(self, arbiter: Any, worker: Any) -> None:
        # Until it sets its own, a worker has the master's handlers, which only note a signal.
        worker.early = arbiter.SIG_QUEUE
        db.leave_to_child(self._app)
        if self._options.lanes:
            lanes = self._app.extensions["lanes"]
            self._app.extensions["engine"].start([lanes["inbox"], lanes["outbox"]])

    def _gone(self, _arbiter: Any, _worker: Any) -> None:
        if self._options.lanes:
            self._app.extensions["engine"].stop()


def run(app: Flask, options: Options) -> None:
    """Serve until a signal comes."""
    _Server(app, options).run()
