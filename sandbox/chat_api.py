"""One-to-one helpers: link tokens, the loading animation, and marking messages as read."""

from typing import Any

from linebot.v3.messaging import MarkMessagesAsReadByTokenRequest, ShowLoadingAnimationRequest

from sandbox import ids, limits, validate
from sandbox.api import Api, ApiError, Call, invalid
from sandbox.world import World

# LINE: 5 to 60 seconds in steps of 5, else 20.
_SECONDS = range(5, 61, 5)
_USUAL_SECONDS = 20


class ChatApi:
    """The endpoints with their world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, api: Api) -> None:
        """Hand over the endpoints."""
        path = "/v2/bot/user/<user_id>/linkToken"
        api.add("POST", path, "link_token", self._link_token, body="none")
        check = validate.shape(ShowLoadingAnimationRequest)
        path = "/v2/bot/chat/loading/start"
        api.add("POST", path, "loading", self._loading, check=check, status=202)
        check = validate.shape(MarkMessagesAsReadByTokenRequest)
        api.add("POST", "/v2/bot/chat/markAsRead", "mark_as_read", self._read, check=check)

    def _link_token(self, call: Call, _body: None, user_id: str) -> dict[str, Any]:
        with self._world.lock:
            talk = self._world.talk_of(call.account, user_id)
            if talk is None or talk.status != "friend":
                raise ApiError(400, "The user ID is invalid, or the user is not a friend")
            return {"linkToken": self._world.link_tokens.issue(talk.account, talk.person)}

    def _loading(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """LINE answers 202 whoever it is; only a friend with the talk open sees the dots."""
        seconds = body.get("loadingSeconds", _USUAL_SECONDS)
        if seconds not in _SECONDS:
            words = "loadingSeconds must be a multiple of 5 from 5 to 60"
            raise invalid([limits.problem(words, "loadingSeconds")])
        chat = body["chatId"]
        if len(chat) != 33 or not chat.startswith("U"):
            raise invalid([limits.problem("Must be a user ID", "chatId")])
        talk = self._world.talk_of(call.account, chat)
        if talk and talk.status == "friend":
            news = {"person": talk.person, "account": talk.account, "seconds": seconds}
            self._world.hub.publish("typing", news, person=talk.person)
        return {}

    def _read(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """Mark the token's message and all before it as read."""
        place = ids.place_of_read_token(body["markAsReadToken"])
        # In a group nobody is shown what the account has read.
        if place and self._world.groups.find(call.account.slug, place[0]):
            return {}
        talk = self._world.talks.get(place[:2]) if place else None
        if talk is None or place is None or talk.account != call.account.slug:
            raise ApiError(400, "The markAsReadToken is invalid")
        with self._world.lock:
            self._world.mark_read(talk, place[2])
        return {}
