"""Reads about the company and its stores, handed out as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.domain.shops.errors import NoCompany, NoSuchStore
from app.domain.shops.models import Company, Store


@dataclass(frozen=True)
class StoreCard:
    """A store as people see it; `name`, `address` and `hours` map "ja" and "en" to words."""

    code: str
    name: Mapping[str, str]
    address: Mapping[str, str]
    hours: Mapping[str, str]
    phone: str


def company_name() -> str | None:
    """The company's name, or None before it was set."""
    return db.session.scalar(select(Company.name).order_by(Company.id).limit(1))


def company_id() -> int:
    """The id of the one company; raises NoCompany before it was set."""
    found = db.session.scalar(select(Company.id).order_by(Company.id).limit(1))
    if found is None:
        raise NoCompany("the company has no name yet")
    return found


def store_ids() -> dict[str, int]:
    """Code -> id of every store."""
    return {row.code: row.id for row in db.session.execute(select(Store.code, Store.id))}


def stores() -> list[StoreCard]:
    """All stores, oldest first."""
    return [_card(store) for store in db.session.scalars(select(Store).order_by(Store.id))]


def store(code: str) -> StoreCard:
    """The store with this code; raises NoSuchStore."""
    found = db.session.scalar(select(Store).where(Store.code == code))
    if found is None:
        raise NoSuchStore(code)
    return _card(found)


def _card(store: Store) -> StoreCard:
    return StoreCard(store.code, store.name, store.address, store.hours, store.phone)
