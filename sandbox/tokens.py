"""Channel access tokens that are issued over the API: stateless, v2.1 and short-lived.

Messaging API channels and LINE Login channels have them alike.
LINE: https://developers.line.biz/en/docs/basics/channel-access-token/. The long-lived token is an
account's own `access_token`, as LINE's console shows it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import jwt

from sandbox import ids
from sandbox.clock import Clock
from sandbox.persistence import Shelf, Store

Kind = Literal["stateless", "v2.1", "short"]
_DAY = 24 * 60 * 60
# LINE: a stateless token lives 15 minutes, of which the answer says 899 seconds.
STATELESS_SECONDS = 15 * 60
_SHORT_SECONDS = 30 * _DAY
_LONGEST_SECONDS = 30 * _DAY
# LINE: this many tokens v2.1 and short-lived ones per channel at a time.
MOST_TOKENS = 30
# LINE: the JWT that asks for a token lives half an hour at most.
_ASSERTION_SECONDS = 30 * 60
_AUDIENCE = "https://api.line.me/"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Channel(Protocol):
    """An account's Messaging API channel, or a login channel; keys are public ones (JWK)."""

    @property
    def channel_id(self) -> str: ...
    @property
    def channel_secret(self) -> str: ...
    @property
    def assertion_keys(self) -> list[dict[str, Any]]: ...


@dataclass
class ChannelToken:
    """`channel` is the channel's id."""

    token: str
    channel: str
    kind: Kind
    issued: int
    expires: int
    key_id: str = ""


class Refusal(Exception):
    """An answer in the words of OAuth: {error, error_description}."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.status = status
        # LINE's OpenAPI file wants a message in every error, its Login pages these two.
        words = {"error": error, "error_description": description}
        self.body = {"message": description, **words}


class ChannelTokens:
    """All issued tokens. The caller holds the world's lock."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        self._tokens: Shelf[str, ChannelToken] = Shelf(
            store, "token_of_channel", ChannelToken, lambda token: token.token
        )

    def clear(self) -> None:
        self._tokens.clear()

    def find(self, token: str) -> ChannelToken | None:
        """Return the token if it is alive."""
        found = self._tokens.get(token)
        return found if found and found.expires > self._clock.now() else None

    def of(self, channel: Channel, kind: Kind) -> list[ChannelToken]:
        """The channel's living tokens of one kind, the oldest first."""
        now = self._clock.now()
        return [
            one
            for one in self._tokens.values()
            if one.channel == channel.channel_id and one.kind == kind and one.expires > now
        ]

    def revoke(self, token: str) -> None:
        self._tokens.drop(token)

    def issue_stateless(self, channel: Channel) -> dict[str, Any]:
        """LINE: without limit in number; nobody can revoke it."""
        token = self._issue(channel, "stateless", STATELESS_SECONDS)
        return issued(token.token, STATELESS_SECONDS - 1)

    def issue_short(self, channel: Channel) -> dict[str, Any]:
        """LINE: the 31st token ends the oldest."""
        alive = self.of(channel, "short")
        for old in alive[: max(0, len(alive) - MOST_TOKENS + 1)]:
            self.revoke(old.token)
        token = self._issue(channel, "short", _SHORT_SECONDS)
        return issued(token.token, _SHORT_SECONDS)

    def issue_v21(self, channel: Channel, claims: dict[str, Any]) -> dict[str, Any]:
        """Raises Refusal: LINE refuses the 31st token."""
        seconds = claims.get("token_exp", _LONGEST_SECONDS)
        if not isinstance(seconds, int) or not 0 < seconds <= _LONGEST_SECONDS:
            raise Refusal("invalid_client", "Invalid token_exp")
        if len(self.of(channel, "v2.1")) >= MOST_TOKENS:
            raise Refusal("invalid_request", "The number of valid tokens has reached its limit")
        token = self._issue(channel, "v2.1", seconds)
        return issued(token.token, seconds) | {"key_id": token.key_id}

    def claims(
        self, assertion: str, channels: Callable[[str], Channel | None]
    ) -> tuple[Channel, dict[str, Any]]:
        """Return whose JWT this is and what it says. Raises Refusal if LINE would not trust it.

        channels: finds a channel by its id.
        """
        channel = channels(issuer(assertion))
        try:
            kid = jwt.get_unverified_header(assertion).get("kid")
            known = channel.assertion_keys if channel else []
            keys = [key for key in known if key.get("kid") == kid]
            if channel is None or not keys:
                raise Refusal("invalid_client", "Invalid client_assertion")
            claims: dict[str, Any] = jwt.decode(
                assertion,
                jwt.PyJWK(keys[0], "RS256").key,
                algorithms=["RS256"],
                audience=_AUDIENCE,
                options={"verify_exp": False, "require": ["iss", "sub", "exp"]},
            )
        except jwt.PyJWTError as error:
            raise Refusal("invalid_client", f"Invalid client_assertion: {error}") from None
        left = claims["exp"] - self._clock.now() / 1000
        if claims["sub"] != claims["iss"] or not 0 < left <= _ASSERTION_SECONDS:
            raise Refusal("invalid_client", "Invalid exp or sub")
        return channel, claims

    def seconds_left(self, token: ChannelToken) -> int:
        return max(0, (token.expires - self._clock.now()) // 1000)

    def _issue(self, channel: Channel, kind: Kind, seconds: int) -> ChannelToken:
        now = self._clock.now()
        key_id = secrets.token_urlsafe(16) if kind == "v2.1" else ""
        token, ends = ids.access_token(), now + seconds * 1000
        return self._tokens.put(ChannelToken(token, channel.channel_id, kind, now, ends, key_id))


def issued(token: str, seconds: int) -> dict[str, Any]:
    """LINE's answer with a fresh token."""
    return {"access_token": token, "expires_in": seconds, "token_type": "Bearer"}


def issuer(assertion: str) -> str:
    """The channel id a JWT claims to be from, nothing of it proved; "" if it is no JWT."""
    try:
        return str(jwt.decode(assertion, options={"verify_signature": False}).get("iss"))
    except jwt.PyJWTError:
        return ""
