"""SMTP as real mail servers want it: encrypted from the start or later, with a login."""

import ssl
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509

from app.sender.smtp import MailRefused, Server, send
from tests.support.ports import free_port
from tests.support.tls import self_signed

FROM, TO, USER, PASSWORD = "shop@example.jp", "a@example.jp", "shop", "open sesame"
HOST = "127.0.0.1"
Opens = Callable[..., int]


class Box:
    """Takes every mail."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, signed by itself, and its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    return self_signed(folder, x509.IPAddress(ip_address(HOST)))


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def opened(box: Box) -> Iterator[Opens]:
    """Opens a mail server, with aiosmtpd's options; answers its port."""
    controllers: list[Controller] = []

    def open_server(**options: Any) -> int:
        controllers.append(Controller(box, hostname=HOST, port=free_port(), **options))
        controllers[-1].start()
        return controllers[-1].port

    yield open_server
    for controller in controllers:
        controller.stop()


def login(
    _server: Any, _session: Any, _envelope: Any, _how: Any, given: LoginPassword
) -> AuthResult:
    right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def _server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def mail() -> EmailMessage:
    made = EmailMessage(policy.SMTP)
    made["To"] = TO
    made.set_content("本文\n")
    return made


def server(port: int, security: Any, trusted: Path | None = None, **login: str) -> Server:
    tls = ssl.create_default_context(cafile=trusted) if trusted else None
    return Server(HOST, port, security, tls=tls, **login)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_encrypted_server_with_a_login(
    opened: Opens, box: Box, certificate: Path, security: str
) -> None:
    context = _server_side(certificate)
    encrypted: dict[str, Any] = (
        {"ssl_context": context, "auth_require_tls": False}
        if security == "tls"
        else {"tls_context": context, "require_starttls": True}
    )
    port = opened(authenticator=login, **encrypted)
    talk = server(port, security, certificate, user=USER, password=PASSWORD)
    assert send(talk, mail(), FROM, TO) == 250
    assert [envelope.rcpt_tos for envelope in box.taken] == [[TO]]
    wrong = server(port, security, certificate, user=USER, password="wrong")
    with pytest.raises(MailRefused) as refused:
        send(wrong, mail(), FROM, TO)
    assert (refused.value.code, refused.value.permanent) == (535, False)
    assert PASSWORD not in repr(talk)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_knows_is_not_believed(
    opened: Opens, box: Box, certificate: Path, security: str
) -> None:
    context = _server_side(certificate)
    how = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    port = opened(**how)
    with pytest.raises(MailRefused, match="SSLCertVerificationError"):
        send(server(port, security), mail(), FROM, TO)
    assert box.taken == []


def test_a_server_that_cannot_encrypt_gets_nothing(opened: Opens, box: Box) -> None:
    with pytest.raises(MailRefused, match="SMTPNotSupportedError"):
        send(server(opened(), "starttls"), mail(), FROM, TO)
    assert box.taken == []


def test_lines_that_begin_with_a_dot_arrive_as_they_are(opened: Opens, box: Box) -> None:
    dotted = EmailMessage(policy.SMTP)
    dotted.set_content(".\n..\nend\n")
    send(server(opened(), "none"), dotted, FROM, TO)
    assert b"\r\n.\r\n..\r\nend\r\n" in bytes(box.taken[0].content or b"")
