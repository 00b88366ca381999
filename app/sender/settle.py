"""After the call: save what LINE answered, and what follows from it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app import clock
from app.claims import LeaseLost
from app.db import transaction, wake_after_commit
from app.domain.accounts import queries
from app.domain.accounts import service as accounts
from app.domain.people import service as people
from app.faults import unsafe
from app.line.client import Answer
from app.line.errors import LineError
from app.line.sdk import LinkToken, Profile
from app.outbox import rates, work
from app.sender import doors
from app.sender.prepare import Call, ids
from app.sender.rules import Happened, Next, Try, after

log = logging.getLogger(__name__)

Result = Answer | Profile | LinkToken | LineError


@dataclass(frozen=True)
class Done:
    """A call, what came of it, and the channel access token it was made with."""

    call: Call
    result: Result
    access_token: str


def settle(ended: Sequence[Done]) -> None:
    """Save the ends of calls, in one transaction with all that follows from them."""
    with transaction():
        plain = [done for done in ended if _is_plain(done.result)]
        with _lost_leases_noted(plain):
            work.save_all([(done.call.item, _sent(done)) for done in plain])
        for done in ended:
            if not _is_plain(done.result):
                with _lost_leases_noted([done]):
                    _save(done)


@contextmanager
def _lost_leases_noted(ended: Sequence[Done]) -> Iterator[None]:
    # Whoever has the row by now decides what becomes of it; the others of ours were saved.
    try:
        yield
    except LeaseLost:
        some = [done.call.item.id for done in ended]
        log.warning("lease lost", extra={"action": "outbox.lease_lost", "outbox_ids": some})


def _is_plain(result: Result) -> bool:
    """Whether nothing follows from it: LINE took the message, as it nearly always does."""
    return isinstance(result, Answer) and _happened(result) == "accepted"


def _sent(done: Done) -> dict[str, Any]:
    values = {"state": "sent", "route": done.call.route, "unsure": False}
    return values | _answered(done.result) | {"finished_at": clock.now()}


def _save(done: Done) -> None:
    call, result, item = done.call, done.result, done.call.item
    happened = "not_sent" if _refused_old_token(done) else _happened(result)
    following = after(_tried(call, result, happened))
    values = {"state": following.state, "route": following.route, "unsure": following.unsure}
    values |= _answered(result) | _when(call, following, counted=happened not in _NOT_COUNTED)
    work.save(item, **values)
    if isinstance(result, Profile):
        people.know(
            item.person_id or 0,
            name=result.display_name,
            language=result.language,
            picture_url=result.picture_url,
        )
    if isinstance(result, LinkToken):
        doors.show(item, result.token)
    if happened == "rate":
        rates.block(item.account_id, item.route, following.wait)
    if following.pause:
        accounts.pause(item.account_id, following.pause, str(result))
        log.error("sending paused", extra={**ids(item), "paused": following.pause})
    if call.route == "profile":
        wake_after_commit("outbox")  # A greeting may wait for it, in another lane.
    log.debug("call settled", extra={**ids(item), "state": following.state, "happened": happened})


def _refused_old_token(done: Done) -> bool:
    """Whether LINE refused a token that has been replaced while we still remembered it."""
    account_id = done.call.item.account_id
    if _happened(done.result) != "auth":
        return False
    present = queries.speaker(account_id).access_token
    queries.known_speaker.forget(account_id)
    return present != done.access_token


# These say nothing about the row itself, so they use up none of its tries.
_NOT_COUNTED: frozenset[Happened] = frozenset({"rate", "monthly", "auth"})


def _happened(result: Result) -> Happened:
    if isinstance(result, Answer) and result.conflict and unsafe("treat_409_as_error"):
        return "refused"
    if not isinstance(result, LineError):
        return "accepted"
    if result.kind == "unknown_outcome" and unsafe("treat_200drop_as_fail"):
        return "not_sent"
    match result.kind:
        case "rate" | "monthly" | "auth" | "reply_token" | "refused":
            return result.kind
        case "conflict":
            return "refused"
        case "server" | "unknown_outcome":
            return "unknown" if result.may_have_been_accepted else "not_sent"


def _tried(call: Call, result: Result, happened: Happened) -> Try:
    return Try(
        route=call.route,
        unsure=call.item.unsure,
        attempts=call.item.attempts,
        age=(clock.now() - call.first_try_at).total_seconds(),
        may_push=call.may_push,
        happened=happened,
        retry_after=result.retry_after if isinstance(result, LineError) else None,
    )


def _answered(result: Result) -> dict[str, Any]:
    if isinstance(result, Profile | LinkToken):
        return {"http_status": 200, "outcome": None}
    outcome = str(result)[:300] if isinstance(result, LineError) else None
    return {"http_status": result.status, "request_id": result.request_id, "outcome": outcome}


def _when(call: Call, following: Next, *, counted: bool) -> dict[str, Any]:
    if following.state != "pending":
        return {"finished_at": clock.now()}
    again: dict[str, Any] = {"due_at": clock.after(following.wait)}
    if following.route != call.route:
        again |= {"body": None, "retry_key": None, "first_try_at": None}
    if call.route == "profile":
        again["holds_back"] = (
            False  # One look is waited for; a greeting is better nameless than late.
        )
    if not counted:
        again["attempts"] = call.item.attempts - 1
    return again
