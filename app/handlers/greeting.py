"""Somebody becomes a friend, comes back, or blocks the account."""

from app.domain.menus import service as menus
from app.domain.people import service as people
from app.facts.record import record
from app.handlers import reading
from app.handlers.chat import Chat
from app.handlers.router import router
from app.outbox import put as outbox


@router.event("follow")
def followed(chat: Chat) -> None:
    """Greet, by name where LINE tells it in time."""
    # LINE: true after an unblock, false for a new friend; not guaranteed to be accurate.
    returned = reading.part(chat.event, "follow").get("isUnblocked") is True
    if chat.sighting and chat.person:
        _note(chat, "friend.returned" if returned else "friend.added", chat.person.id)
        if not people.follow(chat.sighting, chat.person.id):
            return  # They have blocked us since; this event came late.
        menus.touch_friend(chat.account_id, chat.person.id)
        outbox.fetch_profile(
            chat.recipient,
            dedupe=f"{chat.cause}/profile",
            cause=chat.cause,
            waited_for=not chat.person.known,
        )
    chat.say("greeting.welcome_back" if returned else "greeting.hello")


@router.event("unfollow")
def blocked(chat: Chat) -> None:
    """Note it. What is still queued for them stays: LINE takes it and does not deliver."""
    if chat.sighting and chat.person:
        _note(chat, "friend.blocked", chat.person.id)
        people.unfollow(chat.sighting, chat.person.id)


def _note(chat: Chat, kind: str, person_id: int) -> None:
    record(kind, cause=chat.cause, account_id=chat.account_id, person_id=person_id, at=chat.at)
