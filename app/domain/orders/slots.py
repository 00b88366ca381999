"""A store's rules for orders, its slots and how many places of each are taken."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from app import clock
from app.db import changed, db, insert_once, transaction
from app.domain.files.errors import Problem
from app.domain.hours import queries as calendars
from app.domain.orders import limits, rules
from app.domain.orders.definition import NewArea, NewRules, NewStore, read
from app.domain.orders.errors import BadOrder, SlotClosed, SlotFull
from app.domain.orders.models import DeliveryArea, OrderRules, OrderSlot
from app.domain.orders.rules import Area, Hours
from app.faults import unsafe

_DAY = timedelta(days=1)


def put(store_id: int, written: Mapping[str, Any]) -> None:
    """Put a store's rules and areas (see NewStore) in force, both or neither. Raises BadOrder."""
    new = read(NewStore, written)
    with transaction():
        if new.rules is not None:
            put_rules(store_id, new.rules.model_dump())
        if new.areas is not None:
            put_areas(store_id, [area.model_dump() for area in new.areas])


def put_rules(store_id: int, written: Mapping[str, Any]) -> None:
    """Say when a store takes orders (see NewRules), in place of what was said. Raises BadOrder."""
    new = read(NewRules, written)
    with transaction():
        row = db.session.get(OrderRules, store_id) or OrderRules(store_id=store_id)
        for name, value in new.model_dump().items():
            setattr(row, name, value)
        db.session.add(row)


def put_areas(store_id: int, written: Sequence[Mapping[str, Any]]) -> None:
    """Say where a store delivers (see NewArea), in place of what was said. Raises BadOrder."""
    areas = [read(NewArea, area) for area in written]
    if len({area.prefix for area in areas}) < len(areas) or len(areas) > limits.AREAS:
        raise BadOrder([Problem("prefix", "二つあるか、多すぎます", "is there twice, or too many")])
    with transaction():
        db.session.execute(delete(DeliveryArea).where(DeliveryArea.store_id == store_id))
        if areas:
            rows = [area.model_dump() | {"store_id": store_id} for area in areas]
            db.session.execute(insert(DeliveryArea), rows)


def hours(store_id: int, way: str) -> Hours:
    """When a store hands out in that way."""
    row = db.session.get(OrderRules, store_id)
    if row is None:
        return Hours(None, 1, 0, 0)
    times = row.pickup_times if way == "pickup" else row.delivery_times
    return Hours(times, row.slot_minutes, row.lead_minutes, row.horizon_days)


def rules_of(store_id: int) -> NewRules | None:
    """A store's rules as they would be written now; None where it takes no orders."""
    row = db.session.get(OrderRules, store_id)
    if row is None:
        return None
    return NewRules.model_construct(**{name: getattr(row, name) for name in NewRules.model_fields})


def areas(store_id: int) -> list[Area]:
    """Where a store delivers."""
    columns = (DeliveryArea.prefix, DeliveryArea.minimum, DeliveryArea.fee)
    wanted = select(*columns).filter_by(store_id=store_id).order_by(DeliveryArea.prefix)
    return [Area(*row) for row in db.session.execute(wanted)]


def usual_of(store_id: int) -> str:
    """What is taken for usual at a store: "last" or "often"."""
    row = db.session.get(OrderRules, store_id)
    return row.usual if row else "last"


def free(store_id: int, way: str) -> list[datetime]:
    """The moments that can be ordered for, in the shop's zone, soonest first."""
    now = clock.now().astimezone(clock.zone())
    full = select(OrderSlot.starts_at).where(
        OrderSlot.store_id == store_id, OrderSlot.taken >= _capacity(store_id)
    )
    taken = set(db.session.scalars(full.where(OrderSlot.starts_at >= now)))
    return [each for each in _moments(store_id, way, now) if each not in taken]


def check(store_id: int, way: str, moment: datetime) -> None:
    """Raises SlotClosed where nothing can be had at that moment, however few want it."""
    now = clock.now().astimezone(clock.zone())
    if moment not in _moments(store_id, way, now):
        raise SlotClosed("not a slot")


def take(store_id: int, way: str, moment: datetime) -> None:
    """Take a place of a slot; raises SlotFull. Call it inside of the order's transaction."""
    insert_once(OrderSlot, store_id=store_id, starts_at=moment, taken=0)
    this = update(OrderSlot).where(OrderSlot.store_id == store_id, OrderSlot.starts_at == moment)
    if not unsafe("slot_unchecked"):
        this = this.where(OrderSlot.taken < _capacity(store_id))
    if changed(_plain(this.values(taken=OrderSlot.taken + 1))) != 1:
        raise SlotFull(rules.nearest(free(store_id, way), moment))


def give_back(store_id: int, moment: datetime) -> None:
    """A place is free again."""
    this = update(OrderSlot).where(OrderSlot.store_id == store_id, OrderSlot.starts_at == moment)
    changed(_plain(this.values(taken=OrderSlot.taken - 1)))


def _moments(store_id: int, way: str, now: datetime) -> list[datetime]:
    """The slots that lie in the store's opening hours, soonest first.

    A store that was never told a week is open as its rules for orders say, but for special days.
    """
    found = rules.slots(hours(store_id, way), now)
    if not found:
        return []
    first, last = found[0].date() - _DAY, found[-1].date() + _DAY
    calendar = calendars.calendar(store_id, first, last)
    if calendars.week_of(store_id) is None:
        usual = [each for each in found if each.date() not in calendar.days]
        special = [calendar.opens(day) for day in sorted(calendar.days)]
        return sorted(usual + rules.during(found, [each for some in special for each in some]))
    days = calendars.days_between(first, last)
    return rules.during(found, [each for day in days for each in calendar.opens(day)])


def _capacity(store_id: int) -> Any:
    of_store = select(OrderRules.slot_capacity).where(OrderRules.store_id == store_id)
    return of_store.scalar_subquery()


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
