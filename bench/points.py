"""How quick the ledger is when it is long: a balance, a page of the history, and redeeming.

    python -m bench.points [--database sqlite|postgres|URL] [--entries 10000000] [--tills 4]

Members have a hundred transfers each, ten points earned and spent in turn. These fillers are
written by one SQL statement for many rows: they add up, but carry no lots and no real hashes. The
members that are measured earn their points through the product's own verb.
"""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import click
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import insert, text

from app import clock, schema
from app.config import Settings
from app.db import db, transaction
from app.domain.points import limits, program, queries, service
from app.domain.points.ledger import Key
from app.domain.points.models import PointAccount
from app.domain.points.rules import Program
from app.domain.shops import queries as shops
from app.domain.shops import service as shop
from app.factory import create_app
from tests.support.databases import postgres_database

_EACH = 100  # Transfers of a member.
_AT_ONCE = 2000  # Members of one statement.
_READS, _REDEEMS, _TILLS = 500, 2000, 48


@click.command()
@click.option("--database", default="sqlite", show_default=True)
@click.option("--entries", default=10_000_000, show_default=True)
@click.option("--tills", default=4, show_default=True, help="That redeem at once, in threads.")
def main(database: str, entries: int, tills: int) -> None:
    """Measure, and print milliseconds and redeems a second."""
    members = max(entries // (2 * _EACH), _TILLS)
    with _database(database) as url:
        app = _app(url)
        with app.app_context():
            began = time.perf_counter()
            first = _fill(members)
            click.echo(f"{members * _EACH * 2:,} entries in {time.perf_counter() - began:.0f} s")
            payers = _measure(first, members)
            for at_once in sorted({1, tills}):
                _redeem(app, payers, at_once)
            db.session.remove()
            db.engine.dispose()


def _measure(first: int, members: int) -> list[int]:
    """Measure the reads; answers members who have points."""
    dice = random.Random(1)
    _report("balance", lambda: queries.balance(first + dice.randrange(members)))
    _report("history page", lambda: queries.history(first + dice.randrange(members)))
    _report("standing", lambda: queries.standing(first + dice.randrange(members)))
    payers = dice.sample(range(first, first + members), _TILLS)
    for number, member_id in enumerate(payers):
        service.earn(member_id, paid=1_000_000, store_id=None, key=Key("fill", str(number)))
    return payers


def _redeem(app: Flask, payers: list[int], tills: int) -> None:
    """Redeem at so many tills at once, each with a connection and members of its own."""

    def stand(till: int) -> None:
        theirs = payers[till::tills]
        with app.app_context():
            for number in range(_REDEEMS // tills):
                key = Key(f"till/{tills}/{till}", str(number))
                service.redeem(theirs[number % len(theirs)], 1, key=key)
            db.session.remove()

    began = time.perf_counter()
    with ThreadPoolExecutor(tills) as pool:
        list(pool.map(stand, range(tills)))
    rate = _REDEEMS // tills * tills / (time.perf_counter() - began)
    click.echo(f"redeem, tills at once: {tills}: {rate:.0f}/s")


def _report(name: str, read: Callable[[], object]) -> None:
    times = []
    for _ in range(_READS):
        began = time.perf_counter()
        read()
        times.append((time.perf_counter() - began) * 1000)
        db.session.rollback()
    middle, late = quantiles(times, n=100)[49], quantiles(times, n=100)[98]
    click.echo(f"{name}: {middle:.2f} ms, p99 {late:.2f} ms")


@contextmanager
def _database(named: str) -> Iterator[str]:
    if named == "postgres":
        with postgres_database("bench", "points", durable=True) as url:
            yield url
    elif named == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'points.sqlite'}"
    else:
        yield named


def _app(url: str) -> Flask:
    secret = SecretStr(Fernet.generate_key().decode())
    return create_app(Settings(database_url=url, secret_key=secret, encryption_keys=secret))


def _fill(members: int) -> int:
    """Write the fillers; answers the first member's id."""
    schema.upgrade()
    shop.set_company("こもれび珈琲")
    program.set_program(Program(earn_yen=100, earn_points=1, expiry="fixed", expiry_days=365))
    with transaction():
        houses = [
            {"shard": shard, "balance": 0, "seq": 0, "head_hash": ""}
            for shard in range(limits.SHARDS)
        ]
        db.session.execute(insert(PointAccount), houses)
    values = {"company": shops.company_id(), "now": clock.now().replace(tzinfo=None)}
    for begin in range(0, members, _AT_ONCE):
        bounds = {"low": begin, "high": min(begin + _AT_ONCE, members) - 1}
        with transaction():
            for statement in (_MEMBERS, _ACCOUNTS, _TRANSFERS, _MEMBER_LEGS, _HOUSE_LEGS):
                _run(statement, bounds | values)
    with transaction():
        _run(_HOUSE_HEADS, values)
        if db.engine.dialect.name == "postgresql":
            for table in ("member", "point_account", "point_transfer", "point_entry"):
                _run(_SEQUENCE.replace("TABLE", table), values)
    _analyze()
    return 1


def _analyze() -> None:
    with transaction():
        db.session.execute(text("ANALYZE"))


def _run(statement: str, values: dict[str, object]) -> None:
    postgres = db.engine.dialect.name == "postgresql"
    sql = statement.replace("MEMBERS", _PG_SERIES if postgres else _SQLITE_SERIES)
    sql = sql.replace("EACH", _PG_EACH if postgres else _SQLITE_EACH)
    sql = sql.replace("NOW", "CAST(:now AS TIMESTAMP)" if postgres else ":now")
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    db.session.execute(text(sql), used)


# n counts members from 0, k the transfers of a member from 1; odd ones earn, even ones redeem.
_SQLITE_SERIES = (
    "(WITH RECURSIVE s(n) AS (SELECT :low UNION ALL SELECT n + 1 FROM s WHERE n < :high)"
    " SELECT n FROM s) AS s"
)
_PG_SERIES = "generate_series(CAST(:low AS integer), CAST(:high AS integer)) AS s(n)"
_SQLITE_EACH = (
    "(WITH RECURSIVE t(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM t WHERE k < 100)"
    " SELECT k FROM t) AS t"
)
_PG_EACH = "generate_series(1, 100) AS t(k)"
_MEMBERS = """
INSERT INTO member (id, company_id, number, name, attributes, created_at, updated_at)
SELECT n + 1, :company, 'B' || n, '山田 花子', '{}', NOW, NOW FROM MEMBERS
"""
_ACCOUNTS = """
INSERT INTO point_account (id, member_id, balance, seq, head_hash)
SELECT n + 17, n + 1, 0, 100, 'filler' FROM MEMBERS
"""
_TRANSFERS = """
INSERT INTO point_transfer
  (id, kind, account_id, points, balance_after, idem_scope, idem_key, asked, at, paid)
SELECT n * 100 + k, CASE k % 2 WHEN 1 THEN 'earn' ELSE 'redeem' END, n + 17,
  CASE k % 2 WHEN 1 THEN 10 ELSE -10 END, CASE k % 2 WHEN 1 THEN 10 ELSE 0 END,
  'filler', n || '/' || k, '', NOW, CASE k % 2 WHEN 1 THEN 1000 END
FROM MEMBERS, EACH
"""
_MEMBER_LEGS = """
INSERT INTO point_entry
  (id, account_id, transfer_id, seq, amount, balance_after, at, prev_hash, hash)
SELECT (n * 100 + k) * 2 - 1, n + 17, n * 100 + k, k, CASE k % 2 WHEN 1 THEN 10 ELSE -10 END,
  CASE k % 2 WHEN 1 THEN 10 ELSE 0 END, NOW, 'filler', 'filler'
FROM MEMBERS, EACH
"""
_HOUSE_LEGS = """
INSERT INTO point_entry
  (id, account_id, transfer_id, seq, amount, balance_after, at, prev_hash, hash)
SELECT (n * 100 + k) * 2, (n + 1) % 16 + 1, n * 100 + k, n / 16 * 100 + k,
  CASE k % 2 WHEN 1 THEN -10 ELSE 10 END, CASE k % 2 WHEN 1 THEN -10 ELSE 0 END,
  NOW, 'filler', 'filler'
FROM MEMBERS, EACH
"""
_HOUSE_HEADS = """
UPDATE point_account SET head_hash = 'filler', seq =
  (SELECT COALESCE(MAX(seq), 0) FROM point_entry WHERE account_id = point_account.id)
WHERE shard IS NOT NULL
"""
_SEQUENCE = "SELECT setval(pg_get_serial_sequence('TABLE', 'id'), (SELECT MAX(id) FROM TABLE))"

if __name__ == "__main__":
    main()
