"""The endpoints of coupons."""

import secrets
from collections.abc import Iterator
from typing import Any

from linebot.v3.messaging import CouponCreateRequest

from sandbox import limits, schema
from sandbox.api import Api, ApiError, Call, number
from sandbox.coupons import MOST_VALID, Coupon
from sandbox.schema import Problem
from sandbox.world import World

_PATH = "/v2/bot/coupon"
_LENGTHS = {"title": 60, "description": 1000, "usageCondition": 100, "couponCode": 16}
_MOST_ACQUIRED = 999_999
_STATUSES = {"RUNNING", "CLOSED", "DRAFT"}


class CouponApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints; LINE's rate is the same for each."""
        one, name = f"{_PATH}/<coupon_id>", "coupon"
        api.add("POST", _PATH, name, self._create, check=_problems)
        api.add("GET", _PATH, name, self._list)
        api.add("GET", one, name, self._get)
        api.add("PUT", f"{one}/close", name, self._close, body="none")

    def _create(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        world = self._world
        with world.lock:
            now = world.clock.now()
            valid = [one for one in self._of(call) if one.status(now) == "RUNNING"]
            if len(valid) >= MOST_VALID:
                raise ApiError(400, "The maximum number of valid coupons has been reached")
            new = Coupon(secrets.token_hex(16), call.account.slug, body, now)
            world.coupons.put(new)
        return {"couponId": new.id}

    def _list(self, call: Call, _body: None) -> dict[str, Any]:
        most, start = number(call, "limit", 20, 1, 100), number(call, "start", 0, 0, 10**9)
        wanted = set(call.query.get("status", ",".join(_STATUSES)).split(","))
        if not wanted <= _STATUSES:
            raise ApiError(400, "The value for the 'status' parameter is invalid")
        now = self._world.clock.now()
        with self._world.lock:
            found = [one for one in reversed(self._of(call)) if one.status(now) in wanted]
        items = [{"couponId": c.id, "title": c.body["title"]} for c in found[start : start + most]]
        more = {"next": str(start + most)} if len(found) > start + most else {}
        return {"items": items, **more}

    def _get(self, call: Call, _body: None, coupon_id: str) -> dict[str, Any]:
        return self._find(call, coupon_id).as_json(self._world.clock.now())

    def _close(self, call: Call, _body: None, coupon_id: str) -> dict[str, Any]:
        with self._world.lock:
            coupon = self._find(call, coupon_id)
            if coupon.closed:
                raise ApiError(410, "The coupon is already closed")
            coupon.closed = True
            self._world.coupons.put(coupon)
        return {}

    def _of(self, call: Call) -> list[Coupon]:
        return [one for one in self._world.coupons.values() if one.account == call.account.slug]

    def _find(self, call: Call, coupon_id: str) -> Coupon:
        coupon = self._world.coupons.get(coupon_id)
        if coupon is None or coupon.account != call.account.slug:
            raise ApiError(404, "Not found")
        return coupon


def _problems(body: Any) -> list[Problem]:
    """The mistakes of a new coupon."""
    found: list[Problem] = []
    schema.check(CouponCreateRequest, body, "", found)
    return found or list(_limits(body))


def _limits(body: dict[str, Any]) -> Iterator[Problem]:
    for name, most in _LENGTHS.items():
        value = body.get(name)
        if value is not None and limits.utf16_length(value) > most:
            yield limits.problem(f"Length must be between 1 and {most}", name)
    if body["maxUseCountPerTicket"] not in (1, -1):
        yield limits.problem("Must be 1 or -1", "maxUseCountPerTicket")
    if body["endTimestamp"] <= body["startTimestamp"]:
        yield limits.problem("Must be after startTimestamp", "endTimestamp")
    if body["endTimestamp"] > 10**11:
        yield limits.problem("Must be in seconds", "endTimestamp")
    rule = body["acquisitionCondition"]
    if rule["type"] == "lottery":
        most = rule.get("maxAcquireCount", 0)
        if most != -1 and not 1 <= most <= _MOST_ACQUIRED:
            words = f"Must be -1, or between 1 and {_MOST_ACQUIRED}"
            yield limits.problem(words, "acquisitionCondition.maxAcquireCount")
    reward = body.get("reward") or {}
    if reward and reward["type"] in ("discount", "cashBack") and not reward.get("priceInfo"):
        yield limits.problem("May not be empty", "reward.priceInfo")
