"""Reads about keys, handed out as plain values."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.domain.keys.models import ApiKey


@dataclass(frozen=True)
class KeyCard:
    """A key as a list shows it; `prefix` is how it begins."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    account_id: int | None
    store_id: int | None
    per_minute: int
    made_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def everything() -> list[KeyCard]:
    """All keys, newest first, revoked ones too."""
    columns = [getattr(ApiKey, name) for name in KeyCard.__dataclass_fields__]
    rows = db.session.execute(select(*columns).order_by(ApiKey.id.desc()))
    return [KeyCard(*row) for row in rows]
