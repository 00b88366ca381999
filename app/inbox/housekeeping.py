"""Forget events that are older than we promise to remember."""

from app import clock
from app.forget import forget
from app.inbox.models import InboxEvent
from app.inbox.put import RETENTION


def forget_old() -> int:
    """Delete finished events past their retention; answers how many."""
    old = InboxEvent.received_at < clock.now() - RETENTION
    return forget(InboxEvent, old, InboxEvent.state.in_(("done", "dead")))
