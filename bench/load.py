"""The load: keep-alive clients on raw sockets in one selector loop, about 20 us of CPU a request.

Bodies are made and signed before the clock starts. The same generator drives E and our server.
"""

import base64
import hashlib
import hmac
import secrets
import selectors
import socket
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, process_time, sleep, time_ns

BODY_BYTES = 619  # one text event as LINE sends it (performance.md)
_BODY = (
    '{"destination":"%s","events":[{"type":"message","message":{"type":"text","id":"%018d",'
    '"quoteToken":"%s","markAsReadToken":"%s","text":"%s"},"webhookEventId":"%s",'
    '"deliveryContext":{"isRedelivery":false},"timestamp":%d,"source":{"type":"user",'
    '"userId":"U%032x"},"replyToken":"%s","mode":"active"}]}'
)


@dataclass(frozen=True)
class Post:
    """One webhook request, ready to send."""

    wire: bytes
    reply_token: str


@dataclass(frozen=True)
class Result:
    """What one run of posts showed; times in seconds."""

    seconds: float
    latencies: list[float]  # in the order of the answers
    client_cpu: float  # seconds of CPU this generator used
    sent: dict[str, float]  # reply token -> moment on CLOCK_MONOTONIC it was posted

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values did not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Target:
    """Where to post and how to sign."""

    port: int
    path: str
    secret: str
    destination: str
    text: str = "こんにちは"
    people: int = 400  # events go round these; all are known after the warm-up

    def posts(self, count: int) -> list[Post]:
        """`count` unique signed requests of BODY_BYTES each."""
        return [self._post(number) for number in range(count)]

    def _post(self, number: int) -> Post:
        token = secrets.token_hex(16)
        body = self._body(number, token)
        mac = hmac.digest(self.secret.encode(), body, hashlib.sha256)
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Content-Type: application/json; charset=utf-8\r\nUser-Agent: LineBotWebhook/2.0\r\n"
            f"x-line-signature: {base64.b64encode(mac).decode()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return Post(head.encode() + body, token)

    def _body(self, number: int, token: str) -> bytes:
        event_id = secrets.token_hex(13).upper()  # as long as LINE's ULID
        fixed = (event_id, time_ns() // 1_000_000, number % self.people + 1, token)
        quote, read = secrets.token_hex(32), ""
        body = (_BODY % (self.destination, number, quote, read, self.text, *fixed)).encode()
        read = "r" * (BODY_BYTES - len(body))
        return (_BODY % (self.destination, number, quote, read, self.text, *fixed)).encode()


class BadAnswer(Exception):
    """The server said something else than 200; the figures would mean nothing."""


class _Client:
    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(30)
        self.answer = b""
        self.sent_at = 0.0

    def send(self, post: Post) -> None:
        self.answer = b""
        self.sent_at = monotonic()
        self.sock.sendall(post.wire)

    def receive(self) -> bool:
        """Read what is there; true once the whole answer has arrived."""
        got = self.sock.recv(65536)
        self.answer += got
        end = self.answer.find(b"\r\n\r\n")
        if end >= 0 and len(self.answer) >= end + 4 + _content_length(self.answer, end):
            if not self.answer.startswith(b"HTTP/1.1 200"):
                raise BadAnswer(self.answer[:300].decode(errors="replace"))
            return True
        if not got:
            raise BadAnswer("the server closed the connection")
        return False


def _content_length(answer: bytes, end: int) -> int:
    head = answer[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        raise BadAnswer("an answer without Content-Length")
    return int(head[at + 17 :].split(b"\r\n", 1)[0])


def flood(target: Target, posts: Sequence[Post], clients: int = 16) -> Result:
    """Send all posts at full speed, each client its next as soon as it has its answer.

    Raises BadAnswer for anything but 200.
    """
    waiting = deque(posts)
    latencies: list[float] = []
    sent: dict[str, float] = {}
    ready = selectors.DefaultSelector()
    cpu, begin = process_time(), monotonic()
    for _ in range(min(clients, len(waiting))):
        client = _Client(target.port)
        ready.register(client.sock, selectors.EVENT_READ, client)
        _next(client, waiting, sent)
    while len(latencies) < len(posts):
        for key, _mask in ready.select(timeout=30) or _stalled():
            client = key.data
            if client.receive():
                latencies.append(monotonic() - client.sent_at)
                if waiting:
                    _next(client, waiting, sent)
    result = Result(monotonic() - begin, latencies, process_time() - cpu, sent)
    for key in list(ready.get_map().values()):
        key.data.sock.close()
    return result


def _next(client: _Client, waiting: deque[Post], sent: dict[str, float]) -> None:
    post = waiting.popleft()
    client.send(post)
    sent[post.reply_token] = client.sent_at


def _stalled() -> list[tuple[selectors.SelectorKey, int]]:
    raise BadAnswer("no answer for 30 seconds")


def drip(target: Target, posts: Sequence[Post], every: float = 0.03) -> Result:
    """Send the posts one at a time, one each `every` seconds: the idle server."""
    client = _Client(target.port)
    latencies: list[float] = []
    sent: dict[str, float] = {}
    cpu, begin = process_time(), monotonic()
    for number, post in enumerate(posts):
        sleep(max(0.0, begin + number * every - monotonic()))
        client.send(post)
        while not client.receive():
            pass
        latencies.append(monotonic() - client.sent_at)
        sent[post.reply_token] = client.sent_at
    client.sock.close()
    return Result(monotonic() - begin, latencies, process_time() - cpu, sent)
