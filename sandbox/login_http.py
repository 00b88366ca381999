"""What the endpoints of LINE Login, LIFF and channel access tokens share: LINE's errors, who asks,
CORS, programmed faults and the call log.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, g, request

from sandbox import failing, ids
from sandbox.clock import ticks
from sandbox.failing import Refuse
from sandbox.logins import LoginChannel, UserToken
from sandbox.problems import answer
from sandbox.tokens import Kind, issuer
from sandbox.world import World

# Fields of a request that the inspector may show; codes, tokens and secrets are none of them.
_SHOWN = ("grant_type", "client_id", "appId", "redirect_uri", "id_token_key_type", "nonce")
# The OAuth errors of programmed faults.
_OAUTH_ERRORS = {
    400: "invalid_request",
    401: "invalid_client",
    403: "access_denied",
    429: "temporarily_unavailable",
    500: "server_error",
}


class LoginError(Exception):
    """An answer of LINE other than success."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.status = status
        self.body = body


def oauth_error(error: str, description: str, status: int = 400) -> LoginError:
    """An error in the shape of OAuth."""
    return LoginError(status, {"error": error, "error_description": description})


def refusal(status: int, message: str) -> LoginError:
    """An error in the shape of LINE's other APIs."""
    return LoginError(status, {"message": message})


def bearer() -> str:
    """The token of the header Authorization, empty without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def user_token(world: World, scope: str | None = None) -> UserToken:
    """Whose access token the request carries. Raises LoginError: 401, or 403 without the scope."""
    token = world.logins.token(bearer(), world.clock.now())
    if token is None:
        raise refusal(401, "The access token is invalid or expired")
    if scope and scope not in token.scopes:
        raise refusal(403, "The access token does not have the required scope")
    return token


def channel_token(world: World, *kinds: Kind) -> LoginChannel:
    """The login channel whose own token of one of these kinds is sent. Raises LoginError (401)."""
    token = world.tokens.find(bearer())
    channel = world.logins.channels.get(token.channel) if token and token.kind in kinds else None
    if channel is None:
        raise refusal(401, "authentication failed")
    return channel


def with_query(url: str, **values: str | None) -> str:
    """The address with these values added to its query; None is left out."""
    parts = urlsplit(url)
    added = urlencode({name: value for name, value in values.items() if value is not None})
    query = "&".join(part for part in (parts.query, added) if part)
    return urlunsplit(parts._replace(query=query))


def see_other(url: str) -> Response:
    """Send the browser on. The address may hold a code or a token, which no cache may keep."""
    return Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})


def blueprint(name: str, world: World) -> Blueprint:
    """A blueprint whose views may raise LoginError and can be called from any page's scripts."""
    bp = Blueprint(name, __name__)
    bp.before_request(_start)
    bp.register_error_handler(LoginError, _refused)

    @bp.after_request
    def finish(response: Response) -> Response:
        response.headers["x-line-request-id"] = g.request_id
        _allow_everywhere(response)
        if request.method != "OPTIONS":
            _log(world, response)
        return response

    can_fail(bp, world, _failed)
    return bp


def can_fail(bp: Blueprint, world: World, refuse: Refuse) -> None:
    """Let programmed faults strike this blueprint; of a login channel, its linked account's too."""
    failing.let_fail(bp, world, lambda: _account(world), refuse)


def _failed(status: int, words: str) -> Response:
    error = {"error": _OAUTH_ERRORS[status], "error_description": words}
    return answer({"message": words, **(error if "/oauth" in request.path else {})}, status)


def _account(world: World) -> str:
    """The account a request is about, "" if none."""
    channel_id = _channel_id(world)
    channel = world.logins.channels.get(channel_id)
    account = world.account_of_channel(channel_id)
    if channel:
        return channel.linked_account or ""
    return account.slug if account else ""


def _channel_id(world: World) -> str:
    """The channel that the request names, by its id, a LIFF app's or a token."""
    given = request.values
    liff_id = (request.view_args or {}).get("liff_id") or given.get("app_id", "")
    named = given.get("client_id") or liff_id.partition("-")[0]
    if named or "client_assertion" in given:
        return named or issuer(given["client_assertion"])
    token = bearer() or given.get("access_token", "")
    found = world.logins.token(token, world.clock.now())
    issued = world.tokens.find(token)
    return found.channel_id if found else issued.channel if issued else ""


def _start() -> None:
    g.started = ticks()
    g.request_id = ids.request_id()


def _refused(error: LoginError) -> Response:
    return answer(error.body, error.status)


def _allow_everywhere(response: Response) -> None:
    # A LIFF page is on the shop's own origin and calls LINE's from there.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE, OPTIONS"


def _log(world: World, response: Response) -> None:
    failed = response.status_code >= 400 and response.is_json
    fault = g.get("fault")
    entry = world.calls.add(
        {
            "at": world.clock.now(),
            "account": None,
            "endpoint": request.endpoint,
            "method": request.method,
            "path": request.path,
            "headers": {},
            "body": {name: request.form[name] for name in _SHOWN if name in request.form},
            "request_id": g.request_id,
            "status": None if g.get("dropped") else response.status_code,
            "answer": response.get_json() if failed else {},
            "problems": [],
            "fault": fault.kind if fault else None,
            "ms": round((ticks() - g.started) * 1000, 2),
        }
    )
    world.hub.publish("call", entry)
