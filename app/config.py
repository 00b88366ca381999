"""Settings: the only reader of the environment. Every mistake is named at once, then we stop."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
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
    except (KeyError, ValueError) as error:
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


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.hostname is not None and parts.port != 0
    except ValueError:
        return False


BaseAddress = Annotated[str, AfterValidator(_base)]


class Settings(BaseSettings):
    """All settings, by the lower-cased name of their environment variable (docs/settings.md)."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, hide_input_in_errors=True)

    database_url: Annotated[str, AfterValidator(_database)] = "sqlite:///instance/tsunagu.sqlite"
    secret_key: SecretStr = Field(min_length=16)
    encryption_keys: Annotated[SecretStr, NoDecode, AfterValidator(_fernet_keys)]
    base_url: BaseAddress = "http://127.0.0.1:8000"
    line_api_base: BaseAddress = "https://api.line.me"
    line_data_api_base: BaseAddress = "https://api-data.line.me"
    engine: Literal["embedded", "celery"] = "embedded"
    broker_url: Annotated[str, AfterValidator(_broker)] = "redis://127.0.0.1:6379/0"
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Tokyo"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    webhook_max_bytes: int = Field(default=1024 * 1024, ge=1024)
    line_channel_secret: SecretStr | None = None
    line_channel_access_token: SecretStr | None = None
    line_bot_user_id: str | None = Field(default=None, pattern=r"^U[0-9a-f]{32}$")
    line_login_channel_id: str | None = None
    line_login_channel_secret: SecretStr | None = None
    liff_id: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _data_host_follows_the_api_host(cls, given: Any) -> Any:
        # A stand-in for LINE serves both hosts on one address, so one variable is enough for it.
        if given.get("line_api_base") and not given.get("line_data_api_base"):
            return {**given, "line_data_api_base": given["line_api_base"]}
        return given

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
