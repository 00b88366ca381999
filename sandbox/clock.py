"""The sandbox's own time: the real clock plus an offset that only moves forward.

Everything LINE measures in time (reply tokens, retry keys, redelivery) reads this clock, so a test
can let a day pass in an instant. No other module of the sandbox reads the machine's clock.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from sandbox.persistence import Rows, Store

_HOUR_MS = 60 * 60 * 1000
_JAPAN = timezone(timedelta(hours=9))


class Clock:
    """Virtual time in whole milliseconds since 1970."""

    def __init__(self, store: Store) -> None:
        self._changed = threading.Condition()
        self._rows: Rows[int] = Rows(store, "clock", int)
        self._offset_ms: int = dict(self._rows.load()).get("offset_ms", 0)

    def now(self) -> int:
        """Return the virtual time in milliseconds."""
        return int(time.time() * 1000) + self._offset_ms

    @property
    def offset_ms(self) -> int:
        """How far the virtual time is ahead of the real one, in milliseconds."""
        return self._offset_ms

    def forward(self, seconds: float) -> None:
        """Let time pass at once and wake whoever waits for it."""
        with self._changed:
            self._offset_ms += int(seconds * 1000)
            self._rows.changed("offset_ms", self._offset_ms)
            self._changed.notify_all()

    def reset(self) -> None:
        """Return to the real time."""
        with self._changed:
            self._offset_ms = 0
            self._rows.forget("offset_ms")
            self._changed.notify_all()

    def wake(self) -> None:
        """Let every waiter look again at what it waits for."""
        with self._changed:
            self._changed.notify_all()

    def wait_until(self, due: Callable[[], int | None]) -> None:
        """Wait until virtual time `due()` (None: no end), or until the clock is moved or woken.

        `due` is asked after waking became possible, so a change made before `wake` is never missed.
        """
        with self._changed:
            at = due()
            left = None if at is None else (at - self.now()) / 1000
            if left is None or left > 0:
                self._changed.wait(left)


def iso(at_ms: int) -> str:
    """A time as LINE writes it: 2026-01-01T00:00:00.000Z."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def day(at_ms: int) -> str:
    """The day of a time in Japan (UTC+9), by which LINE counts: 20260101."""
    return _day_of_hour(at_ms // _HOUR_MS)


@lru_cache(maxsize=64)
def _day_of_hour(hour: int) -> str:
    return datetime.fromtimestamp(hour * _HOUR_MS / 1000, _JAPAN).strftime("%Y%m%d")


def is_day(value: str) -> bool:
    """Tell whether this is a date written as yyyyMMdd."""
    try:
        return len(value) == 8 and bool(datetime.strptime(value + "+0900", "%Y%m%d%z"))
    except ValueError:
        return False


def ticks() -> float:
    """Seconds of a steady counter, for measuring how long something took."""
    return time.perf_counter()
