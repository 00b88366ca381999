"""How long a large catalogue takes to come in: products, then what every store makes of each.

    python -m bench.catalogue [--database sqlite|postgres|URL] [--products 10000] [--stores 50]

Times are those of one process that reads the CSV files, with the processor time of that process
(without PostgreSQL's) beside them, for on a busy machine only that says much. `again` is the same
file a second time, `changed` the file with another stock in every tenth row.
"""

import csv
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import SecretStr

from app import schema
from app.config import Settings
from app.db import db
from app.domain.catalogue import queries
from app.domain.catalogue.transfer.importing import import_catalogue
from app.domain.catalogue.transfer.tables import Kind
from app.domain.files.report import Report
from app.domain.shops import queries as shop_queries
from app.domain.shops import service as shops
from app.domain.shops.queries import StoreCard
from app.factory import create_app
from tests.support.databases import postgres_database


@click.command()
@click.option("--database", default="sqlite", show_default=True)
@click.option("--products", default=10_000, show_default=True)
@click.option("--stores", default=50, show_default=True)
def main(database: str, products: int, stores: int) -> None:
    """Measure, and print seconds and the machine's load."""
    click.echo(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with _database(database) as url, _app(url).app_context():
        schema.upgrade()
        shops.set_company("こもれび珈琲")
        for number in range(stores):
            shops.put_store(StoreCard(f"store{number}", {"ja": "店"}, {"ja": "東京都"}, {}, "03"))
        goods, first = _products(products), _items(products, stores, every=0)
        _timed("products", "products", goods)
        _timed("items, dry run", "items", first, dry_run=True)
        _timed("items", "items", first)
        _timed("items again", "items", first)
        _timed("items changed", "items", _items(products, stores, every=10))
        _menu()
        db.session.remove()
        db.engine.dispose()
    click.echo(f"load {os.getloadavg()[0]:.1f}")


def _timed(name: str, kind: Kind, content: bytes, *, dry_run: bool = False) -> None:
    began, worked = time.perf_counter(), time.process_time()
    report: Report = import_catalogue(kind, io.BytesIO(content), dry_run=dry_run)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    if report.wrong:
        raise click.ClickException(str(report.errors[:3]))
    counts = f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged"
    load = os.getloadavg()[0]
    click.echo(f"{name}: {seconds:.1f} s ({worked:.1f} s of them our own work, load {load:.1f})")
    click.echo(f"  {report.rows:,} rows: {counts}")


def _menu() -> None:
    store_id = shop_queries.store_ids()["store0"]
    for name, read in (
        ("menu", lambda: queries.menu(store_id)),
        ("search", lambda: queries.search(store_id, "ラテ 77")),
    ):
        began = time.perf_counter()
        read()
        click.echo(f"{name}: {(time.perf_counter() - began) * 1000:.0f} ms")
        db.session.rollback()


def _products(count: int) -> bytes:
    rows = ([f"P{n:05}", f"カフェラテ {n}", 8, 300 + n % 700] for n in range(count))
    return _csv(["商品コード", "商品名", "税率", "価格"], rows)


def _items(products: int, stores: int, *, every: int) -> bytes:
    """Every store's items; each `every`-th row has another price and stock."""
    rows = (
        [f"store{store}", f"P{n:05}", 350 + (n % 700), 100 + bool(every and n % every == 0)]
        for store in range(stores)
        for n in range(products)
    )
    return _csv(["店舗コード", "商品コード", "価格", "在庫"], rows)


def _csv(headers: list[str], rows: Iterator[list[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode()


@contextmanager
def _database(named: str) -> Iterator[str]:
    if named == "postgres":
        with postgres_database("bench", "catalogue", durable=True) as url:
            yield url
    elif named == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'catalogue.sqlite'}"
    else:
        yield named


def _app(url: str) -> Flask:
    secret = SecretStr(Fernet.generate_key().decode())
    return create_app(Settings(database_url=url, secret_key=secret, encryption_keys=secret))


if __name__ == "__main__":
    main()
