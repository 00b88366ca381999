"""What every call to LINE shares: whose it is, how long it may take, and its line in the log."""

import logging
import time
from dataclasses import dataclass, field
from typing import Final, Protocol

CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0

log = logging.getLogger("app.line")


@dataclass(frozen=True)
class Channel:
    """What a call needs to know of one account; `key` tells the accounts apart."""

    key: int
    api_base: str
    access_token: str = field(repr=False)


class Outcome(Protocol):
    """What the log wants to know of an answer or an error."""

    @property
    def status(self) -> int | None: ...
    @property
    def request_id(self) -> str | None: ...


def ms_since(started: float) -> float:
    """Return the milliseconds since `started`, a value of `time.perf_counter`."""
    return (time.perf_counter() - started) * 1000


def log_call(channel: Channel, method: str, endpoint: str, ms: float, outcome: Outcome) -> None:
    """Log one call the way LINE's guideline asks: time, method, endpoint, status, request id.

    `endpoint` is the path template, so that no person's id gets into the log.
    """
    fields = {
        "action": "line.call",
        "method": method,
        "endpoint": endpoint,
        "status": outcome.status,
        "ms": round(ms, 1),
        "request_id": outcome.request_id,
        "account": channel.key,
    }
    failed = isinstance(outcome, Exception)
    log.log(logging.WARNING if failed else logging.INFO, "call to LINE", extra=fields)
