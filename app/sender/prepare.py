"""Before the call: claim rows, decide how each goes out, fix its bytes and its retry key."""

import logging
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import clock
from app.db import transaction
from app.domain.accounts import queries as accounts
from app.domain.people import queries as people
from app.domain.people.queries import Addressee
from app.errors import Unavailable
from app.faults import unsafe
from app.line import client
from app.line.limits import RATES
from app.messages import catalogue
from app.messages.catalogue import BadNotice, UnknownNotice
from app.messages.check import problems
from app.outbox import rates, work
from app.outbox.work import PAID, Item, Route
from app.sender.rules import RESEND_FOR, given_up

log = logging.getLogger(__name__)


class TooLate(Exception):
    """The reply token is too old and the notice not worth a push, or the first try is too old."""


class Over(Exception):
    """What was to be said is of no use any more, or not true any more."""


@dataclass(frozen=True)
class Call:
    """One call to LINE, committed as `sending` before it is made."""

    item: Item
    route: Route
    body: bytes
    retry_key: str | None
    first_try_at: datetime
    may_push: bool


Taken = tuple[int, list[Call]]
"""How many rows were claimed, and the calls to make for them."""


def take(lane: str, limit: int, zone: ZoneInfo, *, everywhere: bool = False) -> Taken:
    """Claim up to `limit` due rows; answers how many, and the calls to make for them.

    `everywhere`: as in `claims.claim`.
    """
    with transaction():
        items = work.take(lane, limit, accounts.paused_accounts(), everywhere=everywhere)
        told = people.addressees({item.person_id for item in items if item.person_id})
        prepared = [
            _prepared(item, told.get(item.person_id or 0), zone) for item in _allowed(items)
        ]
        calls = [call for call in prepared if call]
        # From the commit on LINE may have it, whatever happens to us.
        work.save_all([(call.item, _fixed(call)) for call in calls])
    return len(items), calls


def _allowed(items: Sequence[Item]) -> Iterator[Item]:
    """The rows that LINE's rates let through now; the others are put back."""
    wanted = Counter((item.account_id, item.route) for item in items)
    granted = {key: _granted(*key, calls) for key, calls in wanted.items()}
    used: Counter[tuple[int, Route]] = Counter()
    for item in items:
        key = (item.account_id, item.route)
        used[key] += 1
        if used[key] <= granted[key].calls:
            yield item
        else:
            again = clock.after(granted[key].wait)
            work.save(item, state="pending", due_at=again, attempts=item.attempts - 1)


def _granted(account_id: int, route: Route, calls: int) -> rates.Granted:
    return rates.take(account_id, route, calls, per_second=RATES[route].per_second)


def _prepared(item: Item, told: Addressee | None, zone: ZoneInfo) -> Call | None:
    """The call for a row, its bytes saved; None when nothing can be sent for it."""
    route = _route(item)
    try:
        _refuse_if_old(item)
        may_push = route == "reply" and _may_push(item)
        if route != item.route and not _may_push(item):
            raise TooLate("the reply token was too old")
        reusable = item.body if route == item.route else None
        body = reusable if reusable is not None else _body(item, route, told, zone)
    except Over:
        work.save(item, state=given_up(item.unsure), outcome="over", finished_at=clock.now())
        return None
    except (BadNotice, UnknownNotice, TooLate) as error:
        _give_up(item, str(error))
        return None
    except Unavailable:
        raise
    except Exception as error:  # A fault in one notice must not stop everybody's answers.
        log.exception("notice broke", extra=ids(item))
        _give_up(item, type(error).__name__)
        return None
    retry_key = _retry_key(item) if route in PAID else None
    return Call(item, route, body, retry_key, item.first_try_at or clock.now(), may_push)


def _refuse_if_old(item: Item) -> None:
    if item.expires_at and item.expires_at <= clock.now():
        raise Over
    # A pause or a stop may have lasted longer than LINE remembers a retry key (P4).
    if item.first_try_at and (clock.now() - item.first_try_at).total_seconds() > RESEND_FOR:
        raise TooLate("the first try was more than 23 hours ago")


def _may_push(item: Item) -> bool:
    can_reach = item.recipient is not None
    return can_reach and all(catalogue.may_push(said["notice"]) for said in item.notices)


def _route(item: Item) -> Route:
    # Only a token that was never tried may be given up for a push: it could have worked (P3).
    too_old = item.reply_until is not None and clock.now() > item.reply_until
    return "push" if item.route == "reply" and not item.unsure and too_old else item.route


def _retry_key(item: Item) -> str:
    known_key = None if unsafe("new_key_on_retry") else item.retry_key
    return known_key or str(uuid.uuid4())


def _body(item: Item, route: Route, told: Addressee | None, zone: ZoneInfo) -> bytes:
    if route in ("profile", "linkToken"):
        return b""
    messages = _messages(item, told, zone)
    match route:
        case "reply":
            return client.encode_reply(item.reply_token or "", messages)
        case "multicast":
            return client.encode_multicast(item.recipients or [], messages)
        case _:
            return client.encode_push(item.recipient or "", messages)


def _messages(item: Item, told: Addressee | None, zone: ZoneInfo) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for said in item.notices:
        messages += catalogue.render(
            said["notice"],
            said["data"],
            language=told.language if told else None,
            person_name=told.name if told else None,
            shop=accounts.known_speaker(item.account_id).name,
            zone=zone,
        )
    if len(item.notices) > 1 and (found := problems(messages)):
        raise BadNotice(item.notices[0]["notice"], found)
    return messages


def _fixed(call: Call) -> dict[str, Any]:
    return {
        "route": call.route,
        "body": call.body,
        "retry_key": call.retry_key,
        "first_try_at": call.first_try_at,
        "unsure": True,
    }


def _give_up(item: Item, reason: str) -> None:
    log.error("nothing can be sent", extra={**ids(item), "why": reason})
    state = given_up(item.unsure)
    work.save(item, state=state, outcome=reason[:300], finished_at=clock.now())


def ids(item: Item) -> dict[str, Any]:
    """What a log line may say about a row."""
    return {"action": "outbox.send", "outbox_id": item.id, "account": item.account_id}
