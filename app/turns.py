"""A fair queue for SQLite's single writer.

SQLite's own busy wait sleeps in growing steps: with two writers it had a p99 of 200-590 ms, with a
file lock taken first 20 ms (docs/benchmarks.md). PostgreSQL needs no turns.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import Unavailable

_PATIENCE = 1.0  # Seconds; LINE waits two for its 200, and SQLite's own wait comes on top.


class _Queue:
    """A lock for threads that serves them in the order they came; Python's own does not."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()  # The first one has the turn.

    def acquire(self, timeout: float) -> bool:
        """Wait for the turn; False if it does not come in time."""
        mine = threading.Lock()
        mine.acquire()
        with self._guard:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                return True
        return mine.acquire(timeout=timeout) or self._gave_up(mine)

    def release(self) -> None:
        """Hand the turn on."""
        with self._guard:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].release()

    def _gave_up(self, mine: threading.Lock) -> bool:
        with self._guard:
            if self._waiting[0] is mine:
                return True  # It came just now.
            self._waiting.remove(mine)
            return False


class Turns:
    """Hands out turns to write, to the threads of this process and to other processes."""

    def __init__(self, database: str | None) -> None:
        self._paths = [Path(f"{database}.{name}") for name in ("gate", "turn")] if database else []
        self._threads = _Queue()
        self._files: list[int] = []
        self._owner = -1

    @property
    def one_at_a_time(self) -> bool:
        """Whether there are turns at all."""
        return bool(self._paths)

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Hold the turn; raises Unavailable when it does not come in time."""
        if not self._paths:
            yield
            return
        if not self._threads.acquire(timeout=_PATIENCE):
            raise Unavailable("no turn to write")
        try:
            turn = self._taken()
            try:
                yield
            finally:
                fcntl.flock(turn, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _taken(self) -> int:
        # Whoever comes again at once finds the gate held by the process that waits for the turn.
        gate, turn = self._opened()
        fcntl.flock(gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
        return turn

    def _opened(self) -> list[int]:
        # A file lock belongs to the open file, which a forked child would share with its parent.
        if self._owner != os.getpid():
            self._paths[0].parent.mkdir(parents=True, exist_ok=True)
            self._files = [os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for path in self._paths]
            self._owner = os.getpid()
        return self._files
