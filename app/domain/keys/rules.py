"""Pure rules of keys: how they look, what is kept of them, what may be asked for."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from app.domain.keys import limits
from app.domain.keys.errors import BadKey
from app.domain.keys.scopes import SCOPES

USED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known, so that not every call has to write."""

_BEGINS: Final = "tsk_"  # Scanners that look for leaked secrets can know it by this.
_SHOWN: Final = 10
_KEY = re.compile(rf"{_BEGINS}[A-Za-z0-9_-]{{43}}")


def new_secret() -> str:
    """A key nobody can guess: 256 bits."""
    return _BEGINS + secrets.token_urlsafe(limits.SECRET_BYTES)


def prefix(secret: str) -> str:
    """As much of a key as may be shown."""
    return secret[:_SHOWN]


def fingerprint(secret: str) -> str:
    """What is kept of a key. It is random, so it needs neither salt nor a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def looks_like_one(written: str) -> bool:
    """Whether this can be a key at all."""
    return _KEY.fullmatch(written) is not None


def named(written: str) -> str:
    """A name in one line; raises BadKey."""
    name = written.strip()
    if not 0 < len(name) <= limits.NAME or not name.isprintable():
        raise BadKey(f"a name has 1 to {limits.NAME} characters in one line")
    return name


def scoped(written: Collection[str]) -> list[str]:
    """The scopes, each once and in our order; raises BadKey for none and for unknown ones."""
    unknown = sorted(set(written) - SCOPES.keys())
    if unknown or not written:
        raise BadKey(f"scopes are some of {', '.join(SCOPES)}")
    return [scope for scope in SCOPES if scope in written]


def refuse_mixed(scopes: Collection[str], store_id: int | None) -> None:
    """Raise BadKey for a key of one store that would hear the facts of all."""
    if store_id is not None and "webhooks" in scopes:
        raise BadKey("a key of one store cannot have the scope webhooks")


def rated(per_minute: int) -> int:
    """How often a minute; raises BadKey."""
    if not 1 <= per_minute <= limits.MOST_PER_MINUTE:
        raise BadKey(f"a key may ask 1 to {limits.MOST_PER_MINUTE} times a minute")
    return per_minute
