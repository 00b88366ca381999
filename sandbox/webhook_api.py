"""Webhook settings over LINE's API: which address, and a call to try it."""

from typing import Any

from linebot.v3.messaging import SetWebhookEndpointRequest, TestWebhookEndpointRequest

from sandbox import clock, limits, validate
from sandbox.api import Api, ApiError, Call, invalid
from sandbox.postings import Posting
from sandbox.webhooks import Webhooks
from sandbox.world import World

_PATH = "/v2/bot/channel/webhook"
_MOST_LETTERS = 500


class WebhookApi:
    """The endpoints with their world."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        path, name = f"{_PATH}/endpoint", "webhook_endpoint"
        api.add("GET", path, name, self._get)
        check = validate.shape(SetWebhookEndpointRequest)
        api.add("PUT", path, name, self._set, check=check)
        check = validate.shape(TestWebhookEndpointRequest)
        api.add("POST", f"{_PATH}/test", "webhook_test", self._test, body="optional", check=check)

    def _get(self, call: Call, _body: None) -> dict[str, Any]:
        account = call.account
        if not account.webhook_url:
            raise ApiError(404, "The webhook endpoint is not set")
        return {"endpoint": account.webhook_url, "active": account.webhook_active}

    def _set(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """LINE takes up to a minute for a change; here it holds at once."""
        url = _address(body["endpoint"])
        self._world.change_account(call.account.slug, {"webhook_url": url})
        return {}

    def _test(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        url = _address(body.get("endpoint") or call.account.webhook_url)
        tried = self._webhooks.post(
            Posting(call.account.slug, [], url=url, test=True), call.account
        )
        reason = (tried["reason"] or "ok").upper()
        return {
            "success": reason == "OK",
            "timestamp": clock.iso(tried["at"]),
            "statusCode": tried["status"] or 0,
            "reason": reason,
            "detail": str(tried["status"] or tried["error"]),
        }


def _address(url: str) -> str:
    if len(url) > _MOST_LETTERS or not limits.is_address(url):
        raise invalid([limits.problem("Invalid webhook endpoint URL", "endpoint")])
    return url
