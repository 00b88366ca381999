"""What every reservation asks for and what changes once in a while: remembered for two seconds.

Whoever takes seats reads the capacity of the resource again, from the row they have locked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.db import db
from app.domain.reservations import limits
from app.domain.reservations.definition import NewRules
from app.domain.reservations.models import BookingRules, Resource, ResourceService, Service
from app.remember import Remembered

Words = Mapping[str, str]


@dataclass(frozen=True)
class Offered:
    """A service that is offered, as the table has it."""

    id: int
    code: str
    name: Words
    minutes: int
    before_minutes: int
    after_minutes: int
    grid_minutes: int
    price: int | None
    per_person: bool
    audience: str
    party_min: int
    party_max: int
    options: list[dict[str, Any]]
    needs: list[str]


@dataclass(frozen=True)
class Resourced:
    """A resource that is in use; `services` are ids."""

    id: int
    code: str
    name: Words
    kind: str
    capacity: int
    party_max: int | None
    weekly: Mapping[str, Any] | None
    services: frozenset[int] = frozenset()

    def seats(self, party: int) -> int:
        """How many of its seats a party takes."""
        return 1 if self.capacity == 1 else party

    @property
    def size(self) -> int:
        """The largest party that has room."""
        return self.party_max or (self.capacity if self.capacity > 1 else limits.PARTY)

    def fits(self, party: int) -> bool:
        """Whether the party has room."""
        return self.seats(party) <= self.capacity and party <= self.size


def _service(service_id: int) -> Offered | None:
    columns = [getattr(Service, name) for name in Offered.__dataclass_fields__]
    row = db.session.execute(select(*columns).filter_by(id=service_id, active=True)).first()
    return Offered(*row) if row else None


def _resources(store_id: int) -> tuple[Resourced, ...]:
    names = [name for name in Resourced.__dataclass_fields__ if name != "services"]
    columns = [getattr(Resource, name) for name in names]
    active = select(*columns).filter_by(store_id=store_id, active=True)
    rows = db.session.execute(active.order_by(Resource.id)).all()
    serving: dict[int, set[int]] = {}
    pairs = select(ResourceService.resource_id, ResourceService.service_id)
    ids = [row.id for row in rows]
    for resource_id, service_id in db.session.execute(
        pairs.where(ResourceService.resource_id.in_(ids))
    ):
        serving.setdefault(resource_id, set()).add(service_id)
    return tuple(
        Resourced(**row._mapping, services=frozenset(serving.get(row.id, ()))) for row in rows
    )


def _rules(store_id: int) -> NewRules:
    row = db.session.execute(select(BookingRules.__table__).filter_by(store_id=store_id)).first()
    if row is None:
        return NewRules()
    return NewRules.model_construct(**{name: getattr(row, name) for name in NewRules.model_fields})


service: Final = Remembered(_service)
"""The service with this id; None where it is not offered."""

resources: Final = Remembered(_resources)
"""The resources of a store that are in use, by their ids."""

rules: Final = Remembered(_rules)
"""The rules of a store; the usual ones where it has set none."""
