"""Reads about the company and its stores, handed out as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db import db, run
from app.domain.shops.errors import NoCompany, NoSuchStore
from app.domain.shops.models import Company, Store
from app.prepared import Prepared
from app.remember import Remembered


@dataclass(frozen=True)
class StoreCard:
    """A store as people see it; `name`, `address` and `hours` map "ja" and "en" to words.

    Its place is in degrees (WGS 84), where it was told.
    """

    code: str
    name: Mapping[str, str]
    address: Mapping[str, str]
    hours: Mapping[str, str]
    phone: str
    latitude: float | None = None
    longitude: float | None = None


def company_name() -> str | None:
    """The company's name, or None before it was set."""
    return db.session.scalar(select(Company.name).order_by(Company.id).limit(1))


def company_id() -> int:
    """The id of the one company; raises NoCompany before it was set."""
    found = db.session.scalar(select(Company.id).order_by(Company.id).limit(1))
    if found is None:
        raise NoCompany("the company has no name yet")
    return found


def shows_bars() -> bool:
    """Whether member cards show the number as a bar code too."""
    return bool(db.session.scalar(select(Company.card_bars).order_by(Company.id).limit(1)))


def store_ids() -> dict[str, int]:
    """Code -> id of every store."""
    return {row.code: row.id for row in run(_STORE_IDS, {}).rows}


def store_id(code: str) -> int:
    """The id of the store with this code, which never has another; raises NoSuchStore."""
    return id_of(code)


def store_names() -> dict[int, Mapping[str, str]]:
    """Id -> name of every store."""
    return {row.id: row.name for row in db.session.execute(select(Store.id, Store.name))}


def stores() -> list[StoreCard]:
    """All stores, oldest first."""
    return [_card(store) for store in db.session.scalars(select(Store).order_by(Store.id))]


def store(code: str) -> StoreCard:
    """The store with this code; raises NoSuchStore."""
    found = db.session.scalar(select(Store).where(Store.code == code))
    if found is None:
        raise NoSuchStore(code)
    return _card(found)


def card(store_id: int) -> StoreCard:
    """The store with this id; raises NoSuchStore. Others see a change within two seconds."""
    return card_of(store_id)


def _read_card(store_id: int) -> StoreCard:
    found = db.session.get(Store, store_id)
    if found is None:
        raise NoSuchStore(f"store {store_id}")
    return _card(found)


def _read_id(code: str) -> int:
    found = db.session.scalar(select(Store.id).where(Store.code == code))
    if found is None:
        raise NoSuchStore(code)
    return found


card_of: Final = Remembered(_read_card)
id_of: Final = Remembered(_read_id)


def _card(store: Store) -> StoreCard:
    return StoreCard(
        *(store.code, store.name, store.address, store.hours, store.phone),
        *(store.latitude, store.longitude),
    )


_STORE_IDS = Prepared(select(Store.code, Store.id))
