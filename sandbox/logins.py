"""Login channels, LIFF apps, what people have agreed to, and the tokens that follow from it.

Time is the sandbox's virtual time in milliseconds. Who changes anything holds the world's lock.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sandbox import ids
from sandbox.id_tokens import SigningKey
from sandbox.persistence import Shelf, Store

BotPrompt = Literal["none", "normal", "aggressive"]
Scope = Literal["openid", "email", "profile", "chat_message.write"]
View = Literal["compact", "tall", "full"]

_MINUTE_MS = 60 * 1000
_DAY_MS = 24 * 60 * _MINUTE_MS
# LINE: an authorization code can be used once, within ten minutes.
CODE_LIFE_MS = 10 * _MINUTE_MS
# LINE: the access token of a web login lives 30 days, the refresh token 90 days from the login.
ACCESS_LIFE_MS = 30 * _DAY_MS
REFRESH_LIFE_MS = 90 * _DAY_MS
# LINE: a LIFF access token lives twelve hours, and ends when the person closes the app.
LIFF_LIFE_MS = 12 * 60 * _MINUTE_MS
# LINE: a login channel has at most 30 LIFF apps.
MOST_LIFF_APPS = 30
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def channel_id() -> str:
    """A fresh channel id: ten digits."""
    return "2" + "".join(secrets.choice("0123456789") for _ in range(9))


def liff_id(channel: str) -> str:
    """A fresh LIFF id: the channel's id and eight letters or digits."""
    return f"{channel}-" + "".join(secrets.choice(_LETTERS) for _ in range(8))


def usual_scopes() -> list[Scope]:
    """LINE: what a LIFF app asks for where nothing else is said."""
    return ["profile", "chat_message.write"]


@dataclass
class Provider:
    """Who owns channels: a person has one user id with each provider."""

    slug: str
    name: str


@dataclass
class LoginChannel:
    """A LINE Login channel; LINE links it to an official account of the same provider."""

    name: str
    provider: str = "default"
    channel_id: str = field(default_factory=channel_id)
    channel_secret: str = field(default_factory=ids.channel_secret)
    redirect_uris: list[str] = field(default_factory=list)
    linked_account: str | None = None
    # LINE: reading the e-mail address needs an application in the console.
    email_permission: bool = False
    # Public keys (JWK) the channel has registered for channel access tokens v2.1.
    assertion_keys: list[dict[str, Any]] = field(default_factory=list)

    def allows(self, redirect_uri: str) -> bool:
        """Tell whether this callback URL is registered; LINE lets it have another query."""
        bare = redirect_uri.partition("?")[0]
        return any(redirect_uri == known or bare == known for known in self.redirect_uris)


@dataclass
class LiffApp:
    """A LIFF app. Its endpoint may be http here, for a page on this machine."""

    channel_id: str
    endpoint: str
    name: str = "LIFF"
    liff_id: str = ""
    view: View = "full"
    scopes: list[str] = field(default_factory=lambda: [*usual_scopes()])
    bot_prompt: BotPrompt = "none"
    module: bool = False
    qr_code: bool = False

    def __post_init__(self) -> None:
        self.liff_id = self.liff_id or liff_id(self.channel_id)


@dataclass
class Grant:
    """The scopes somebody gives a login channel, and all that were asked for, refused or not."""

    channel_id: str
    person: str
    scopes: list[str]
    asked: list[str]


@dataclass
class UserToken:
    """An access token of somebody. `talk`: the account in whose talk a LIFF app was opened."""

    token: str
    channel_id: str
    person: str
    scopes: list[str]
    expires_at: int
    liff_id: str | None = None
    talk: str | None = None


@dataclass
class RefreshToken:
    """Gets new access tokens; LINE: a refresh does not make it live longer."""

    token: str
    channel_id: str
    person: str
    scopes: list[str]
    expires_at: int


class Code(NamedTuple):
    """An authorization code and what its token request must fit."""

    code: str
    channel_id: str
    person: str
    scopes: list[str]
    redirect_uri: str
    expires_at: int
    nonce: str | None = None
    challenge: str | None = None
    auth_time: int | None = None
    liff_id: str | None = None


class Logins:
    """All of it, kept in the world's store."""

    def __init__(self, store: Store) -> None:
        self.providers: Shelf[str, Provider] = Shelf(
            store, "provider", Provider, lambda provider: provider.slug
        )
        self.channels: Shelf[str, LoginChannel] = Shelf(
            store, "login_channel", LoginChannel, lambda channel: channel.channel_id
        )
        self.apps: Shelf[str, LiffApp] = Shelf(store, "liff_app", LiffApp, lambda app: app.liff_id)
        self._grants: Shelf[tuple[str, str], Grant] = Shelf(
            store, "grant", Grant, lambda grant: (grant.channel_id, grant.person)
        )
        self._tokens: Shelf[str, UserToken] = Shelf(
            store, "user_token", UserToken, lambda token: token.token
        )
        self._refreshes: Shelf[str, RefreshToken] = Shelf(
            store, "refresh_token", RefreshToken, lambda token: token.token
        )
        self._keys: Shelf[str, SigningKey] = Shelf(
            store, "signing_key", SigningKey, lambda key: key.kid
        )
        self._key_kept = False
        self._codes: dict[str, Code] = {}

    def clear(self) -> None:
        """Forget everything but the key: whoever has read it may keep it, as at LINE."""
        for part in (self.providers, self.channels, self.apps):
            part.clear()
        for own in (self._grants, self._tokens, self._refreshes):
            own.clear()
        self._codes.clear()
        # A reset empties the store as well, so the key must be put there once more.
        self._key_kept = False

    @property
    def key(self) -> SigningKey:
        """The key pair of ES256 ID tokens; made when it is first needed, then the same for ever."""
        key = next(iter(self._keys.values()), None) or SigningKey.generate()
        if not self._key_kept:
            self._keys.put(key)
            self._key_kept = True
        return key

    def granted(self, channel: LoginChannel, person: str) -> set[str]:
        """The scopes this person has agreed to give the channel."""
        grant = self._grants.get((channel.channel_id, person))
        return set(grant.scopes) if grant else set()

    def asked(self, channel: LoginChannel, person: str) -> set[str]:
        """The scopes this person has decided about; LINE does not ask for them again."""
        grant = self._grants.get((channel.channel_id, person))
        return set(grant.asked) if grant else set()

    def grant(
        self, channel: LoginChannel, person: str, scopes: Iterable[str], refused: Iterable[str] = ()
    ) -> None:
        """Note that the person agrees to these scopes and refuses others, besides earlier ones."""
        agreed = self.granted(channel, person) | set(scopes)
        asked = self.asked(channel, person) | agreed | set(refused)
        self._grants.put(Grant(channel.channel_id, person, sorted(agreed), sorted(asked)))

    def ungrant(self, channel: LoginChannel, person: str) -> None:
        """Take back everything the person has agreed to; the channel's tokens end."""
        whose = (channel.channel_id, person)
        self._grants.drop(whose)
        for token in list(self._tokens.values()):
            if (token.channel_id, token.person) == whose:
                self._tokens.drop(token.token)
        for refresh in list(self._refreshes.values()):
            if (refresh.channel_id, refresh.person) == whose:
                self._refreshes.drop(refresh.token)

    def add_code(self, code: Code) -> str:
        """Keep a code until it is used; return it."""
        self._codes[code.code] = code
        return code.code

    def use_code(self, code: str, now: int) -> Code | None:
        """Return the code if it is good. It never works again, whatever comes of this."""
        found = self._codes.pop(code, None)
        return found if found and now <= found.expires_at else None

    def add_token(self, token: UserToken) -> UserToken:
        """Keep an access token."""
        return self._tokens.put(token)

    def token(self, token: str, now: int) -> UserToken | None:
        """Return the access token if it is alive."""
        found = self._tokens.get(token)
        return found if found and now < found.expires_at else None

    def revoke(self, token: str) -> bool:
        """End an access token; tell whether there was one."""
        return self._tokens.drop(token) is not None

    def add_refresh(self, token: RefreshToken) -> RefreshToken:
        """Keep a refresh token."""
        return self._refreshes.put(token)

    def refresh(self, token: str, now: int) -> RefreshToken | None:
        """Return the refresh token if it is alive."""
        found = self._refreshes.get(token)
        return found if found and now < found.expires_at else None


def opaque() -> str:
    """A fresh access or refresh token: opaque to whoever has it."""
    return secrets.token_urlsafe(96)
