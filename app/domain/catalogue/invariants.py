"""What must hold for the catalogue."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.domain.catalogue.models import PriceChange, Product, StockChange, StoreItem, Variant
from app.invariants import Invariant


def invariants() -> list[Invariant]:
    """Something to sell in every product, no stock below zero, and a history that ends in today."""
    empty = select(Product.id).outerjoin(
        Variant, and_(Variant.product_id == Product.id, Variant.active)
    )
    return [
        Invariant("catalogue.no_variant", "P9", empty.where(Variant.id.is_(None))),
        Invariant("catalogue.stock", "P9", select(StoreItem.id).where(StoreItem.stock < 0)),
        Invariant("catalogue.stock_history", "P9", _stock_history()),
        Invariant("catalogue.price_history", "P9", _price_history()),
        Invariant("catalogue.own_price_history", "P9", _own_price_history()),
    ]


def _stock_history() -> Select[Any]:
    """Items whose stock is not what the last change made it; without one it is unlimited."""
    last = select(
        StockChange.variant_id, StockChange.store_id, func.max(StockChange.id).label("id")
    )
    newest = last.group_by(StockChange.variant_id, StockChange.store_id).subquery()
    items = select(StoreItem.id).outerjoin(newest, _same(newest))
    items = items.outerjoin(StockChange, StockChange.id == newest.c.id)
    return items.where(StoreItem.stock.is_distinct_from(StockChange.new))


def _price_history() -> Select[Any]:
    """Variants whose price is not what the last change made it."""
    own = select(PriceChange.variant_id, func.max(PriceChange.id).label("id"))
    newest = own.where(PriceChange.store_id.is_(None)).group_by(PriceChange.variant_id).subquery()
    variants = select(Variant.id).outerjoin(newest, newest.c.variant_id == Variant.id)
    variants = variants.outerjoin(PriceChange, PriceChange.id == newest.c.id)
    return variants.where(Variant.price.is_distinct_from(PriceChange.new))


def _own_price_history() -> Select[Any]:
    """Items whose own price is not what the last change made it; without one there is none."""
    last = select(
        PriceChange.variant_id, PriceChange.store_id, func.max(PriceChange.id).label("id")
    ).where(PriceChange.store_id.is_not(None))
    newest = last.group_by(PriceChange.variant_id, PriceChange.store_id).subquery()
    items = select(StoreItem.id).outerjoin(newest, _same(newest))
    items = items.outerjoin(PriceChange, PriceChange.id == newest.c.id)
    return items.where(StoreItem.price.is_distinct_from(PriceChange.new))


def _same(newest: Any) -> ColumnElement[bool]:
    return and_(
        newest.c.variant_id == StoreItem.variant_id, newest.c.store_id == StoreItem.store_id
    )
