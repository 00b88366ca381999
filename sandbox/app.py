"""The sandbox's web application."""

from flask import Flask, redirect
from werkzeug.wrappers import Response

from sandbox import access, line_parts, login_parts, problems
from sandbox.control import Control
from sandbox.faults import MAIL
from sandbox.mail_control import MailControl
from sandbox.phone import Phone
from sandbox.smtp import MailServer
from sandbox.talks import Talks
from sandbox.webhooks import Webhooks
from sandbox.world import World


def create_app(
    world: World, secret: str | None = None, mail_server: MailServer | None = None
) -> Flask:
    """Build the application over a world; stop the world with `stop` when the server ends.

    secret: what callers must know, where other machines can reach the sandbox.
    mail_server: what fills the mailbox, to be stopped with the rest.
    """
    app = Flask(__name__)
    app.extensions["sandbox.mail_server"] = mail_server
    if secret:
        access.guard(app, secret)
    webhooks = Webhooks(world)
    app.extensions["sandbox.webhooks"] = webhooks
    talks = Talks(world, webhooks)
    api = line_parts.register(app, world, webhooks, talks)
    endpoints = api.names | login_parts.register(app, world, webhooks, talks)
    app.register_blueprint(Control(world, webhooks, endpoints | {MAIL}).blueprint())
    app.register_blueprint(MailControl(world).blueprint())
    app.register_blueprint(Phone(world, talks).blueprint())
    app.add_url_rule("/", "home", _home)
    problems.register(app)
    return app


def stop(app: Flask, world: World) -> None:
    """End everything that waits: event streams, webhooks, calls held back by a fault."""
    world.stopping.set()
    world.hub.close()
    app.extensions["sandbox.webhooks"].close()
    if mail_server := app.extensions["sandbox.mail_server"]:
        mail_server.close()
    world.store.close()


def _home() -> Response:
    return redirect("/phone/")
