"""Verbs about the company and its stores."""

from sqlalchemy import select

from app.db import db, transaction
from app.domain.shops.models import Company, Store
from app.domain.shops.queries import StoreCard, card_of, company_id, id_of


def set_company(name: str) -> None:
    """Name the one company of this deployment."""
    with transaction():
        company = db.session.scalar(select(Company).order_by(Company.id).limit(1))
        if company is None:
            db.session.add(Company(name=name))
        else:
            company.name = name


def show_bars(on: bool) -> None:
    """Show the member number on cards as a bar code too, or not; raises NoCompany."""
    with transaction():
        db.session.get_one(Company, company_id()).card_bars = on


def lock() -> None:
    """Let nobody else who asks for it go on until the open transaction ends."""
    db.session.execute(select(Company.id).with_for_update())


def put_store(card: StoreCard) -> int:
    """Save a store under its code, in place of what was there; answers its id."""
    with transaction():
        store = db.session.scalar(select(Store).where(Store.code == card.code))
        if store is None:
            store = Store(code=card.code)
            db.session.add(store)
        store.name, store.address = dict(card.name), dict(card.address)
        store.hours, store.phone = dict(card.hours), card.phone
        store.latitude, store.longitude = card.latitude, card.longitude
        db.session.flush()  # A new store has its id only now.
    card_of.forget(store.id)
    id_of.forget(card.code)
    return store.id
