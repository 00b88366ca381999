"""Note an e-mail we mean to send. The lane `mail` sends it after the commit."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.db import db, insert_once, transaction, wake_after_commit
from app.i18n import language_of
from app.outbox.models import MailItem

LANE = "mail"
_RESEALED_AT_ONCE = 50  # Keeps each write transaction short.


@dataclass(frozen=True)
class Letter:
    """What to write, by name; app/messages/mail.py has the words and says what data they need."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)


def send_mail(
    letter: Letter, to: str, *, language: str | None, dedupe: str, until: datetime | None = None
) -> bool:
    """Queue one e-mail to the address `to`, in the transaction of what causes it.

    `language`: a BCP 47 tag, None for Japanese. `dedupe` names the intention: the same one queued
    again does nothing and answers False. After `until` the mail is not sent any more.
    """
    with transaction():
        now = clock.now()
        added = insert_once(
            MailItem,
            letter=letter.name,
            language=language_of(language),
            address=to,
            data=orjson.dumps(letter.data).decode(),
            dedupe=dedupe,
            mark=uuid.uuid4().hex,
            expires_at=until,
            state="pending",
            attempts=0,
            fence=0,
            due_at=now,
            created_at=now,
        )
        if added:
            wake_after_commit(LANE)
        return added


def reseal() -> int:
    """Seal the mails that wait with the newest key; answers how many."""
    last = total = 0
    while done := _resealed_after(last):
        last = done[-1]
        total += len(done)
    return total


def _resealed_after(last: int) -> list[int]:
    with transaction():
        waiting = select(MailItem).where(MailItem.id > last, MailItem.finished_at.is_(None))
        # A mail that ends meanwhile must not get its contents back.
        some = waiting.order_by(MailItem.id).limit(_RESEALED_AT_ONCE).with_for_update()
        items = db.session.scalars(some).all()
        for item in items:
            flag_modified(item, "address")
            flag_modified(item, "data")
        return [item.id for item in items]
