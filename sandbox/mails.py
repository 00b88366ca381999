"""The mailbox of this machine: every e-mail that the SMTP server has taken, whoever it is for."""

from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sandbox.persistence import Shelf, Store

# Enough for a day of trying things out; older ones are forgotten.
_MOST = 1000


@dataclass
class Mail:
    """One e-mail to one address. `n` grows with every mail; `headers` are as they came."""

    n: int
    at: int
    to: str
    sender: str
    subject: str
    text: str
    message_id: str
    headers: list[tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        """The mail as the control API and the phone show it."""
        return asdict(self)


class Mails:
    """The mails, oldest first. The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self._mails: Shelf[int, Mail] = Shelf(store, "mail", Mail, lambda mail: mail.n)
        self._last = max(self._mails, default=0)

    def add(self, to: str, content: bytes, now: int) -> Mail:
        """Keep a mail as SMTP brought it."""
        self._last += 1
        mail = self._mails.put(_read(self._last, to, content, now))
        while len(self._mails) > _MOST:
            self._mails.drop(next(iter(self._mails)))
        return mail

    def listed(self, to: str | None = None, since: int = 0) -> list[Mail]:
        """The mails to this address, or to everybody, with n > since."""
        found = (mail for mail in self._mails.values() if mail.n > since)
        return [mail for mail in found if to is None or mail.to.casefold() == to.casefold()]

    def empty(self) -> None:
        """Forget all mails; their numbers go on."""
        for n in list(self._mails):
            self._mails.drop(n)

    def clear(self) -> None:
        """As `empty`, for a reset, which forgets the file as a whole."""
        self._mails.clear()


def _read(n: int, to: str, content: bytes, now: int) -> Mail:
    parsed: EmailMessage = message_from_bytes(content, policy=policy.default)
    return Mail(
        n=n,
        at=now,
        to=to,
        sender=str(parsed.get("From", "")),
        subject=str(parsed.get("Subject", "")),
        text=_text(parsed),
        message_id=str(parsed.get("Message-ID", "")),
        headers=[(name, str(value)) for name, value in parsed.items()],
    )


def _text(parsed: EmailMessage) -> str:
    body = parsed.get_body(("plain", "html"))
    try:
        return "\n".join(str(body.get_content()).splitlines()) if body else ""
    except LookupError:  # A character set nobody knows.
        return ""
