"""What can be wrong with a store's calendar."""

from app.errors import TsunaguError


class BadHours(TsunaguError):
    """Hours that make no sense; the text names what is wrong."""

    status = 422
    code = "bad_hours"
