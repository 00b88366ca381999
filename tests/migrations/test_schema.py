"""The schema: as the models say, up and down, whole whatever happens, one process at a time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from flask import Flask

from app import schema
from app.config import Settings
from app.db import Base, db, transaction
from app.factory import create_app
from tests.support.tree import ROOT

SECRETS = {
    "secret_key": "only-for-tests-only-for-tests",
    "encryption_keys": Fernet.generate_key().decode(),
}


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Flask]:
    """The product on a database without any table."""
    app = create_app(Settings(database_url=empty_database_url, **SECRETS))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(sa.inspect(connection).get_table_names())


def migrating(url: str, **switches: str) -> subprocess.Popen[bytes]:
    """`flask migrate up` in a process of its own."""
    settings = {name.upper(): value for name, value in SECRETS.items()}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "migrate", "up"],
        cwd=ROOT,
        env=kept | settings | {"DATABASE_URL": url} | switches,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_models_and_migrations_agree(empty: Flask) -> None:
    schema.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_and_up_again(empty: Flask) -> None:
    assert (schema.current(), tables()) == (None, set())
    schema.upgrade()
    made = tables()
    assert made == {*Base.metadata.tables, "alembic_version"}
    assert schema.is_newest()
    schema.downgrade("base")
    assert (schema.current(), tables()) == (None, {"alembic_version"})
    schema.upgrade()
    assert (schema.current(), tables()) == (schema.newest(), made)


def test_an_upgrade_of_the_newest_changes_nothing(empty: Flask) -> None:
    schema.upgrade()
    schema.upgrade()
    assert schema.is_newest()


def test_a_newer_schema_is_good_enough_and_left_alone(empty: Flask) -> None:
    schema.upgrade()
    with transaction():
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'newer'"))
    assert schema.is_newest()
    schema.upgrade()
    assert schema.current() == "newer"


def test_a_step_that_fails_leaves_everything_as_it_was(empty: Flask) -> None:
    with transaction():
        db.session.execute(sa.text("CREATE TABLE outbox (id INTEGER)"))  # In the way.
    with pytest.raises(Exception, match="outbox"):
        schema.upgrade()
    assert (schema.current(), tables()) == (None, {"outbox"})


@pytest.mark.faults
@pytest.mark.parametrize("statement", [1, 2, 7, 15, 25])
def test_killed_half_way_the_schema_is_the_old_one(
    empty: Flask, empty_database_url: str, statement: int
) -> None:
    child = migrating(empty_database_url, CRASH_AT=f"migrate.each_statement:{statement}")
    assert child.wait(60) == -signal.SIGKILL
    assert (schema.current(), tables()) == (None, set())
    schema.upgrade()
    assert schema.is_newest()


@pytest.mark.faults
def test_processes_that_upgrade_at_once_all_succeed(empty: Flask, empty_database_url: str) -> None:
    children = [migrating(empty_database_url) for _ in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert schema.is_newest()
