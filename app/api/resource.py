"""How a resource of /api/v1 is written: a function, and beside it all that is said about it.

The decorator is the route's access mark, reads a closed body or query, makes writes count once
under their Idempotency-Key, and is what openapi.py describes: the document cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from typing import Any, Final

import orjson
from flask import Blueprint, Response, make_response, request
from pydantic import BaseModel

from app import access, once
from app.api import identity
from app.api.bodies import query_of, refuse_unknown
from app.domain.keys.caller import Caller
from app.web.bodies import Body, read

PREFIX: Final = "/api/v1"
_MOST_BYTES: Final = 16 * 1024

Json = Any


@dataclass(frozen=True)
class Operation:
    """One route: what it takes and answers, for the document. `writes`: it counts once."""

    method: str
    path: str
    scope: str
    name: str
    text: str
    answers: type[BaseModel] | None
    statuses: Sequence[int]
    refusals: Mapping[int, str]
    takes: type[Body] | None = None
    query: type[BaseModel] | None = None
    writes: bool = False
    etag: bool = False


@dataclass(frozen=True)
class Call:
    """A request whose key may do this. `key`: of a write, its Idempotency-Key."""

    caller: Caller
    key: str = ""
    if_match: str | None = None
    asked: Any = None


@dataclass(frozen=True)
class Kept:
    """What of a write's answer is kept for its key: ids and figures, nothing personal."""

    body: Json
    status: int = 200


@dataclass
class Resource:
    """One kind of thing, with its routes."""

    name: str
    text: str
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bp = Blueprint(f"api_{self.name}", __name__, url_prefix=PREFIX)
        self.bp.after_request(identity.tell)

    def read(
        self,
        path: str,
        scope: str,
        answers: type[BaseModel],
        *,
        method: str = "GET",
        takes: type[Body] | None = None,
        query: type[BaseModel] | None = None,
        etag: bool = False,
        refusals: Mapping[int, str] | None = None,
    ) -> Callable[[Callable[..., Json]], Callable[..., Response]]:
        """A route that changes nothing. The view gets the Call and what the path names, and
        answers what `answers` validates; `asked` is the body or the query."""

        def wrap(view: Callable[..., Json]) -> Callable[..., Response]:
            @wraps(view)
            def called(**path_ids: Any) -> Response:
                call = Call(identity.caller(scope), asked=_asked(takes, query))
                refuse_unknown(path_ids)
                body = view(call, **path_ids)
                return _answer(answers, body, 200, etag=etag)

            about = {"takes": takes, "query": query, "etag": etag, "refusals": refusals or {}}
            return self._add(called, method, path, scope, answers, (200,), **about)

        return wrap

    def write(
        self,
        method: str,
        path: str,
        scope: str,
        answers: type[BaseModel] | None,
        *,
        takes: type[Body] | None = None,
        statuses: Sequence[int] = (200,),
        shows: Callable[[Json], Json] = lambda kept: kept,
        etag: bool = False,
        most: int = _MOST_BYTES,
        refusals: Mapping[int, str] | None = None,
    ) -> Callable[[Callable[..., Kept]], Callable[..., Response]]:
        """A route that changes something, once for its Idempotency-Key.

        The view runs inside that one transaction and answers what is Kept; `shows` makes the
        answer of it, with what must not be kept as it is at this moment. A body has at most
        `most` bytes.
        """

        def wrap(view: Callable[..., Kept]) -> Callable[..., Response]:
            @wraps(view)
            def called(**path_ids: Any) -> Response:
                caller = identity.caller(scope)
                key = once.read_key(dict(request.headers))
                call = Call(caller, key, request.headers.get("If-Match"), _asked(takes, None, most))
                refuse_unknown(path_ids)
                kept = _once(view, call, path_ids)
                if answers is None:
                    return make_response("", kept["status"])
                return _answer(answers, shows(kept["body"]), kept["status"], etag=etag)

            about = {"takes": takes, "writes": True, "etag": etag, "refusals": refusals or {}}
            return self._add(called, method, path, scope, answers, statuses, **about)

        return wrap

    def _add(
        self,
        called: Callable[..., Response],
        method: str,
        path: str,
        scope: str,
        answers: type[BaseModel] | None,
        statuses: Sequence[int],
        **about: Any,
    ) -> Callable[..., Response]:
        name = f"{self.name}.{called.__name__}"
        text = called.__doc__ or ""
        marked = access.api(scope)(called)
        self.bp.add_url_rule(path, called.__name__, marked, methods=[method])
        self.operations.append(
            Operation(method, path, scope, name, text, answers, statuses, **about)
        )
        return marked


def etag_of(model: type[BaseModel], body: Json) -> str:
    """The entity tag of what would be answered, without its quotes."""
    return _etag(_bytes(model, body))


def _once(view: Callable[..., Kept], call: Call, path_ids: Mapping[str, Any]) -> Json:
    asked = {"path": dict(path_ids), "body": call.asked.model_dump(mode="json", exclude_unset=True)
             if call.asked is not None else None, "if_match": call.if_match}  # fmt: skip

    def work() -> Json:
        kept = view(call, **path_ids)
        return {"status": kept.status, "body": kept.body}

    scope = f"api/{call.caller.key_id}/{view.__module__.rpartition('.')[2]}.{view.__name__}"
    return once.once(scope, call.key, asked, work).body


def _asked(takes: type[Body] | None, query: type[BaseModel] | None, most: int = _MOST_BYTES) -> Any:
    if takes is not None:
        return read(takes, most)
    return query_of(query) if query is not None else None


def _answer(model: type[BaseModel], body: Json, status: int, *, etag: bool) -> Response:
    content = _bytes(model, body)
    answer = make_response(content, status)
    answer.headers["Content-Type"] = "application/json"
    if etag:
        answer.set_etag(_etag(content))
        if request.method == "GET":
            answer.make_conditional(request)
    return answer


def _bytes(model: type[BaseModel], body: Json) -> bytes:
    return orjson.dumps(model.model_validate(body).model_dump(mode="json"))


def _etag(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]
