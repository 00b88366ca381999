"""The one error of everything that can go wrong at LINE, and the table that classifies it."""

import ssl
from collections.abc import Mapping
from typing import Any, Literal

import orjson
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

Kind = Literal[
    "rate",  # 429: too fast; wait and send again
    "monthly",  # 429: the month's quota is used up
    "auth",  # 401, 403: token or plan; nothing will pass until somebody acts
    "refused",  # LINE will never take this request
    "reply_token",  # 400: the token was used before, or is too old
    "conflict",  # 409 where it is no success
    "server",  # 5xx, or no connection at all
    "unknown_outcome",  # sent, but the answer was lost
]

_PERMANENT: frozenset[Kind] = frozenset({"refused", "reply_token", "conflict"})
_MESSAGE_CHARS = 500


class LineError(Exception):
    """LINE did not do what was asked.

    `status` is None when no answer came. `permanent` means that the same request will never pass.
    `message` is LINE's own explanation, which names properties and never repeats what we sent.
    `retry_after` is in seconds.
    """

    def __init__(
        self,
        kind: Kind,
        *,
        status: int | None = None,
        message: str = "",
        request_id: str | None = None,
        accepted_request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{kind} ({status or 'no answer'}): {message}")
        self.kind: Kind = kind
        self.status = status
        self.message = message
        self.request_id = request_id
        self.accepted_request_id = accepted_request_id
        self.retry_after = retry_after

    @property
    def permanent(self) -> bool:
        return self.kind in _PERMANENT

    @property
    def may_have_been_accepted(self) -> bool:
        """True when LINE may have done it: only the same retry key or reply token may repeat it."""
        answered = self.status is not None
        return self.kind == "unknown_outcome" or (self.kind == "server" and answered)


def from_answer(status: int, headers: Mapping[str, str], body: bytes) -> LineError:
    """Classify an answer that is no success.

    `headers` must be a case-insensitive mapping, as urllib3's is.
    """
    message = _message(body)
    return LineError(
        _kind(status, message.lower()),
        status=status,
        message=message,
        request_id=headers.get("x-line-request-id"),
        accepted_request_id=headers.get("x-line-accepted-request-id"),
        retry_after=_seconds(headers.get("retry-after")),
    )


def from_failure(failure: Exception) -> LineError:
    """Classify a call without an answer: never connected is safe, anything later is unknown."""
    kind: Kind = "server" if _never_sent(failure) else "unknown_outcome"
    # The class alone is kept: the texts of urllib3 hold addresses with people's ids in them.
    return LineError(kind, message=type(failure).__name__)


def _never_sent(failure: Exception) -> bool:
    if isinstance(failure, SSLError):
        return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in failure.args)
    return isinstance(failure, NewConnectionError | ConnectTimeoutError)


def _kind(status: int, message: str) -> Kind:
    if status >= 500 or status == 408:
        return "server"
    if status == 429:
        # LINE tells its two 429s apart by their text alone (REF: Error messages).
        return "monthly" if "monthly limit" in message else "rate"
    if status in (401, 403):
        return "auth"
    if status == 409:
        return "conflict"
    if status == 400 and "invalid reply token" in message:
        return "reply_token"
    return "refused"


def _message(body: bytes) -> str:
    """Return LINE's words from `{message, details: [{message, property}]}`, or nothing."""
    answer = parsed(body)
    words = [_words(answer.get("message"))]
    details = answer.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict):
            words.append(f"{_words(detail.get('property'))}: {_words(detail.get('message'))}")
    return "; ".join(word for word in words if word)[:_MESSAGE_CHARS]


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def parsed(body: bytes) -> dict[str, Any]:
    """Return the JSON object in an answer's body, or `{}` where there is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdecimal() else None
