"""Prepared statements: the bare driver's values come and go as the columns' Python types."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from flask.ctx import AppContext
from freezegun import freeze_time
from sqlalchemy import NullPool, Table, bindparam, create_engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.db import db, run, transaction
from app.errors import Unavailable
from app.outbox.models import OutboxItem, RateBucket
from app.prepared import Prepared
from tests.support.desk import locked

AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
_outbox, _buckets = cast(Table, OutboxItem.__table__), cast(Table, RateBucket.__table__)
_ADD = Prepared(insert(_outbox).returning(_outbox.c.id))
_ROW = Prepared(select(*_outbox.c).where(_outbox.c.dedupe == bindparam("named")))
_MOVE = Prepared(update(_outbox).where(_outbox.c.dedupe == bindparam("named")))


def row(account: int, dedupe: str, **changes: Any) -> dict[str, Any]:
    new = {
        "account_id": account, "lane": "outbox", "route": "push", "notice": "n", "dedupe": dedupe,
        "notices": [{"notice": "お知らせ", "data": {"n": 1}}], "holds_back": True,
        "state": "pending", "attempts": 0, "fence": 0,
        "due_at": AT, "created_at": AT, "unsure": False,
    }  # fmt: skip
    return new | changes


def test_values_keep_their_types(account: int) -> None:
    with transaction():
        run(_ADD, row(account, "a", body=b"\x00\xff", recipients=["U1"]))
        found = run(_ROW, {"named": "a"}).first()
    assert found.notices == [{"notice": "お知らせ", "data": {"n": 1}}]
    assert (found.body, found.recipients, found.reply_until) == (b"\x00\xff", ["U1"], None)
    assert (found.holds_back, found.unsure) == (True, False)
    assert found.due_at == AT
    assert found.due_at.tzinfo is not None


def test_a_statement_runs_with_other_columns_each_time(account: int) -> None:
    with transaction():
        run(_ADD, row(account, "a"))
        assert run(_MOVE, {"named": "a", "state": "sent"}).count == 1
        assert run(_MOVE, {"named": "a", "unsure": True, "http_status": 500}).count == 1
        assert run(_MOVE, {"named": "nobody", "state": "sent"}).count == 0
        found = run(_ROW, {"named": "a"}).first()
    assert (found.state, found.unsure, found.http_status) == ("sent", True, 500)


def test_several_values_at_once_and_how_many_rows_they_met(account: int) -> None:
    with transaction():
        for name in ("a", "b"):
            run(_ADD, row(account, name))
        moves = [{"named": name, "state": name} for name in ("a", "b", "nobody")]
        assert run(_MOVE, moves).count == 2
        assert [run(_ROW, {"named": name}).rows[0].state for name in ("a", "b")] == ["a", "b"]


def test_what_is_not_committed_is_undone(account: int) -> None:
    with transaction():
        run(_ADD, row(account, "a"))
        db.session.rollback()
    assert run(_ROW, {"named": "a"}).first() is None


def test_a_value_that_is_missing_is_named(inside: AppContext) -> None:
    with pytest.raises(ValueError, match="named"):
        run(_ROW, {})


def test_a_default_made_in_python_is_refused(account: int) -> None:
    with pytest.raises(ValueError, match="not known before"), transaction():
        run(Prepared(insert(_outbox)), {"account_id": account})


def test_a_breach_of_a_rule_is_sqlalchemys_error(account: int) -> None:
    with transaction():
        run(_ADD, row(account, "a"))
    with pytest.raises(DBAPIError, match="outbox"), transaction():
        run(_ADD, row(account, "a"))


def test_a_locked_database_is_unavailable(account: int) -> None:
    with locked(), pytest.raises(Unavailable), transaction():
        run(_ADD, row(account, "a"))


def test_a_connection_cut_off_while_nobody_used_it_is_replaced(account: int) -> None:
    """PostgreSQL was restarted: the first to come after a quiet while notices nothing of it."""
    if db.engine.dialect.name == "sqlite":
        return
    with freeze_time(AT) as time:
        with transaction():
            run(_ADD, row(account, "a"))
        _cut_off_all()
        time.tick(2)
        with transaction():
            run(_ADD, row(account, "b"))


def test_a_connection_cut_off_in_use_is_replaced_after_one_failure(account: int) -> None:
    if db.engine.dialect.name == "sqlite":
        return
    with freeze_time(AT):
        with transaction():
            run(_ADD, row(account, "a"))
        _cut_off_all()
        with pytest.raises(Unavailable), transaction():
            run(_ADD, row(account, "b"))
        with transaction():
            run(_ADD, row(account, "b"))


def _cut_off_all() -> None:
    db.session.remove()
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    cut_off = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    elsewhere = create_engine(db.engine.url, poolclass=NullPool)
    with elsewhere.connect() as connection:
        connection.execute(text(cut_off))
