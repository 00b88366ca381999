"""The one call to the shop's own systems: resolved once, judged, and made to that very address."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from ipaddress import ip_address
from typing import Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from app.egress.address import Address, Target, may_call

ANSWER_BYTES: Final = 65_536
"""So much of an answer is read at most."""


class CallFailed(Exception):
    """No whole answer came. The text is for logs and holds nothing of the address."""


class Refused(CallFailed):
    """The name stands for an address that we do not call."""


@dataclass(frozen=True)
class Answer:
    """What came back; of the body nothing is kept. `retry_after`: the header, where it came."""

    status: int
    retry_after: str | None


def post(
    where: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Post a body and answer what came, within `seconds` from here; raises CallFailed.

    A redirect is an answer like any other: following it would lead around the judgement. Of the
    body little is read and nothing kept. `trust`: which certificates, by default the machine's.
    """
    deadline = time.monotonic() + seconds
    address = _resolved(where)
    # Half the time to connect, so that there is a line to cut when all of it is over.
    connection = _connection(where, address, seconds / 2, trust)
    try:
        with _cut_off(connection, deadline - time.monotonic()):
            connection.request("POST", where.path, body=body, headers=_whole(where, headers))
            answer = connection.getresponse()
            _read(answer)
            return Answer(answer.status, answer.headers.get("retry-after"))
    except (HTTPError, HTTPException, OSError, ValueError) as failure:
        raise CallFailed(type(failure).__name__) from None
    finally:
        connection.close()
        connection.release()


def _resolved(where: Target) -> Address:
    """The address to call. All that the name stands for must be fit, or none is."""
    try:
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CallFailed("no such host") from None
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses or not all(may_call(where, address) for address in addresses):
        raise Refused("not a public address")
    return addresses[0]


class _Held:
    """A connection that can be ended from another thread, in the midst of a TLS handshake too."""

    line: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        self.line = made.dup()
        return made

    def cut(self) -> None:
        """End it now."""
        with suppress(OSError):
            if self.line is not None:
                self.line.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Give the line back, when nobody needs to cut it any more.

        Not in `close`, which is called as soon as the headers are there.
        """
        if self.line is not None:
            self.line.close()


class _Open(_Held, HTTPConnection):
    pass


class _Encrypted(_Held, HTTPSConnection):
    pass


def _connection(
    where: Target, address: Address, seconds: float, trust: ssl.SSLContext | None
) -> _Open | _Encrypted:
    host, port = str(address), where.port
    if where.scheme == "http":
        return _Open(host, port, timeout=seconds)
    # The certificate is for the name, though the call goes to the address that was judged.
    context = trust or _usual_trust()
    name = where.host
    return _Encrypted(
        host, port, timeout=seconds, ssl_context=context, server_hostname=name, assert_hostname=name
    )


def _whole(where: Target, headers: Mapping[str, str]) -> dict[str, str]:
    return {"Host": where.netloc, "User-Agent": "tsunagu", "Connection": "close", **headers}


def _read(answer: BaseHTTPResponse) -> None:
    """Let the other side finish, so that it does not take its own success for a failure.

    What is torn or too long does not matter: the status has said it all.
    """
    with suppress(HTTPError, HTTPException, OSError):
        answer.read(ANSWER_BYTES, decode_content=False)


@contextmanager
def _cut_off(connection: _Held, seconds: float) -> Iterator[None]:
    """End the call after so many seconds, though a byte may come just before each time-out."""
    timer = threading.Timer(max(seconds, 0.01), connection.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@cache
def _usual_trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # Reads all the machine's certificates, so only once.
