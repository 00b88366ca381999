"""Secrets at rest: sealed with MultiFernet, the keys outside the database (ENCRYPTION_KEYS)."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, current_app
from sqlalchemy import Dialect, Text, TypeDecorator

from app.errors import TsunaguError


class WrongKey(TsunaguError):
    """A sealed value opens with none of ENCRYPTION_KEYS."""

    code = "wrong_encryption_key"


class Sealed(TypeDecorator[str]):
    """A text column whose value is readable only with the keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return _vault().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise WrongKey("a secret in the database fits none of ENCRYPTION_KEYS") from error


def install(app: Flask, keys: list[str]) -> None:
    """Give the app its keys, newest first; older ones still open what they sealed."""
    app.extensions["vault"] = MultiFernet([Fernet(key) for key in keys])


def seal(value: str) -> str:
    """What a Sealed column keeps of a value, for whoever seals many before a transaction."""
    return _vault().encrypt(value.encode()).decode()


def _vault() -> MultiFernet:
    vault: MultiFernet = current_app.extensions["vault"]
    return vault
