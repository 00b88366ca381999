"""What a shop takes reservations for, as a YAML file: services, and what stores make of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from app.db import transaction
from app.domain.hours import service as hours
from app.domain.hours.errors import BadHours
from app.domain.hours.rules import Week
from app.domain.reservations import setup
from app.domain.reservations.errors import BadReservation
from app.domain.shops import queries as shop_queries
from app.domain.shops import service as shops

Written = dict[str, Any]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Week(_Closed):
    weekly: dict[str, list[list[str]]]
    holidays: Any = "as_usual"
    last_order_minutes: int = 0
    zone: str | None = None


class _Store(_Closed):
    """`place` is latitude and longitude in degrees; what is not there stays as it is."""

    place: tuple[float, float] | None = None
    week: _Week | None = None
    rules: Written | None = None
    resources: list[Written] = []


class _File(_Closed):
    services: list[Written] = []
    stores: dict[str, _Store] = {}


def put(path: Path) -> None:
    """Put it in place, all of it or nothing; again without harm. Raises BadReservation."""
    written = _read(path)
    stores = shop_queries.store_ids()
    if unknown := sorted(written.stores.keys() - stores.keys()):
        raise BadReservation(f"stores: there is no {', '.join(unknown)}")
    with transaction():
        for service in written.services:
            setup.put_service(service)
        for code, store in written.stores.items():
            _put_store(code, stores[code], store)


def _put_store(code: str, store_id: int, store: _Store) -> None:
    if store.place:
        latitude, longitude = store.place
        card = replace(shop_queries.store(code), latitude=latitude, longitude=longitude)
        shops.put_store(card)
    if store.week:
        try:
            hours.put_week(store_id, Week(**store.week.model_dump()))
        except BadHours as error:
            raise BadReservation(f"stores.{code}.week: {error}") from None
    if store.rules is not None:
        setup.put_rules(store_id, store.rules)
    for resource in store.resources:
        setup.put_resource(store_id, resource)


def _read(path: Path) -> _File:
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _File.model_validate(written)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadReservation(f"{path.name} is no YAML") from error
    except ValidationError as error:
        places = {".".join(map(str, problem["loc"])) or "file" for problem in error.errors()}
        raise BadReservation(", ".join(sorted(places))) from None
