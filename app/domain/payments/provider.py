"""The one interface of a payment provider, and which one the shop has, if any.

No card data ever comes here: the customer pays on the provider's own page. A provider's calls are
made by the lane `payments` alone, outside of transactions, and may come again after a lost answer:
all are to be idempotent by their `key`.
"""

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, Final, Protocol

from app.domain.payments import limits
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


class BadProvider(TsunaguError):
    """What is named as the shop's provider is none; the text says why."""

    code = "bad_provider"


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


_CALLS: Final = ("begin", "capture", "cancel", "refund")
_installed: list[Provider] = []


def load(named: str) -> Provider:
    """The provider at `module:attribute`: an object, or a class, which is called without arguments.

    Raises BadProvider: not found, broken, without one of the four calls, or with a `name` that is
    no text of 1 to 20 characters.
    """
    try:
        found: Any = resolve_name(named)
        made = found() if isinstance(found, type) else found
    except Exception as error:  # It is somebody else's code, which may fail in any way.
        raise BadProvider(f"{type(error).__name__}: {error}") from error
    missing = [name for name in _CALLS if not callable(getattr(made, name, None))]
    if missing:
        raise BadProvider(f"has no {', '.join(missing)}")
    name = getattr(made, "name", None)
    if not isinstance(name, str) or not 0 < len(name) <= limits.PROVIDER:
        raise BadProvider(f"needs a name of 1 to {limits.PROVIDER} characters")
    provider: Provider = made
    return provider


def install(provider: Provider | None) -> None:
    """Say which provider the shop has; None for none."""
    _installed[:] = [provider] if provider else []


def installed() -> Provider | None:
    """The shop's provider."""
    return _installed[0] if _installed else None
