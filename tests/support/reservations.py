"""A store that takes reservations, people who make them, and what should hold of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from app.db import db
from app.domain.accounts import queries as accounts
from app.domain.hours import service as hours
from app.domain.hours.rules import WEEKDAYS, Week
from app.domain.people import service as people
from app.domain.reservations import invariants, setup
from app.domain.reservations.asker import Customer
from app.domain.reservations.offer import Wanted
from app.domain.staff.actor import Actor
from app.invariants import broken
from app.outbox.models import OutboxItem
from tests.support.cast import add_store

_numbers = count(1)

NOW = datetime(2030, 5, 1, 0, 0, tzinfo=UTC)
"""Nine in the morning of a Wednesday in Tokyo."""
DAY = date(2030, 5, 8)
"""A week later."""
HOURS = ("10:00", "18:00")
STAFF = Actor(1, "owner", "木漏", None, None, 1)


def at(time: str, day: date = DAY) -> datetime:
    """A moment of a day in Tokyo."""
    hour, minute = map(int, time.split(":"))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
    return midnight + timedelta(hours=hour, minutes=minute)


def a_cause() -> str:
    """One that nobody has used."""
    return f"test/{next(_numbers)}"


def a_store(code: str = "ginza", **changes: Any) -> int:
    """A store that is open every day from ten to six; answers its id."""
    store_id = add_store(code)
    usual: dict[str, Any] = {"weekly": {day: [list(HOURS)] for day in WEEKDAYS}}
    hours.put_week(store_id, Week(**(usual | changes)))
    setup.put_rules(store_id, {"open_limit": 50, "lead_minutes": 0})
    return store_id


def a_service(code: str = "cut", **changes: Any) -> int:
    """A service of an hour that needs one of the staff; answers its id."""
    usual = {"name": {"ja": "カット", "en": "Cut"}, "minutes": 60, "needs": ["staff"]}
    return setup.put_service({"code": code, **usual, **changes})


def a_resource(store_id: int, code: str = "aoi", **changes: Any) -> int:
    """One of the staff who does everything; answers its id."""
    usual = {"name": {"ja": "葵", "en": "Aoi"}, "kind": "staff", "services": ["cut"]}
    return setup.put_resource(store_id, {"code": code, **usual, **changes})


def a_salon(capacity: int = 1, **service: Any) -> Wanted:
    """A store with one resource and one service; answers the wish for it."""
    store_id, service_id = a_store(), a_service(**service)
    a_resource(store_id, capacity=capacity)
    return Wanted(store_id, service_id)


def a_customer(account_id: int, number: int | None = None) -> Customer:
    """Somebody on LINE whom nobody knows yet."""
    user_id = f"U{number or next(_numbers):032x}"
    provider_id = accounts.provider_of(account_id)
    person_id = people.meet(provider_id, user_id, name="花子", picture_url=None)
    return Customer(person_id, account_id)


def problems() -> list[str]:
    """The names of the invariants of reservations that do not hold."""
    db.session.rollback()
    return [found.name for found in broken(invariants.invariants())]


def told(name: str | None = None) -> list[Mapping[str, Any]]:
    """The data of what was queued to be said, oldest first, of one notice or of all."""
    rows = db.session.scalars(select(OutboxItem).order_by(OutboxItem.id))
    return [
        notice["data"] for row in rows for notice in row.notices if name in (None, notice["notice"])
    ]
