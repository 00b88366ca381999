"""Settings: the only reader of the environment. Every mistake is named at once, then we stop."""

import os
from email import policy
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

INSTANCE = Path("instance")


class SettingsError(Exception):
    """One or more settings are missing or broken; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: a folder of zones, such as "Asia".
        raise ValueError(f"unknown time zone {name!r}") from error
    return name


def _fernet_keys(keys: SecretStr) -> SecretStr:
    for key in keys.get_secret_value().split(","):
        try:
            Fernet(key.strip())
        except ValueError as error:
            raise ValueError("needs comma-separated Fernet keys (44 characters each)") from error
    return keys


def _database(url: str) -> str:
    scheme, colon, rest = url.partition(":")
    if scheme not in ("sqlite", "postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("needs an address that begins with sqlite: or postgresql:")
    known = "sqlite" if scheme == "sqlite" else "postgresql+psycopg"
    try:
        make_url(known + colon + rest)
    except (ArgumentError, ValueError):
        raise ValueError("needs sqlite:///path or postgresql://user@host/name") from None
    return known + colon + rest


def _base(url: str) -> str:
    if not (url.startswith(("http://", "https://")) and _has_host(url)):
        raise ValueError("needs an address that begins with http:// or https://")
    return url.rstrip("/")


def _broker(url: str) -> str:
    if not (url.startswith(("redis://", "rediss://", "amqp://", "amqps://")) and _has_host(url)):
        raise ValueError("needs an address that begins with redis:// or amqp://")
    return url


def _mailbox(written: str) -> str:
    parsed = policy.SMTP.header_factory("From", written)
    found: tuple[Address, ...] = parsed.addresses
    whole = len(found) == 1 and found[0].username and found[0].domain
    if not whole or parsed.defects or not written.isprintable():
        raise ValueError("needs one address, such as shop@example.jp or 店名 <shop@example.jp>")
    return written


def _attribute(written: str) -> str:
    module, colon, attribute = written.partition(":")
    names = [*module.split("."), *attribute.split(".")]
    if not colon or not all(name.isidentifier() for name in names):
        raise ValueError("needs module:attribute, such as shop.payments:Provider")
    return written


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.hostname is not None and parts.port != 0
    except ValueError:
        return False


BaseAddress = Annotated[str, AfterValidator(_base)]

# Where a stand-in for LINE has what LINE spreads over several hosts.
_OTHER_HOSTS = {
    "line_data_api_base": "",
    "line_access_base": "",
    "liff_base": "/liff.line.me",
    "liff_sdk_url": "/liff/edge/2/sdk.js",
}


class Settings(BaseSettings):
    """All settings, by the lower-cased name of their environment variable (docs/settings.md)."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    database_url: Annotated[str, AfterValidator(_database)] = "sqlite:///instance/tsunagu.sqlite"
    secret_key: SecretStr = Field(min_length=16)
    encryption_keys: Annotated[SecretStr, NoDecode, AfterValidator(_fernet_keys)]
    base_url: BaseAddress = "http://127.0.0.1:8000"
    line_api_base: BaseAddress = "https://api.line.me"
    line_data_api_base: BaseAddress = "https://api-data.line.me"
    line_access_base: BaseAddress = "https://access.line.me"
    liff_base: BaseAddress = "https://liff.line.me"
    liff_sdk_url: BaseAddress = "https://static.line-scdn.net/liff/edge/2/sdk.js"
    engine: Literal["embedded", "celery"] = "embedded"
    broker_url: Annotated[str, AfterValidator(_broker)] = "redis://127.0.0.1:6379/0"
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Tokyo"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    proxies: int = Field(default=0, ge=0, le=10)
    webhook_max_bytes: int = Field(default=1024 * 1024, ge=1024)
    line_channel_secret: SecretStr | None = None
    line_channel_access_token: SecretStr | None = None
    line_bot_user_id: str | None = Field(default=None, pattern=r"^U[0-9a-f]{32}$")
    line_login_channel_id: str | None = None
    line_login_channel_secret: SecretStr | None = None
    line_login_email: bool = False
    liff_id: str | None = None
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65_535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: Annotated[str, AfterValidator(_mailbox)] | None = None
    webhooks_local: bool = False
    payment_provider: Annotated[str, AfterValidator(_attribute)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _other_hosts_follow_the_api_host(cls, given: Any) -> Any:
        # A stand-in for LINE serves all hosts on one address, so one variable is enough for it.
        base = given.get("line_api_base")
        if not base:
            return given
        wanted = {name: str(base).rstrip("/") + path for name, path in _OTHER_HOSTS.items()}
        return given | {name: url for name, url in wanted.items() if not given.get(name)}

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_host and not self.mail_from:
            raise ValueError("MAIL_FROM is needed where SMTP_HOST is set")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("SMTP_USER and SMTP_PASSWORD belong together")
        return self

    @property
    def sender(self) -> Address | None:
        """Who writes our e-mails: the address, and the name beside it, which may be empty."""
        if self.mail_from is None:
            return None
        sender: Address = policy.SMTP.header_factory("From", self.mail_from).addresses[0]
        return sender

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def keys(self) -> list[str]:
        """The encryption keys, newest first."""
        return [key.strip() for key in self.encryption_keys.get_secret_value().split(",")]


def load() -> Settings:
    """Read the environment; raises SettingsError that names each broken variable."""
    try:
        return Settings.model_validate({})
    except ValidationError as error:
        raise SettingsError([_told(problem) for problem in error.errors()]) from None


def _told(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper() or "settings"
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}"


def switch(name: str) -> str:
    """A switch of the fault tests (app/faults.py); empty in normal life."""
    return os.environ.get(name, "")


def environment(**changes: str) -> dict[str, str]:
    """The environment for a child process, with changes."""
    return {**os.environ, **changes}
