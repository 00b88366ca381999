"""Somebody takes back what they sent: what we stored of it is removed, whatever came first."""

from app.handlers.chat import Chat
from app.handlers.router import router
from app.inbox import unsent


@router.event("unsend")
def unsend(chat: Chat) -> None:
    """Hide the message that is already there, in groups too."""
    if chat.message_id:
        unsent.hide(chat.account_id, chat.message_id)


@router.event("messageEdited")
def edited(chat: Chat) -> None:
    """An edit, which only groups have, says nothing new to us; it must not outlive its message."""
    is_unsent(chat)


def is_unsent(chat: Chat) -> bool:
    """Whether the message of this event was taken back; if so it is hidden."""
    if chat.message_id is None or not unsent.is_unsent(chat.account_id, chat.message_id):
        return False
    unsent.hide(chat.account_id, chat.message_id)
    return True
