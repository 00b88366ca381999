"""The calls about an account's menus as a whole: within LINE's rates, and tried again."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from flask import current_app

from app.claims import backoff
from app.domain.accounts import queries as accounts
from app.errors import TsunaguError
from app.line import richmenus
from app.line.channel import Channel
from app.line.errors import LineError
from app.line.limits import RATES, Rate
from app.outbox import rates
from app.outbox.rates import Granted
from app.richmenu.marks import Found

if TYPE_CHECKING:
    from app.richmenu.wanted import Wanted  # Its pictures' library costs 30 MB.

CREATE, DELETE = "menu_create", "menu_delete"

_BUCKETS: Final[dict[str, Rate]] = {
    CREATE: RATES["richmenu_create"],
    DELETE: RATES["richmenu_delete"],
    "menu_alias_delete": RATES["richmenu_alias_delete"],
    "menu_list": RATES["richmenu_list"],
    "menu_other": RATES["other"],
}
_LONGEST_WAIT: Final = 4.0  # Seconds between two tries.

Answer = TypeVar("Answer")


class RateUsedUp(TsunaguError):
    """LINE takes no more of these calls for some time; what was done stays done."""

    status = 429
    code = "rate_used_up"

    def __init__(self, bucket: str, seconds: float) -> None:
        super().__init__(
            f"{bucket}: 約{seconds:.0f}秒後にもう一度 / again in about {seconds:.0f} s"
        )


class Calls:
    """One account's calls. `before` each call somebody may object; each is tried `tries` times."""

    def __init__(
        self, account_id: int, *, tries: int = 1, before: Callable[[], None] = lambda: None
    ) -> None:
        self._account_id = account_id
        self._tries = tries
        self._before = before
        self._channel = channel_of(account_id)

    def look(self) -> Found:
        """What LINE has of this account. Raises LineError and RateUsedUp, as all of these do."""
        menus = self._ask("menu_list", lambda: richmenus.listed(self._channel))
        aliases = self._ask("menu_other", lambda: richmenus.aliases(self._channel))
        default = self._ask("menu_other", lambda: richmenus.default(self._channel))
        return Found({menu.line_id: menu.name for menu in menus}, aliases, default)

    def create(self, wanted: "Wanted") -> str:
        """Create a menu and answer its id; where LINE's answer is lost, it is looked for."""
        for tried in range(1, self._tries + 1):
            try:
                self._take(CREATE)
                return richmenus.create(self._channel, wanted.body)
            except LineError as refusal:
                if refusal.may_have_been_accepted and (there := self.look().marked(wanted)):
                    return there
                self._wait_or_raise(CREATE, refusal, tried)
        raise AssertionError("the last try raises")

    def upload(self, line_id: str, wanted: "Wanted") -> None:
        """Give a menu its picture."""
        host = current_app.config["LINE_DATA_API_BASE"]
        channel = Channel(self._account_id, host, self._channel.access_token)
        kind, data = wanted.picture.kind, wanted.picture.data
        self._ask("menu_other", lambda: richmenus.upload(channel, line_id, kind, data))

    def delete(self, line_id: str) -> None:
        """Delete a menu."""
        self._ask(DELETE, lambda: richmenus.delete(self._channel, line_id))

    def set_alias(self, alias: str, line_id: str) -> None:
        """Let an alias lead to a menu."""
        self._ask("menu_other", lambda: richmenus.set_alias(self._channel, alias, line_id))

    def delete_alias(self, alias: str) -> None:
        """Delete an alias."""
        self._ask("menu_alias_delete", lambda: richmenus.delete_alias(self._channel, alias))

    def set_default(self, line_id: str | None) -> None:
        """Set the default menu, or none."""
        self._ask("menu_other", lambda: richmenus.set_default(self._channel, line_id))

    def _ask(self, bucket: str, ask: Callable[[], Answer]) -> Answer:
        for tried in range(1, self._tries + 1):
            self._take(bucket)
            try:
                return ask()
            except LineError as refusal:
                self._wait_or_raise(bucket, refusal, tried)
        raise AssertionError("the last try raises")

    def _take(self, bucket: str) -> None:
        self._before()
        granted = self._granted(bucket)
        if not granted.calls and granted.wait <= _LONGEST_WAIT:
            time.sleep(granted.wait)
            granted = self._granted(bucket)
        if not granted.calls:
            raise RateUsedUp(bucket, granted.wait)

    def _granted(self, bucket: str) -> Granted:
        per_second, most = _rate(bucket)
        return rates.take(self._account_id, bucket, 1, per_second=per_second, most=most)

    def _wait_or_raise(self, bucket: str, refusal: LineError, tried: int) -> None:
        if tried == self._tries or refusal.kind not in ("rate", "server", "unknown_outcome"):
            raise refusal
        wait = backoff(tried, longest=_LONGEST_WAIT).total_seconds()
        time.sleep(min(refusal.retry_after or wait, _LONGEST_WAIT))


def channel_of(account_id: int) -> Channel:
    """The account as it speaks to LINE's API."""
    token = accounts.known_speaker(account_id).access_token
    return Channel(account_id, current_app.config["LINE_API_BASE"], token)


def calls_left(account_id: int, bucket: str) -> tuple[int, int]:
    """How many calls of CREATE or DELETE LINE takes now, and how many an hour."""
    per_second, most = _rate(bucket)
    left = rates.left(account_id, bucket, per_second=per_second, most=most)
    return left, _BUCKETS[bucket].calls


def _rate(bucket: str) -> tuple[float, float]:
    rate = _BUCKETS[bucket]
    return rate.per_second, float(rate.calls)
