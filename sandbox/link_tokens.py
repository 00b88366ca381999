"""Link tokens: they tie a visit of an account's page to a person, once and for ten minutes.

LINE: https://developers.line.biz/en/docs/messaging-api/linking-accounts/
"""

from dataclasses import dataclass

from sandbox import ids
from sandbox.clock import Clock
from sandbox.persistence import Shelf, Store

LIFE_MS = 10 * 60 * 1000


@dataclass
class LinkToken:
    token: str
    account: str
    person: str
    at: int


class LinkTokens:
    """All tokens that were not used. The caller holds the world's lock."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        self._tokens: Shelf[str, LinkToken] = Shelf(
            store, "link_token", LinkToken, lambda token: token.token
        )

    def clear(self) -> None:
        self._tokens.clear()

    def issue(self, account: str, person: str) -> str:
        """Return a fresh token for this person."""
        token = LinkToken(ids.link_token(), account, person, self._clock.now())
        self._tokens.put(token)
        return token.token

    def redeem(self, token: str) -> tuple[str, str] | None:
        """Use up a token: return account and person, None if it is unknown, used or too old."""
        found = self._tokens.drop(token)
        if found is None or self._clock.now() - found.at > LIFE_MS:
            return None
        return found.account, found.person
