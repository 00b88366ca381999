"""When a coupon is good, how its code is written, how long guessing waits: pure rules."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from app.domain.coupons import limits
from app.i18n import plain

State = Literal["usable", "soon", "used", "expired"]

UNDO: Final = timedelta(seconds=limits.UNDO_SECONDS)
VISIT: Final = timedelta(seconds=limits.VISIT_SECONDS)
WINDOW: Final = timedelta(seconds=limits.GUESSES_SECONDS)

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")
_DAY = timedelta(days=1)


def canonical(written: str) -> str | None:
    """A coupon's code as it is kept, whatever width and case it was typed in; None if it is none.

    Small and capital letters, full and half width are one.
    """
    code = plain(written).upper()
    return code if len(code) <= limits.CODE and _CODE.fullmatch(code) else None


def may_be_bare(code: str) -> bool:
    """Whether a code is so unlike a word that nobody types it by chance: letters and digits."""
    letters = any(sign.isalpha() for sign in code)
    return len(code) >= limits.BARE_CODE and letters and any(sign.isdigit() for sign in code)


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day begins in the shop's time zone."""
    return datetime.combine(day, time.min, zone)


def ends(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after a day in the shop's time zone."""
    return begins(day + _DAY, zone)


def last_day(ends_at: datetime, zone: ZoneInfo) -> date:
    """The last day on which something that ends then is good, for people to read."""
    return (ends_at.astimezone(zone) - timedelta(microseconds=1)).date()


def expiry(
    granted_at: datetime, ends_at: datetime | None, days: int | None, zone: ZoneInfo
) -> datetime | None:
    """When a coupon granted then ends; `days` counts whole days, that of the grant is the first."""
    if days is None:
        return ends_at
    own = ends(granted_at.astimezone(zone).date() + (days - 1) * _DAY, zone)
    return min(own, ends_at) if ends_at else own


def state(
    now: datetime,
    *,
    starts_at: datetime | None,
    expires_at: datetime | None,
    used_at: datetime | None,
    withdrawn_at: datetime | None,
) -> State:
    """How a member's coupon stands: used goes before expired, as people remember it."""
    if used_at is not None:
        return "used"
    if withdrawn_at is not None or (expires_at is not None and expires_at <= now):
        return "expired"
    return "soon" if starts_at is not None and now < starts_at else "usable"


def wait(guesses: Sequence[datetime], now: datetime) -> int:
    """Seconds until the next code may be typed; 0 for now. `guesses` may hold older ones."""
    recent = sorted(at for at in guesses if at > now - WINDOW)
    if len(recent) < limits.GUESSES:
        return 0
    return max(1, int((recent[-limits.GUESSES] + WINDOW - now).total_seconds()) + 1)


def gift_hash(key: str, code: str) -> str:
    """What tells two codes of a pool apart without telling the codes."""
    return hmac.new(key.encode(), code.encode(), hashlib.sha256).hexdigest()
