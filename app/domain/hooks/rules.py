"""Pure rules of telling facts on: which, how they are signed, and what comes of an answer."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import orjson

from app.domain.hooks import limits
from app.domain.hooks.errors import BadKinds

_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
WAITS: Final = tuple(timedelta(seconds=each) for each in _SECONDS)
"""How long to wait after the n-th failed try: ten tries within 75 hours. The steps are those that
Standard Webhooks recommends ("Retry schedule"), with a last one that fills the third day."""

LONGEST_REST: Final = timedelta(minutes=5)
_JITTER: Final = 0.1
_BEGINS: Final = "whsec_"
_GONE: Final = 410
_KIND = re.compile(r"\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?")

State = Literal["done", "pending", "dead"]


@dataclass(frozen=True)
class Verdict:
    """What becomes of a delivery: after a failed try `wait` until the next one.

    `rests`: the endpoint itself seems to be in trouble. `gone`: it wants nothing any more.
    """

    state: State
    wait: timedelta | None = None
    rests: bool = False
    gone: bool = False


def judged(attempts: int, status: int | None, retry_after: str | None, dice: float) -> Verdict:
    """What becomes of a delivery after its n-th try; `status` is None where no answer came.

    Only 2xx is a success. 410 ends it for good (Standard Webhooks, "Status codes"). `dice` from 0
    to 1 spreads the tries, so that an endpoint that comes back does not get all of them at once.
    """
    if status is not None and 200 <= status <= 299:
        return Verdict("done")
    if status == _GONE:
        return Verdict("dead", gone=True)
    rests = status is None or status == 429 or status >= 500
    if attempts > len(WAITS):
        return Verdict("dead", rests=rests)
    wait = WAITS[attempts - 1] * (1 + _JITTER * dice)
    asked = _asked(retry_after) if status in (429, 503) else timedelta()
    return Verdict("pending", max(wait, asked), rests=rests)


def rest(failures: int) -> timedelta:
    """How long nothing is sent to an endpoint after its n-th failure in a row: 2, 4, 8 ... s."""
    return min(timedelta(seconds=2.0 ** min(failures, 20)), LONGEST_REST)


def _asked(retry_after: str | None) -> timedelta:
    """What a Retry-After in seconds asks for, at most a day; a date is not understood."""
    if retry_after is None or not re.fullmatch(r"[0-9]{1,9}", retry_after):
        return timedelta()
    return min(timedelta(seconds=int(retry_after)), WAITS[-1])


def kinds(written: Collection[str]) -> list[str]:
    """The kinds of facts to tell, each once; raises BadKinds."""
    if not 0 < len(written) <= limits.KINDS:
        raise BadKinds(f"1 to {limits.KINDS} kinds")
    wrong = [kind for kind in written if len(kind) > 60 or not _KIND.fullmatch(kind)]
    if wrong:
        raise BadKinds("a kind is a name such as points.earn, points.* or *")
    return sorted(set(written))


def wanted(kind: str, among: Sequence[str]) -> bool:
    """Whether a fact of this kind is one of those."""
    return any(
        each in ("*", kind) or (each.endswith(".*") and kind.startswith(each[:-1]))
        for each in among
    )


def new_secret() -> str:
    """A secret for signatures, 256 bits."""
    return _BEGINS + base64.b64encode(secrets.token_bytes(32)).decode()


def body(
    *, fact_id: int, kind: str, at: datetime, account: str | None, person: int | None, data: Any
) -> bytes:
    """What is sent of a fact; the same bytes each time, for a fact never changes."""
    told = {"id": fact_id, "account": account, "person": person, "data": data}
    return orjson.dumps({"type": kind, "timestamp": at.isoformat(), **told})


def headers(secret: str, message_id: str, at: datetime, content: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0.0, for a try at this moment."""
    seconds = str(int(at.timestamp()))
    signed = b".".join([message_id.encode(), seconds.encode(), content])
    key = base64.b64decode(secret.removeprefix(_BEGINS))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }
