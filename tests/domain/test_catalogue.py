"""The catalogue: what is on sale where, at which price, and how that came about."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db import db, transaction
from app.domain.catalogue import queries, service, stock, store_items
from app.domain.catalogue.definition import NewProduct, NewStoreItem, read
from app.domain.catalogue.errors import (
    BadCatalogue,
    CategoryInUse,
    NoSuchCategory,
    NoSuchProduct,
    NoSuchVariant,
)
from app.domain.catalogue.models import PriceChange, StockChange, StoreItemRow
from app.domain.catalogue.service import Saved
from tests.support.cast import add_store
from tests.support.catalogue import LATTE, a_product, an_item, cause
from tests.support.coupons import broken
from tests.support.members import a_shop

TOKYO = ZoneInfo("Asia/Tokyo")
BREAKFAST = datetime(2026, 11, 27, 9, 30, tzinfo=TOKYO)  # A Friday.
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=TOKYO)


@pytest.fixture
def ginza(inside: object) -> int:
    a_shop()
    return add_store("ginza")


def prices(variant_id: int) -> list[tuple[int | None, int | None, int | None]]:
    """The history of a variant's prices: store, old, new."""
    columns = (PriceChange.store_id, PriceChange.old, PriceChange.new)
    wanted = select(*columns).filter_by(variant_id=variant_id).order_by(PriceChange.id)
    return [tuple(row) for row in db.session.execute(wanted)]


def shown(store_id: int, at: datetime = NOON) -> dict[str, tuple[str, int]]:
    """Variant -> (state, price with tax) of a menu."""
    items = queries.menu(store_id, at).items
    return {size.code: (size.state, size.shown) for item in items for size in item.sizes}


def test_a_product_is_on_every_stores_menu_until_a_store_says_otherwise(ginza: int) -> None:
    ueno = add_store("ueno")
    service.put_category({"code": "drinks", "name": {"ja": "お飲みもの"}})
    service.put_product(LATTE | {"category": "drinks"}, cause=cause())
    a_product("TART", 500, tax_included=False)
    an_item("ueno", "LATTE-L", offered=False)
    an_item("ueno", "LATTE-S", price=430)
    an_item("ueno", "TART", price=555)

    assert shown(ginza) == {
        "LATTE-S": ("on_sale", 480),
        "LATTE-L": ("on_sale", 580),
        "TART": ("on_sale", 540),
    }
    assert shown(ueno) == {"LATTE-S": ("on_sale", 430), "TART": ("on_sale", 599)}
    menu = queries.menu(ueno)
    assert ([card.code for card in menu.categories], menu.items[0].category) == (
        ["drinks"],
        "drinks",
    )
    assert menu.items[0].options[0].choices[1].price == 60
    assert broken() == []


def test_an_upsert_changes_what_differs_and_keeps_every_price_it_had(ginza: int) -> None:
    first = service.put_product(LATTE, cause="ec/1")
    again = service.put_product(LATTE, cause="ec/2")
    small, large = queries.variant_id("LATTE-S"), queries.variant_id("LATTE-L")
    dearer = [{"code": "LATTE-S", "name": {"ja": "S"}, "price": 500}]
    changed = service.change_product("LATTE", {"variants": dearer}, cause="ec/3")

    assert (first, again, changed) == (Saved(added=1), Saved(unchanged=1), Saved(changed=1))
    assert prices(small) == [(None, None, 480), (None, 480, 500)]
    assert list(shown(ginza)) == ["LATTE-S"]
    assert queries.offers(ginza, [large])[large].state == "not_here"
    service.put_product(LATTE, cause="ec/4")
    assert queries.product("LATTE") == read(NewProduct, LATTE)
    assert queries.variant_id("LATTE-L") == large
    assert prices(large) == [(None, None, 580)]
    assert broken() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tax": 5}, "tax"),
        ({"name": {"en": "Latte"}}, "name"),
        ({"price": 3}, "price"),
        ({"code": "a b"}, "code"),
        ({"allergens": ["stone"]}, "allergens"),
        ({"times": "someday"}, "times"),
        ({"picture": "../secret.png"}, "picture"),
        ({"variants": []}, "variants"),
        ({"variants": [{"code": "X", "price": -1}]}, "variants.0.price"),
        ({"variants": [{"code": "X", "price": "480"}]}, "variants.0.price"),
        ({"variants": [{"code": "X", "price": 1}, {"code": "Y", "price": 1}]}, ""),
        ({"options": LATTE["options"] * 2}, "options"),
        ({"category": "none"}, "0.category"),
        ({"variants": [{"code": "TAKEN", "price": 1}]}, "0.variants"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_makes_no_sense_is_named_and_nothing_is_saved(ginza: int, changes, field: str) -> None:
    a_product("TAKEN")
    with pytest.raises(BadCatalogue) as refused:
        service.put_product({**LATTE, **changes}, cause=cause())
    assert [problem.field for problem in refused.value.problems] == [field]
    assert all(problem.ja and problem.en for problem in refused.value.problems)
    with pytest.raises(NoSuchProduct):
        queries.product("LATTE")


def test_what_is_not_on_sale_says_why_and_when_it_will_be(ginza: int) -> None:
    morning = a_product("TOAST", times="mon-fri 07:30-11:00")
    a_product("CAKE")
    gone = a_product("GONE")
    an_item("ginza", "CAKE", stock=0)

    with freeze_time(NOON):
        stock.sold_out_today(ginza, gone)
    assert shown(ginza, BREAKFAST) == {
        "TOAST": ("on_sale", 500),
        "CAKE": ("sold_out", 500),
        "GONE": ("sold_out", 500),
    }
    at_noon = queries.offers(ginza, [morning], NOON)[morning]
    monday = datetime(2026, 11, 30, 7, 30, tzinfo=TOKYO)
    assert (at_noon.state, at_noon.next_at) == ("not_now", monday)
    tomorrow = NOON.replace(day=28)
    assert shown(ginza, tomorrow)["GONE"] == ("on_sale", 500)
    an_item("ginza", "TOAST", times="daily 11:00-14:00")
    assert shown(ginza, NOON)["TOAST"] == ("on_sale", 500)
    stock.on_sale_again(ginza, gone)
    assert shown(ginza, NOON)["GONE"] == ("on_sale", 500)
    service.change_product("GONE", {"active": False}, cause=cause())
    assert "GONE" not in shown(ginza)
    with pytest.raises(NoSuchProduct):
        queries.item(ginza, "GONE")
    assert queries.items_of(ginza, [morning, gone]).keys() == {morning}


def test_a_search_finds_by_every_word_whatever_the_spelling(ginza: int) -> None:
    service.put_product(LATTE, cause=cause())
    a_product("TEA", name={"ja": "ほうじ茶ラテ", "en": "Hojicha latte"})
    a_product("ODD", name={"ja": "100%ジュース_大"})

    def found(words: str) -> list[str]:
        return [item.code for item in queries.search(ginza, words)]

    assert found("らて") == found("ＬＡＴＴＥ") == ["LATTE", "TEA"]
    assert found("ラテ　ホウジ") == ["TEA"]
    assert found("100%") == ["ODD"]
    assert found("_%") == found("  ") == found("コーヒー") == []


def test_categories_order_the_menu_and_stay_while_they_are_used(ginza: int) -> None:
    service.put_category({"code": "food", "name": {"ja": "フード"}, "position": 2})
    service.put_category({"code": "drinks", "name": {"ja": "お飲みもの"}, "position": 1})
    a_product("LAST")
    a_product("CAKE", category="food")
    a_product("TEA", category="drinks")

    assert list(shown(ginza)) == ["TEA", "CAKE", "LAST"]
    with pytest.raises(CategoryInUse):
        service.delete_category("food")
    service.change_product("CAKE", {"category": None}, cause=cause())
    service.delete_category("food")
    with pytest.raises(NoSuchCategory):
        service.delete_category("food")
    assert [card.code for card in queries.categories()] == ["drinks"]


def test_what_stores_say_is_put_in_place_as_a_whole(ginza: int) -> None:
    cake = a_product()
    items = [
        read(NewStoreItem, {"store": "ginza", "variant": "CAKE", "stock": 3, "price": 450}),
        read(NewStoreItem, {"store": "ueno", "variant": "CAKE"}),
        read(NewStoreItem, {"store": "ginza", "variant": "PIE"}),
    ]
    with pytest.raises(BadCatalogue) as refused:
        store_items.put_store_items(items, cause=cause())
    assert [problem.field for problem in refused.value.problems] == ["1.store", "2.variant"]
    assert store_items.put_store_items(items[:1], cause="pos/1") == Saved(added=1)
    assert store_items.put_store_items(items[:1], cause="pos/2") == Saved(unchanged=1)

    an_item("ginza", "CAKE", price=None)  # Says nothing of the stock.
    assert queries.store_items(ginza)[0][1].model_dump(exclude={"store", "variant", "times"}) == {
        "offered": True,
        "price": None,
        "stock": 3,
    }
    assert prices(cake) == [(None, None, 500), (ginza, None, 450), (ginza, 450, None)]
    with pytest.raises(BadCatalogue):
        store_items.put_store_items(items[:1] * 2, cause=cause())
    assert db.session.scalar(select(StoreItemRow.id)) is None
    assert broken() == []


def test_history_is_never_changed(ginza: int) -> None:
    a_product()
    an_item("ginza", "CAKE", stock=3)
    for table in (PriceChange, StockChange):
        with pytest.raises(IntegrityError, match="append-only"), transaction():
            db.session.execute(update(table).values(new=1))


def test_stock_is_set_taken_and_given_back_once_for_its_cause(ginza: int) -> None:
    cake, pie = a_product("CAKE"), a_product("PIE")
    for _ in range(2):
        stock.set_stock(ginza, cake, 5, cause="pos/1")
        stock.take_stock(ginza, {pie: 9, cake: 2}, cause="order/1")
    assert queries.offers(ginza, [cake])[cake].left == 3
    for _ in range(2):
        stock.give_back("order/1", cause="order/1/cancelled")
    assert queries.offers(ginza, [cake, pie])[cake].left == 5
    stock.set_stock(ginza, cake, None, cause="pos/2")
    stock.give_back("order/1", cause="order/1/again")

    wanted = select(StockChange.old, StockChange.new).order_by(StockChange.id)
    changes = [tuple(row) for row in db.session.execute(wanted)]
    assert changes == [(None, 5), (5, 3), (3, 5), (5, None)]
    for bad in (-1, 10_000_001):
        with pytest.raises(BadCatalogue):
            stock.set_stock(ginza, cake, bad, cause=cause())
    with pytest.raises(NoSuchVariant):
        stock.set_stock(ginza, 10_000, 1, cause=cause())
    with pytest.raises(ValueError, match="1 or more"):
        stock.take_stock(ginza, {cake: 0}, cause=cause())
    assert broken() == []
