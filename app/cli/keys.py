"""`flask keys`: keys with which the shop's own systems call /api/v1 (docs/api.md)."""

import click
from flask.cli import with_appcontext

from app.cli.calm import ROW_ID, CalmGroup
from app.domain.accounts import queries as accounts
from app.domain.keys import limits, queries, service
from app.domain.keys.scopes import SCOPES
from app.domain.keys.service import NewKey
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore


@click.group("keys", cls=CalmGroup)
def group() -> None:
    """Make, list and revoke API keys."""


@group.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(list(SCOPES)),
    help="What it may do; give it again for more.",
)
@click.option("--account", help="Good for this account alone (its slug).")
@click.option("--store", help="Good for this store alone (its code).")
@click.option("--rate", default=limits.PER_MINUTE, show_default=True, help="Calls a minute.")
@with_appcontext
def create(
    name: str, scopes: tuple[str, ...], account: str | None, store: str | None, rate: int
) -> None:
    """Make a key and show it, this once."""
    account_id = accounts.find(account).id if account else None
    made = service.create(NewKey(name, scopes, account_id, _store(store), rate))
    click.echo(f"key {made.id}, shown only now:\n{made.secret}")


@group.command("list")
@with_appcontext
def show_all() -> None:
    """List the keys, newest first; of each only how it begins."""
    for key in queries.everything():
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
        state = "revoked" if key.revoked_at else used
        click.echo(f"{key.id:>4} {key.prefix}… {key.name:20} {state:16} {' '.join(key.scopes)}")


@group.command("revoke")
@click.argument("key_id", type=ROW_ID)
@with_appcontext
def revoke(key_id: int) -> None:
    """End a key at once."""
    service.revoke(key_id)
    click.echo(f"key {key_id} is revoked")


def _store(code: str | None) -> int | None:
    if code is None:
        return None
    if code not in shops.store_ids():
        raise NoSuchStore(f"store {code!r}")
    return shops.store_ids()[code]
