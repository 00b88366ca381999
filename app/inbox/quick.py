"""The quick way into the inbox, on which LINE waits: one statement, one commit, for all who wait.

Of the threads that have a body to save, whoever gets the lead saves for the others too, so that a
slow disk costs one commit a group. The bare database driver does it, because everything around it
would cost more than the statement (docs/benchmarks.md).
"""

import threading
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

from app.db import db, turns
from app.errors import Unavailable
from app.faults import crash_point
from app.turns import Turns

COLUMNS = (
    "account_id", "event_id", "kind", "source", "message_id", "occurred_ms", "received_at",
    "payload", "state", "outcome", "finished_at", "attempts", "due_at", "fence",
)  # fmt: skip

MOST_ROWS = 100
"""A body with more goes the slow way: one statement takes 32,766 values on SQLite."""

Values = Sequence[Any]
Key = tuple[int, str]
"""What an event is known by: account id and event id."""


class _Body:
    """The rows of one webhook body on their way to a commit."""

    def __init__(self, rows: Sequence[Values]) -> None:
        self.rows = rows
        self.settled = False
        self.saved = False
        self.ids: dict[Key, int] = {}
        self.error: Exception | None = None

    def take(self, ids: dict[Key, int]) -> None:
        """Note what was saved. An event that came in two bodies at once is new in one of them."""
        keys = [(row[0], row[1]) for row in self.rows]
        self.ids = {key: ids.pop(key) for key in keys if key in ids}
        self.saved = True


class Saver:
    """Commits the bodies of all threads of a process."""

    def __init__(self, engine: Engine, turns: Turns) -> None:
        self._connect = engine.raw_connection
        self._on_sqlite = engine.dialect.name == "sqlite"
        self._turns = turns
        self._dbapi: Any = engine.dialect.loaded_dbapi
        self._leading = threading.Lock()
        self._waiting: deque[_Body] = deque()
        self._connection: Any = None

    def save(self, rows: Sequence[dict[str, Any]]) -> dict[Key, int]:
        """Return once the rows are on disk, all or none; a known event is left as it is.

        Answers the row ids of the events that are new. Raises Unavailable when the database is
        locked, full or away.
        """
        body = _Body([self._values(row) for row in rows])
        self._waiting.append(body)
        with self._leading:
            if not body.settled:
                self._commit(self._arrived())
        # Only a commit sets `saved`: whatever else happened, LINE must not get its 200.
        if not body.saved:
            raise Unavailable(type(body.error).__name__) from body.error
        return body.ids

    def close(self) -> None:
        """Hang up; the next save connects anew."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _arrived(self) -> list[_Body]:
        # One by one: a body that arrives meanwhile is either among ours or left for the next.
        bodies = []
        while self._waiting:
            bodies.append(self._waiting.popleft())
        return bodies

    def _commit(self, bodies: Sequence[_Body]) -> None:
        for body in bodies:
            body.settled = True
        try:
            with self._turns.mine():
                ids = self._insert([row for body in bodies for row in body.rows])
            for body in bodies:
                body.take(ids)
        except (self._dbapi.OperationalError, Unavailable) as error:
            self._fail(bodies, error)  # Locked, full or away: trying each alone would only wait.
        except self._dbapi.Error as error:
            self._fail(bodies, error)
            if len(bodies) > 1:  # One body that the database refuses must not cost the others.
                for body in bodies:
                    self._commit([body])

    def _fail(self, bodies: Sequence[_Body], error: Exception) -> None:
        for body in bodies:
            body.error = error
        self.close()

    def _insert(self, rows: Sequence[Values]) -> dict[Key, int]:
        one = "(" + ",".join(["?" if self._on_sqlite else "%s"] * len(COLUMNS)) + ")"
        # In autocommit one statement is one transaction and, on PostgreSQL, one round trip.
        statement = (
            f"INSERT INTO inbox ({','.join(COLUMNS)}) VALUES {','.join([one] * len(rows))} "
            "ON CONFLICT (account_id, event_id) DO NOTHING RETURNING account_id, event_id, id"
        )
        values = [value for row in rows for value in row]
        crash_point("inbox.before_commit")
        try:
            new = self._connected().execute(statement, values).fetchall()
        except self._dbapi.OperationalError:
            if not self._hung_up():
                raise
            self.close()
            # What the lost connection has saved is known by now, and left as it is.
            new = self._connected().execute(statement, values).fetchall()
        return {(account_id, event_id): row_id for account_id, event_id, row_id in new}

    def _hung_up(self) -> bool:
        """Whether PostgreSQL has ended the connection, as at its restart."""
        return not self._on_sqlite and self._connection is not None and self._connection.closed

    def _connected(self) -> Any:
        if self._connection is None:
            pooled = self._connect()
            self._connection = pooled.driver_connection
            pooled.detach()  # Ours from now on: the pool neither counts nor resets it.
            if not self._on_sqlite:
                self._connection.autocommit = True
                self._connection.prepare_threshold = 1
        return self._connection

    def _values(self, row: dict[str, Any]) -> Values:
        values = [row[column] for column in COLUMNS]
        return [_as_sqlite(value) for value in values] if self._on_sqlite else values


def _as_sqlite(value: Any) -> Any:
    """Moments as app.db.UtcDateTime has SQLite keep them."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


_savers: WeakKeyDictionary[Engine, Saver] = WeakKeyDictionary()
_making = threading.Lock()


def saver() -> Saver:
    """The one saver of this process for the present database."""
    found = _savers.get(db.engine)
    return found or _made(db.engine)


def _made(engine: Engine) -> Saver:
    with _making:
        if engine not in _savers:
            made = Saver(engine, turns())
            event.listen(engine, "engine_disposed", lambda _: made.close())
            _savers[engine] = made
        return _savers[engine]
