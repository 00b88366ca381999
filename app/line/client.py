"""The three calls that send messages, over one small connection pool per account.

line-bot-sdk needs 2 ms of CPU for such a call and 70 MB of memory; this needs 0.4 ms. Bodies are
made apart from the call, so that the sender can store the exact bytes before LINE sees them.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
import urllib3
from urllib3.exceptions import HTTPError

from app.line import limits
from app.line.channel import (
    CONNECT_SECONDS,
    READ_SECONDS,
    Channel,
    log,
    log_call,
    ms_since,
)
from app.line.errors import LineError, from_answer, from_failure, parsed

Endpoint = Literal["reply", "push", "multicast"]

PATHS: Final[dict[Endpoint, str]] = {
    "reply": "/v2/bot/message/reply",
    "push": "/v2/bot/message/push",
    "multicast": "/v2/bot/message/multicast",
}
# LINE: the retry key is known to push and multicast; on a reply it is a 400.
_KEYED: Final[frozenset[Endpoint]] = frozenset({"push", "multicast"})

# 200 multicasts a second at 100 ms each keep 20 connections busy; LINE may be three times slower.
_CONNECTIONS = 64


@dataclass(frozen=True)
class Answer:
    """LINE has the messages. `conflict`: it had them before (409), under `accepted_request_id`."""

    status: int
    request_id: str | None
    body: dict[str, Any]
    elapsed_ms: float
    conflict: bool = False
    accepted_request_id: str | None = None


def encode_reply(
    token: str, messages: Sequence[Mapping[str, Any]], *, notification_disabled: bool = False
) -> bytes:
    """Return the body of a reply: one to five messages for the owner of the reply token."""
    return _encode({"replyToken": token}, messages, notification_disabled)


def encode_push(
    to: str, messages: Sequence[Mapping[str, Any]], *, notification_disabled: bool = False
) -> bytes:
    """Return the body of a push to one user, group or room."""
    return _encode({"to": to}, messages, notification_disabled)


def encode_multicast(
    to: Sequence[str], messages: Sequence[Mapping[str, Any]], *, notification_disabled: bool = False
) -> bytes:
    """Return the body of a multicast to 1 to 500 users."""
    if not 1 <= len(to) <= limits.MULTICAST_RECIPIENTS:
        raise ValueError(f"a multicast takes 1 to {limits.MULTICAST_RECIPIENTS} recipients")
    return _encode({"to": list(to)}, messages, notification_disabled)


def _encode(
    address: dict[str, Any], messages: Sequence[Mapping[str, Any]], notification_disabled: bool
) -> bytes:
    body = address | {"messages": list(messages)}
    if notification_disabled:
        body["notificationDisabled"] = True
    return orjson.dumps(body)


def reply(
    channel: Channel,
    token: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    notification_disabled: bool = False,
) -> Answer:
    """Answer an event with its reply token, which works once and for one minute."""
    body = encode_reply(token, messages, notification_disabled=notification_disabled)
    return send(channel, "reply", body, None)


def push(
    channel: Channel,
    to: str,
    messages: Sequence[Mapping[str, Any]],
    retry_key: str,
    *,
    notification_disabled: bool = False,
) -> Answer:
    """Send to one user, group or room. `retry_key` is a UUID stored before the first try."""
    body = encode_push(to, messages, notification_disabled=notification_disabled)
    return send(channel, "push", body, retry_key)


def multicast(
    channel: Channel,
    to: Sequence[str],
    messages: Sequence[Mapping[str, Any]],
    retry_key: str,
    *,
    notification_disabled: bool = False,
) -> Answer:
    """Send the same messages to 1 to 500 users. `retry_key` as in `push`."""
    body = encode_multicast(to, messages, notification_disabled=notification_disabled)
    return send(channel, "multicast", body, retry_key)


def send(channel: Channel, endpoint: Endpoint, body: bytes, retry_key: str | None) -> Answer:
    """Post these exact bytes and return LINE's answer, or raise LineError.

    A repeat must bring the same bytes and the same retry key; 409 then means LINE has it already.
    """
    if (retry_key is not None) != (endpoint in _KEYED):
        raise ValueError(f"{endpoint}: a retry key belongs to push and multicast, and only there")
    started = time.perf_counter()
    try:
        answer = _post(channel, endpoint, body, retry_key, started)
    except LineError as error:
        log_call(channel, "POST", PATHS[endpoint], ms_since(started), error)
        raise
    log_call(channel, "POST", PATHS[endpoint], answer.elapsed_ms, answer)
    return answer


def close() -> None:
    """Close every idle connection; the next call opens new ones."""
    with _lines_lock:
        for line in _lines.values():
            line.pool.close()
        _lines.clear()


def _post(
    channel: Channel, endpoint: Endpoint, body: bytes, retry_key: str | None, started: float
) -> Answer:
    line = _line(channel)
    try:
        response = line.pool.urlopen(
            "POST",
            line.prefix + PATHS[endpoint],
            body=body,
            headers=_headers(channel, retry_key),
            retries=False,
            redirect=False,
            preload_content=False,
        )
    except (HTTPError, OSError) as failure:
        raise from_failure(failure) from failure
    content = _content(response)
    if not (200 <= response.status <= 299 or response.status == 409):
        raise from_answer(response.status, response.headers, content)
    return Answer(
        status=response.status,
        request_id=response.headers.get("x-line-request-id"),
        body=_read(content),
        elapsed_ms=ms_since(started),
        conflict=response.status == 409,
        accepted_request_id=response.headers.get("x-line-accepted-request-id"),
    )


def _content(response: urllib3.BaseHTTPResponse) -> bytes:
    """Return the body; a torn one is empty, because the status alone says what LINE did."""
    try:
        return response.read()
    except (HTTPError, OSError):
        return b""


def _read(content: bytes) -> dict[str, Any]:
    body = parsed(content)
    if not body and content.strip() != b"{}":
        log.warning("LINE's answer is torn or no JSON", extra={"action": "line.unreadable"})
    return body


def _headers(channel: Channel, retry_key: str | None) -> dict[str, str]:
    headers = {
        "Authorization": f"Bearer {channel.access_token}",
        "Content-Type": "application/json",
        "User-Agent": "tsunagu",
    }
    if retry_key is not None:
        headers["X-Line-Retry-Key"] = retry_key
    return headers


@dataclass(frozen=True)
class _Line:
    """The open connections of one account, and the path that its base URL begins with."""

    api_base: str
    pool: urllib3.HTTPConnectionPool
    prefix: str


_lines: dict[int, _Line] = {}
_lines_lock = threading.Lock()


def _line(channel: Channel) -> _Line:
    line = _lines.get(channel.key)
    if line is not None and line.api_base == channel.api_base:
        return line
    with _lines_lock:
        line = _lines.get(channel.key)
        if line is None or line.api_base != channel.api_base:
            line = _lines[channel.key] = _open(channel.api_base)
        return line


def _open(api_base: str) -> _Line:
    pool = urllib3.connection_from_url(
        api_base,
        maxsize=_CONNECTIONS,
        block=False,
        retries=False,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    )
    prefix = (urllib3.util.parse_url(api_base).path or "").rstrip("/")
    return _Line(api_base, pool, prefix)
