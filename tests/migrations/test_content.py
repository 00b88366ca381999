"""A shop of 100,000 members goes through every later step, forth and back, with all it had."""

import hashlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from app import schema
from app.config import Settings
from app.db import db, transaction
from app.factory import create_app
from tests.migrations.test_schema import SECRETS

MEMBERS = 100_000
_TALLY = {
    "sqlite": "WITH RECURSIVE tally(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM tally"
    f" WHERE n < {MEMBERS}) ",
    "postgresql": f"WITH tally AS (SELECT generate_series(1, {MEMBERS}) AS n) ",
}
_INTO = "INSERT INTO member (company_id, number, name, email, attributes, created_at, updated_at) "
_ROWS = (
    "SELECT 1, 'K' || n, '会員' || n, 'k' || n || '@example.jp', '{}',"
    " CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM tally"
)


@pytest.fixture
def old(empty_database_url: str) -> Iterator[Flask]:
    """A shop at the schema that first had members, with 100,000 of them."""
    app = create_app(Settings(database_url=empty_database_url, **SECRETS))
    with app.app_context():
        schema.upgrade("0002")
        with transaction():
            db.session.execute(sa.text("INSERT INTO company (id, name) VALUES (1, 'こもれび')"))
            tally = _TALLY[db.engine.dialect.name]
            db.session.execute(sa.text(_INTO + tally + _ROWS))
        yield app
        db.session.remove()
        db.engine.dispose()


def content() -> tuple[int, str]:
    """How many members there are, and one hash of all they are."""
    rows = db.session.execute(sa.text("SELECT id, number, name, email FROM member ORDER BY id"))
    digest = hashlib.sha256()
    count = 0
    for row in rows:
        digest.update(repr(tuple(row)).encode())
        count += 1
    db.session.rollback()
    return count, digest.hexdigest()


def test_no_step_changes_what_a_hundred_thousand_members_are(old: Flask) -> None:
    before = content()
    assert before[0] == MEMBERS

    schema.upgrade()
    assert (schema.is_newest(), content()) == (True, before)
    schema.downgrade("0002")
    assert (schema.current(), content()) == ("0002", before)
    schema.upgrade()
    assert content() == before


def test_addresses_are_found_however_they_were_typed(old: Flask) -> None:
    where = "WHERE number = 'K7'"
    with transaction():
        db.session.execute(sa.text(f"UPDATE member SET email = 'K7@Example.JP' {where}"))
    schema.upgrade()
    assert db.session.scalar(sa.text(f"SELECT email FROM member {where}")) == "k7@example.jp"
