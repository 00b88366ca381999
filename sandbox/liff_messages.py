"""liff.sendMessages(): what a LIFF app may write to a talk, and how it arrives there.

LINE: https://developers.line.biz/en/reference/liff/#send-messages
"""

from collections.abc import Iterator
from typing import Any

from linebot.v3.messaging import ValidateMessageRequest

from sandbox import validate
from sandbox.login_http import LoginError, refusal
from sandbox.logins import UserToken
from sandbox.talks import Talks
from sandbox.world import World

_MOST_MESSAGES = 5
_MEDIA = frozenset({"image", "video", "audio"})
# LINE: these are shown in the talk, but the account hears nothing of them.
_SILENT = frozenset({"template", "flex"})
_KINDS = frozenset({"text", "sticker", "location"}) | _MEDIA | _SILENT
# LINE: not in messages from LIFF.
_FORBIDDEN = frozenset({"quoteToken", "emojis", "trackingId", "sender", "quickReply"})
_problems_of = validate.messages(ValidateMessageRequest)
_ADDRESSES = frozenset({"originalContentUrl", "previewImageUrl"})


class Messages:
    """Checks and sends. Raises LoginError with LINE's status."""

    def __init__(self, world: World, talks: Talks) -> None:
        self._world = world
        self._talks = talks

    def send(self, token: UserToken, body: Any) -> None:
        """Write the body's messages to the talk in which the app was opened."""
        if "chat_message.write" not in token.scopes:
            raise refusal(403, "user doesn't grant required permissions yet")
        if token.talk is None:
            raise refusal(403, "the LIFF app was not opened from a talk")
        for message in _checked(body):
            self._write(token.person, token.talk, message)

    def _write(self, person: str, account: str, message: dict[str, Any]) -> None:
        world = self._world
        if message["type"] in _SILENT:
            with world.lock:
                world.say(world.talk(person, account), "person", message)
            return
        content = {name: value for name, value in message.items() if name not in _ADDRESSES}
        if message["type"] in _MEDIA:
            addresses = {name: message[name] for name in _ADDRESSES if name in message}
            content["contentProvider"] = {"type": "external", **addresses}
        if message["type"] == "sticker":
            content["stickerResourceType"] = "STATIC"
        self._talks.write(person, account, content, shown=message)


def _checked(body: Any) -> list[dict[str, Any]]:
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not 1 <= len(messages) <= _MOST_MESSAGES:
        raise refusal(400, "messages must be a list of 1 to 5 messages")
    problems = _problems_of({"messages": messages})
    for number, message in enumerate(messages):
        problems += [
            {"message": words, "property": f"messages[{number}]"} for words in _mistakes(message)
        ]
    if problems:
        text = f"The request body has {len(problems)} error(s)"
        raise LoginError(400, {"message": text, "details": problems})
    return messages


def _mistakes(message: Any) -> Iterator[str]:
    if not isinstance(message, dict):
        return
    if message.get("type") not in _KINDS:
        yield "This kind of message cannot be sent from LIFF"
    for name in sorted(_FORBIDDEN & message.keys()):
        yield f"{name} cannot be used in LIFF"
    if any(action.get("type") != "uri" for action in _actions(message)):
        yield "Only URI actions can be used in LIFF"


def _actions(value: Any) -> Iterator[dict[str, Any]]:
    """Every action inside a message."""
    if isinstance(value, list):
        for item in value:
            yield from _actions(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in ("action", "defaultAction") and isinstance(inner, dict):
                yield inner
            elif name == "actions" and isinstance(inner, list):
                yield from (item for item in inner if isinstance(item, dict))
            else:
                yield from _actions(inner)
