"""LINE's webhook signature: Base64 of HMAC-SHA256 of the raw body, keyed by the channel secret."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def sign(secret: str, body: bytes) -> str:
    """Return the value LINE would put into `x-line-signature` for these exact bytes."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def matches(secrets: Sequence[str], body: bytes, header: str | None) -> bool:
    """Tell whether one of the secrets signed the body; a missing or strange header is just False.

    Several secrets are given while a rotation is staged. Takes the same time for every header,
    and never raises: the header is whatever a stranger sent.
    """
    if header is None:
        return False
    given = header.encode("utf-8", "replace")
    found = False
    for secret in secrets:
        # An empty secret is no secret: anybody could sign with it.
        same = hmac.compare_digest(sign(secret, body).encode(), given)
        found |= same and secret != ""
    return found
