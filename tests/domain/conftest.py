"""What the tests of the core share: the app with its doors closed, and an account in it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.ctx import AppContext
from freezegun import freeze_time

from app.config import Settings
from app.db import db
from app.factory import create_app
from sandbox.server import Handle, run_in_thread
from sandbox.smtp import MailServer
from sandbox.world import World
from tests.support import contract
from tests.support.cast import add_account
from tests.support.desk import Desk, open_desk, world
from tests.support.post_office import FROM, PostOffice

Opens = Callable[[Settings], Flask]


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
def open_app() -> Iterator[Opens]:
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


@pytest.fixture
def line() -> Iterator[Handle]:
    """A LINE Platform on this machine."""
    handle = run_in_thread(world())
    yield handle
    handle.stop()
    contract.check(handle.world)


@pytest.fixture
def desk(settings: Settings, open_app: Opens, line: Handle) -> Iterator[Desk]:
    """The sender beside that LINE, at a standing clock."""
    hosts = {"line_api_base": line.url, "line_data_api_base": line.url}
    app = open_app(settings.model_copy(update=hosts))
    with freeze_time("2026-11-21T12:00:00Z") as time, open_desk(app, line, time) as desk:
        yield desk


@pytest.fixture
def smtp(settings: Settings) -> Iterator[tuple[World, MailServer, Settings]]:
    """A mail server, and settings that lead to it."""
    mailbox = World()
    server = MailServer(mailbox, "127.0.0.1", 0)
    changes = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
    yield mailbox, server, settings.model_copy(update=changes | {"mail_from": FROM})
    mailbox.store.close()


@pytest.fixture
def post(smtp, open_app: Opens) -> Iterator[PostOffice]:
    """The lane at a standing clock."""
    mailbox, server, settings = smtp
    app = open_app(settings)
    with freeze_time("2026-11-21T12:00:00Z") as time, app.app_context():
        post = PostOffice(app, mailbox, server, time)
        yield post
        for lane in app.extensions["lanes"].values():
            lane.close()
        post.goes_away()
