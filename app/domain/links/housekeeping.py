"""Forgetting attempts, tries and sessions a day after they have ended. Links stay."""

from app import clock
from app.domain.links.models import LinkClaim, LinkTry, WebSession
from app.forget import forget

_DAY = 24 * 3600


def forget_old() -> int:
    """Delete what has ended; answers how many rows."""
    before = clock.after(-_DAY)
    return (
        forget(LinkClaim, LinkClaim.expires_at < before)
        + forget(LinkTry, LinkTry.at < before)
        + forget(WebSession, WebSession.expires_at < before)
    )
