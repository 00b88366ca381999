"""The lane of e-mail: claim and commit, hand over by SMTP, save what came of it."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from app import clock
from app.claims import MAX_TRIES, LeaseLost, backoff
from app.db import transaction
from app.errors import Unavailable
from app.faults import crash_point
from app.messages.mail import BadLetter, write
from app.outbox import mail_work as work
from app.outbox.mail import LANE
from app.outbox.mail_work import Item
from app.sender import smtp
from app.sender.envelope import BadEnvelope, From, envelope
from app.sender.office import Office
from app.sender.smtp import MailRefused
from app.vault import WrongKey

log = logging.getLogger(__name__)

_SLOTS = 8  # Mails under way at a time.
_LONGEST_WAIT = 4 * 3600.0

Values = dict[str, Any]


@dataclass(frozen=True)
class _Ready:
    """A mail that may go out."""

    item: Item
    mail: EmailMessage
    to: str


class Mailer:
    """The lane `mail`. Without an office nothing is sent, and the mails wait."""

    name = LANE

    def __init__(self, office: Office | None, *, zone: ZoneInfo) -> None:
        self._office = office
        self._zone = zone
        self._pool = ThreadPoolExecutor(_SLOTS, thread_name_prefix="mail")
        self._unsaved: list[tuple[Item, Values]] = []

    def run(self) -> int:
        """Send what is due; answers how many rows that moved."""
        self._save_all()
        if self._office is None or not work.waiting():
            return 0
        with transaction():
            items = work.take(_SLOTS)
        crash_point("mail.claimed")
        self._send_all(self._office, items)
        self._save_all()
        return len(items)

    def drain(self) -> None:
        """Send until nothing is due."""
        while self.run():
            pass

    def when_ready(self, wake: Callable[[], None]) -> None:
        """No mail is ever under way outside of `run`."""

    def close(self) -> None:
        """Save what could not be saved yet."""
        self._save_all()
        self._pool.shutdown(wait=False)

    def _send_all(self, office: Office, items: Sequence[Item]) -> None:
        ready = [one for one in (self._ready(office, item) for item in items) if one]
        sent = self._pool.map(lambda one: _sent(office, one), ready)
        for one, values in zip(ready, sent, strict=True):
            self._unsaved.append((one.item, values))
        crash_point("mail.sent_before_saved")

    def _ready(self, office: Office, item: Item) -> _Ready | None:
        """The mail of a row; None where it can or must not be sent, which is noted."""
        try:
            return self._written(office, item)
        except (BadLetter, BadEnvelope, WrongKey) as error:
            log.error("mail cannot be written", extra=_ids(item) | {"why": str(error)})
            outcome = str(error)[:300]
        except Unavailable:
            raise
        except Exception as error:  # A fault in one letter must not stop everybody's.
            log.exception("mail broke", extra=_ids(item))
            outcome = type(error).__name__
        self._unsaved.append((item, {"state": "failed", "outcome": outcome}))
        return None

    def _written(self, office: Office, item: Item) -> _Ready | None:
        if item.expires_at and item.expires_at <= clock.now():
            self._unsaved.append((item, {"state": "expired"}))
            return None
        if item.attempts > MAX_TRIES:
            self._unsaved.append((item, {"state": "dead", "outcome": "killed its worker"}))
            return None
        contents = work.opened(item)
        words = write(item.letter, contents.data, language=item.language, zone=self._zone)
        name = office.sender.name or str(contents.data.get("shop", ""))
        sender = From(office.sender.address, name)
        return _Ready(item, envelope(item, words, contents.address, sender), contents.address)

    def _save_all(self) -> None:
        """Save what became of mails; what cannot be saved now is kept for the next time."""
        while self._unsaved:
            item, values = self._unsaved[0]
            try:
                with transaction():
                    work.save(item, **values)
            except LeaseLost:
                # Whoever has the row by now decides what becomes of it.
                log.warning("lease lost", extra=_ids(item))
            self._unsaved.pop(0)


def _sent(office: Office, ready: _Ready) -> Values:
    """Hand one mail over; answers what its row becomes. Runs in a thread of the pool."""
    item = ready.item
    try:
        code = smtp.send(office.server, ready.mail, office.sender.address, ready.to)
    except MailRefused as refusal:
        return after_refusal(item.attempts, refusal)
    log.info("mail sent", extra=_ids(item))
    return {"state": "sent", "smtp_code": code, "outcome": None}


def after_refusal(attempts: int, refusal: MailRefused) -> Values:
    """What a row becomes after its n-th failed try: due again, failed, or dead after eight.

    The waits are 2, 8, 32 ... seconds and three hours in all, for a server that greylists wants
    minutes and one that is being mended wants hours.
    """
    told = {"smtp_code": refusal.code, "outcome": str(refusal)}
    if refusal.permanent:
        return told | {"state": "failed"}
    if attempts >= MAX_TRIES:
        return told | {"state": "dead"}
    wait = backoff(2 * attempts, longest=_LONGEST_WAIT)
    return told | {"state": "pending", "due_at": clock.now() + wait}


def _ids(item: Item) -> dict[str, Any]:
    return {
        "action": "mail.send",
        "mail_id": item.id,
        "letter": item.letter,
        "attempts": item.attempts,
    }
