"""Requests that count once (P8): effect and answer are saved together under the caller's key.

Whoever asks again with the same key and the same body, because an answer was lost or a button was
pressed twice, gets the first answer; nothing is done again.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import JSON, String, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime, insert_once, run, transaction
from app.errors import TsunaguError, Unavailable
from app.faults import crash_point, unsafe
from app.forget import forget
from app.prepared import Prepared

RETENTION: Final = timedelta(days=30)
"""How long a key is known (P8)."""

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_LOCKED = "LockNotAvailable"  # PostgreSQL's word for a lock that did not come in time.
_RUNNING = 0  # The status of a row whose work goes on; no other transaction ever sees it.

Json = Any


class RequestOnce(Base):
    """One request that was answered. `scope` is the caller and what they called."""

    __tablename__ = "request_once"
    __table_args__ = (UniqueConstraint("scope", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    scope: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200))
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    # The body of a success; code, extra and reason of a refusal.
    answer: Mapped[Json] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KeyMissing(TsunaguError):
    """The request needs an Idempotency-Key: 1 to 200 visible ASCII signs."""

    status = 400
    code = "idempotency_key_missing"


class KeyReused(TsunaguError):
    """This key came with another body before."""

    status = 422
    code = "idempotency_key_reused"


class InFlight(TsunaguError):
    """The first request with this key is still at work; ask again in a moment."""

    status = 409
    code = "request_in_flight"
    extra: Mapping[str, Any] = {"retry_after": 1}


class RefusedAgain(TsunaguError):
    """What was refused at the first time, told again in the same words."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(answer["why"])
        self.status = status
        self.code = answer["code"]
        self.extra = answer["extra"]


@dataclass(frozen=True)
class Answered:
    """What to answer; `again` if an earlier request has done the work."""

    status: int
    body: Json
    again: bool


def read_key(headers: Mapping[str, str]) -> str:
    """The Idempotency-Key of a request; raises KeyMissing."""
    given = headers.get("Idempotency-Key", "").strip()
    if not _KEY.fullmatch(given):
        raise KeyMissing("no usable Idempotency-Key")
    return given


def once(
    scope: str,
    key: str,
    asked: Mapping[str, Any],
    work: Callable[[], Json],
    *,
    status: int = 200,
) -> Answered:
    """Do the work once for this key, in one transaction with its answer; call it outside of one.

    `scope` names caller and action ("staff/3/redeem", up to 80 signs), `asked` what they asked for,
    as JSON. Raises what `work` raises (a refusal below 500 is kept and raised again), KeyReused,
    InFlight and Unavailable. On SQLite everybody writes in turn, so a same key just waits its turn.
    """
    wanted = _fingerprint(asked)
    try:
        with transaction():
            earlier = None if unsafe("no_once") else _begin(scope, key, wanted)
            if earlier is not None:
                return _again(earlier, wanted)
            body = work()
            crash_point("once.effect")
            _end(scope, key, status, body)
    except (KeyReused, InFlight, RefusedAgain):
        raise
    except TsunaguError as refusal:
        if refusal.status >= 500 or unsafe("no_once"):
            raise
        return _refused(scope, key, wanted, refusal)
    crash_point("once.answered")
    return Answered(status, body, again=False)


def forget_old() -> int:
    """Delete answers older than RETENTION; answers how many."""
    return forget(RequestOnce, RequestOnce.at < clock.now() - RETENTION)


def _begin(scope: str, key: str, wanted: str) -> Any | None:
    """Take the key, or answer the row of whoever had it first, after they have committed."""
    return None if _insert(scope, key, wanted, _RUNNING, None) else _kept(scope, key)


def _insert(scope: str, key: str, wanted: str, status: int, answer: Json) -> bool:
    try:
        # PostgreSQL waits here for a transaction that holds the same key, up to its lock_timeout.
        return insert_once(
            RequestOnce,
            scope=scope,
            key=key,
            body_hash=wanted,
            status=status,
            answer=answer,
            at=clock.now(),
        )
    except Unavailable as error:
        if str(error) != _LOCKED:
            raise
        raise InFlight("waited too long for the first request") from error


def _kept(scope: str, key: str) -> Any | None:
    return run(_KEPT, {"in_scope": scope, "under": key}).first()


def _end(scope: str, key: str, status: int, body: Json) -> None:
    run(_END, {"in_scope": scope, "under": key, "status": status, "answer": body})


def _again(earlier: Any, wanted: str) -> Answered:
    if earlier.body_hash != wanted:
        raise KeyReused("the key came with another body")
    if earlier.status >= 400:
        raise RefusedAgain(earlier.status, earlier.answer)
    return Answered(earlier.status, earlier.answer, again=True)


def _refused(scope: str, key: str, wanted: str, refusal: TsunaguError) -> Answered:
    """Keep a refusal, whose work was undone, and raise it.

    Where the same request came through meanwhile, its answer is the one for this key.
    """
    answer = {"code": refusal.code, "extra": dict(refusal.extra), "why": str(refusal)}
    with transaction():
        if not _insert(scope, key, wanted, refusal.status, answer):
            earlier = _kept(scope, key)
            if earlier is not None:
                return _again(earlier, wanted)
    raise refusal


def _fingerprint(asked: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


_OURS = (RequestOnce.scope == bindparam("in_scope"), RequestOnce.key == bindparam("under"))
_KEPT = Prepared(
    select(RequestOnce.body_hash, RequestOnce.status, RequestOnce.answer).where(*_OURS)
)
_END = Prepared(update(RequestOnce).where(*_OURS))
