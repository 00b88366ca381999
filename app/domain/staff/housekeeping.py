"""Forgetting sessions, letters and tries some time after they have ended."""

from sqlalchemy import delete

from app import clock
from app.db import changed, transaction
from app.domain.staff.models import StaffLetter, StaffSession, StaffTries
from app.forget import forget

_DAY = 24 * 3600.0
_SESSIONS = 90 * _DAY  # The audit log names them by id.


def forget_old() -> int:
    """Delete what has ended; answers how many rows."""
    with transaction():
        counted = changed(delete(StaffTries).where(StaffTries.since < clock.after(-_DAY)))
    return (
        counted
        + forget(StaffSession, StaffSession.expires_at < clock.after(-_SESSIONS))
        + forget(StaffLetter, StaffLetter.expires_at < clock.after(-_DAY))
    )
