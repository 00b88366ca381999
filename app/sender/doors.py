"""After LINE has given a link token: lead the person to the login of the member site."""

from urllib.parse import urlencode

from flask import current_app

from app.config import Settings
from app.domain.accounts import queries as accounts
from app.domain.links import proofs
from app.domain.links.asker import Asker
from app.domain.people import queries as people
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient, ReplyToken
from app.outbox.work import Item


def show(item: Item, link_token: str) -> None:
    """In the open transaction: keep LINE's token in a session of ours, say where it leads."""
    if item.person_id is None:
        return
    front = accounts.front_of(item.account_id)
    user_id = people.profile(item.person_id).user_id
    asker = Asker(item.person_id, user_id, front.account_id, front.provider_id)
    query = urlencode({"account": front.slug, "session": proofs.begin_login(asker, link_token)})
    settings: Settings = current_app.extensions["settings"]
    outbox.say(
        [Notice("links.offer", {"url": f"{settings.base_url}/login/member?{query}"})],
        Recipient(item.account_id, item.recipient, item.person_id),
        dedupe=f"door/{item.id}",
        reply=_reply(item),
    )


def _reply(item: Item) -> ReplyToken | None:
    if item.reply_token is None or item.reply_until is None:
        return None
    return ReplyToken(item.reply_token, item.reply_until)
