"""Reading what a page sends: JSON of a closed shape, nothing else."""

from typing import Final, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from app.web.errors import BadBody

_MOST_BYTES: Final = 16 * 1024


class Body(BaseModel):
    """What an address reads; a field it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", str_max_length=500)


Model = TypeVar("Model", bound=Body)


def read(model: type[Model], most: int = _MOST_BYTES) -> Model:
    """What was sent, of at most so many bytes; raises BadBody, which names the fields and none of
    their values."""
    request.max_content_length = most
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise BadBody(["body"])
    try:
        # Strict, or pydantic would take 75741791 for a date and "1" for a number.
        return model.model_validate_json(request.get_data(), strict=True)
    except ValidationError as error:
        places = {".".join(map(str, problem["loc"])) or "body" for problem in error.errors()}
        raise BadBody(sorted(places)) from None
