"""The one interface of a payment provider, and which one the shop has, if any.

No card data ever comes here: the customer pays on the provider's own page. A provider's calls are
made by the lane `payments` alone, outside of transactions, and may come again after a lost answer:
all are to be idempotent by their `key`.
"""

from dataclasses import dataclass
from typing import Protocol

from app.errors import TsunaguError


@dataclass(frozen=True)
class Asked:
    """What is to be paid: yen for `about` (an order's number); from their page one comes `back`."""

    key: str
    yen: int
    about: str
    back: str


@dataclass(frozen=True)
class Begun:
    """A payment as the provider knows it, and the page on which it is made."""

    ref: str
    url: str


class ProviderAway(TsunaguError):
    """The provider gave no answer, or asked to come again: it is tried again later."""

    code = "provider_away"


class ProviderRefused(TsunaguError):
    """The provider will never do this; the text is for staff and names nobody."""

    code = "provider_refused"


class Provider(Protocol):
    """A payment provider. Each call raises ProviderAway or ProviderRefused."""

    name: str

    def begin(self, asked: Asked) -> Begun:
        """Open a payment; the same key again answers the same."""

    def capture(self, ref: str, yen: int, *, key: str) -> bool:
        """Take the money that the customer has agreed to pay; False while they have not."""

    def cancel(self, ref: str, *, key: str) -> None:
        """Let go of what was not captured; nobody can agree to it any more."""

    def refund(self, ref: str, yen: int, *, key: str) -> None:
        """Give back what was captured."""


_installed: list[Provider] = []


def install(provider: Provider | None) -> None:
    """Say which provider the shop has; None for none."""
    _installed[:] = [provider] if provider else []


def installed() -> Provider | None:
    """The shop's provider."""
    return _installed[0] if _installed else None
