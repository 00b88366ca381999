"""What a person can write, as the control API takes it for an event of the type message.

LINE: https://developers.line.biz/en/reference/messaging-api/#wh-text
"""

import base64
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, TypeAdapter, model_validator

from sandbox import sample
from sandbox.problems import Body

Json = dict[str, Any]
_MIMES = {"image": "image/png", "video": "video/mp4", "audio": "audio/x-m4a"}
_ANY_MIME = "application/octet-stream"


class Written(NamedTuple):
    """The webhook's message object without id and tokens, and the bytes LINE keeps for it."""

    content: Json
    data: bytes | None = None
    mime: str = _ANY_MIME


class _Emoji(Body):
    index: int = Field(ge=0)
    length: int = Field(ge=1)
    productId: str
    emojiId: str


class _Mentionee(Body):
    type: Literal["user", "all"]
    index: int = Field(ge=0)
    length: int = Field(ge=1)
    userId: str | None = None
    isSelf: bool | None = None


class _Mention(Body):
    mentionees: list[_Mentionee] = Field(min_length=1, max_length=20)


class _Text(Body):
    type: Literal["text"]
    text: str = Field(min_length=1, max_length=10_000)
    emojis: list[_Emoji] | None = None
    mention: _Mention | None = None
    quotedMessageId: str | None = None


class _Sticker(Body):
    type: Literal["sticker"]
    packageId: str = "446"
    stickerId: str = "1988"
    stickerResourceType: str = "STATIC"
    keywords: list[str] | None = None
    text: str | None = None
    quotedMessageId: str | None = None


class _Location(Body):
    type: Literal["location"]
    latitude: float = Field(ge=-90, le=90, strict=False)
    longitude: float = Field(ge=-180, le=180, strict=False)
    title: str | None = Field(None, max_length=100)
    address: str | None = Field(None, max_length=100)


class _ImageSet(Body):
    id: str
    index: int | None = Field(None, ge=1)
    total: int | None = Field(None, ge=1)


class _Media(Body):
    """`data`: the bytes in Base64; a picture may do without and is a sample then."""

    type: Literal["image", "video", "audio"]
    data: str | None = None
    mime: str | None = Field(None, pattern=r"^(image|video|audio)/[\w.+-]+$")
    duration: int | None = Field(None, ge=1)
    imageSet: _ImageSet | None = None

    @model_validator(mode="after")
    def _has_bytes(self) -> Self:
        if self.data is None and self.type != "image":
            raise ValueError("data (Base64) is needed")
        _decoded(self.data or "")
        return self


class _File(Body):
    type: Literal["file"]
    fileName: str = Field(min_length=1, max_length=255)
    data: str

    @model_validator(mode="after")
    def _has_bytes(self) -> Self:
        _decoded(self.data)
        return self


_Message = Annotated[_Text | _Sticker | _Location | _Media | _File, Field(discriminator="type")]
_message: TypeAdapter[_Message] = TypeAdapter(_Message)


def read(content: Json) -> Written:
    """Return what is written. Raises pydantic.ValidationError."""
    wanted = _message.validate_python(content)
    told = wanted.model_dump(exclude_none=True, exclude={"data", "mime"})
    if isinstance(wanted, _File):
        data = _decoded(wanted.data)
        return Written(told | {"fileSize": len(data)}, data)
    if isinstance(wanted, _Media):
        data = sample.picture() if wanted.data is None else _decoded(wanted.data)
        return Written(told, data, wanted.mime or _MIMES[wanted.type])
    return Written(told)


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:  # Letters beyond ASCII raise it, all else its subclass binascii.Error.
        raise ValueError("data is not Base64") from None
