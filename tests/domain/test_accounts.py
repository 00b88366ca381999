"""Accounts: secrets are readable only with the keys, and can be changed without a gap."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.config import Settings
from app.db import db
from app.domain.accounts import queries, service
from app.domain.accounts.errors import AccountExists, BadSlug, NoSuchAccount, NothingStaged
from app.vault import WrongKey
from tests.support.cast import SECRET, TOKEN, add_account

LOGIN = "login-secret-of-main"
Opens = Callable[[Settings], Flask]


@pytest.fixture
def account(inside) -> int:
    return add_account(login_channel_secret=LOGIN)


def test_no_secret_is_readable_in_the_database(app: Flask, account: int) -> None:
    service.stage_secret("main", "staged-secret")
    stored = _everything_stored(app)
    for secret in (SECRET, TOKEN, LOGIN, "staged-secret"):
        assert secret.encode() not in stored
    assert "こもれび珈琲".encode() in stored


def _everything_stored(app: Flask) -> bytes:
    """The bytes of an SQLite file with its log, or the rows of PostgreSQL."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        files = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
        assert len(files) > 2  # The file, its write-ahead log and what belongs to them.
        return b"".join(path.read_bytes() for path in files)
    rows = db.session.execute(sa.text("SELECT account::text FROM account"))
    return "".join(row[0] for row in rows).encode()


def test_with_the_key_they_are_read_as_they_were(account: int) -> None:
    assert queries.speaker(account).access_token == TOKEN
    receiver = queries.receiver("main")
    assert receiver
    assert (receiver.account_id, receiver.secrets) == (account, (SECRET,))


def keyed(settings: Settings, *keys: str) -> Settings:
    return settings.model_copy(update={"encryption_keys": SecretStr(",".join(keys))})


def test_without_the_key_nothing_is_readable(
    account: int, settings: Settings, open_app: Opens
) -> None:
    stranger = open_app(keyed(settings, Fernet.generate_key().decode()))
    with stranger.app_context(), pytest.raises(WrongKey):
        queries.speaker(account)


def test_keys_are_changed_without_losing_a_secret(
    account: int, settings: Settings, open_app: Opens
) -> None:
    service.stage_secret("main", "staged-secret")
    db.session.remove()
    old, new = settings.keys[0], Fernet.generate_key().decode()
    both = open_app(keyed(settings, new, old))
    with both.app_context():
        assert queries.speaker(account).access_token == TOKEN
        assert service.reseal_secrets() == 1
    with open_app(keyed(settings, new)).app_context():
        assert queries.speaker(account).access_token == TOKEN
        receiver = queries.receiver("main")
        assert receiver
        assert set(receiver.secrets) == {SECRET, "staged-secret"}
        assert queries.find("main").login_channel_secret == LOGIN
    with open_app(settings).app_context(), pytest.raises(WrongKey):
        queries.speaker(account)


def test_a_staged_secret_is_accepted_beside_the_present_one_and_then_alone(account: int) -> None:
    service.stage_secret("main", "staged-secret")
    assert _secrets() == {SECRET, "staged-secret"}
    service.promote_secret("main")
    assert _secrets() == {"staged-secret"}


def _secrets() -> set[str]:
    receiver = queries.receiver("main")
    assert receiver
    return set(receiver.secrets)


def test_there_must_be_a_staged_secret_to_switch_to(account: int) -> None:
    with pytest.raises(NothingStaged):
        service.promote_secret("main")
    assert _secrets() == {SECRET}


def test_a_changed_token_is_used(account: int) -> None:
    service.change_token("main", "new-token")
    assert queries.speaker(account).access_token == "new-token"


@pytest.mark.parametrize("taken", ["slug", "bot"])
def test_slug_and_bot_belong_to_one_account(account: int, taken: str) -> None:
    slug = "main" if taken == "slug" else "second"
    bot = "U" + "e" * 32 if taken == "slug" else queries.find("main").bot_user_id
    with pytest.raises(AccountExists):
        add_account(slug, bot_user_id=bot)
    assert [found.slug for found in queries.everyone()] == ["main"]
    assert add_account("second")


@pytest.mark.parametrize("slug", ["", "Main", "a/b", "a b", "-a", "あ", "a" * 41, "a\x00", "a\n"])
def test_a_slug_must_fit_into_an_address(inside, slug: str) -> None:
    with pytest.raises(BadSlug):
        add_account(slug)
    assert queries.everyone() == []


def test_accounts_of_one_provider_share_it(account: int) -> None:
    second = add_account("second")
    elsewhere = add_account("third", provider="elsewhere")
    assert queries.provider_of(second) == queries.provider_of(account)
    assert queries.provider_of(elsewhere) != queries.provider_of(account)


@pytest.mark.parametrize("slug", ["nobody", "", "main\x00"])
def test_an_account_that_is_not_there(account: int, slug: str) -> None:
    assert queries.receiver(slug) is None
    for verb in (queries.find, service.promote_secret, service.resume):
        with pytest.raises(NoSuchAccount):
            verb(slug)
    with pytest.raises(NoSuchAccount):
        queries.speaker(account + 1)


def test_a_full_pause_outranks_a_paid_one(account: int) -> None:
    assert queries.paused_accounts() == {}
    service.pause(account, "paid", "monthly")
    assert queries.paused_accounts() == {account: "paid"}
    service.pause(account, "all", "auth")
    service.pause(account, "paid", "monthly")
    assert queries.paused_accounts() == {account: "all"}
    db.session.expire_all()
    assert queries.find("main").pause_reason == "auth"
    service.resume("main")
    assert queries.paused_accounts() == {}


def test_a_long_reason_is_cut(account: int) -> None:
    service.pause(account, "all", "x" * 1000)
    db.session.expire_all()
    assert queries.find("main").pause_reason == "x" * 300
