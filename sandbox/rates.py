"""LINE's rate limits: a token bucket per channel and endpoint, on the virtual clock.

LINE: https://developers.line.biz/en/reference/messaging-api/#rate-limits. The size of its buckets
is not published; here one holds what its period allows.
"""

import threading
from dataclasses import dataclass
from typing import Protocol

from sandbox.clock import Clock

SECOND, MINUTE, HOUR = 1000, 60 * 1000, 60 * 60 * 1000
# LINE: endpoints not named here take 2,000 requests a second.
_ELSE = (2000, SECOND)
RATES: dict[str, tuple[int, int]] = {
    "multicast": (200, SECOND),
    "narrowcast": (60, HOUR),
    "broadcast": (60, HOUR),
    "insight": (60, HOUR),
    "webhook_test": (60, HOUR),
    "webhook_endpoint": (1000, MINUTE),
    "richmenu_create": (100, HOUR),
    "richmenu_delete": (100, HOUR),
    "richmenu_alias_delete": (100, HOUR),
    "richmenu_batch": (3, HOUR),
    "richmenu_batch_progress": (100, HOUR),
    "richmenu_list": (10, SECOND),
    "audience": (60, MINUTE),
    "loading": (100, SECOND),
    "coupon": (200, SECOND),
    "membership": (200, SECOND),
    "unbuilt": (10**9, SECOND),
}


class Named(Protocol):
    """What a bucket is kept for: the name finds the rate, the template the bucket."""

    @property
    def name(self) -> str: ...
    @property
    def template(self) -> str: ...


@dataclass
class _Bucket:
    left: float
    at: int


class Rates:
    """The buckets of all channels."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._buckets.clear()

    def take(self, account: str, endpoint: Named) -> bool:
        """Count a request; False if it is one too many."""
        most, period = RATES.get(endpoint.name, _ELSE)
        now = self._clock.now()
        with self._lock:
            bucket = self._buckets.setdefault((account, endpoint.template), _Bucket(most, now))
            bucket.left = min(most, bucket.left + (now - bucket.at) * most / period)
            bucket.at = now
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True
