"""Another system of the shop's, such as a till: it calls /api/v1 with a key of its own."""

from itertools import count
from typing import Any, NamedTuple

from flask import Flask

from app.domain.keys import service as keys
from app.domain.keys.scopes import SCOPES
from app.domain.keys.service import NewKey

_keys = count(1)


class Told(NamedTuple):
    """An answer: status, the machine word of a refusal, the JSON and the headers."""

    status: int
    code: str
    json: Any
    headers: Any


class System:
    """A program with a key; each write has a new Idempotency-Key unless one is given."""

    def __init__(self, app: Flask, secret: str) -> None:
        self._app, self.secret = app, secret

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Told:
        sent = {"Authorization": f"Bearer {self.secret}"}
        if method != "GET":
            sent["Idempotency-Key"] = f"system-{next(_keys)}" if key is None else key
        with self._app.test_client() as client:
            address = f"/api/v1{path}"
            answer = client.open(address, method=method, json=body, headers=sent | (headers or {}))
        json = answer.get_json(silent=True) if answer.data else None
        kind = json.get("type", "") if isinstance(json, dict) else ""
        return Told(answer.status_code, kind.removeprefix("urn:tsunagu:"), json, answer.headers)

    def get(self, path: str, **headers: str) -> Told:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, key: str | None = None, **body: Any) -> Told:
        return self.ask("POST", path, body, key)


def a_system(app: Flask, *scopes: str, **changes: Any) -> System:
    """A system whose key has these scopes, or all of them."""
    return System(app, keys.create(NewKey("till", scopes or tuple(SCOPES), **changes)).secret)
