"""`flask orders`: when stores take orders, where they deliver; forgetting whom orders were for."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import yaml
from flask.cli import with_appcontext

from app.cli.calm import CalmGroup
from app.domain.audit import service as audit
from app.domain.files.errors import Problem
from app.domain.members import queries as members
from app.domain.orders import erasure, queries, slots
from app.domain.orders.errors import BadOrder, NoSuchOrder
from app.domain.shops import queries as shops
from app.domain.shops.errors import NoSuchStore


@click.group("orders", cls=CalmGroup)
def group() -> None:
    """Slots, their capacity and delivery areas of the stores; forgetting whom orders were for."""


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


@group.command("erase")
@click.argument("number")
@click.option("--really", is_flag=True, help="Without it, only tell how many there are.")
@with_appcontext
def erase(number: str, really: bool) -> None:
    """Blank name, telephone, address and note of somebody's ended orders, for ever.

    NUMBER is a member's; of who is none, that of one of their orders.
    """
    about, forget = _whose(number)
    ended = forget(dry_run=not really)
    if really:
        audit.note("orders.erased", actor=None, about=about, orders=ended)
    done = "消しました / erased" if really else "確認のみ / dry run (--really)"
    click.echo(f"お名前などの残る、終わったご注文 ended orders with a name: {ended} {done}")


def _whose(number: str) -> tuple[str, Callable[..., int]]:
    """Whose orders are meant, as the audit log names them, and what forgets them."""
    member = members.by_number(number)
    if member is not None:
        return f"member/{member.id}", partial(erasure.erase, member.id)
    order = queries.by_its_number(number)
    if order.member_id is not None:
        return f"member/{order.member_id}", partial(erasure.erase, order.member_id)
    if order.person_id is None:
        raise NoSuchOrder("an order that is nobody's")
    return f"person/{order.person_id}", partial(erasure.erase_guest, order.person_id)


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
