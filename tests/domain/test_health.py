"""Whether the process lives, and whether it can take events."""

import pytest
from flask import Flask

from app import schema
from app.config import Settings


@pytest.fixture
def nowhere(settings: Settings) -> Settings:
    """Settings of a database that is away."""
    away = "postgresql+psycopg://postgres@127.0.0.1:9/tsunagu"
    if settings.database_url.startswith("sqlite:"):
        away = "sqlite:////proc/nowhere/tsunagu.sqlite"
    return settings.model_copy(update={"database_url": away})


def test_ready_when_the_schema_is_the_newest(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_not_ready_before_the_schema_is_there(open_app, settings, empty_database_url: str) -> None:
    app = open_app(settings.model_copy(update={"database_url": empty_database_url}))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "migrating"})


def test_not_ready_with_an_old_schema(app: Flask) -> None:
    with app.app_context():
        schema.downgrade("base")
    answer = app.test_client().get("/readyz")
    with app.app_context():
        schema.upgrade()
    assert (answer.status_code, answer.json) == (503, {"status": "migrating"})


def test_not_ready_while_stopping(app: Flask) -> None:
    app.extensions["stopping"] = True
    assert app.test_client().get("/readyz").status_code == 503


def test_not_ready_without_a_database(open_app, nowhere: Settings) -> None:
    answer = open_app(nowhere).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "database away", "reason": "OperationalError"}


def test_alive_whatever_the_database_does(open_app, nowhere: Settings) -> None:
    answer = open_app(nowhere).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
