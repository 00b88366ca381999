"""Where the database's schema stands, and bringing it to the newest.

Alembic is imported where it is used: every start of the web server would pay 0.1 s for it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event, text

from app.db import db, transaction
from app.errors import NotFound
from app.faults import crash_point

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_LOCK = 0x7473756E61677531  # "tsunagu1": PostgreSQL's advisory lock of our migrations.


class NoSuchRevision(NotFound):
    """This code has no migration of that name."""

    code = "no_such_revision"


def upgrade(revision: str = "head") -> None:
    """Bring the database to a revision; one process at a time, in one transaction.

    Killed half-way, the database stays as it was. Raises Unavailable when the database is away.
    A schema newer than this code is left alone, because both versions run while one is deployed.
    """
    from alembic import command

    with transaction():
        connection = db.session.connection()
        _one_at_a_time(connection)
        if revision == "head" and _has_all(_found(connection)):
            return
        event.listen(connection, "after_cursor_execute", _passed)
        command.upgrade(_config(connection), revision)


def downgrade(revision: str) -> None:
    """Bring the database back to an older revision; raises NoSuchRevision."""
    from alembic import command

    if revision not in ("base", *(script.revision for script in _scripts().walk_revisions())):
        raise NoSuchRevision(revision)
    with transaction():
        connection = db.session.connection()
        _one_at_a_time(connection)
        command.downgrade(_config(connection), revision)


def is_newest() -> bool:
    """Whether every migration of this code has been applied; raises Unavailable."""
    return _has_all(current())


def current() -> str | None:
    """The revision of the database; None for an empty one. Raises Unavailable."""
    with db.engine.connect() as connection:
        return _found(connection)


def newest() -> str | None:
    """The revision that this code needs."""
    return _scripts().get_current_head()


def _found(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _has_all(found: str | None) -> bool:
    # A revision that this code does not know is one of a newer version.
    older = {script.revision for script in _scripts().walk_revisions()} - {newest()}
    return found is not None and found not in older


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_MIGRATIONS))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _passed(*_: Any) -> None:
    crash_point("migrate.each_statement")


def _one_at_a_time(connection: Connection) -> None:
    # On SQLite the write transaction itself is the lock.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
