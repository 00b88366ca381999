"""The only module that speaks SMTP: one mail, one connection, ten seconds for all of it."""

import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache
from typing import Any, Literal

_PATIENCE = 10.0  # Seconds from the connection to the last answer.
_LEAST = 0.1  # What an answer is given that comes when that time is almost over.
# RFC 3463: what kind of trouble it is, at the head of the server's words.
_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")


@dataclass(frozen=True)
class Server:
    """The shop's mail server. `tls`: which certificates to trust, by default the machine's."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None


class MailRefused(Exception):
    """The mail was not taken. `permanent`: the server will never take it. The text is for logs."""

    def __init__(self, reason: str, code: int | None = None, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.code = code
        self.permanent = permanent


class _Talk(smtplib.SMTP):
    """A connection whose every answer has to come before one deadline."""

    def __init__(self, **where: Any) -> None:
        self._deadline = time.monotonic() + _PATIENCE
        super().__init__(**where, timeout=_PATIENCE)

    def getreply(self) -> tuple[int, bytes]:
        """Called for each answer of the server."""
        if self.sock:
            self.sock.settimeout(max(self._deadline - time.monotonic(), _LEAST))
        return super().getreply()


class _TlsTalk(_Talk, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""


def send(server: Server, mail: EmailMessage, sender: str, to: str) -> int:
    """Hand a mail over; answers the server's code. Raises MailRefused.

    From the answer to its data on the mail is the server's, whatever becomes of the connection.
    """
    try:
        with _connected(server, sender.rpartition("@")[2]) as talk:
            return _handed_over(talk, mail, sender, to)
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error, of_mail=True) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise MailRefused(type(error).__name__) from None


@contextmanager
def _connected(server: Server, domain: str) -> Iterator[_Talk]:
    """A talk that may send, greeted, encrypted and logged in as the settings say."""
    where = {"host": server.host, "port": server.port, "local_hostname": domain}
    trust = None if server.security == "none" else server.tls or _usual_trust()
    talk = _TlsTalk(**where, context=trust) if server.security == "tls" else _Talk(**where)
    try:
        if server.security == "starttls":
            talk.starttls(context=trust)
        if server.user:
            talk.login(server.user, server.password or "")
        talk.ehlo_or_helo_if_needed()
        yield talk
    finally:
        with suppress(smtplib.SMTPException, OSError):
            talk.quit()


@cache
def _usual_trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # Reads all the machine's certificates, so only once.


def _handed_over(talk: _Talk, mail: EmailMessage, sender: str, to: str) -> int:
    code, words = talk.mail(sender)
    if code != 250:
        raise _refused(code, words)
    code, words = talk.rcpt(to)
    if code not in (250, 251):
        raise _refused(code, words, of_mail=True)
    code, words = talk.data(bytes(mail))
    if code != 250:
        raise _refused(code, words, of_mail=True)
    return code


def _refused(code: int, words: bytes | str, *, of_mail: bool = False) -> MailRefused:
    """`of_mail`: it is this mail or its address, and not our login or sender, that is refused."""
    told = words if isinstance(words, bytes) else words.encode()
    enhanced = _ENHANCED.match(told)
    reason = f"{code} {enhanced[1].decode()}" if enhanced else str(code)
    return MailRefused(reason, code, permanent=of_mail and 500 <= code < 600)
