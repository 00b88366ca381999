"""Verbs about payments: each leaves a row for the lane, in the transaction of what it is about."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db, insert_once, transaction, wake_after_commit
from app.domain.payments import provider
from app.domain.payments.models import Payment
from app.domain.payments.work import LANE


@dataclass(frozen=True)
class Standing:
    """How a payment stands (models.Payment); `url` is the provider's page, once there is one."""

    stands: str
    yen: int
    url: str | None
    state: str

    @property
    def asking(self) -> bool:
        """Whether the provider is being asked for something, so that this is about to change."""
        return self.state in ("pending", "asking")

    @property
    def refused(self) -> bool:
        """Whether the provider will not do what it was asked for."""
        return self.state == "dead"

    @property
    def waits(self) -> bool:
        """Whether the customer is still to pay."""
        return self.stands in ("wanted", "begun")


def offered() -> bool:
    """Whether the shop has a provider to pay with."""
    return provider.installed() is not None


def want(cause: str, yen: int, *, about: str) -> None:
    """Something is to be paid with the shop's provider; the same cause again changes nothing."""
    found = provider.installed()
    if found is None:
        raise ValueError("there is no provider")
    with transaction():
        insert_once(
            Payment,
            **_asking("begin"),
            fence=0,
            cause=cause,
            about=about,
            provider=found.name,
            yen=yen,
            key=secrets.token_hex(16),
            stands="wanted",
            made_at=clock.now(),
        )
        wake_after_commit(LANE)


def came_back(cause: str) -> None:
    """The customer comes from the provider's page: see whether they have agreed, and capture."""
    with transaction():
        row = _locked(cause)
        if row is not None and row.stands == "begun" and row.state == "rest" and not row.back_at:
            _ask(row, "capture")


def take_back(cause: str) -> None:
    """The money is not wanted any more: let go of it, or give it back. Repeats change nothing."""
    with transaction():
        row = _locked(cause)
        if row is None or row.back_at is not None:
            return
        row.back_at = clock.now()
        if row.state != "asking":  # Else it is decided by what comes of that call.
            _ask(row, "refund" if row.stands == "paid" else "cancel")


def standing(cause: str) -> Standing | None:
    """How the payment of something stands; None where nothing is paid with a provider."""
    return standings([cause]).get(cause)


def standings(causes: Iterable[str]) -> dict[str, Standing]:
    """The same of several; what is not paid with a provider is left out."""
    columns = (Payment.cause, Payment.stands, Payment.yen, Payment.url, Payment.state)
    found = db.session.execute(select(*columns).where(Payment.cause.in_(list(causes))))
    return {row.cause: Standing(row.stands, row.yen, row.url, row.state) for row in found}


def paid(cause: str) -> bool:
    """Whether it is paid."""
    found = standing(cause)
    return found is not None and found.stands == "paid"


def _ask(row: Payment, what: str) -> None:
    for name, value in _asking(what).items():
        setattr(row, name, value)
    wake_after_commit(LANE)


def _asking(what: str) -> dict[str, Any]:
    return {"asks": what, "state": "pending", "attempts": 0, "due_at": clock.now()}


def _locked(cause: str) -> Payment | None:
    wanted = select(Payment).filter_by(cause=cause).with_for_update()
    return db.session.scalar(wanted.execution_options(populate_existing=True))
