"""The lane of e-mail beside a mail server of the sandbox's, moved by the test alone."""

from datetime import datetime
from typing import Any

from flask import Flask
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from app import clock
from app.db import db
from app.outbox.mail import Letter, send_mail
from app.outbox.models import MailItem
from sandbox.faults import MAIL
from sandbox.mails import Mail
from sandbox.smtp import MailServer
from sandbox.world import World

FROM = "shop@komorebi.example"
TO = "hanako@example.jp"
CODE = "204816"
LETTER = Letter("mail.link_code", {"code": CODE, "minutes": 10, "shop": "こもれび珈琲"})


class PostOffice:
    """An app that sends its mails to the mail server of a world; `time` is frozen for the app."""

    def __init__(
        self, app: Flask, world: World, server: MailServer, time: FrozenDateTimeFactory
    ) -> None:
        self.app = app
        self.world = world
        self.server = server
        self.time = time
        self._written = 0

    def write(
        self,
        letter: Letter = LETTER,
        to: str = TO,
        *,
        language: str | None = None,
        until: datetime | None = None,
    ) -> int:
        """Queue a mail; answers the row's id."""
        self._written += 1
        dedupe = f"test/{self._written}"
        assert send_mail(letter, to, language=language, dedupe=dedupe, until=until)
        return db.session.scalars(select(MailItem.id).filter_by(dedupe=dedupe)).one()

    def send(self, *, after: float = 0.0) -> None:
        """Let time pass, then send all that is due."""
        self.time.tick(after)
        self.app.extensions["lanes"]["mail"].drain()

    def row(self, mail_id: int) -> MailItem:
        """A row as it stands now."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(MailItem, mail_id)

    def settle(self, mail_id: int) -> MailItem:
        """Send until the row has ended, at most eight times; answers it."""
        for _ in range(8):
            self.send(after=max((self.row(mail_id).due_at - clock.now()).total_seconds(), 0))
            if (row := self.row(mail_id)).finished_at:
                return row
        raise AssertionError(f"still {self.row(mail_id).state}")

    def mails(self) -> list[Mail]:
        """What the mail server has taken."""
        return self.world.mails.listed()

    def goes_wrong(self, kind: str, **more: Any) -> None:
        """Program a fault of the mail server's, as sandbox/smtp.py has them."""
        self.world.faults.add(endpoint=MAIL, kind=kind, **more)

    def goes_away(self) -> None:
        """Nothing answers at the mail server's port."""
        self.server.close()

    def is_back(self) -> None:
        """The mail server answers again."""
        self.server = MailServer(self.world, "127.0.0.1", self.server.port)
