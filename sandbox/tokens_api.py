"""The endpoints of channel access tokens. Two paths are shared with LINE Login, which takes over
where the request is not about a channel access token.
"""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request

from sandbox import ids
from sandbox.entities import Account
from sandbox.tokens import ASSERTION_TYPE, STATELESS_SECONDS, ChannelToken, Refusal, issued
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
        bp = Blueprint("tokens", __name__)
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
        headers = {"x-line-request-id": ids.request_id()}
        return Response(orjson.dumps(body), status, headers, content_type="application/json")

    def _issue_stateless(self) -> dict[str, Any]:
        _grant()
        if "client_assertion" in request.form:
            return self._world.tokens.issue_stateless(self._asserted()[0])
        return self._of_login_channel() or self._world.tokens.issue_stateless(self._proved())

    def _of_login_channel(self) -> dict[str, Any] | None:
        """A token of a LINE Login channel, which LIFF's server API wants."""
        form, now = request.form, self._world.clock.now()
        expires = now + STATELESS_SECONDS * 1000
        token = self._world.logins.issue_channel_token(
            form.get("client_id", ""), form.get("client_secret", ""), expires
        )
        return issued(token, STATELESS_SECONDS - 1) if token else None

    def _issue_short(self) -> dict[str, Any]:
        _grant()
        return self._world.tokens.issue_short(self._proved())

    def _issue_v21(self) -> dict[str, Any] | None:
        if request.form.get("grant_type") != "client_credentials":
            return None
        return self._world.tokens.issue_v21(*self._asserted())

    def _key_ids(self) -> dict[str, Any]:
        account, _ = self._asserted(request.args)
        return {"kids": [one.key_id for one in self._world.tokens.of(account.slug, "v2.1")]}

    def _verify_v21(self) -> dict[str, Any] | None:
        token = self._world.tokens.find(request.args.get("access_token", ""))
        return self._verified(token) if token else None

    def _verify_short(self) -> dict[str, Any]:
        given = request.form.get("access_token", "")
        own = self._world.account_of_token(given)
        token = self._world.tokens.find(given)
        if own is None or (token and token.kind != "short"):
            raise Refusal(*_NOT_FOUND)
        if token is None:
            # The long-lived token of the console has no end; the answer still wants a number.
            return {"client_id": own.channel_id, "expires_in": 2**31 - 1, "scope": ""}
        return self._verified(token) | {"scope": ""}

    def _verified(self, token: ChannelToken) -> dict[str, Any]:
        left = self._world.tokens.seconds_left(token)
        account = self._world.accounts[token.account]
        return {"client_id": account.channel_id, "expires_in": left}

    def _revoke_v21(self) -> dict[str, Any] | None:
        account = self._world.account_of_channel(request.form.get("client_id", ""))
        if account is None:
            return None
        if request.form.get("client_secret") != account.channel_secret:
            raise Refusal("invalid_client", "invalid client_id or client_secret")
        self._revoke(account, "v2.1")
        return {}

    def _revoke_short(self) -> dict[str, Any]:
        self._revoke(None, "short")
        return {}

    def _revoke(self, account: Account | None, kind: str) -> None:
        """LINE answers the same whether there was such a token."""
        token = self._world.tokens.find(request.form.get("access_token", ""))
        if token and token.kind == kind and account in (None, self._world.accounts[token.account]):
            self._world.tokens.revoke(token.token)

    def _proved(self) -> Account:
        account = self._world.account_of_channel(request.form.get("client_id", ""))
        if account is None or request.form.get("client_secret") != account.channel_secret:
            raise Refusal("invalid_client", "invalid client_id or client_secret")
        return account

    def _asserted(self, source: Any = None) -> tuple[Account, dict[str, Any]]:
        given = request.form if source is None else source
        if given.get("client_assertion_type") != ASSERTION_TYPE:
            raise Refusal("invalid_request", "Invalid client_assertion_type")
        assertion = given.get("client_assertion", "")
        return self._world.tokens.claims(assertion, self._world.account_of_channel)


def _grant() -> None:
    if request.form.get("grant_type") != "client_credentials":
        raise Refusal("unsupported_grant_type", "unsupported grant_type")
