"""Who somebody is, by LINE's own word on the tokens that a page brings.

Nothing else a page says about a person counts. ID tokens of LIFF apps are signed with ES256 and
checked with LINE's public keys; those of a login on the web LINE itself checks, with our nonce.
Sources: LINE Login v2.1 API reference; "Using user data in LIFF apps and servers".
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import urllib3
from urllib3.exceptions import HTTPError

from app.line.channel import log
from app.line.errors import from_answer, from_failure, parsed

if TYPE_CHECKING:
    from jwt import PyJWK

ISSUER: Final = "https://access.line.me"

# A person waits, and has their answer within five seconds even where three calls are needed: for
# LINE's keys, for whether the access token lives, and for whose it is.
_TIMEOUT: Final = urllib3.Timeout(total=1.6)
_KEYS_LIVE: Final = 3600.0
_KEYS_ASKED_EVERY: Final = 60.0  # Seconds; a made-up key id must not make us ask LINE each time.
_LEEWAY: Final = 30  # Seconds by which our clock may be behind LINE's.


class BadToken(Exception):
    """The token is not LINE's word about a person for this channel; the text is for logs."""


class OldToken(BadToken):
    """It was, but its time is over: the page has to log in again."""


@dataclass(frozen=True)
class LoginChannel:
    """A LINE Login channel, and where LINE answers."""

    api_base: str
    channel_id: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Identity:
    """A person as LINE names them to one provider. `email` only where they agreed to tell it."""

    user_id: str
    name: str | None
    picture_url: str | None
    email: str | None


@dataclass(frozen=True)
class Grant:
    """What a login on the web has brought."""

    identity: Identity
    access_token: str


def by_id_token(channel: LoginChannel, token: str) -> Identity:
    """The person of an ID token of a LIFF app, checked with LINE's public keys.

    Raises OldToken, BadToken, and LineError when the keys cannot be had.
    """
    import jwt  # It costs a web worker's start a tenth of a second, and webhooks need it never.

    try:
        claims = jwt.decode(
            token,
            _key(channel.api_base, token),
            algorithms=["ES256"],
            audience=channel.channel_id,
            issuer=ISSUER,
            leeway=_LEEWAY,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise OldToken("the ID token has expired") from error
    except jwt.PyJWTError as error:
        raise BadToken(type(error).__name__) from error
    return _identity(claims)


def check_live(channel: LoginChannel, access_token: str, user_id: str) -> None:
    """Raise unless the access token lives, is our channel's and this very person's.

    Raises OldToken, BadToken and LineError. A token that was given to another company's app proves
    nothing here, nor does a second person's beside a stolen ID token.
    """
    told = _ask(channel, "GET", "/oauth2/v2.1/verify", fields={"access_token": access_token})
    if told.get("client_id") != channel.channel_id:
        raise BadToken("the access token is another channel's")
    if not isinstance(told.get("expires_in"), int) or told["expires_in"] <= 0:
        raise OldToken("the access token has expired")
    bearer = {"Authorization": f"Bearer {access_token}"}
    if _ask(channel, "GET", "/v2/profile", headers=bearer).get("userId") != user_id:
        raise BadToken("the access token is another person's")


def exchange(
    channel: LoginChannel, *, code: str, redirect_uri: str, verifier: str, nonce: str
) -> Grant:
    """What an authorization code of a login on the web stands for.

    Raises BadToken when LINE does not know it, and LineError.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": channel.channel_id,
        "client_secret": channel.secret or "",
        "code_verifier": verifier,
    }
    tokens = _ask(channel, "POST", "/oauth2/v2.1/token", fields=form)
    asked = {"id_token": _text(tokens, "id_token"), "client_id": channel.channel_id, "nonce": nonce}
    claims = _ask(channel, "POST", "/oauth2/v2.1/verify", fields=asked)
    if claims.get("nonce") != nonce:
        raise BadToken("the nonce is not ours")
    return Grant(_identity(claims), _text(tokens, "access_token"))


def deauthorize(channel: LoginChannel, access_token: str) -> None:
    """Tell LINE that the person ends what they agreed to. Raises BadToken and LineError.

    LINE's guideline asks for it when a person unlinks; it takes a stateless channel token.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": channel.channel_id,
        "client_secret": channel.secret or "",
    }
    ours = _text(_ask(channel, "POST", "/oauth2/v3/token", fields=form), "access_token")
    bearer = {"Authorization": f"Bearer {ours}"}
    said = {"userAccessToken": access_token}
    _ask(channel, "POST", "/user/v1/deauthorize", headers=bearer, json=said)


def _identity(claims: Mapping[str, Any]) -> Identity:
    told = {name: claims.get(name) for name in ("name", "picture", "email")}
    words = {name: said if isinstance(said, str) else None for name, said in told.items()}
    return Identity(_text(claims, "sub"), words["name"], words["picture"], words["email"])


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise BadToken(f"no {name} in LINE's answer")
    return value


_keys: dict[str, tuple[float, dict[str, "PyJWK"]]] = {}


def _key(api_base: str, token: str) -> "PyJWK":
    import jwt

    key_id = str(jwt.get_unverified_header(token).get("kid"))
    asked_at, keys = _keys.get(api_base, (0.0, {}))
    age = time.monotonic() - asked_at
    # Below zero where a test's frozen clock was ahead: such keys are nobody's any more.
    stale = not 0 <= age <= _KEYS_LIVE
    if not keys or stale or (key_id not in keys and age > _KEYS_ASKED_EVERY):
        keys = _fetched_keys(api_base)
        _keys[api_base] = time.monotonic(), keys  # Two threads may ask at once; the last one wins.
    if key_id not in keys:
        raise BadToken("signed with an unknown key")
    return keys[key_id]


def _fetched_keys(api_base: str) -> dict[str, "PyJWK"]:
    from jwt import PyJWK

    told = _ask(LoginChannel(api_base, ""), "GET", "/oauth2/v2.1/certs")
    found = told.get("keys")
    listed = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
    ours = [key for key in listed if key.get("alg") == "ES256" and isinstance(key.get("kid"), str)]
    return {key["kid"]: PyJWK.from_dict(key) for key in ours}


_pool = urllib3.PoolManager(num_pools=4, maxsize=8, retries=False, timeout=_TIMEOUT)


def _ask(channel: LoginChannel, method: str, path: str, **what: Any) -> dict[str, Any]:
    """One call; LINE's 400 and 401 mean that the token is no good."""
    started = time.perf_counter()
    status: int | None = None
    try:
        answer = _pool.request(method, channel.api_base + path, redirect=False, **what)
        status = answer.status
    except (HTTPError, OSError) as failure:
        raise from_failure(failure) from failure
    finally:
        ms = round((time.perf_counter() - started) * 1000, 1)
        call = {"action": "line.call", "method": method, "endpoint": path, "status": status}
        log.info("call to LINE", extra={**call, "ms": ms})
    if status in (400, 401):
        raise _no_good(answer.data)
    if not 200 <= status <= 299:
        raise from_answer(status, answer.headers, answer.data)
    return parsed(answer.data)


def _no_good(content: bytes) -> BadToken:
    told = parsed(content)
    words = str(told.get("error_description") or told.get("message") or "")
    return OldToken(words[:100]) if "expired" in words else BadToken(words[:100])


def close() -> None:
    """Close every idle connection, and forget LINE's keys."""
    _pool.clear()
    _keys.clear()
