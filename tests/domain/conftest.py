"""What the tests of the core share: the app with its doors closed, and an account in it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.ctx import AppContext

from app.config import Settings
from app.db import db
from app.factory import create_app
from tests.support.cast import add_account


@pytest.fixture
def inside(app: Flask) -> Iterator[AppContext]:
    """The app's context, for the whole test."""
    with app.app_context() as context:
        yield context


@pytest.fixture
def account(inside: AppContext) -> int:
    """The id of an official account."""
    return add_account()


@pytest.fixture
def open_app() -> Iterator[Callable[[Settings], Flask]]:
    """Makes more apps, as other processes would be; their connections are closed at the end."""
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
