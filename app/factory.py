"""Puts the app together: settings, database, engine, routes, errors, commands; nothing else."""

from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import db, vault
from app.api import blueprints as api
from app.api import health, problems
from app.cli import commands
from app.config import Settings, SettingsError, load
from app.domain.accounts import queries as accounts
from app.domain.payments import provider as payments
from app.engine import choose
from app.engine.lanes import Lane
from app.handlers import dispatch
from app.inbox import put
from app.inbox.handed import Handed
from app.inbox.run import Inbox
from app.liff import blueprints as liff
from app.richmenu.reconcile import Menus
from app.sender.hooks import Hooks
from app.sender.mail import Mailer
from app.sender.office import office
from app.sender.payments import Payments
from app.sender.run import Sender
from app.sessions import Sessions
from app.staff import blueprints as staff
from app.webhook import receive


def create_app(settings: Settings | None = None) -> Flask:
    """The app for these settings, or for those of the environment; raises SettingsError."""
    settings = settings or load()
    app = Flask("app")
    app.session_interface = Sessions()
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    app.config["LINE_API_BASE"] = settings.line_api_base
    app.config["LINE_DATA_API_BASE"] = settings.line_data_api_base
    app.config["LIFF_BASE"] = settings.liff_base
    app.config["TIME_ZONE"] = settings.time_zone
    app.config["SESSION_COOKIE_NAME"] = "__Host-tsunagu"
    app.config["SESSION_COOKIE_SECURE"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.extensions["settings"] = settings
    if settings.proxies:
        behind = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)
        app.wsgi_app = behind  # type: ignore[method-assign]
    db.install(app, settings.database_url)
    vault.install(app, settings.keys)
    payments.install(_provider(settings))
    handed = Handed()
    choose.install(app, settings, _lanes(settings, handed))
    save = partial(put.put, handed=handed)
    app.register_blueprint(receive.blueprint(accounts.receiver, save, settings.webhook_max_bytes))
    app.register_blueprint(health.bp)
    for bp in (*liff.BLUEPRINTS, *staff.BLUEPRINTS, *api.BLUEPRINTS):
        app.register_blueprint(bp)
    problems.install(app)
    commands.install(app)
    return app


def _provider(settings: Settings) -> payments.Provider | None:
    if settings.payment_provider is None:
        return None
    try:
        return payments.load(settings.payment_provider)
    except payments.BadProvider as error:
        raise SettingsError([f"PAYMENT_PROVIDER: {error}"]) from error


def _lanes(settings: Settings, handed: Handed) -> list[Lane]:
    outbox = Sender("outbox", slots=32, zone=settings.zone)
    return [
        Inbox(dispatch.handle, handed, outbox.take_along),
        outbox,
        Sender("bulk", slots=64, zone=settings.zone),
        Menus(),
        Mailer(office(settings), zone=settings.zone),
        Hooks(local=settings.webhooks_local),
        Payments(settings.base_url),
    ]
