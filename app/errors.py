"""The root of our own errors. A feature adds its own classes; the edges turn them into answers."""

from collections.abc import Mapping
from typing import Any


class TsunaguError(Exception):
    """Something refused for a reason we can name.

    `status` is the HTTP status at the edge, `code` the stable machine word of the problem document.
    `extra` is what a program may want to know besides, as JSON; `retry_after` in it (seconds) also
    becomes the header, beside those in `headers`. The text of the exception is for logs and must
    hold no personal data.
    """

    status = 500
    code = "internal_error"
    extra: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}


class NotFound(TsunaguError):
    """There is no such thing, or it is not the asker's to see."""

    status = 404
    code = "not_found"


class Unavailable(TsunaguError):
    """The database is away, full or locked for too long; the caller should come again."""

    status = 503
    code = "unavailable"


class ComeAgain(TsunaguError):
    """Something was asked for too often; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after
        self.extra = {"retry_after": retry_after}
