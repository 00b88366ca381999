"""How long, how often, how secret: pure rules of linking."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from app.domain.links import limits
from app.i18n import plain

LIFE: Final = timedelta(seconds=limits.CLAIM_SECONDS)
"""Codes, nonces and the session they are bound to."""

WINDOW: Final = timedelta(seconds=limits.TRIES_SECONDS)
"""Tries are counted this far back."""

WEB_LIFE: Final = timedelta(seconds=limits.WEB_SECONDS)
"""A login in a browser outside of LINE."""


def new_code() -> str:
    """A one-time code, to be typed in."""
    digits = limits.CODE_DIGITS
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def typed_code(written: str) -> str:
    """The digits of a code as somebody typed it: full width, with spaces, in groups."""
    return "".join(sign for sign in plain(written) if sign.isdigit())


def new_token() -> str:
    """A secret nobody can guess: 256 bits; LINE's nonce takes 10 to 255 characters."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of a secret of ours."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(given: str, kept: str | None) -> bool:
    """Whether a secret has this fingerprint; takes as long where nothing is kept."""
    return hmac.compare_digest(fingerprint(given), kept or fingerprint(secrets.token_hex())) and (
        kept is not None
    )


def wait(tries: Sequence[datetime], now: datetime) -> int:
    """Seconds until the next try may be made; 0 for now. `tries` may hold older ones."""
    recent = sorted(at for at in tries if at > now - WINDOW)
    if len(recent) < limits.TRIES:
        return 0
    ends = recent[-limits.TRIES] + WINDOW
    return max(1, int((ends - now).total_seconds()) + 1)


def masked_name(name: str) -> str:
    """The first letter of a name and how long it is: 山田 花子 is 山****."""
    return name[:1] + "*" * (len(name) - 1)


def masked_number(number: str) -> str:
    """The last four signs of a number."""
    return "*" * (len(number) - 4) + number[-4:]
