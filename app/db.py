"""The database: one session per app context, short write transactions, moments always in UTC."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from math import inf
from time import monotonic
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    ExceptionContext,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    Update,
    event,
)
from sqlalchemy.exc import InvalidatePoolError, OperationalError, TimeoutError
from sqlalchemy.orm import DeclarativeBase, Session

from app import prepared
from app.errors import Unavailable
from app.prepared import Prepared, Ran, Values, is_away
from app.turns import Turns

_OPEN, _LANES = "transaction_open", "lanes_to_wake"
_FRESH = 1.0  # Seconds after its use for which a connection is trusted to be there.
_BUSY_MS = 800  # With a turn's second it stays below the two that LINE waits for its 200.


class Base(DeclarativeBase):
    """The base of all tables; constraints are named so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


BigId = BigInteger().with_variant(Integer, "sqlite")
"""The key of a table that grows for ever; SQLite counts only in what it calls INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Naive datetimes are refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def transaction() -> AbstractContextManager[None]:
    """One short write transaction, or a part of the one that is already open.

    Raises Unavailable when the database is locked, full or away. Keep it under 5 ms: on SQLite
    everybody who wants to write waits in line behind it. Never call LINE inside.
    """
    session = db.session()
    return nullcontext() if _OPEN in session.info else _transaction(session)


@contextmanager
def _transaction(session: Session) -> Iterator[None]:
    _refuse_stray_changes(session)
    try:
        with turns().mine():
            _write(session)
            yield
            session.commit()
    finally:
        session.rollback()  # After a commit there is nothing left to roll back.
        session.info.pop(_OPEN, None)
        lanes = session.info.pop(_LANES, set())
    for lane in sorted(lanes):
        wake(lane)


@contextmanager
def fresh_look() -> Iterator[None]:
    """Read what is committed now: neither behind an older snapshot, nor leaving one behind."""
    session = db.session()
    session.rollback()
    yield
    session.rollback()


def wake(lane: str) -> None:
    """Let the engine know that `lane` has work, which is committed."""
    current_app.extensions["wake"](lane)


def wake_after_commit(lane: str) -> None:
    """Let the engine know, once the open transaction is committed, that `lane` has work."""
    db.session().info.setdefault(_LANES, set()).add(lane)


def run(statement: Prepared, values: Values | Sequence[Values]) -> Ran:
    """Run a prepared statement in the session's transaction, once or for each of several values."""
    connection = db.session().connection()
    if isinstance(values, Mapping):
        return statement.run(connection, values)
    return statement.run_each(connection, values)


def run_together(*steps: tuple[Prepared, Values]) -> list[Ran]:
    """Run prepared statements in this order, where none needs another's answer, in one round trip.

    Each sees what was committed before it began.
    """
    return prepared.run_together(db.session().connection(), steps)


def unnests() -> bool:
    """Whether the database makes rows of arrays, many values at the price of one statement."""
    return db.engine.dialect.name == "postgresql"


def insert_once(table: type[Base], **values: Any) -> bool:
    """Insert a row unless one with the same key is there; answers whether it was inserted."""
    return inserted(table, **values) is not None


def inserted(table: type[Base], **values: Any) -> Any | None:
    """Insert a row unless one with the same key is there; answers its primary key, or None."""
    inserting = _insertion(cast(Table, table.__table__), db.engine.dialect.name)
    return run(inserting, values).first()


def changed(statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE and answer how many rows it met."""
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount


def install(app: Flask, url: str) -> None:
    """Attach the database at `url` to the app."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    app.extensions["wake"] = _nobody_sleeps  # The engine puts its own here.
    db.init_app(app)
    with app.app_context():
        app.extensions["turns"] = Turns(db.engine.url.database if _is_sqlite(url) else None)
        event.listen(db.engine, "handle_error", _named)
        if _is_sqlite(url):
            event.listen(db.engine, "connect", _open_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)
        else:
            event.listen(db.engine, "checkin", _put_back)
            event.listen(db.engine, "checkout", partial(_still_there, db.engine.dialect))


def leave_to_child(app: Flask) -> None:
    """Forget the connections inherited from the parent process; call first thing after a fork."""
    with app.app_context():
        db.engine.dispose(close=False)


def insertion(table: type[Base]) -> Any:
    """An INSERT of the database in use, which knows `on_conflict_do_update`."""
    return _dialect_insert(cast(Table, table.__table__), db.engine.dialect.name)


def _dialect_insert(table: Table, dialect: str) -> Any:
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)  # Only the one in use.


@cache
def _insertion(table: Table, dialect: str) -> Prepared:
    # The key tells whether there was an insertion; PostgreSQL's count of rows may be -1.
    inserting = _dialect_insert(table, dialect).on_conflict_do_nothing()
    return Prepared(inserting.returning(*table.primary_key))


def _named(fault: ExceptionContext) -> Unavailable | None:
    """Every read and write of a database that is locked, full or away raises Unavailable."""
    if not isinstance(fault.sqlalchemy_exception, OperationalError):
        return None
    given = fault.original_exception
    return Unavailable(type(given).__name__) if is_away(given, fault.dialect.loaded_dbapi) else None


def _nobody_sleeps(_lane: str) -> None:
    """Without an engine, work waits in its table until somebody runs its lane."""


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def _engine_options(url: str) -> dict[str, Any]:
    if _is_sqlite(url):
        return {"connect_args": {"timeout": _BUSY_MS / 1000}}
    timeouts = "-c lock_timeout=1500 -c idle_in_transaction_session_timeout=60000"
    return {
        "pool_size": 20,
        "pool_timeout": 1.5,
        "connect_args": {"connect_timeout": 5, "options": timeouts},
    }


def turns() -> Turns:
    """Whose turn it is to write, in the current app."""
    turns: Turns = current_app.extensions["turns"]
    return turns


def _write(session: Session) -> None:
    session.rollback()  # Ends an older read, whose snapshot a write must not build on.
    session.info[_OPEN] = True
    try:
        session.connection(execution_options={"writes": True})
    except TimeoutError as error:
        raise Unavailable("no connection is free") from error


def _put_back(_connection: Any, record: Any) -> None:
    record.info["put_back"] = monotonic()


def _still_there(dialect: Dialect, connection: Any, record: Any, _fairy: Any) -> None:
    # SQLAlchemy's own ping would cost each transaction a round trip.
    if monotonic() - record.info.get("put_back", inf) < _FRESH:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error  # Others of them were cut off as well.


def _refuse_stray_changes(session: Session) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("rows were changed outside of `with transaction()`")


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # We say BEGIN ourselves, see below.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A write takes its lock at once; a transaction that began as a read could only fail later.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
