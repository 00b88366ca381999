"""`flask staff`: the first owner, who invites everybody else."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.config import Settings
from app.domain.staff import service


@click.group("staff", cls=CalmGroup)
def group() -> None:
    """The people who work at the shop."""


@group.command("create-owner")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@with_appcontext
def create_owner(email: str, name: str, password: str) -> None:
    """Add an owner. The password is asked for, or read from a pipe."""
    service.create_owner(email, name, password)
    settings: Settings = current_app.extensions["settings"]
    click.echo(f"added: log in at {settings.base_url}/staff/login")
