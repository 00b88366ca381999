"""Identifiers in the shapes LINE gives them."""

import base64
import hashlib
import itertools
import secrets
import threading
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class MessageIds:
    """Numeric message ids of 18 digits; they grow and do not repeat after a restart."""

    def __init__(self, start_ms: int) -> None:
        self._numbers = itertools.count(start_ms * 100_000)
        self._lock = threading.Lock()

    def next(self) -> str:
        with self._lock:
            return str(next(self._numbers))


def user_id(provider: str, person: str) -> str:
    """The id of a person inside a provider: the same at every start, another in each provider."""
    return "U" + hashlib.sha256(f"{provider}/{person}".encode()).hexdigest()[:32]


def bot_user_id() -> str:
    """A fresh user id for a bot."""
    return "U" + secrets.token_hex(16)


def channel_id() -> str:
    """A fresh channel id: ten digits."""
    return str(1_000_000_000 + secrets.randbelow(9_000_000_000))


def channel_secret() -> str:
    """A fresh channel secret: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def access_token() -> str:
    """A fresh long-lived channel access token."""
    return secrets.token_urlsafe(128)


def reply_token() -> str:
    """A fresh reply token: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def link_token() -> str:
    """A fresh link token."""
    return secrets.token_urlsafe(24)


def read_token(person: str, account: str, line: int) -> str:
    """The mark-as-read token of a line of a talk, good for ever, so nothing needs keeping."""
    place = f"{person}/{account}/{line}"
    mark = _talk_mark(f"read {line}", person, account)
    return base64.urlsafe_b64encode(f"{place}/{mark}".encode()).decode()


def place_of_read_token(token: str) -> tuple[str, str, int] | None:
    """The person, account and line of a mark-as-read token; None for anything else."""
    try:
        person, account, line, _ = base64.urlsafe_b64decode(token).decode().split("/")
        return (
            (person, account, int(line))
            if read_token(person, account, int(line)) == token
            else None
        )
    except ValueError:
        return None


def quote_token(person: str, account: str) -> str:
    """A fresh quote token, good in the talk of these two for ever, so nothing needs keeping."""
    nonce = secrets.token_urlsafe(12)
    return nonce + _talk_mark(nonce, person, account)


def quotes_in(token: str, person: str, account: str) -> bool:
    """Tell whether this quote token was given in the talk of these two."""
    return token[16:] == _talk_mark(token[:16], person, account)


def _talk_mark(nonce: str, person: str, account: str) -> str:
    return hashlib.sha256(f"{nonce}/{person}/{account}".encode()).hexdigest()[:48]


def request_id() -> str:
    """The value of the header x-line-request-id."""
    return str(uuid.uuid4())


def ulid(at_ms: int) -> str:
    """A ULID (webhookEventId): 48 bits of time in milliseconds and 80 random bits."""
    number = (at_ms << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
