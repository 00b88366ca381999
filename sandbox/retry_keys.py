"""Which requests LINE has already accepted under a retry key (X-Line-Retry-Key)."""

import itertools
from dataclasses import dataclass

from sandbox.persistence import Shelf, Store

# LINE: a retry key is valid for 24 hours from the first request.
LIFE_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Accepted:
    """The request that was accepted first; `sent` is the push answer's sentMessages."""

    account: str
    key: str
    request_id: str
    at: int
    sent: list[dict[str, str]] | None


class RetryKeys:
    """Accepted requests by (account, key). The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self._accepted: Shelf[tuple[str, str], Accepted] = Shelf(
            store, "retry_key", Accepted, lambda accepted: (accepted.account, accepted.key)
        )

    def find(self, account: str, key: str, now: int) -> Accepted | None:
        """Return what was accepted under this key less than 24 hours ago."""
        found = self._accepted.get((account, key))
        return found if found and now - found.at < LIFE_MS else None

    def keep(self, accepted: Accepted) -> None:
        """Remember an acceptance and forget those that are too old."""
        self._accepted.drop((accepted.account, accepted.key))
        self._accepted.put(accepted)
        # The oldest come first; looking at two each time is enough to keep the table from growing.
        for old in list(itertools.islice(self._accepted, 2)):
            if accepted.at - self._accepted[old].at >= LIFE_MS:
                self._accepted.drop(old)

    def clear(self) -> None:
        self._accepted.clear()
