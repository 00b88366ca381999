"""Puts the app together: settings, database, engine, routes, errors, commands; nothing else."""

from functools import partial

from flask import Flask

from app import db, vault
from app.api import health, problems
from app.cli import commands
from app.config import Settings, load
from app.domain.accounts import queries as accounts
from app.engine import choose
from app.handlers import dispatch
from app.inbox import put
from app.inbox.handed import Handed
from app.inbox.run import Inbox
from app.sender.run import Sender
from app.sessions import Sessions
from app.webhook import receive


def create_app(settings: Settings | None = None) -> Flask:
    """The app for these settings, or for those of the environment; raises SettingsError."""
    settings = settings or load()
    app = Flask("app")
    app.session_interface = Sessions()
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    app.config["LINE_API_BASE"] = settings.line_api_base
    app.config["TIME_ZONE"] = settings.time_zone
    app.extensions["settings"] = settings
    db.install(app, settings.database_url)
    vault.install(app, settings.keys)
    handed = Handed()
    choose.install(app, settings, _lanes(settings, handed))
    save = partial(put.put, handed=handed)
    app.register_blueprint(receive.blueprint(accounts.receiver, save, settings.webhook_max_bytes))
    app.register_blueprint(health.bp)
    problems.install(app)
    commands.install(app)
    return app


def _lanes(settings: Settings, handed: Handed) -> list[Inbox | Sender]:
    outbox = Sender("outbox", slots=32, zone=settings.zone)
    return [
        Inbox(dispatch.handle, handed, outbox.take_along),
        outbox,
        Sender("bulk", slots=64, zone=settings.zone),
    ]
