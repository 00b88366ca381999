"""Sending and the account itself: reply, push, multicast, validate, profile and bot info."""

from typing import Any

from linebot.v3.messaging import (
    BroadcastRequest,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    ValidateMessageRequest,
)

from sandbox import validate
from sandbox.api import Api, ApiError, Call
from sandbox.sending import Sending
from sandbox.world import World

_KINDS = ("reply", "push", "multicast", "broadcast", "narrowcast")


class Messaging:
    """The endpoints with their world."""

    def __init__(self, world: World, sending: Sending) -> None:
        self._world = world
        self._sending = sending

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        sending, path = self._sending, "/v2/bot/message"
        for name, handler, model in (
            ("reply", sending.reply, ReplyMessageRequest),
            ("push", sending.push, PushMessageRequest),
            ("multicast", sending.multicast, MulticastRequest),
            ("broadcast", sending.broadcast, BroadcastRequest),
        ):
            check = validate.messages(model)
            api.add("POST", f"{path}/{name}", name, handler, check=check)
        check = validate.messages(ValidateMessageRequest)
        for name in _KINDS:
            api.add("POST", f"{path}/validate/{name}", "validate", _nothing, check=check)
        api.add("GET", "/v2/bot/info", "info", self._info)
        api.add("GET", "/v2/bot/profile/<user_id>", "profile", self._profile)

    def _info(self, call: Call, _body: None) -> dict[str, Any]:
        account = call.account
        info = {
            "userId": account.bot_user_id,
            "basicId": account.basic_id,
            "displayName": account.name,
            "pictureUrl": account.picture,
            "chatMode": account.chat_mode,
            "markAsReadMode": "manual" if account.chat_mode == "chat" else "auto",
        }
        return {name: value for name, value in info.items() if value is not None}

    def _profile(self, call: Call, _body: None, user_id: str) -> dict[str, Any]:
        """LINE tells of friends and of those who wrote, if they have consented; of others 404."""
        world, account = self._world, call.account
        person = world.person_of(account, user_id)
        talk = world.talks.get((person.key, account.slug)) if person else None
        if person is None or talk is None or not person.consent:
            raise ApiError(404, "Not found")
        if talk.status != "friend" and (talk.status == "blocked" or talk.wrote_at is None):
            raise ApiError(404, "Not found")
        profile = {
            "userId": user_id,
            "displayName": person.name,
            "language": person.language,
            "pictureUrl": person.picture,
            "statusMessage": person.status_message,
        }
        return {name: value for name, value in profile.items() if value is not None}


def _nothing(_call: Call, _body: Any) -> dict[str, Any]:
    return {}
