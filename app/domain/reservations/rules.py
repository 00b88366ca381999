"""What may be reserved, changed and cancelled when, and how a reservation is named: pure rules."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from app.domain.hours import rules as hours
from app.domain.reservations.definition import NewRules
from app.domain.reservations.errors import TooFar, TooLate, TooSoon, WrongParty
from app.domain.reservations.offer import Offer

# Crockford's Base 32, without the letters that people misread: 50 bits, so nobody guesses one.
_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 10
_THANKS_UNTIL: Final = timedelta(days=2)

Kind = Literal["day_before", "hours_before", "thanks"]


def new_code() -> str:
    """The public name of a reservation or of a place in a waitlist."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))


def check_time(rules: NewRules, starts_at: datetime, now: datetime) -> None:
    """Raises TooSoon or TooFar for a start that a customer cannot reserve."""
    if starts_at < now + timedelta(minutes=rules.lead_minutes):
        raise TooSoon(rules.lead_minutes)
    if starts_at > now + timedelta(days=rules.horizon_days):
        raise TooFar(rules.horizon_days)


def check_party(offer: Offer, party: int) -> None:
    """Raises WrongParty for too few or too many people, or more than anything has room for."""
    least, most = offer.service.party_min, min(offer.service.party_max, offer.largest)
    if not least <= party <= most:
        raise WrongParty(least, most)


def check_cut_off(minutes: int, starts_at: datetime, now: datetime) -> None:
    """Raises TooLate for a customer who changes or cancels later than so many minutes before."""
    if now > starts_at - timedelta(minutes=minutes):
        raise TooLate(minutes)


@dataclass(frozen=True)
class Telling:
    """Something to say that nobody asked for: from `at` on, but not at `until` or later."""

    kind: Kind
    at: datetime
    until: datetime


def tellings(
    rules: NewRules, zone: ZoneInfo, starts_at: datetime, ends_at: datetime, since: datetime
) -> list[Telling]:
    """What there is to say about a reservation that was made or moved at `since`, by time.

    What falls into the quiet hours comes at their end. Left out is what was due before `since`, for
    the confirmation has said it, and what would come too late.
    """
    wanted = _reminders(rules, zone, starts_at)
    if rules.thanks_minutes is not None:
        at = ends_at + timedelta(minutes=rules.thanks_minutes)
        wanted.append(Telling("thanks", at, at + _THANKS_UNTIL))
    moved = [replace(each, at=after_quiet(rules, zone, each.at)) for each in wanted]
    kept = [
        new for old, new in zip(wanted, moved, strict=True) if old.at > since and new.at < new.until
    ]
    return sorted(kept, key=lambda each: each.at)


def after_quiet(rules: NewRules, zone: ZoneInfo, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in."""
    local = moment.astimezone(zone)
    first, last = rules.quiet_from, rules.quiet_to
    overnight = first > last
    quiet = local.hour >= first or local.hour < last if overnight else first <= local.hour < last
    if not quiet:
        return moment
    day = local.date() + timedelta(days=int(overnight and local.hour >= first))
    return hours.moment(day, last * 60, zone)


def next_quiet(rules: NewRules, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When quiet hours begin next after a moment outside of them; None where there are none."""
    if rules.quiet_from == rules.quiet_to:
        return None
    local = moment.astimezone(zone)
    day = local.date() + timedelta(days=int(local.hour >= rules.quiet_from))
    return hours.moment(day, rules.quiet_from * 60, zone)


def _reminders(rules: NewRules, zone: ZoneInfo, starts_at: datetime) -> list[Telling]:
    made = []
    nearer = starts_at
    if rules.remind_hours is not None:
        nearer = starts_at - timedelta(hours=rules.remind_hours)
        made.append(Telling("hours_before", nearer, starts_at))
    if rules.remind_hour is not None:
        day = starts_at.astimezone(zone).date() - timedelta(days=1)
        at = hours.moment(day, rules.remind_hour * 60, zone)
        # Two at once are one too many: the nearer one says it.
        made.append(Telling("day_before", at, nearer if nearer > at else starts_at))
    return made
