"""Verbs about what can be reserved: services, resources, and the rules of a store."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from app import clock
from app.db import db, transaction
from app.domain.reservations import known, limits
from app.domain.reservations.definition import NewResource, NewRules, NewService, read
from app.domain.reservations.errors import BadReservation, NoSuchService
from app.domain.reservations.models import (
    BookingRules,
    Reservation,
    ReservationUse,
    Resource,
    ResourceService,
    Service,
)


def put_service(written: Mapping[str, Any]) -> int:
    """Define a service (see NewService), or change the one with its code; answers its id.

    What is reserved keeps its time and price. Raises BadReservation.
    """
    new = read(NewService, written)
    with transaction():
        row = db.session.scalar(select(Service).filter_by(code=new.code)) or Service()
        for name, value in new.model_dump().items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()  # A new service has its id only now.
    known.service.forget(row.id)
    return row.id


def put_resource(store_id: int, written: Mapping[str, Any]) -> int:
    """Define a resource of a store (see NewResource), or change the one with its code; its id.

    Raises BadReservation, also where a capacity would be changed while something is reserved, and
    NoSuchService.
    """
    new = read(NewResource, written)
    with transaction():
        # Whoever takes seats of it waits until its capacity is settled.
        found = select(Resource).filter_by(store_id=store_id, code=new.code).with_for_update()
        row = db.session.scalar(found.execution_options(populate_existing=True))
        if row is None:
            _check_number(store_id)
            row = Resource(store_id=store_id)
        elif row.capacity != new.capacity and _in_use(row.id):
            raise BadReservation("capacity: something is reserved; make another resource instead")
        for name, value in new.model_dump(exclude={"services"}).items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()  # A new resource has its id only now.
        _serve(row.id, new.services)
    known.resources.forget(store_id)
    return row.id


def put_rules(store_id: int, written: Mapping[str, Any]) -> None:
    """Set by which rules a store takes reservations (see NewRules). Raises BadReservation.

    Reminders of what is reserved follow the new rules.
    """
    new = read(NewRules, written)
    with transaction():
        row = db.session.get(BookingRules, store_id) or BookingRules(store_id=store_id)
        for name, value in new.model_dump().items():
            setattr(row, name, value)
        db.session.add(row)
        ahead = update(Reservation).where(
            Reservation.store_id == store_id,
            Reservation.state == "confirmed",
            Reservation.starts_at > clock.now(),
        )
        db.session.execute(ahead.values(tell_at=clock.now()))
    known.rules.forget(store_id)


def _serve(resource_id: int, codes: list[str]) -> None:
    found = dict(db.session.execute(select(Service.code, Service.id)).all())
    if unknown := [code for code in codes if code not in found]:
        raise NoSuchService(f"services: there is no {', '.join(unknown)}")
    db.session.execute(delete(ResourceService).where(ResourceService.resource_id == resource_id))
    for service_id in sorted({found[code] for code in codes}):
        db.session.add(ResourceService(resource_id=resource_id, service_id=service_id))
    db.session.flush()


def _check_number(store_id: int) -> None:
    ids = select(Resource.id).filter_by(store_id=store_id).limit(limits.RESOURCES)
    if len(db.session.scalars(ids).all()) >= limits.RESOURCES:
        raise BadReservation(f"a store has at most {limits.RESOURCES} resources")


def _in_use(resource_id: int) -> bool:
    live = select(ReservationUse.reservation_id).filter_by(resource_id=resource_id, live=True)
    return db.session.scalar(live.limit(1)) is not None
