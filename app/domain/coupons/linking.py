"""What linking gives: coupons and a gift code, to each member once for ever.

However often a member unlinks and links again, and by however many LINE accounts: what was given is
known by the member, not by the link.
"""

from contextlib import suppress
from datetime import timedelta

from app.db import transaction
from app.domain.coupons import gifts, queries, service
from app.domain.coupons.errors import CouponOver, OutOfStock, OverLimit
from app.outbox import put as outbox
from app.outbox.put import Notice, Recipient

_INSTANT = timedelta(microseconds=1)
_MOST = 5  # LINE: one call carries at most five messages; the wallet shows everything.


def give(member_id: int, to: Recipient, *, link_id: int) -> None:
    """Give a member what linking gives, and tell them in the talk, in the caller's transaction."""
    with transaction():
        notices = [*_coupons(member_id), *_gifts(member_id)]
        if notices:
            cause = f"link/{link_id}"
            outbox.say(notices[:_MOST], to, dedupe=f"{cause}/coupons", cause=cause)


def _coupons(member_id: int) -> list[Notice]:
    before = queries.held(member_id)
    granted = []
    for code in queries.on_link():
        # That a coupon is gone is no reason to say so: nobody was promised one.
        with suppress(CouponOver, OutOfStock, OverLimit):
            granted.append(service.issue(code, member_id, cause=f"on_link/{code}/{member_id}"))
    new = [queries.card(grant_id, member_id) for grant_id in granted if grant_id not in before]
    return [Notice("coupons.granted", {"coupons": [shown(card) for card in new]})] if new else []


def _gifts(member_id: int) -> list[Notice]:
    notices = []
    for pool in queries.pools():
        if pool.on_link and pool.active:
            notices += _gift(pool, member_id)
    return notices


def _gift(pool: queries.Pool, member_id: int) -> list[Notice]:
    try:
        given = gifts.take(pool.id, member_id)
    except OutOfStock:
        gifts.note_empty(pool.id)
        return [Notice("gifts.none", {"title": pool.title})]
    return [Notice("gifts.granted", {"title": pool.title})] if given else []


def shown(card: queries.CouponCard) -> dict[str, object]:
    """A coupon as the notice coupons.granted reads it; `until` is its last moment, in ISO 8601."""
    until = (card.until - _INSTANT).isoformat() if card.until else None
    return {"title": card.title, "picture": card.picture, "until": until}
