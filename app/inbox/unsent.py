"""Messages that were taken back: what they said is removed from the inbox, not only hidden."""

from typing import Any

import orjson
from sqlalchemy import bindparam, select

from app.db import db, run, transaction
from app.inbox.models import InboxEvent
from app.prepared import Prepared


def is_unsent(account_id: int, message_id: str) -> bool:
    """Whether the inbox has an unsend for this message, handled or not."""
    return run(_UNSEND, {"of_account": account_id, "of_message": message_id}).first() is not None


def hide(account_id: int, message_id: str) -> None:
    """Remove what the message said, its edits included; id and type remain, marked `unsent`."""
    with transaction():
        wanted = select(InboxEvent).where(
            InboxEvent.message_id == message_id,
            InboxEvent.account_id == account_id,
            InboxEvent.kind != "unsend",
        )
        for row in db.session.scalars(wanted):
            row.payload = orjson.dumps(_hidden(orjson.loads(row.payload))).decode()


_events = InboxEvent.__table__
_UNSEND = Prepared(
    select(_events.c.id).where(
        _events.c.message_id == bindparam("of_message"),
        _events.c.account_id == bindparam("of_account"),
        _events.c.kind == "unsend",
    )
)


def _hidden(event: dict[str, Any]) -> dict[str, Any]:
    message = event.get("message")
    if not isinstance(message, dict):
        return event
    kept = {name: message.get(name) for name in ("id", "type")}
    return {**event, "message": {**kept, "unsent": True}}
