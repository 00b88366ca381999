"""Which of the shop's own systems is asking: by the bearer key of the request (RFC 6750)."""

from typing import Final

from flask import Response, current_app, g, request

from app.api.rates import Rate, Rates
from app.domain.keys import service as keys
from app.domain.keys.caller import Caller
from app.domain.keys.errors import NotAKey, ScopeMissing, TooManyCalls

_RATES: Final = "api_rates"


def caller(scope: str) -> Caller:
    """Who asks; raises NotAKey, TooManyCalls, and ScopeMissing for a key without this scope."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    found = keys.enter(secret.strip()) if kind.lower() == "bearer" else None
    if found is None:
        raise NotAKey("no bearer token that is a living key")
    rates: Rates = current_app.extensions.setdefault(_RATES, Rates())
    g.api_rate, allowed = rates.take(found)
    if not allowed:
        raise TooManyCalls(g.api_rate.seconds)
    if not found.may(scope):
        raise ScopeMissing(scope)
    return found


def tell(answer: Response) -> Response:
    """Say on every answer, a refusal too, how the key stands; and that nobody keeps a copy."""
    rate: Rate | None = g.get("api_rate")
    if rate is not None:
        answer.headers.update(rate.headers())
    # What has an ETag may be kept, if it is asked for again each time.
    kept = "private, no-cache" if "ETag" in answer.headers else "no-store"
    answer.headers.setdefault("Cache-Control", kept)
    return answer
