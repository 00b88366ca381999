"""The endpoints of channel access tokens, of Messaging API channels and login channels.

Three paths are shared with LINE Login, which takes over where the request is not about a channel
access token.
"""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request

from sandbox import login_http
from sandbox.tokens import ASSERTION_TYPE, Channel, ChannelToken, Refusal
from sandbox.world import World

_SHARED = {
    ("POST", "/oauth2/v2.1/token"): "_issue_v21",
    ("GET", "/oauth2/v2.1/verify"): "_verify_v21",
    ("POST", "/oauth2/v2.1/revoke"): "_revoke_v21",
}
_NOT_FOUND = ("invalid_request", "access token expired")


class TokensApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def blueprint(self) -> Blueprint:
        bp = login_http.blueprint("tokens", self._world)
        bp.post("/oauth2/v3/token")(self._view(self._issue_stateless))
        bp.get("/oauth2/v2.1/tokens/kid")(self._view(self._key_ids))
        bp.post("/v2/oauth/accessToken")(self._view(self._issue_short))
        bp.post("/v2/oauth/verify")(self._view(self._verify_short))
        bp.post("/v2/oauth/revoke")(self._view(self._revoke_short))
        return bp

    def share(self) -> Response | None:
        """Answer a request to a shared path that is about a channel access token, else None."""
        name = _SHARED.get((request.method, request.path))
        if name is None:
            return None
        return self._answer(getattr(self, name))

    def _view(self, handler: Callable[[], dict[str, Any]]) -> Any:
        def view() -> Response | None:
            return self._answer(handler)

        view.__name__ = handler.__name__.removeprefix("_")
        return view

    def _answer(self, handler: Callable[[], dict[str, Any] | None]) -> Response | None:
        try:
            with self._world.lock:
                status, body = 200, handler()
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        if body is None:
            return None
        return Response(orjson.dumps(body), status, content_type="application/json")

    def _issue_stateless(self) -> dict[str, Any]:
        _grant()
        if "client_assertion" in request.form:
            return self._world.tokens.issue_stateless(self._asserted()[0])
        return self._world.tokens.issue_stateless(self._proved())

    def _issue_short(self) -> dict[str, Any]:
        _grant()
        return self._world.tokens.issue_short(self._proved())

    def _issue_v21(self) -> dict[str, Any] | None:
        if request.form.get("grant_type") != "client_credentials":
            return None
        return self._world.tokens.issue_v21(*self._asserted())

    def _key_ids(self) -> dict[str, Any]:
        channel, _ = self._asserted(request.args)
        return {"kids": [one.key_id for one in self._world.tokens.of(channel, "v2.1")]}

    def _verify_v21(self) -> dict[str, Any] | None:
        token = self._world.tokens.find(request.args.get("access_token", ""))
        return self._verified(token) if token else None

    def _verify_short(self) -> dict[str, Any]:
        given = request.form.get("access_token", "")
        token, own = self._world.tokens.find(given), self._world.account_of_token(given)
        if token and token.kind == "short":
            return self._verified(token) | {"scope": ""}
        if token or own is None:
            raise Refusal(*_NOT_FOUND)
        # The long-lived token of the console has no end; the answer still wants a number.
        return {"client_id": own.channel_id, "expires_in": 2**31 - 1, "scope": ""}

    def _verified(self, token: ChannelToken) -> dict[str, Any]:
        left = self._world.tokens.seconds_left(token)
        return {"client_id": token.channel, "expires_in": left}

    def _revoke_v21(self) -> dict[str, Any] | None:
        token = self._world.tokens.find(request.form.get("access_token", ""))
        account = self._world.account_of_channel(request.form.get("client_id", ""))
        if account is None and (token is None or token.kind != "v2.1"):
            return None
        self._revoke(self._proved().channel_id, "v2.1")
        return {}

    def _revoke_short(self) -> dict[str, Any]:
        self._revoke(None, "short")
        return {}

    def _revoke(self, channel_id: str | None, kind: str) -> None:
        """LINE answers the same whether there was such a token."""
        token = self._world.tokens.find(request.form.get("access_token", ""))
        if token and token.kind == kind and channel_id in (None, token.channel):
            self._world.tokens.revoke(token.token)

    def _proved(self) -> Channel:
        channel = self._channel(request.form.get("client_id", ""))
        if channel is None or request.form.get("client_secret") != channel.channel_secret:
            raise Refusal("invalid_client", "invalid client_id or client_secret")
        return channel

    def _channel(self, channel_id: str) -> Channel | None:
        world = self._world
        return world.account_of_channel(channel_id) or world.logins.channels.get(channel_id)

    def _asserted(self, source: Any = None) -> tuple[Channel, dict[str, Any]]:
        given = request.form if source is None else source
        if given.get("client_assertion_type") != ASSERTION_TYPE:
            raise Refusal("invalid_request", "Invalid client_assertion_type")
        assertion = given.get("client_assertion", "")
        return self._world.tokens.claims(assertion, self._channel)


def _grant() -> None:
    if request.form.get("grant_type") != "client_credentials":
        raise Refusal("unsupported_grant_type", "unsupported grant_type")
