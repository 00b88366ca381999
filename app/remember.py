"""What is read for every event and changes once a month is remembered for a moment."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from cachetools import TTLCache
from sqlalchemy import Engine

from app.db import db

Key = TypeVar("Key")
Value = TypeVar("Value")

MOMENT = 2.0
"""Seconds until another process sees a change."""

_MOST = 10_000


class Remembered(Generic[Key, Value]):
    """Answers of `read`, kept for so many seconds, apart for each database."""

    def __init__(self, read: Callable[[Key], Value], seconds: float = MOMENT) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = threading.Lock()
        self._caches: WeakKeyDictionary[Engine, TTLCache[Key, Value]] = WeakKeyDictionary()

    def __call__(self, key: Key) -> Value:
        """The answer for `key`; what `read` raises is not remembered."""
        with self._lock:
            cache = self._caches.setdefault(db.engine, TTLCache(_MOST, self._seconds))
            with suppress(KeyError):  # It may end between a look whether it is there and this.
                return cache[key]
        value = self._read(key)
        with self._lock:
            cache[key] = value
        return value

    def forget(self, key: Key) -> None:
        """Read anew next time; whoever changes the value calls this after the commit."""
        with self._lock:
            cache = self._caches.get(db.engine)
            if cache is not None:
                cache.pop(key, None)
