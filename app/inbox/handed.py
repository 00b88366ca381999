"""The short way from the webhook to a lane of the same process: rows that are saved as claimed.

The first claim of a row is then part of the statement that saves it, and the lane has it without a
look at the table. If the process dies, the lease ends and the row is due, like any other.
"""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app import clock
from app.claims import finish, open_state
from app.db import fresh_look, run, transaction
from app.errors import Unavailable
from app.faults import lease
from app.inbox.models import InboxEvent
from app.prepared import Prepared

LEASE = lease(timedelta(seconds=10))
"""Inside the life of a reply token, so that a second worker can still answer."""

_MOST = 64  # Rows that wait here; a hundred times fewer than a lane handles in a lease.


class Handed:
    """Rows on their way to the inbox's lane in this process; closed where it does not run."""

    def __init__(self) -> None:
        self._rows: deque[Any] = deque()  # Safe for threads in itself.
        self.open = False

    def claimed(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Mark the rows that may be handed over once they are saved, and answer those."""
        if not self.open or len(self._rows) >= _MOST:
            return []
        due = [columns for columns in rows if columns["state"] == "pending"]
        for columns in due:
            until = columns["received_at"] + LEASE
            columns |= {"state": "running", "attempts": 1, "fence": 1, "due_at": until}
        return due

    def hand(self, rows: Sequence[Any]) -> None:
        """Hand over saved rows."""
        self._rows.extend(rows)

    def take(self) -> list[Any]:
        """Take what was handed over, oldest first, and give back what is not first in its line.

        Raises Unavailable, and keeps the rows for the next time.
        """
        taken = [self._rows.popleft() for _ in range(len(self._rows))]
        if not taken:
            return []
        try:
            return _first_in_line(taken)
        except Unavailable:
            self._rows.extendleft(reversed(taken))
            raise


def _first_in_line(taken: list[Any]) -> list[Any]:
    with fresh_look():
        behind = [row for row in taken if run(_BEFORE, _place(row)).first()]
    if not behind:
        return taken
    with transaction():
        for row in behind:
            again = {"state": "pending", "attempts": 0, "due_at": clock.now()}
            finish(InboxEvent, row.id, row.fence, **again)
    return [row for row in taken if row not in behind]


def _place(row: Any) -> dict[str, Any]:
    return {"of_source": row.source, "of_account": row.account_id, "after": row.id}


_events = InboxEvent.__table__
_BEFORE = Prepared(
    select(_events.c.id)
    .where(
        _events.c.source == bindparam("of_source"),
        _events.c.account_id == bindparam("of_account"),
        _events.c.id < bindparam("after"),
        open_state(_events.c.state, "running"),
    )
    .limit(1)
)
