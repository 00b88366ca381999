"""What a listener gets: one event of one talk, and the way to answer it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.dialogs import machine
from app.dialogs.steps import Answers, Dialog, Talk
from app.domain.accounts import queries as accounts
from app.domain.people import service as people
from app.domain.people.service import Person, Sighting
from app.faults import crash_point
from app.handlers import reading
from app.handlers.reading import Json
from app.i18n import language_of
from app.inbox.run import Incoming
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient, ReplyToken

# LINE: a reply token lives one minute after the webhook came, at most 20 after the event.
_AFTER_ARRIVAL = timedelta(seconds=50)
_AFTER_EVENT = timedelta(minutes=20)
_MOST_NOTICES = 5  # LINE: one call carries at most five messages.


@dataclass
class Chat:
    """One event. `person` is None in groups, and where LINE does not tell who it is.

    `standby`: another module of the account holds the talk, and nothing may be said.
    """

    account_id: int
    event_id: str
    at_ms: int
    event: Json
    message_id: str | None
    private: bool
    recipient: Recipient
    reply: ReplyToken | None
    standby: bool
    sighting: Sighting | None
    person: Person | None
    text: str | None
    _said: list[Notice] = field(default_factory=list)

    @property
    def cause(self) -> str:
        """Names this event as the cause of what it brings about."""
        return f"line/{self.account_id}/{self.event_id}"

    @property
    def at(self) -> datetime:
        """When it happened, as LINE says."""
        return clock.from_ms(self.at_ms)

    @property
    def talk(self) -> Talk | None:
        """Whose dialog this can be part of; None where nobody is known."""
        if self.person is None:
            return None
        language = language_of(self.person.language)
        return Talk(self.account_id, self.person.id, language, self.cause)

    def say(self, notice: str, **data: Any) -> None:
        """Answer with a notice; what one event says is one call to LINE."""
        self.say_all([Notice(notice, data)])

    def say_all(self, notices: list[Notice]) -> None:
        """Answer with notices; raises ValueError beyond five."""
        self._said += notices
        if len(self._said) > _MOST_NOTICES:
            raise ValueError(f"an answer has at most {_MOST_NOTICES} notices")

    def begin(self, dialog: Dialog, given: Answers | None = None) -> None:
        """Ask the dialog's first question, or the first that these answers leave open.

        Raises ValueError where nobody is known.
        """
        if self.talk is None:
            raise ValueError("a dialog needs a person")
        self.say_all(machine.start(self.talk, dialog, given))

    def close(self) -> str:
        """Queue what was said, as one answer; answers a word for the log."""
        if self.standby or not self._said or not (self.reply or self.recipient.line_id):
            return "noted"
        crash_point("effect.after_first_of_many")
        outbox.say(
            self._said,
            self.recipient,
            dedupe=f"{self.cause}/answer",
            cause=self.cause,
            reply=self.reply,
        )
        return "answered"


def open_chat(incoming: Incoming) -> Chat:
    """The event as listeners get it. Whoever acts in a talk with us is remembered as seen."""
    event = incoming.event
    place = reading.place(event)
    sighting = _sighting(incoming) if place.private and place.line_id else None
    person = people.seen(sighting) if sighting else None
    return Chat(
        account_id=incoming.account_id,
        event_id=incoming.event_id,
        at_ms=incoming.occurred_ms,
        event=event,
        message_id=incoming.message_id,
        private=place.private,
        recipient=Recipient(incoming.account_id, place.line_id, person.id if person else None),
        reply=_reply(incoming),
        standby=event.get("mode") == "standby",
        sighting=sighting,
        person=person,
        text=reading.text(event),
    )


def _sighting(incoming: Incoming) -> Sighting:
    return Sighting(
        accounts.provider_of(incoming.account_id),
        incoming.account_id,
        reading.place(incoming.event).line_id or "",
        incoming.occurred_ms,
        incoming.event_id,
    )


def _reply(incoming: Incoming) -> ReplyToken | None:
    token = reading.word(incoming.event.get("replyToken"), 100)
    if token is None:
        return None
    event_at = clock.from_ms(incoming.occurred_ms)
    return ReplyToken(token, min(incoming.received_at + _AFTER_ARRIVAL, event_at + _AFTER_EVENT))
