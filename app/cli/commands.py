"""The commands of `flask --app wsgi`."""

from flask import Flask

from app.cli import accounts, inbox, invariants, migrate, outbox, seed, serve


def install(app: Flask) -> None:
    """Add our commands to the app."""
    for command in (
        serve.serve,
        serve.web,
        serve.worker,
        seed.seed,
        migrate.group,
        accounts.group,
        inbox.group,
        outbox.group,
        invariants.doctor,
    ):
        app.cli.add_command(command)
