"""Verbs about keys: make one, let it in, revoke it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, update

from app import clock
from app.db import changed, db, run, transaction
from app.domain.audit import service as audit
from app.domain.audit.service import Doer
from app.domain.keys import limits, rules
from app.domain.keys.caller import Caller
from app.domain.keys.errors import NoSuchKey
from app.domain.keys.models import ApiKey
from app.prepared import Prepared


@dataclass(frozen=True)
class NewKey:
    """A key as it is asked for; without an account or a store it is good for all."""

    name: str
    scopes: Collection[str]
    account_id: int | None = None
    store_id: int | None = None
    per_minute: int = limits.PER_MINUTE


@dataclass(frozen=True)
class Made:
    """A new key. The secret is told this once."""

    id: int
    secret: str


def create(new: NewKey, *, actor: Doer | None = None, network: str | None = None) -> Made:
    """Make a key; raises BadKey. `actor` is None for a command."""
    rules.refuse_mixed(new.scopes, new.store_id)
    secret = rules.new_secret()
    row = ApiKey(
        name=rules.named(new.name),
        prefix=rules.prefix(secret),
        secret_hash=rules.fingerprint(secret),
        scopes=rules.scoped(new.scopes),
        account_id=new.account_id,
        store_id=new.store_id,
        per_minute=rules.rated(new.per_minute),
        made_by=actor.staff_id if actor else None,
        made_at=clock.now(),
    )
    with transaction():
        db.session.add(row)
        db.session.flush()
        _note("keys.created", row, actor, network)
    return Made(row.id, secret)


def revoke(key_id: int, *, actor: Doer | None = None, network: str | None = None) -> None:
    """End a key at once; one that has ended stays so. Raises NoSuchKey."""
    with transaction():
        row = db.session.get(ApiKey, key_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise NoSuchKey(f"key {key_id}")
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            db.session.flush()
            _note("keys.revoked", row, actor, network)


def enter(secret: str) -> Caller | None:
    """Who asks with this key, read anew each time; None for one that is unknown or revoked."""
    if not rules.looks_like_one(secret):
        return None
    row = run(_LIVING, {"fingerprint": rules.fingerprint(secret)}).first()
    if row is None:
        return None
    caller = Caller(row.id, frozenset(row.scopes), row.account_id, row.store_id, row.per_minute)
    if row.last_used_at is None or row.last_used_at <= clock.now() - rules.USED_EVERY:
        _used(row.id)
    return caller


def _used(key_id: int) -> None:
    now = clock.now()
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - rules.USED_EVERY)
    with transaction():
        changed(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=now))


def _note(action: str, row: ApiKey, actor: Doer | None, network: str | None) -> None:
    audit.note(
        action,
        actor=actor,
        about=f"key/{row.id}",
        store_id=row.store_id,
        account_id=row.account_id,
        network=network,
        scopes=row.scopes,
    )


_K = ApiKey
_LIVING = Prepared(
    select(_K.id, _K.scopes, _K.account_id, _K.store_id, _K.per_minute, _K.last_used_at).where(
        _K.secret_hash == bindparam("fingerprint"), _K.revoked_at.is_(None)
    )
)
