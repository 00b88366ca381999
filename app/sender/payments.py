"""The lane of payments: claim and commit, ask the provider, save what it said.

A call whose answer was lost is made again after its lease with the same key, by which the provider
knows it: nothing is captured or given back twice.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from app.claims import LeaseLost
from app.db import transaction
from app.domain.accounts import queries as accounts
from app.domain.orders import queries as orders
from app.domain.payments import provider as payments
from app.domain.payments import rules, work
from app.domain.payments.provider import Asked, Begun, Provider, ProviderAway, ProviderRefused
from app.domain.payments.work import LANE, Came, Item

log = logging.getLogger(__name__)


class Payments:
    """The lane `payments`. `base_url`: where customers come back to from the provider's page."""

    name = LANE

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._unsaved: list[tuple[Item, Came]] = []

    def run(self) -> int:
        """Ask what is due, one payment at a time; answers how many rows that moved."""
        self._save_all()
        found = payments.installed()
        if found is None or not work.waiting():
            return 0
        with transaction():
            taken = [(item, self._back(item)) for item in work.take(1)]
        for item, back in taken:
            self._unsaved.append((item, self._asked(found, item, back)))
        self._save_all()
        return len(taken)

    def drain(self) -> None:
        """Ask until nothing is due."""
        while self.run():
            pass

    def when_ready(self, wake: Callable[[], None]) -> None:
        """No call is ever under way outside of `run`."""

    def close(self) -> None:
        """Save what could not be saved yet."""
        self._save_all()

    def _back(self, item: Item) -> str:
        """Where the customer comes back to: how the order stands, in the account it was made at."""
        account_id = orders.by_its_number(item.about).account_id
        account = accounts.front_of(account_id).slug if account_id else ""
        query = urlencode({"account": account, "number": item.about})
        return f"{self.base_url}/liff/order?{query}"

    def _asked(self, provider: Provider, item: Item, back: str) -> Came:
        if item.provider != provider.name:
            return Came(again=True, why=f"begun with {item.provider}")
        try:
            came = self._called(provider, item, back)
        except ProviderAway as error:
            came = Came(again=True, why=str(error)[:300])
        except ProviderRefused as error:
            came = Came(refused=True, why=str(error)[:300])
        except Exception as error:  # A fault of a provider's code must not stop everybody's.
            log.exception("payment broke", extra=_ids(item))
            came = Came(again=True, why=type(error).__name__)
        log.info("payment asked", extra=_ids(item) | {"why": came.why})
        return came

    def _called(self, provider: Provider, item: Item, back: str) -> Came:
        begun = Begun(item.ref, "") if item.ref else None
        if begun is None:
            begun = provider.begin(Asked(item.key, item.yen, item.about, back))
            if item.asks == "begin" and not rules.is_page(begun.url):
                raise ProviderRefused("its page is not at an https address")
        key = f"{item.key}-{item.asks}"
        if item.asks == "capture":
            return Came(agreed=provider.capture(begun.ref, item.yen, key=key))
        if item.asks == "cancel":
            provider.cancel(begun.ref, key=key)
        if item.asks == "refund":
            provider.refund(begun.ref, item.yen, key=key)
        return Came(begun=None if item.ref else begun)

    def _save_all(self) -> None:
        """Save what came of calls; what cannot be saved now is kept for the next time."""
        while self._unsaved:
            item, came = self._unsaved[0]
            try:
                with transaction():
                    work.save(item, came)
            except LeaseLost:
                # Whoever has the row by now decides what becomes of it.
                log.warning("lease lost", extra=_ids(item))
            self._unsaved.pop(0)


def _ids(item: Item) -> dict[str, Any]:
    return {
        "action": "payment.ask",
        "payment_id": item.id,
        "asks": item.asks,
        "attempts": item.attempts,
    }
