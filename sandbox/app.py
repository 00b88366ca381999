"""The sandbox's web application."""

from flask import Flask, redirect
from werkzeug.wrappers import Response

from sandbox import access, line_parts, login_parts, problems
from sandbox.control import Control
from sandbox.phone import Phone
from sandbox.talks import Talks
from sandbox.webhooks import Webhooks
from sandbox.world import World


def create_app(world: World, secret: str | None = None) -> Flask:
    """Build the application over a world; stop the world with `stop` when the server ends.

    secret: what callers must know, where other machines can reach the sandbox.
    """
    app = Flask(__name__)
    if secret:
        access.guard(app, secret)
    webhooks = Webhooks(world)
    app.extensions["sandbox.webhooks"] = webhooks
    talks = Talks(world, webhooks)
    api = line_parts.register(app, world, webhooks, talks)
    endpoints = api.names | login_parts.register(app, world, webhooks, talks)
    app.register_blueprint(Control(world, webhooks, endpoints).blueprint())
    app.register_blueprint(Phone(world, talks).blueprint())
    app.add_url_rule("/", "home", _home)
    problems.register(app)
    return app


def stop(app: Flask, world: World) -> None:
    """End everything that waits: event streams, webhooks, calls held back by a fault."""
    world.stopping.set()
    world.hub.close()
    app.extensions["sandbox.webhooks"].close()
    world.store.close()


def _home() -> Response:
    return redirect("/phone/")
