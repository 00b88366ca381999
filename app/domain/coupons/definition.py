"""A coupon or pool of gift codes as an owner writes it: a closed shape, every mistake named."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain import pictures
from app.domain.coupons import limits, rules
from app.domain.coupons.errors import BadCoupon


def _code(written: str) -> str:
    code = rules.canonical(written)
    if code is None:
        raise ValueError("needs letters, digits and hyphens")
    return code


def _in_japanese(words: dict[str, str]) -> dict[str, str]:
    if "ja" not in words or not all(text.strip() for text in words.values()):
        raise ValueError("needs Japanese, and no empty text")
    return words


Code = Annotated[str, AfterValidator(_code)]
Title = Annotated[
    dict[Literal["ja", "en"], Annotated[str, Field(max_length=limits.TITLE)]],
    AfterValidator(_in_japanese),
]
Text = Annotated[
    dict[Literal["ja", "en"], Annotated[str, Field(max_length=limits.TEXT)]],
    AfterValidator(_in_japanese),
]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewCoupon(_Written):
    """What `coupon put` reads; docs/coupons.md has an example of each field."""

    code: Code
    title: Title
    text: Text
    picture: (
        Annotated[str, Field(max_length=limits.PICTURE), AfterValidator(pictures.checked)] | None
    ) = None
    # First and last day on which it is good, in the shop's time zone.
    first_day: date | None = None
    last_day: date | None = None
    days: Annotated[int, Field(ge=1, le=limits.DAYS)] | None = None
    stock: Annotated[int, Field(ge=0, le=limits.STOCK)] | None = None
    per_member: Annotated[int, Field(ge=1, le=limits.PER_MEMBER)] = 1
    stores: Annotated[list[str], Field(max_length=limits.STORES)] = []
    combinable: bool = False
    typed: Literal["off", "word", "bare"] = "off"
    on_link: bool = False
    on_birthday: bool = False
    active: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        if self.typed == "bare" and not rules.may_be_bare(self.code):
            raise ValueError(
                f"a bare code needs {limits.BARE_CODE} characters, letters and digits among them"
            )
        return self

    def check_stores(self, known: Collection[str]) -> None:
        """Raises BadCoupon for a store that is not there."""
        if unknown := [code for code in self.stores if code not in known]:
            raise BadCoupon(f"stores: there is no {', '.join(unknown)}")


class NewPool(_Written):
    """What `coupon gifts put` reads."""

    name: Code
    title: Title
    text: Text
    low_at: Annotated[int, Field(ge=0, le=limits.STOCK)] = 0
    on_link: bool = False
    active: bool = True


Model = TypeVar("Model", NewCoupon, NewPool)


def read(model: type[Model], written: Mapping[str, Any]) -> Model:
    """What was written; raises BadCoupon, which names the fields."""
    try:
        return model.model_validate(written)
    except ValidationError as error:
        raise BadCoupon("; ".join(map(_mistake, error.errors()))) from None


def _mistake(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))
    words = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
