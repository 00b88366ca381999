"""An instant stand-in for LINE: says 200 to every call and remembers when each reply arrived.

It checks nothing (the sandbox does that). It is one bare epoll loop, because whatever it costs is
taken from the servers that are measured: E opens a connection for each reply, and with asyncio
that alone cost this program a quarter of a millisecond.

    python -m bench.stub_line --port 8200 [--latency-ms 100]

GET /stats    -> {"calls": {endpoint: count}, "replies": number of different reply tokens}
GET /arrivals -> {reply token: seconds on CLOCK_MONOTONIC when its first call arrived}
POST /reset   -> both empty again
"""

import argparse
import json
import select
import socket
from collections import Counter, deque
from contextlib import suppress
from time import monotonic

_SENT = b'{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}'
_PROFILE = b'{"displayName":"Bench","userId":"U%032x","language":"ja"}' % 0
_INFO = (
    b'{"userId":"U%032x","basicId":"@bench","displayName":"Bench","chatMode":"bot",'
    b'"markAsReadMode":"auto"}' % 0
)


def _answer(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-line-request-id: bench\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )


_SENT_ANSWER = _answer(_SENT)
_ANSWERS = {b"profile": _answer(_PROFILE), b"info": _answer(_INFO)}


class Record:
    """What arrived since the last reset."""

    def __init__(self) -> None:
        self.calls: Counter[bytes] = Counter()
        self.arrivals: dict[bytes, float] = {}

    def answer(self, path: bytes, request: bytes) -> bytes:
        """Count a call to LINE, or answer one of the questions in the module's docstring."""
        if path.startswith(b"/v2/"):
            return self._line(path, request)
        if path == b"/reset":
            self.calls.clear()
            self.arrivals.clear()
            return _answer(b"{}")
        if path == b"/arrivals":
            return _answer(json.dumps({t.decode(): at for t, at in self.arrivals.items()}).encode())
        calls = {name.decode(): count for name, count in self.calls.items()}
        return _answer(json.dumps({"calls": calls, "replies": len(self.arrivals)}).encode())

    def _line(self, path: bytes, request: bytes) -> bytes:
        endpoint = path[8:].split(b"/", 1)[0]
        if endpoint == b"message":
            endpoint = path[16:]
        self.calls[endpoint] += 1
        if endpoint == b"reply":
            at = request.index(b'"replyToken"') + 12
            token = request[at : at + 48].split(b'"', 2)[1]
            self.arrivals.setdefault(token, monotonic())
        return _ANSWERS.get(endpoint, _SENT_ANSWER)


class Stub:
    """The loop: accept, read one whole request, answer it at once or after the set latency."""

    def __init__(self, port: int, latency: float) -> None:
        self.latency = latency
        self.record = Record()
        self.late: deque[tuple[float, socket.socket, bytes]] = deque()
        self.parts: dict[int, bytes] = {}
        self.open: dict[int, socket.socket] = {}
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.poll = select.epoll()
        self.poll.register(self.listener.fileno(), select.EPOLLIN)

    def run(self) -> None:
        """Serve until killed."""
        accepting = self.listener.fileno()
        while True:
            for number, _mask in self.poll.poll(self._next_due()):
                if number == accepting:
                    client, _address = self.listener.accept()
                    self.open[client.fileno()] = client
                    self.poll.register(client.fileno(), select.EPOLLIN)
                else:
                    self._read(number)
            self._send_late()

    def _next_due(self) -> float:
        return max(0.0, self.late[0][0] - monotonic()) if self.late else -1

    def _send_late(self) -> None:
        while self.late and self.late[0][0] <= monotonic():
            _due, client, answer = self.late.popleft()
            with suppress(OSError):  # the caller gave up waiting
                client.sendall(answer)

    def _read(self, number: int) -> None:
        client = self.open[number]
        try:
            data = client.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.parts.pop(number, None)
            self.open.pop(number).close()
            return
        request = self.parts.pop(number, b"") + data
        if not _whole(request):
            self.parts[number] = request
            return
        answer = self.record.answer(request.split(b" ", 2)[1], request)
        if self.latency:
            self.late.append((monotonic() + self.latency, client, answer))
        else:
            with suppress(OSError):
                client.sendall(answer)


def _whole(request: bytes) -> bool:
    """Callers do not pipeline, so a buffer holds one request or a part of one."""
    head, end, body = request.partition(b"\r\n\r\n")
    if not end:
        return False
    at = head.lower().find(b"\r\ncontent-length:")
    return at < 0 or len(body) >= int(head[at + 17 :].split(b"\r\n", 1)[0])


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description="An instant stand-in for LINE.")
    options.add_argument("--port", type=int, default=8200)
    options.add_argument("--latency-ms", type=float, default=0.0)
    chosen = options.parse_args()
    Stub(chosen.port, chosen.latency_ms / 1000).run()


if __name__ == "__main__":
    main()
