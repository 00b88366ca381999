"""What the demo shop takes reservations for: calendars, services, resources and rules."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from app.domain.hours import service as hours
from app.domain.hours.rules import Week
from app.domain.reservations import setup
from app.domain.shops import queries as shop_queries
from app.domain.shops import service as shops


def put(path: Path) -> None:
    """Put it in place; again without harm."""
    written: dict[str, Any] = yaml.safe_load(path.read_text())
    for service in written["services"]:
        setup.put_service(service)
    stores = shop_queries.store_ids()
    for code, store in written["stores"].items():
        latitude, longitude = store["place"]
        card = replace(shop_queries.store(code), latitude=latitude, longitude=longitude)
        shops.put_store(card)
        hours.put_week(stores[code], Week(**store["week"]))
        setup.put_rules(stores[code], store["rules"])
        for resource in store["resources"]:
            setup.put_resource(stores[code], resource)
