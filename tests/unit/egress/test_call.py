"""The call goes to the address that was judged, ends in time, and follows nobody."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from app.egress import call
from app.egress.address import Target, target
from app.egress.call import CallFailed, Refused, post
from tests.support.receiver import Receiver, receiver
from tests.support.tls import self_signed

PUBLIC = "203.104.209.7"


@pytest.fixture
def till() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Name -> the addresses that it stands for in this test, one answer after the other."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def looked_up(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if host not in known:
            return real(host, port, *rest, **more)
        found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found.split()]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return known


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does this with each connection, until the test ends; answers its port."""

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with closing(connection), suppress(OSError):
                    serve(connection)

    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def tls_server(file: Path) -> AbstractContextManager[int]:
    """Answers 204 to each call, with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as talk:
            talk.recv(4096)
            talk.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    return listening(serve)


def dripping(begins: bytes) -> AbstractContextManager[int]:
    """Sends this, then byte after byte for an hour."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(begins)
        for _ in range(36_000):
            time.sleep(0.1)
            connection.sendall(b"H")

    return listening(serve)


def local(url: str) -> Target:
    return target(url, local=True)


def test_a_call_is_made_and_its_redirect_not_followed(till: Receiver) -> None:
    with receiver() as elsewhere:
        till.fails(307, location=elsewhere.url)
        answer = post(local(f"{till.url}/x?y=1"), b"{}", {"webhook-id": "1"}, seconds=5)
        assert (answer.status, elsewhere.calls) == (307, [])
    (came,) = till.calls
    assert (came.path, came.body, came.headers["webhook-id"]) == ("/x?y=1", b"{}", "1")
    assert came.headers["host"] == till.url.removeprefix("http://")


@pytest.mark.parametrize(
    "stands_for",
    ["127.0.0.1", "10.0.0.5", "169.254.169.254", f"{PUBLIC} 127.0.0.1", f"127.0.0.1 {PUBLIC}"],
)
def test_a_name_that_leads_into_our_network_is_not_called(
    names: dict[str, list[str]], stands_for: str
) -> None:
    names["pos.example"] = [stands_for]
    with pytest.raises(Refused):
        post(target("https://pos.example:8443/"), b"", {}, seconds=5)


def test_a_name_that_changes_its_mind_is_asked_once(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when it is judged, this machine when it is called."""
    names["pos.example"] = [PUBLIC, "127.0.0.1"]
    called: list[str] = []

    def connected(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        called.append(address[0])
        raise OSError

    monkeypatch.setattr("urllib3.util.connection.create_connection", connected)
    with pytest.raises(CallFailed):
        post(target("https://pos.example/"), b"", {}, seconds=5)
    assert called == [PUBLIC]


def test_nobody_there_and_no_such_name(names: dict[str, list[str]]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CallFailed):
        post(local(f"http://127.0.0.1:{port}/"), b"", {}, seconds=5)
    with pytest.raises(CallFailed, match="no such host"):
        post(target("https://nobody.invalid/"), b"", {}, seconds=5)


def test_certificates_are_for_the_name_though_the_call_goes_to_an_address(
    tmp_path: Path, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "may_call", lambda *_: True)
    names["pos.example"] = names["other.example"] = ["127.0.0.1"]
    file = self_signed(tmp_path, "pos.example")
    trust = ssl.create_default_context(cafile=str(file))
    with tls_server(file) as port:
        answer = post(target(f"https://pos.example:{port}/"), b"", {}, seconds=5, trust=trust)
        assert answer.status == 204
        for name, trusts in (("other", trust), ("pos", None)):
            with pytest.raises(CallFailed):
                post(target(f"https://{name}.example:{port}/"), b"", {}, seconds=5, trust=trusts)


@pytest.mark.parametrize(
    ("scheme", "begins"), [("http", b"HTTP/1.1 2"), ("https", b"\x16\x03\x03\x40\x00")]
)
def test_who_sends_byte_after_byte_is_cut_off(scheme: str, begins: bytes) -> None:
    """Of the first line, or of the handshake. Each byte comes in time; the whole never would."""
    with dripping(begins) as port:
        started = time.monotonic()
        with pytest.raises(CallFailed):
            post(local(f"{scheme}://127.0.0.1:{port}/"), b"", {}, seconds=1)
        assert time.monotonic() - started < 10  # It would take an hour.


def test_a_body_without_end_does_not_matter() -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n") as port:
        assert post(local(f"http://127.0.0.1:{port}/"), b"", {}, seconds=1).status == 200
