"""Every limit LINE sets and Tsunagu relies on, in one table, each with its source.

Sources: "REF" is LINE's Messaging API reference, "guide" one of its guides, "ours" a rule of this
project that stays inside LINE's. docs/limits.md shows the same table; a test compares the two.
"""

from dataclasses import dataclass
from typing import Final, Literal

import regex

Unit = Literal["items", "UTF-16 units", "graphemes", "bytes", "seconds"]


@dataclass(frozen=True)
class Limit:
    """The largest allowed value of one thing."""

    name: str
    value: int
    unit: Unit
    source: str


@dataclass(frozen=True)
class Rate:
    """How many calls of one endpoint LINE takes from one channel within `seconds`."""

    calls: int
    seconds: int
    source: str

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds


LIMITS: Final = (
    # One call
    Limit("messages_per_call", 5, "items", "REF: Message"),
    Limit("request_body", 2 * 1024 * 1024, "bytes", "REF: Status codes (413)"),
    Limit("multicast_recipients", 500, "items", "REF: Send multicast message"),
    Limit("reply_token_life", 60, "seconds", "REF: Send reply message"),
    Limit("retry_key_life", 24 * 3600, "seconds", "guide: Retry failed API requests"),
    Limit("retry_key_use", 23 * 3600, "seconds", "ours: no resend in the key's last hour"),
    # Webhook
    Limit("webhook_body", 1024 * 1024, "bytes", "ours: default of the webhook's body cap"),
    Limit("webhook_answer", 2, "seconds", "guide: Check webhook error statistics"),
    # Messages
    Limit("text", 5000, "UTF-16 units", "REF: Text message"),
    Limit("alt_text", 1500, "UTF-16 units", "REF: Template messages, Flex Message"),
    Limit("media_url", 2000, "UTF-16 units", "REF: Image message"),
    Limit("quick_replies", 13, "items", "REF: Quick reply"),
    Limit("buttons_title", 40, "graphemes", "REF: Buttons template"),
    Limit("buttons_text", 160, "graphemes", "REF: Buttons template"),
    Limit("buttons_text_short", 60, "graphemes", "REF: Buttons template with title or image"),
    Limit("buttons_actions", 4, "items", "REF: Buttons template"),
    Limit("confirm_text", 240, "graphemes", "REF: Confirm template"),
    Limit("confirm_actions", 2, "items", "REF: Confirm template, exactly two"),
    Limit("carousel_columns", 10, "items", "REF: Carousel template"),
    Limit("carousel_title", 40, "graphemes", "REF: Carousel template"),
    Limit("carousel_text", 120, "graphemes", "REF: Carousel template"),
    Limit("carousel_text_short", 60, "graphemes", "REF: Carousel template with title or image"),
    Limit("carousel_actions", 3, "items", "REF: Carousel template, same number in each column"),
    Limit("bubble", 30 * 1024, "bytes", "REF: Flex Message, bubble"),
    Limit("flex_carousel", 50 * 1024, "bytes", "REF: Flex Message, carousel"),
    Limit("flex_bubbles", 12, "items", "REF: Flex Message, carousel"),
    # Actions
    Limit("label", 20, "graphemes", "REF: Action objects"),
    Limit("flex_label", 40, "graphemes", "REF: Action objects, Flex button"),
    Limit("postback_data", 300, "UTF-16 units", "REF: Postback action"),
    Limit("postback_shown", 300, "graphemes", "REF: Postback action, displayText and fillInText"),
    Limit("say_text", 300, "graphemes", "REF: Message action"),
    Limit("uri", 1000, "UTF-16 units", "REF: URI action (10,000 since 2026-10-27; we stay below)"),
    # Rich menus
    Limit("richmenu_areas", 20, "items", "REF: Rich menu object"),
    Limit("richmenu_name", 300, "graphemes", "REF: Rich menu object"),
    Limit("richmenu_bar", 14, "UTF-16 units", "REF: Rich menu object (graphemes; we are stricter)"),
    Limit("richmenu_users", 500, "items", "REF: Link rich menu to multiple users"),
    Limit("richmenu_picture", 1_000_000, "bytes", "REF: Upload rich menu image (1 MB)"),
)

_NOT_LISTED = "REF: Rate limits, everything else"

RATES: Final[dict[str, Rate]] = {
    "reply": Rate(2000, 1, _NOT_LISTED),
    "push": Rate(2000, 1, _NOT_LISTED),
    "multicast": Rate(200, 1, "REF: Rate limits (since 2025-04-23)"),
    "narrowcast": Rate(60, 3600, "REF: Rate limits"),
    "broadcast": Rate(60, 3600, "REF: Rate limits"),
    "profile": Rate(2000, 1, _NOT_LISTED),
    "linkToken": Rate(2000, 1, _NOT_LISTED),
    "bot_info": Rate(2000, 1, _NOT_LISTED),
    "insight": Rate(60, 3600, "REF: Rate limits"),
    "webhook_test": Rate(60, 3600, "REF: Rate limits"),
    "webhook_endpoint": Rate(1000, 60, "REF: Rate limits"),
    "richmenu_create": Rate(100, 3600, "REF: Rate limits"),
    "richmenu_delete": Rate(100, 3600, "REF: Rate limits"),
    "richmenu_alias_delete": Rate(100, 3600, "REF: Rate limits"),
    "richmenu_list": Rate(10, 1, "REF: Rate limits (since 2026-05-26)"),
    "richmenu_batch": Rate(3, 3600, "REF: Rate limits"),
    "richmenu_batch_progress": Rate(100, 3600, "REF: Rate limits"),
    "audience": Rate(60, 60, "REF: Rate limits"),
    "loading": Rate(100, 1, "REF: Rate limits"),
    "membership": Rate(200, 1, "REF: Rate limits"),
    "coupon": Rate(200, 1, "REF: Rate limits"),
    "token_issue": Rate(370, 1, "REF: Rate limits"),
    "other": Rate(2000, 1, _NOT_LISTED),
}

_VALUES = {limit.name: limit.value for limit in LIMITS}

MESSAGES_PER_CALL: Final = _VALUES["messages_per_call"]
REQUEST_BODY_BYTES: Final = _VALUES["request_body"]
MULTICAST_RECIPIENTS: Final = _VALUES["multicast_recipients"]
REPLY_TOKEN_SECONDS: Final = _VALUES["reply_token_life"]
RETRY_KEY_SECONDS: Final = _VALUES["retry_key_life"]
RETRY_KEY_USE_SECONDS: Final = _VALUES["retry_key_use"]
WEBHOOK_BODY_BYTES: Final = _VALUES["webhook_body"]
WEBHOOK_ANSWER_SECONDS: Final = _VALUES["webhook_answer"]
TEXT_UNITS: Final = _VALUES["text"]
ALT_TEXT_UNITS: Final = _VALUES["alt_text"]
MEDIA_URL_UNITS: Final = _VALUES["media_url"]
QUICK_REPLIES: Final = _VALUES["quick_replies"]
BUTTONS_TITLE: Final = _VALUES["buttons_title"]
BUTTONS_TEXT: Final = _VALUES["buttons_text"]
BUTTONS_TEXT_SHORT: Final = _VALUES["buttons_text_short"]
BUTTONS_ACTIONS: Final = _VALUES["buttons_actions"]
CONFIRM_TEXT: Final = _VALUES["confirm_text"]
CONFIRM_ACTIONS: Final = _VALUES["confirm_actions"]
CAROUSEL_COLUMNS: Final = _VALUES["carousel_columns"]
CAROUSEL_TITLE: Final = _VALUES["carousel_title"]
CAROUSEL_TEXT: Final = _VALUES["carousel_text"]
CAROUSEL_TEXT_SHORT: Final = _VALUES["carousel_text_short"]
CAROUSEL_ACTIONS: Final = _VALUES["carousel_actions"]
BUBBLE_BYTES: Final = _VALUES["bubble"]
FLEX_CAROUSEL_BYTES: Final = _VALUES["flex_carousel"]
FLEX_BUBBLES: Final = _VALUES["flex_bubbles"]
LABEL: Final = _VALUES["label"]
FLEX_LABEL: Final = _VALUES["flex_label"]
POSTBACK_DATA_UNITS: Final = _VALUES["postback_data"]
POSTBACK_SHOWN: Final = _VALUES["postback_shown"]
SAY_TEXT: Final = _VALUES["say_text"]
URI_UNITS: Final = _VALUES["uri"]
RICHMENU_AREAS: Final = _VALUES["richmenu_areas"]
RICHMENU_NAME: Final = _VALUES["richmenu_name"]
RICHMENU_BAR_UNITS: Final = _VALUES["richmenu_bar"]
RICHMENU_USERS: Final = _VALUES["richmenu_users"]
RICHMENU_PICTURE_BYTES: Final = _VALUES["richmenu_picture"]

_GRAPHEME = regex.compile(r"\X")


def utf16_len(text: str) -> int:
    """Count UTF-16 code units, LINE's measure of most texts (guide: Character counting)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Count grapheme clusters, LINE's measure of labels and template texts."""
    return sum(1 for _ in _GRAPHEME.finditer(text))
