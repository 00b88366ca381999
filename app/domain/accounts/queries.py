"""Reads about official accounts, handed out as plain values."""

from dataclasses import dataclass

from sqlalchemy import select

from app.db import db, run
from app.domain.accounts.errors import NoSuchAccount
from app.domain.accounts.models import Account
from app.domain.accounts.rules import is_slug
from app.prepared import Prepared
from app.remember import Remembered


@dataclass(frozen=True)
class Receiver:
    """What is needed to take in a webhook: newest secret first, a staged one included."""

    account_id: int
    bot_user_id: str
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class Speaker:
    """What is needed to speak as an account."""

    account_id: int
    provider_id: int
    name: str
    access_token: str
    paused: str | None


@dataclass(frozen=True)
class Front:
    """An account as its pages need it: its LINE Login channel and its LIFF app, where set up."""

    account_id: int
    provider_id: int
    slug: str
    name: str
    login_channel_id: str | None
    login_channel_secret: str | None
    liff_id: str | None


def front(slug: str | None) -> Front:
    """The account of a page, the oldest where none is named; raises NoSuchAccount."""
    account = _by_slug(slug) if slug else _oldest()
    if account is None:
        raise NoSuchAccount(f"account {slug!r}")
    return _front(account)


def front_of(account_id: int) -> Front:
    """The account with this id as its pages need it; raises NoSuchAccount."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount(f"account {account_id}")
    return _front(account)


def receiver(slug: str) -> Receiver | None:
    """The account that takes webhooks at /webhook/<slug>, or None."""
    account = _by_slug(slug)
    if account is None:
        return None
    secrets = (account.channel_secret, account.next_channel_secret)
    return Receiver(account.id, account.bot_user_id, tuple(secret for secret in secrets if secret))


def speaker(account_id: int) -> Speaker:
    """The account's name and token; raises NoSuchAccount."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount(f"account {account_id}")
    return Speaker(
        account.id, account.provider_id, account.name, account.access_token, account.paused
    )


def provider_of(account_id: int) -> int:
    """The id of the account's provider; raises NoSuchAccount."""
    return known_speaker(account_id).provider_id


def paused_accounts() -> dict[int, str]:
    """Account id -> "paid" or "all", for the accounts that are paused."""
    return {row.id: row.paused for row in run(_PAUSED, {}).rows}


known_speaker = Remembered(speaker)
"""The account as a speaker, remembered: opening its sealed token each time would cost 0.1 ms."""


def find(slug: str) -> Account:
    """The account row by slug; raises NoSuchAccount."""
    account = _by_slug(slug)
    if account is None:
        raise NoSuchAccount(f"account {slug!r}")
    return account


def everyone() -> list[Account]:
    """All accounts, oldest first."""
    return list(db.session.scalars(select(Account).order_by(Account.id)))


def _oldest() -> Account | None:
    return db.session.scalar(select(Account).order_by(Account.id).limit(1))


def _front(account: Account) -> Front:
    return Front(
        account.id,
        account.provider_id,
        account.slug,
        account.name,
        account.login_channel_id,
        account.login_channel_secret,
        account.liff_id,
    )


def slugs() -> dict[int, str]:
    """Account id -> slug, of every account."""
    return {row.id: row.slug for row in db.session.execute(select(Account.id, Account.slug))}


def _by_slug(slug: str) -> Account | None:
    # PostgreSQL would not even compare a text with a NUL in it.
    return db.session.scalar(select(Account).where(Account.slug == slug)) if is_slug(slug) else None


_accounts = Account.__table__
_PAUSED = Prepared(
    select(_accounts.c.id, _accounts.c.paused).where(_accounts.c.paused.is_not(None))
)
