"""Answers that staff wrote for keywords, after everything else had its chance."""

from app import clock
from app.dialogs import machine
from app.domain.keywords import queries, service
from app.handlers.chat import Chat


def answer(chat: Chat, said: str) -> None:
    """Answer by the account's rules; an open dialog asks again rather than let a fallback speak."""
    person_id = chat.person.id if chat.person else None
    now, zone = clock.now(), clock.zone()
    found = queries.answer_for(chat.account_id, said, person_id, now, zone)
    unknown = found is None or found.fallback
    if unknown and chat.talk and (again := machine.insist(chat.talk, said)):
        chat.say_all(again)
    elif found is None:
        chat.say("keywords.fallback")
    elif found.blocks is not None:
        chat.say("keywords.answer", blocks=found.blocks)
        service.note_answered(found, person_id, now)
