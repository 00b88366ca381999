"""How long it takes to give everybody a new rich menu, beside the sandbox with LINE's rates.

    python -m bench.menus [--people 100000] [--database postgresql://...]

The sandbox is a process of its own. Everybody is linked to a member; a first menu is put up, then
a new version of it. The clock runs from the start of `apply` until LINE shows it to all of them.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import insert

from app import clock, schema
from app.config import Settings
from app.db import db, transaction
from app.domain.accounts import service as accounts
from app.domain.accounts.service import NewAccount
from app.domain.links.models import Link
from app.domain.members.models import Member
from app.domain.menus import queries as menus
from app.domain.people.models import Friendship, LineUser
from app.domain.shops import service as shops
from app.factory import create_app
from app.richmenu import apply as applying
from app.richmenu.apply import Account
from app.richmenu.wanted import Wanted
from sandbox.log import Log
from sandbox.server import run_in_thread
from sandbox.world import Account as LineAccount
from sandbox.world import Person, World
from tests.support.menus import WELCOME, menu

_AT_ONCE = 5000


@click.command()
@click.option("--people", default=100_000, show_default=True)
@click.option("--database", help="Address of an empty database; SQLite in a folder by default.")
def main(people: int, database: str | None) -> None:
    """Measure, and print seconds and calls."""
    with TemporaryDirectory() as folder, _sandbox(people) as line:
        url, token, user_ids = line.recv()
        app = _shop(database or f"sqlite:///{Path(folder) / 'shop.sqlite'}", url)
        with app.app_context():
            account = _fill(token, user_ids)
            for look in ("first", "next"):
                seconds = _put_up(app, account, menu("member", look=look, person="linked"))
                line.send(None)
                click.echo(f"{look}: {seconds:.1f} s, LINE: {line.recv()}")
            app.extensions["lanes"]["menus"].close()


def _put_up(app: Flask, account: Account, wanted: Wanted) -> float:
    began = time.monotonic()
    applying.apply(account, [WELCOME, wanted])
    while menus.moving(account.id):
        app.extensions["lanes"]["menus"].drain()
    return time.monotonic() - began


def _shop(database: str, url: str) -> Flask:
    return create_app(
        Settings.model_validate(
            {
                "database_url": database,
                "secret_key": "only-for-benchmarks",
                "encryption_keys": Fernet.generate_key().decode(),
                "line_api_base": url,
                "log_level": "ERROR",
            }
        )
    )


def _fill(token: str, user_ids: list[str]) -> Account:
    schema.upgrade()
    shops.set_company("Bench")
    account_id = accounts.add(NewAccount("main", "Bench", "U" + "b" * 32, "a secret", token))
    for start in range(0, len(user_ids), _AT_ONCE):
        ids = {start + one + 1: user for one, user in enumerate(user_ids[start : start + _AT_ONCE])}
        with transaction():
            for table, rows in _rows(account_id, ids).items():
                db.session.execute(insert(table), rows)
    return Account(account_id, "main", None)


def _rows(account_id: int, users: dict[int, str]) -> dict[Any, list[dict[str, Any]]]:
    now, company = clock.now(), {"company_id": 1, "attributes": {}}
    seen = {"first_seen_ms": 0, "last_seen_ms": 0, "decided_ms": 0, "decided_by": ""}
    link = {"provider_id": 1, "account_id": account_id, "proof": "code", "made_at": now}
    return {
        LineUser: [{"id": n, "provider_id": 1, "user_id": user} for n, user in users.items()],
        Friendship: [{"account_id": account_id, "line_user_id": n, **seen} for n in users],
        Member: [{"id": n, **company, "number": str(n), "name": "Bench"} for n in users],
        Link: [{"person_id": n, "member_id": n, **link} for n in users],
    }


class _Crowd(World):
    """A world that does not show each newcomer to its phones: of them nobody looks on."""

    def publish_state(self) -> None:
        """Show nothing."""


@contextmanager
def _sandbox(people: int) -> Iterator[Connection]:
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_line, args=(theirs, people), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def _line(shop: Connection, people: int) -> None:
    """The sandbox with so many friends; for each message, what LINE has had since the last."""
    world = _Crowd()
    world.calls = Log(keep=10_000)
    world.add_account(LineAccount(slug="main", name="Bench", webhook_url="http://127.0.0.1:9/"))
    account = world.accounts["main"]
    for number in range(people):
        world.add_person(Person(f"p{number}", f"p{number}"))
        world.talk(f"p{number}", "main").status = "friend"
    user_ids = [world.user_id(account, person) for person in world.people.values()]
    handle = run_in_thread(world)
    shop.send((handle.url, account.access_token, user_ids))
    last = 0
    while True:
        shop.recv()
        calls = world.calls.since(last)
        last = calls["last"]
        names = Counter(call["endpoint"] for call in calls["items"] if call["method"] != "GET")
        refused = sum(call["status"] == 429 for call in calls["items"])
        shown = [world.rich_menus.shown("main", user_id) for user_id in user_ids]
        seen = Counter(menu.body["chatBarText"] for menu in shown if menu)
        shop.send({"sees": dict(seen), "calls": dict(names), "429": refused})


if __name__ == "__main__":
    main()
