"""Who and what there is: accounts, people, and what they say to each other."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from sandbox import ids

Status = Literal["none", "friend", "blocked"]
# LINE: somebody who is no friend can be sent a push for seven days after writing to the account.
WRITER_LIFE_MS = 7 * 24 * 60 * 60 * 1000


class Refused(Exception):
    """The world is not in a state that allows this; `status` is the HTTP answer (404 or 409)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass
class Account:
    """One official account with its Messaging API channel. Redelivery is off, as at LINE."""

    slug: str
    name: str
    webhook_url: str
    provider: str = "default"
    channel_secret: str = field(default_factory=ids.channel_secret)
    access_token: str = field(default_factory=ids.access_token)
    bot_user_id: str = field(default_factory=ids.bot_user_id)
    basic_id: str = ""
    picture: str | None = None
    webhook_active: bool = True
    redelivery: bool = False
    # Events wait until somebody releases them, in any order, through the control API.
    hold: bool = False
    # LINE's own pages disagree on multicast to ids it does not know: both behaviours can be had.
    multicast_unknown: Literal["refuse", "ignore"] = "refuse"
    # LINE gives lists of followers to verified accounts only.
    verified: bool = False
    # With chat on, messages are read when the account says so, else at once.
    chat_mode: Literal["bot", "chat"] = "bot"
    # How many messages the plan allows in a month; None without end.
    monthly_limit: int | None = None
    # Whether LINE's rate limits hold; a benchmark wants them off.
    rates: bool = True
    channel_id: str = field(default_factory=ids.channel_id)
    # Public keys (JWK) the account has registered for channel access tokens v2.1.
    assertion_keys: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.basic_id = self.basic_id or f"@{self.bot_user_id[1:4]}{self.bot_user_id[-5:]}"


@dataclass
class Person:
    """Somebody with a phone. Without `consent` LINE tells accounts neither user id nor profile."""

    key: str
    name: str
    language: str = "ja"
    picture: str | None = None
    status_message: str | None = None
    consent: bool = True


@dataclass
class Message:
    """One line of a talk; `message` is LINE JSON."""

    n: int
    id: str
    at: int
    sent_by: Literal["person", "account", "system"]
    message: dict[str, Any]
    sender: dict[str, Any] | None = None
    unsent: bool = False

    def as_json(self) -> dict[str, Any]:
        """The message as the phone API shows it."""
        shown: dict[str, Any] = {
            "n": self.n,
            "id": self.id,
            "at": self.at,
            "from": self.sent_by,
            "message": self.message,
        }
        if self.sender:
            shown["sender"] = self.sender
        if self.unsent:
            shown["unsent"] = True
        return shown


@dataclass
class Talk:
    """What one person and one account have said to each other, and whether they are friends."""

    person: str
    account: str
    status: Status = "none"
    wrote_at: int | None = None
    unread: int = 0
    # The last line the account has read.
    read_to: int = 0
    messages: Annotated[list[Message], Field(exclude=True)] = field(default_factory=list)

    def shows(self, now: int) -> bool:
        """Tell whether what the account sends now appears on the phone."""
        if self.status == "none":
            return self.wrote_at is not None and now - self.wrote_at < WRITER_LIFE_MS
        return self.status == "friend"


@dataclass
class Content:
    """The bytes of what a person has sent, under its message id, with their MIME type."""

    __pydantic_config__ = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    id: str
    kind: str
    data: bytes
    account: str
    at: int
