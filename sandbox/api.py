"""The way every call of an account takes: token, fault, rate, body, handler, call log.

The modules with LINE's endpoints hand theirs over with `Api.add`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import orjson
from flask import Blueprint, Response, request

from sandbox import failing, faults, ids
from sandbox.clock import ticks
from sandbox.faults import Fault
from sandbox.schema import Problem
from sandbox.world import Account, World

# LINE: a request body may have 2 MB.
MOST_BODY_BYTES = 2 * 1024 * 1024
_RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# LINE: elsewhere a retry key is a mistake, not ignored.
_WITH_RETRY_KEY = frozenset({"push", "multicast", "narrowcast", "broadcast"})
# Headers worth a look in the inspector, by their names in WSGI; never the access token.
_LOGGED_HEADERS = {
    "CONTENT_TYPE": "Content-Type",
    "HTTP_USER_AGENT": "User-Agent",
    "HTTP_X_LINE_RETRY_KEY": "X-Line-Retry-Key",
}
_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]

BodyKind = Literal["json", "optional", "raw", "none"]
Check = Callable[[Any], list[Problem]]


class ApiError(Exception):
    """An answer of LINE other than success: {message, details?} and perhaps more."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: list[Problem] | None = None,
        sent: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message}
        if details:
            self.body["details"] = details
        if sent:
            self.body["sentMessages"] = sent
        self.headers = headers or {}


def invalid(problems: list[Problem]) -> ApiError:
    """LINE's answer to a body with mistakes."""
    return ApiError(400, f"The request body has {len(problems)} error(s)", details=problems)


@dataclass(frozen=True)
class Call:
    """One request of an account: who asks for what, under which request id and retry key.

    fails: what it asks for is to fail after it was accepted, because a fault says so.
    """

    account: Account
    endpoint: str
    request_id: str
    retry_key: str | None
    query: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""
    fails: bool = False


class Answer(NamedTuple):
    """What goes back to the caller: LINE JSON, or `raw` bytes with their content type."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = {}  # noqa: RUF012  # a default of a tuple, never changed
    raw: tuple[str, bytes] | None = None


# Takes the call, the body (None if there is none) and the parts of the path.
Handler = Callable[..., dict[str, Any] | Answer]


class Endpoint(NamedTuple):
    """One endpoint; `name` is what faults and rates call it, `status` what success answers."""

    name: str
    handler: Handler
    body: BodyKind
    check: Check | None
    status: int
    template: str


class _Request(NamedTuple):
    call: Call
    environ: dict[str, Any]
    body: Any
    started: float


class Api:
    """The pipeline with its world, and the blueprint the endpoints are put into."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.names: set[str] = set()
        self.blueprint = Blueprint("line_api", __name__)

    def add(
        self,
        method: str,
        path: str,
        name: str,
        handler: Handler,
        *,
        body: BodyKind | None = None,
        check: Check | None = None,
        status: int = 200,
    ) -> None:
        """Serve an endpoint. POST and PUT take JSON unless `body` says otherwise."""
        kind = body or ("json" if method in ("POST", "PUT") else "none")
        endpoint = Endpoint(name, handler, kind, check, status, f"{method} {path}")
        self.names.add(name)
        view = self._view(endpoint)
        place = re.sub(r"\W+", "_", endpoint.template)
        self.blueprint.add_url_rule(path, place, view, methods=[method])

    def refuse_the_rest(self) -> None:
        """Answer 501 to every other path of the Messaging API, naming it."""

        def handler(_call: Call, _body: Any, _rest: str) -> dict[str, Any]:
            raise ApiError(501, f"{request.method} {request.path} is not built in this sandbox")

        view = self._view(Endpoint("unbuilt", handler, "none", None, 501, "unbuilt"))
        for path in ("/v2/bot/<path:_rest>", "/bot/<path:_rest>"):
            name = f"unbuilt_{path.count('/')}"
            self.blueprint.add_url_rule(path, name, view, methods=_METHODS)

    def _view(self, endpoint: Endpoint) -> Callable[..., Response]:
        def view(**parts: str) -> Response:
            return self._serve(endpoint, parts)

        return view

    def _serve(self, endpoint: Endpoint, parts: dict[str, str]) -> Response:
        started = ticks()
        request_id = ids.request_id()
        # Looking into WSGI's own dict is a good deal cheaper than asking the request object.
        environ = request.environ
        account = self._account(environ)
        if account is None:
            error = ApiError(401, faults.INVALID_TOKEN)
            call = Call(Account("", "", ""), endpoint.name, request_id, None)
            return self._finish(_Request(call, environ, None, started), _refusal(error), None)
        query = request.args if environ.get("QUERY_STRING") else {}
        retry_key = environ.get("HTTP_X_LINE_RETRY_KEY")
        kind = environ.get("CONTENT_TYPE", "")
        fault = self._world.faults.draw(endpoint.name, account.slug)
        fails = fault is not None and fault.kind == faults.LATER
        call = Call(account, endpoint.name, request_id, retry_key, query, kind, fails)
        asked = _Request(call, environ, None, started)
        if fault and fault.kind not in faults.AFTER and not fails:
            return self._finish(asked, self._fail(fault), fault)
        try:
            asked, answer = self._handle(asked, endpoint, parts)
        except ApiError as error:
            answer = _refusal(error)
        if fault and fault.kind in faults.AFTER and (answer.status < 300 or answer.status == 409):
            answer = self._fail(fault)
        return self._finish(asked, answer, fault)

    def _handle(
        self, asked: _Request, endpoint: Endpoint, parts: dict[str, str]
    ) -> tuple[_Request, Answer]:
        call = asked.call
        if call.account.rates and not self._world.rates.take(call.account.slug, endpoint):
            raise ApiError(*faults.ANSWERS["rate"])
        body = _read_body(asked.environ, endpoint.body)
        if endpoint.body in ("json", "optional"):
            asked = asked._replace(body=body)
        try:
            _check_retry_key(call)
            if endpoint.check and (found := endpoint.check(body)):
                raise invalid(found)
            done = endpoint.handler(call, body, **parts)
        except ApiError as error:
            return asked, _refusal(error)
        return asked, done if isinstance(done, Answer) else Answer(endpoint.status, done)

    def _account(self, environ: dict[str, Any]) -> Account | None:
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return self._world.account_of_token(token.strip())

    def _fail(self, fault: Fault) -> Answer:
        told = failing.happen(fault, self._world.stopping)
        return _refusal(ApiError(*told)) if told else Answer(0, {})

    def _finish(self, asked: _Request, answer: Answer, fault: Fault | None) -> Response:
        call, environ, world = asked.call, asked.environ, self._world
        query = environ.get("QUERY_STRING")
        entry = world.calls.add(
            {
                "at": world.clock.now(),
                "account": call.account.slug or None,
                "endpoint": call.endpoint,
                "method": environ["REQUEST_METHOD"],
                "path": environ["PATH_INFO"] + (f"?{query}" if query else ""),
                "headers": {
                    h: environ[key] for key, h in _LOGGED_HEADERS.items() if key in environ
                },
                "body": asked.body,
                "request_id": call.request_id,
                "status": answer.status or None,
                "answer": answer.body,
                "problems": answer.body.get("details", []),
                "fault": fault.kind if fault else None,
                "ms": round((ticks() - asked.started) * 1000, 2),
            }
        )
        world.hub.publish("call", entry)
        kind, body = answer.raw or ("application/json", orjson.dumps(answer.body))
        headers = {"x-line-request-id": call.request_id, **answer.headers}
        return Response(body, answer.status or 500, headers, content_type=kind)


def number(call: Call, name: str, default: int, least: int, most: int) -> int:
    """A whole number of the query. Raises ApiError (400)."""
    value = call.query.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and least <= int(value[:18]) <= most):
        raise ApiError(400, f"The value for the '{name}' parameter is invalid")
    return int(value)


def needed(call: Call, name: str) -> str:
    """A parameter of the query that must be there. Raises ApiError (400)."""
    value = call.query.get(name)
    if not value:
        raise ApiError(400, f"Required parameter '{name}' is missing")
    return value


def _refusal(error: ApiError) -> Answer:
    return Answer(error.status, error.body, error.headers)


def _read_body(environ: dict[str, Any], wanted: BodyKind) -> Any:
    """Return the JSON or bytes of the body, None if it plays no part. Raises ApiError."""
    if wanted == "none":
        return None
    data = request.get_data(cache=False)
    if wanted == "raw":
        return data
    if wanted == "optional" and not data:
        return {}
    if len(data) > MOST_BODY_BYTES:
        raise ApiError(413, "Payload Too Large")
    kind = environ.get("CONTENT_TYPE", "")
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise ApiError(415, f"The content type, '{kind}', is not supported")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        place = f"(line: {error.lineno}, column: {error.colno})"
        raise ApiError(400, f"The request body could not be parsed as JSON {place}") from None


def _check_retry_key(call: Call) -> None:
    if call.retry_key is None:
        return
    if call.endpoint not in _WITH_RETRY_KEY:
        raise ApiError(400, "The retry key cannot be used with this endpoint")
    if not _RETRY_KEY.fullmatch(call.retry_key):
        raise ApiError(400, "The retry key is invalid")
