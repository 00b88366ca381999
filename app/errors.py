"""The root of our own errors. A feature adds its own classes; the edges turn them into answers."""


class TsunaguError(Exception):
    """Something refused for a reason we can name.

    `status` is the HTTP status at the edge, `code` the stable machine word of the problem document.
    The text of the exception is for logs and must hold no personal data.
    """

    status = 500
    code = "internal_error"


class NotFound(TsunaguError):
    """There is no such thing, or it is not the asker's to see."""

    status = 404
    code = "not_found"


class Unavailable(TsunaguError):
    """The database is away, full or locked for too long; the caller should come again."""

    status = 503
    code = "unavailable"
