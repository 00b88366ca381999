"""Settings: every mistake stops the start, named by its variable, all at once."""

import base64

import pytest
from cryptography.fernet import Fernet

from app.config import Settings, SettingsError, load

KEY = base64.urlsafe_b64encode(bytes(32)).decode()
SOUND = {"SECRET_KEY": "only-for-tests-only-for-tests", "ENCRYPTION_KEYS": KEY}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that has what must be there and nothing else of ours."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in SOUND.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def problems(environment: pytest.MonkeyPatch, **variables: str) -> list[str]:
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load()
    return raised.value.problems


@pytest.mark.parametrize("name", sorted(SOUND))
def test_what_must_be_there_is_asked_for_by_name(environment, name: str) -> None:
    environment.delenv(name)
    assert problems(environment) == [f"{name}: Field required"]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("DATABASE_URL", "mysql://localhost/tsunagu"),
        ("DATABASE_URL", "tsunagu.sqlite"),
        ("DATABASE_URL", "sqlite:tsunagu.sqlite"),
        ("DATABASE_URL", "postgresql://localhost:port/tsunagu"),
        ("SECRET_KEY", "too short"),
        ("ENCRYPTION_KEYS", "no key"),
        ("ENCRYPTION_KEYS", f"{KEY},"),
        ("ENCRYPTION_KEYS", f"{KEY},鍵"),
        ("BASE_URL", "shop.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://shop.example:many"),
        ("LINE_DATA_API_BASE", "ftp://api-data.line.me"),
        ("ENGINE", "celrey"),
        ("ENGINE", "Embedded"),
        ("BROKER_URL", "localhost"),
        ("BROKER_URL", "redis://"),
        ("TIME_ZONE", "Asia/Tokio"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("TIME_ZONE", "Asia"),
        ("LOG_LEVEL", "LOUD"),
        ("SMTP_PORT", "0"),
        ("SMTP_SECURITY", "ssl"),
        ("MAIL_FROM", "shop"),
        ("MAIL_FROM", "a@example.jp, b@example.jp"),
        ("MAIL_FROM", "a@example.jp\nBcc: b@example.jp"),
        ("WEBHOOK_MAX_BYTES", "1 MiB"),
        ("WEBHOOK_MAX_BYTES", "12"),
        ("LINE_BOT_USER_ID", "@komorebi"),
        ("PAYMENT_PROVIDER", "tests.support.paying"),
        ("PAYMENT_PROVIDER", "tests/support/paying.py:Pays"),
        ("PAYMENT_PROVIDER", ":Pays"),
    ],
)
def test_what_is_broken_is_named_and_not_repeated(environment, name: str, broken: str) -> None:
    (problem,) = problems(environment, **{name: broken})

    assert problem.startswith(f"{name}: ")
    if name in SOUND:
        assert broken not in problem


def test_a_broken_stand_in_for_line_is_named(environment) -> None:
    assert "LINE_API_BASE: " in "".join(problems(environment, LINE_API_BASE="api.line.me"))


def test_all_mistakes_are_told_at_once(environment) -> None:
    environment.delenv("SECRET_KEY")
    told = problems(environment, ENGINE="huey", TIME_ZONE="Mars", DATABASE_URL="x")
    assert {line.partition(":")[0] for line in told} == {
        "SECRET_KEY", "ENGINE", "TIME_ZONE", "DATABASE_URL",
    }  # fmt: skip


def test_empty_is_the_same_as_absent(environment) -> None:
    for name in set(Settings.model_fields) - {"secret_key", "encryption_keys"}:
        environment.setenv(name.upper(), "")
    settings = load()
    assert settings.database_url == "sqlite:///instance/tsunagu.sqlite"
    assert settings.line_channel_secret is None
    assert settings.line_data_api_base == "https://api-data.line.me"


def test_empty_is_not_enough_for_what_must_be_there(environment) -> None:
    assert problems(environment, SECRET_KEY="") == ["SECRET_KEY: Field required"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_common_spelling_of_postgresql_is_understood(environment, scheme: str) -> None:
    environment.setenv("DATABASE_URL", f"{scheme}://shop:pass@db.example:5433/tsunagu")
    assert load().database_url == "postgresql+psycopg://shop:pass@db.example:5433/tsunagu"


def test_the_data_host_follows_a_stand_in_for_line(environment) -> None:
    environment.setenv("LINE_API_BASE", "http://127.0.0.1:8100/")
    assert load().line_data_api_base == "http://127.0.0.1:8100"


def test_the_data_host_can_be_elsewhere(environment) -> None:
    environment.setenv("LINE_API_BASE", "http://127.0.0.1:8100")
    environment.setenv("LINE_DATA_API_BASE", "http://127.0.0.1:8200")
    assert load().line_data_api_base == "http://127.0.0.1:8200"


def test_line_itself_has_two_hosts() -> None:
    settings = load()
    assert settings.line_api_base == "https://api.line.me"
    assert settings.line_data_api_base == "https://api-data.line.me"


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"SMTP_HOST": "mail.example.jp"}, "MAIL_FROM"), ({"SMTP_USER": "shop"}, "SMTP_PASSWORD")],
)
def test_settings_of_mail_belong_together(environment, given: dict[str, str], missing: str) -> None:
    (problem,) = problems(environment, **given)
    assert missing in problem


@pytest.mark.parametrize(
    ("written", "name"),
    [("shop@example.jp", ""), ("こもれび珈琲 <shop@example.jp>", "こもれび珈琲")],
)
def test_who_writes_has_an_address_and_perhaps_a_name(environment, written: str, name: str) -> None:
    environment.setenv("MAIL_FROM", written)
    sender = load().sender
    assert sender
    assert (sender.display_name, sender.addr_spec) == (name, "shop@example.jp")


def test_keys_come_newest_first(environment) -> None:
    older = Fernet.generate_key().decode()
    environment.setenv("ENCRYPTION_KEYS", f"{KEY}, {older}")
    assert load().keys == [KEY, older]


def test_secrets_do_not_show_where_settings_are_printed() -> None:
    assert KEY not in repr(load())
    assert SOUND["SECRET_KEY"] not in repr(load())


def test_settings_do_not_change(environment) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().engine = "celery"
