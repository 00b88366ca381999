"""How often a key may ask, counted by each web process on its own, in windows of a minute.

A count in the database would make every read a write. So with two web processes, as `serve` starts
them, a key can get through twice as often at most; docs/limits.md says so too.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app import clock
from app.domain.keys import limits
from app.domain.keys.caller import Caller

_WINDOW: Final = timedelta(seconds=limits.WINDOW_SECONDS)


@dataclass(frozen=True)
class Rate:
    """How a key stands after a call: `most` and `left` of this window, which ends in `seconds`."""

    most: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 has them."""
        return {
            "RateLimit-Policy": f'"key";q={self.most};w={limits.WINDOW_SECONDS}',
            "RateLimit": f'"key";r={self.left};t={self.seconds}',
        }


class Rates:
    """The counts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[int, tuple[datetime, int]] = {}

    def take(self, caller: Caller) -> tuple[Rate, bool]:
        """Count a call; answers how the key stands, and whether the call may go on."""
        now = clock.now()
        with self._lock:
            since, count = self._windows.get(caller.key_id, (now, 0))
            # A clock that was put back must not keep a key waiting for longer than a window.
            if not timedelta() <= now - since < _WINDOW:
                since, count = now, 0
            self._windows[caller.key_id] = since, count + 1
        left = caller.per_minute - count - 1
        seconds = max(1, round((since + _WINDOW - now).total_seconds()))
        return Rate(caller.per_minute, max(left, 0), seconds), left >= 0
