"""LINE's rates as token buckets in the database, so that all senders share them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from app import clock
from app.db import db, insert_once, run, transaction
from app.outbox.models import RateBucket
from app.prepared import Prepared


@dataclass(frozen=True)
class Granted:
    """How many calls may begin now, and in how many seconds to ask again for the rest."""

    calls: int
    wait: float


def take(
    account_id: int, endpoint: str, wanted: int, *, per_second: float, most: float | None = None
) -> Granted:
    """Take up to `wanted` calls; the bucket holds `most`, else one second's worth, and refills
    steadily."""
    most = most or per_second
    with transaction():
        now = clock.now()
        bucket = _bucket(account_id, endpoint, full=most, now=now)
        if bucket.blocked_until and bucket.blocked_until > now:
            return Granted(0, (bucket.blocked_until - now).total_seconds())
        passed = max((now - bucket.filled_at).total_seconds(), 0.0)
        level = min(most, bucket.tokens + passed * per_second)
        calls = min(wanted, int(level))
        _set(account_id, endpoint, tokens=level - calls, filled_at=now)
        return Granted(calls, 0.0 if calls == wanted else (wanted - calls) / per_second)


def left(account_id: int, endpoint: str, *, per_second: float, most: float) -> int:
    """How many calls `take` would grant now."""
    bucket = db.session.get(RateBucket, (account_id, endpoint), populate_existing=True)
    if bucket is None:
        return int(most)
    if bucket.blocked_until and bucket.blocked_until > clock.now():
        return 0
    passed = max((clock.now() - bucket.filled_at).total_seconds(), 0.0)
    return int(min(most, bucket.tokens + passed * per_second))


def block(account_id: int, endpoint: str, seconds: float) -> None:
    """LINE said 429: begin no call to this endpoint for a while."""
    with transaction():
        _bucket(account_id, endpoint, full=0.0, now=clock.now())
        _set(account_id, endpoint, tokens=0.0, blocked_until=clock.after(seconds))


def _bucket(account_id: int, endpoint: str, *, full: float, now: datetime) -> Any:
    """The row, locked until the transaction ends; made where there is none."""
    wanted = {"of_account": account_id, "of_endpoint": endpoint}
    found = run(_BUCKET, wanted).first()
    if found is None:
        new = {"tokens": full, "filled_at": now}
        insert_once(RateBucket, account_id=account_id, endpoint=endpoint, **new)
        found = run(_BUCKET, wanted).first()
    return found


def _set(account_id: int, endpoint: str, **columns: Any) -> None:
    run(_SET, {"of_account": account_id, "of_endpoint": endpoint, **columns})


_buckets = RateBucket.__table__
_OURS = (
    _buckets.c.account_id == bindparam("of_account"),
    _buckets.c.endpoint == bindparam("of_endpoint"),
)
_BUCKET = Prepared(select(*_buckets.c).where(*_OURS).with_for_update())
_SET = Prepared(update(cast(Table, _buckets)).where(*_OURS))
