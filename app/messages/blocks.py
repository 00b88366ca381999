"""The building blocks of messages, and what each becomes in LINE's JSON.

Notices build them in code; staff write the same blocks as JSON for keyword answers, where `kind`
tells them apart, unknown fields are refused and every text is `{"ja": …, "en": …}`. The translator
then comes in as pydantic's validation context: `Block.model_validate(json, context=translator)`.
Texts are fitted into LINE's limits when a block is made; a pydantic ValidationError says which
text is too long, empty or wrong.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from app.line import limits
from app.messages.translator import Translator
from app.messages.words import Size, TextError, Words, clusters, units

Json = dict[str, Any]

# The colours of the cards: dark enough on white for WCAG AA.
_ACCENT = "#6B4A2B"
_INK = "#333333"
_PALE = "#737373"


def _words(value: object, info: ValidationInfo) -> Words:
    if isinstance(value, Words):
        return value
    if isinstance(info.context, Translator) and isinstance(value, Mapping):
        return info.context.pick(value)
    raise TextError("a text is written as {ja: ..., en: ...}, and en may be left out")


def _fit(value: object, info: ValidationInfo, size: Size) -> str:
    words = _words(value, info)
    if not words.strip():
        raise TextError(f"{words.key} is empty")
    return words.fit(size)


def _fits(size: Size) -> BeforeValidator:
    return BeforeValidator(lambda value, info: _fit(value, info, size))


def _fits_beside(size: Size, beside_title_or_image: Size) -> BeforeValidator:
    """LINE leaves less room for a template's text where a title or an image stands above it."""

    def fit(value: object, info: ValidationInfo) -> str:
        beside = info.data.get("title") or info.data.get("image")
        return _fit(value, info, beside_title_or_image if beside else size)

    return BeforeValidator(fit)


def _at_most_units(limit: int) -> AfterValidator:
    def check(value: str) -> str:
        if limits.utf16_len(value) > limit:
            raise ValueError(f"longer than {limit:,} UTF-16 units")
        return value

    return AfterValidator(check)


def count(least: int, most: int) -> AfterValidator:
    """Return a rule for how many items a tuple has.

    pydantic's own counts valid items only, and so calls a tuple with one mistake empty as well.
    """

    def check(value: tuple[object, ...]) -> tuple[object, ...]:
        if not least <= len(value) <= most:
            raise ValueError(f"has {len(value)} instead of {least} to {most}")
        return value

    return AfterValidator(check)


Label = Annotated[str, _fits(clusters(limits.LABEL))]
AltText = Annotated[str, _fits(units(limits.ALT_TEXT_UNITS))]
Data = Annotated[str, Field(min_length=1), _at_most_units(limits.POSTBACK_DATA_UNITS)]
MediaUrl = Annotated[str, Field(pattern=r"^https://\S+$"), _at_most_units(limits.MEDIA_URL_UNITS)]
Uri = Annotated[
    str, Field(pattern=r"^(https?://|tel:|line://)\S+$"), _at_most_units(limits.URI_UNITS)
]
# LINE sets no length for the texts of a card, only 30 KB for all of it; these keep it far below.
CardTitle = Annotated[str, _fits(units(100))]
CardText = Annotated[str, _fits(units(1000))]
RowLabel = Annotated[str, _fits(units(40))]
RowText = Annotated[str, _fits(units(300))]


class _Piece(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Say(_Piece):
    """A button that makes the person say something; without `text` it says its label."""

    kind: Literal["say"] = "say"
    label: Label
    text: Annotated[str, _fits(clusters(limits.SAY_TEXT))] | None = None

    def line(self) -> Json:
        return {"type": "message", "label": self.label, "text": self.text or self.label}


class Postback(_Piece):
    """A button that sends us `data`; `shown` appears in the chat as the person's words."""

    kind: Literal["postback"] = "postback"
    label: Label
    data: Data
    shown: Annotated[str, _fits(clusters(limits.POSTBACK_SHOWN))] | None = None

    def line(self) -> Json:
        action: Json = {"type": "postback", "label": self.label, "data": self.data}
        return action | ({"displayText": self.shown} if self.shown else {})


class Open(_Piece):
    """A button that opens a page, the telephone or a part of LINE."""

    kind: Literal["open"] = "open"
    label: Label
    uri: Uri

    def line(self) -> Json:
        return {"type": "uri", "label": self.label, "uri": self.uri}


class Pick(_Piece):
    """A button that asks for a date, a time or both. LINE's values carry no time zone."""

    kind: Literal["pick"] = "pick"
    label: Label
    data: Data
    mode: Literal["date", "time", "datetime"]
    initial: str | None = None
    min: str | None = None
    max: str | None = None

    def line(self) -> Json:
        bounds = {"initial": self.initial, "min": self.min, "max": self.max}
        action = {"type": "datetimepicker", "label": self.label, "data": self.data}
        given = {name: value for name, value in bounds.items() if value is not None}
        return action | {"mode": self.mode} | given


class Here(_Piece):
    """A quick reply by which a person shares where they are; LINE shows it nowhere else."""

    kind: Literal["here"] = "here"
    label: Label

    def line(self) -> Json:
        return {"type": "location", "label": self.label}


Action = Annotated[Say | Postback | Open | Pick, Field(discriminator="kind")]
QuickReply = Annotated[Say | Postback | Open | Pick | Here, Field(discriminator="kind")]
QuickReplies = Annotated[tuple[QuickReply, ...], count(0, limits.QUICK_REPLIES)]


class Message(_Piece, ABC):
    """One message bubble. LINE shows the quick replies of the last message only."""

    quick_replies: QuickReplies = ()

    @abstractmethod
    def body(self) -> Json:
        """Return LINE's message object without quick replies."""

    def line(self) -> Json:
        """Return LINE's message object."""
        if not self.quick_replies:
            return self.body()
        items = [{"type": "action", "action": action.line()} for action in self.quick_replies]
        return self.body() | {"quickReply": {"items": items}}


class Text(Message):
    kind: Literal["text"] = "text"
    text: Annotated[str, _fits(units(limits.TEXT_UNITS))]

    def body(self) -> Json:
        return {"type": "text", "text": self.text}


class Sticker(Message):
    """A sticker of LINE's official list of sendable stickers."""

    kind: Literal["sticker"] = "sticker"
    package: Annotated[str, Field(pattern=r"^[0-9]+$")]
    sticker: Annotated[str, Field(pattern=r"^[0-9]+$")]

    def body(self) -> Json:
        return {"type": "sticker", "packageId": self.package, "stickerId": self.sticker}


class Image(Message):
    """A picture; `preview` (at most 1 MB) is what the chat shows, by default the picture itself."""

    kind: Literal["image"] = "image"
    url: MediaUrl
    preview: MediaUrl | None = None

    def body(self) -> Json:
        return {
            "type": "image",
            "originalContentUrl": self.url,
            "previewImageUrl": self.preview or self.url,
        }


class Buttons(Message):
    """A text with one to four buttons under it."""

    kind: Literal["buttons"] = "buttons"
    title: Annotated[str, _fits(clusters(limits.BUTTONS_TITLE))] | None = None
    image: MediaUrl | None = None
    text: Annotated[
        str,
        _fits_beside(clusters(limits.BUTTONS_TEXT), clusters(limits.BUTTONS_TEXT_SHORT)),
    ]
    buttons: Annotated[tuple[Action, ...], count(1, limits.BUTTONS_ACTIONS)]

    def body(self) -> Json:
        shown = _column(self.title, self.image, self.text, self.buttons)
        return _template(self.text, {"type": "buttons"} | shown)


class Confirm(Message):
    """A question with two buttons side by side."""

    kind: Literal["confirm"] = "confirm"
    text: Annotated[str, _fits(clusters(limits.CONFIRM_TEXT))]
    buttons: tuple[Action, Action]

    def body(self) -> Json:
        actions = [action.line() for action in self.buttons]
        return _template(self.text, {"type": "confirm", "text": self.text, "actions": actions})


class Column(_Piece):
    """One card of a carousel."""

    title: Annotated[str, _fits(clusters(limits.CAROUSEL_TITLE))] | None = None
    image: MediaUrl | None = None
    text: Annotated[
        str,
        _fits_beside(clusters(limits.CAROUSEL_TEXT), clusters(limits.CAROUSEL_TEXT_SHORT)),
    ]
    buttons: Annotated[tuple[Action, ...], count(1, limits.CAROUSEL_ACTIONS)]


class Carousel(Message):
    """Up to ten cards to swipe through, all of the same build. `alt` is for the list of chats."""

    kind: Literal["carousel"] = "carousel"
    alt: AltText
    columns: Annotated[tuple[Column, ...], count(1, limits.CAROUSEL_COLUMNS)]

    @model_validator(mode="after")
    def _same_build(self) -> Self:
        builds = {(bool(c.title), bool(c.image), len(c.buttons)) for c in self.columns}
        if len(builds) > 1:
            raise ValueError("columns differ in title, image or number of buttons")
        return self

    def body(self) -> Json:
        columns = [_column(c.title, c.image, c.text, c.buttons) for c in self.columns]
        return _template(self.alt, {"type": "carousel", "columns": columns})


class Row(_Piece):
    """A line of a card: what it is, and its value."""

    label: RowLabel
    text: RowText

    def line(self) -> Json:
        return {
            "type": "box",
            "layout": "baseline",
            "spacing": "md",
            "contents": [
                _flex_text(self.label, size="sm", color=_PALE, flex=2),
                _flex_text(self.text, size="sm", color=_INK, flex=5),
            ],
        }


class Card(Message):
    """A Flex bubble: picture, title, text, rows and buttons; only the title must be there."""

    kind: Literal["card"] = "card"
    image: MediaUrl | None = None
    title: CardTitle
    text: CardText | None = None
    rows: Annotated[tuple[Row, ...], count(0, 8)] = ()
    buttons: Annotated[tuple[Action, ...], count(0, 4)] = ()

    def body(self) -> Json:
        return {"type": "flex", "altText": self._alt_text(), "contents": self.bubble()}

    def _alt_text(self) -> str:
        return f"{self.title}\n{self.text}" if self.text else self.title

    def bubble(self) -> Json:
        """Return LINE's bubble, which may stand in a carousel too."""
        bubble: Json = {"type": "bubble", "body": _box("md", self._contents())}
        if self.image:
            bubble["hero"] = _hero(self.image)
        if self.buttons:
            bubble["footer"] = _box("sm", _flex_buttons(self.buttons))
        return bubble

    def _contents(self) -> list[Json]:
        contents = [_flex_text(self.title, size="lg", color=_ACCENT, weight="bold")]
        if self.text:
            contents.append(_flex_text(self.text, size="sm", color=_INK))
        if self.rows:
            contents.append({"type": "separator", "margin": "lg"})
        return contents + [row.line() for row in self.rows]


Block = Annotated[
    Text | Sticker | Image | Buttons | Confirm | Carousel | Card, Field(discriminator="kind")
]


def _template(alt: str, template: Json) -> Json:
    return {"type": "template", "altText": alt, "template": template}


def _column(title: str | None, image: str | None, text: str, buttons: tuple[Action, ...]) -> Json:
    column: Json = {"text": text, "actions": [button.line() for button in buttons]}
    if title:
        column["title"] = title
    if image:
        column["thumbnailImageUrl"] = image
    return column


def _box(spacing: str, contents: list[Json]) -> Json:
    return {"type": "box", "layout": "vertical", "spacing": spacing, "contents": contents}


def _hero(url: str) -> Json:
    return {
        "type": "image",
        "url": url,
        "size": "full",
        "aspectRatio": "20:13",
        "aspectMode": "cover",
    }


def _flex_text(text: str, **look: str | int) -> Json:
    return {"type": "text", "text": text, "wrap": True} | look


def _flex_buttons(actions: tuple[Action, ...]) -> list[Json]:
    """The first button is what most people want, so it alone is filled."""
    looks: list[Json] = [{"style": "primary", "color": _ACCENT}]
    looks += [{"style": "link", "color": _ACCENT}] * (len(actions) - 1)
    return [
        {"type": "button", "height": "sm", "action": action.line()} | look
        for action, look in zip(actions, looks, strict=True)
    ]
