"""The shop's rules for points as an owner writes them: a closed shape, every mistake named."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain.points import limits
from app.domain.points.errors import BadPoints

_Code = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=limits.TIER_CODE)]
_Percent = Annotated[int, Field(ge=1, le=limits.PERCENT)]
_Days = Annotated[int, Field(ge=1, le=limits.DAYS)]
_Points = Annotated[int, Field(ge=0, le=limits.POINTS)]
_Word = Annotated[str, Field(min_length=1, max_length=limits.TIER_NAME)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NewProgram(_Written):
    """Rate, expiry and gifts; docs/points.md explains each field."""

    earn_yen: Annotated[int, Field(ge=1, le=limits.PAID)]
    earn_points: _Points
    expiry: Literal["fixed", "rolling"]
    expiry_days: _Days
    link_points: _Points = 0
    birthday_points: _Points = 0
    tier_basis: Literal["points", "spend"] = "points"
    tier_days: _Days = 365
    grace_days: Annotated[int, Field(ge=0, le=limits.DAYS)] = 0


class NewName(_Written):
    """A tier's name; the Japanese one is the member's `tier`."""

    ja: _Word
    en: _Word


class NewTier(_Written):
    """A tier, from `threshold` points or yen on."""

    code: _Code
    name: NewName
    threshold: Annotated[int, Field(ge=0, le=10 * limits.PAID)]
    percent: _Percent = 100


class NewBonus(_Written):
    """Days or a store (its code) that count more; 0 is Monday, 6 is Sunday."""

    code: _Code
    percent: _Percent
    from_day: date | None = None
    until_day: date | None = None
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = []
    store: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.from_day and self.until_day and self.until_day < self.from_day:
            raise ValueError("until_day is before from_day")
        return self


class NewRules(_Written):
    """What `points put` reads."""

    program: NewProgram
    tiers: list[NewTier] = []
    bonuses: list[NewBonus] = []

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        for name, each in (
            ("tiers: a code", [tier.code for tier in self.tiers]),
            ("tiers: a threshold", [tier.threshold for tier in self.tiers]),
            ("bonuses: a code", [bonus.code for bonus in self.bonuses]),
        ):
            if len(set(each)) != len(each):
                raise ValueError(f"{name} is there twice")
        return self


def read(written: Mapping[str, Any]) -> NewRules:
    """What was written; raises BadPoints, which names the fields."""
    try:
        return NewRules.model_validate(written)
    except ValidationError as error:
        raise BadPoints("; ".join(map(_mistake, error.errors()))) from None


def _mistake(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))
    words = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
