"""Who may reserve: for whom a service is, how much one person may have open, who does not come."""

from datetime import timedelta
from math import ceil

from sqlalchemy import and_, bindparam, or_, select

from app import clock
from app.db import run
from app.domain.hours import queries as hours
from app.domain.members import queries as member_queries
from app.domain.members import service as members
from app.domain.people import service as people
from app.domain.points import queries as points
from app.domain.reservations import limits
from app.domain.reservations.asker import Asker, Customer, Guest
from app.domain.reservations.errors import (
    BadReservation,
    NotForYou,
    TooManyNoShows,
    TooManyOpen,
)
from app.domain.reservations.models import Reservation
from app.domain.reservations.offer import Offer, Wanted
from app.domain.reservations.offer import offer as offered
from app.domain.reservations.reserving import Whose
from app.prepared import Prepared


def whose(asker: Asker, guest: Guest | None) -> Whose:
    """Whose a reservation will be. Raises BadReservation for a guest without member and name."""
    if isinstance(asker, Customer):
        return Whose(asker.person_id, asker.account_id, asker.member_id)
    guest = guest or Guest()
    name, phone = (guest.name or "").strip(), (guest.phone or "").strip()
    if guest.member_id is None and not name:
        raise BadReservation("guest: needs a member or a name")
    if len(name) > limits.GUEST_NAME or len(phone) > limits.GUEST_PHONE:
        raise BadReservation("guest: name or telephone number is too long")
    if guest.member_id is not None:
        member_queries.member(guest.member_id)
    return Whose(None, None, guest.member_id, name or None, phone or None)


def lock(whose: Whose) -> None:
    """Let nobody else reserve for the same person until the open transaction ends."""
    if whose.member_id is not None:
        members.lock([whose.member_id])
    if whose.person_id is not None:
        people.lock(whose.person_id)


def may_reserve(customer: Customer, wanted: Wanted) -> None:
    """Say early who may not: raises NotForYou, TooManyOpen or TooManyNoShows; writes nothing.

    The verbs check it again, with the person locked.
    """
    today = hours.today(wanted.store_id)
    check(offered(wanted, today, today), whose(customer, None))


def check(offer: Offer, whose: Whose) -> None:
    """Raises NotForYou, TooManyOpen or TooManyNoShows. `whose` is locked."""
    _check_audience(offer.service.audience, whose.member_id)
    _check_others(offer, whose)


def _check_audience(audience: str, member_id: int | None) -> None:
    if audience == "anyone":
        return
    if member_id is None:
        raise NotForYou(audience)
    if audience == "linked":
        return
    codes = [tier.code for tier in points.tiers_now()]
    tier = points.standing(member_id).tier
    if tier is None or audience not in codes or codes.index(tier.code) < codes.index(audience):
        raise NotForYou(audience)


def _check_others(offer: Offer, whose: Whose) -> None:
    """What the same person has open at the store, and did not come to, must leave room for more.

    What is held for longer than now and what is confirmed is open; what a waitlist offers is not.
    """
    now, limit = clock.now(), offer.rules.no_show_limit
    values = {
        "person": whose.person_id,
        "member": whose.member_id,
        "store": offer.wanted.store_id,
        "now": now,
        "since": now - timedelta(days=offer.rules.no_show_days),
    }
    found = run(_OTHERS, values).rows
    if limit is not None and sum(row.state == "no_show" for row in found) >= limit:
        raise TooManyNoShows(f"{limit} within {offer.rules.no_show_days} days")
    kept = [row for row in found if row.state == "confirmed" or row.origin != "waitlist"]
    ends = [row.hold_until or row.ends_at for row in kept if row.state != "no_show"]
    if len(ends) >= offer.rules.open_limit:
        raise TooManyOpen(ceil((min(ends) - now).total_seconds()))


_all = Reservation.__table__
_OTHERS = Prepared(
    select(_all.c.state, _all.c.hold_until, _all.c.ends_at, _all.c.origin).where(
        # Whoever is no member has NULL, which equals nothing.
        or_(_all.c.person_id == bindparam("person"), _all.c.member_id == bindparam("member")),
        _all.c.store_id == bindparam("store"),
        or_(
            and_(_all.c.state == "held", _all.c.hold_until > bindparam("now")),
            and_(_all.c.state == "confirmed", _all.c.ends_at > bindparam("now")),
            and_(_all.c.state == "no_show", _all.c.starts_at > bindparam("since")),
        ),
    )
)
