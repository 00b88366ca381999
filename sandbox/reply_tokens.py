"""Reply tokens: usable once, and only for a short while."""

import itertools
from dataclasses import dataclass

from sandbox.persistence import Shelf, Store

# LINE: a reply token must be used within one minute of receiving the webhook.
LIFE_MS = 60 * 1000
# LINE: a redelivered event's token lives one minute again, but no longer than this after the event.
LONGEST_LIFE_MS = 20 * 60 * 1000


@dataclass
class ReplyToken:
    """`to` is the id the answer goes to; `person` is None where no phone shows it."""

    token: str
    account: str
    person: str | None
    to: str
    event_at: int
    delivered_at: int | None = None
    used: bool = False

    def alive(self, now: int) -> bool:
        """Tell whether LINE would still take this token."""
        since = self.event_at if self.delivered_at is None else self.delivered_at
        fresh = now - since <= LIFE_MS and now - self.event_at <= LONGEST_LIFE_MS
        return fresh and not self.used


class ReplyTokens:
    """All tokens that may still be used. The caller holds the world's lock."""

    def __init__(self, store: Store) -> None:
        self._tokens: Shelf[str, ReplyToken] = Shelf(
            store, "reply_token", ReplyToken, lambda token: token.token
        )

    def add(self, token: ReplyToken) -> None:
        """Keep a new token and forget those that can never be used again."""
        self._tokens.put(token)
        for old in list(itertools.islice(self._tokens, 2)):
            if token.event_at - self._tokens[old].event_at > LONGEST_LIFE_MS:
                self._tokens.drop(old)

    def knows(self, token: str) -> bool:
        """Tell whether this token was given out, whatever its state."""
        return token in self._tokens

    def find(self, token: str, account: str, now: int) -> ReplyToken | None:
        """Return the token if this account may use it now."""
        found = self._tokens.get(token)
        return found if found and found.account == account and found.alive(now) else None

    def use(self, token: ReplyToken) -> None:
        """Take the token out of use."""
        token.used = True
        self._tokens.put(token)

    def delivered(self, token: str, now: int, *, again: bool) -> None:
        """Start the token's minute: its webhook goes out, at first or `again` (redelivery)."""
        found = self._tokens.get(token)
        if found and (again or found.delivered_at is None):
            found.delivered_at = now
            self._tokens.put(found)

    def clear(self) -> None:
        self._tokens.clear()
