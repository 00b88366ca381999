"""Step 1 of a message: verify, save, answer 200. Nothing else happens before the answer."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson
from cachetools import TTLCache
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app import access
from app.errors import Unavailable
from app.faults import crash_point, unsafe
from app.inbox import put
from app.line import signature

log = logging.getLogger(__name__)

_MOMENT = 2.0  # Seconds until a changed channel secret is used.


class Receiver(Protocol):
    """An account as the webhook knows it."""

    @property
    def account_id(self) -> int: ...
    @property
    def bot_user_id(self) -> str: ...
    @property
    def secrets(self) -> Sequence[str]: ...


class Unreadable(Exception):
    """A signed body that is no list of events."""


Save = Callable[[int, Sequence[dict[str, Any]]], None]
"""Saves the events of an account (its id), all or none; see app/inbox/put.py."""


def blueprint(find: Callable[[str], Receiver | None], save: Save, max_bytes: int) -> Blueprint:
    """The webhook of every account, at /webhook/<slug>. `find` answers who that is."""
    bp = Blueprint("webhook", __name__)
    receivers: TTLCache[str, Receiver] = TTLCache(maxsize=1000, ttl=_MOMENT)
    one_at_a_time = threading.Lock()  # The cache itself is not safe for threads.

    def receiver(slug: str) -> Receiver | None:
        with one_at_a_time:
            found = receivers.get(slug)
        if found is None and (found := find(slug)):
            with one_at_a_time:
                receivers[slug] = found
        return found

    @bp.post("/webhook/<slug>")
    @access.signed_by_line
    def receive(slug: str) -> Response:
        """Save the events that LINE posts for one account."""
        request.max_content_length = max_bytes
        try:
            account = receiver(slug)
            return _empty(_received(account, save) if account else 404)
        except RequestEntityTooLarge:
            return _empty(413)
        except Unavailable as error:
            log.warning("webhook not saved", extra={"action": "webhook.503", "why": str(error)})
            return _empty(503)

    return bp


def _received(account: Receiver, save: Save) -> int:
    """Answers the status: 200 only when every event of the body is saved."""
    body = _body()
    given = request.headers.get("x-line-signature")
    if not signature.matches(account.secrets, body, given):
        return 401
    try:
        return _saved(account, body, save)
    except (Unreadable, put.TooDeep) as reason:
        put.quarantine(account.account_id, body, str(reason))
        log.warning("webhook unreadable", extra={"action": "webhook.quarantine"})
        return 400


def _body() -> bytes:
    body = request.get_data(cache=False)
    # Werkzeug cuts a body that does not tell its length off at the limit, without a word.
    if request.content_length is None and len(body) == request.max_content_length:
        raise RequestEntityTooLarge
    return body


def _saved(account: Receiver, body: bytes, save: Save) -> int:
    destination, events = _read(body)
    if destination not in (None, account.bot_user_id):
        return 401
    if events and not unsafe("ack_before_commit"):
        save(account.account_id, events)
    crash_point("inbox.after_commit_before_200")
    return 200


def _read(body: bytes) -> tuple[Any, list[dict[str, Any]]]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("no JSON") from None
    events = given.get("events") if isinstance(given, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Unreadable("no list of events")
    return given.get("destination"), events


def _empty(status: int) -> Response:
    return Response(status=status)
