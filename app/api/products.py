"""/api/v1/products and /api/v1/stores/CODE: products, what stores make of them, prices, stock."""

import hashlib
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictBool

from app.api.bodies import Page, PageQuery, Shown, page
from app.api.places import store_of
from app.api.resource import Call, Kept, Resource
from app.domain.catalogue import queries, service, stock, store_items
from app.domain.catalogue.definition import Code, NewCategory, NewProduct, NewStoreItem, Stock
from app.domain.catalogue.queries import Page as Product
from app.domain.catalogue.service import Saved
from app.domain.keys import limits
from app.domain.keys.errors import KeyOfOneStore
from app.web.bodies import Body

resource = Resource("products", "Products with their variants, and what each store makes of them.")

_MOST = 1024 * 1024  # Bytes of a body with many products.
_STORE = "/stores/<store>"
_MANY = {409: "catalogue_changed", 422: "bad_catalogue: `problems` names the fields"}


class ProductShown(Shown):
    updated_at: datetime
    product: NewProduct


class Products(Body):
    """Whole products; what one leaves out is emptied, variants it does not list are retired."""

    products: Annotated[list[NewProduct], Field(min_length=1, max_length=limits.PRODUCTS)]


class ItemShown(Shown):
    item: NewStoreItem


class Items(Body):
    """Items of stores; what one leaves out stays as it is."""

    items: Annotated[list[NewStoreItem], Field(min_length=1, max_length=limits.PRODUCTS)]


class StockTold(Body):
    """null: unlimited."""

    variant: Code
    stock: Stock | None


class SoldOut(Body):
    """`sold_out`: true until the day ends, whatever the stock says; false: on sale after all."""

    variant: Code
    sold_out: StrictBool


class Category(Body, NewCategory):
    pass


class Categories(Shown):
    items: list[NewCategory]


class SavedShown(Shown):
    added: int
    changed: int
    unchanged: int


class Done(Shown):
    done: bool


@resource.read("/products", "products.read", Page[ProductShown], query=PageQuery)
def products(call: Call) -> Any:
    """All products, oldest first, inactive ones too."""
    query: PageQuery = call.asked
    rows = queries.products(after=query.after() or 0, limit=query.limit + 1)
    return page(rows, query.limit, lambda some: [_shown(each) for each in some])


@resource.read(
    "/products/<product>", "products.read", NewProduct, etag=True,
    refusals={404: "no_such_product"},
)  # fmt: skip
def product(_call: Call, product: str) -> Any:
    """One product, by its code."""
    return queries.product(product).model_dump()


@resource.write(
    "POST", "/products", "products.write", SavedShown, takes=Products, refusals=_MANY, most=_MOST
)
def put_products(call: Call) -> Kept:
    """Save products under their codes, all of them or none."""
    asked: Products = call.asked
    _refuse_key_of_one_store(call)
    return _kept(service.put_products(asked.products, cause=_cause(call)))


@resource.read("/categories", "products.read", Categories)
def categories(_call: Call) -> Any:
    """The parts of the menu, in their order."""
    return {"items": [vars(each) for each in queries.categories()]}


@resource.write("POST", "/categories", "products.write", Done, takes=Category)
def put_category(call: Call) -> Kept:
    """Save a part of the menu under its code."""
    asked: Category = call.asked
    _refuse_key_of_one_store(call)
    service.put_category(asked.model_dump())
    return Kept({"done": True})


@resource.read(
    f"{_STORE}/items", "products.read", Page[ItemShown], query=PageQuery,
    refusals={404: "no_such_store"},
)  # fmt: skip
def items(call: Call, store: str) -> Any:
    """What a store makes of variants; one without an entry is sold as the product says."""
    query: PageQuery = call.asked
    store_id = store_of(call.caller, store) or 0
    rows = queries.store_items(store_id, after=query.after() or 0, limit=query.limit + 1)
    found = [_Row(row_id, item) for row_id, item in rows]
    return page(
        found, query.limit, lambda some: [{"item": each.item.model_dump()} for each in some]
    )


@resource.write(
    "POST", "/stores/items", "products.write", SavedShown, takes=Items, most=_MOST,
    refusals=_MANY | {404: "no_such_store"},
)  # fmt: skip
def put_items(call: Call) -> Kept:
    """Save prices, stock and what is offered, of one store or several, all of it or nothing."""
    asked: Items = call.asked
    if call.caller.store_id is not None:
        for code in {item.store for item in asked.items}:
            store_of(call.caller, code)
    return _kept(store_items.put_store_items(asked.items, cause=_cause(call)))


@resource.write(
    "POST", f"{_STORE}/stock", "products.write", Done, takes=StockTold,
    refusals={404: "no_such_store, no_such_variant"},
)  # fmt: skip
def set_stock(call: Call, store: str) -> Kept:
    """Say how many of a variant a store has."""
    asked: StockTold = call.asked
    store_id = store_of(call.caller, store) or 0
    stock.set_stock(store_id, queries.variant_id(asked.variant), asked.stock, cause=_cause(call))
    return Kept({"done": True})


@resource.write(
    "POST", f"{_STORE}/sold-out", "products.write", Done, takes=SoldOut,
    refusals={404: "no_such_store, no_such_variant"},
)  # fmt: skip
def set_sold_out(call: Call, store: str) -> Kept:
    """Say that a variant is sold out at a store for today, or is not after all."""
    asked: SoldOut = call.asked
    store_id = store_of(call.caller, store) or 0
    say = stock.sold_out_today if asked.sold_out else stock.on_sale_again
    say(store_id, queries.variant_id(asked.variant))
    return Kept({"done": True})


class _Row:
    """An item with the id that a cursor needs."""

    def __init__(self, row_id: int, item: NewStoreItem) -> None:
        self.id, self.item = row_id, item


def _shown(row: Product) -> dict[str, Any]:
    return {"updated_at": row.updated_at, "product": row.product.model_dump()}


def _kept(saved: Saved) -> Kept:
    counts = {"added": saved.added, "changed": saved.changed, "unchanged": saved.unchanged}
    return Kept(counts)


def _cause(call: Call) -> str:
    # The history of prices and stock tells by it which key did it.
    return f"api/{call.caller.key_id}/{hashlib.sha256(call.key.encode()).hexdigest()}"


def _refuse_key_of_one_store(call: Call) -> None:
    if call.caller.store_id is not None:
        raise KeyOfOneStore("products are the whole company's")
