"""Statements of the hot path: compiled once by SQLAlchemy, run on the bare database driver.

SQLAlchemy's own way from a compiled statement to its rows costs 60 to 150 us of Python each time,
and one event takes some twenty of them (docs/benchmarks.md). The SQL, the columns' types and the
session's transaction stay SQLAlchemy's.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import starmap
from sqlite3 import SQLITE_ERROR
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from app.errors import Unavailable

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


class Ran:
    """What a statement brought: its rows, each with its columns as attributes, or their number."""

    def __init__(self, rows: list[Any], count: int) -> None:
        self.rows = rows
        self.count = count

    def first(self) -> Any | None:
        """The first row, or None."""
        return self.rows[0] if self.rows else None


class Prepared:
    """One statement, to be kept at module level; its values are given by name at each run.

    It takes no column whose default is made in Python, and `IsOneOf` in place of an `IN`.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._made: dict[tuple[str, frozenset[str]], _Compiled] = {}

    def run(self, on: Connection, values: Values) -> Ran:
        """Run it once. Raises Unavailable, and SQLAlchemy's DBAPIError for a mistake of ours."""
        made = self._compiled(on.dialect, values)
        with _named_errors(on.dialect, made.sql):
            cursor = _driver(on).execute(made.sql, made.bound(values))
            return Ran(made.rows(cursor), cursor.rowcount)

    def run_each(self, on: Connection, values: Sequence[Values]) -> Ran:
        """Run it for each of these, which all name the same columns, without asking for rows."""
        made = self._compiled(on.dialect, values[0])
        with _named_errors(on.dialect, made.sql):
            cursor = _driver(on).cursor()
            cursor.executemany(made.sql, [made.bound(each) for each in values])
            return Ran([], cursor.rowcount)

    def _compiled(self, dialect: Dialect, values: Values) -> "_Compiled":
        key = (dialect.name, frozenset(values))
        if key not in self._made:
            self._made[key] = _Compiled(self._statement, dialect, sorted(values))
        return self._made[key]


class IsOneOf(ColumnElement[bool]):
    """A column is one of the numbers in a list, which is bound as one value under this name."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.given = bindparam(name, type_=_Numbers())


class _Numbers(TypeDecorator[Sequence[int]]):
    """A list of numbers: an array, or JSON where the database has no arrays."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


@compiles(IsOneOf)
def _any_of(element: IsOneOf, compiler: SQLCompiler, **how: Any) -> str:
    column, given = compiler.process(element.column, **how), compiler.process(element.given, **how)
    if compiler.dialect.name == "postgresql":
        return f"{column} = ANY ({given})"
    return f"{column} IN (SELECT value FROM json_each({given}))"


def run_together(on: Connection, several: Sequence[tuple[Prepared, Values]]) -> list[Ran]:
    """Run these in their order, where none needs another's answer.

    PostgreSQL gets them in one round trip; each still sees what was committed before it began.
    """
    if on.dialect.name != "postgresql":
        return [statement.run(on, values) for statement, values in several]
    made = [(statement._compiled(on.dialect, values), values) for statement, values in several]
    driver = _driver(on)
    with _named_errors(on.dialect, "; ".join(one.sql for one, _ in made)):
        with driver.pipeline():
            cursors = [driver.execute(one.sql, one.bound(values)) for one, values in made]
        return [
            Ran(one.rows(cursor), cursor.rowcount)
            for (one, _), cursor in zip(made, cursors, strict=True)
        ]


class _Compiled:
    def __init__(self, statement: Executable, dialect: Dialect, names: list[str]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=names)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        if compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params:
            raise ValueError(f"not known before the run: {self.sql}")
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        if missing := {name for name, bind in binds.items() if bind.required} - set(names):
            raise ValueError(f"no value for {sorted(missing)}: {self.sql}")
        made = {name: (name, bind.value, _to_driver(bind, dialect)) for name, bind in binds.items()}
        self._by_name = made
        self._in_order = [made[name] for name in compiled.positiontup or ()]
        self._positional = compiled.positional
        self._dialect = dialect
        self._columns = list(statement.exported_columns.items())  # type: ignore[attr-defined]
        self._row = namedtuple("Row", [name for name, _ in self._columns])  # type: ignore[misc]
        self._from_driver: list[Convert | None] | None = None

    def bound(self, values: Values) -> Any:
        """What the driver's `execute` takes for these values."""
        if self._positional:
            return [_value(bind, values) for bind in self._in_order]
        return {name: _value(bind, values) for name, bind in self._by_name.items()}

    def rows(self, cursor: Any) -> list[Any]:
        """The driver's rows with values of the columns' Python types; none of an UPDATE."""
        if not self._columns:
            return []
        if self._from_driver is None:  # Only an answer tells how the driver hands a column out.
            codes = [entry[1] for entry in cursor.description]
            kinds = [column.type for _name, column in self._columns]
            self._from_driver = [
                _from_driver(*each, self._dialect) for each in zip(kinds, codes, strict=True)
            ]
        if not any(self._from_driver):
            return list(starmap(self._row, cursor.fetchall()))
        return [self._row(*map(_converted, self._from_driver, row)) for row in cursor.fetchall()]


def _value(bind: tuple[str, Any, Convert | None], values: Values) -> Any:
    name, fixed, convert = bind
    value = values.get(name, fixed)
    return convert(value) if convert else value


def _converted(convert: Convert | None, value: Any) -> Any:
    return convert(value) if convert else value


def _to_driver(bind: BindParameter[Any], dialect: Dialect) -> Convert | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _from_driver(kind: TypeEngine[Any], code: Any, dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, code)


def _driver(on: Connection) -> Any:
    return on.connection.driver_connection


@contextmanager
def _named_errors(dialect: Dialect, sql: str) -> Iterator[None]:
    dbapi: Any = dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as error:
        if is_away(error, dbapi):
            raise Unavailable(type(error).__name__) from error
        raise DBAPIError.instance(sql, None, error, dbapi.Error, dialect=dialect) from error


def is_away(error: Any, dbapi: Any) -> bool:
    """Whether a driver's error says that the database is locked, full or away."""
    # SQLite has the same class for a mistake in SQL.
    mistake = getattr(error, "sqlite_errorcode", None) == SQLITE_ERROR
    return isinstance(error, dbapi.OperationalError) and not mistake
