"""`flask hooks`: where facts are told, what was not taken, and sending it again (docs/api.md)."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.calm import LIMIT, ROW_ID, CalmGroup
from app.domain.accounts import queries as accounts
from app.domain.hooks import queries, service
from app.domain.hooks.service import NewEndpoint


@click.group("hooks", cls=CalmGroup)
def group() -> None:
    """Endpoints of the shop's own systems, and deliveries of facts to them."""


@group.command("add")
@click.argument("url")
@click.argument("kinds", nargs=-1, required=True)
@click.option("--account", help="Facts of this account (its slug), and those of the company.")
@with_appcontext
def add(url: str, kinds: tuple[str, ...], account: str | None) -> None:
    """Tell facts of these KINDS (points.earn, points.*, *) at URL; shows the secret."""
    account_id = accounts.find(account).id if account else None
    local = current_app.extensions["settings"].webhooks_local
    endpoint_id = service.add(NewEndpoint(url, kinds, account_id, local))
    click.echo(f"endpoint {endpoint_id}, signed with\n{queries.secret(endpoint_id)}")


@group.command("list")
@with_appcontext
def show_all() -> None:
    """List the endpoints, and how many deliveries are in which state."""
    for end in queries.endpoints():
        state = f"off ({end.off_reason})" if end.off_at else f"failures {end.failures}"
        click.echo(f"{end.id:>4} {state:24} {end.url} {' '.join(end.kinds)}")
    click.echo(", ".join(f"{state} {n}" for state, n in sorted(queries.counts().items())))


@group.command("deliveries")
@click.option("--endpoint", type=ROW_ID)
@click.option("--state", type=click.Choice(queries.STATES))
@click.option("--limit", default=50, show_default=True, type=LIMIT)
@with_appcontext
def deliveries(endpoint: int | None, state: str | None, limit: int) -> None:
    """List deliveries, newest first."""
    for one in queries.deliveries(endpoint, state=state, limit=limit):
        click.echo(
            f"{one.id:>8} endpoint {one.endpoint_id} {one.kind:20} {one.state:9} "
            f"tries {one.attempts} {one.outcome or ''}"
        )


@group.command("replay")
@click.argument("delivery_id", type=ROW_ID, required=False)
@click.option("--dead", "endpoint", type=ROW_ID, help="All that this endpoint did not take.")
@with_appcontext
def replay(delivery_id: int | None, endpoint: int | None) -> None:
    """Send one delivery again, or all dead ones of an endpoint."""
    if (delivery_id is None) == (endpoint is None):
        raise click.UsageError("name one delivery, or an endpoint with --dead")
    if delivery_id is not None:
        service.replay(delivery_id)
    again = 1 if endpoint is None else service.replay_dead(endpoint)
    click.echo(f"{again} due again")
