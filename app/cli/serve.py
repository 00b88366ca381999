"""`flask serve` runs everything on one machine; `flask web` and `flask worker` run it apart."""

import logging
import os
import sys
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import schema
from app.cli import first_account
from app.cli.calm import CalmCommand
from app.cli.family import Family, end_with_parent
from app.errors import Unavailable

log = logging.getLogger(__name__)

_PATIENCE = 30.0  # Seconds a database may take to come up beside us.
_BEHIND = "bulk,menus,mail,hooks,payments"  # Lanes that no open page waits for.

_port = click.option("--port", default=8000, show_default=True, help="Port of the web server.")
_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_web_workers = click.option("--web-workers", default=2, show_default=True)
_web_threads = click.option("--web-threads", default=4, show_default=True)
_with_parent = click.option("--with-parent", type=int, hidden=True, help="End with this process.")


@click.command("serve", cls=CalmCommand)
@_port
@_host
@_web_workers
@_web_threads
@_with_parent
@with_appcontext
def serve(
    port: int, host: str, web_workers: int, web_threads: int, with_parent: int | None
) -> None:
    """Bring the database to the newest schema, then run web and worker until a signal comes."""
    if with_parent:
        end_with_parent(with_parent)
    _await_database()
    first_account.make()
    embedded = current_app.extensions["settings"].engine == "embedded"
    web = ["web", "--port", port, "--host", host]
    web += ["--web-workers", web_workers, "--web-threads", web_threads]
    worker = ["worker", "--lanes", _BEHIND] if embedded else ["worker", "--beat"]
    with_us = ["--with-parent", str(os.getpid())]
    family = Family()
    family.add([*_flask(), *map(str, web), *(["--lanes"] if embedded else []), *with_us])
    family.add([*_flask(), *worker, *with_us])
    sys.exit(family.live())


@click.command("web", cls=CalmCommand)
@_port
@_host
@_web_workers
@_web_threads
@click.option("--lanes", is_flag=True, help="Also handle and answer events in these processes.")
@_with_parent
@with_appcontext
def web(
    port: int, host: str, web_workers: int, web_threads: int, lanes: bool, with_parent: int | None
) -> None:
    """Run the web server (gunicorn): takes webhooks, serves pages."""
    from app.cli.gunicorn import Options, run

    if with_parent:
        end_with_parent(with_parent)
    schema.newest()  # What is imported before the workers fork is in memory once.
    run(_app(), Options(f"{host}:{port}", web_workers, web_threads, lanes))


@click.command("worker", cls=CalmCommand)
@click.option(
    "--lanes",
    default=f"inbox,outbox,{_BEHIND}",
    show_default=True,
    help="Which kinds of work to do.",
)
@click.option("--beat", is_flag=True, help="With Celery: also run the clock here.")
@_with_parent
@with_appcontext
def worker(lanes: str, beat: bool, with_parent: int | None) -> None:
    """Run the worker: handles events, talks to LINE, keeps the clock."""
    if with_parent:
        end_with_parent(with_parent)
    app = _app()
    if "mail" in lanes.split(",") and app.extensions["settings"].smtp_host is None:
        log.warning("no mail server: e-mails wait", extra={"action": "mail.off"})
    if app.extensions["settings"].engine == "celery":
        from app.cli.celery import run as run_celery

        run_celery(app, lanes.split(","), beat=beat)
    else:
        from app.cli.embedded import run as run_embedded

        run_embedded(app, lanes.split(","))


def _await_database() -> None:
    """Bring the schema up as soon as the database lets us; raises Unavailable in the end."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return schema.upgrade()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
        time.sleep(1)


def _flask() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi"]


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
