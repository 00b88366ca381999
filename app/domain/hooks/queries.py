"""Reads about endpoints and deliveries, handed out as plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.db import db
from app.domain.hooks.errors import NoSuchDelivery, NoSuchEndpoint
from app.domain.hooks.models import HookDelivery, HookEndpoint
from app.facts.models import Fact

STATES = ("pending", "sending", "done", "dead", "cancelled")
"""What a delivery can be."""


@dataclass(frozen=True)
class EndpointCard:
    """An endpoint without its secret. `off_reason` None: it is on."""

    id: int
    account_id: int | None
    url: str
    kinds: list[str]
    failures: int
    rests_until: datetime | None
    made_at: datetime
    off_at: datetime | None
    off_reason: str | None


@dataclass(frozen=True)
class DeliveryCard:
    """A fact on its way; `http_status` and `outcome` are of the last try."""

    id: int
    endpoint_id: int
    fact_id: int
    kind: str
    state: str
    attempts: int
    due_at: datetime
    http_status: int | None
    outcome: str | None
    made_at: datetime
    finished_at: datetime | None


def endpoints() -> list[EndpointCard]:
    """The endpoints there are, oldest first."""
    rows = db.session.execute(_endpoints().order_by(HookEndpoint.id))
    return [EndpointCard(*row) for row in rows]


def endpoint(endpoint_id: int) -> EndpointCard:
    """The endpoint with this id; raises NoSuchEndpoint."""
    row = db.session.execute(_endpoints().where(HookEndpoint.id == endpoint_id)).first()
    if row is None:
        raise NoSuchEndpoint(f"endpoint {endpoint_id}")
    return EndpointCard(*row)


def secret(endpoint_id: int) -> str:
    """What an endpoint's calls are signed with; raises NoSuchEndpoint, WrongKey."""
    wanted = select(HookEndpoint.secret).filter_by(id=endpoint_id, deleted_at=None)
    found = db.session.scalar(wanted)
    if found is None:
        raise NoSuchEndpoint(f"endpoint {endpoint_id}")
    return found


def deliveries(
    endpoint_id: int | None = None,
    *,
    state: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[DeliveryCard]:
    """Deliveries, newest first: of one endpoint or all, of one state, with ids below `before`."""
    wanted = _deliveries().order_by(HookDelivery.id.desc()).limit(limit)
    if endpoint_id is not None:
        wanted = wanted.where(HookDelivery.endpoint_id == endpoint_id)
    if state is not None:
        wanted = wanted.where(HookDelivery.state == state)
    if before is not None:
        wanted = wanted.where(HookDelivery.id < before)
    return [DeliveryCard(*row) for row in db.session.execute(wanted)]


def delivery(delivery_id: int) -> DeliveryCard:
    """The delivery with this id; raises NoSuchDelivery."""
    row = db.session.execute(_deliveries().where(HookDelivery.id == delivery_id)).first()
    if row is None:
        raise NoSuchDelivery(f"delivery {delivery_id}")
    return DeliveryCard(*row)


def counts() -> dict[str, int]:
    """State -> number of deliveries."""
    number = func.count().label("number")
    rows = db.session.execute(select(HookDelivery.state, number).group_by(HookDelivery.state))
    return {row.state: row.number for row in rows}


def _endpoints() -> Any:
    columns = [getattr(HookEndpoint, name) for name in EndpointCard.__dataclass_fields__]
    return select(*columns).where(HookEndpoint.deleted_at.is_(None))


def _deliveries() -> Any:
    own = [name for name in DeliveryCard.__dataclass_fields__ if name != "kind"]
    columns = [getattr(HookDelivery, name) for name in own]
    columns.insert(3, Fact.kind)
    return select(*columns).join(Fact, Fact.id == HookDelivery.fact_id)
