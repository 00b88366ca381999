"""The only reader of the clock, so that tests can freeze it and no naive time exists."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """The present moment, in UTC, with its zone."""
    return datetime.now(UTC)


def after(seconds: float) -> datetime:
    """The moment `seconds` from now."""
    return now() + timedelta(seconds=seconds)


def from_ms(ms: int) -> datetime:
    """LINE's `timestamp` (milliseconds since 1970) as a moment in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def to_ms(moment: datetime) -> int:
    """A moment as milliseconds since 1970; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return round(moment.timestamp() * 1000)


def zone() -> ZoneInfo:
    """The shop's time zone, in which its days begin and end (setting TIME_ZONE)."""
    return ZoneInfo(current_app.config["TIME_ZONE"])
