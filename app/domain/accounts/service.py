"""Verbs about official accounts."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app import clock
from app.db import db, transaction, wake_after_commit
from app.domain.accounts import queries
from app.domain.accounts.errors import AccountExists, BadSlug, NothingStaged
from app.domain.accounts.models import Account, Provider
from app.domain.accounts.rules import is_slug
from app.faults import crash_point

_SECRETS = ("channel_secret", "next_channel_secret", "access_token", "login_channel_secret")


@dataclass(frozen=True)
class NewAccount:
    """What one types in to add an official account."""

    slug: str
    name: str
    bot_user_id: str
    channel_secret: str
    access_token: str
    provider: str = "main"
    login_channel_id: str | None = None
    login_channel_secret: str | None = None
    liff_id: str | None = None


def add(new: NewAccount) -> int:
    """Add an account and answer its id; raises BadSlug or AccountExists."""
    if not is_slug(new.slug):
        raise BadSlug(f"slug {new.slug!r}")
    fields = {name: value for name, value in vars(new).items() if name != "provider"}
    try:
        with transaction():
            account = Account(provider=_provider(new.provider), **fields)
            db.session.add(account)
            db.session.flush()
            return account.id
    except IntegrityError as error:
        raise AccountExists(f"account {new.slug!r}") from error


def stage_secret(slug: str, secret: str) -> None:
    """Accept a second channel secret besides the present one."""
    with transaction():
        queries.find(slug).next_channel_secret = secret


def promote_secret(slug: str) -> None:
    """Make the staged secret the only one; raises NothingStaged."""
    with transaction():
        account = queries.find(slug)
        if account.next_channel_secret is None:
            raise NothingStaged(slug)
        account.channel_secret = account.next_channel_secret
        account.next_channel_secret = None


def change_token(slug: str, access_token: str) -> None:
    """Replace the channel access token."""
    with transaction():
        queries.find(slug).access_token = access_token


def set_login(slug: str, channel_id: str, secret: str | None, liff_id: str | None) -> None:
    """Say which LINE Login channel and LIFF app belong to the account."""
    with transaction():
        account = queries.find(slug)
        account.login_channel_id = channel_id
        account.login_channel_secret = secret
        account.liff_id = liff_id


def pause(account_id: int, what: str, reason: str) -> None:
    """Stop sending: `what` is "paid" (push and multicast) or "all". "all" outranks "paid"."""
    with transaction():
        stop = update(Account).where(Account.id == account_id)
        if what == "paid":
            stop = stop.where(Account.paused.is_(None))
        db.session.execute(
            stop.values(paused=what, pause_reason=reason[:300], paused_at=clock.now())
        )


def resume(slug: str) -> None:
    """Send again."""
    with transaction():
        account = queries.find(slug)
        account.paused = account.pause_reason = account.paused_at = None
        wake_after_commit("outbox")
        wake_after_commit("bulk")


def reseal_secrets() -> int:
    """Seal every secret anew with the newest key; answers how many accounts were done."""
    with transaction():
        accounts = queries.everyone()
        for account in accounts:
            for name in _SECRETS:
                flag_modified(account, name)
            db.session.flush()
            crash_point("keyrotate.mid_rows")
        return len(accounts)


def _provider(name: str) -> Provider:
    found = db.session.scalar(select(Provider).where(Provider.name == name))
    return found or Provider(name=name)
