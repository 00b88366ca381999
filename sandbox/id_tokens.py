"""ID tokens: HS256 with the channel secret for web logins, ES256 with the sandbox's key for LIFF.

LINE: https://developers.line.biz/en/docs/line-login/verify-id-token/
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ISSUER = "https://access.line.me"
# LINE: an ID token lives one hour.
LIFE_SECONDS = 60 * 60

Claims = dict[str, Any]


class InvalidIdToken(Exception):
    """The token is refused; the message is LINE's error_description."""


@dataclass(frozen=True)
class SigningKey:
    """A P-256 key pair: its id in the key set, and the private key as PEM."""

    kid: str
    pem: str

    @classmethod
    def generate(cls) -> "SigningKey":
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return cls(secrets.token_hex(32), pem.decode())

    def private(self) -> ec.EllipticCurvePrivateKey:
        return _load(self.pem)

    def public(self) -> dict[str, str]:
        """The public half as LINE's key set shows it (JWK)."""
        numbers = self.private().public_key().public_numbers()
        x, y = (encode(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {
            "kty": "EC",
            "alg": "ES256",
            "use": "sig",
            "kid": self.kid,
            "crv": "P-256",
            "x": x,
            "y": y,
        }


def encode(data: bytes) -> str:
    """Base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign_hs256(claims: Claims, secret: str) -> str:
    """A token as LINE gives it to a web login."""
    return jwt.encode(claims, secret, algorithm="HS256")


def sign_es256(claims: Claims, key: SigningKey) -> str:
    """A token as LINE gives it to LIFF apps and native apps."""
    return jwt.encode(claims, key.private(), algorithm="ES256", headers={"kid": key.kid})


def verify(
    token: str,
    *,
    client_id: str,
    nonce: str | None,
    user_id: str | None,
    now: int,
    key: SigningKey,
    secret_of: Callable[[str], str | None],
) -> Claims:
    """Return the claims of a good token; `now` in seconds.

    `secret_of` tells a channel's secret. Raises InvalidIdToken with LINE's words.
    """
    claims = _signed_claims(token, key, secret_of)
    if claims.get("iss") != ISSUER:
        raise InvalidIdToken("Invalid IdToken Issuer.")
    if now >= claims["exp"]:
        raise InvalidIdToken("IdToken expired.")
    if claims["aud"] != client_id:
        raise InvalidIdToken("Invalid IdToken Audience.")
    if nonce is not None and claims.get("nonce") != nonce:
        raise InvalidIdToken("Invalid IdToken Nonce.")
    if user_id is not None and claims["sub"] != user_id:
        raise InvalidIdToken("Invalid IdToken Subject Identifier.")
    return claims


def _signed_claims(token: str, key: SigningKey, secret_of: Callable[[str], str | None]) -> Claims:
    """Return the claims if the signature is good; their times and audience are not looked at."""
    # The virtual clock decides about times, not the library, which knows only the real one.
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    try:
        _refuse_loose_base64(token)
        algorithm = jwt.get_unverified_header(token).get("alg")
        if algorithm == "ES256":
            return jwt.decode(
                token, key.private().public_key(), algorithms=["ES256"], options=options
            )
        unsure = jwt.decode(token, options={"verify_signature": False})
        secret = secret_of(unsure.get("aud", ""))
        if algorithm != "HS256" or secret is None:
            raise InvalidIdToken("Invalid IdToken.")
        return jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except (jwt.InvalidTokenError, ValueError):
        raise InvalidIdToken("Invalid IdToken.") from None


def _refuse_loose_base64(token: str) -> None:
    """Raise ValueError for a part that is not spelled as an encoder would spell it.

    Python's decoder skips characters it does not know and unused bits at the end; a token changed
    only there would still pass.
    """
    for part in token.split("."):
        padded = part + "=" * (-len(part) % 4)
        if encode(base64.urlsafe_b64decode(padded)) != part:
            raise ValueError("not canonical Base64")


@lru_cache(maxsize=8)
def _load(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("The signing key must be on a curve.")
    return key
