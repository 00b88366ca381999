"""Tables: products with their variants, what each store makes of them, and how that changed.

A product's variants are what is sold: each has a code and a price, and a product without sizes has
one. A store without a row of its own for a variant sells it at the variant's price, unlimited.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Base, BigId, UtcDateTime
from app.domain.catalogue import limits

_BY_PERSON = text("person_id IS NOT NULL")
_BY_MEMBER = text("member_id IS NOT NULL")


class Category(Base):
    """A part of the menu."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(limits.CODE), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    position: Mapped[int]


class Product(Base):
    """What definition.NewProduct says; its code is the id that EC and POS know it by."""

    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(limits.CODE), unique=True)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    picture: Mapped[str | None] = mapped_column(String(limits.PICTURE))
    # Percent: 8 or 10.
    tax: Mapped[int]
    tax_included: Mapped[bool]
    # Codes of allergens.ALLERGENS; NULL: the shop has not said.
    allergens: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    # As rules.canonical_times writes them; NULL: always.
    times: Mapped[str | None] = mapped_column(String(limits.TIMES))
    active: Mapped[bool]
    # What a search looks in, see rules.search_words.
    words: Mapped[str] = mapped_column(String(3 * limits.NAME))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Variant(Base):
    """One size or kind of a product. One that is no longer listed stays, inactive, for orders."""

    __tablename__ = "variant"
    __table_args__ = (CheckConstraint("price >= 0", name="price_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    code: Mapped[str] = mapped_column(String(limits.CODE), unique=True)
    # NULL where there is nothing to choose.
    name: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    # Yen, with or without tax as the product says.
    price: Mapped[int]
    position: Mapped[int]
    active: Mapped[bool]


class StoreItem(Base):
    """What one store makes of a variant."""

    __tablename__ = "store_item"
    __table_args__ = (
        UniqueConstraint("variant_id", "store_id"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("price >= 0", name="price_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    # Whether it is on this store's menu.
    offered: Mapped[bool]
    # NULL: the variant's.
    price: Mapped[int | None]
    # NULL: unlimited.
    stock: Mapped[int | None]
    # NULL: the product's.
    times: Mapped[str | None] = mapped_column(String(limits.TIMES))
    # The day, in the shop's time zone, on which it is sold out whatever the stock says.
    sold_out_on: Mapped[date | None]


class StoreItemRow(Base):
    """A line of a list of store items that is checked and waits to be applied, see store_items."""

    __tablename__ = "store_item_row"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[str] = mapped_column(String(32), index=True)
    staged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    store_id: Mapped[int]
    variant_id: Mapped[int]
    # NULL: stays as it is, as does what is not set.
    offered: Mapped[bool | None]
    sets_price: Mapped[bool]
    price: Mapped[int | None]
    sets_stock: Mapped[bool]
    stock: Mapped[int | None]
    sets_times: Mapped[bool]
    times: Mapped[str | None] = mapped_column(String(limits.TIMES))


class PriceChange(Base):
    """That a price became another one; rows are only added. Without a store: the variant's own."""

    __tablename__ = "price_change"
    __table_args__ = (Index("ix_price_change_variant_id", "variant_id", "store_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    store_id: Mapped[int | None] = mapped_column(ForeignKey("store.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Yen; NULL: there was none, or the store has none of its own any more.
    old: Mapped[int | None]
    new: Mapped[int | None]
    cause: Mapped[str] = mapped_column(String(limits.CAUSE))


class StockChange(Base):
    """That a stock became another one; rows are only added, one for each cause."""

    __tablename__ = "stock_change"
    __table_args__ = (
        UniqueConstraint("cause", "variant_id", "store_id"),
        Index("ix_stock_change_variant_id", "variant_id", "store_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # NULL: unlimited.
    old: Mapped[int | None]
    new: Mapped[int | None]
    cause: Mapped[str] = mapped_column(String(limits.CAUSE))


class Favourite(Base):
    """A product that somebody likes: a member, or a person of LINE who is none."""

    __tablename__ = "favourite"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (member_id IS NULL)", name="whose"),
        Index(
            "uq_favourite_person",
            "person_id",
            "product_id",
            unique=True,
            sqlite_where=_BY_PERSON,
            postgresql_where=_BY_PERSON,
        ),
        Index(
            "uq_favourite_member",
            "member_id",
            "product_id",
            unique=True,
            sqlite_where=_BY_MEMBER,
            postgresql_where=_BY_MEMBER,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("line_user.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
