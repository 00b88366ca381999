"""`flask mail`: the e-mails we send. What is in them is not shown, for it is personal."""

import click
from flask.cli import with_appcontext

from app.cli.calm import LIMIT, ROW_ID, CalmGroup
from app.outbox import mail_look as look

_STATES = click.Choice(["pending", "sending", "sent", "failed", "dead", "expired"])


@click.group("mail", cls=CalmGroup)
def group() -> None:
    """Look at the e-mails, and try waiting ones at once."""


@group.command("list")
@click.option("--state", type=_STATES, help="Only e-mails of this state.")
@click.option("--limit", default=50, show_default=True, type=LIMIT)
@with_appcontext
def show_all(state: str | None, limit: int) -> None:
    """List e-mails, newest first."""
    for entry in look.listed(state, limit):
        click.echo(
            f"{entry.id:>8} {entry.created_at:%Y-%m-%d %H:%M:%S} {entry.letter:24} "
            f"{entry.state:8} tries {entry.attempts} {entry.outcome or ''}"
        )
    click.echo(", ".join(f"{state} {number}" for state, number in sorted(look.counts().items())))


@group.command("retry")
@click.argument("mail_id", type=ROW_ID, required=False)
@click.option("--all", "everything", is_flag=True, help="Every waiting e-mail.")
@with_appcontext
def retry(mail_id: int | None, everything: bool) -> None:
    """Try a waiting e-mail at once. The contents of one that has ended are gone."""
    if (mail_id is None) != everything:
        raise click.UsageError("name one e-mail, or say --all")
    click.echo(f"{look.retry(mail_id)} due again")
