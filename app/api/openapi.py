"""/api/v1/openapi.json: OpenAPI 3.1, made of the very routes and models that answer.

Two hundred lines of our own, for the routes know all of it already; flask-openapi3, apiflask and
spectree each bring a Flask class, a way to refuse or a way to validate of their own (ADR 0011).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from app import access
from app.api.bodies import CODE, MOST_OF
from app.api.resource import PREFIX, Operation, Resource
from app.domain.keys.scopes import SCOPES
from app.web.headers import secure

Json = dict[str, Any]

_REF: Final = "#/components/schemas/{model}"
_PATH_ID = re.compile(r"<(?:int:)?(\w+)>")
_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "With the same key and body a call counts once, for 30 days.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_IF_MATCH: Final[Json] = {
    "name": "If-Match",
    "in": "header",
    "description": "Only while the thing has this ETag.",
    "schema": {"type": "string", "pattern": '^("[!#-~]{0,64}"|\\*)$'},
}
_IF_NONE_MATCH: Final[Json] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that one has already: while it holds, the answer is a 304.",
    "schema": {"type": "string"},
}
_ALWAYS: Final[Mapping[int, str]] = {
    401: "bad_api_key: no living key",
    403: "scope_missing: the key may not do this",
    429: "too_many_calls: see RateLimit and Retry-After",
    503: "unavailable: come again",
}
_OF_BODIES: Final[Mapping[int, str]] = {
    413: "request_entity_too_large",
    422: "bad_body: `fields` names what is wrong; or what the domain refuses, such as bad_member",
}
_OF_WRITES: Final[Mapping[int, str]] = {
    400: "idempotency_key_missing",
    409: "request_in_flight: the first call with this key is still at work",
    422: "idempotency_key_reused: the key came with another body; or bad_body",
}
_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "RFC 9457. `type` ends in the machine word; some have more fields.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:tsunagu:[a-z_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "retry_after": {"type": "integer", "description": "seconds"},
    },
}
_ABOUT: Final = (
    "For the shop's own systems: tills, shops on the web, CRM. `flask keys create` makes a key."
    " Each answer tells with RateLimit and RateLimit-Policy how often it may still be used."
)


def blueprint(resources: Sequence[Resource]) -> Blueprint:
    """The document's own route."""
    bp = Blueprint("api_openapi", __name__, url_prefix=PREFIX)
    made = cache(partial(document, resources))  # It takes longer to make than a worker to fork.

    @bp.get("/openapi.json")
    @access.anyone
    def openapi() -> Response:
        """What this API can do; nothing in it is secret."""
        answer = secure(jsonify(made()), "default-src 'none'")
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    return bp


def document(resources: Sequence[Resource]) -> Json:
    """The whole document."""
    operations = [(each, one) for each in resources for one in each.operations]
    refs, schemas = _schemas([one for _, one in operations])
    paths: dict[str, Json] = {}
    for resource, one in operations:
        path = PREFIX + _PATH_ID.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(resource, one, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tsunagu", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": each.name, "description": each.text} for each in resources],
        "paths": paths,
        "components": {
            "schemas": schemas | {"Problem": _PROBLEM},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": _scopes()}
            },
        },
        "security": [{"key": []}],
    }


def _operation(resource: Resource, one: Operation, refs: Mapping[Any, Json]) -> Json:
    first, _, more = one.text.strip().partition(". ")
    told = {
        "tags": [resource.name],
        "operationId": one.name,
        "summary": " ".join(first.split()).rstrip("."),
        "description": " ".join(f"{more} Needs the scope `{one.scope}`.".split()),
        "security": [{"key": []}],
        "x-scope": one.scope,
        "parameters": [*_path_ids(one), *_query(one), *_headers(one)],
        "responses": {**_answers(one, refs), **_refusals(one)},
    }
    if one.takes is not None:
        content = {"application/json": {"schema": refs[one.takes, "validation"]}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _path_ids(one: Operation) -> Iterable[Json]:
    for name in _PATH_ID.findall(one.path):
        schema: Json = {"type": "string", "pattern": CODE}
        if name in MOST_OF:
            schema = {"type": "integer", "minimum": 1, "maximum": MOST_OF[name]}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(one: Operation) -> Iterable[Json]:
    if one.query is None:
        return
    for name, schema in one.query.model_json_schema()["properties"].items():
        yield {"name": name, "in": "query", "schema": _not_null(schema)}


def _not_null(schema: Json) -> Json:
    """The schema of a field that may be missing: in an address there is no null."""
    some = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**kept, **(some[0] if some else {})}


def _headers(one: Operation) -> Iterable[Json]:
    if one.writes:
        yield _KEY
    if one.writes and 412 in one.refusals:
        yield _IF_MATCH
    if one.etag and one.method == "GET":
        yield _IF_NONE_MATCH


def _answers(one: Operation, refs: Mapping[Any, Json]) -> Json:
    if one.answers is None:
        return {str(status): {"description": "Done."} for status in one.statuses}
    content = {"application/json": {"schema": refs[one.answers, "serialization"]}}
    answer: Json = {"description": "Done.", "content": content}
    if one.etag:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    told = {str(status): answer for status in one.statuses}
    if one.etag and one.method == "GET":
        told["304"] = {"description": "It is still what If-None-Match says."}
    return told


def _refusals(one: Operation) -> Json:
    known: dict[int, list[str]] = {}
    for some in (
        _ALWAYS,
        one.refusals,
        _OF_BODIES if one.takes or one.query else {},
        _OF_WRITES if one.writes else {},
    ):
        for status, words in some.items():
            known.setdefault(status, []).append(words)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": "; or ".join(words), "content": content}
        for status, words in sorted(known.items())
    }


def _schemas(operations: Sequence[Operation]) -> tuple[Mapping[Any, Json], Json]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for one in operations:
        if one.takes is not None:
            wanted[one.takes, "validation"] = None
        if one.answers is not None:
            wanted[one.answers, "serialization"] = None
    refs, made = models_json_schema(list(wanted), ref_template=_REF)
    return refs, made["$defs"]


def _scopes() -> str:
    told = [f"`{scope}`: {words}" for scope, words in SCOPES.items()]
    return "A key has some of these scopes. " + "; ".join(told) + "."
