"""Tools of the sandbox's tests: a client, and a server that takes webhooks."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import urllib3
from flask import Flask, Response, request
from werkzeug.serving import make_server

from tests.support.openapi import Checker


class Answer(NamedTuple):
    status: int
    body: Any
    headers: Any


class Client:
    """Calls a sandbox over HTTP; LINE's answers are held against its OpenAPI files.

    checkers: by the beginning of a path, the longest first.
    """

    def __init__(self, url: str, checkers: dict[str, Checker] | None) -> None:
        self.url = url
        self.problems: list[str] = []
        self.token = ""
        self._checkers = checkers or {}
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(10))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> Answer:
        sent = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        answer = self._http.request(
            method, self.url + path, body=body, headers=sent, timeout=timeout
        )
        checker = next((c for at, c in self._checkers.items() if path.startswith(at)), None)
        if checker:
            self.problems += checker.check_answer(
                method, path, answer.status, answer.headers, answer.data
            )
        kind = answer.headers.get("Content-Type", "")
        return Answer(
            answer.status, answer.json() if "json" in kind else answer.data, answer.headers
        )

    def get(self, path: str) -> Any:
        answer = self.call("GET", path)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status in (200, 201), answer
        return answer.body

    def line(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call the Messaging API as the account; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {self.token}"}
        return self.call(method, path, body, bearer | named)

    def push(self, to: str, *messages: Any, key: str | None = None) -> Answer:
        body = {"to": to, "messages": list(messages) or [text("hello")]}
        headers = {"X_Line_Retry_Key": key} if key else {}
        return self.line("POST", "/v2/bot/message/push", body, **headers)

    def reply(self, token: str, *messages: Any, **headers: str) -> Answer:
        body = {"replyToken": token, "messages": list(messages) or [text("hello")]}
        return self.line("POST", "/v2/bot/message/reply", body, **headers)

    def act(self, action: str, body: Any = None, *, person: str = "hanako") -> Any:
        return self.post(f"/phone/api/talks/{person}/main/{action}", body)

    def screen(self, person: str = "hanako") -> list[str]:
        """The texts of a talk, each with who said it."""
        lines = self.get(f"/phone/api/talks/{person}/main/messages")["messages"]
        return [f"{line['from']}: {line['message'].get('text')}" for line in lines]

    def accepted(self) -> list[Any]:
        items: list[Any] = self.get("/control/accepted")["items"]
        return items

    def deliveries(self) -> list[Any]:
        items: list[Any] = self.get("/control/deliveries")["items"]
        return items

    def settle(self) -> None:
        """Wait until no webhook is under way."""
        until(lambda: self.get("/control/idle")["idle"])

    def close(self) -> None:
        self._http.clear()


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def until(condition: Callable[[], Any], seconds: float = 10) -> None:
    """Wait for a condition, and fail when it has not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)


class Receiver:
    """A bot's server in this process: keeps the webhooks it gets and answers as told."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.hold = threading.Event()
        self.hold.set()
        self.got: list[tuple[dict[str, str], bytes]] = []
        app = Flask("receiver")
        app.add_url_rule("/webhook", view_func=self._take, methods=["POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.port}/webhook"

    def _take(self) -> Response:
        self.got.append((dict(request.headers), request.get_data()))
        self.hold.wait(10)
        return Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def events(self) -> list[Any]:
        return [event for _, body in self.got for event in json.loads(body)["events"]]

    def stop(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def signature(secret: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
