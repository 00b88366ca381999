"""Quota, consumption, delivery counts, names of aggregation units, and lists of followers."""

from typing import Any

from sandbox import clock
from sandbox.api import Api, ApiError, Call, needed, number
from sandbox.world import World

_PATH = "/v2/bot/message"
# LINE: the counts begin on this day.
_FIRST_DAY = "20180331"
# LINE: a list of followers goes on for 24 hours after its cursor was given.
_CURSOR_LIFE_MS = 24 * 60 * 60 * 1000


class QuotaApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        api.add("GET", f"{_PATH}/quota", "quota", self._quota)
        api.add("GET", f"{_PATH}/quota/consumption", "quota", self._consumption)
        for kind in ("reply", "push", "multicast", "broadcast"):
            handler = self._delivered(kind)
            api.add("GET", f"{_PATH}/delivery/{kind}", "delivery", handler)
        api.add("GET", f"{_PATH}/aggregation/info", "aggregation", self._units_used)
        api.add("GET", f"{_PATH}/aggregation/list", "aggregation", self._units)
        api.add("GET", "/v2/bot/followers/ids", "followers", self._followers)

    def _quota(self, call: Call, _body: None) -> dict[str, Any]:
        limit = call.account.monthly_limit
        return {"type": "none"} if limit is None else {"type": "limited", "value": limit}

    def _consumption(self, call: Call, _body: None) -> dict[str, Any]:
        month = self._month()
        return {"totalUsage": self._world.counts.of(call.account.slug, "usage", month)}

    def _delivered(self, kind: str) -> Any:
        def handler(call: Call, _body: None) -> dict[str, Any]:
            date = day(call, "date")
            if date < _FIRST_DAY:
                return {"status": "out_of_service"}
            # LINE: the count of a day is ready on the next.
            if date >= clock.day(self._world.clock.now()):
                return {"status": "unready"}
            count = self._world.counts.of(call.account.slug, kind, date)
            return {"status": "ready", "success": count}

        return handler

    def _units_used(self, call: Call, _body: None) -> dict[str, Any]:
        names = self._world.counts.units(call.account.slug, self._month())
        return {"numOfCustomAggregationUnits": len(names)}

    def _units(self, call: Call, _body: None) -> dict[str, Any]:
        with self._world.lock:
            names = sorted(self._world.counts.units(call.account.slug, self._month()))
        most, start = number(call, "limit", 100, 1, 100), number(call, "start", 0, 0, 1000)
        page: dict[str, Any] = {"customAggregationUnits": names[start : start + most]}
        return page | ({"next": str(start + most)} if len(names) > start + most else {})

    def _followers(self, call: Call, _body: None) -> dict[str, Any]:
        """LINE: verified accounts only. A page may be short: not everybody has consented."""
        if not call.account.verified:
            raise ApiError(403, "Access to this API is not available for your account")
        most, (start, at) = number(call, "limit", 300, 1, 1000), self._cursor(call)
        world = self._world
        with world.lock:
            people = list(world.people.values())
            friends = [
                world.user_id(call.account, person)
                for person in people[start : start + most]
                if person.consent
                and (talk := world.talks.get((person.key, call.account.slug)))
                and talk.status == "friend"
            ]
        more = len(people) > start + most
        return {"userIds": friends} | ({"next": f"{start + most}-{at}"} if more else {})

    def _cursor(self, call: Call) -> tuple[int, int]:
        now = self._world.clock.now()
        place, _, at = call.query.get("start", f"0-{now}").partition("-")
        whole = place.isdecimal() and at.isdecimal() and len(place + at) < 30
        if not whole or now - int(at) > _CURSOR_LIFE_MS:
            raise ApiError(400, "The value for the 'start' parameter is invalid")
        return int(place), int(at)

    def _month(self) -> str:
        return clock.day(self._world.clock.now())[:6]


def day(call: Call, name: str) -> str:
    """A date of the query, as yyyyMMdd. Raises ApiError (400)."""
    value = needed(call, name)
    if not clock.is_day(value):
        raise ApiError(400, f"The value for the '{name}' parameter is invalid")
    return value
