"""Why a key is not made, not found, or may not do something."""

from collections.abc import Mapping

from app.errors import ComeAgain, NotFound, TsunaguError


class BadKey(TsunaguError):
    """A key as it was asked for makes no sense; the text names what."""

    status = 422
    code = "bad_api_key_request"


class NoSuchKey(NotFound):
    """No key has this id."""

    code = "no_such_api_key"


class NotAKey(TsunaguError):
    """The request has no bearer token, or one that is no living key."""

    status = 401
    code = "bad_api_key"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="api"'}  # RFC 6750, 3.


class ScopeMissing(TsunaguError):
    """The key may not do this; `scope` in the answer is what it lacks."""

    status = 403
    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"lacks {scope}")
        self.extra = {"scope": scope}


class KeyOfOneStore(TsunaguError):
    """What is to be changed belongs to the whole company, the key to one store."""

    status = 403
    code = "key_of_one_store"


class TooManyCalls(ComeAgain):
    """The key has asked more often than it may; `retry_after` is in seconds."""

    code = "too_many_calls"
