"""Things to do at a later virtual time."""

import heapq
import itertools
import threading
from collections.abc import Callable

from sandbox.clock import Clock


class Schedule:
    """A thread that calls each function when the virtual clock reaches its time."""

    def __init__(self, clock: Clock, stopping: threading.Event) -> None:
        self._clock = clock
        self._stopping = stopping
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._due)

    def add(self, at: int, do: Callable[[], None]) -> None:
        """Call `do` at virtual time `at` (milliseconds)."""
        with self._lock:
            heapq.heappush(self._due, (at, next(self._numbers), do))
        self._clock.wake()

    def clear(self) -> None:
        with self._lock:
            self._due.clear()

    def close(self) -> None:
        """End the thread; `stopping` is already set."""
        self._clock.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._clock.wait_until(self._next_due)
            do = self._take()
            if do is not None:
                do()

    def _next_due(self) -> int | None:
        if self._stopping.is_set():
            return 0
        with self._lock:
            return self._due[0][0] if self._due else None

    def _take(self) -> Callable[[], None] | None:
        with self._lock:
            if self._due and self._due[0][0] <= self._clock.now():
                return heapq.heappop(self._due)[2]
            return None
