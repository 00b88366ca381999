"""Narrowcasts: whom they are for, and how far each has come on the virtual clock.

LINE: https://developers.line.biz/en/reference/messaging-api/#send-narrowcast-message. People here
have no age, gender or place, so a filter by attributes is never carried out.
"""

from collections.abc import Iterator
from typing import Any

from linebot.v3.messaging import NarrowcastRequest

from sandbox import clock, validate
from sandbox.api import Api, ApiError, Call, needed
from sandbox.persistence import Shelf
from sandbox.requests import Narrowcast
from sandbox.schedule import Schedule
from sandbox.sending import Sending
from sandbox.world import World

# LINE gives no times; here a narrowcast waits and then is sent for this long, in virtual time.
_WAITING_MS = _SENDING_MS = 1000
# LINE: progress is kept for 14 days.
_KEPT_MS = 14 * 24 * 60 * 60 * 1000
# LINE: the target of a filter by attributes; those who receive it, unless named by uploaded ids.
_LEAST_FILTERED, _LEAST_RECIPIENTS = 100, 50
_MOST_RECIPIENT_OBJECTS = 10
_ERRORS = {
    1: "Internal error",
    2: "The number of recipients is too small",
    4: "An audience has too few members",
    5: "The delivery would have been partial and was cancelled",
}
Json = dict[str, Any]


class Narrowcasts:
    """The endpoints with their world, and the deliveries that wait for their time."""

    def __init__(self, world: World, sending: Sending) -> None:
        self._world = world
        self._sending = sending
        self._later = Schedule(world.clock, world.stopping)
        self._shelf: Shelf[str, Narrowcast] = world.narrowcasts
        for waiting in self._shelf.values():
            if not waiting.sent:
                self._plan(waiting)

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        path, check = "/v2/bot/message", validate.messages(NarrowcastRequest)
        api.add("POST", f"{path}/narrowcast", "narrowcast", self._start, check=check, status=202)
        api.add("GET", f"{path}/progress/narrowcast", "narrowcast_progress", self._progress)

    def _start(self, call: Call, body: Json) -> Json:
        _check_limit(body.get("limit") or {})
        recipient = body.get("recipient")
        objects = list(_leaves(recipient)) if recipient else []
        if len(objects) > _MOST_RECIPIENT_OBJECTS:
            raise ApiError(400, f"At most {_MOST_RECIPIENT_OBJECTS} audiences can be combined")
        with self._world.lock:
            self._sending.check_once(call, keep=False)
            friends = set(self._sending.friends(call.account))
            self._check_filter(body, len(friends))
            to = friends & self._chosen(call, recipient, friends) if recipient else friends
            left = self._sending.left(call.account)
            limited = body.get("limit") or {}
            if left is not None and left < len(friends) and not limited:
                raise ApiError(429, "You have reached your monthly limit.")
            now = self._world.clock.now()
            cast = Narrowcast(call.request_id, call.account.slug, now, body, sorted(to))
            cast.error = 1 if call.fails else self._error(call, cast, objects, left)
            cast.to = _capped(cast.to, limited, left)
            self._shelf.put(cast)
            self._sending.check_once(call)
        self._plan(cast)
        return {}

    def _check_filter(self, body: Json, reach: int) -> None:
        if not (body.get("filter") or {}).get("demographic"):
            return
        if reach < _LEAST_FILTERED:
            raise ApiError(403, f"The target reach is less than {_LEAST_FILTERED}")
        raise ApiError(501, "Filters by attributes are not built in this sandbox")

    def _chosen(self, call: Call, recipient: Json, everybody: set[str]) -> set[str]:
        """The user ids a recipient object means."""
        if recipient["type"] == "operator":
            return self._combined(call, recipient, everybody)
        if recipient["type"] == "redelivery":
            before = self._shelf.get(str(recipient.get("requestId")))
            if before is None or before.account != call.account.slug:
                raise ApiError(400, "The request ID is invalid")
            return set(before.to)
        audience = self._world.audiences.find(
            call.account.slug, recipient.get("audienceGroupId") or 0
        )
        if audience is None or audience.status(self._world.clock.now()) != "READY":
            raise ApiError(400, "The audience does not exist or is not ready")
        return set(audience.members)

    def _combined(self, call: Call, recipient: Json, everybody: set[str]) -> set[str]:
        if recipient.get("and"):
            parts = [self._chosen(call, part, everybody) for part in recipient["and"]]
            return set.intersection(*parts)
        if recipient.get("or"):
            return set().union(*(self._chosen(call, p, everybody) for p in recipient["or"]))
        if recipient.get("not"):
            return everybody - self._chosen(call, recipient["not"], everybody)
        raise ApiError(400, "An operator needs one of and, or, not")

    def _error(
        self, call: Call, cast: Narrowcast, objects: list[Json], left: int | None
    ) -> int | None:
        audiences = [
            self._world.audiences.find(call.account.slug, one.get("audienceGroupId") or 0)
            for one in objects
            if one["type"] == "audience"
        ]
        others = [one for one in audiences if one and one.kind != "UPLOAD"]
        if any(len(one.members) < _LEAST_RECIPIENTS for one in others):
            return 4
        named = audiences and not others and len(audiences) == len(objects)
        if len(cast.to) < _LEAST_RECIPIENTS and not named:
            return 2
        limit = cast.body.get("limit") or {}
        if limit.get("forbidPartialDelivery") and left is not None and left < len(cast.to):
            return 5
        return None

    def _plan(self, cast: Narrowcast) -> None:
        self._later.add(cast.accepted_at + _WAITING_MS, lambda: self._deliver(cast))

    def _deliver(self, cast: Narrowcast) -> None:
        with self._world.lock:
            # A reset, or a restart in between, may have taken it away or sent it.
            if self._shelf.get(cast.request_id) is not cast or cast.sent:
                return
            cast.sent = True
            account = self._world.accounts.get(cast.account)
            if account and cast.error is None:
                call = Call(account, "narrowcast", cast.request_id, None)
                try:
                    self._sending.narrowcast(call, cast.body, cast.to)
                except ApiError:
                    # Others have used up the quota meanwhile.
                    cast.error = 5
            self._shelf.put(cast)

    def _progress(self, call: Call, _body: None) -> Json:
        cast = self._shelf.get(needed(call, "requestId"))
        now = self._world.clock.now()
        if cast is None or cast.account != call.account.slug or now - cast.accepted_at > _KEPT_MS:
            raise ApiError(404, "Not found")
        accepted = {"acceptedTime": clock.iso(cast.accepted_at)}
        if not cast.sent:
            return {"phase": "waiting", **accepted}
        if cast.error is not None:
            done = {"completedTime": clock.iso(cast.accepted_at + _WAITING_MS)}
            told = {"errorCode": cast.error, "failedDescription": _ERRORS[cast.error]}
            return {"phase": "failed", **accepted, **done, **told}
        counts = {"successCount": len(cast.to), "failureCount": 0, "targetCount": len(cast.to)}
        done_at = cast.accepted_at + _WAITING_MS + _SENDING_MS
        if now < done_at:
            return {"phase": "sending", **accepted, **counts}
        return {"phase": "succeeded", **accepted, "completedTime": clock.iso(done_at), **counts}


def _check_limit(limit: Json) -> None:
    if (limit.get("max") or 1) < 1:
        raise ApiError(400, "limit.max must be at least 1")
    if limit.get("forbidPartialDelivery") and not limit.get("upToRemainingQuota"):
        raise ApiError(400, "forbidPartialDelivery needs upToRemainingQuota")


def _leaves(recipient: Json) -> Iterator[Json]:
    if recipient["type"] != "operator":
        yield recipient
        return
    nested = [recipient["not"]] if recipient.get("not") else []
    for part in [*(recipient.get("and") or []), *(recipient.get("or") or []), *nested]:
        yield from _leaves(part)


def _capped(to: list[str], limit: Json, left: int | None) -> list[str]:
    to = to[: limit.get("max") or len(to)]
    return to[:left] if limit.get("upToRemainingQuota") and left is not None else to
