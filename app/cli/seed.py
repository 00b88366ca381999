"""`flask seed`: the demo shop, put in place once and again without harm."""

from pathlib import Path
from typing import Any

import click
import yaml
from flask.cli import with_appcontext

from app import schema
from app.cli import demo_staff, first_account, reservation_setup
from app.cli.calm import CalmCommand
from app.domain.accounts import queries as accounts
from app.domain.catalogue import queries as catalogue_queries
from app.domain.catalogue import service as catalogue
from app.domain.catalogue import store_items
from app.domain.catalogue.definition import NewProduct, NewStoreItem, read
from app.domain.coupons import service as coupons
from app.domain.keywords import service as keywords
from app.domain.links import passwords
from app.domain.members import queries
from app.domain.members import service as members
from app.domain.orders import slots
from app.domain.points import definition
from app.domain.points import program as rules
from app.domain.points import service as points
from app.domain.points.ledger import Key
from app.domain.shops import queries as shop_queries
from app.domain.shops import service as shops
from app.domain.shops.queries import StoreCard
from app.domain.staff import queries as staff
from app.passwords import hashed

_DEMO = Path(__file__).parents[2] / "assets" / "demo"
_SHOP, _COUPONS = _DEMO / "komorebi.yaml", _DEMO / "coupons.yaml"
_RESERVATIONS = _DEMO / "reservations.yaml"
_CATALOGUE = _DEMO / "catalogue.yaml"


@click.command("seed", cls=CalmCommand)
@with_appcontext
def seed() -> None:
    """Bring the schema up; add the first account, and all that the demo shop has."""
    schema.upgrade()
    first_account.make()
    shop: dict[str, Any] = yaml.safe_load(_SHOP.read_text())
    shops.set_company(shop["company"])
    for store in shop["stores"]:
        shops.put_store(StoreCard(**store))
    reservation_setup.put(_RESERVATIONS)
    for coupon in yaml.safe_load(_COUPONS.read_text())["coupons"]:
        coupons.put(coupon)
    _put_catalogue(**yaml.safe_load(_CATALOGUE.read_text()))
    account = accounts.find(first_account.SLUG)
    for rule in shop["keywords"]:
        keywords.put(account.id, rule)
    rules.put(definition.read(shop["points"]))
    for member in shop["members"]:
        _put_member(**member)
    if not staff.any_owner():
        demo_staff.hire(shop["staff"])


def _put_catalogue(
    categories: list[dict[str, Any]],
    products: list[dict[str, Any]],
    items: list[dict[str, Any]],
    orders: list[dict[str, Any]],
    options: object,
) -> None:
    """The demo's menu; stocks and rules for orders once. `options` name what products share."""
    first = not catalogue_queries.categories()
    for category in categories:
        catalogue.put_category(category)
    catalogue.put_products([read(NewProduct, product) for product in products], cause="seed")
    if not first:
        return  # Staff may have changed these since.
    store_items.put_store_items([read(NewStoreItem, item) for item in items], cause="seed")
    stores = shop_queries.store_ids()
    for each in orders:
        slots.put_rules(stores[each["store"]], each["rules"])
        slots.put_areas(stores[each["store"]], each["areas"])


def _put_member(
    number: str, password: str | None = None, paid: int | None = None, **written: str
) -> None:
    """A member of the demo, once: what they changed since stays. `paid`: yen, at the start."""
    if queries.by_number(number) is None:
        member_id = members.add({"number": number, **written})
        if password:
            passwords.keep(member_id, hashed(password))
        if paid:
            points.earn(member_id, paid=paid, store_id=None, key=Key("seed", number))
