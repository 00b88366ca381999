"""Webhook events as LINE builds them. Absent values are left out, never null.

LINE: https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
"""

from typing import Any

from sandbox import ids

Event = dict[str, Any]

# LINE: quoteToken comes with these kinds of message (audio, file and location have none).
QUOTABLE = frozenset({"text", "image", "video", "sticker"})


def common(kind: str, source: dict[str, str] | None, at: int, *, reply: bool = False) -> Event:
    """The fields every event has; `reply` adds a reply token."""
    event: Event = {"type": kind, "mode": "active", "timestamp": at}
    if source is not None:
        event["source"] = source
    event["webhookEventId"] = ids.ulid(at)
    event["deliveryContext"] = {"isRedelivery": False}
    if reply:
        event["replyToken"] = ids.reply_token()
    return event


def user(user_id: str | None) -> dict[str, str]:
    """The source of a one-to-one talk; no id from somebody who has not consented."""
    return {"type": "user", "userId": user_id} if user_id else {"type": "user"}


def follow(source: dict[str, str], at: int, *, unblocked: bool) -> Event:
    return common("follow", source, at, reply=True) | {"follow": {"isUnblocked": unblocked}}


def unfollow(source: dict[str, str], at: int) -> Event:
    return common("unfollow", source, at)


def message(
    source: dict[str, str],
    at: int,
    message_id: str,
    content: dict[str, Any],
    *,
    quote_token: str,
    read_token: str,
) -> Event:
    """A message event; `content` is the message object without id and tokens."""
    body = {"type": content["type"], "id": message_id, **content}
    if content["type"] in QUOTABLE:
        body["quoteToken"] = quote_token
    body["markAsReadToken"] = read_token
    return common("message", source, at, reply=True) | {"message": body}


def postback(source: dict[str, str], at: int, data: str, params: dict[str, str] | None) -> Event:
    """A postback event; `params` only from a date picker or a rich menu switch."""
    content: dict[str, Any] = {"data": data}
    if params:
        content["params"] = params
    return common("postback", source, at, reply=True) | {"postback": content}


def unsend(source: dict[str, str], at: int, message_id: str) -> Event:
    return common("unsend", source, at) | {"unsend": {"messageId": message_id}}


def account_link(source: dict[str, str] | None, at: int, result: str, nonce: str) -> Event:
    """An accountLink event; LINE: a failed one has neither source nor reply token."""
    link = {"link": {"result": result, "nonce": nonce}}
    return common("accountLink", source, at, reply=result == "ok") | link


def join(source: dict[str, str], at: int) -> Event:
    return common("join", source, at, reply=True)


def leave(source: dict[str, str], at: int) -> Event:
    return common("leave", source, at)


def member_joined(source: dict[str, str], at: int, members: list[dict[str, str]]) -> Event:
    """A memberJoined event; `members` are sources of the type user."""
    return common("memberJoined", source, at, reply=True) | {"joined": {"members": members}}


def member_left(source: dict[str, str], at: int, members: list[dict[str, str]]) -> Event:
    return common("memberLeft", source, at) | {"left": {"members": members}}


def complete(event: Event, at: int) -> Event:
    """Add the common fields an incomplete event lacks."""
    fresh = common(event.get("type", "message"), None, at)
    return fresh | event


def redelivered(event: Event) -> Event:
    """The same event as LINE sends it again: only isRedelivery differs."""
    return event | {"deliveryContext": {**event.get("deliveryContext", {}), "isRedelivery": True}}
