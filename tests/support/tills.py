"""A clerk's browser at the counter's calls, without its scripts; and who serves there."""

from itertools import count
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.test import TestResponse

from app.domain.counter import queries as counter
from app.domain.points import queries as points
from app.domain.staff import rules, sessions, team
from app.domain.staff.actor import Actor
from app.domain.staff.team import Place
from app.staff.identity import COOKIE, CSRF_HEADER
from tests.support.staff import BROWSER, PASSWORD

_keys = count(1)
API = "/staff/api/counter"


class Told(NamedTuple):
    """An answer: status, the machine word of a refusal, and the JSON."""

    status: int
    code: str
    json: Any


class Till:
    """The browser of somebody who is logged in; each call has a new key unless one is given."""

    def __init__(self, app: Flask, token: str) -> None:
        self._app, self._token = app, token

    def post(self, path: str, key: str | None = None, **body: Any) -> Told:
        headers = {CSRF_HEADER: rules.csrf(self._token)}
        headers["Idempotency-Key"] = f"till-{next(_keys)}" if key is None else key
        return self.post_with(headers, path, **body)

    def post_with(self, headers: dict[str, str], path: str, **body: Any) -> Told:
        """The same with these headers alone."""
        return _told(self._client().post(API + path, json=body, headers=headers))

    def scan(self, code: str, store: str = "kichijoji", key: str | None = None) -> Told:
        return self.post("/scans", key, code=code, store=store)

    def csrf(self) -> dict[str, str]:
        return {CSRF_HEADER: rules.csrf(self._token)}

    def _client(self) -> Any:
        # One for each call, for they are not made for threads.
        client = self._app.test_client()
        client.environ_base["wsgi.url_scheme"] = "https"
        client.set_cookie(COOKIE, self._token, domain="localhost", secure=True)
        return client


def a_till(
    app: Flask, owner: Actor, role: str = "clerk", name: str = "小森 灯", **scope: Any
) -> Till:
    """Somebody of this role, logged in at a counter; `scope` as in team.Place."""
    email = f"till{next(_keys)}@komorebi.example"
    team.hire(owner, email, name, Place(role, **scope), PASSWORD)
    return Till(app, sessions.log_in(email, PASSWORD, BROWSER).token)


def balance(member_id: int) -> int:
    """The member's points."""
    return points.balance(member_id)


def kinds(session_id: int) -> list[str]:
    """What was done in a session, newest first; what was undone stands in brackets."""
    done = counter.acts(session_id)
    return [f"({act.kind})" if act.undone else act.kind for act in done]


def _told(answer: TestResponse) -> Told:
    json = answer.get_json(silent=True)
    kind = json.get("type", "") if isinstance(json, dict) else ""
    return Told(answer.status_code, kind.removeprefix("urn:tsunagu:"), json)
