"""Events a person or LINE causes that no tap in a talk does: beacons, memberships, groups.

LINE: https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
"""

from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, TypeAdapter, model_validator

from sandbox import events
from sandbox.problems import Body

Json = dict[str, Any]


class _Beacon(Body):
    hwid: str = Field(pattern=r"^[0-9a-f]{10}$")
    type: Literal["enter", "banner", "stay"] = "enter"
    dm: str | None = None


class _Membership(Body):
    type: Literal["joined", "left", "renewed"]
    membershipId: int


class _Link(Body):
    result: Literal["ok", "failed"] = "ok"
    nonce: str


class _Member(Body):
    type: Literal["user"] = "user"
    userId: str | None = None


class _Members(Body):
    members: list[_Member] = Field(min_length=1)


class _Video(Body):
    trackingId: str = Field(min_length=1, max_length=100)


class _Delivery(Body):
    data: str = Field(min_length=16, max_length=100)


class _Module(Body):
    """LINE tells the scopes of what was attached, and why something was detached."""

    type: Literal["attached", "detached"]
    botId: str
    scopes: list[str] | None = None
    reason: Literal["bot_deleted"] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.type == "attached":
            self.scopes = self.scopes or []
        else:
            self.reason = "bot_deleted"
        return self


class _ChatControl(Body):
    expireAt: int


class _Message(Body):
    type: Literal["text"] = "text"
    id: str
    text: str = Field(min_length=1, max_length=10_000)


class _Postback(Body):
    data: str = Field(max_length=300)
    params: dict[str, str] | None = None


class _Unsend(Body):
    messageId: str


class _Kind(NamedTuple):
    """Whether it can be replied to, where it can happen, and its own field."""

    reply: bool
    places: tuple[str, ...]
    field: str | None = None
    model: type[Body] | None = None


_ANYWHERE = ("user", "group", "room")
_TOGETHER = ("group", "room")
KINDS: dict[str, _Kind] = {
    # In a talk of two these are what a person does there.
    "postback": _Kind(True, _TOGETHER, "postback", _Postback),
    "unsend": _Kind(False, _TOGETHER, "unsend", _Unsend),
    "messageEdited": _Kind(True, ("group",), "message", _Message),
    "videoPlayComplete": _Kind(True, ("user",), "videoPlayComplete", _Video),
    "beacon": _Kind(True, _ANYWHERE, "beacon", _Beacon),
    "accountLink": _Kind(True, ("user",), "link", _Link),
    "membership": _Kind(True, ("user",), "membership", _Membership),
    "join": _Kind(True, _TOGETHER),
    "leave": _Kind(False, _TOGETHER),
    "memberJoined": _Kind(True, _TOGETHER, "joined", _Members),
    "memberLeft": _Kind(False, _TOGETHER, "left", _Members),
    "delivery": _Kind(False, ("user",), "delivery", _Delivery),
    "module": _Kind(False, ("",), "module", _Module),
    "activated": _Kind(False, ("",), "chatControl", _ChatControl),
    "deactivated": _Kind(False, ("",)),
    "botSuspended": _Kind(False, ("",)),
    "botResumed": _Kind(False, ("",)),
}


class Fired(Body):
    """`place`: where it happens, e.g. {"type": "group", "groupId": "C..."}; a talk otherwise."""

    type: str
    content: Json = Field(default_factory=dict)
    place: dict[str, str] | None = None


def build(wanted: Fired, talk_source: dict[str, str] | None, at: int) -> Json:
    """Return the event. Raises ValueError (what is wrong) or pydantic.ValidationError."""
    kind = KINDS.get(wanted.type)
    if kind is None:
        raise ValueError(f"type: must be one of {', '.join(KINDS)}")
    if kind.model:
        content = TypeAdapter(kind.model).validate_python(wanted.content)
        own: Json = {str(kind.field): content.model_dump(exclude_none=True)}
    else:
        own = {}
    source = None if kind.places == ("",) else _source(wanted.place or talk_source, kind.places)
    # LINE: a failed account link tells nothing of who it was.
    failed = wanted.type == "accountLink" and own["link"]["result"] == "failed"
    event = events.common(
        wanted.type, None if failed else source, at, reply=kind.reply and not failed
    )
    return event | own


def _source(place: dict[str, str] | None, allowed: tuple[str, ...]) -> dict[str, str]:
    kind = place.get("type") if place else None
    if place is None or kind not in allowed:
        raise ValueError(f"place: must be a talk or have a type of {', '.join(allowed)}")
    if kind != "user" and not place.get(f"{kind}Id"):
        raise ValueError(f"place: {kind}Id is missing")
    return place
