"""Save what LINE told us. After this has returned, LINE may have its 200."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import orjson

from app import clock
from app.db import db, insert_once, transaction, wake, wake_after_commit
from app.faults import crash_point, unsafe
from app.inbox import quick
from app.inbox.handed import Handed
from app.inbox.models import InboxEvent, Quarantine

# The unique index on event ids reaches back this far; what is older is never run (P1).
RETENTION = timedelta(days=400)


class TooDeep(ValueError):
    """An event is nested deeper than orjson writes (254 levels), though it reads more."""


def put(account_id: int, events: Sequence[dict[str, Any]], handed: Handed | None = None) -> None:
    """Save the events of one webhook body, all or none; those that are known stay as they are.

    `handed` is the short way to the inbox's lane, where that runs in this process. Raises TooDeep,
    and Unavailable when the database cannot take them now.
    """
    rows = [row(account_id, event) for event in events]
    if not rows:
        return
    if len(rows) <= quick.MOST_ROWS:
        _save_few(rows, handed or Handed())
    else:
        _save_many(rows)


def _save_few(rows: Sequence[dict[str, Any]], handed: Handed) -> None:
    claimed = handed.claimed(rows)
    ids = quick.saver().save(rows)
    keyed = {(columns["account_id"], columns["event_id"]): columns for columns in claimed}
    new = [(row_id, keyed[key]) for key, row_id in ids.items() if key in keyed]
    handed.hand([SimpleNamespace(id=row_id, **columns) for row_id, columns in new])
    wake("inbox")


def _save_many(rows: Sequence[dict[str, Any]]) -> None:
    with transaction():
        for columns in rows:
            insert_once(InboxEvent, **columns)
        wake_after_commit("inbox")
        crash_point("inbox.before_commit")


def quarantine(account_id: int, body: bytes, reason: str) -> None:
    """Keep a signed body that we could not read."""
    with transaction():
        db.session.add(Quarantine(account_id=account_id, body=body, reason=reason))


def row(account_id: int, event: dict[str, Any]) -> dict[str, Any]:
    """The inbox columns of a raw event. Nothing in it is trusted to have the right type.

    Raises TooDeep.
    """
    now = clock.now()
    occurred_ms = _whole(event.get("timestamp"), default=clock.to_ms(now))
    stale = occurred_ms < clock.to_ms(now - RETENTION)
    return {
        "account_id": account_id,
        "event_id": _event_id(event),
        "kind": (_word(event.get("type")) or "unknown")[:40],
        "source": source(event),
        "message_id": _message_id(event),
        "occurred_ms": occurred_ms,
        "received_at": now,
        "payload": _text(event),
        "state": "dead" if stale else "pending",
        "outcome": "stale" if stale else None,
        "finished_at": now if stale else None,
        "attempts": 0,
        "due_at": now,
        "fence": 0,
    }


def source(event: dict[str, Any]) -> str | None:
    """Whose event it is: the userId, else the group or room; None where LINE tells neither."""
    given = _part(event, "source")
    names = (given.get("userId"), given.get("groupId"), given.get("roomId"))
    return next((name for name in map(_word, names) if name), None)


def _message_id(event: dict[str, Any]) -> str | None:
    return _word(_part(event, "message").get("id")) or _word(
        _part(event, "unsend").get("messageId")
    )


def _text(event: dict[str, Any]) -> str:
    try:
        return orjson.dumps(event).decode()
    except orjson.JSONEncodeError:
        raise TooDeep("nested too deep") from None


def _part(event: dict[str, Any], name: str) -> dict[str, Any]:
    part = event.get(name)
    return part if isinstance(part, dict) else {}


def _word(value: Any) -> str | None:
    fits = isinstance(value, str) and 0 < len(value) <= 80 and value.isprintable()
    return value if fits else None


def _whole(value: Any, *, default: int) -> int:
    # To Python true is an int as well.
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if fits else default


def _event_id(event: dict[str, Any]) -> str:
    known = _word(event.get("webhookEventId")) or _fingerprint(event)
    return f"{known}/{secrets.token_hex(4)}" if unsafe("no_dedupe") else known


def _fingerprint(event: dict[str, Any]) -> str:
    # LINE gives every event an id; one without is told apart by what it says.
    return "sha256:" + hashlib.sha256(_text(event).encode()).hexdigest()
