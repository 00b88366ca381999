"""LINE's rates as token buckets in the database, so that all senders share them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.db import db, insert_once, transaction
from app.outbox.models import RateBucket


@dataclass(frozen=True)
class Granted:
    """How many calls may begin now, and in how many seconds to ask again for the rest."""

    calls: int
    wait: float


def take(account_id: int, endpoint: str, wanted: int, *, per_second: float) -> Granted:
    """Take up to `wanted` calls; the bucket holds one second's worth and refills steadily."""
    with transaction():
        now = clock.now()
        bucket = _bucket(account_id, endpoint, full=per_second, now=now)
        if bucket.blocked_until and bucket.blocked_until > now:
            return Granted(0, (bucket.blocked_until - now).total_seconds())
        passed = max((now - bucket.filled_at).total_seconds(), 0.0)
        level = min(per_second, bucket.tokens + passed * per_second)
        calls = min(wanted, int(level))
        bucket.tokens, bucket.filled_at = level - calls, now
        return Granted(calls, 0.0 if calls == wanted else (wanted - calls) / per_second)


def block(account_id: int, endpoint: str, seconds: float) -> None:
    """LINE said 429: begin no call to this endpoint for a while."""
    with transaction():
        bucket = _bucket(account_id, endpoint, full=0.0, now=clock.now())
        bucket.tokens = 0.0
        bucket.blocked_until = clock.after(seconds)


def _bucket(account_id: int, endpoint: str, *, full: float, now: datetime) -> RateBucket:
    key = {"account_id": account_id, "endpoint": endpoint}
    wanted = select(RateBucket).filter_by(**key).with_for_update()
    found = db.session.scalar(wanted)
    if found is None:
        insert_once(RateBucket, **key, tokens=full, filled_at=now)
        found = db.session.scalars(wanted).one()
    return found
