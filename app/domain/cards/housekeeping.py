"""Forgetting codes and bad scans a day after they have ended. Visits stay."""

from app import clock
from app.domain.cards.models import CardCode, CardScan
from app.forget import forget

_DAY = 24 * 3600


def forget_old() -> int:
    """Delete what has ended; answers how many rows."""
    before = clock.after(-_DAY)
    return forget(CardCode, CardCode.expires_at < before) + forget(CardScan, CardScan.at < before)
