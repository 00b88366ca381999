"""`flask orders`: when a store takes orders and where it delivers, until there is a page for it."""

from pathlib import Path
from typing import Any

import click
import yaml
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.files.errors import Problem
from app.domain.orders import slots
from app.domain.orders.errors import BadOrder
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore


@click.group("orders", cls=CalmGroup)
def group() -> None:
    """Slots, their capacity and delivery areas of the stores."""


@group.command("rules")
@click.argument("store")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@with_appcontext
def put(store: str, file: Path | None) -> None:
    """Put STORE's rules and areas of a YAML or JSON file in force; without FILE show them."""
    store_id = shops.store_ids().get(store)
    if store_id is None:
        raise NoSuchStore(f"no store has the code {store}")
    if file is not None:
        slots.put(store_id, _written(file))
    _show(store_id)


def _written(file: Path) -> dict[str, Any]:
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))  # JSON is YAML too.
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadOrder([Problem("file", "YAMLではありません", "is no YAML")]) from error
    if not isinstance(written, dict) or not written:
        raise BadOrder([Problem("file", "rulesかareasが必要です", "has `rules` or `areas`")])
    return written


def _show(store_id: int) -> None:
    rules = slots.rules_of(store_id)
    if rules is None:
        click.echo("ご注文を受けていません / takes no orders")
        return
    click.echo(f"受け取り pick-up: {rules.pickup_times or '—'}")
    click.echo(f"配達 delivery: {rules.delivery_times or '—'}")
    click.echo(
        f"{rules.slot_minutes}分ごとに{rules.slot_capacity}件,"
        f" {rules.lead_minutes:,}分前まで, {rules.horizon_days}日先まで,"
        f" いつもの usual: {rules.usual}"
    )
    for area in slots.areas(store_id):
        click.echo(f"〒{area.prefix}: {area.minimum:,}円から, 配達料 fee {area.fee:,}円")
