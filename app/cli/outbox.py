"""`flask outbox`: what we say and do at LINE."""

import click
from flask.cli import with_appcontext

from app.cli.calm import LIMIT, ROW_ID, CalmGroup
from app.outbox import look

_STATES = click.Choice(["pending", "sending", "sent", "failed", "unknown"])


@click.group("outbox", cls=CalmGroup)
def group() -> None:
    """Look at the calls to LINE, and try failed ones again."""


@group.command("list")
@click.option("--state", type=_STATES, help="Only calls of this state.")
@click.option("--limit", default=50, show_default=True, type=LIMIT)
@with_appcontext
def show_all(state: str | None, limit: int) -> None:
    """List calls, newest first."""
    for entry in look.listed(state, limit):
        click.echo(
            f"{entry.id:>8} {entry.created_at:%Y-%m-%d %H:%M:%S} account {entry.account_id} "
            f"{entry.route:9} {entry.notice:24} {entry.state:8} tries {entry.attempts} "
            f"{entry.http_status or '-'} {entry.request_id or ''} {entry.outcome or ''}"
        )
    click.echo(", ".join(f"{state} {number}" for state, number in sorted(look.counts().items())))


@group.command("show")
@click.argument("item_id", type=ROW_ID)
@with_appcontext
def show(item_id: int) -> None:
    """Print the exact JSON of one call. It holds personal data."""
    click.echo(look.body(item_id))


@group.command("retry")
@click.argument("item_id", type=ROW_ID, required=False)
@click.option("--all", "everything", is_flag=True, help="Every failed call.")
@click.option("--unknown", is_flag=True, help="Also calls that LINE may have taken already.")
@with_appcontext
def retry(item_id: int | None, everything: bool, unknown: bool) -> None:
    """Send a failed call again, as a push."""
    if (item_id is None) != everything:
        raise click.UsageError("name one call, or say --all")
    click.echo(f"{look.retry(item_id, unknown=unknown)} due again")
