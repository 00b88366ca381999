"""Reads about the catalogue, handed out as plain values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, select

from app import clock
from app.db import db
from app.domain.catalogue import limits, rules, tax
from app.domain.catalogue.definition import NewProduct, NewStoreItem, NewVariant, OptionGroup
from app.domain.catalogue.errors import NoSuchProduct, NoSuchVariant
from app.domain.catalogue.models import Category, Product, StoreItem, Variant
from app.domain.pictures import ASSETS
from app.domain.shops import queries as shops

Words = dict[str, str]
State = Literal["on_sale", "sold_out", "not_now", "not_here"]
"""not_here: the store, or the shop as a whole, does not sell it."""


@dataclass(frozen=True)
class CategoryCard:
    """A part of the menu; `name` maps "ja" and "en" to words."""

    code: str
    name: Words
    position: int


@dataclass(frozen=True)
class Offer:
    """A variant as one store sells it at one moment.

    `price` is in yen as it is written, with tax if `tax_included`; `shown` always has it. `left`:
    None where there is no end of it. `next_at`: of what is not sold now, when it is next.
    """

    variant_id: int
    code: str
    product: str
    name: Words | None
    price: int
    shown: int
    tax: tax.Rate
    tax_included: bool
    state: State
    left: int | None
    next_at: datetime | None


@dataclass(frozen=True)
class Item:
    """A product on a store's menu with its sizes, at least one; `category` is a code."""

    code: str
    name: Words
    text: Words
    category: str | None
    picture: str | None
    allergens: list[str] | None
    options: list[OptionGroup]
    sizes: list[Offer]


@dataclass(frozen=True)
class Menu:
    """What a store sells: the categories that occur, and the items in the order of the menu."""

    categories: list[CategoryCard]
    items: list[Item]


@dataclass(frozen=True)
class Page:
    """One product of a page, with what the next page is asked for by."""

    id: int
    updated_at: datetime
    product: NewProduct


def menu(store_id: int, at: datetime | None = None) -> Menu:
    """What a store sells, with its prices and what of it can be had at that moment (default: now).

    What the store does not offer is left out; what is sold out, or at other times, is there.
    """
    items = _items(store_id, at, Product.active)
    used = {item.category for item in items}
    return Menu([card for card in categories() if card.code in used], items)


def search(store_id: int, words: str, at: datetime | None = None) -> list[Item]:
    """The items of a store's menu whose names or codes have all these words.

    Width, case, and hiragana or katakana make no difference. No words find nothing.
    """
    terms = rules.search_words(words[: limits.SEARCH]).split()
    if not terms:
        return []
    found = [Product.words.contains(term, autoescape=True) for term in terms]
    return _items(store_id, at, Product.active, *found)[: limits.SEARCH_FOUND]


def item(store_id: int, code: str, at: datetime | None = None) -> Item:
    """One item of a store's menu; raises NoSuchProduct where the store does not sell it."""
    found = _items(store_id, at, Product.active, Product.code == code)
    if not found:
        raise NoSuchProduct("not on this menu")
    return found[0]


def offers(
    store_id: int, variant_ids: Collection[int], at: datetime | None = None
) -> dict[int, Offer]:
    """These variants as a store sells them at that moment, also where it does not; by id.

    Ids that are no variant's are left out.
    """
    moment = (at or clock.now()).astimezone(clock.zone())
    rows = db.session.execute(_sold_at(store_id).where(Variant.id.in_(variant_ids)))
    return {row.variant_id: _offer(row, moment) for row in rows}


def items_of(
    store_id: int, variant_ids: Collection[int], at: datetime | None = None
) -> dict[int, Item]:
    """The product of each of these variants with all that the store offers of it, by variant id.

    Variants that the store does not offer are left out.
    """
    ids = select(Variant.product_id).where(Variant.id.in_(variant_ids))
    found = _items(store_id, at, Product.active, Product.id.in_(ids))
    sizes = {offer.variant_id: item for item in found for offer in item.sizes}
    return {each: sizes[each] for each in variant_ids if each in sizes}


def option_groups(variant_ids: Collection[int]) -> dict[int, list[OptionGroup]]:
    """Variant -> the options of its product, whether it is still on sale or not."""
    wanted = select(Variant.id, Product.options).join(Product, Product.id == Variant.product_id)
    rows = db.session.execute(wanted.where(Variant.id.in_(variant_ids)))
    return {variant_id: _groups(options) for variant_id, options in rows}


def product(code: str) -> NewProduct:
    """A product as it would be written now; raises NoSuchProduct."""
    found = defined([code])
    if code not in found:
        raise NoSuchProduct("no such product")
    return found[code]


def pages_of(codes: Collection[str]) -> dict[str, Page]:
    """Code -> the product with what the page says of it."""
    return {page.product.code: page for page in _pages(Product.code.in_(codes))}


def defined(codes: Collection[str]) -> dict[str, NewProduct]:
    """Code -> the product as it would be written now, without its retired variants."""
    return {code: page.product for code, page in pages_of(codes).items()}


def products(after: int = 0, limit: int = 100) -> list[Page]:
    """Products by age, those with an id above `after`."""
    first = select(Product.id).where(Product.id > after).order_by(Product.id).limit(limit)
    return _pages(Product.id.in_(first))


def store_items(store_id: int, after: int = 0, limit: int = 100) -> list[tuple[int, NewStoreItem]]:
    """What a store makes of variants, by age, each with its id; those with one above `after`."""
    columns = (StoreItem.offered, StoreItem.price, StoreItem.stock, StoreItem.times)
    wanted = (
        select(StoreItem.id, Variant.code, *columns)
        .join(Variant, Variant.id == StoreItem.variant_id)
        .where(StoreItem.store_id == store_id, StoreItem.id > after)
    )
    store = {store_id: code for code, store_id in shops.store_ids().items()}[store_id]
    return [
        (row.id, _as_item(store, row))
        for row in db.session.execute(wanted.order_by(StoreItem.id).limit(limit))
    ]


def categories() -> list[CategoryCard]:
    """All categories in the order of the menu."""
    rows = select(Category.code, Category.name, Category.position)
    ordered = rows.order_by(Category.position, Category.id)
    return [CategoryCard(*row) for row in db.session.execute(ordered)]


def category_of(product: str) -> str | None:
    """The category of a product (both are codes), also of one that is not sold; None without."""
    wanted = select(Category.code).join(Product, Product.category_id == Category.id)
    return db.session.scalar(wanted.where(Product.code == product))


def category_ids() -> dict[str, int]:
    """Code -> id of every category."""
    return {row.code: row.id for row in db.session.execute(select(Category.code, Category.id))}


def variant_ids() -> dict[str, int]:
    """Code -> id of every variant, retired ones too."""
    return {row.code: row.id for row in db.session.execute(select(Variant.code, Variant.id))}


def ids_of(codes: Collection[str]) -> dict[str, int]:
    """Code -> id of these variants; those that are none are left out."""
    wanted = select(Variant.code, Variant.id).where(Variant.code.in_(codes))
    return {row.code: row.id for row in db.session.execute(wanted)}


def variant_owners() -> dict[str, str]:
    """Code of every variant, retired ones too -> code of its product."""
    wanted = select(Variant.code, Product.code).join(Product, Product.id == Variant.product_id)
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def sold_out_today(store_id: int) -> set[int]:
    """The variants of which somebody at the store said so today, however many there are."""
    today = clock.now().astimezone(clock.zone()).date()
    wanted = select(StoreItem.variant_id).filter_by(store_id=store_id, sold_out_on=today)
    return set(db.session.scalars(wanted))


def variant_id(code: str) -> int:
    """The id of the variant with this code; raises NoSuchVariant."""
    found = db.session.scalar(select(Variant.id).filter_by(code=code))
    if found is None:
        raise NoSuchVariant("no such variant")
    return found


def picture_urls() -> list[str]:
    """Addresses of pictures that lie elsewhere."""
    wanted = select(Product.picture).where(Product.picture.startswith("https://"))
    return [url for url in db.session.scalars(wanted.distinct().order_by(Product.picture)) if url]


def picture_file(name: str) -> Path:
    """The file below assets that a product names as its picture; raises NoSuchProduct."""
    named = db.session.scalar(select(Product.picture).filter_by(picture=name).limit(1))
    if named is None or not (ASSETS / named).is_file():
        raise NoSuchProduct("no product has this picture")
    return ASSETS / named


def _sold_at(store_id: int) -> Any:
    here = and_(StoreItem.variant_id == Variant.id, StoreItem.store_id == store_id)
    own = (StoreItem.offered, StoreItem.price, StoreItem.stock, StoreItem.times)
    return (
        select(
            *(Variant.id.label("variant_id"), Variant.code, Variant.name, Variant.price),
            *(Variant.active, Variant.product_id, Product.code.label("product")),
            *(Product.tax, Product.tax_included, Product.times.label("product_times")),
            *(Product.active.label("product_active"), StoreItem.sold_out_on),
            *(column.label(f"own_{column.key}") for column in own),
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StoreItem, here)
        .order_by(Variant.product_id, Variant.position, Variant.id)
    )


def _offer(row: Row[Any], moment: datetime) -> Offer:
    price = row.price if row.own_price is None else row.own_price
    times = row.own_times or row.product_times
    state = _state(row, times, moment)
    return Offer(
        *(row.variant_id, row.code, row.product, row.name, price),
        *(tax.with_tax(price, row.tax, row.tax_included), row.tax, row.tax_included),
        *(state, row.own_stock, rules.next_sale(times, moment) if state == "not_now" else None),
    )


def _state(row: Row[Any], times: str | None, moment: datetime) -> State:
    if not (row.active and row.product_active) or row.own_offered is False:
        return "not_here"
    if row.own_stock == 0 or row.sold_out_on == moment.date():
        return "sold_out"
    return "on_sale" if rules.on_sale(times, moment) else "not_now"


def _items(store_id: int, at: datetime | None, *which: Any) -> list[Item]:
    """The items of a menu for which all of `which` hold, in the order of the menu."""
    moment = (at or clock.now()).astimezone(clock.zone())
    sizes: dict[int, list[Offer]] = {}
    for row in db.session.execute(_sold_at(store_id).where(*which)):
        offer = _offer(row, moment)
        if offer.state != "not_here":
            sizes.setdefault(row.product_id, []).append(offer)
    names = ("id", "code", "name", "text", "picture", "allergens", "options")
    wanted = select(*(getattr(Product, name) for name in names), Category.code.label("category"))
    wanted = wanted.outerjoin(Category, Category.id == Product.category_id).where(*which)
    last = Category.id.is_(None)
    ordered = wanted.order_by(last, Category.position, Category.id, Product.id)
    return [
        Item(
            *(row.code, row.name, row.text, row.category, row.picture, row.allergens),
            *(_groups(row.options), sizes[row.id]),
        )
        for row in db.session.execute(ordered)
        if row.id in sizes
    ]


def _pages(which: ColumnElement[bool]) -> list[Page]:
    wanted = select(Product, Category.code.label("category"))
    wanted = wanted.outerjoin(Category, Category.id == Product.category_id)
    rows = db.session.execute(wanted.where(which).order_by(Product.id)).all()
    variants = _variants([row.Product.id for row in rows])
    return [
        Page(row.Product.id, row.Product.updated_at, _as_written(row, variants)) for row in rows
    ]


def _as_written(row: Any, variants: Mapping[int, list[NewVariant]]) -> NewProduct:
    found: Product = row.Product
    same = ("code", "name", "text", "picture", "tax", "tax_included", "allergens", "times")
    return NewProduct.model_construct(
        category=row.category,
        active=found.active,
        options=_groups(found.options),
        variants=variants.get(found.id, []),
        **{name: getattr(found, name) for name in same},
    )


def _variants(product_ids: Sequence[int]) -> dict[int, list[NewVariant]]:
    columns = (Variant.product_id, Variant.code, Variant.name, Variant.price)
    wanted = select(*columns).where(Variant.product_id.in_(product_ids), Variant.active)
    found: dict[int, list[NewVariant]] = {}
    for row in db.session.execute(wanted.order_by(Variant.position, Variant.id)):
        new = NewVariant.model_construct(code=row.code, name=row.name, price=row.price)
        found.setdefault(row.product_id, []).append(new)
    return found


def _groups(options: Iterable[Mapping[str, Any]]) -> list[OptionGroup]:
    return [OptionGroup.model_validate(group) for group in options]


def _as_item(store: str, row: Any) -> NewStoreItem:
    values = {"offered": row.offered, "price": row.price, "stock": row.stock, "times": row.times}
    return NewStoreItem(store=store, variant=row.code, **values)
