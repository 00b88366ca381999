"""A category, product or store item as EC, POS or a person writes it: closed shapes.

Every mistake is named with its field, in Japanese and in English.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.domain.catalogue import limits, rules
from app.domain.catalogue.allergens import ALLERGENS
from app.domain.catalogue.errors import BadCatalogue
from app.domain.files.errors import Problem
from app.domain.pictures import BadPicture, checked


def refused(ja: str, en: str) -> PydanticCustomError:
    """What a validator raises, in Japanese and English."""
    return PydanticCustomError("ours", "{ja}\n{en}", {"ja": ja, "en": en})


def _picture(written: str) -> str:
    try:
        return checked(written)
    except BadPicture as error:
        raise refused(error.ja, error.en) from None


def _times(written: str) -> str:
    try:
        return rules.canonical_times(written)
    except ValueError:
        raise refused(
            "販売時間は「月-金 07:30-11:00; 土,日 09:00-11:00」のように書きます",
            "times are written like mon-fri 07:30-11:00; sat,sun 09:00-11:00",
        ) from None


def _japanese(words: dict[Any, str]) -> dict[Any, str]:
    if words and "ja" not in words:
        raise refused("日本語がありません", "has no Japanese")
    return words


def _named(words: dict[Any, str]) -> dict[Any, str]:
    if not words:
        raise refused("日本語がありません", "has no Japanese")
    return _japanese(words)


def _allergens(written: list[str]) -> list[str]:
    if any(code not in ALLERGENS for code in written):
        raise refused("一覧にないアレルゲンがあります", "has an allergen that is not on the list")
    return [code for code in ALLERGENS if code in written]


def _each_once(entries: list[Any]) -> list[Any]:
    codes = [entry.code for entry in entries]
    if len(set(codes)) != len(codes):
        raise refused("同じコードが二つあります", "has one code twice")
    return entries


Code = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=limits.CODE,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    ),
]
_Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.NAME)
]
_Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.TEXT)
]
Name = Annotated[dict[Literal["ja", "en"], _Word], AfterValidator(_named)]
Text = Annotated[dict[Literal["ja", "en"], _Text], AfterValidator(_japanese)]
Yen = Annotated[int, Field(ge=0, le=limits.PRICE, strict=True)]
Stock = Annotated[int, Field(ge=0, le=limits.STOCK, strict=True)]
Picture = Annotated[str, Field(max_length=limits.PICTURE), AfterValidator(_picture)]
Times = Annotated[
    str,
    Field(max_length=limits.TIMES),
    AfterValidator(_times),
    Field(max_length=limits.TIMES),
]
Allergens = Annotated[list[str], Field(max_length=len(ALLERGENS)), AfterValidator(_allergens)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewCategory(_Written):
    """A part of the menu; parts are shown by `position`, then by age."""

    code: Code
    name: Name
    position: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Choice(_Written):
    """Something to choose; `price` is what it adds to one piece, taxed as the product is."""

    code: Code
    name: Name
    price: Yen = 0


class OptionGroup(_Written):
    """Of these choices at least `min` and at most `max` are taken, each once."""

    code: Code
    name: Name
    min: Annotated[int, Field(ge=0, le=limits.CHOICES)] = 0
    max: Annotated[int, Field(ge=1, le=limits.CHOICES)] = 1
    choices: Annotated[
        list[Choice], Field(min_length=1, max_length=limits.CHOICES), AfterValidator(_each_once)
    ]

    @model_validator(mode="after")
    def _can_be_chosen(self) -> Self:
        if not self.min <= self.max <= len(self.choices):
            raise refused("選べる数が合いません", "min and max do not fit the choices")
        return self


class NewVariant(_Written):
    """A size or kind; `name` is left out where the product has only this one."""

    code: Code
    name: Name | None = None
    price: Yen


class NewProduct(_Written):
    """A whole product. What is left out is emptied; variants that are not listed are retired.

    `tax` is 8 or 10 (percent). `allergens`: null where the shop has not said, [] for none of them.
    """

    code: Code
    name: Name
    text: Text = {}
    category: Code | None = None
    picture: Picture | None = None
    tax: Literal[8, 10]
    tax_included: bool = True
    allergens: Allergens | None = None
    options: Annotated[
        list[OptionGroup], Field(max_length=limits.OPTION_GROUPS), AfterValidator(_each_once)
    ] = []
    times: Times | None = None
    active: bool = True
    variants: Annotated[
        list[NewVariant],
        Field(min_length=1, max_length=limits.VARIANTS),
        AfterValidator(_each_once),
    ]

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if len(self.variants) > 1 and any(variant.name is None for variant in self.variants):
            raise refused("複数あるバリエーションには名前が必要です", "several variants need names")
        return self


class NewStoreItem(_Written):
    """What a store makes of a variant, both named by code. What is left out stays as it is.

    null as price: the variant's own; as stock: unlimited; as times: the product's.
    """

    store: Code
    variant: Code
    offered: bool = True
    price: Yen | None = None
    stock: Stock | None = None
    times: Times | None = None


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], written: Mapping[str, Any]) -> Model:
    """What was written; raises BadCatalogue, which names the fields."""
    try:
        return model.model_validate(written)
    except ValidationError as error:
        raise BadCatalogue([_problem(one) for one in error.errors()]) from None


_WORDS = {
    "missing": ("必要です", "is missing"),
    "extra_forbidden": ("知らない項目です", "is no field"),
    "string_too_long": ("長すぎます", "is too long"),
    "string_too_short": ("空です", "is empty"),
    "string_pattern_mismatch": (
        "英数字と . _ - だけが使えます",
        "takes letters, digits and . _ - alone",
    ),
    "too_long": ("多すぎます", "has too many"),
    "too_short": ("一つ以上必要です", "needs one"),
    "greater_than_equal": ("小さすぎます", "is too small"),
    "less_than_equal": ("大きすぎます", "is too large"),
    "literal_error": ("使えない値です", "has a value that is not allowed"),
}
_OTHERS = ("値の形が違います", "has the wrong form")


def _problem(error: Any) -> Problem:
    place = ".".join(str(part)[:40] for part in error["loc"] if part != "[key]")
    if error["type"] == "ours":
        return Problem(place, error["ctx"]["ja"], error["ctx"]["en"])
    return Problem(place, *_WORDS.get(error["type"], _OTHERS))
