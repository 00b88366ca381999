"""Every call to LINE that is not a message, through line-bot-sdk's clients.

The SDK is imported when the first call is made: it costs 0.9 s and 70 MB, and most processes never
need it.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from urllib3.exceptions import HTTPError

from app.line.channel import CONNECT_SECONDS, READ_SECONDS, Channel, log_call, ms_since
from app.line.errors import LineError, from_answer, from_failure

if TYPE_CHECKING:
    from linebot.v3.messaging import ApiClient

_TIMEOUT: Final = (CONNECT_SECONDS, READ_SECONDS)
_CONNECTIONS: Final = 64  # As many calls as the bulk lane makes at a time.


@dataclass(frozen=True)
class BotInfo:
    """The account itself. `user_id` is what webhooks of this account carry as `destination`."""

    user_id: str
    basic_id: str
    display_name: str


@dataclass(frozen=True)
class Profile:
    """What a person shows. `language` is a BCP 47 tag, absent without the person's consent."""

    display_name: str
    language: str | None
    picture_url: str | None
    status_message: str | None


def warm_up() -> None:
    """Import the SDK now, so that the first person's name does not wait for it."""
    import linebot.v3.messaging  # noqa: F401


def bot_info(channel: Channel) -> BotInfo:
    """Ask who the owner of the channel's token is. Raises LineError."""
    from linebot.v3.messaging import MessagingApi

    api = MessagingApi(client(channel))
    answer = call(channel, "GET", "/v2/bot/info", api.get_bot_info_with_http_info)
    return BotInfo(answer.user_id, answer.basic_id, answer.display_name)


def profile(channel: Channel, user_id: str) -> Profile:
    """Ask what a person shows. Raises LineError, with status 404 when LINE does not know or tell.

    LINE answers for friends and for people who wrote to the account (REF: Get profile).
    """
    from linebot.v3.messaging import MessagingApi

    api = MessagingApi(client(channel))
    answer = call(
        channel, "GET", "/v2/bot/profile/{userId}", api.get_profile_with_http_info, user_id
    )
    return Profile(answer.display_name, answer.language, answer.picture_url, answer.status_message)


@dataclass(frozen=True)
class LinkToken:
    """LINE's permission to link one person, once, within ten minutes."""

    token: str


def link_token(channel: Channel, user_id: str) -> LinkToken:
    """Ask for a link token for a friend (REF: Issue link token). Raises LineError."""
    from linebot.v3.messaging import MessagingApi

    api = MessagingApi(client(channel))
    path = "/v2/bot/user/{userId}/linkToken"
    answer = call(channel, "POST", path, api.issue_link_token_with_http_info, user_id)
    return LinkToken(answer.link_token)


@dataclass(frozen=True)
class _Done:
    status: int | None
    request_id: str | None


def call(
    channel: Channel,
    method: str,
    endpoint: str,
    ask: Callable[..., Any],
    *values: object,
    expected: Collection[int] = (),
) -> Any:
    """Run one `*_with_http_info` call of the SDK; return its data, or log and raise LineError.

    `expected`: statuses of refusals that are an answer like any other to the caller.
    """
    started = time.perf_counter()
    try:
        answer = _asked(ask, *values)
    except LineError as error:
        told = _Done(error.status, error.request_id) if error.status in expected else error
        log_call(channel, method, endpoint, ms_since(started), told)
        raise
    done = _Done(answer.status_code, answer.headers.get("x-line-request-id"))
    log_call(channel, method, endpoint, ms_since(started), done)
    return answer.data


def _asked(ask: Callable[..., Any], *values: object) -> Any:
    from linebot.v3.messaging import ApiException

    try:
        return ask(*values, _request_timeout=_TIMEOUT)
    except ApiException as refusal:
        raise _classified(refusal) from refusal
    except (HTTPError, OSError) as failure:
        # Many errors of urllib3 leave the SDK as they are.
        raise from_failure(failure) from failure
    except ValueError as unreadable:
        # The answer was no JSON, or not of the shape that the SDK's models know.
        raise LineError("unknown_outcome", message=type(unreadable).__name__) from unreadable


def _classified(refusal: Any) -> LineError:
    if not refusal.status:
        # The SDK wraps failures of TLS into a status of 0.
        return LineError("unknown_outcome", message="SSLError")
    body = refusal.body or b""
    content = body.encode() if isinstance(body, str) else body
    return from_answer(refusal.status, refusal.headers, content)


_clients: dict[tuple[int, str], tuple[Channel, "ApiClient"]] = {}
_clients_lock = threading.Lock()


def client(channel: Channel) -> "ApiClient":
    """Return the account's one long-lived client of this host; a changed token makes a new one."""
    key = (channel.key, channel.api_base)
    with _clients_lock:
        known = _clients.get(key)
        if known is None or known[0] != channel:
            known = _clients[key] = (channel, _new_client(channel))
        return known[1]


def _new_client(channel: Channel) -> "ApiClient":
    from linebot.v3.messaging import ApiClient, Configuration

    # At DEBUG the SDK logs whole answers, and they hold personal data.
    logging.getLogger("linebot").setLevel(logging.INFO)
    configuration = Configuration(
        host=channel.api_base.rstrip("/"), access_token=channel.access_token
    )
    configuration.retries = False
    configuration.connection_pool_maxsize = _CONNECTIONS
    return ApiClient(configuration)


def close() -> None:
    """Close every idle connection; the next call opens new ones."""
    with _clients_lock:
        for _, known in _clients.values():
            known.rest_client.pool_manager.clear()
        _clients.clear()
