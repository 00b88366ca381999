"""Bounded logs whose entries carry a number that only grows.

Of what is kept in the store, the newest entries survive a restart.
"""

import threading
from collections import deque
from typing import Any

from sandbox.persistence import Rows, Store

# The file holds the newest entries only: enough for a look back, and it stays small.
_STORED = 2000


class Log:
    """The newest `keep` entries, each a dict with its number under "n"."""

    def __init__(self, keep: int, store: Store | None = None, name: str = "log") -> None:
        self._rows: Rows[dict[str, Any]] = Rows(store or Store(), name, dict[str, Any])
        old = sorted((entry for _, entry in self._rows.load()), key=lambda entry: entry["n"])
        self._entries: deque[dict[str, Any]] = deque(old, maxlen=keep)
        self._last: int = old[-1]["n"] if old else 0
        self._lock = threading.Lock()

    def add(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Number the entry, keep it and return it."""
        with self._lock:
            self._last += 1
            numbered = {"n": self._last, **entry}
            self._entries.append(numbered)
            self._rows.changed(self._last % _STORED, numbered)
            return numbered

    def since(self, after: int) -> dict[str, Any]:
        """Return {"items": entries with n > after, "last": newest n, "lost": how many are gone}."""
        with self._lock:
            wanted = min(self._last - after, len(self._entries))
            items = [self._entries[i] for i in range(-wanted, 0)] if wanted > 0 else []
            lost = max(0, self._last - after - len(self._entries)) if after < self._last else 0
            return {"items": items, "last": self._last, "lost": lost}

    def clear(self) -> None:
        """Forget the entries; the numbers go on."""
        with self._lock:
            self._entries.clear()
