"""Forgetting deliveries some time after they have ended."""

from app import clock
from app.domain.hooks import limits
from app.domain.hooks.models import HookDelivery
from app.forget import forget

_DAY = 24 * 3600.0


def forget_old() -> int:
    """Delete what was taken after 30 days, and what was not after 90; answers how many rows."""
    row = HookDelivery
    taken = row.finished_at < clock.after(-limits.KEPT_DAYS * _DAY)
    dead = row.finished_at < clock.after(-limits.DEAD_DAYS * _DAY)
    return forget(row, taken, row.state != "dead") + forget(row, dead)
