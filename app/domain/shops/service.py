"""Verbs about the company and its stores."""

from sqlalchemy import select

from app.db import db, transaction
from app.domain.shops.models import Company, Store
from app.domain.shops.queries import StoreCard


def set_company(name: str) -> None:
    """Name the one company of this deployment."""
    with transaction():
        company = db.session.scalar(select(Company).order_by(Company.id).limit(1))
        if company is None:
            db.session.add(Company(name=name))
        else:
            company.name = name


def put_store(card: StoreCard) -> int:
    """Save a store under its code, in place of what was there; answers its id."""
    with transaction():
        store = db.session.scalar(select(Store).where(Store.code == card.code))
        if store is None:
            store = Store(code=card.code)
            db.session.add(store)
        store.name, store.address = dict(card.name), dict(card.address)
        store.hours, store.phone = dict(card.hours), card.phone
        db.session.flush()  # A new store has its id only now.
        return store.id
