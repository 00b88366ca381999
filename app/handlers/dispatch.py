"""Which of the bot's abilities answers an event. At most one does."""

import logging

from app import clock
from app.dialogs import machine
from app.handlers import coupons, keywords, reading, unsend
from app.handlers.catalogue import router
from app.handlers.chat import Chat, open_chat
from app.handlers.router import BadButton
from app.inbox.run import Incoming
from app.outbox import put as outbox

log = logging.getLogger(__name__)

_SNIPPET = """Nothing takes this event. A listener begins so:
@router.event(%r)
def noticed(chat: Chat) -> None:"""


def handle(incoming: Incoming) -> str:
    """Do what an event asks for, inside the open transaction; answers a word for the log.

    answered, noted (nothing to say), unsent (a message that was taken back), or ignored.
    """
    kind = reading.kind(incoming.event)
    if kind.startswith("message."):
        return _message(open_chat(incoming), kind)
    if kind == "postback":
        return _pressed(open_chat(incoming))
    if router.for_event(kind):
        return _happened(open_chat(incoming), kind)
    return _ignored(kind)


def _message(chat: Chat, kind: str) -> str:
    if unsend.is_unsent(chat):
        return "unsent"
    if chat.standby:
        return "ignored"
    if chat.text is not None:
        _hear(chat, chat.text)
        return _close(chat)
    # In a group nothing but a text can say that it is meant for us.
    return _happened(chat, kind) if chat.private else "ignored"


def _pressed(chat: Chat) -> str:
    if chat.standby:
        return "ignored"
    try:
        listener = router.for_button(reading.pressed(chat.event))
    except BadButton as problem:
        log.warning("button not read", extra={"action": "chat.bad_button", "fields": str(problem)})
        chat.say("keywords.fallback")
        return _close(chat)
    if listener is None:
        return _ignored("postback")
    listener(chat)
    return _close(chat)


def _happened(chat: Chat, kind: str) -> str:
    listener = router.for_event(kind)
    if listener is None:
        return _ignored(kind)
    listener(chat)
    return chat.close()


def _hear(chat: Chat, said: str) -> None:
    """Answer a text: our own words, the open dialog, a coupon's code, the account's keywords."""
    if listener := router.for_text(said, private=chat.person is not None):
        listener(chat)
    elif chat.talk and (heard := machine.hear(chat.talk, said)) is not None:
        chat.say_all(heard)
    elif not coupons.hear_code(chat, said):
        keywords.answer(chat, said)


def _close(chat: Chat) -> str:
    outcome = chat.close()
    if chat.person and not chat.person.known:
        # Once a day: LINE may not tell who a person is until they become a friend.
        today = clock.now().date().isoformat()
        outbox.fetch_profile(
            chat.recipient,
            dedupe=f"profile/{chat.account_id}/{chat.person.id}/{today}",
            cause=chat.cause,
            waited_for=False,
        )
    return outcome


def _ignored(kind: str) -> str:
    log.debug(_SNIPPET, kind, extra={"action": "chat.ignored"})
    return "ignored"
