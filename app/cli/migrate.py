"""`flask migrate`: the database's schema."""

import click
from flask import Flask
from flask.cli import with_appcontext

from app import schema
from app.cli.calm import CalmGroup


@click.group("migrate", cls=CalmGroup)
def group() -> None:
    """Bring the database's schema up or down."""


@group.command("up")
@with_appcontext
def up() -> None:
    """Apply every migration that is missing."""
    schema.upgrade()
    click.echo(f"schema at {schema.current()}")


@group.command("down")
@click.argument("revision")
@with_appcontext
def down(revision: str) -> None:
    """Go back to an older REVISION."""
    schema.downgrade(revision)
    click.echo(f"schema at {schema.current()}")


@group.command("status")
@with_appcontext
def status() -> None:
    """Show where the schema stands."""
    click.echo(f"database {schema.current()}, code {schema.newest()}")


def upgrade(app: Flask) -> None:
    """Bring the app's database to the newest schema."""
    with app.app_context():
        schema.upgrade()
