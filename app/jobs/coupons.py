"""What the clock does about coupons: those for birthdays."""

from contextlib import suppress

from app.db import transaction
from app.domain.coupons import linking, queries, service
from app.domain.coupons.errors import CouponOver, OutOfStock, OverLimit
from app.domain.links import queries as links
from app.jobs import birthdays
from app.outbox import put as outbox
from app.outbox.put import Notice


def congratulate() -> int:
    """Give the birthday's coupons, each once a year; answers how many were given."""
    codes = queries.on_birthday()
    if not codes:
        return 0
    given = 0
    for member_id, day in birthdays.recent():
        given += sum(_give(code, member_id, day.year) for code in codes)
    return given


def _give(code: str, member_id: int, year: int) -> bool:
    cause = f"birthday/{year}/{code}/{member_id}"
    before = queries.held(member_id)
    # That a coupon is gone is no reason to say so: nobody was promised one.
    with suppress(CouponOver, OutOfStock, OverLimit), transaction():
        grant_id = service.issue(code, member_id, cause=cause)
        if grant_id in before:
            return False
        shown = linking.shown(queries.card(grant_id, member_id))
        for to in links.recipients_of(member_id):
            notice = Notice("coupons.granted", {"coupons": [shown]})
            outbox.say([notice], to, dedupe=f"{cause}/{to.person_id}", cause=cause)
        return True
    return False
