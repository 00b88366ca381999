"""Keeps the world in an SQLite file, so that it survives a restart.

Everything stays in memory; what has changed is noted, and a thread writes the notes in small
transactions a few hundredths of a second later. The file is whole whenever the process is killed;
only those last moments are missing then.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson
from pydantic import ConfigDict, TypeAdapter

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Value = Callable[[], bytes]

# What changes in this time is written at once, so that a storm of pushes stays cheap.
_GATHER_SECONDS = 0.02
_PATIENCE_SECONDS = 1.0
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (kind, key)
)
"""
_PUT = """
INSERT INTO kept (kind, key, value) VALUES (?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value
"""
_DROP = "DELETE FROM kept WHERE kind = ? AND key = ?"
_log = logging.getLogger("sandbox.persistence")


class Unusable(Exception):
    """The file cannot hold a world; the message says why."""


class Store:
    """The file; with no path nothing is kept (`keeps` is False), and nothing is noted."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or make the file. Raises Unusable: no such folder, no database, another's file."""
        self._file = _open(path) if path else None
        self.keeps = self._file is not None
        self._notes: dict[tuple[str, str], Value | None] = {}
        self._emptied = False
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, lock: threading.RLock) -> None:
        """Write from now on; `lock` is held while the changes are gathered."""
        if self._file:
            self._thread = threading.Thread(
                target=self._run, args=(lock,), name="persistence", daemon=True
            )
            self._thread.start()

    def load(self, kind: str) -> list[tuple[str, bytes]]:
        """Return keys and values of one kind, the oldest first."""
        if self._file is None:
            return []
        rows = "SELECT key, value FROM kept WHERE kind = ? ORDER BY rowid"
        return self._file.execute(rows, (kind,)).fetchall()

    def note(self, kind: str, key: str, value: Value | None) -> None:
        """Remember that this value has changed, or that it is gone (None)."""
        with self._lock:
            self._notes[kind, key] = value
        self._news.set()

    def clear(self) -> None:
        """Forget everything in the file."""
        with self._lock:
            self._notes.clear()
            self._emptied = True
        self._news.set()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._closing.set()
        self._news.set()
        if self._thread:
            self._thread.join()
        if self._file:
            self._file.close()

    def _run(self, lock: threading.RLock) -> None:
        while not self._closing.is_set():
            self._news.wait()
            self._closing.wait(_GATHER_SECONDS)
            self._write(lock)

    def _write(self, lock: threading.RLock) -> None:
        with lock, self._lock:
            self._news.clear()
            notes, self._notes = self._notes, {}
            emptied, self._emptied = self._emptied, False
            rows = [(*place, value() if value else None) for place, value in notes.items()]
        try:
            self._commit(emptied, rows)
        except sqlite3.Error as error:
            _log.error("the world could not be written and will be again: %s", error)
            with self._lock:
                self._notes = notes | self._notes
                self._emptied = self._emptied or emptied
            self._news.set()
            self._closing.wait(_PATIENCE_SECONDS)

    def _commit(self, emptied: bool, rows: list[tuple[str, str, bytes | None]]) -> None:
        file = self._file
        if file is None:
            return
        with file:
            if emptied:
                file.execute("DELETE FROM kept")
            file.executemany(_PUT, [row for row in rows if row[2] is not None])
            file.executemany(_DROP, [row[:2] for row in rows if row[2] is None])


class Rows(Generic[Item]):
    """Dataclasses of one kind in the store, each under a key of strings and numbers."""

    def __init__(self, store: Store, name: str, kind: Any) -> None:
        self._store = store
        self._name = name
        self._json: TypeAdapter[Item] = TypeAdapter(kind, config=_config(kind))

    def changed(self, key: Any, item: Item) -> None:
        """Write this item soon."""
        if self._store.keeps:
            self._store.note(self._name, _text(key), lambda: self._json.dump_json(item))

    def forget(self, key: Any) -> None:
        """Remove the item with this key soon."""
        if self._store.keeps:
            self._store.note(self._name, _text(key), None)

    def load(self) -> Iterator[tuple[Any, Item]]:
        """Yield what the file holds, with its keys."""
        for key, value in self._store.load(self._name):
            yield orjson.loads(key), self._json.validate_json(value)


class Shelf(dict[Key, Item]):
    """A dict of items that is kept in the store. Read it as a dict; change it by its methods."""

    def __init__(self, store: Store, name: str, kind: Any, key: Callable[[Item], Key]) -> None:
        super().__init__()
        self._rows: Rows[Item] = Rows(store, name, kind)
        self._key = key
        self.update((key(item), item) for _, item in self._rows.load())

    def put(self, item: Item) -> Item:
        """Add an item, or replace the one with its key."""
        self[self._key(item)] = item
        self._rows.changed(self._key(item), item)
        return item

    def drop(self, key: Key) -> Item | None:
        """Remove and return the item with this key, if there is one."""
        if key in self:
            self._rows.forget(key)
        return self.pop(key, None)


def _open(path: Path) -> sqlite3.Connection:
    try:
        file = sqlite3.connect(path, check_same_thread=False, timeout=1)
        # Nobody else may write: two sandboxes on one file would spoil each other's worlds.
        file.execute("PRAGMA locking_mode = EXCLUSIVE")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = NORMAL")
        version = file.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION) or (version == 0 and _has_tables(file)):
            raise Unusable("it belongs to another program or another version of the sandbox")
        with file:
            file.execute(f"PRAGMA user_version = {_VERSION}")
            file.execute(_SCHEMA)
    except sqlite3.Error as error:
        raise Unusable(str(error)) from error
    return file


def _has_tables(file: sqlite3.Connection) -> bool:
    return file.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


def _config(kind: Any) -> ConfigDict | None:
    # Only plain types take a configuration from outside; dataclasses bring their own.
    plain = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    return None if hasattr(kind, "__dataclass_fields__") else plain


def _text(key: Any) -> str:
    return orjson.dumps(key).decode()
