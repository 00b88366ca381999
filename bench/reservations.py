"""How quick reservations are: a month's free times, and how many bookings a second.

    python -m bench.reservations [--database sqlite|postgres|URL] [--at-once 4]

A store with 20 resources has 5,000 reservations within a month, written as the product would have
written them. Bookings are the product's own verb, each by another customer, told to them by LINE.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any, cast

import click
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import Table, insert

from app import clock, schema
from app.cli import invariants
from app.config import Settings
from app.db import db, transaction
from app.domain.hours import queries as hours
from app.domain.reservations import free, rules, service, units
from app.domain.reservations.asker import Customer
from app.domain.reservations.errors import SlotTaken
from app.domain.reservations.models import Reservation, ReservationUnit, ReservationUse
from app.domain.reservations.offer import Wanted
from app.factory import create_app
from tests.support.cast import add_account
from tests.support.databases import postgres_database
from tests.support.reservations import a_customer, a_resource, a_service, a_store

_RESOURCES, _RESERVATIONS, _DAYS = 20, 5000, 31
_EACH_DAY = 8  # Of one resource, an hour each, from ten o'clock on: all eight of a full day.
_READS, _BOOKINGS, _CUSTOMERS = 200, 1000, 60


@click.command()
@click.option("--database", default="sqlite", show_default=True)
@click.option(
    "--at-once", default=4, show_default=True, help="Desks that book at once, each a process."
)
def main(database: str, at_once: int) -> None:
    """Measure, and print milliseconds and bookings a second."""
    with _database(database) as url:
        app = _app(url)
        with app.app_context():
            schema.upgrade()
            account_id = add_account()
            wanted, ids = _shop()
            first = hours.today(wanted.store_id) + timedelta(days=1)
            _fill(wanted, ids, first)
            last = first + timedelta(days=_DAYS - 1)
            _measure(wanted, first, last)
            for number in sorted({1, at_once}):
                _book(url, wanted, account_id, last + timedelta(days=2), number)
            if found := invariants.check():
                raise click.ClickException(f"broken: {found}")
            db.session.remove()
            db.engine.dispose()


def _measure(wanted: Wanted, first: date, last: date) -> None:
    day = first + timedelta(days=5)
    _report("free times of a month", lambda: free.free_times(wanted, first, last))
    _report("free, few, full of a month", lambda: free.month(wanted, first, last))
    _report("free times of a day", lambda: free.free_times(wanted, day, day))


@dataclass(frozen=True)
class _Desk:
    """One who books: whom for, when, and under which causes."""

    wanted: Wanted
    customers: Sequence[Customer]
    starts: Sequence[datetime]
    name: str
    bookings: int


def _book(url: str, wanted: Wanted, account_id: int, first: date, at_once: int) -> None:
    """Book at so many desks at once, each a process of its own with customers of its own."""
    found = free.free_times(wanted, first, first + timedelta(days=20))
    starts = [start for of_day in found.values() for start in of_day[::2]]
    customers = [a_customer(account_id) for _ in range(_CUSTOMERS)]
    db.session.commit()
    spawn = get_context("spawn")
    together, told = spawn.Barrier(at_once), spawn.SimpleQueue()
    desks = [
        _Desk(wanted, customers[n::at_once], starts, f"{at_once}/{n}", _BOOKINGS // at_once)
        for n in range(at_once)
    ]
    processes = [spawn.Process(target=_stand, args=(url, each, together, told)) for each in desks]
    for process in processes:
        process.start()
    answers = [told.get() for _ in processes]
    for process in processes:
        process.join()
    began, ended, taken = zip(*answers, strict=True)
    made = sum(desk.bookings for desk in desks) - sum(taken)
    rate = made / (max(ended) - min(began))
    click.echo(f"bookings, {at_once} at once: {rate:.0f}/s ({sum(taken)} found it taken)")


def _stand(url: str, desk: _Desk, together: Any, told: Any) -> None:
    dice, taken = random.Random(desk.name), 0
    with _app(url).app_context():
        free.free_times(desk.wanted, desk.starts[0].date(), desk.starts[0].date())
        db.session.rollback()
        together.wait()
        began = time.perf_counter()
        for number in range(desk.bookings):
            customer = desk.customers[number % len(desk.customers)]
            start, cause = dice.choice(desk.starts), f"bench/{desk.name}/{number}"
            try:
                service.book(customer, desk.wanted, start, cause=cause, origin="liff")
            except SlotTaken:
                taken += 1
        told.put((began, time.perf_counter(), taken))
        db.session.remove()
        db.engine.dispose()


def _report(name: str, read: Callable[[], object]) -> None:
    times = []
    for _ in range(_READS):
        began = time.perf_counter()
        read()
        times.append((time.perf_counter() - began) * 1000)
        db.session.rollback()
    middle, late = quantiles(times, n=100)[49], quantiles(times, n=100)[98]
    click.echo(f"{name}: {middle:.1f} ms, p99 {late:.1f} ms")


def _shop() -> tuple[Wanted, list[int]]:
    store_id, service_id = a_store(), a_service(after_minutes=0)
    # Every other one has hours of their own.
    own = {day: [["10:00", "14:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu")}
    changes: list[dict[str, Any]] = [{}, {"weekly": own | {"fri": [["10:00", "18:00"]]}}]
    ids = [
        a_resource(store_id, f"staff-{number}", **changes[number % 2])
        for number in range(_RESOURCES)
    ]
    return Wanted(store_id, service_id), ids


def _fill(wanted: Wanted, ids: list[int], first: date) -> None:
    """The first so many hours of resources, day by day, at ten o'clock and after."""
    opens = hours.open_times(wanted.store_id, first, first + timedelta(days=_DAYS - 1))
    places = [
        (resource_id, opens[day][0].begin + timedelta(hours=hour))
        for day in opens
        for resource_id in ids
        for hour in range(_EACH_DAY)
    ]
    rows, uses, taken = [], [], []
    for number, (resource_id, start) in enumerate(places[:_RESERVATIONS], 1):
        end = start + timedelta(hours=1)
        rows.append(_row(number, wanted, start, end))
        span = {"first_unit": units.of(start), "end_unit": units.of(end)}
        its = {"reservation_id": -number, "resource_id": resource_id}
        uses.append(its | span | {"seats": 1, "live": True})
        taken += [
            its | {"unit": unit, "seat": 1} for unit in range(span["first_unit"], span["end_unit"])
        ]
    tables = ((Reservation, rows), (ReservationUse, uses), (ReservationUnit, taken))
    with transaction():
        for table, its_rows in tables:
            db.session.execute(insert(cast(Table, table.__table__)), its_rows)


def _row(number: int, wanted: Wanted, start: Any, end: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": -number,
        "code": rules.new_code(),
        "store_id": wanted.store_id,
        "service_id": wanted.service_id,
        "guest_name": "山田",
        "starts_at": start,
        "ends_at": end,
        "party": 1,
        "options": [],
        "note": "",
        "state": "confirmed",
        "origin": "counter",
        "version": 1,
        "cause": f"filler/{number}",
        "changed_at": now,
        "created_at": now,
    }


@contextmanager
def _database(named: str) -> Iterator[str]:
    if named == "postgres":
        with postgres_database("bench", "reservations", durable=True) as url:
            yield url
    elif named == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'reservations.sqlite'}"
    else:
        yield named


def _app(url: str) -> Flask:
    secret = SecretStr(Fernet.generate_key().decode())
    return create_app(Settings(database_url=url, secret_key=secret, encryption_keys=secret))


if __name__ == "__main__":
    main()
