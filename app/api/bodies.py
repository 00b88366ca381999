"""What several resources take and answer: texts without control signs, ids, pages of a list."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints, ValidationError

from app.domain.keys import limits
from app.errors import NotFound
from app.web.errors import BadBody

CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$"
"""A code that stands in an address."""

MOST_ID: Final = 2**63 - 1
MOST_OF: Final[Mapping[str, int]] = {
    "member_id": 2**31 - 1,
    "endpoint_id": 2**31 - 1,
    "transfer_id": MOST_ID,
    "delivery_id": MOST_ID,
}
"""What stands in addresses -> as much as its column holds."""

MemberId = Annotated[StrictInt, Field(ge=1, le=MOST_OF["member_id"])]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=500)]
"""Words in one line; PostgreSQL has no place for a NUL."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]

Item = TypeVar("Item")
Model = TypeVar("Model", bound=BaseModel)


class Shown(BaseModel):
    """What is answered; every field is there."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Page(Shown, Generic[Item]):
    """A part of a list. With `next` as `cursor` one gets the part after it; null at the end."""

    items: list[Item]
    next: str | None


class PageQuery(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9_-]{1,40}$", description="`next` of the part before it"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=limits.PAGE)] = 50

    def after(self) -> int | None:
        """The id that the cursor stands for; raises BadBody for one that we never gave."""
        if self.cursor is None:
            return None
        try:
            found = int(base64.urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4)))
        except (ValueError, binascii.Error):
            found = 0
        if not 0 < found <= MOST_ID:
            raise BadBody(["cursor"])
        return found


def cursor(row_id: int | None) -> str | None:
    """The cursor that stands for an id."""
    if row_id is None:
        return None
    return base64.urlsafe_b64encode(str(row_id).encode()).decode().rstrip("=")


def page(rows: Sequence[Any], limit: int, shown: Callable[[Any], Any]) -> dict[str, Any]:
    """A Page of rows with ids, of which one more than `limit` was read to see whether it ends."""
    more = len(rows) > limit
    some = rows[:limit]
    return {"items": shown(some), "next": cursor(some[-1].id if more else None)}


def query_of(model: type[Model]) -> Model:
    """The query of the request; raises BadBody, which names the fields."""
    given = {name: request.args.getlist(name) for name in request.args}
    flat = {name: values[0] if len(values) == 1 else values for name, values in given.items()}
    try:
        return model.model_validate(flat)
    except ValidationError as error:
        places = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        raise BadBody(sorted(places)) from None


def refuse_unknown(path_ids: Mapping[str, int | str]) -> None:
    """Raise NotFound for an id that no column could hold, and for what is no code."""
    for name, value in path_ids.items():
        if isinstance(value, str):
            known = re.fullmatch(CODE, value) is not None
        else:
            known = 0 < value <= MOST_OF[name]
        if not known:
            raise NotFound(f"no {name} can be called so")
