"""`flask audit`: is the audit log whole?"""

import sys

import click
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.audit import queries


@click.group("audit", cls=CalmGroup)
def group() -> None:
    """The log of who saw or changed what."""


@group.command("verify")
@with_appcontext
def verify() -> None:
    """Go through the whole chain; exit status 1 if an entry was changed, taken out or put in."""
    found = queries.verify()
    for problem in found.problems:
        click.echo(problem)
    click.echo(f"{found.entries} entries, last hash {found.head}")
    sys.exit(1 if found.problems else 0)
