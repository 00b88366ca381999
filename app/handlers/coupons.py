"""Coupons in the talk: the word クーポン, and codes typed after it or alone."""

from flask import current_app

from app.domain.accounts import queries as accounts
from app.domain.coupons import linking, queries, typed
from app.domain.coupons.errors import CouponOver, OutOfStock, OverLimit, TooManyGuesses, WrongCode
from app.domain.links import queries as links
from app.handlers.chat import Chat
from app.handlers.router import router
from app.messages.coupons import COUPON_WORDS

_MINUTE = 60


@router.text(*COUPON_WORDS, private=True)
def show(chat: Chat) -> None:
    """Say how many coupons can be used, and lead to the wallet."""
    member_id = _member(chat)
    if member_id is None:
        chat.say("coupons.link_first")
        return
    liff_id = accounts.front_of(chat.account_id).liff_id
    url = f"{current_app.config['LIFF_BASE']}/{liff_id}/coupons" if liff_id else None
    chat.say("coupons.wallet", count=queries.count_usable(member_id), url=url)


@router.prefix(*COUPON_WORDS)
def typed_code(chat: Chat, code: str) -> None:
    """Give the coupon whose code follows the word."""
    _redeem(chat, code)


def hear_code(chat: Chat, said: str) -> bool:
    """Give the coupon whose code is all that was said; answers whether it was one."""
    if chat.person is None or not typed.is_bare_code(chat.person.id, said):
        return False
    _redeem(chat, said)
    return True


def _redeem(chat: Chat, code: str) -> None:
    member_id = _member(chat)
    if chat.person is None or member_id is None:
        chat.say("coupons.link_first")
        return
    try:
        grant_id = typed.redeem(chat.person.id, member_id, code, cause=chat.cause)
    except TooManyGuesses as refused:
        minutes = -(-refused.retry_after // _MINUTE)
        chat.say("coupons.refused", why=refused.code, minutes=minutes)
    except (WrongCode, CouponOver, OutOfStock, OverLimit) as refused:
        chat.say("coupons.refused", why=refused.code)
    else:
        card = queries.card(grant_id, member_id)
        chat.say("coupons.granted", coupons=[linking.shown(card)])


def _member(chat: Chat) -> int | None:
    return links.member_of(chat.person.id) if chat.person else None
