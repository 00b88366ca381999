"""The secret addresses at which a resource's calendar can be subscribed to."""

import hashlib
import secrets

from sqlalchemy import select, update

from app.db import changed, db, transaction
from app.domain.reservations.errors import NoSuchFeed, NoSuchResource
from app.domain.reservations.models import Resource
from app.domain.staff.actor import Actor
from app.facts.record import record


def make(actor: Actor, resource_id: int) -> str:
    """A new secret for the calendar of a resource; the one before is worth nothing from now on.

    It is told this once: only its hash is kept. Raises NoSuchResource, also out of scope.
    """
    token = secrets.token_urlsafe(32)
    _set(actor, resource_id, _hash(token))
    return token


def revoke(actor: Actor, resource_id: int) -> None:
    """Let the calendar have no address any more. Raises NoSuchResource."""
    _set(actor, resource_id, None)


def resource_of(token: str) -> int:
    """The resource whose calendar has this address; raises NoSuchFeed."""
    found = db.session.scalar(select(Resource.id).filter_by(feed_hash=_hash(token)))
    if found is None:
        raise NoSuchFeed("no calendar has this address")
    return found


def _set(actor: Actor, resource_id: int, feed_hash: str | None) -> None:
    with transaction():
        store_id = db.session.scalar(select(Resource.store_id).filter_by(id=resource_id))
        if store_id is None or not actor.sees_store(store_id):
            raise NoSuchResource(f"resource {resource_id}")
        this = update(Resource).where(Resource.id == resource_id)
        changed(this.values(feed_hash=feed_hash))
        kind = "feed.made" if feed_hash else "feed.revoked"
        cause = f"resource/{resource_id}/{secrets.token_hex(8)}"
        record(kind, cause=cause, resource_id=resource_id, staff_id=actor.staff_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
