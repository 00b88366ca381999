"""Services, resources and rules as an owner writes them: closed shapes, every mistake named."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.domain.hours import rules as hours
from app.domain.hours.errors import BadHours
from app.domain.reservations import limits
from app.domain.reservations.errors import BadReservation

Kind = Literal["staff", "seat", "room", "course"]
KINDS: Final[tuple[Kind, ...]] = ("staff", "seat", "room", "course")


def _in_japanese(words: dict[str, str]) -> dict[str, str]:
    if "ja" not in words or not all(text.strip() for text in words.values()):
        raise ValueError("needs Japanese, and no empty text")
    return words


def _whole_units(minutes: int) -> int:
    if minutes % limits.LEAST_GRID:
        raise ValueError(f"needs whole steps of {limits.LEAST_GRID} minutes")
    return minutes


def _all_different(kinds: Sequence[Kind]) -> Sequence[Kind]:
    if len(set(kinds)) != len(kinds):
        raise ValueError("needs different kinds")
    return kinds


def _week(weekly: dict[str, list[tuple[str, str]]]) -> dict[str, list[tuple[str, str]]]:
    try:
        hours.check_week(weekly)
    except BadHours as error:
        raise ValueError(str(error)) from None
    return weekly


_UNITS = AfterValidator(_whole_units)

Words = dict[Literal["ja", "en"], Annotated[str, Field(max_length=limits.TITLE)]]
Title = Annotated[Words, AfterValidator(_in_japanese)]
LongWords = dict[Literal["ja", "en"], Annotated[str, Field(max_length=limits.TEXT)]]
Text = Annotated[LongWords, AfterValidator(_in_japanese)]
Length = Annotated[int, Field(ge=limits.LEAST_GRID, le=limits.MINUTES), _UNITS]
Longer = Annotated[int, Field(ge=0, le=limits.MINUTES), _UNITS]
Buffer = Annotated[int, Field(ge=0, le=limits.BUFFER), _UNITS]
Grid = Annotated[int, Field(ge=limits.LEAST_GRID, le=limits.GRID), _UNITS]
Weekly = Annotated[dict[str, list[tuple[str, str]]], AfterValidator(_week)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=limits.CODE)]
Price = Annotated[int, Field(ge=0, le=limits.PRICE)]
Party = Annotated[int, Field(ge=1, le=limits.PARTY)]
Hour = Annotated[int, Field(ge=0, le=23)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewOption(_Written):
    """Something that can be added to a service; it makes it longer, dearer, or both."""

    code: Code
    name: Title
    minutes: Longer = 0
    price: Price = 0


class NewService(_Written):
    """What can be reserved; docs/reservations.md says what each field means."""

    code: Code
    name: Title
    text: Text | None = None
    minutes: Length
    before_minutes: Buffer = 0
    after_minutes: Buffer = 0
    grid_minutes: Grid = 30
    price: Price | None = None
    per_person: bool = False
    # "anyone", "linked", or the code of a tier.
    audience: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "anyone"
    deposit: Text | None = None
    party_min: Party = 1
    party_max: Party = 1
    options: Annotated[list[NewOption], Field(max_length=limits.OPTIONS)] = []
    needs: Annotated[list[Kind], Field(min_length=1, max_length=2), AfterValidator(_all_different)]
    active: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.party_max < self.party_min:
            raise ValueError("party_max is below party_min")
        codes = [option.code for option in self.options]
        if len(set(codes)) != len(codes):
            raise ValueError("two options have the same code")
        if self.minutes + sum(option.minutes for option in self.options) > limits.MINUTES:
            raise ValueError(f"with all options it is longer than {limits.MINUTES} minutes")
        return self


class NewResource(_Written):
    """Somebody or something of a store, and the codes of the services it is for."""

    code: Code
    name: Title
    kind: Kind
    capacity: Annotated[int, Field(ge=1, le=limits.CAPACITY)] = 1
    party_max: Party | None = None
    # As hours.rules.Week reads it; None: the store's own hours.
    weekly: Weekly | None = None
    services: Annotated[list[Code], Field(max_length=limits.RESOURCES)] = []
    active: bool = True


class NewRules(_Written):
    """By which rules a store takes reservations; minutes count back from the start."""

    lead_minutes: Annotated[int, Field(ge=0, le=limits.LEAD)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=limits.HORIZON)] = 60
    change_minutes: Annotated[int, Field(ge=0, le=limits.CUT_OFF)] = 180
    cancel_minutes: Annotated[int, Field(ge=0, le=limits.CUT_OFF)] = 180
    hold_minutes: Annotated[int, Field(ge=1, le=limits.HOLD)] = 10
    open_limit: Annotated[int, Field(ge=1, le=limits.OPEN)] = 3
    remind_hour: Hour | None = 18
    remind_hours: Annotated[int, Field(ge=1, le=limits.REMIND_HOURS)] | None = 3
    quiet_from: Hour = 21
    quiet_to: Hour = 9
    thanks_minutes: Annotated[int, Field(ge=0, le=limits.THANKS)] | None = 120
    no_show_limit: Annotated[int, Field(ge=1, le=limits.NO_SHOWS)] | None = 3
    no_show_days: Annotated[int, Field(ge=1, le=limits.NO_SHOW_DAYS)] = 180


Model = TypeVar("Model", NewService, NewResource, NewRules)


def read(model: type[Model], written: Mapping[str, Any]) -> Model:
    """What was written; raises BadReservation, which names the fields."""
    try:
        return model.model_validate(written)
    except ValidationError as error:
        raise BadReservation("; ".join(map(_mistake, error.errors()))) from None


def _mistake(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))
    words = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
