"""/api/v1/products: a shop on the web and a till keep products, prices and stock in step."""

from typing import Any

import pytest
from flask import Flask

from app.cli.invariants import check
from app.domain.catalogue import queries
from app.domain.shops import queries as shops
from tests.support.cast import add_store
from tests.support.members import a_shop
from tests.support.systems import System, a_system


@pytest.fixture
def web(app: Flask, inside: object) -> System:
    a_shop()
    add_store("ginza")
    add_store("ueno")
    return a_system(app)


def latte(**changes: Any) -> dict[str, Any]:
    return {
        "code": "LATTE",
        "name": {"ja": "カフェラテ", "en": "Latte"},
        "tax": 8,
        "variants": [{"code": "LATTE-S", "price": 480}],
    } | changes


def test_products_are_saved_under_their_codes(web: System) -> None:
    assert web.post("/categories", code="DRINK", name={"ja": "お飲みもの"}).status == 200
    some = [latte(category="DRINK"), latte(code="MOCHA", variants=[{"code": "M", "price": 520}])]
    first, again = (web.post("/products", "k1", products=some) for _ in range(2))
    assert (first.json, again.json) == ({"added": 2, "changed": 0, "unchanged": 0}, first.json)
    dearer = latte(category="DRINK", variants=[{"code": "LATTE-S", "price": 500}])
    assert web.post("/products", products=[dearer]).json["changed"] == 1

    one = web.get("/products/LATTE")
    assert (one.json["variants"][0]["price"], one.json["category"]) == (500, "DRINK")
    assert web.get("/products/LATTE", **{"If-None-Match": one.headers["ETag"]}).status == 304
    listed = web.get("/products?limit=1").json
    assert listed["items"][0]["product"] == one.json
    rest = web.get(f"/products?cursor={listed['next']}").json
    assert ([each["product"]["code"] for each in rest["items"]], rest["next"]) == (["MOCHA"], None)
    assert web.get("/categories").json["items"][0]["code"] == "DRINK"
    assert (web.get("/products/NONE").code, check()) == ("no_such_product", [])


def test_stores_have_prices_and_stock_of_their_own(web: System) -> None:
    web.post("/products", products=[latte()])
    item = {"store": "ginza", "variant": "LATTE-S", "price": 550, "stock": 10}
    assert web.post("/stores/items", items=[item]).json["added"] == 1
    assert web.post("/stores/ginza/stock", variant="LATTE-S", stock=3).status == 200

    (shown,) = web.get("/stores/ginza/items").json["items"]
    assert (shown["item"]["price"], shown["item"]["stock"]) == (550, 3)
    offer = queries.item(shops.store_ids()["ginza"], "LATTE").sizes[0]
    assert (offer.price, offer.left, check()) == (550, 3, [])
    assert web.post("/stores/ginza/stock", variant="NONE", stock=3).code == "no_such_variant"

    for gone, state in ((True, "sold_out"), (False, "on_sale")):
        assert web.post("/stores/ginza/sold-out", variant="LATTE-S", sold_out=gone).status == 200
        offer = queries.item(shops.store_ids()["ginza"], "LATTE").sizes[0]
        assert (offer.state, offer.left) == (state, 3)
    assert web.post("/stores/ginza/sold-out", variant="NO", sold_out=True).code == "no_such_variant"


def test_one_wrong_product_keeps_all_of_them_out(web: System) -> None:
    told = web.post("/products", products=[latte(), latte(code="X", category="NONE")])
    assert (told.status, told.code) == (422, "bad_catalogue")
    assert web.post("/products", products=[latte(tax=9)]).code == "bad_body"
    assert web.post("/products", products=[]).code == "bad_body"
    assert web.post("/products", products=[latte(name={"ja": "x" * 2_000_000})]).status == 413
    assert web.get("/products").json["items"] == []


def test_a_key_of_one_store_changes_its_own_items_alone(app: Flask, web: System) -> None:
    web.post("/products", products=[latte()])
    scopes = ("products.read", "products.write")
    ueno = a_system(app, *scopes, store_id=shops.store_ids()["ueno"])
    assert ueno.post("/products", products=[latte()]).code == "key_of_one_store"
    items = [{"store": store, "variant": "LATTE-S", "price": 1} for store in ("ueno", "ginza")]
    assert ueno.post("/stores/items", items=items).code == "no_such_store"
    assert ueno.post("/stores/ginza/stock", variant="LATTE-S", stock=0).code == "no_such_store"
    told = ueno.post("/stores/ginza/sold-out", variant="LATTE-S", sold_out=True)
    assert told.code == "no_such_store"
    assert ueno.get("/stores/ginza/items").code == "no_such_store"
    assert ueno.post("/stores/items", items=items[:1]).status == 200
    assert web.get("/stores/ginza/items").json["items"] == []
