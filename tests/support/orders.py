"""A shop that takes orders, at the level of verbs."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import clock
from app.domain.catalogue.rules import DAYS
from app.domain.orders import service, slots
from app.domain.orders.service import Customer, Placed
from app.domain.shops import queries as shops
from tests.support.cast import add_store
from tests.support.catalogue import a_product
from tests.support.members import a_shop, asker

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=TOKYO)  # A Friday.
AT_ONE = datetime(2026, 11, 27, 13, 0, tzinfo=TOKYO)
CONTACT = {"name": "山田 花子", "phone": "090-0000-0001"}
HOME = {**CONTACT, "postal_code": "1800004", "address": "東京都武蔵野市吉祥寺本町1-2-3"}


def open_store(code: str = "ginza", **changes: Any) -> int:
    """A store that hands out every half hour and delivers to Musashino; answers its id."""
    store_id = add_store(code)
    times = {"pickup_times": "daily 10:00-20:00", "delivery_times": "daily 11:00-19:00"}
    slots.put_rules(store_id, {**times, "slot_minutes": 30, "slot_capacity": 2, **changes})
    slots.put_areas(store_id, [{"prefix": "180", "minimum": 1000, "fee": 330}])
    return store_id


def open_shop(**changes: Any) -> int:
    """A company with such a store and two products at 500 and 300 yen; answers the store's id."""
    a_shop()
    store_id = open_store(**changes)
    a_product("CAKE", 500, category=None)
    a_product("TEA", 300)
    return store_id


def open_tomorrow(store: str = "kichijoji", **changes: Any) -> None:
    """The store hands out tomorrow from noon on: far from any moment at which a test may run."""
    tomorrow = DAYS[(clock.now().astimezone(clock.zone()).weekday() + 1) % 7]
    times = {"pickup_times": f"{tomorrow} 12:00-18:00", "delivery_times": f"{tomorrow} 12:00-18:00"}
    rules = {**times, "slot_minutes": 30, "slot_capacity": 4, "lead_minutes": 15, **changes}
    slots.put_rules(shops.store_ids()[store], rules)


def somebody(account_id: int, number: int = 1, member_id: int | None = None) -> Customer:
    """A person at an account."""
    return Customer(asker(account_id, f"U{number:032d}").person_id, account_id, member_id)


def wanted(**changes: Any) -> dict[str, Any]:
    """Two cakes to be picked up at one."""
    return {
        "store": "ginza",
        "way": "pickup",
        "slot_at": AT_ONE,
        "lines": [{"variant": "CAKE", "pieces": 2}],
        "total": 1000,
        "contact": CONTACT,
        **changes,
    }


def order(customer: Customer, key: str = "k", **changes: Any) -> Placed:
    """Place it."""
    return service.place(wanted(**changes), customer, key=key)
