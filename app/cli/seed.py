"""`flask seed`: the demo shop, put in place once and again without harm."""

from pathlib import Path
from typing import Any

import click
import yaml
from flask.cli import with_appcontext

from app import schema
from app.cli import first_account
from app.cli.calm import CalmCommand
from app.domain.accounts import queries as accounts
from app.domain.keywords import service as keywords
from app.domain.shops import service as shops
from app.domain.shops.queries import StoreCard

_SHOP = Path(__file__).parents[2] / "assets" / "demo" / "komorebi.yaml"


@click.command("seed", cls=CalmCommand)
@with_appcontext
def seed() -> None:
    """Bring the schema up; add the first account, the demo's stores and its keyword answers."""
    schema.upgrade()
    first_account.make()
    shop: dict[str, Any] = yaml.safe_load(_SHOP.read_text())
    shops.set_company(shop["company"])
    for store in shop["stores"]:
        shops.put_store(StoreCard(**store))
    account = accounts.find(first_account.SLUG)
    for rule in shop["keywords"]:
        keywords.put(account.id, rule)
