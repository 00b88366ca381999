"""Alembic's entry: runs on the connection, and inside the transaction, that app.schema gives."""

from typing import Any

from alembic import context
from sqlalchemy import TypeDecorator

from app.db import Base
from migrations import tables

_TABLES = tables.MODULES  # Importing them has told Base.metadata of every table.


def _plain(kind: str, value: Any, _autogen: Any) -> str | bool:
    """Write our own column types as plain ones, so that old steps need no code of the app."""
    if kind == "type" and isinstance(value, TypeDecorator):
        return f"sa.{value.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=_plain,
)
context.run_migrations()
