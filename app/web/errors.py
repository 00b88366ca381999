"""What can be wrong with what a page sends."""

from collections.abc import Sequence

from app.errors import TsunaguError


class BadBody(TsunaguError):
    """What was sent is not what this address reads; the text names the fields."""

    status = 422
    code = "bad_body"

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.extra = {"fields": list(fields)}


class ForeignWrite(TsunaguError):
    """A write with our cookie that does not come from our page."""

    status = 403
    code = "foreign_write"
