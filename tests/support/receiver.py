"""A system of the shop's own that takes webhooks: it notes each call, and answers as it is told."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call as it came; names of headers in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def signed_with(self, secret: str) -> bool:
        """Whether the signature is right, reckoned as the receivers' libraries do."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        named = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        right = base64.b64encode(hmac.new(key, named + self.body, hashlib.sha256).digest())
        return self.headers["webhook-signature"] == f"v1,{right.decode()}"


class Receiver:
    """The server. `answers`: status and headers of the next calls; then 204."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.calls: list[Call] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.lock = threading.Lock()

    def fails(self, *statuses: int, **headers: str) -> None:
        """Answer the next calls with these."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers += [(status, named) for status in statuses]

    def ids(self) -> list[str]:
        """The webhook-ids that came, in order."""
        return [call.headers["webhook-id"] for call in self.calls]

    def take(self, call: Call) -> tuple[int, dict[str, str]]:
        """Note a call; what to answer."""
        with self.lock:
            self.calls.append(call)
            return self.answers.pop(0) if self.answers else (204, {})


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # More than the lane calls at a time, however busy this machine is.


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver at a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            named = {name.lower(): value for name, value in self.headers.items()}
            status, headers = found.take(Call(self.path, named, body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    found = Receiver(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
