"""Linking from the talk: the words 連携 and 連携解除, and LINE's accountLink event."""

from contextlib import suppress

from flask import current_app

from app.domain.accounts import queries as accounts
from app.domain.links import proofs, queries, service
from app.domain.links.asker import Asker
from app.domain.links.errors import AlreadyLinked, LinkedElsewhere, NotLinked, SessionOver
from app.handlers import reading
from app.handlers.chat import Chat
from app.handlers.router import router
from app.messages.links import LINK_WORDS, UNLINK, UNLINK_WORDS
from app.outbox import put as outbox


@router.text(*LINK_WORDS, private=True)
def offer(chat: Chat) -> None:
    """Lead to the page, or to the login of the member site where there is no LIFF app."""
    if chat.person is None:
        return
    url = page(chat.account_id)
    if queries.member_of(chat.person.id) is not None:
        chat.say("links.already", url=page(chat.account_id, "profile"))
    elif url:
        chat.say("links.offer", url=f"{url}/link")
    elif queries.any_passwords():
        door = f"{chat.cause}/door"
        outbox.fetch_link_token(chat.recipient, dedupe=door, cause=chat.cause, reply=chat.reply)
    else:
        chat.say("links.no_door")


@router.text(*UNLINK_WORDS, private=True)
def ask(chat: Chat) -> None:
    """Ask before ending the link."""
    linked = chat.person and queries.member_of(chat.person.id) is not None
    chat.say("links.ask_unlink" if linked else "links.not_linked")


@router.postback(UNLINK)
def end(chat: Chat) -> None:
    """End the link. LINE's own permission can only be taken back on the page, or in LINE itself."""
    if chat.person is None:
        return
    try:
        service.unlink(chat.person.id)
    except NotLinked:
        chat.say("links.not_linked")


@router.event("accountLink")
def confirmed(chat: Chat) -> None:
    """LINE says whether the person who got the link token opened the page we sent on."""
    said = reading.part(chat.event, "link")
    nonce = reading.word(said.get("nonce"), 255) or ""
    if said.get("result") != "ok":
        with suppress(SessionOver):
            proofs.refuse(nonce)
        return
    if chat.person is None or chat.sighting is None:
        return
    at = chat.sighting
    try:
        proofs.redeem(Asker(chat.person.id, at.user_id, at.account_id, at.provider_id), nonce)
    except LinkedElsewhere:
        chat.say("links.elsewhere")
    except AlreadyLinked:
        chat.say("links.already", url=None)
    except SessionOver:
        chat.say("links.failed")


def page(account_id: int, name: str = "") -> str | None:
    """The address of one of the account's LIFF pages, None where it has no LIFF app."""
    liff_id = accounts.front_of(account_id).liff_id
    home = f"{current_app.config['LIFF_BASE']}/{liff_id}"
    return (f"{home}/{name}" if name else home) if liff_id else None
