"""An order, and a store's rules for orders, as somebody writes them: closed shapes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.domain.catalogue import definition
from app.domain.catalogue import limits as catalogue
from app.domain.catalogue.definition import Code, Model, Name, Times, Yen
from app.domain.catalogue.errors import BadCatalogue
from app.domain.orders import limits
from app.domain.orders.errors import BadOrder


def _words(longest: int) -> Any:
    """Words that a column holds; PostgreSQL has no place for a NUL."""
    pattern = r"^[^\x00]*$"
    return StringConstraints(
        strip_whitespace=True, min_length=1, max_length=longest, pattern=pattern
    )


# Within what every time zone and both databases can write.
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=_FIRST, lt=_LAST)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9+() -]{8,20}$")]
Postcode = Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")]
Options = Annotated[
    dict[Code, Annotated[list[Code], Field(max_length=catalogue.CHOICES)]],
    Field(max_length=catalogue.OPTION_GROUPS),
]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewRules(_Written):
    """When a store hands out: every `slot_minutes` within the times, for so many orders each.

    The first slot is at least `lead_minutes` ahead, the last one `horizon_days`.
    """

    pickup_times: Times | None = None
    delivery_times: Times | None = None
    slot_minutes: Annotated[int, Field(ge=5, le=limits.SLOT_MINUTES)] = 15
    slot_capacity: Annotated[int, Field(ge=1, le=limits.CAPACITY)] = 5
    lead_minutes: Annotated[int, Field(ge=0, le=limits.LEAD)] = 20
    horizon_days: Annotated[int, Field(ge=0, le=limits.HORIZON)] = 7
    usual: Literal["last", "often"] = "last"


class NewArea(_Written):
    """Postcodes that begin so are delivered to, from `minimum` yen on, for a fee with its tax."""

    prefix: Annotated[str, StringConstraints(pattern=r"^[0-9]{3,7}$")]
    minimum: Yen = 0
    fee: Yen = 0


class NewStore(_Written):
    """A store's rules and areas, as `orders rules` reads them; what is left out stays as it is."""

    rules: NewRules | None = None
    areas: list[NewArea] | None = None


class NewLine(_Written):
    """Pieces of a variant with the same options: group -> choices."""

    variant: Code
    pieces: Annotated[int, Field(ge=1, le=limits.PIECES, strict=True)]
    options: Options = {}


class Contact(_Written):
    """Whom an order is for and, of a delivery, where it goes."""

    name: Annotated[str, _words(limits.NAME)]
    phone: Phone
    postal_code: Postcode | None = None
    address: Annotated[str, _words(limits.ADDRESS)] | None = None


class NewOrder(_Written):
    """What a customer orders. `total` is what they were shown, in yen, before points.

    `contact` is left out by members, whose own data is taken.
    """

    store: Code
    way: Literal["pickup", "delivery"]
    slot_at: Moment
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=limits.LINES)]
    total: Yen
    points: Annotated[int, Field(ge=0, le=catalogue.PRICE, strict=True)] = 0
    coupon: Annotated[int, Field(ge=1, strict=True)] | None = None
    note: Annotated[str, _words(limits.NOTE)] | None = None
    # store: at the counter or the door; provider: online, before the store accepts it.
    pay: Literal["store", "provider"] = "store"
    contact: Contact | None = None

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        same = [(line.variant, sorted(line.options.items())) for line in self.lines]
        if any(same.count(each) > 1 for each in same):
            raise definition.refused("同じ商品が二行あります", "has the same line twice")
        return self


class OutsideLine(_Written):
    """A line of another system's order; `price` is of one piece, with its tax."""

    code: Code
    name: Name
    pieces: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    price: Yen
    tax: Literal[8, 10]


class OutsideOrder(_Written):
    """An order of the web shop or a register, as it stands now: the same id changes it.

    `state`: placed, accepted (paid), out (shipped), ready (at the store), done, cancelled or
    refunded. `total` is in yen.
    """

    origin: Literal["ec", "register"]
    id: Annotated[str, _words(limits.EXTERNAL_ID)]
    state: Literal["placed", "accepted", "out", "ready", "done", "cancelled", "refunded"]
    total: Yen
    placed_at: Moment
    store: Code | None = None
    member_id: Annotated[int, Field(ge=1, strict=True)] | None = None
    lines: Annotated[list[OutsideLine], Field(max_length=limits.LINES)] = []
    carrier: Annotated[str, _words(limits.TRACKING)] | None = None
    tracking: Annotated[str, _words(limits.TRACKING)] | None = None
    # Whether being done earns points here; no where that system has them earned itself.
    earns: bool = True


def read(model: type[Model], written: Mapping[str, Any]) -> Model:
    """What was written; raises BadOrder, which names the fields."""
    try:
        return definition.read(model, written)
    except BadCatalogue as error:
        raise BadOrder(error.problems) from None
