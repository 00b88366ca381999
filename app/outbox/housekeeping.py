"""Forget calls to LINE that ended long ago."""

from datetime import timedelta

from app import clock
from app.forget import forget
from app.outbox.models import OutboxItem

RETENTION = timedelta(days=400)  # As long as the events that caused them.


def forget_old() -> int:
    """Delete ended calls past their retention; answers how many."""
    old = OutboxItem.created_at < clock.now() - RETENTION
    return forget(OutboxItem, old, OutboxItem.state.in_(("sent", "failed", "unknown")))
