"""Bad input to the sandbox's own HTTP (control and phone): problem details, RFC 9457."""

from typing import Any, TypeVar

import orjson
from flask import Flask, Response, request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import BadRequest, HTTPException

from sandbox.world import Refused


class Body(BaseModel):
    """A closed request body: an unknown name is a mistake, not ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


BodyT = TypeVar("BodyT", bound=Body)


def read(model: type[BodyT]) -> BodyT:
    """Return the request's JSON body as this model; an empty body counts as {}.

    Raises BadRequest (not JSON) and ValidationError, both of which become problem details.
    """
    data = request.get_data()
    try:
        return model.model_validate(orjson.loads(data) if data else {})
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}") from None


def number(name: str) -> int:
    """Return a whole number >= 0 from the query, 0 if absent. Raises BadRequest."""
    value = request.args.get(name, "0")
    if not value.isdecimal() or len(value) > 18:
        raise BadRequest(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def answer(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(data), status=status, content_type="application/json")


def register(app: Flask) -> None:
    """Make problem details of everything that refuses a request."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _http)


def _refused(error: Refused) -> Response:
    return _problem(error.status, "Not found" if error.status == 404 else "Conflict", error.detail)


def _invalid(error: ValidationError) -> Response:
    mistakes = [
        {"message": item["msg"], "property": ".".join(str(part) for part in item["loc"])}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    words = "; ".join(f"{item['property']}: {item['message']}" for item in mistakes)
    return _problem(422, "Invalid input", words, errors=mistakes)


def _http(error: HTTPException) -> Response:
    return _problem(error.code or 500, error.name, error.description or "")


def _problem(status: int, title: str, detail: str, **more: Any) -> Response:
    response = answer({"title": title, "status": status, "detail": detail, **more}, status)
    response.content_type = "application/problem+json"
    return response
