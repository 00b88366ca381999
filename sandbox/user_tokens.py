"""Access tokens and ID tokens of people: issued for codes, refreshed, told about, checked."""

import hashlib
from typing import Any

from sandbox import id_tokens, ids
from sandbox.id_tokens import Claims, InvalidIdToken
from sandbox.login_http import oauth_error
from sandbox.logins import (
    ACCESS_LIFE_MS,
    LIFF_LIFE_MS,
    REFRESH_LIFE_MS,
    Code,
    LiffApp,
    LoginChannel,
    RefreshToken,
    UserToken,
    opaque,
)
from sandbox.world import World

_GRANT = "invalid_grant"


class UserTokens:
    """Issues and checks tokens. Methods that take a request's values raise LoginError."""

    def __init__(self, world: World) -> None:
        self._world = world

    def exchange(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer a token request with an authorization code."""
        world = self._world
        with world.lock:
            code = world.logins.use_code(form.get("code", ""), world.clock.now())
            if code is None or code.channel_id != form.get("client_id"):
                raise oauth_error(_GRANT, "invalid authorization code")
            channel = world.logins.channels[code.channel_id]
            if code.redirect_uri != form.get("redirect_uri"):
                raise oauth_error(_GRANT, "redirect_uri does not match")
            _check_verifier(code, form.get("code_verifier"))
            if code.liff_id is not None:
                return self._liff_answer(channel, code, code.liff_id, form)
            _check_secret(channel, form.get("client_secret"))
            return self._web_answer(channel, code, form.get("id_token_key_type"))

    def refresh(self, form: dict[str, str]) -> dict[str, Any]:
        """Answer a token request with a refresh token. LINE: it lives no longer by this."""
        world = self._world
        with world.lock:
            refresh = world.logins.refresh(form.get("refresh_token", ""), world.clock.now())
            if refresh is None or refresh.channel_id != form.get("client_id"):
                raise oauth_error(_GRANT, "invalid refresh token")
            _check_secret(world.logins.channels[refresh.channel_id], form.get("client_secret"))
            token = self._access(refresh.channel_id, refresh.person, refresh.scopes)
            return _token_answer(token, ACCESS_LIFE_MS) | {"refresh_token": refresh.token}

    def open_liff(
        self, channel: LoginChannel, app: LiffApp, person: str, *, talk: str | None
    ) -> tuple[UserToken, str | None]:
        """The tokens of an app opened inside the phone: access token, and ID token if in scope."""
        world = self._world
        with world.lock:
            granted = world.logins.granted(channel, person)
            scopes = [scope for scope in app.scopes if scope in granted]
            token = self._liff_access(channel, app.liff_id, person, scopes, talk)
            return token, self._es256(channel, person, scopes) if "openid" in scopes else None

    def verify_access(self, token: str) -> dict[str, Any]:
        """What LINE tells of an access token."""
        now = self._world.clock.now()
        found = self._world.logins.token(token, now)
        if found is None:
            raise oauth_error("invalid_request", "access token expired")
        return {
            "scope": " ".join(found.scopes),
            "client_id": found.channel_id,
            "expires_in": (found.expires_at - now) // 1000,
        }

    def verify_id(self, form: dict[str, str]) -> Claims:
        """The claims of an ID token, if everything fits."""
        logins = self._world.logins
        for name in ("id_token", "client_id"):
            if not form.get(name):
                raise oauth_error("invalid_request", f"{name} is required")

        def secret_of(channel_id: str) -> str | None:
            channel = logins.channels.get(channel_id)
            return channel.channel_secret if channel else None

        try:
            return id_tokens.verify(
                form["id_token"],
                client_id=form["client_id"],
                nonce=form.get("nonce"),
                user_id=form.get("user_id"),
                now=self._world.clock.now() // 1000,
                key=logins.key,
                secret_of=secret_of,
            )
        except InvalidIdToken as error:
            raise oauth_error("invalid_request", str(error)) from None

    def user_id(self, channel: LoginChannel, person: str) -> str:
        """The person's user id with the channel's provider."""
        return ids.user_id(channel.provider, person)

    def profile(self, token: UserToken) -> dict[str, str]:
        """The profile of the token's person; absent values are left out."""
        person = self._world.person(token.person)
        channel = self._world.logins.channels[token.channel_id]
        profile = {
            "userId": self.user_id(channel, person.key),
            "displayName": person.name,
            "pictureUrl": person.picture,
            "statusMessage": person.status_message,
        }
        return {name: value for name, value in profile.items() if value is not None}

    def _web_answer(
        self, channel: LoginChannel, code: Code, key_type: str | None
    ) -> dict[str, Any]:
        logins, now = self._world.logins, self._world.clock.now()
        # LINE does not list the e-mail scope in the answer, even where it was granted.
        scopes = [scope for scope in code.scopes if scope != "email"]
        token = self._access(channel.channel_id, code.person, scopes)
        refresh = RefreshToken(
            opaque(), channel.channel_id, code.person, scopes, now + REFRESH_LIFE_MS
        )
        told = _token_answer(token, ACCESS_LIFE_MS)
        told["refresh_token"] = logins.add_refresh(refresh).token
        if "openid" in code.scopes:
            claims = self._claims(channel, code.person, code.scopes)
            claims |= {"nonce": code.nonce} if code.nonce else {}
            claims |= {"auth_time": code.auth_time // 1000} if code.auth_time else {}
            if key_type == "JWK":
                told["id_token"] = id_tokens.sign_es256(claims, logins.key)
            else:
                told["id_token"] = id_tokens.sign_hs256(claims, channel.channel_secret)
        return told

    def _liff_answer(
        self, channel: LoginChannel, code: Code, liff_id: str, form: dict[str, str]
    ) -> dict[str, Any]:
        # A page's script cannot keep a secret: here the code verifier proves who asks.
        if liff_id != form.get("appId"):
            raise oauth_error(_GRANT, "invalid authorization code")
        token = self._liff_access(channel, liff_id, code.person, code.scopes, None)
        told = _token_answer(token, LIFF_LIFE_MS) | {"refresh_token": opaque()}
        if "openid" in code.scopes:
            told["id_token"] = self._es256(channel, code.person, code.scopes)
        return told

    def _access(self, channel_id: str, person: str, scopes: list[str]) -> UserToken:
        expires_at = self._world.clock.now() + ACCESS_LIFE_MS
        token = UserToken(opaque(), channel_id, person, scopes, expires_at)
        return self._world.logins.add_token(token)

    def _liff_access(
        self, channel: LoginChannel, liff_id: str, person: str, scopes: list[str], talk: str | None
    ) -> UserToken:
        expires_at = self._world.clock.now() + LIFF_LIFE_MS
        token = UserToken(opaque(), channel.channel_id, person, scopes, expires_at, liff_id, talk)
        return self._world.logins.add_token(token)

    def _es256(self, channel: LoginChannel, person: str, scopes: list[str]) -> str:
        return id_tokens.sign_es256(self._claims(channel, person, scopes), self._world.logins.key)

    def _claims(self, channel: LoginChannel, person_key: str, scopes: list[str]) -> Claims:
        person = self._world.person(person_key)
        now = self._world.clock.now() // 1000
        claims: Claims = {
            "iss": id_tokens.ISSUER,
            "sub": self.user_id(channel, person.key),
            "aud": channel.channel_id,
            "exp": now + id_tokens.LIFE_SECONDS,
            "iat": now,
            "amr": ["linesso"],
        }
        if "profile" in scopes:
            claims["name"] = person.name
            claims |= {"picture": person.picture} if person.picture else {}
        if "email" in scopes:
            claims["email"] = f"{person.key}@example.com"
        return claims


def _token_answer(token: UserToken, life_ms: int) -> dict[str, Any]:
    return {
        "access_token": token.token,
        "token_type": "Bearer",
        "expires_in": life_ms // 1000,
        "scope": " ".join(token.scopes),
    }


def _check_secret(channel: LoginChannel, secret: str | None) -> None:
    if secret != channel.channel_secret:
        raise oauth_error("invalid_client", "invalid client_secret", 401)


def _check_verifier(code: Code, verifier: str | None) -> None:
    """PKCE: the verifier must hash to the challenge of the authorization request."""
    if code.challenge is None:
        return
    digest = id_tokens.encode(hashlib.sha256((verifier or "").encode()).digest())
    if digest != code.challenge:
        raise oauth_error(_GRANT, "code_verifier does not match code_challenge")
