"""`flask inbox`: what LINE told us."""

import click
from flask.cli import with_appcontext

from app.cli.calm import LIMIT, ROW_ID, CalmGroup
from app.inbox import look

_STATES = click.Choice(["pending", "running", "done", "dead"])


@click.group("inbox", cls=CalmGroup)
def group() -> None:
    """Look at the events LINE sent, and try dead ones again."""


@group.command("list")
@click.option("--state", type=_STATES, help="Only events of this state.")
@click.option("--limit", default=50, show_default=True, type=LIMIT)
@with_appcontext
def show_all(state: str | None, limit: int) -> None:
    """List events, newest first."""
    for entry in look.listed(state, limit):
        click.echo(
            f"{entry.id:>8} {entry.received_at:%Y-%m-%d %H:%M:%S} account {entry.account_id} "
            f"{entry.kind:12} {entry.state:8} tries {entry.attempts} {entry.outcome or ''}"
        )
    click.echo(", ".join(f"{state} {number}" for state, number in sorted(look.counts().items())))


@group.command("show")
@click.argument("event_id", type=ROW_ID)
@with_appcontext
def show(event_id: int) -> None:
    """Print LINE's JSON of one event. It holds personal data."""
    click.echo(look.payload(event_id))


@group.command("retry")
@click.argument("event_id", type=ROW_ID, required=False)
@click.option("--all", "everything", is_flag=True, help="Every dead event.")
@with_appcontext
def retry(event_id: int | None, everything: bool) -> None:
    """Try a dead event again. What it did before it failed was undone, so nothing doubles."""
    if (event_id is None) != everything:
        raise click.UsageError("name one event, or say --all")
    click.echo(f"{look.retry(event_id)} due again")
