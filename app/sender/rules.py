"""What becomes of a call to LINE: a pure table from what happened to what is next."""

from dataclasses import dataclass
from typing import Literal

from app.claims import backoff
from app.outbox.work import Route

RESEND_FOR = 23 * 3600.0
"""Seconds: LINE keeps a retry key for 24 h; an older row is never sent again by itself (P4)."""

_LONGEST_WAIT = {"reply": 8.0}
_RATE_WAIT = 1.0

Happened = Literal[
    "accepted", "rate", "monthly", "auth", "refused", "reply_token", "not_sent", "unknown"
]


@dataclass(frozen=True)
class Try:
    """One try and what we knew before it. `unsure`: an earlier try may have reached LINE."""

    route: Route
    unsure: bool
    attempts: int
    age: float
    may_push: bool
    happened: Happened
    retry_after: float | None = None


@dataclass(frozen=True)
class Next:
    """The row's next state. `wait` seconds before the next try, `pause` the account's sending."""

    state: Literal["pending", "sent", "failed", "unknown"]
    route: Route
    unsure: bool
    wait: float = 0.0
    pause: Literal["paid", "all"] | None = None


def after(tried: Try) -> Next:
    """Decide what is next for a row after one try."""
    match tried.happened:
        case "accepted":
            return Next("sent", tried.route, unsure=False)
        case "refused":
            return Next(given_up(tried.unsure), tried.route, tried.unsure)
        case "reply_token":
            return _token_gone(tried)
        case "monthly":
            # A reply is free and goes on in spite of the pause, but not at once.
            return Next("pending", tried.route, tried.unsure, _RATE_WAIT, pause="paid")
        case "auth":
            return Next("pending", tried.route, tried.unsure, pause="all")
        case "rate":
            return _again(tried, tried.unsure, tried.retry_after or _RATE_WAIT)
        case "not_sent":
            return _again(tried, tried.unsure, _wait(tried))
        case "unknown":
            return _again(tried, True, _wait(tried))


def given_up(unsure: bool) -> Literal["failed", "unknown"]:
    """How a row ends that is not sent again: failed only where LINE cannot have taken it."""
    return "unknown" if unsure else "failed"


def _token_gone(tried: Try) -> Next:
    # The token works once: if an earlier try may have used it, a push could say it twice (P3).
    if tried.unsure:
        return Next("unknown", tried.route, unsure=True)
    if tried.may_push:
        return Next("pending", "push", unsure=False)
    return Next("failed", tried.route, unsure=False)


def _again(tried: Try, unsure: bool, wait: float) -> Next:
    if tried.age + wait > RESEND_FOR:
        return Next(given_up(unsure), tried.route, unsure)
    return Next("pending", tried.route, unsure, wait)


def _wait(tried: Try) -> float:
    return backoff(tried.attempts, longest=_LONGEST_WAIT.get(tried.route, 300.0)).total_seconds()
